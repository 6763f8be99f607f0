// SPDX-License-Identifier: Apache-2.0

import Experiments
import Foundation
import Vocabulary

/// How the pairs of a table are tested: the step of their numbers, and when each pair is looked at.
struct PairRules {
  let rules: Ranking.Rules
  /// The step of the numbers of each cell by itself.
  let steps: [Double]

  init(_ cells: [ComparedCell], of snapshot: SweepSnapshot) {
    let plans = cells.map { snapshot.plans[$0.cell.index] ?? [] }
    let confirming =
      snapshot.sweep.experiment.confirmation == nil
      ? nil : plans.compactMap { $0.last?.order }.max()
    let values = cells.map { Array($0.values.values) }
    let resolution = Resolution(
      snapshot.sweep.experiment.report.metric,
      values: values.flatMap(\.self),
      runs: cells.flatMap(\.runs),
      predictions: snapshot.captures[.predictions],
      facts: snapshot.captures[.facts]
    )
    steps = values.map(resolution.step(of:))
    rules = Ranking.Rules(
      resolution: resolution.step,
      pairResolution: { left, right in resolution.step(of: values[left] + values[right]) },
      schedule: { left, right in
        plans[left].isEmpty || plans[right].isEmpty
          ? nil : LookSchedule(plans[left], plans[right], confirming: confirming)
      },
      candidates: { cells[$0].tried }
    )
  }
}
