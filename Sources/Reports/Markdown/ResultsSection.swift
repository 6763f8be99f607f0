// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Experiments
import Vocabulary

/// The results: one table and one dot chart for each loss function, then all pairs and the other metrics, folded.
struct ResultsSection {
  let analysis: Analysis
  let charts: [ReportChart]

  init(_ analysis: Analysis, charts: [ReportChart]) {
    self.analysis = analysis
    self.charts = charts
  }

  var blocks: [Block] {
    var blocks = [Block.heading(2, "Results: \(code: analysis.metric)")]
    if let folds { blocks.append(.paragraph(folds)) }
    for (index, groups) in analysis.sections.enumerated() {
      if let title = groups.first?.lossTitle { blocks.append(.heading(3, title)) }
      blocks += ResultsTable(analysis, groups).blocks
      blocks += charts.filter { $0.plan.kind == .results && $0.plan.group == index }.flatMap(
        \.blocks
      )
      blocks += groups.compactMap { PairsTable($0, of: analysis).block }
    }
    if let references { blocks.append(references) }
    if let others = OtherMetricsTable(analysis).block { blocks.append(others) }
    return blocks
  }

  /// What a number is under cross-validation.
  private var folds: Inline? {
    let counts = Set(analysis.cells.compactMap(\.cell.specification.data.folds)).sorted()
    guard !counts.isEmpty else { return nil }
    let number = counts.map(String.init).joined(separator: " or ")
    let isAll = analysis.cells.allSatisfy { $0.cell.specification.data.folds != nil }
    return """
      Cross-validation: \(isAll ? "each run" : "a run with \(code: "data.folds")") trains \
      \(words: number) networks, one for each fold. Its metrics are the means over the folds. n counts seeds, \
      not folds. What is shown of a single network, such as a confusion matrix, is of the last fold's.
      """
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
          .verbatim($0.label), .code($0.metric),
          .text(ParameterValue.real($0.value).description), .verbatim($0.source ?? ""),
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
    let all = group.ranking.pairs.filter(\.test.allowsClaim)
    guard group.isFinished, !all.isEmpty else { return nil }
    let isShort = all.count > Self.limit
    let shown = isShort ? all.filter { $0.left == group.ranking.order.first } : all
    let crossed = shown.map { isChosen($0) ? nil : analysis.crossed($0, group) }
    let examples = crossed.compactMap { $0?.examples }.first
    let adjusted = Dictionary(uniqueKeysWithValues: zip(all, holmAdjusted(all.map(\.difference.p))))
    let table = Block.table(
      [
        ("Better mean", .left), ("Other", .left),
        (scale == .logarithmic ? "Ratio" : "Difference", .right), ("Interval", .right),
        ("p", .right), ("Holm's p", .right),
      ] + (examples == nil ? [] : [("With other examples", .right)]),
      zip(shown, crossed).map { pair, crossed in
        row(pair, adjusted: adjusted[pair])
          + (examples == nil ? [] : [.text(crossed.map(interval) ?? "–")])
      }
    )
    let place: Inline =
      group.data.isEmpty ? "" : group.plainTitle.map { "\(UserText($0)): " } ?? ""
    let which =
      isShort
      ? "The \(counted(shown.count, "pair")) with the best cell"
      : all.count == 1 ? "The only pair" : "All \(all.count) pairs"
    let summary: Inline = "\(place)\(words: which): differences, intervals, p-values"
    return .folded(summary, [table, .paragraph(legend(shown, of: all, examples: examples))])
  }

  private func legend(_ shown: [Ranking.Pair], of all: [Ranking.Pair], examples: Int?) -> Inline {
    let tests = Set(shown.map { testName($0.difference.test) }).sorted().joined(separator: " or ")
    let levels = Set(shown.map { NumberText.percent(1 - $0.test.level) }).sorted()
    let adjusted =
      all.count == 1
      ? ""
      : " A claim about several pairs at once needs Holm's p, which is adjusted over all \(all.count)."
    if shown.allSatisfy(isChosen) {
      let isPart = shown.contains { pair in
        pair.difference.isOfPart(of: group.cells[pair.left].count, group.cells[pair.right].count)
      }
      return """
        \(words: isPart ? "Differences are over the seeds of the present look. " : "")\(code: "tune") chose these cells on the same seeds, so their differences have neither interval nor p.
        """
    }
    let chosen: Inline =
      shown.contains(where: isChosen)
      ? " A cell that \(code: "tune") chose on the same seeds has neither interval nor p." : ""
    return """
      \(words: tests) on the seeds of the present look. Each interval holds the true \
      \(words: scale.differenceWord) of its own pair with \(words: levels.joined(separator: " or ")) \
      confidence.\(words: adjusted)\(chosen)\(words: examples.map(examplesLegend) ?? "")
      """
  }

  private func examplesLegend(_ examples: Int) -> String {
    " “With other examples” is the interval for other test \(analysis.exampleWord(group)) than these "
      + "\(grouped(examples))."
  }

  private func interval(_ crossed: Analysis.CrossedInterval) -> String {
    let style = NumberStyle(halfWidth: crossed.halfWidth, magnitude: crossed.mean)
    return style.text(crossed.mean - crossed.halfWidth) + " … "
      + style.text(crossed.mean + crossed.halfWidth)
  }

  private var scale: MetricScale { MetricScale(metric: analysis.metric) }

  private func testName(_ test: DifferenceTest) -> String {
    switch test {
    case .paired: "Paired t"
    case .welch: "Welch's t"
    }
  }

  private func isChosen(_ pair: Ranking.Pair) -> Bool { group.isChosen(pair) }

  private func row(_ pair: Ranking.Pair, adjusted: Double?) -> [Inline] {
    let difference = pair.difference
    let isChosen = isChosen(pair)
    let text = DifferenceText(difference, level: pair.test.level, scale)
    return [
      .verbatim(group.cells[pair.left].label), .verbatim(group.cells[pair.right].label),
      .text(text.mean), .text(isChosen ? "–" : text.range),
      .text(isChosen ? "–" : NumberText.p(difference.p)),
      .text(isChosen ? "–" : adjusted.map { NumberText.p($0) } ?? "–"),
    ]
  }
}
