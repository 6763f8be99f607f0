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
  public func backup(to destination: String) throws {
    guard !FileManager.default.fileExists(atPath: destination) else {
      throw StorageError.refusesWrites(path: destination, detail: "it already exists")
    }
    try DatabaseFile(path: destination).translatingErrors {
      try pool.writeWithoutTransaction { database in
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
