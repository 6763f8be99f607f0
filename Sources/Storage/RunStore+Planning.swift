// SPDX-License-Identifier: Apache-2.0

internal import Codecs
internal import Experiments
internal import Foundation
internal import GRDB
internal import Vocabulary

extension RunStore {
  /// Freezes a plan in one transaction: stores its cells and queues the runs that have to be
  /// trained.
  ///
  /// A revision is added only if the plan differs from the newest one of its name. A completed run
  /// with the same content is reused, unless it lacks a metric, point or checkpoint that this plan
  /// asks for. Interrupted and crashed runs are queued again; diverged and cancelled runs are not.
  @discardableResult
  public func plan(_ plan: SweepPlan) throws -> PlannedSweep {
    try write { database in
      var planner = PlanTransaction(database: database, plan: plan, now: now, timestamp: timestamp)
      let runs = try planner.planRuns(applying: true)
      guard !plan.isBare else {
        return PlannedSweep(sweep: nil, isNewRevision: false, runs: runs.map(\.planned))
      }
      let (sweep, isNew) = try planner.freeze(runs)
      return PlannedSweep(sweep: sweep, isNewRevision: isNew, runs: runs.map(\.planned))
    }
  }

  /// What `plan` would do; changes nothing.
  public func preview(_ plan: SweepPlan) throws -> PlannedSweep {
    try read { database in
      var planner = PlanTransaction(database: database, plan: plan, now: now, timestamp: timestamp)
      let runs = try planner.planRuns(applying: false).map(\.planned)
      return PlannedSweep(sweep: nil, isNewRevision: false, runs: runs)
    }
  }
}

/// One transaction of planning.
struct PlanTransaction {
  let database: Database
  let plan: SweepPlan
  let now: Date
  let timestamp: String
  /// What was decided for a content key earlier in this plan: two cells may mean the same run.
  private var decided: [String: Decided] = [:]

  /// One run of the plan and its row; no row in a preview.
  struct Decided {
    var rowID: Int64?
    var contentKey: String
    var planned: PlannedRun
  }

  init(database: Database, plan: SweepPlan, now: Date, timestamp: String) {
    self.database = database
    self.plan = plan
    self.now = now
    self.timestamp = timestamp
  }

  mutating func planRuns(applying: Bool) throws -> [Decided] {
    var result: [Decided] = []
    for cell in plan.cells {
      for seed in plan.experiment.seed..<(plan.experiment.seed + plan.experiment.repeats) {
        result.append(try decide(cell, seed: seed, applying: applying))
      }
    }
    return result
  }

  private mutating func decide(
    _ cell: PlannedCell,
    seed: Int,
    applying: Bool
  ) throws -> Decided {
    let content = cell.content(seed: seed)
    let key = content.key
    if var twin = decided[key] {
      twin.planned.reason = "the same content as cell \(twin.planned.cell)"
      twin.planned.cell = cell.cell.index
      return twin
    }
    let demand = Demand(experiment: plan.experiment, specification: cell.cell.specification)
    let decision: Decided
    if let stored = try StoredRun.find(database, contentKey: key) {
      let verdict = try judge(stored, demand: demand, epochs: cell.cell.specification.train.epochs)
      if applying {
        try apply(verdict, to: stored, cell: cell)
        try RunProgress(database: database, run: stored.id).noteCheckedNumerics()
        try tag(run: stored.id)
      }
      decision = Decided(
        rowID: stored.id,
        contentKey: key,
        planned: PlannedRun(
          id: stored.code,
          cell: cell.cell.index,
          seed: seed,
          disposition: verdict.disposition,
          reason: verdict.reason
        )
      )
    } else {
      decision = try insert(content, key: key, cell: cell, seed: seed, applying: applying)
    }
    decided[key] = decision
    return decision
  }

  private func insert(
    _ content: RunContent,
    key: String,
    cell: PlannedCell,
    seed: Int,
    applying: Bool
  ) throws -> Decided {
    let code = try RunCodes.free(key, database)
    let renewal = try renewal(of: cell, seed: seed)
    var rowID: Int64?
    if applying {
      let demand = Demand(experiment: plan.experiment, specification: cell.cell.specification)
      let statement = try database.cachedStatement(
        sql: """
          INSERT INTO run (code, content_key, content, experiment, parameters, specification,
            demand, seed, state, created_at, data_sha256, numeric_version, parameter_count)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'queued', ?, ?, ?, ?)
          """
      )
      try statement.execute(arguments: [
        code, key, content.text, plan.experiment.name,
        try JSONText.encode(cell.cell.assignment),
        try JSONText.encode(cell.cell.specification),
        try JSONText.encode(demand), seed, timestamp, cell.dataSHA256, cell.numericVersion,
        cell.parameterCount,
      ])
      rowID = database.lastInsertedRowID
      try tag(run: database.lastInsertedRowID)
    }
    return Decided(
      rowID: rowID,
      contentKey: key,
      planned: PlannedRun(
        id: code,
        cell: cell.cell.index,
        seed: seed,
        disposition: .new,
        reason: renewal?.reason ?? "no stored run has its content",
        renewal: renewal
      )
    )
  }

  /// The stored run that differs in its numeric version only, the newest version first.
  private func renewal(of cell: PlannedCell, seed: Int) throws -> Renewal? {
    for version in (1..<max(1, cell.numericVersion)).reversed() {
      let key = cell.content(seed: seed, version: version).key
      guard let twin = try StoredRun.find(database, contentKey: key) else { continue }
      let changes = NumericChange.allCases.filter {
        $0.version > version && $0.version <= cell.numericVersion
          && ($0.version == cell.numericVersion
            || $0.effect(on: cell.cell.specification, inputShape: nil) == .certain)
      }
      return Renewal(run: twin.code, version: version, changes: changes)
    }
    return nil
  }

  private func tag(run: Int64) throws {
    let statement = try database.cachedStatement(
      sql: "INSERT OR IGNORE INTO tag (run_id, word) VALUES (?, ?)"
    )
    for word in plan.experiment.tags { try statement.execute(arguments: [run, word]) }
  }
}

/// The ids of runs.
enum RunCodes {
  /// The shortest beginning of the key, from 12 digits, that no other run has: the same run has the same id in every
  /// database.
  static func free(_ key: String, _ database: Database) throws -> String {
    let statement = try database.cachedStatement(sql: "SELECT 1 FROM run WHERE code = ?")
    for length in 12..<key.count {
      let code = String(key.prefix(length))
      if try Row.fetchOne(statement, arguments: [code]) == nil { return code }
    }
    return key
  }
}
