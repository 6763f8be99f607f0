// SPDX-License-Identifier: Apache-2.0

public import Experiments
internal import Foundation
internal import GRDB
internal import Vocabulary

/// How many runs of a scope are in each state, as states are shown.
public struct RunCounts: Hashable, Sendable {
  /// The number of runs by state; a state that is absent counts 0.
  public var states: [RunState: Int]

  /// The runs in that state.
  public subscript(state: RunState) -> Int { states[state] ?? 0 }
  /// All runs.
  public var total: Int { states.values.reduce(0, +) }
  /// Runs that can still change.
  public var open: Int { states.reduce(0) { $0 + ($1.key.isTerminal ? 0 : $1.value) } }
}

extension RunStore {
  /// Every plan, oldest first.
  public func sweeps() throws -> [SweepRecord] {
    try read { database in
      try Int64.fetchAll(database, sql: "SELECT id FROM sweep ORDER BY id")
        .map { try SweepRows.record(database, id: $0) }
    }
  }

  /// The plan `NAME@revision`, or the newest of `NAME`.
  public func sweep(_ label: String) throws -> SweepRecord {
    try read { try SweepRows.record($0, id: try SweepRows.find($0, label)) }
  }

  /// Every run, as it is in the newest plan that holds it; runs without a plan come last.
  public func runs() throws -> [RunRecord] {
    try read { try records($0).records() }
  }

  /// The runs of these plans, plan by plan in plan order.
  public func runs(ofSweeps labels: [String]) throws -> [RunRecord] {
    try read { database in
      try labels.flatMap { try records(database).records(sweep: try SweepRows.find(database, $0)) }
    }
  }

  /// The run that `text` names: the beginning of an id, `last`, or `best:SWEEP`.
  public func run(_ text: String) throws -> RunRecord {
    try read { database in
      if text == "last" { return try lastRun(database) }
      if text.hasPrefix("best:") { return try bestRun(database, of: String(text.dropFirst(5))) }
      return try run(database, idPrefix: text)
    }
  }

  /// A plan with everything that its report shows, read in one transaction.
  public func snapshot(ofSweep label: String) throws -> SweepSnapshot {
    try read { database in
      let id = try SweepRows.find(database, label)
      let curves = try Curves(
        database,
        runs: "SELECT run_id FROM sweep_run WHERE sweep_id = ?",
        arguments: [id]
      )
      return SweepSnapshot(
        sweep: try SweepRows.record(database, id: id),
        runs: try records(database).records(sweep: id),
        curves: curves.points,
        captures: try CaptureRows(database, sweep: id).all(),
        tried: try CellPlans.triedCounts(database, sweep: id),
        plans: try CellPlans.find(database, sweep: id)
      )
    }
  }

  /// The stored curves of one run, by metric name, in step order.
  public func curves(ofRun id: String) throws -> [String: [MetricPoint]] {
    try read { database in
      try Curves(database, runs: "SELECT id FROM run WHERE code = ?", arguments: [id]).points[id]
        ?? [:]
    }
  }

  /// How many runs of a scope are in each state.
  public func counts(in scope: RunScope) throws -> RunCounts {
    try read { database in
      let filter = try ScopeFilter(database, scope)
      let rows = try Row.fetchAll(
        database,
        sql: "SELECT \(StoredRun.columns) FROM run \(filter.join)",
        arguments: filter.arguments
      )
      let reader = records(database)
      var states: [RunState: Int] = [:]
      for row in rows { states[try reader.shownState(StoredRun(row)), default: 0] += 1 }
      return RunCounts(states: states)
    }
  }

  func records(_ database: Database) -> RunRecords {
    RunRecords(database: database, now: now.timeIntervalSince1970)
  }

  private func lastRun(_ database: Database) throws -> RunRecord {
    let newest = """
      run.id = (SELECT id FROM run ORDER BY started_at IS NULL, started_at DESC, id DESC LIMIT 1)
      """
    guard let run = try records(database).records(where: newest).first else {
      throw StorageError.noSuchRun("last")
    }
    return run
  }

  private func run(_ database: Database, idPrefix: String) throws -> RunRecord {
    let codes = try String.fetchAll(
      database,
      sql: "SELECT code FROM run WHERE substr(code, 1, length(?1)) = ?1 ORDER BY code LIMIT 100",
      arguments: [idPrefix.lowercased()]
    )
    guard !idPrefix.isEmpty, let code = codes.first else {
      throw StorageError.noSuchRun(idPrefix)
    }
    guard codes.count == 1 || code == idPrefix else {
      throw StorageError.ambiguousRun(idPrefix, candidates: codes)
    }
    guard let run = try records(database).records(where: "run.code = ?", [code]).first else {
      throw StorageError.noSuchRun(idPrefix)
    }
    return run
  }

  /// The completed run that is best by the plan's metric; the first in plan order among equals.
  private func bestRun(_ database: Database, of label: String) throws -> RunRecord {
    let id = try SweepRows.find(database, label)
    let metric = try SweepRows.record(database, id: id).experiment.metric
    var best: (run: RunRecord, value: Double)?
    for run in try records(database).records(sweep: id) where run.state == .completed {
      let summary = run.metrics[metric.name]
      guard let value = metric.moment == .last ? summary?.last : summary?.best else { continue }
      if best.map({ metric.goal.prefers(value, to: $0.value) }) ?? true { best = (run, value) }
    }
    guard let best else { throw StorageError.noBestRun(sweep: label, metric: metric.name) }
    return best.run
  }
}
