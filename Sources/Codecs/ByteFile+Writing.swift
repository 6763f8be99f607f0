// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Why a file could not be written.
public struct FileWritingError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file.
  public var path: String
  /// The system's own sentence.
  public var reason: String

  /// An error.
  public init(path: String, reason: String) {
    self.path = path
    self.reason = reason
  }

  /// The whole sentence.
  public var description: String { "`\(path)` cannot be written: \(reason)" }
}

extension ByteFile {
  /// Writes the whole file, or keeps the old one.
  ///
  /// The bytes go into a new file beside the old one, which is then renamed; the permissions stay.
  /// If the path is a symbolic link, the linked file is replaced and the link stays. A device, a
  /// pipe or another special file is written into. `replacing: false` refuses a file that exists.
  public static func write(
    _ bytes: [UInt8],
    to path: String,
    replacing: Bool = true
  ) throws(FileWritingError) {
    var status = stat()
    let exists = unsafe stat(path, &status) == 0
    if exists, !replacing { throw FileWritingError(path: path, reason: reason(of: EEXIST)) }
    do {
      if exists, status.st_mode & S_IFMT != S_IFREG {
        try fill(path, flags: O_WRONLY | O_CLOEXEC, bytes)
      } else if replacing {
        try replace(linked(path), permissions: exists ? status.st_mode & 0o7777 : nil, with: bytes)
      } else {
        try create(path, bytes)
      }
    } catch {
      throw FileWritingError(path: path, reason: reason(of: error.number))
    }
  }

  /// The place of the file itself, behind symbolic links; the path as it is where nothing is yet.
  private static func linked(_ path: String) -> String {
    guard let found = unsafe realpath(path, nil) else { return path }
    defer { unsafe free(found) }
    return unsafe String(cString: found)
  }

  private static func replace(
    _ path: String,
    permissions: mode_t?,
    with bytes: [UInt8]
  ) throws(SystemError) {
    let temporary = "\(path).\(getpid()).\(UInt32.random(in: 0 ... .max)).new"
    try create(temporary, permissions: permissions, bytes)
    guard unsafe rename(temporary, path) == 0 else {
      let failure = SystemError(number: errno)
      unsafe _ = unlink(temporary)
      throw failure
    }
  }

  /// A file where none is; what could not be filled is taken away again.
  private static func create(
    _ path: String,
    permissions: mode_t? = nil,
    _ bytes: [UInt8]
  ) throws(SystemError) {
    do {
      let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC
      try fill(path, flags: flags, permissions: permissions, bytes)
    } catch {
      if error.number != EEXIST { unsafe _ = unlink(path) }
      throw error
    }
  }

  private static func fill(
    _ path: String,
    flags: Int32,
    permissions: mode_t? = nil,
    _ bytes: [UInt8]
  ) throws(SystemError) {
    let descriptor = unsafe open(path, flags, 0o666)
    guard descriptor >= 0 else { throw SystemError(number: errno) }
    // Permissions that cannot be kept are no reason to lose what is written.
    if let permissions { _ = fchmod(descriptor, permissions) }
    let failure = writeAll(bytes, to: descriptor)
    // A full disk may show only when the file is closed.
    let isClosed = close(descriptor) == 0
    if let failure { throw SystemError(number: failure) }
    guard isClosed else { throw SystemError(number: errno) }
  }

  /// Writes all bytes and waits if the descriptor is not ready; returns the error's number if the
  /// system refuses.
  public static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Int32? {
    unsafe bytes.withUnsafeBytes { buffer -> Int32? in
      guard let base = buffer.baseAddress else { return nil }
      var done = 0
      while done < buffer.count {
        let count = unsafe systemWrite(descriptor, base + done, buffer.count - done)
        if count > 0 {
          done += count
        } else if count < 0, errno == EAGAIN || errno == EWOULDBLOCK {
          waitUntilWritable(descriptor)
        } else if count == 0 || errno != EINTR {
          return count == 0 ? EIO : errno
        }
      }
      return nil
    }
  }

  private static func waitUntilWritable(_ descriptor: Int32) {
    var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    unsafe _ = poll(&request, 1, 1000)
  }

  /// The system's sentence for the number of an error.
  public static func reason(of number: Int32) -> String {
    unsafe String(cString: strerror(number))
  }
}

/// What a call of the system ended with.
private struct SystemError: Error {
  var number: Int32
}

private func systemWrite(_ descriptor: Int32, _ base: UnsafeRawPointer, _ count: Int) -> Int {
  unsafe write(descriptor, base, count)
}
