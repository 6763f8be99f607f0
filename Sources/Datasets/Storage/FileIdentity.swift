// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// What tells in a microsecond that a file is still the one that was decoded.
struct FileIdentity: Hashable, Sendable, CustomStringConvertible {
  var size: Int
  var modified: Int
  var inode: UInt64

  /// Nil if there is no regular file (or link to one) at `path`.
  init?(_ path: String) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    guard status.st_mode & S_IFMT == S_IFREG else { return nil }
    size = Int(status.st_size)
    inode = UInt64(status.st_ino)
    #if os(Linux)
      let time = status.st_mtim
    #else
      let time = status.st_mtimespec
    #endif
    modified = time.tv_sec * 1_000_000_000 + time.tv_nsec
  }

  /// Whether there is anything at `path`, such as a folder.
  static func isSomething(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

  var description: String { "\(size) \(modified) \(inode)" }
}

/// Writes `bytes` to `path` by way of a new file beside it and a rename; false if anything fails.
func writeByRename(_ bytes: [[UInt8]], to path: String) -> Bool {
  let temporary = "\(path).\(getpid()).\(UInt32.random(in: 0 ... .max)).new"
  let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
  guard descriptor >= 0 else { return false }
  let written = bytes.allSatisfy { writeAll($0, to: descriptor) }
  guard close(descriptor) == 0, written, unsafe rename(temporary, path) == 0 else {
    unsafe _ = unlink(temporary)
    return false
  }
  return true
}

private func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
  unsafe bytes.withUnsafeBytes { buffer in
    var done = 0
    while done < buffer.count {
      guard let base = buffer.baseAddress else { return false }
      let count = unsafe write(descriptor, base + done, buffer.count - done)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      done += count
    }
    return true
  }
}

/// Makes a folder and those above it; false if that is not possible.
func makeFolder(_ path: String) -> Bool {
  if isFolder(path) { return true }
  guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return false }
  guard makeFolder(String(path[..<slash])) else { return false }
  return unsafe mkdir(path, 0o755) == 0 || isFolder(path)
}

func isFolder(_ path: String) -> Bool {
  var status = stat()
  return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}

/// The names in a folder in the order of their bytes, without those that begin with a dot.
func folderEntries(_ path: String) throws(DatasetError) -> [String] {
  guard let folder = unsafe opendir(path) else {
    throw .unreadable(path: path, reason: unsafe String(cString: strerror(errno)))
  }
  defer { unsafe _ = closedir(folder) }
  var names: [String] = []
  while let entry = unsafe readdir(folder) {
    let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
      unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    if !name.hasPrefix(".") { names.append(name) }
  }
  return sortedByBytes(names)
}
