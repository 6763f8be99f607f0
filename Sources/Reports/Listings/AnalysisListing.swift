// SPDX-License-Identifier: Apache-2.0

import Experiments

extension Analysis {
  /// The answer of every group for a terminal: plain sentences, or the progress while the sweep is unfinished.
  public var plainAnswer: [String] {
    if let progressHeading { return [progressHeading] }
    let origin = confirmationSentence.map { [Markdown.plain($0)] } ?? []
    return origin
      + groups.flatMap { group in
        let sentences = answer(group).map(Markdown.plain)
        return group.title { $0 }.map { ["\($0):"] + sentences } ?? sentences
      }
  }

  /// The compared cells of one group for a terminal, in the report's order.
  public func resultsTable(_ group: ComparisonGroup) -> TextTable {
    let ranked = isFinished ? group.ranking.order : []
    let order = ranked + group.cells.indices.filter { !ranked.contains($0) }
    let scale = MetricScale(metric: metric)
    return TextTable(
      [
        TextTable.Column("cell"), TextTable.Column("n", isNumber: true),
        TextTable.Column(metric, isNumber: true), TextTable.Column("group"),
        TextTable.Column("remarks"),
      ],
      rows: order.map { index in
        let cell = group.cells[index]
        let chosen = cell.chosen.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        let remarks = chosen + [isFinished ? cell.flaw : nil].compactMap(\.self)
        return [
          cell.label, String(cell.values.count), cell.sample.text(scale, showsCount: false),
          group.letters(index), remarks.joined(separator: ", "),
        ]
      }
    )
  }

  /// The verdicts for a terminal; nil if nothing is expected or the sweep is unfinished.
  public var verdictsTable: TextTable? {
    guard !expectations.isEmpty else { return nil }
    return TextTable(
      [
        TextTable.Column("verdict"), TextTable.Column("cell"), TextTable.Column("metric"),
        TextTable.Column("expected"), TextTable.Column("observed", isNumber: true),
        TextTable.Column("n", isNumber: true), TextTable.Column("remarks"),
      ],
      rows: expectations.map { judged in
        [
          judged.verdict.rawValue, judged.cell?.label ?? "–", judged.expectation.metric,
          judged.claimText, judged.observedText, String(judged.sample.count),
          [judged.expectation.source, judged.note].compactMap(\.self).joined(separator: "; "),
        ]
      }
    )
  }
}
