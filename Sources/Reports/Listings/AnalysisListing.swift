// SPDX-License-Identifier: Apache-2.0

import Experiments
import Vocabulary

extension Analysis {
  /// The answer of every group for a terminal, in plain sentences; the progress while the sweep is
  /// unfinished.
  public var plainAnswer: [String] {
    if let progressHeading { return [progressHeading] }
    let origin = confirmationSentence.map { [$0.plain] } ?? []
    return origin
      + groups.flatMap { group in
        let sentences = statements(group).map(\.text.plain)
        return group.plainTitle.map { ["\($0):"] + sentences } ?? sentences
      }
  }

  /// What a swept parameter does, for a terminal: a table and sentences for each group; empty
  /// without a full grid.
  public func effects(of name: String) -> [(title: String?, table: TextTable, sentences: [String])]
  {
    groups.compactMap { group in
      guard let answer = FactorAnswer(group, of: self),
        let factor = answer.factors.firstIndex(where: { $0.name == name })
      else { return nil }
      return (
        group.plainTitle,
        TextTable(
          answer.headings.map { TextTable.Column($0.title, isNumber: $0.isNumber) },
          rows: answer.rows(of: factor)
        ),
        answer.sentences(of: factor).map(\.plain)
      )
    }
  }

  /// The parameters of the full grid of this sweep.
  public var crossedParameters: [String] {
    groups.compactMap { FactorAnswer($0, of: self) }.first?.factors.map(\.name) ?? []
  }

  /// The compared cells of one group for a terminal, in the report's order.
  public func resultsTable(_ group: ComparisonGroup) -> TextTable {
    let ranked = isFinished ? group.ranking.order : []
    let order = ranked + group.cells.indices.filter { !ranked.contains($0) }
    return TextTable(
      [
        TextTable.Column("cell"), TextTable.Column("n", isNumber: true),
        TextTable.Column(metric, isNumber: true), TextTable.Column("best?"),
        TextTable.Column("remarks", fit: .wrap),
      ],
      rows: order.map { index in
        let cell = group.cells[index]
        let chosen = cell.chosen.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        let remarks = chosen + [isFinished ? cell.flaw : nil].compactMap(\.self)
        return [
          cell.label, String(cell.count), cell.text(showsCount: false),
          group.mark(index), remarks.joined(separator: ", "),
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
        TextTable.Column("n", isNumber: true), TextTable.Column("remarks", fit: .wrap),
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
