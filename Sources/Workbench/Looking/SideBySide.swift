// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Experiments
package import Reports
package import Storage
import Vocabulary

/// What `compare` shows: a row for each side, and the difference where there are two.
package struct SideBySide {
  package let sides: [ComparedSide]
  package let metric: String
  /// Of two sides; nil for more.
  package let comparison: Comparison?
  /// Of the cells of two plans that belong together; nil for all else.
  package let matched: MatchedComparison?

  package init(_ sides: [ComparedSide], metric: String?, store: RunStore) throws {
    self.sides = sides
    let known = Set(sides.flatMap(\.runs).flatMap(\.metrics.keys))
    if let metric, !known.contains(metric) {
      let hint = nearestName(to: metric, among: known.sorted()).map { "did you mean `\($0)`?" }
      throw Diagnostic(
        "none of the runs has the metric `\(metric)`",
        hints: [hint ?? "they have \(known.sorted().joined(separator: ", "))"]
      )
    }
    let reported = sides.compactMap { $0.sweep?.experiment.report.metric }.first
    let usual = ["test.accuracy", "val.accuracy", "test.loss", "val.loss", "train.loss"]
    self.metric =
      metric ?? reported ?? usual.first { known.contains($0) } ?? known.sorted().first
      ?? "test.accuracy"
    comparison = try Self.comparison(sides, self.metric, store)
    matched = try Self.matched(sides, self.metric, store)
  }

  /// The cells of two plans, as soon as they are more than two.
  private static func matched(
    _ sides: [ComparedSide],
    _ metric: String,
    _ store: RunStore
  ) throws -> MatchedComparison? {
    var labels: [String] = []
    for label in sides.compactMap({ $0.sweep?.label }) where !labels.contains(label) {
      labels.append(label)
    }
    guard labels.count == 2, sides.count > 2, sides.allSatisfy(\.isCell) else { return nil }
    func own(_ label: String) throws -> [MatchedComparison.Side] {
      let plans = try store.cellPlans(ofSweep: label)
      return sides.filter { $0.sweep?.label == label }.map { side in
        (side.label, side.parameters, side.runs, side.cell.flatMap { plans[$0] } ?? [])
      }
    }
    var matched = MatchedComparison(
      metric: metric,
      left: try own(labels[0]),
      right: try own(labels[1]),
      facts: try facts(sides, store)
    )
    if sides.contains(where: isChosen) { matched?.leaveIntervalsOut() }
    return matched
  }

  /// Whether the side is a cell that `tune` holds against others of its row.
  package static func isChosen(_ side: ComparedSide) -> Bool {
    guard let sweep = side.sweep, let cell = side.cell, !sweep.experiment.tune.isEmpty else {
      return false
    }
    func row(_ cell: Cell) -> [String: ParameterValue] {
      cell.assignment.filter { !sweep.experiment.tune.contains($0.key) }
    }
    guard let own = sweep.cells.first(where: { $0.index == cell }).map(row) else { return false }
    return sweep.cells.count { row($0) == own } > 1
  }

  /// What is known of the data of all runs, by run id.
  private static func facts(
    _ sides: [ComparedSide],
    _ store: RunStore
  ) throws -> [String: DataFacts] {
    try Set(sides.compactMap { $0.sweep?.label }).sorted().reduce(into: [:]) { facts, label in
      facts.merge(try store.captured(.facts, ofSweep: label)) { first, _ in first }
    }
  }

  /// When the cells of two sides are looked at; nil where one of them stands in no plan.
  private static func schedule(
    _ pair: [ComparedSide],
    _ store: RunStore
  ) throws -> LookSchedule? {
    let plans = try pair.map { side -> [CellPlan] in
      guard let sweep = side.sweep, let cell = side.cell else { return [] }
      return try store.cellPlans(ofSweep: sweep.label)[cell] ?? []
    }
    guard plans.count == 2, plans.allSatisfy({ !$0.isEmpty }) else { return nil }
    let sweeps = Set(pair.compactMap { $0.sweep?.label })
    let confirming =
      sweeps.count == 1 && pair[0].sweep?.experiment.confirmation != nil
      ? plans[0].first { $0.sweep == pair[0].sweep?.label }?.order : nil
    return LookSchedule(plans[0], plans[1], confirming: confirming)
  }

  /// Two runs of different cells, of one plan or two, stand for their cells.
  private static func comparison(
    _ sides: [ComparedSide],
    _ metric: String,
    _ store: RunStore
  ) throws -> Comparison? {
    guard sides.count == 2 else { return nil }
    var pair = sides
    if let left = pair[0].place, let right = pair[1].place, left != right {
      pair = try pair.map { try SideReader(store: store, condition: nil).cell(of: $0) }
    }
    var predictions: [String: TestPredictions] = [:]
    if metric == "test.accuracy" {
      for run in pair.flatMap(\.runs) {
        predictions[run.id] = try store.captured(.predictions, ofRun: run.id)
      }
    }
    var comparison = Comparison(
      metric: metric,
      left: (pair[0].label, pair[0].runs),
      right: (pair[1].label, pair[1].runs),
      predictions: predictions,
      facts: try facts(pair, store),
      schedule: try schedule(pair, store)
    )
    comparison.isChosen = pair.contains(where: isChosen)
    return comparison
  }

  /// What else differs between two plans, or two runs that stand in none. Of cells that belong together the first two are
  /// looked at: in what both plans vary, they agree.
  package var specificationDifferences: [SpecificationDifference] {
    let other = sides.first { $0.sweep?.label != sides[0].sweep?.label }
    let pair = matched?.matches.first.map { ($0.comparison.left.runs, $0.comparison.right.runs) }
    guard let left = (pair?.0 ?? sides.first?.runs ?? []).first,
      let right = (pair?.1 ?? other?.runs ?? []).first, !left.isImported, !right.isImported
    else { return [] }
    return SpecificationDifference.between(left, right).filter { $0.path != "seed" }
  }
}
