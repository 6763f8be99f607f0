// SPDX-License-Identifier: Apache-2.0

internal import Experiments
internal import Foundation
internal import GRDB
internal import Vocabulary

/// A worker at work: a process and the runs it holds.
public struct WorkerActivity: Hashable, Sendable {
  /// The process that trains.
  public var process: ProcessIdentity
  /// The sweep that started it and watches it; nil for a worker without a sweep.
  public var supervisor: ProcessIdentity?
  /// Ids of the runs it holds, in plan order.
  public var runs: [String]

  /// A worker at work.
  public init(process: ProcessIdentity, supervisor: ProcessIdentity?, runs: [String]) {
    self.process = process
    self.supervisor = supervisor
    self.runs = runs
  }
}

extension RunStore {
  /// The live workers that hold runs of a scope, in plan order of their first run.
  ///
  /// A worker on another machine counts as alive until its lease ends.
  public func workers(in scope: RunScope) throws -> [WorkerActivity] {
    try read { database in
      let filter = try ScopeFilter(database, scope)
      let rows = try Row.fetchAll(
        database,
        sql: """
          SELECT \(StoredRun.columns) FROM run \(filter.join) WHERE state = 'running' \(filter.order)
          """,
        arguments: filter.arguments
      )
      var workers: [WorkerActivity] = []
      for row in rows {
        let run = try StoredRun(row)
        guard let attempt = try run.newestAttempt(database),
          attempt.standing(now: now.timeIntervalSince1970) == .live
        else { continue }
        if let index = workers.firstIndex(where: { $0.process == attempt.process }) {
          workers[index].runs.append(run.code)
        } else {
          workers.append(
            WorkerActivity(
              process: attempt.process,
              supervisor: attempt.supervisor,
              runs: [run.code]
            )
          )
        }
      }
      return workers
    }
  }
}
