// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Why a file could not be read.
public enum FileError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The system refused; `reason` is its own sentence.
  case unreadable(path: String, reason: String)

  /// The whole sentence.
  public var description: String {
    switch self {
    case .unreadable(let path, let reason): "cannot read `\(path)`: \(reason)"
    }
  }
}

/// Whole files as bytes.
public enum ByteFile {
  /// All bytes of a file.
  public static func read(_ path: String) throws(FileError) -> [UInt8] {
    var bytes: [UInt8] = []
    unsafe try read(path, pieces: 1 << 20) { piece in
      unsafe bytes.append(contentsOf: piece)
    }
    return bytes
  }

  /// Calls `body` with the bytes of a file, piece by piece; a piece is valid only during the call.
  ///
  /// Every piece has at most `size` bytes and at least one.
  public static func read(
    _ path: String,
    pieces size: Int,
    _ body: (UnsafeRawBufferPointer) -> Void
  ) throws(FileError) {
    precondition(size > 0, "pieces of \(size) bytes")
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(path) }
    defer { close(descriptor) }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
    defer { unsafe buffer.deallocate() }
    while true {
      let count = unsafe systemRead(descriptor, buffer)
      if count == 0 { return }
      if count < 0 {
        if errno == EINTR { continue }
        throw failure(path)
      }
      unsafe body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }
  }

  private static func failure(_ path: String) -> FileError {
    .unreadable(path: path, reason: unsafe String(cString: strerror(errno)))
  }
}

private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
  unsafe read(descriptor, buffer.baseAddress, buffer.count)
}
