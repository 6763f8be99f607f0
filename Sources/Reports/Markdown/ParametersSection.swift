// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Experiments
import Vocabulary

/// What the swept parameters do to the report's metric: pictures of all cells, and how much each parameter matters.
struct ParametersSection {
  /// More pairs than this are left out, the smallest first.
  private static let pairLimit = 10

  let analysis: Analysis
  let charts: [ReportChart]

  init(_ analysis: Analysis, charts: [ReportChart]) {
    self.analysis = analysis
    self.charts = charts
  }

  private var space: ParameterSpace? { ParameterSpace(analysis) }

  private var importance: Importance? { space.flatMap { Importance(analysis, $0) } }

  /// What its sentences link to.
  var topics: [ReportTopic] { importance == nil ? [] : [.importance] }

  /// Empty if fewer than two parameters are swept.
  var blocks: [Block] {
    let images = charts.filter {
      [.trend, .activations, .heatMap, .parallelCoordinates].contains($0.plan.kind)
    }
    let importance = importance
    guard !images.isEmpty || importance != nil else { return [] }
    return [.heading(2, "Parameters")] + images.flatMap(\.blocks)
      + (importance.map { importanceBlocks($0) } ?? [])
  }

  private func importanceBlocks(_ importance: Importance) -> [Block] {
    let isExact = importance.method == .exact
    let means = importance.parts.flatMap { $0.means.map(\.mean) }
    let texts = NumberText.alike(means)
    let hasCorrelation = importance.parts.contains { $0.correlation != nil }
    var columns: [Block.Column] = [
      ("Parameter", .left), (isExact ? "Share of variance" : "η²", .right),
      ("If no effect", .right),
    ]
    if hasCorrelation { columns.append(("Rank correlation", .right)) }
    columns.append(
      (importance.isLogarithmic ? "Geometric mean by value" : "Mean by value", .left)
    )
    let rows = shown(importance).map { part -> [Inline] in
      var row: [Inline] = [
        part.names.map(Inline.code).joined(" × "), .text(percent(part.share)),
        .text(part.expected.map { percent(min($0, 1)) } ?? "–"),
      ]
      if hasCorrelation {
        row.append(.text(part.correlation.map { NumberText.fixed($0, decimals: 2) } ?? "–"))
      }
      let means = part.means.map { value, mean -> Inline in
        "\(UserText(value)): \(words: texts[mean] ?? "–")"
      }
      return row + [means.joined(", ")]
    }
    return [
      .heading(3, "Which parameter matters"), .paragraph("\(method(importance))\(collapseRemark)"),
      .table(columns, rows), Statement(.text(remarks(importance)), .importance).block,
    ]
  }

  private func shown(_ importance: Importance) -> [Importance.Part] {
    let single = importance.parts.filter { $0.names.count == 1 }
    return single + importance.parts.filter { $0.names.count > 1 }.prefix(Self.pairLimit)
  }

  private func method(_ importance: Importance) -> Inline {
    let metric: Inline =
      "\(words: importance.isLogarithmic ? "the logarithm of " : "")\(code: analysis.metric)"
    switch importance.method {
    case .exact:
      return """
        The means of \(metric) differ over the \(importance.cellCount) cells. Their variance is exactly \
        divided into what each parameter does by itself, and what two parameters do together beyond that \
        (×): functional ANOVA of the full grid (Hutter, Hoos & Leyton-Brown 2014).
        """
    case .alone(let reason):
      return """
        Each parameter is measured by itself, because \(words: reason). η² is the share of the variance of \
        the means of \(metric) over \(importance.cellCount) cells that lies between the parameter's values. \
        Many numbers are put into five bins or fewer. What other parameters do is not taken out, and \
        interactions are not seen.
        """
    }
  }

  private func remarks(_ importance: Importance) -> String {
    guard importance.method == .exact else {
      return "“If no effect” is the η² that a parameter without any effect would have by chance."
    }
    var sentences: [String] = []
    if let rest = importance.rest, rest > 0 {
      sentences.append("Interactions of three parameters and more: \(percent(rest)).")
    }
    let pairs = importance.parts.filter { $0.names.count > 1 }
    if pairs.count > Self.pairLimit {
      sentences.append("Left out: \(pairs.count - Self.pairLimit) smaller interactions of two.")
    }
    if let noise = importance.noise {
      sentences.append(
        "“If no effect” is the share that a parameter without any effect would have, because seeds "
          + "differ. A share describes these seeds; whether there is an effect is decided by a test. "
          + seedsSentence(noise)
      )
    } else {
      sentences.append(
        "With one seed in a cell it is not known what share a parameter without any effect would have."
      )
    }
    return sentences.joined(separator: " ")
  }

  private func seedsSentence(_ noise: Double) -> String {
    noise < 1
      ? "Seeds make about \(percent(noise)) of the whole variance."
      : "Seeds alone make the means differ as much as they do, without any effect of a parameter."
  }

  /// The numbers here are those of the table of results.
  private var collapseRemark: Inline {
    space?.hasCollapsed == true
      ? " Seeds that collapsed are left out, here and in the pictures." : ""
  }

  private func percent(_ share: Double) -> String {
    let value = 100 * share
    return value > 0 && value < 0.1 ? "< 0.1 %" : NumberText.fixed(value, decimals: 1) + " %"
  }
}
