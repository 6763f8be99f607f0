// SPDX-License-Identifier: Apache-2.0

internal import Experiments
internal import Foundation
internal import GRDB
internal import Vocabulary

extension RunStore {
  /// The claims of a worker process, which a sweep settles after the process has died.
  public func claims(of process: ProcessIdentity) throws -> [Claim] {
    try read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT code, number FROM attempt JOIN run
            ON run.id = attempt.run_id AND run.attempts = attempt.number
          WHERE state = 'running' AND host = ? AND boot_id = ? AND pid = ?
            AND (?4 IS NULL OR process_start IS NULL OR process_start = ?4)
          ORDER BY run.id
          """,
        arguments: [process.host, process.bootID, process.pid, process.startTime]
      ).map { Claim(runID: $0["code"], attempt: $0["number"]) }
    }
  }

  /// Queues a run whose worker died while its sweep lived; false if the claim is no longer valid.
  ///
  /// `outcome` is `.interrupted` if the sweep itself ended the worker.
  @discardableResult
  public func requeue(
    crashed claim: Claim,
    reason: String,
    outcome: AttemptOutcome = .crashed
  ) throws -> Bool {
    try settle(claim, outcome: outcome, reason: reason) { try $0.queue() }
  }

  /// Fails a run whose workers died too often; false if the claim is no longer valid.
  @discardableResult
  public func fail(crashed claim: Claim, reason: String) throws -> Bool {
    try settle(claim, outcome: .crashed, reason: reason) { progress in
      try progress.end(state: .failed, reason: reason, at: timestamp)
    }
  }

  private func settle(
    _ claim: Claim,
    outcome: AttemptOutcome,
    reason: String,
    _ body: (RunProgress) throws -> Void
  ) throws -> Bool {
    try write { database in
      let run = try StoredRun.find(database, code: claim.runID)
      guard run.state == .running, run.attempts == claim.attempt else { return false }
      let progress = RunProgress(database: database, run: run.id)
      try progress.endAttempt(claim.attempt, outcome: outcome, reason: reason, at: timestamp)
      try body(progress)
      return true
    }
  }

  /// Cancels a run that has not ended; false if it had ended.
  ///
  /// Its worker loses the claim at its next write.
  @discardableResult
  public func cancel(_ id: String, reason: String? = nil) throws -> Bool {
    try write { database in
      let run = try StoredRun.find(database, code: id)
      guard !run.state.isTerminal else { return false }
      let progress = RunProgress(database: database, run: run.id)
      try progress.endAttempt(run.attempts, outcome: .cancelled, reason: reason, at: timestamp)
      try progress.end(state: .cancelled, reason: reason, at: timestamp)
      return true
    }
  }

  /// Queues the runs that ended without a result (failed, pruned or cancelled), and returns their
  /// ids.
  ///
  /// All other runs stay as they are. A run continues from its newest checkpoint, if it has one.
  @discardableResult
  public func requeue(_ ids: [String]) throws -> [String] {
    try write { database in
      try ids.filter { id in
        let run = try StoredRun.find(database, code: id)
        guard run.state.isTerminal, run.state != .completed else { return false }
        try RunProgress(database: database, run: run.id).queue()
        return true
      }
    }
  }

  /// Queues a run that ended without a result: failed, pruned or cancelled.
  public func requeue(_ id: String) throws {
    try write { database in
      let run = try StoredRun.find(database, code: id)
      guard run.state.isTerminal, run.state != .completed else {
        throw StorageError.wrongState(run: id, state: run.state.rawValue, action: "queued again")
      }
      try RunProgress(database: database, run: run.id).queue()
    }
  }
}
