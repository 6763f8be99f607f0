// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// One named step of the schema; never edited once merged.
struct Migration: Sendable {
  var name: String
  var sql: String
}

/// The tables and views of a database, as the list of steps that make them.
enum Schema {
  /// Marks our files in SQLite's header: "rxp1".
  static let applicationID = 0x7278_7031

  static let migrations: [Migration] = [
    Migration(name: "v1", sql: SchemaV1.tables + SchemaV1.views)
  ]

  /// Applies what is missing, in one transaction, so that several processes may open a new file at once.
  static func migrate(_ database: Database, now: String) throws {
    try database.inTransaction(.immediate) {
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
        try database.execute(sql: migration.sql)
        try database.execute(
          sql: "INSERT INTO migration (name, applied_at) VALUES (?, ?)",
          arguments: [migration.name, now]
        )
      }
      try database.execute(sql: "PRAGMA application_id = \(applicationID)")
      return .commit
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
