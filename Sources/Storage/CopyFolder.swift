// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import GRDB

/// A temporary folder with a copy of a database; it goes with this object.
final class CopyFolder: Sendable {
  private let folder: URL
  /// The copy.
  var database: String { folder.appendingPathComponent("runexp.db").path }

  /// Copies the database at `path` as of now.
  init(of path: String) throws {
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("runexp-copy-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
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

  deinit { try? FileManager.default.removeItem(at: folder) }
}
