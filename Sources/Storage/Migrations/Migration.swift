// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// One named step of the schema; never edited once merged.
struct Migration: Sendable {
  var name: String
  /// Does the step.
  var apply: @Sendable (Database) throws -> Void

  /// A step in SQL.
  init(name: String, sql: String) {
    self.init(name: name) { try $0.execute(sql: sql) }
  }

  /// A step in Swift, for what SQL cannot say.
  init(name: String, apply: @escaping @Sendable (Database) throws -> Void) {
    self.name = name
    self.apply = apply
  }
}
