// SPDX-License-Identifier: Apache-2.0

public import Experiments
import Vocabulary

extension Analysis {
  /// The compared cells by the mean of the metric that chooses, best first, without those that have
  /// a diverged or missing seed.
  ///
  /// With `tune`, each cell stands for its best values of the tuned parameters. Of equal cells, the
  /// first in plan order leads.
  public var leaders: [ComparedCell] {
    let reader = MetricReader(snapshot)
    let selection = experiment.metric
    let scored = cells.compactMap { cell -> (cell: ComparedCell, mean: Double)? in
      let values = reader.scaledValues(selection.name, of: cell.runs)
      guard !cell.runs.isEmpty, values.count == cell.runs.count else { return nil }
      return (cell, Sample(values.sortedBySeed).mean)
    }
    return scored.enumerated().sorted { left, right in
      if selection.goal.prefers(left.element.mean, to: right.element.mean) { return true }
      return left.element.mean == right.element.mean && left.offset < right.offset
    }.map(\.element.cell)
  }

  /// The cell whose pictures a finished report shows: that with the best mean of the first group.
  var picturedCell: ComparedCell? {
    guard isFinished, let group = groups.first else { return nil }
    return group.ranking.order.first.map { group.cells[$0] }
  }

  /// The run whose weights the report shows, which is the first seed of the leading cell.
  public var picturedRun: RunRecord? {
    picturedCell.flatMap { cell in cell.runs.first { $0.state == .completed } }
  }

  /// Of each wiring of the plan's networks of blocks the cell that ranks best, with its first run that is complete.
  var bestOfWirings: [Int: (cell: ComparedCell, run: RunRecord)] {
    var ranks: [Int: Int] = [:]
    for group in groups {
      for (rank, place) in group.ranking.order.enumerated() {
        ranks[group.cells[place].cell.index] = rank
      }
    }
    var found: [Int: (cell: ComparedCell, run: RunRecord)] = [:]
    for (index, wiring) in NetworkNames(snapshot.sweep.cells).wirings.enumerated() {
      let own = cells.filter { $0.cell.specification.model.wiring == wiring }
      let sorted = own.sorted {
        (ranks[$0.cell.index] ?? .max, $0.cell.index) < (
          ranks[$1.cell.index] ?? .max, $1.cell.index
        )
      }
      found[index] =
        sorted.lazy.compactMap { cell in
          cell.runs.sorted { $0.seed < $1.seed }.first { $0.state == .completed }
            .map { (cell: cell, run: $0) }
        }.first
    }
    return found
  }

  /// The runs whose attention maps a report shows.
  public var mappedRuns: [RunRecord] {
    bestOfWirings.sorted { $0.key < $1.key }.map(\.value.run)
  }

  /// Why no cell leads, and what to do; nil if a cell can lead.
  ///
  /// No cell leads if the cells have different loss functions and a loss chooses, or if they are
  /// evaluated on different data.
  public var choiceObstacle: (reason: String, hint: String)? {
    let cells = cells.map(\.cell)
    if isLoss(experiment.metric.name), distinctLosses(cells).count > 1 {
      return (
        "have different loss functions",
        "let another metric choose, as in `metric: val.accuracy`, and sweep again"
      )
    }
    guard distinctData(cells).count > 1 else { return nil }
    let example = groups.last?.data.first.map { ", as with `\($0.name)=\($0.value)`" } ?? ""
    return ("are evaluated on different data", "sweep one of the data by itself\(example)")
  }

  /// Where a confirming plan's cells come from; nil for all others.
  var confirmationSentence: Inline? {
    experiment.confirmation.map { confirmation in
      let (seed, last) = (experiment.seed, experiment.seed + experiment.repeats - 1)
      let seeds = seed == last ? "seed \(seed)" : "seeds \(seed)–\(last)"
      let isOne = cells.count == 1
      return """
        \(words: isOne ? "This is the leader" : "These are the \(cells.count) leaders") of \
        \(code: confirmation.sweep) by \(code: experiment.metric.name) among \(confirmation.candidates) \
        cells. \(words: isOne ? "It was" : "They were") trained on fresh \(words: seeds), which had no part \
        in the choice.
        """
    }
  }
}
