// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Experiments

/// The results: one table and one dot chart for each loss function, then all pairs and the other metrics, folded.
struct ResultsSection {
  let analysis: Analysis
  let charts: [ReportChart]

  init(_ analysis: Analysis, charts: [ReportChart]) {
    self.analysis = analysis
    self.charts = charts
  }

  var blocks: [Block] {
    var blocks = [Block.heading(2, "Results: `\(analysis.metric)`")]
    for (index, groups) in analysis.sections.enumerated() {
      if let loss = groups.first?.loss {
        blocks.append(.heading(3, "Loss \(Markdown.code(loss.name))"))
      }
      blocks += ResultsTable(analysis, groups).blocks
      blocks += charts.filter { $0.plan.kind == .results && $0.plan.group == index }.map(\.block)
      blocks += groups.compactMap { PairsTable($0, of: analysis).block }
    }
    if let references { blocks.append(references) }
    if let others = OtherMetricsTable(analysis).block { blocks.append(others) }
    return blocks
  }

  /// Published values that stand in no results table: of other metrics, or where the table has columns.
  private var references: Block? {
    let rows = analysis.experiment.references.filter { reference in
      !analysis.showsInTable(reference)
    }
    guard !rows.isEmpty else { return nil }
    return .table(
      [("Published", .left), ("Metric", .left), ("Value", .right), ("Source", .left)],
      rows.map {
        [
          Markdown.escaped($0.label), Markdown.code($0.metric),
          ParameterValue.real($0.value).description, Markdown.escaped($0.source ?? ""),
        ]
      }
    )
  }
}

extension Analysis {
  /// Whether a published value is a row of the results table.
  func showsInTable(_ reference: ReferenceValue) -> Bool {
    reference.metric == metric && sections.count == 1 && experiment.report.columns == nil
  }
}

/// Every tested pair of a group, folded.
struct PairsTable {
  /// With more pairs, only those with the best cell are shown.
  static let limit = 66

  let group: ComparisonGroup
  let analysis: Analysis

  init(_ group: ComparisonGroup, of analysis: Analysis) {
    self.group = group
    self.analysis = analysis
  }

  /// Nil if nothing was tested.
  var block: Block? {
    let all = group.ranking.pairs.filter(\.difference.allowsClaim)
    guard group.isFinished, !all.isEmpty else { return nil }
    let isShort = all.count > Self.limit
    let shown = isShort ? all.filter { $0.left == group.ranking.order.first } : all
    let halfWidths = shown.map { pair in
      analysis.testSetHalfWidth(group.cells[pair.left], group.cells[pair.right])
    }
    let examples = halfWidths.compactMap { $0?.examples }.first
    let table = Block.table(
      [
        ("Better mean", .left), ("Other", .left), ("Difference", .right),
        ("95 % interval", .right), ("p", .right), ("Holm's p", .right),
      ] + (examples == nil ? [] : [("Test set ±", .right)]),
      zip(shown, halfWidths).map { pair, half in
        let own = half.map { NumberText.twoDigits($0.value) } ?? "–"
        return row(pair) + (examples == nil ? [] : [own])
      }
    )
    let place = group.data.isEmpty ? "" : (group.title { $0 }.map { "\($0): " } ?? "")
    let which =
      isShort
      ? "The \(counted(shown.count, "pair")) with the best cell"
      : all.count == 1 ? "The only pair" : "All \(all.count) pairs"
    let tests = Set(shown.map { testName($0.difference.test) }).sorted().joined(separator: " or ")
    let summary = "\(place)\(which): differences, intervals, p-values"
    let legend =
      "\(tests) on the seeds; Holm's p is adjusted over all \(all.count) tested pairs "
      + "and decides the letters. Intervals are not adjusted."
      + (examples.map(testSetLegend) ?? "")
    return .folded(summary, [table, .paragraph(legend)])
  }

  private func testSetLegend(_ examples: Int) -> String {
    " Test set ±: 1.96·sd/√N over its \(NumberText.grouped(examples)) "
      + "\(analysis.exampleWord(group)); a smaller difference may not hold on others."
  }

  private func testName(_ test: DifferenceTest) -> String {
    switch test {
    case .paired: "Paired t"
    case .welch: "Welch's t"
    }
  }

  private func row(_ pair: Ranking.Pair) -> [String] {
    let difference = pair.difference
    let decimals = NumberText.decimals(forHalfWidth: difference.halfWidth) ?? 6
    func number(_ value: Double) -> String { NumberText.fixed(value, decimals: decimals) }
    return [
      Markdown.escaped(group.cells[pair.left].label),
      Markdown.escaped(group.cells[pair.right].label),
      number(difference.mean),
      "\(number(difference.interval.low)) … \(number(difference.interval.high))",
      Markdown.escaped(NumberText.p(difference.p)),
      Markdown.escaped(NumberText.p(pair.adjustedP)),
    ]
  }
}

/// The metrics beside the report's one, at the same epoch, folded.
struct OtherMetricsTable {
  let analysis: Analysis

  init(_ analysis: Analysis) { self.analysis = analysis }

  /// Nil if there are none.
  var block: Block? {
    let reader = MetricReader(analysis.snapshot)
    let wanted = [analysis.experiment.metric.name] + analysis.experiment.curveMetrics
    var names: [String] = []
    for name in wanted where name != analysis.metric && !names.contains(name) {
      let isMeasured = analysis.cells.contains { !reader.values(name, of: $0.runs).isEmpty }
      if isMeasured { names.append(name) }
    }
    guard !names.isEmpty else { return nil }
    let losses = Set(analysis.cells.map(\.cell.specification.loss)).count > 1
    let table = Block.table(
      [("Cell", .left)] + (losses ? [("Loss", .left)] : [])
        + names.map { (Markdown.code($0), .right) },
      analysis.cells.map { cell in
        [Markdown.escaped(cell.label)]
          + (losses ? [Markdown.code(cell.cell.specification.loss.name)] : [])
          + names.map { name in
            Sample(reader.values(name, of: cell.runs).sortedBySeed)
              .text(MetricScale(metric: name))
          }
      }
    )
    return .folded("Other metrics at the same epoch", [table])
  }
}
