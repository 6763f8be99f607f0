// SPDX-License-Identifier: Apache-2.0

internal import Experiments
internal import Foundation
internal import GRDB
internal import Vocabulary

/// A remark on a run.
public struct NoteRecord: Hashable, Sendable {
  /// The text of the remark.
  public var text: String
  /// When it was made, in ISO 8601 UTC.
  public var createdAt: String
}

extension RunStore {
  /// Adds and removes tags of a run.
  ///
  /// It is no mistake to add a tag that is already there, or to remove one that is not.
  public func tag(_ id: String, adding added: [String] = [], removing removed: [String] = []) throws
  {
    try write { database in
      let run = try StoredRun.find(database, code: id).id
      for word in added {
        try database.execute(
          sql: "INSERT OR IGNORE INTO tag (run_id, word) VALUES (?, ?)",
          arguments: [run, word]
        )
      }
      for word in removed {
        try database.execute(
          sql: "DELETE FROM tag WHERE run_id = ? AND word = ?",
          arguments: [run, word]
        )
      }
    }
  }

  /// Adds a remark to a run.
  public func note(_ id: String, _ text: String) throws {
    try write { database in
      try database.execute(
        sql: "INSERT INTO note (run_id, text, created_at) VALUES (?, ?, ?)",
        arguments: [try StoredRun.find(database, code: id).id, text, timestamp]
      )
    }
  }

  /// The remarks on a run, oldest first.
  public func notes(ofRun id: String) throws -> [NoteRecord] {
    try read { database in
      try Row.fetchAll(
        database,
        sql: "SELECT text, created_at FROM note WHERE run_id = ? ORDER BY id",
        arguments: [try StoredRun.find(database, code: id).id]
      ).map { NoteRecord(text: $0["text"], createdAt: $0["created_at"]) }
    }
  }
}
