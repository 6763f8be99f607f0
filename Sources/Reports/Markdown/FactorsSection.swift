// SPDX-License-Identifier: Apache-2.0

import Experiments
import Vocabulary

/// What each swept parameter does: a sentence and a table each.
struct FactorsSection {
  let analysis: Analysis
  let charts: [ReportChart]

  init(_ analysis: Analysis, charts: [ReportChart]) {
    self.analysis = analysis
    self.charts = charts
  }

  private var answers: [(ComparisonGroup, FactorAnswer)] {
    analysis.groups.compactMap { group in FactorAnswer(group, of: analysis).map { (group, $0) } }
  }

  /// What its sentences link to.
  var topics: [ReportTopic] { answers.isEmpty ? [] : [.factors] }

  /// Empty without a full grid of two parameters or more.
  var blocks: [Block] {
    let answers = answers
    guard !answers.isEmpty else { return [] }
    return [.heading(2, "What each parameter does")]
      + answers.flatMap { group, answer in
        (group.title.map { [Block.heading(3, $0)] } ?? []) + blocks(answer)
      } + (analysis.groups.count > 1 ? pictures.flatMap(\.blocks) : [])
  }

  private var pictures: [ReportChart] {
    charts.filter { chart in
      if case .factor = chart.plan.kind { true } else { false }
    }
  }

  private func blocks(_ answer: FactorAnswer) -> [Block] {
    answer.factors.indices.flatMap { factor -> [Block] in
      let rows = answer.rows(of: factor).map { $0.map(Inline.verbatim) }
      // Of several groups all pictures stand together behind them.
      let picture =
        analysis.groups.count > 1
        ? []
        : pictures.filter { $0.plan.kind == .factor(answer.factors[factor].name) }
          .flatMap(\.blocks)
      let sentences = answer.sentences(of: factor)
      let statements = sentences.enumerated().map { place, sentence in
        Statement(sentence, place == sentences.count - 1 ? .factors : nil)
      }
      return statements.map(\.block) + picture + [
        .folded(
          rows.count == 1
            ? "\(code: answer.factors[factor].name): its difference"
            : "\(code: answer.factors[factor].name): all \(rows.count) differences of its values",
          [
            .table(
              answer.headings.map {
                (.text($0.title.capitalizedFirst), $0.isNumber ? .right : .left)
              },
              rows
            ),
            .paragraph(legend(answer)),
          ]
        )
      ]
    }
  }

  private func legend(_ answer: FactorAnswer) -> Inline {
    if answer.isChosen {
      return """
        Over the same \(answer.seeds) seeds, averaged over the other parameters' values. \(code: "tune") chose \
        the cells on these seeds, so their differences have neither interval nor p.
        """
    }
    return """
      Paired t over the same \(answer.seeds) seeds, averaged over the other parameters' values. Each interval \
      holds its true value with \(words: NumberText.percent(1 - answer.effects.level)) confidence. Holm's p is \
      adjusted over the \(answer.effects.effects.count) differences of all parameters.
      """
  }
}

extension String {
  /// `p` is a symbol, no word.
  fileprivate var capitalizedFirst: String {
    self == "p" ? self : prefix(1).uppercased() + dropFirst()
  }
}
