// SPDX-License-Identifier: Apache-2.0

internal import Codecs
internal import Experiments
internal import Foundation
internal import GRDB
internal import Vocabulary

extension PlanTransaction {
  /// What a plan means for a stored run.
  struct Verdict {
    var disposition: RunDisposition
    var reason: String?
    /// Whether the row goes (back) into the queue.
    var isQueued = false
    /// Whether its checkpoints are of no use: what they skip would be missing.
    var startsOver = false
    /// What it is trained for from now on; nil leaves that as it is.
    var demand: Demand?
  }

  func judge(_ run: StoredRun, demand: Demand, epochs: Int) throws -> Verdict {
    switch run.state {
    case .completed: return try judgeCompleted(run, demand: demand, epochs: epochs)
    case .pruned, .cancelled:
      return Verdict(disposition: .kept, reason: "it was \(run.state.rawValue)")
    case .failed where run.reason?.hasPrefix("diverged:") == true:
      return Verdict(disposition: .kept, reason: "it \(run.reason ?? "")")
    case .failed:
      var verdict = try judgeOpen(run, demand: demand, epochs: epochs)
      verdict.disposition = .retried
      verdict.reason = "it failed: \(run.reason ?? "without a reason")"
      return verdict
    case .running, .interrupted: return try judgeRunning(run, demand: demand, epochs: epochs)
    case .queued: return try judgeOpen(run, demand: demand, epochs: epochs)
    }
  }

  private func judgeCompleted(
    _ run: StoredRun,
    demand: Demand,
    epochs: Int
  ) throws -> Verdict {
    let trained = try JSONText.decode(Demand.self, run.demand)
    let recorded = try String.fetchSet(
      database,
      sql: """
        SELECT name FROM metric_name WHERE EXISTS
          (SELECT 1 FROM metric WHERE metric.run_id = ? AND metric.name_id = metric_name.id)
        """,
      arguments: [run.id]
    )
    var lack = trained.lack(for: demand, epochs: epochs, recorded: recorded)
    if try CheckpointInfo.newest(database, run: run.id, kind: .final) == nil {
      lack = "it lacks its final weights"
    }
    guard let lack else { return Verdict(disposition: .reused) }
    return Verdict(
      disposition: .repeated,
      reason: lack,
      isQueued: true,
      startsOver: true,
      demand: trained.merged(with: demand)
    )
  }

  private func judgeRunning(
    _ run: StoredRun,
    demand: Demand,
    epochs: Int
  ) throws -> Verdict {
    if let attempt = try run.newestAttempt(database),
      attempt.standing(now: now.timeIntervalSince1970) != .void
    {
      return Verdict(
        disposition: .running,
        reason: "process \(attempt.process.pid) on \(attempt.process.host) has it"
      )
    }
    var verdict = try judgeOpen(run, demand: demand, epochs: epochs)
    verdict.reason = "its worker is gone; it " + (verdict.reason ?? "starts again")
    return verdict
  }

  /// A run that has not ended: it goes on from its newest checkpoint, if what that skipped is all there.
  private func judgeOpen(
    _ run: StoredRun,
    demand: Demand,
    epochs: Int
  ) throws -> Verdict {
    let trained = try JSONText.decode(Demand.self, run.demand)
    let merged = trained.merged(with: demand)
    guard run.attempts > 0 else {
      return Verdict(
        disposition: .queued,
        reason: "planned before, not started yet",
        isQueued: true,
        demand: merged
      )
    }
    var verdict = Verdict(disposition: .resumed, isQueued: true, demand: merged)
    guard let checkpoint = try run.newestCheckpoint(database) else {
      verdict.reason = "starts again: it had no checkpoint yet"
      return verdict
    }
    if let lack = trained.lack(for: merged, epochs: epochs, recorded: []) {
      verdict.startsOver = true
      verdict.reason = "starts again: \(lack)"
    } else {
      verdict.reason = "goes on from step \(checkpoint.step)"
    }
    return verdict
  }

  func apply(_ verdict: Verdict, to run: StoredRun, cell: PlannedCell) throws {
    if let demand = verdict.demand {
      try database.execute(
        sql: """
          UPDATE run SET demand = ?, specification = ?,
            parameter_count = coalesce(?, parameter_count)
          WHERE id = ?
          """,
        arguments: [
          try JSONText.encode(demand),
          try JSONText.encode(demand.applied(to: cell.cell.specification)),
          cell.parameterCount, run.id,
        ]
      )
    }
    guard verdict.isQueued else { return }
    let progress = RunProgress(database: database, run: run.id)
    if run.state == .running {
      try progress.endAttempt(run.attempts, outcome: .interrupted, at: timestamp)
    }
    if verdict.startsOver { try progress.dropCheckpoints() }
    try progress.queue()
  }
}
