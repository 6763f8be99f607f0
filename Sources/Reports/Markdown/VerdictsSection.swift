// SPDX-License-Identifier: Apache-2.0

import Experiments
import Vocabulary

/// The table of `expect:` with a verdict each.
struct VerdictsSection {
  let analysis: Analysis

  init(_ analysis: Analysis) { self.analysis = analysis }

  /// Empty if nothing is expected or the sweep is unfinished.
  var blocks: [Block] {
    let judged = analysis.expectations
    guard !judged.isEmpty else { return [] }
    let met = judged.count(where: \.verdict.isMet)
    let table = Block.table(
      [
        ("Verdict", .left), ("Cell", .left), ("Metric", .left), ("Expected", .left),
        ("Observed", .right), ("n", .right), ("Source and remarks", .left),
      ],
      judged.map(row)
    )
    return [.heading(2, "Expectations: \(met) of \(judged.count) met"), table]
  }

  private func row(_ judged: JudgedExpectation) -> [Inline] {
    let remarks = [judged.expectation.source, judged.note].compactMap(\.self)
    let observed = Inline.verbatim(judged.observedText)
    let verdict = Inline.text(judged.verdict.rawValue)
    return [
      judged.verdict.isMet ? verdict : .strong(verdict),
      .verbatim(judged.cell?.label ?? selection(judged.expectation)),
      .code(judged.expectation.metric),
      .verbatim(judged.claimText),
      judged.cell.map { .link(observed, to: .place("cell-\($0.cell.index)")) } ?? observed,
      "\(judged.sample.count)",
      remarks.map(Inline.verbatim).joined("; "),
    ]
  }

  private func selection(_ expectation: Expectation) -> String {
    expectation.selection.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
      .joined(separator: ", ")
  }
}
