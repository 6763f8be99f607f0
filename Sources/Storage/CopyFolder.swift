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
  init(of path: String) throws {
    let temporary = FileManager.default.temporaryDirectory
    Self.removeAbandoned(in: temporary)
    folder = temporary.appendingPathComponent(Self.prefix + UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    descriptor = Self.locked(folder)
    try DatabaseFile(path: path).translatingErrors {
      do {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(DatabaseFile.busySeconds)
        let source = try DatabaseQueue(path: path, configuration: configuration)
        try source.backup(to: DatabaseQueue(path: database))
      } catch let error as DatabaseError where error.resultCode == .SQLITE_CANTOPEN {
        // SQLite writes beside a file to read it; where that is refused, nobody else writes either.
        try copyFiles(path)
      }
    }
  }

  private func copyFiles(_ path: String) throws {
    let files = FileManager.default
    for suffix in ["", "-wal"] where files.fileExists(atPath: path + suffix) {
      try? files.removeItem(atPath: database + suffix)
      try files.copyItem(atPath: path + suffix, toPath: database + suffix)
      try files.setAttributes([.posixPermissions: 0o600], ofItemAtPath: database + suffix)
    }
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
