// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Experiments

extension Analysis {
  /// The answer of one comparison group in words: sentences of Markdown, the first the answer itself.
  ///
  /// Everything said here follows the rules of `docs/statistics.md`. Empty while the sweep is unfinished.
  public func answer(_ group: ComparisonGroup) -> [String] {
    guard isFinished else { return [] }
    guard let best = group.ranking.order.first.map({ group.cells[$0] }) else {
      return ["No cell has a number of `\(metric)` to compare."] + flawSentences(group)
    }
    let tested = group.ranking.order.map { group.cells[$0] }
    let sentences: [String]
    if tested.count == 1 {
      sentences = [single(best)]
    } else if tested.contains(where: { $0.values.count < 3 }) {
      sentences = [tooFew(best, tested)]
    } else if group.winner != nil {
      sentences = winnerSentences(group)
    } else {
      sentences = unseparatedSentences(group)
    }
    return sentences + flawSentences(group)
  }

  // MARK: - Few seeds

  private func single(_ cell: ComparedCell) -> String {
    "\(name(cell)): `\(metric)` \(numberText(cell)); nothing to compare it with."
  }

  private func tooFew(_ best: ComparedCell, _ tested: [ComparedCell]) -> String {
    let n = tested.map(\.values.count).min() ?? 0
    let seeds = n == 1 ? "one seed shows no spread" : "a claim needs three seeds"
    let isImported = tested.allSatisfy { $0.runs.allSatisfy(\.isImported) }
    return "No claim at n = \(n): \(seeds). The \(superlative) mean `\(metric)` is that of "
      + "\(name(best)), \(numberText(best))."
      + (isImported ? "" : " `repeat: 3` or more adds seeds and keeps these runs.")
  }

  // MARK: - A winner

  private func winnerSentences(_ group: ComparisonGroup) -> [String] {
    let best = group.cells[group.ranking.order[0]]
    let rivals = group.ranking.order.dropFirst()
    let own = rivals.compactMap { group.ranking.pair(group.ranking.order[0], $0) }
    guard let hardest = own.max(by: { $0.difference.p < $1.difference.p }) else { return [] }
    let rival = group.cells[hardest.right]
    let tested = rivals.count + 1 == group.cells.count ? "" : "tested "
    let others =
      rivals.count == 1 ? name(rival) : "each of the \(rivals.count) other \(tested)cells"
    let onThese = onTheseExamples(own, group)
    let first =
      "\(name(best)) has the \(superlative) `\(metric)`: \(numberText(best)). "
      + "It beats \(others) (paired t over the same \(best.values.count) seeds, "
      + (rivals.count == 1 ? "p " : "largest p ")
      + "\(pText(hardest.difference.p)))\(onThese)."
    let second =
      "The \(rivals.count == 1 ? "" : "hardest ")comparison: \(name(best)) − \(name(rival)) is "
      + "\(hardest.difference.text)\(remark(best, rival)).\(halfWidthText(hardest, group))"
    return [first, second]
  }

  /// ` on these N images` if the smallest lead lies inside the test set's own half-width.
  private func onTheseExamples(_ pairs: [Ranking.Pair], _ group: ComparisonGroup) -> String {
    for pair in pairs {
      if let half = testSetHalfWidth(group.cells[pair.left], group.cells[pair.right]),
        abs(pair.difference.mean) <= half.value
      {
        return " on these \(NumberText.grouped(half.examples)) \(exampleWord(group))"
      }
    }
    return ""
  }

  // MARK: - No winner

