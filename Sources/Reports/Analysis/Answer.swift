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
    let first =
      "\(name(best)) has the \(superlative) `\(metric)`: \(numberText(best)). "
      + "It is better than \(others)\(onTheseExamples(own, group)) (\(hardest.difference.test.text), "
      + (rivals.count == 1 ? "p " : "largest p ")
      + "\(pText(hardest.difference.p)))."
    let second =
      "The \(rivals.count == 1 ? "" : "hardest ")comparison: "
      + differenceText(hardest, group) + "."
    return [first, second, examplesSentence(hardest, group), lookSentence(hardest)]
      .compactMap(\.self)
  }

  /// ` on these N images` if an interval that lets the images vary as well holds no difference.
  private func onTheseExamples(_ pairs: [Ranking.Pair], _ group: ComparisonGroup) -> String {
    for pair in pairs {
      if let crossed = crossed(pair, group), abs(crossed.mean) <= crossed.halfWidth {
        return " on these \(NumberText.grouped(crossed.examples)) \(exampleWord(group))"
      }
    }
    return ""
  }

  // MARK: - No winner

  private func unseparatedSentences(_ group: ComparisonGroup) -> [String] {
    let indices = group.ranking.confidenceSet
    let best = group.cells[group.ranking.order[0]]
    let mean =
      "The \(superlative) mean `\(metric)` is that of \(name(best)), \(numberText(best))."
    guard indices.count > 1 else {
      return ["No winner is named, because runs are missing. " + mean]
    }
    let hardest = group.ranking.pair(indices[0], indices[1])
    return [
      setSentence(indices, group) + " " + mean,
      hardest.map { differenceText($0, group, showsTest: true) + "." },
      hardest.flatMap { examplesSentence($0, group) },
      hardest.flatMap { nextLookSentence($0, group) },
      hardest.flatMap(lookSentence),
    ].compactMap(\.self)
  }

  /// Among which cells the best one is: true of the best cell in 95 of 100 reports, and no statement about each other one.
  private func setSentence(_ indices: [Int], _ group: ComparisonGroup) -> String {
    guard group.claims else { return notLookedAt(group) }
    if let leader = group.leader {
      return "\(name(leader)) leads, but it is the best of \(leader.tried) that were tried and "
        + "others are of fewer, so nobody wins: `runexp confirm \(experiment.name)` compares them on fresh seeds."
    }
    let names = indices.map { name(group.cells[$0]) }
    let isWhole = group.ranking.order.count == group.cells.count
    if indices.count < group.ranking.order.count {
      return "The best \(isWhole ? "" : "tested ")cell is among \(listed(names)) (95 %)."
    }
    let best = isWhole ? "the best" : "the best of those tested"
    return indices.count == 2
      ? "Nothing tells \(names[0]) and \(names[1]) apart: either may be \(best)."
      : "Nothing tells the \(indices.count) cells apart: any of them may be \(best)."
  }

  private func notLookedAt(_ group: ComparisonGroup) -> String {
    let pairs = group.ranking.pairs
    if pairs.contains(where: { $0.test.schedule == .closed }) {
      return "No claim: these cells were confirmed against each other before, and confirming them "
        + "again adds none."
    }
    let seeds = pairs.map(\.test.schedule.first.seeds).min() ?? 3
    return "No claim yet: these cells are first compared at \(seeds) seeds."
  }

  // MARK: - One pair

  /// `**a** − **b** is 0.0044, 97 % interval [0.0007, 0.0081]`, with the test in brackets where it is asked for.
  private func differenceText(
    _ pair: Ranking.Pair,
    _ group: ComparisonGroup,
    showsTest: Bool = false
  ) -> String {
    let (left, right) = (group.cells[pair.left], group.cells[pair.right])
    let hasInterval = left.candidates == 1 && right.candidates == 1
    let test =
      showsTest ? " (\(pair.difference.test.text), p \(pText(pair.difference.p)))" : ""
    return "\(name(left)) − \(name(right)) is "
      + pair.difference.text(level: hasInterval ? pair.test.level : nil) + test
  }

  /// What other test examples leave open, where the predictions are known.
  private func examplesSentence(_ pair: Ranking.Pair, _ group: ComparisonGroup) -> String? {
    guard let crossed = crossed(pair, group),
      crossed.halfWidth > pair.difference.halfWidth(level: pair.test.level)
    else { return nil }
    let style = NumberStyle(halfWidth: crossed.halfWidth, magnitude: crossed.mean)
    let low = style.text(crossed.mean - crossed.halfWidth)
    let high = style.text(crossed.mean + crossed.halfWidth)
    return "If other \(exampleWord(group)) than these \(NumberText.grouped(crossed.examples)) are "
      + "counted in as well, the interval is [\(low), \(high)]."
  }

  private func nextLookSentence(_ pair: Ranking.Pair, _ group: ComparisonGroup) -> String? {
    let cells = [group.cells[pair.left], group.cells[pair.right]]
    guard cells.allSatisfy({ !$0.runs.contains(where: \.isImported) }),
      let next = NextLook(pair.difference, pair.test.schedule)
    else { return nil }
    let low = NumberText.short(next.difference.lowerBound, digits: 2)
    let high = NumberText.short(next.difference.upperBound, digits: 2)
    return
      "At the next look (`repeat: \(next.seeds)`) a difference of \(low) to \(high) would show "
      + "with 80 % power."
  }

  /// How often the two were compared by now, and at what level.
  private func lookSentence(_ pair: Ranking.Pair) -> String? {
    pair.test.look?.sentence(of: pair.test.schedule)
  }

  // MARK: - Flaws and words

  private func flawSentences(_ group: ComparisonGroup) -> [String] {
    let diverged = group.cells.filter { $0.divergedCount > 0 }
    let missing = group.cells.filter { $0.missingCount > 0 && $0.divergedCount == 0 }
    var sentences: [String] = []
    if !diverged.isEmpty {
      sentences.append("Diverged, so in no test: \(listed(diverged)).")
    }
    for cell in group.cells where !cell.collapsedSeeds.isEmpty {
      sentences.append(collapseSentence(cell))
    }
    if !missing.isEmpty {
      sentences.append("Incomplete, so no winner can be named: \(listed(missing)).")
    }
    return sentences
  }

  /// How often a cell collapses, as far as its seeds tell.
  private func collapseSentence(_ cell: ComparedCell) -> String {
    let (count, total) = (cell.collapsedSeeds.count, cell.values.count + cell.collapsedSeeds.count)
    let limit = NumberText.short(100 * ShareOfSeeds.upperLimit(count, of: total), digits: 2)
    let seeds = count == 1 ? "seed \(cell.collapsedSeeds.min() ?? 0)" : "\(count) seeds"
    return
      "\(name(cell)) collapsed at \(seeds) of \(total) (up to \(limit) % of seeds may, at 95 %): its "
      + "numbers are those of the seeds that trained, and it is in no test."
  }

  private func listed(_ cells: [ComparedCell]) -> String {
    listed(cells.map { "\(name($0)) (\($0.flaw ?? ""))" })
  }

  private var superlative: String { experiment.reportGoal == .maximize ? "highest" : "lowest" }

  private func name(_ cell: ComparedCell) -> String { "**\(Markdown.escaped(cell.label))**" }

  /// The number with n and, for a chosen cell, the remark that it was chosen.
  private func numberText(_ cell: ComparedCell) -> String {
    let text = cell.text(MetricScale(metric: metric))
    let saysCount = cell.values.count == 1 || (cell.sample.isConstant && cell.candidates == 1)
    let parts = [saysCount ? nil : "n = \(cell.values.count)", chosenText(cell)]
    let remarks = parts.compactMap(\.self).joined(separator: "; ")
    return remarks.isEmpty ? text : "\(text) (\(remarks))"
  }

  private func chosenText(_ cell: ComparedCell) -> String? {
    cell.selectionRemark.map { remark in
      let values = cell.chosen.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
      return Markdown.escaped((values + [remark]).joined(separator: ", "))
    }
  }

  private func pText(_ p: Double) -> String {
    let text = NumberText.p(p)
    return text.hasPrefix("<") ? Markdown.escaped(text) : "= " + text
  }

  /// A handful, then how many more.
  private func listed(_ names: [String]) -> String {
    guard names.count > 6 else { return names.joined(separator: ", ") }
    return names.prefix(5).joined(separator: ", ") + " and \(names.count - 5) more"
  }
}

