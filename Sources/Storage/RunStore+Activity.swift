// SPDX-License-Identifier: Apache-2.0

public import Experiments
internal import Foundation
internal import GRDB
internal import Vocabulary

/// The current state of a run, which a supervising sweep and a live view read again and again.
public struct RunActivity: Hashable, Sendable {
  /// The run's id.
  public var id: String
  /// The state as it is shown.
  public var state: RunState
  /// Why it ended in this state.
  public var reason: String?
  /// Attempts started so far.
  public var attempts: Int
  /// Completed epochs.
  public var epochs: Int
  /// Whether a worker may claim it now.
  public var isClaimable: Bool
  /// The worker of its newest attempt, for a running or interrupted run.
  public var process: ProcessIdentity?

  /// The state of a run.
  public init(
    id: String,
    state: RunState,
    reason: String? = nil,
    attempts: Int = 0,
    epochs: Int = 0,
    isClaimable: Bool = false,
    process: ProcessIdentity? = nil
  ) {
    self.id = id
    self.state = state
    self.reason = reason
    self.attempts = attempts
    self.epochs = epochs
    self.isClaimable = isClaimable
    self.process = process
  }
}

extension RunStore {
  /// The current state of each run of a scope, in plan order, without its metrics.
  public func activity(in scope: RunScope) throws -> [RunActivity] {
    try read { database in
      let filter = try ScopeFilter(database, scope)
      let rows = try Row.fetchAll(
        database,
        sql: "SELECT \(StoredRun.columns) FROM run \(filter.join) \(filter.order)",
        arguments: filter.arguments
      )
      return try rows.map { try activity(of: StoredRun($0), database) }
    }
  }

  /// How many attempts a process has started.
  public func attemptCount(of process: ProcessIdentity) throws -> Int {
    try read { database in
      try Int.fetchOne(
        database,
        sql: """
          SELECT count(*) FROM attempt WHERE host = ?1 AND boot_id = ?2 AND pid = ?3
            AND (?4 IS NULL OR process_start IS NULL OR process_start = ?4)
          """,
        arguments: [process.host, process.bootID, process.pid, process.startTime]
      ) ?? 0
    }
  }

  private func activity(of run: StoredRun, _ database: Database) throws -> RunActivity {
    var result = RunActivity(
      id: run.code,
      state: run.state,
      reason: run.reason,
      attempts: run.attempts,
      epochs: run.epochs,
      isClaimable: run.state == .queued
    )
    guard run.state == .running, let attempt = try run.newestAttempt(database) else {
      return result
    }
    let standing = attempt.standing(now: now.timeIntervalSince1970)
    result.process = attempt.process
    result.state = standing == .live ? .running : .interrupted
    result.isClaimable = standing == .void
    return result
  }
}