  private func unseparatedSentences(_ group: ComparisonGroup) -> [String] {
    let indices = group.ranking.unseparatedFromBest
    let best = group.cells[group.ranking.order[0]]
    guard indices.count > 1 else {
      return [
        "No winner is named, because runs are missing. The \(superlative) mean `\(metric)` is that "
          + "of \(name(best)), \(numberText(best))."
      ]
    }
    let names = listed(indices.map { name(group.cells[$0]) })
    var sentences = [
      "Not separated: \(names). The \(superlative) mean `\(metric)` is that of \(name(best)), "
        + "\(numberText(best))."
    ]
    if let pair = group.ranking.pair(indices[0], indices[1]) {
      sentences.append(ruledOut(pair, group))
    }
    if let rest = behind(indices, group) { sentences.append(rest) }
    return sentences
  }

  /// What may be said of the cells that the winner's rule would separate from the best: a claim about single pairs, so
  /// Holm's p decides, as for the letters.
  private func behind(_ unseparated: [Int], _ group: ComparisonGroup) -> String? {
    guard let best = unseparated.first else { return nil }
    let rest = group.ranking.order.filter { !unseparated.contains($0) }
    let separated = rest.count { group.ranking.pair(best, $0)?.isSeparated == true }
    let name = name(group.cells[best])
    let others = rest.count == 1 ? "other cell" : "\(rest.count) other cells"
    if rest.isEmpty { return nil }
    if separated == rest.count {
      let each = rest.count == 1 ? "" : " each"
      return "The \(others) \(rest.count == 1 ? "is" : "are") separated from \(name) "
        + "(Holm's p ≤ 0.05\(each))."
    }
    let after = "after Holm's correction over all \(counted(group.ranking.pairs.count, "pair"))"
    return separated == 0
      ? "The \(others) \(rest.count == 1 ? "has" : "have") p ≤ 0.05 against \(name), but not \(after)."
      : "Of the \(others), \(separated) \(separated == 1 ? "is" : "are") separated from \(name) "
        + "\(after)."
  }

  /// What the interval of the difference rules out, and how many seeds would separate it.
  private func ruledOut(_ pair: Ranking.Pair, _ group: ComparisonGroup) -> String {
    let (left, right) = (group.cells[pair.left], group.cells[pair.right])
    let difference = pair.difference
    let decimals = NumberText.decimals(forHalfWidth: difference.halfWidth) ?? 6
    func number(_ value: Double) -> String { NumberText.fixed(value, decimals: decimals) }
    var text =
      "\(name(left)) − \(name(right)) is \(difference.text) (\(difference.test.text), "
      + "p \(pText(difference.p)))\(remark(left, right)).\(halfWidthText(pair, group)) "
    let interval = difference.interval
    if interval.contains(0), difference.halfWidth > 0 {
      text +=
        "Ruled out at 95 %: a difference above \(number(interval.high)) or below "
        + "\(number(interval.low)). "
    }
    if let seeds = SampleSize.seeds(
      toSeparate: difference.mean,
      deviation: difference.deviationPerSeed
    ), difference.deviationPerSeed > 0 {
      text +=
        "If difference and spread stay as they are, about \(NumberText.grouped(rounded(seeds))) seeds would "
        + "separate the two (80 % power)."
    } else {
      text +=
        "No number of seeds up to \(NumberText.grouped(SampleSize.limit)) would separate them."
    }
    return text
  }

  // MARK: - Flaws and words

  private func flawSentences(_ group: ComparisonGroup) -> [String] {
    let diverged = group.cells.filter { $0.divergedCount > 0 }
    let missing = group.cells.filter { $0.missingCount > 0 && $0.divergedCount == 0 }
    var sentences: [String] = []
    if !diverged.isEmpty {
      sentences.append("Diverged, so in no test: \(listed(diverged)).")
    }
    if !missing.isEmpty {
      sentences.append("Incomplete, so no winner can be named: \(listed(missing)).")
    }
    return sentences
  }

  private func listed(_ cells: [ComparedCell]) -> String {
    listed(cells.map { "\(name($0)) (\($0.flaw ?? ""))" })
  }

  private var superlative: String { experiment.reportGoal == .maximize ? "highest" : "lowest" }

  private func name(_ cell: ComparedCell) -> String { "**\(Markdown.escaped(cell.label))**" }