extension Analysis {
  /// The difference of two cells' test accuracy with its half-width when test examples are drawn as well as seeds.
  public struct CrossedInterval: Sendable {
    /// Left minus right.
    public var mean: Double
    /// Half the width of the interval, at the level of the look.
    public var halfWidth: Double
    /// How many test examples there are.
    public var examples: Int
  }

  /// Over the seeds of the pair's look, from predictions that were stored at the end of the runs.
  ///
  /// Nil for any metric but the test accuracy of the last epoch, for steps of sequences, whose examples are not
  /// independent, and without predictions.
  public func crossed(_ pair: Ranking.Pair, _ group: ComparisonGroup) -> CrossedInterval? {
    guard metric == "test.accuracy", experiment.metric.moment == .last,
      case .paired(let count) = pair.difference.test
    else { return nil }
    let (left, right) = (group.cells[pair.left], group.cells[pair.right])
    let seeds = left.values.keys.filter { right.values[$0] != nil }.sorted().prefix(count)
    func stored(_ cell: ComparedCell) -> [TestPredictions] {
      seeds.compactMap { seed in
        cell.runs.first { $0.seed == seed }.flatMap { snapshot.predictions[$0.id] }
      }
    }
    let (a, b) = (stored(left), stored(right))
    guard a.count == seeds.count, b.count == seeds.count, let found = CrossedDifference(a, b)
    else { return nil }
    return CrossedInterval(
      mean: found.mean,
      halfWidth: found.halfWidth(
        level: pair.test.level,
        atLeast: pair.difference.halfWidth(level: pair.test.level)
      ),
      examples: found.examples
    )
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
