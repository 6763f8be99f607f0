// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Experiments
import Plotting
import Vocabulary

/// The report's metric over each number that was drawn from a range: a mark for each cell.
struct ScatterResults {
  /// More groups cannot be told apart by colour.
  private static let mostGroups = 6
  /// Among more cells intervals hide each other.
  private static let mostIntervals = 40
  /// Of so many cells the words tell.
  private static let mostWords = 10

  private let analysis: Analysis
  private let groups: [ComparisonGroup]
  private let numbers: [String]
  let cells: [ComparedCell]

  /// Nil where no number was drawn.
  init?(_ groups: [ComparisonGroup], of analysis: Analysis) {
    let cells = groups.flatMap(\.cells)
    let plain = cells.map(\.cell)
    let numbers = varyingParameters(plain, analysis.experiment)
      .filter { isDrawn($0, plain, analysis.experiment) }
    guard !numbers.isEmpty else { return nil }
    self.analysis = analysis
    self.groups = groups
    self.numbers = numbers
    self.cells = cells
  }

  func picture(title: String, subtitle: String) -> ReportCharts.Picture {
    let metric = analysis.metric
    let limits = SaneRange.limits(metric, values: cells.map(\.sample.mean))
    let values = cells.filter { !$0.values.isEmpty }.map(\.sample.mean)
      .filter { limits?.contains($0) ?? true }
    let scale = chartScale(metric, values)
    let (coloring, names) = coloring
    let best = groups.count == 1 ? groups[0].ranking.order.first.map { groups[0].cells[$0] } : nil
    let panels = numbers.map { number in
      let isLog = analysis.experiment.parameters.first { $0.name == number }?.isLogarithmic
      return ScatterChart.Panel(
        xLabel: number,
        xScale: isLog == true ? .log : .linear,
        marks: cells.compactMap { cell in
          cell.cell.assignment[number]?.number.map { x in
            mark(cell, x: x, scale, names, coloring, isBest: cell.cell.index == best?.cell.index)
          }
        }
      )
    }
    let hasIntervals = panels.contains { $0.marks.contains { $0.interval != nil } }
    let center = scale == .logarithmic ? "geometric mean" : "mean"
    let notes = [
      "Dot: \(center) of a cell" + (hasIntervals ? "; line: its 95 % interval over seeds." : "."),
      best == nil ? nil : "Ringed: the best mean, which is no verdict.",
    ]
    return ReportCharts.Picture(
      chart: ScatterChart(
        title: title,
        subtitle: subtitle,
        yLabel: metric,
        yScale: scale == .logarithmic ? .log : .linear,
        limits: limits ?? SaneRange.bounds(metric),
        panels: panels,
        groups: names,
        footnote: notes.compactMap(\.self).joined(separator: " "),
        plotHeight: numbers.count > 3 ? 160 : 240
      ),
      alternative: alternative(title),
      runs: cells.flatMap(\.runs)
    )
  }

  private func mark(
    _ cell: ComparedCell,
    x: Double,
    _ scale: MetricScale,
    _ names: [String],
    _ coloring: String?,
    isBest: Bool
  ) -> ScatterChart.Mark {
    let interval =
      cell.candidates > 1 || cell.divergedCount > 0 || cells.count > Self.mostIntervals
      ? nil : cell.sample.interval(scale)
    let name = coloring.flatMap { cell.cell.assignment[$0]?.description }
    return ScatterChart.Mark(
      x: x,
      y: cell.values.isEmpty || cell.divergedCount > 0 ? .nan : cell.sample.center(scale),
      interval: interval.map { $0.low...$0.high },
      group: name.flatMap(names.firstIndex) ?? 0,
      isMarked: isBest
    )
  }

  /// The first other parameter with few values, and those values in plan order.
  private var coloring: (String?, [String]) {
    let plain = cells.map(\.cell)
    for name in varyingParameters(plain, analysis.experiment) where !numbers.contains(name) {
      let occurring = Set(plain.compactMap { $0.assignment[name]?.description })
      let listed = analysis.experiment.parameters.first { $0.name == name }?.values ?? []
      let inOrder = listed.map(\.description).filter(occurring.contains)
      let seen = inOrder.count == occurring.count ? inOrder : occurring.sorted()
      if (2...Self.mostGroups).contains(seen.count) { return (name, seen) }
    }
    return (nil, [])
  }

  private func alternative(_ title: String) -> String {
    let order = groups.flatMap { group in group.ranking.order.map { group.cells[$0] } }
    let words = order.prefix(Self.mostWords).map { cell in
      "\(cell.label): \(cell.sample.text(MetricScale(metric: analysis.metric)))"
    }
    let flawed = cells.count { $0.divergedCount > 0 }
    return "Scatter of \(title) over \(numbers.joined(separator: ", ")), "
      + "\(counted(cells.count, "cell"))"
      + (flawed > 0 ? ", \(flawed) diverged" : "")
      + (words.isEmpty ? "" : "; best first: " + words.joined(separator: "; "))
  }
}
