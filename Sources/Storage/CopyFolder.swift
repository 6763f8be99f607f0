// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import GRDB

#if canImport(Darwin)
  internal import Darwin
#else
  internal import Glibc
#endif

/// A temporary folder with a copy of a database; it goes with this object.
///
/// The next copy removes what a process left that was killed: its lock on the folder ended with it.
final class CopyFolder: Sendable {
  private static let prefix = "runexp-copy-"

  private let folder: URL
  /// The open folder, which is locked.
  private let descriptor: Int32
  /// The copy.
  var database: String { folder.appendingPathComponent("runexp.db").path }

  /// Copies the database at `path` as of now.
  convenience init(of path: String) throws {
    try self.init()
    try fill(from: path)
  }

  /// Copies the files of the database at `path`, without asking SQLite.
  convenience init(ofFiles path: String) throws {
    try self.init()
    try copyFiles(path)
  }

  private init() throws {
    let temporary = FileManager.default.temporaryDirectory
    Self.removeAbandoned(in: temporary)
    folder = temporary.appendingPathComponent(Self.prefix + UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    descriptor = Self.locked(folder)
  }

  private func fill(from path: String) throws {
    try DatabaseFile(path: path).translatingErrors {
      do {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(DatabaseFile.busySeconds)
        let source = try DatabaseQueue(path: path, configuration: configuration)
        try source.backup(to: DatabaseQueue(path: database))
      } catch let error as DatabaseError where Self.refuses.contains(error.resultCode) {
        // SQLite writes beside a file to read it, also to undo what a killed process has left half-written.
        try copyFiles(path)
      }
    }
  }

  /// What SQLite says where it may not write beside the file.
  private static let refuses: [ResultCode] = [.SQLITE_CANTOPEN, .SQLITE_READONLY]

  /// The file and what belongs to it: commits that are not in it yet, and pages as they were before an open transaction.
  private static let suffixes = ["", "-wal", "-journal"]

  /// Somebody else may write meanwhile, whose folder this is: then the files are copied again.
  private func copyFiles(_ path: String) throws {
    for _ in 0..<10 {
      let before = Self.suffixes.map { Self.state(path + $0) }
      try copyOnce(path)
      if before == Self.suffixes.map({ Self.state(path + $0) }) { return }
      Thread.sleep(forTimeInterval: 0.05)
    }
    throw StorageError.busy(path: path)
  }

  private func copyOnce(_ path: String) throws {
    let files = FileManager.default
    for suffix in Self.suffixes {
      try? files.removeItem(atPath: database + suffix)
      guard files.fileExists(atPath: path + suffix) else { continue }
      try files.copyItem(atPath: path + suffix, toPath: database + suffix)
      try files.setAttributes([.posixPermissions: 0o600], ofItemAtPath: database + suffix)
    }
  }

  /// Size and time of the last change; nil where there is no such file.
  private static func state(_ path: String) -> [Int]? {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    #if os(Linux)
      let time = status.st_mtim
    #else
      let time = status.st_mtimespec
    #endif
    return [Int(status.st_size), time.tv_sec, time.tv_nsec]
  }

  deinit {
    try? FileManager.default.removeItem(at: folder)
    if descriptor >= 0 { close(descriptor) }
  }

  /// The open and locked folder, or a negative number if somebody else holds the lock.
  private static func locked(_ folder: URL) -> Int32 {
    let descriptor = unsafe open(folder.path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return descriptor }
    if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return descriptor }
    close(descriptor)
    return -1
  }

  /// A folder that is younger may be about to be locked.
  private static let quietSeconds: TimeInterval = 60

  private static func removeAbandoned(in temporary: URL) {
    let files = FileManager.default
    let names = (try? files.contentsOfDirectory(atPath: temporary.path)) ?? []
    for name in names where name.hasPrefix(prefix) {
      let folder = temporary.appendingPathComponent(name)
      let attributes = try? files.attributesOfItem(atPath: folder.path)
      guard let changed = attributes?[.modificationDate] as? Date,
        Date().timeIntervalSince(changed) > quietSeconds
      else { continue }
      let descriptor = locked(folder)
      guard descriptor >= 0 else { continue }
      try? files.removeItem(at: folder)
      close(descriptor)
    }
  }
}