  /// The number with n and, for a chosen cell, the remark that it was chosen.
  private func numberText(_ cell: ComparedCell) -> String {
    let text = cell.sample.text(MetricScale(metric: metric))
    let saysCount = cell.values.count == 1 || cell.sample.isConstant
    let parts = [saysCount ? nil : "n = \(cell.values.count)", chosenText(cell)]
    let remarks = parts.compactMap(\.self).joined(separator: "; ")
    return remarks.isEmpty ? text : "\(text) (\(remarks))"
  }

  private func chosenText(_ cell: ComparedCell) -> String? {
    cell.selectionRemark.map { remark in
      let values = cell.chosen.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
      return Markdown.escaped("\(values.joined(separator: ", ")) \(remark)")
    }
  }

  /// What belongs to a sentence about two cells of which any was chosen.
  private func remark(_ left: ComparedCell, _ right: ComparedCell) -> String {
    switch (left.selectionRemark, right.selectionRemark) {
    case (let a?, let b?) where a == b: "; both \(a)"
    case (nil, nil): ""
    default:
      [left, right].compactMap { cell in
        cell.selectionRemark.map { "; \(name(cell)) \($0)" }
      }.joined()
    }
  }

  private func pText(_ p: Double) -> String {
    let text = NumberText.p(p)
    return text.hasPrefix("<") ? Markdown.escaped(text) : "= " + text
  }

  /// The first eight, then how many more.
  private func listed(_ names: [String]) -> String {
    guard names.count > 8 else { return names.joined(separator: ", ") }
    return names.prefix(8).joined(separator: ", ") + " and \(names.count - 8) more"
  }

  /// Two significant digits from 100 on: more would pretend to know.
  private func rounded(_ seeds: Int) -> Int {
    var unit = 1
    while seeds / unit >= 100 { unit *= 10 }
    return (seeds + unit / 2) / unit * unit
  }

  private func halfWidthText(_ pair: Ranking.Pair, _ group: ComparisonGroup) -> String {
    guard let half = testSetHalfWidth(group.cells[pair.left], group.cells[pair.right]) else {
      return ""
    }
    return " The test set's own half-width is \(NumberText.twoDigits(half.value)) "
      + "(N = \(NumberText.grouped(half.examples)) \(exampleWord(group)))."
  }
}

extension Analysis {
  /// The half-width that the test set alone gives to the difference of two cells' test accuracy.
  ///
  /// Over common seeds, from stored predictions; nil for any other metric or without predictions.
  public func testSetHalfWidth(_ left: ComparedCell, _ right: ComparedCell) -> TestSet.HalfWidth? {
    guard metric == "test.accuracy" else { return nil }
    let seeds = left.values.keys.filter { right.values[$0] != nil }.sorted()
    func stored(_ cell: ComparedCell) -> [TestPredictions] {
      seeds.compactMap { seed in
        cell.runs.first { $0.seed == seed }.flatMap { snapshot.predictions[$0.id] }
      }
    }
    let (a, b) = (stored(left), stored(right))
    guard !seeds.isEmpty, a.count == seeds.count, b.count == seeds.count else { return nil }
    return TestSet.halfWidth(ofDifference: a, b)
  }

  /// `images` for data sets of images, else `examples`.
  func exampleWord(_ group: ComparisonGroup) -> String {
    let images = ["fashion_mnist", "fashion_mnist_mini", "mnist", "glyphs", "noise_images"]
    let names = group.cells.map(\.cell.specification.data.dataset.name)
    return names.allSatisfy(images.contains) ? "images" : "examples"
  }
}

extension DifferenceTest {
  /// `paired t, n = 5` or `Welch's t, n = 5 and 3`.
  var text: String {
    switch self {
    case .paired(let seeds): "paired t, n = \(seeds)"
    case .welch(let left, let right): "Welch's t, n = \(left) and \(right)"
    }
  }
}
