// SPDX-License-Identifier: Apache-2.0

internal import Codecs
internal import Diagnostics
internal import Experiments
internal import GRDB
internal import Vocabulary

/// Rows of `sweep`.
enum SweepRows {
  /// The plan `NAME@revision`, or the newest one of `NAME`.
  static func find(_ database: Database, _ label: String) throws -> Int64 {
    let exact = try Int64.fetchOne(
      database,
      sql: "SELECT id FROM sweep WHERE name || '@' || revision = ?",
      arguments: [label]
    )
    let newest = try Int64.fetchOne(
      database,
      sql: "SELECT id FROM sweep WHERE name = ? ORDER BY revision DESC LIMIT 1",
      arguments: [label]
    )
    if let id = exact ?? newest { return id }
    let names = try String.fetchAll(database, sql: "SELECT DISTINCT name FROM sweep ORDER BY name")
    let name = label.split(separator: "@").first.map(String.init) ?? label
    throw StorageError.noSuchSweep(label, nearest: nearestName(to: name, among: names))
  }

  static func record(_ database: Database, id: Int64) throws -> SweepRecord {
    guard
      let row = try Row.fetchOne(database, sql: "SELECT * FROM sweep WHERE id = ?", arguments: [id])
    else { throw StorageError.noSuchSweep("\(id)", nearest: nil) }
    return SweepRecord(
      name: row["name"],
      revision: row["revision"],
      experiment: try JSONText.decode(Experiment.self, row["experiment"]),
      cells: try cells(database, sweep: id),
      manifest: row["manifest"],
      overrides: try JSONText.decode([String].self, row["overrides"]),
      createdAt: row["created_at"],
      version: row["version"]
    )
  }

  private static func cells(_ database: Database, sweep: Int64) throws -> [Cell] {
    try Row.fetchAll(
      database,
      sql: """
        SELECT position, parameters, specification FROM cell WHERE sweep_id = ? ORDER BY position
        """,
      arguments: [sweep]
    ).map { row in
      Cell(
        index: row["position"],
        assignment: try JSONText.decode([String: ParameterValue].self, row["parameters"]),
        specification: try JSONText.decode(RunSpecification.self, row["specification"])
      )
    }
  }
}
