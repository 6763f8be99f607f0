// SPDX-License-Identifier: Apache-2.0

internal import Codecs
internal import Experiments
internal import Foundation
internal import GRDB
internal import Vocabulary

extension PlanTransaction {
  /// Stores the plan as a revision of its name, unless the newest one is the same; dispositions are of the newest call.
  func freeze(_ runs: [Decided]) throws -> (sweep: SweepRecord, isNew: Bool) {
    let key = try planKey(runs)
    let newest = try Row.fetchOne(
      database,
      sql: "SELECT id, revision, plan_key FROM sweep WHERE name = ? ORDER BY revision DESC LIMIT 1",
      arguments: [plan.experiment.name]
    )
    let isNew = newest.map { $0["plan_key"] != key } ?? true
    let sweepID: Int64
    if isNew {
      let last: Int = newest.map { $0["revision"] } ?? 0
      sweepID = try insertSweep(revision: last + 1, key: key)
    } else {
      sweepID = newest?["id"] ?? 0
    }
    try insertRuns(runs, sweep: sweepID)
    return (try SweepRows.record(database, id: sweepID), isNew)
  }

  /// Paths and cosmetics of the manifest's text do not make another plan; other data does.
  private func planKey(_ runs: [Decided]) throws -> String {
    let experiment = try JSONText.decode(JSON.self, JSONText.encode(plan.experiment))
    var lines = [experiment.canonical]
    for cell in plan.cells {
      let train = cell.cell.specification.train
      let cadence = "\(train.evaluateEvery) \(train.logEverySteps ?? 0)"
      let parameters = JSON.sorted(cell.cell.assignment.mapValues(JSON.init))
      let extra = cell.cell.specification.metrics.sorted().joined(separator: ",")
      lines.append("\(cell.cell.index) \(parameters.canonical) \(cadence) \(extra)")
    }
    lines += runs.map { "\($0.planned.cell) \($0.planned.seed) \($0.contentKey)" }
    return SHA256.hexadecimal(of: lines.joined(separator: "\n"))
  }

  private func insertSweep(revision: Int, key: String) throws -> Int64 {
    try database.execute(
      sql: """
        INSERT INTO sweep
          (name, revision, plan_key, experiment, manifest, overrides, version, created_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        plan.experiment.name, revision, key, try JSONText.encode(plan.experiment), plan.manifest,
        try JSONText.encode(plan.overrides), plan.version, timestamp,
      ]
    )
    let sweep = database.lastInsertedRowID
    let statement = try database.cachedStatement(
      sql: "INSERT INTO cell (sweep_id, position, parameters, specification) VALUES (?, ?, ?, ?)"
    )
    for cell in plan.cells.map(\.cell) {
      try statement.execute(arguments: [
        sweep, cell.index, try JSONText.encode(cell.assignment),
        try JSONText.encode(cell.specification),
      ])
    }
    return sweep
  }

  private func insertRuns(_ runs: [Decided], sweep: Int64) throws {
    let statement = try database.cachedStatement(
      sql: """
        INSERT INTO sweep_run (sweep_id, position, cell, seed, run_id, disposition, reason)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (sweep_id, position)
        DO UPDATE SET disposition = excluded.disposition, reason = excluded.reason
        """
    )
    for (position, run) in runs.enumerated() {
      try statement.execute(arguments: [
        sweep, position, run.planned.cell, run.planned.seed, run.rowID,
        run.planned.disposition.rawValue, run.planned.reason,
      ])
    }
  }
}
