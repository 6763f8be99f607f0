// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import GRDB

/// The tables and views of a database, as the list of steps that make them.
enum DatabaseSchema {
  /// Marks our files in SQLite's header: "rxp1".
  static let applicationID = 0x7278_7031

  static let migrations: [Migration] = [
    Migration(name: "v1", sql: SchemaV1.tables + SchemaV1.views),
    Migration(name: "v2", apply: WordsMigration.apply),
    Migration(name: "v3", apply: WordsMigration.close),
  ]

  /// Makes the tables of a new file in one transaction, so that several processes may open it at once.
  static func create(_ database: Database, path: String, now: Date) throws {
    try database.inTransaction(.immediate) {
      let isEmpty = try appliedNames(database).isEmpty
      // An older version has made it in the moment since the file was looked for: the next look tells.
      guard try isEmpty || isCurrent(database) else { throw StorageError.busy(path: path) }
      try applyMissing(database, path: path, now: now)
      return .commit
    }
  }

  /// Applies what an older file lacks while nobody else has it open; false if somebody has.
  ///
  /// Throws `olderInUse`; nobody is at work in a copy. `updating` hears how many runs the file holds.
  static func migrate(
    _ database: Database,
    path: String,
    isCopy: Bool,
    now: Date,
    updating: (Int) -> Void
  ) throws -> Bool {
    // SQLite leaves this mode only if no other connection is open, not even an idle one.
    try database.execute(sql: "PRAGMA busy_timeout = 0")
    let journal = "PRAGMA journal_mode"
    do {
      guard try String.fetchOne(database, sql: journal + " = DELETE") == "delete" else {
        return false
      }
      try database.execute(sql: "PRAGMA synchronous = FULL")
      try database.beginTransaction(.exclusive)
    } catch let error as DatabaseError
      where error.resultCode == .SQLITE_BUSY || error.resultCode == .SQLITE_LOCKED
    {
      return false
    }
    do {
      // An old process that came between has turned the mode back, and waits.
      guard try String.fetchOne(database, sql: journal) == "delete" else {
        try database.rollback()
        return false
      }
      if try !isCurrent(database) {
        if !isCopy { try checkUse(database, path: path, now: now) }
        updating(try Int.fetchOne(database, sql: "SELECT count(*) FROM run") ?? 0)
        try applyMissing(database, path: path, now: now)
      }
      try database.commit()
    } catch {
      if database.isInsideTransaction { try? database.rollback() }
      throw error
    }
    return true
  }

  private static func applyMissing(_ database: Database, path: String, now: Date) throws {
    try database.execute(
      sql: """
        CREATE TABLE IF NOT EXISTS migration (
          name TEXT NOT NULL PRIMARY KEY,
          applied_at TEXT NOT NULL
        ) STRICT
        """
    )
    let applied = try appliedNames(database)
    for migration in migrations where !applied.contains(migration.name) {
      do { try migration.apply(database) } catch let error where !(error is DatabaseError) {
        throw StorageError.damaged(
          path: path,
          detail:
            "the step `\(migration.name)` cannot read what is stored (\(error)), and nothing was changed"
        )
      }
      try database.execute(
        sql: "INSERT INTO migration (name, applied_at) VALUES (?, ?)",
        arguments: [migration.name, RunStore.text(of: now)]
      )
    }
    try database.execute(sql: "PRAGMA application_id = \(applicationID)")
  }

  /// Throws `olderInUse` where a process of an older version still trains.
  static func checkUse(_ database: Database, path: String, now: Date) throws {
    let open = try Row.fetchAll(
      database,
      sql: """
        SELECT attempt.*, code FROM attempt JOIN run ON run.id = run_id AND number = attempts
        WHERE outcome IS NULL
        """
    )
    for row in open {
      let attempt = StoredAttempt(row)
      guard attempt.standing(now: now.timeIntervalSince1970) != .void else { continue }
      throw StorageError.olderInUse(
        path: path,
        run: row["code"],
        process: "process \(attempt.process.pid) on \(attempt.process.host)"
      )
    }
  }

  /// Names of the steps this file has seen; empty for a new file.
  static func appliedNames(_ database: Database) throws -> [String] {
    guard try database.tableExists("migration") else { return [] }
    return try String.fetchAll(database, sql: "SELECT name FROM migration ORDER BY rowid")
  }

  /// Whether nothing is left to apply.
  static func isCurrent(_ database: Database) throws -> Bool {
    let applied = try appliedNames(database)
    return migrations.allSatisfy { applied.contains($0.name) }
  }
}
