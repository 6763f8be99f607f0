// SPDX-License-Identifier: Apache-2.0

import Experiments
package import Storage
import Vocabulary

/// Turns looks at the store into the messages that a sweep's own workers would have told it.
package struct SweepWatch {
  private var states: [String: RunState] = [:]
  private var epochs: [String: Int] = [:]
  private let totals: [String: Int]

  /// `totals` are the epochs of each run.
  package init(totals: [String: Int]) { self.totals = totals }

  /// What changed since the last look; the first look tells only who is at work.
  ///
  /// `metrics` gives a run's last metrics, asked for only where an epoch was completed.
  package mutating func messages(
    _ activity: [RunActivity],
    metrics: (String) throws -> [String: Double]
  ) rethrows -> [WorkerMessage] {
    let isFirst = states.isEmpty
    var messages: [WorkerMessage] = []
    for run in activity {
      let before = states.updateValue(run.state, forKey: run.id)
      let epochsBefore = epochs.updateValue(run.epochs, forKey: run.id) ?? 0
      let isAtWork = run.state == .running
      let total = totals[run.id] ?? 0
      if isAtWork, isFirst {
        messages.append(.found(run: run.id, epochs: total, epoch: run.epochs))
      } else if isAtWork, before != .running || run.epochs < epochsBefore {
        let epoch = Double(min(run.epochs, epochsBefore))
        messages.append(.claimed(run: run.id, epochs: total, resumedEpoch: epoch))
      }
      if run.epochs > epochsBefore, !isFirst {
        messages.append(.epoch(run: run.id, epoch: run.epochs, metrics: try metrics(run.id)))
      }
      if !isFirst, before != run.state, !isAtWork {
        messages.append(.ended(run: run.id, state: run.state.rawValue, reason: run.reason))
      }
    }
    return messages
  }
}
