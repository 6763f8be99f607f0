// SPDX-License-Identifier: Apache-2.0

import Experiments
import Foundation
import Storage
import Testing
import Vocabulary

@Suite struct ReadOnlySQLTests {
  let fixture: StoreFixture
  private var path: String { fixture.folder.database }

  init() throws {
    fixture = try StoreFixture()
    try fixture.store.completeAll(try fixture.store.plan(plan()))
  }

  @Test func `an answer has columns and typed values`() throws {
    let answer = try ReadOnlySQL.query(
      path: path,
      "SELECT 1 AS one, 2.5 AS half, 'é' AS text, x'0102' AS bytes, NULL AS missing, '' AS empty"
    )
    #expect(answer.columns == ["one", "half", "text", "bytes", "missing", "empty"])
    #expect(
      answer.rows == [
        [.integer(1), .real(2.5), .text("é"), .blob([1, 2]), .null, .text("")]
      ]
    )
  }

  @Test(arguments: [
    "DELETE FROM run", "UPDATE run SET state = 'queued'", "DROP TABLE metric",
    "INSERT INTO tag VALUES (1, 'x')", "CREATE TABLE t (x)", "CREATE TEMP TABLE t (x)",
    "ATTACH DATABASE ':memory:' AS other", "VACUUM INTO '/tmp/copy.db'", "BEGIN IMMEDIATE",
    "PRAGMA journal_mode = DELETE", "PRAGMA writable_schema = 1", "PRAGMA user_version = 3",
    "SELECT load_extension('evil')", "REINDEX", "ANALYZE", "ROLLBACK",
    "WITH gone AS (SELECT 1) DELETE FROM run",
  ])
  func `whatever does not read is refused`(sql: String) throws {
    let error = #expect(throws: StorageError.self) { try ReadOnlySQL.query(path: path, sql) }
    #expect(
      error
        == .refusedSQL(
          detail:
            "`sql` only reads: statements that write, attach files or change settings are refused"
        )
    )
    #expect(try fixture.store.counts(in: .all)[.completed] == 4)
  }

  @Test func `mistakes are SQLite's own sentences`() {
    #expect(throws: StorageError.refusedSQL(detail: "no such table: runs")) {
      try ReadOnlySQL.query(path: path, "SELECT * FROM runs")
    }
    #expect(throws: StorageError.refusedSQL(detail: "there is no statement in ` -- nothing`")) {
      try ReadOnlySQL.query(path: path, " -- nothing")
    }
    #expect(throws: StorageError.refusedSQL(detail: "`sql` runs one statement at a time")) {
      try ReadOnlySQL.query(path: path, "SELECT 1; SELECT 2")
    }
    #expect(throws: StorageError.missing(path: "/nowhere/runexp.db")) {
      try ReadOnlySQL.query(path: "/nowhere/runexp.db", "SELECT 1")
    }
  }

  @Test func `a final semicolon and reading pragmas are fine`() throws {
    #expect(try ReadOnlySQL.query(path: path, "SELECT 1;\n").rows.count == 1)
    #expect(try ReadOnlySQL.query(path: path, "PRAGMA table_info(run)").rows.count > 10)
    let recursive = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 5) "
    #expect(try ReadOnlySQL.query(path: path, recursive + "SELECT x FROM n").rows.count == 5)
  }
}

@Suite struct ViewTests {
  let fixture: StoreFixture
  private var path: String { fixture.folder.database }

  init() throws {
    fixture = try StoreFixture()
    try fixture.store.completeAll(try fixture.store.plan(plan()))
  }

  private func query(_ sql: String) throws -> [[SQLValue]] {
    try ReadOnlySQL.query(path: path, sql).rows
  }

  @Test func `every view answers`() throws {
    let id = try fixture.store.runs()[0].id
    try fixture.store.note(id, "fine")
    let expected = [
      "v_run": 4, "v_sweep": 1, "v_sweep_run": 4, "v_parameter": 4, "v_metric": 48,
      "v_attempt": 4, "v_checkpoint": 4, "v_prediction": 12, "v_tag": 4, "v_note": 1,
    ]
    let views = try query("SELECT name FROM sqlite_schema WHERE type = 'view'")
    #expect(Set(views.map { $0[0] }) == Set(expected.keys.map { .text($0) }))
    for (view, count) in expected {
      #expect(try query("SELECT * FROM \(view)").count == count, "\(view)")
    }
  }

  @Test func `predictions are rows`() throws {
    let id = try fixture.store.runs()[0].id
    #expect(
      try query("SELECT example, target, prediction FROM v_prediction WHERE run = '\(id)'")
        == [
          [.integer(0), .integer(0), .integer(0)], [.integer(1), .integer(1), .integer(1)],
          [.integer(2), .integer(2), .integer(1)],
        ]
    )
  }

  @Test func `a mean over seeds is one statement`() throws {
    let rows = try query(
      """
      SELECT p.value, avg(m.value) FROM v_metric AS m JOIN v_parameter AS p USING (run)
      WHERE m.name = 'val.accuracy' AND p.name = 'learning_rate' AND m.epoch = 4
      GROUP BY p.value ORDER BY p.value
      """
    )
    #expect(rows == [[.real(0.01), .real(0.4)], [.real(0.1), .real(0.4)]])
  }

  /// The views are a public interface: `docs/database.md` has a section for each view and a row for each column.
  @Test func `every view and column is documented, and nothing else`() throws {
    let guide = try guide()
    var documented: [String: [String]] = [:]
    for section in guide.components(separatedBy: "\n### ").dropFirst() {
      let lines = section.split(separator: "\n").map(String.init)
      let name = try #require(lines.first).trimmingCharacters(in: CharacterSet(charactersIn: "`"))
      documented[name] = lines.filter { $0.hasPrefix("| `") }.map { line in
        String(line.dropFirst(3).prefix { $0 != "`" })
      }
    }
    var actual: [String: [String]] = [:]
    for case .text(let view) in try query(
      "SELECT name FROM sqlite_schema WHERE type = 'view'"
    ).map({ $0[0] }) {
      actual[view] = try ReadOnlySQL.query(path: path, "SELECT * FROM \(view)").columns
    }
    #expect(documented == actual)
  }

  @Test func `every statement of the guide runs`() throws {
    let blocks = try guide().components(separatedBy: "```sql\n").dropFirst().map { block in
      block.components(separatedBy: "```")[0]
    }
    #expect(blocks.count == 2)
    for block in blocks {
      let rows = try query(block.replacingOccurrences(of: "activations@2", with: "rates@1"))
      #expect(!rows.isEmpty, "\(block)")
    }
  }

  private func guide() throws -> String {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    return try String(contentsOf: root.appendingPathComponent("docs/database.md"), encoding: .utf8)
  }
}
