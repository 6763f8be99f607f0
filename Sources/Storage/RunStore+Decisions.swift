// SPDX-License-Identifier: Apache-2.0

internal import Codecs
internal import Experiments
internal import GRDB
public import Vocabulary

/// What a plan decided about one of its runs, and the current state of that run.
public struct SweepDecision: Hashable, Sendable {
  /// The run's id.
  public var run: String
  /// The cell's position in the plan.
  public var cell: Int
  /// The seed.
  public var seed: Int
  /// The cell's assignment.
  public var parameters: [String: ParameterValue]
  /// What the newest planning decided to do.
  public var disposition: String
  /// The reason, as a clause.
  public var reason: String?
}

extension RunStore {
  /// What the plan `NAME@revision`, or the newest plan of `NAME`, decided about each of its runs,
  /// in plan order.
  public func decisions(ofSweep label: String) throws -> [SweepDecision] {
    try read { database in
      let id = try SweepRows.find(database, label)
      return try Row.fetchAll(
        database,
        sql: """
          SELECT run.code, sweep_run.cell, sweep_run.seed, cell.parameters, disposition,
            sweep_run.reason
          FROM sweep_run
          JOIN run ON run.id = sweep_run.run_id
          JOIN cell ON cell.sweep_id = sweep_run.sweep_id AND cell.position = sweep_run.cell
          WHERE sweep_run.sweep_id = ? ORDER BY sweep_run.position
          """,
        arguments: [id]
      ).map { row in
        SweepDecision(
          run: row["code"],
          cell: row["cell"],
          seed: row["seed"],
          parameters: try JSONText.decode([String: ParameterValue].self, row["parameters"]),
          disposition: row["disposition"],
          reason: row["reason"]
        )
      }
    }
  }
}
