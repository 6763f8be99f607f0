// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import GRDB

/// What `gc` freed.
public struct CollectionResult: Hashable, Sendable {
  /// Pieces of checkpoints to which nothing referred.
  public var chunks: Int
  /// Their size.
  public var bytes: Int

  /// A result.
  public init(chunks: Int, bytes: Int) {
    self.chunks = chunks
    self.bytes = bytes
  }
}

extension RunStore {
  /// Writes a consistent copy to a new file; others may write to this one meanwhile.
  ///
  /// An existing file is not overwritten.
  ///
  /// A file of an older version is copied as it is, and so is one that takes no writes.
  public static func backup(of path: String, to destination: String) throws {
    guard !FileManager.default.fileExists(atPath: destination) else {
      throw StorageError.refusesWrites(path: destination, detail: "it already exists")
    }
    let file = DatabaseFile(path: path)
    try file.checkIsOurs()
    do {
      try copy(path, to: destination)
    } catch StorageError.refusesWrites(let refused, _) where refused == path {
      // SQLite writes beside a file to read it.
      let folder = try CopyFolder(of: path)
      try copy(folder.database, to: destination)
    }
  }

  private static func copy(_ path: String, to destination: String) throws {
    let queue = try DatabaseFile(path: path).translatingErrors {
      var configuration = Configuration()
      configuration.readonly = true
      configuration.busyMode = .timeout(DatabaseFile.busySeconds)
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      _ = try queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM run") }
      return queue
    }
    defer { try? queue.close() }
    try DatabaseFile(path: destination).translatingErrors {
      try queue.inDatabase { database in
        try database.execute(sql: "VACUUM INTO ?", arguments: [destination])
      }
    }
  }

  /// Deletes pieces of checkpoints to which nothing refers, and returns their space to the file
  /// system.
  public func collectGarbage() throws -> CollectionResult {
    let unused = "NOT EXISTS (SELECT 1 FROM checkpoint_chunk WHERE hash = chunk.hash)"
    let result = try write { database in
      let row = try Row.fetchOne(
        database,
        sql: "SELECT count(*) AS n, coalesce(sum(length(bytes)), 0) AS b FROM chunk WHERE \(unused)"
      )
      try database.execute(sql: "DELETE FROM chunk WHERE \(unused)")
      return CollectionResult(chunks: row?["n"] ?? 0, bytes: row?["b"] ?? 0)
    }
    try DatabaseFile(path: path).translatingErrors {
      try pool.writeWithoutTransaction { try $0.execute(sql: "VACUUM") }
    }
    return result
  }

  /// Sentences about damage inside the file; empty if there is none.
  public func findDamage() throws -> [String] {
    try read { database in
      let pages = try String.fetchAll(database, sql: "PRAGMA integrity_check")
      let links = try Row.fetchAll(database, sql: "PRAGMA foreign_key_check")
      return pages.filter { $0 != "ok" }
        + links.map { row in "a row of `\(row["table"] as String)` refers to nothing" }
    }
  }
}
