// SPDX-License-Identifier: Apache-2.0

package import Experiments
import Foundation
package import Storage
import Vocabulary

/// A sweep that is trained elsewhere, seen through the store.
package struct SweepObservation: Sendable {
  private let store: RunStore
  private let label: String
  private let watch: SweepWatch

  /// Between two looks; a view may be drawn twice as often.
  private static let secondsBetweenLooks = 0.5
  /// Looks without a worker at work after which nobody is expected any more: five seconds.
  private static let patience = 10

  /// `runs` are those of the plan `label`.
  package init(_ label: String, runs: [RunRecord], in store: RunStore) {
    self.store = store
    self.label = label
    watch = SweepWatch(
      totals: Dictionary(
        runs.map { ($0.id, $0.specification.train.epochs) },
        uniquingKeysWith: { first, _ in first }
      )
    )
  }

  /// What happens until every run has ended, or nobody has worked on one for a while. Throws what the store throws.
  package func follow(tell: (JobEvent) -> Void) async throws {
    var (watch, idle, looks) = (watch, 0, 0)
    while true {
      if looks % 2 == 0 {
        let activity = try store.activity(in: .sweep(label))
        for message in try watch.messages(
          activity,
          metrics: { try store.run($0).metrics.compactMapValues(\.last) }
        ) {
          tell(.message(message))
        }
        let states = activity.map { ($0.id, $0.state) }
        tell(.states(Dictionary(states, uniquingKeysWith: { first, _ in first })))
        if activity.allSatisfy(\.state.isTerminal) { return }
        idle = activity.contains { $0.state == .running } ? 0 : idle + 1
        if idle > Self.patience { return }
      }
      tell(.tick)
      looks += 1
      try await Task.sleep(for: .seconds(Self.secondsBetweenLooks / 2))
    }
  }
}
