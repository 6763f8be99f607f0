// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Experiments
import Vocabulary

/// A sentence of a report, and what the report explains of it.
struct Statement: Hashable, Sendable {
  /// The sentence.
  var text: Inline
  /// Why it is said so; nil where nothing needs an explanation.
  var topic: ReportTopic?

  init(_ text: Inline, _ topic: ReportTopic? = nil) {
    self.text = text
    self.topic = topic
  }
}

extension Analysis {
  /// The answer of one comparison group in words, the first sentence the answer itself, with what is explained of each.
  ///
  /// Everything said here follows the rules of `docs/statistics.md`. Empty while the sweep is unfinished.
  func statements(_ group: ComparisonGroup) -> [Statement] {
    guard isFinished else { return [] }
    guard let best = group.ranking.order.first.map({ group.cells[$0] }) else {
      let isMissing = group.cells.contains { $0.count > 0 && $0.missingCount > 0 }
      return [
        Statement(
          isMissing
            ? "No cell is tested, because each has seeds without a number of \(code: metric)."
            : "No cell has a number of \(code: metric) to compare."
        )
      ]
        + flawStatements(group)
    }
    let tested = group.ranking.order.map { group.cells[$0] }
    let statements: [Statement]
    if tested.count == 1 {
      statements = [single(best, of: group)]
    } else if tested.contains(where: { $0.count < 3 }) {
      statements = [tooFew(best, tested, of: group)]
    } else if group.winner != nil {
      statements = winnerStatements(group)
    } else {
      statements = unseparatedStatements(group)
    }
    return statements + [chosenStatement(best)].compactMap(\.self) + flawStatements(group)
  }

  private var scale: MetricScale { MetricScale(metric: metric) }

  // MARK: - Few seeds

  private func single(_ cell: ComparedCell, of group: ComparisonGroup) -> Statement {
    guard group.cells.allSatisfy({ $0.entersTests || $0.missingCount == 0 }) else {
      return Statement(
        "No winner is named, because runs are missing. \(bestMean(cell, of: group))"
      )
    }
    return Statement(
      "\(name(cell)): \(code: metric) \(numberText(cell)); nothing to compare it with."
    )
  }

  private func tooFew(
    _ best: ComparedCell,
    _ tested: [ComparedCell],
    of group: ComparisonGroup
  ) -> Statement {
    let n = tested.map(\.count).min() ?? 0
    let seeds = n == 1 ? "one seed shows no spread" : "a claim needs three seeds"
    let isImported = tested.allSatisfy { $0.runs.allSatisfy(\.isImported) }
    let more: Inline =
      isImported ? "" : " \(code: "repeat: 3") or more adds seeds and keeps these runs."
    return Statement("No claim at n = \(n): \(words: seeds). \(bestMean(best, of: group))\(more)")
  }

  /// `The highest mean … is that of …`, of every cell that has it.
  private func bestMean(_ best: ComparedCell, of group: ComparisonGroup) -> Inline {
    let mean = best.metricSample.scaled.mean
    let equal = group.ranking.order.map { group.cells[$0] }.filter { cell in
      // Below that a difference is rounding.
      abs(cell.metricSample.scaled.mean - mean) <= 1e-14 * abs(mean)
    }
    guard equal.count < 2 else {
      let number = best.metricSample.centerText
      return """
        \(equal.map(name).listed) share the \(words: superlative) \(words: scale.meanWord) \
        \(code: metric)\(words: ofTested(group)), \(words: number).
        """
    }
    return """
      The \(words: superlative) \(words: scale.meanWord) \(code: metric)\(words: ofTested(group)) is that of \
      \(name(best)), \(numberText(best)).
      """
  }

  /// A cell that is not tested may have a better number.
  private func ofTested(_ group: ComparisonGroup) -> String {
    group.isWhole ? "" : " of the tested cells"
  }

  // MARK: - A winner

  private func winnerStatements(_ group: ComparisonGroup) -> [Statement] {
    let best = group.cells[group.ranking.order[0]]
    let rivals = group.ranking.order.dropFirst()
    let own = rivals.compactMap { group.ranking.pair(group.ranking.order[0], $0) }
    guard let hardest = own.max(by: { $0.difference.p < $1.difference.p }) else { return [] }
    let rival = group.cells[hardest.right]
    let tested = group.isWhole ? "" : "tested "
    let others: Inline =
      rivals.count == 1
      ? name(rival) : "each of the \(rivals.count) other \(words: tested)cells"
    let largest = rivals.count == 1 ? "p" : "largest p"
    // Of cells that were chosen on these seeds no p is true; the rule for the winner allows for the choice.
    let p: Inline =
      own.contains(where: group.isChosen)
      ? "no p is given, because \(code: "tune") chose on these seeds"
      : "\(words: largest) \(words: pText(hardest.difference.p))"
    let first: Inline = """
      \(name(best)) has the \(words: superlative) \(code: metric)\(words: ofTested(group)): \
      \(numberText(best)). It is better than \(others)\(words: onTheseExamples(own, group)) \
      (\(words: hardest.difference.test.text), \(p)).
      """
    let closest: Inline =
      rivals.count == 1 ? "" : "The closest comparison is with \(name(rival)): "
    let second: Inline = "\(closest)\(differenceText(hardest, group))."
    return [
      Statement(first, .winner), Statement(second, scale == .logarithmic ? .ratios : nil),
      examplesStatement(hardest, group), lookStatement(hardest),
    ].compactMap(\.self)
  }

  /// ` on these N images` if an interval that lets the images vary as well holds no difference.
  private func onTheseExamples(_ pairs: [Ranking.Pair], _ group: ComparisonGroup) -> String {
    for pair in pairs {
      if let crossed = crossed(pair, group), abs(crossed.mean) <= crossed.halfWidth {
        return " on these \(grouped(crossed.examples)) \(exampleWord(group))"
      }
    }
    return ""
  }

  // MARK: - No winner

  private func unseparatedStatements(_ group: ComparisonGroup) -> [Statement] {
    let indices = group.ranking.confidenceSet
    let best = group.cells[group.ranking.order[0]]
    guard indices.count > 1 else {
      return unnamedStatements(best, group)
    }
    let hardest = group.ranking.pair(indices[0], indices[1])
    let set = setStatement(indices, group)
    return [
      Statement("\(set.text) \(bestMean(best, of: group))", set.topic),
      hardest.map {
        Statement(
          "\(differenceText($0, group, showsTest: true)).\(familyNote($0, group))",
          scale == .logarithmic ? .ratios : nil
        )
      },
      hardest.flatMap { examplesStatement($0, group) },
      // Whom only `confirm` can make the winner needs no more seeds of this plan.
      group.leader == nil ? hardest.flatMap { nextLookStatement($0, group) } : nil,
      hardest.flatMap(lookStatement),
    ].compactMap(\.self)
  }

  /// Why an interval that leaves out no difference excludes no cell.
  private func familyNote(_ pair: Ranking.Pair, _ group: ComparisonGroup) -> Inline {
    let count = group.ranking.order.count
    guard count > 2, pair.test.isSeparated, !group.isChosen(pair),
      pair.difference.p > pair.test.level / Double(count - 1)
    else { return "" }
    return
      " This pair alone would be told apart; among \(count) cells a difference must be clearer."
  }

  /// Every pair with the best mean is separated, and yet no winner may be named.
  private func unnamedStatements(
    _ best: ComparedCell,
    _ group: ComparisonGroup
  ) -> [Statement] {
    guard group.cells.allSatisfy({ $0.missingCount == 0 }) else {
      return [
        Statement("No winner is named, because runs are missing. \(bestMean(best, of: group))")
      ]
    }
    let first = group.ranking.order[0]
    let own = group.ranking.order.dropFirst().compactMap { group.ranking.pair(first, $0) }
    let hardest = own.max { $0.difference.p < $1.difference.p }
    let hasOtherSeeds = own.contains { pair in
      if case .welch = pair.difference.test { true } else { false }
    }
    let reason =
      hasOtherSeeds
      ? "the cells have different seeds: a winner takes the same seeds in every cell"
      : "not every pair could be tested"
    return [
      Statement(
        "No winner is named, because \(words: reason). \(bestMean(best, of: group))",
        .winner
      ),
      hardest.map {
        Statement(
          "\(differenceText($0, group, showsTest: true)).",
          scale == .logarithmic ? .ratios : nil
        )
      },
      hardest.flatMap(lookStatement),
    ].compactMap(\.self)
  }

  /// Among which cells the best one is: true of the best cell in 95 of 100 reports, and no statement about each other one.
  private func setStatement(_ indices: [Int], _ group: ComparisonGroup) -> Statement {
    guard group.claims else { return Statement(notLookedAt(group), .looks) }
    if let leader = group.leader {
      return Statement(
        """
        \(name(leader)) leads, but no winner is named: it was chosen among \(leader.tried) candidates \
        and a rival among fewer. The best of many is better by luck alone. \
        \(code: "runexp confirm \(experiment.name)") compares them on fresh seeds.
        """,
        .tuning
      )
    }
    let names = indices.map { name(group.cells[$0]) }
    if indices.count < group.ranking.order.count {
      return Statement(
        "The best \(words: group.isWhole ? "" : "tested ")cell is among \(names.listed) (95 %).",
        .winner
      )
    }
    let best = group.isWhole ? "the best" : "the best of those tested"
    return Statement(
      indices.count == 2
        ? "Nothing tells \(names[0]) and \(names[1]) apart: either may be \(words: best)."
        : "No cell can be excluded as \(words: best): it may be any of the \(indices.count).",
      .winner
    )
  }

  private func notLookedAt(_ group: ComparisonGroup) -> Inline {
    let pairs = group.ranking.pairs
    if pairs.contains(where: { $0.test.schedule == .closed }) {
      return """
        No claim: these cells were confirmed against each other before. Confirming them again adds none.
        """
    }
    let seeds = pairs.map(\.test.schedule.first.seeds).min() ?? 3
    return "No claim yet: these cells are first compared at \(seeds) seeds."
  }

  // MARK: - One pair

  /// `**a** − **b** is 0.0044, 97 % interval [0.0007, 0.0081]`, with the test in brackets where it is asked for; of
  /// perplexities `**a** / **b** is 1.04, …`.
  private func differenceText(
    _ pair: Ranking.Pair,
    _ group: ComparisonGroup,
    showsTest: Bool = false
  ) -> Inline {
    let (left, right) = (group.cells[pair.left], group.cells[pair.right])
    let hasInterval = !group.isChosen(pair)
    let text = DifferenceText(pair.difference, level: pair.test.level, scale)
    let test =
      showsTest && hasInterval
      ? " (\(pair.difference.test.text), p \(pText(pair.difference.p)))" : ""
    let seeds = hasInterval ? "" : pair.difference.seedsNote(of: left.count, right.count)
    return """
      \(name(left)) \(words: scale.differenceSign) \(name(right)) is \
      \(words: hasInterval ? text.withInterval : text.withoutInterval)\(words: test + seeds)
      """
  }

  /// What other test examples leave open, where the predictions are known.
  private func examplesStatement(_ pair: Ranking.Pair, _ group: ComparisonGroup) -> Statement? {
    guard !group.isChosen(pair), let crossed = crossed(pair, group),
      crossed.halfWidth > pair.difference.halfWidth(level: pair.test.level)
    else { return nil }
    let sentence = ExamplesSentence(
      follows: DifferenceText(pair.difference, level: pair.test.level, scale),
      mean: crossed.mean,
      halfWidth: crossed.halfWidth,
      examples: crossed.examples,
      word: exampleWord(group)
    )
    return Statement(.text(sentence.text), .examples)
  }

  private func nextLookStatement(_ pair: Ranking.Pair, _ group: ComparisonGroup) -> Statement? {
    let cells = [group.cells[pair.left], group.cells[pair.right]]
    guard cells.allSatisfy({ !$0.runs.contains(where: \.isImported) }),
      let next = NextLook(pair.difference, pair.test.schedule)
    else { return nil }
    func text(_ value: Double) -> String {
      scale == .logarithmic
        ? NumberText.factor(exponentialOf: value) : NumberText.short(value, digits: 2)
    }
    return Statement(
      """
      The next look is at \(code: "repeat: \(next.seeds)"). It would find a true \
      \(words: scale.differenceWord) of \(words: text(next.difference.upperBound)) between \
      \(name(cells[0])) and \(name(cells[1])) with 80 % probability. If the seeds spread less than they \
      seem to, \(words: text(next.difference.lowerBound)) may be enough.
      """,
      .power
    )
  }

  /// How often the two were compared by now, and at what level.
  private func lookStatement(_ pair: Ranking.Pair) -> Statement? {
    pair.test.look.map { Statement(.text($0.sentence(of: pair.test.schedule)), .looks) }
  }

  // MARK: - Flaws and words

  private func flawStatements(_ group: ComparisonGroup) -> [Statement] {
    let diverged = group.cells.filter { $0.divergedCount > 0 }
    let missing = group.cells.filter { $0.missingCount > 0 && $0.divergedCount == 0 }
    var statements: [Statement] = []
    if !diverged.isEmpty {
      statements.append(Statement("In no test, because seeds diverged: \(listed(diverged))."))
    }
    for cell in group.cells where !cell.collapsedSeeds.isEmpty {
      statements.append(Statement(cell.collapseSentence, .collapse))
    }
    if !missing.isEmpty {
      statements.append(
        Statement(
          """
          Not tested, because numbers are missing: \(listed(missing)). No winner can be named without \
          \(words: missing.count == 1 ? "it" : "them").
          """
        )
      )
    }
    return statements
  }

  private func listed(_ cells: [ComparedCell]) -> Inline {
    cells.map { "\(name($0)) (\(words: $0.flaw ?? ""))" }.listed
  }

  private var superlative: String { experiment.reportGoal == .maximize ? "highest" : "lowest" }

  private func name(_ cell: ComparedCell) -> Inline {
    .strong(.verbatim(shortLabel(cell, among: cells)))
  }

  /// The number with n and, for a chosen cell, the values that were chosen.
  private func numberText(_ cell: ComparedCell) -> Inline {
    let text = cell.text(showsCount: false)
    let saysCount = cell.count > 1 && cell.metricSample.isConstant && cell.candidates == 1
    let count: Inline? = saysCount ? nil : "n = \(cell.count)"
    let remarks = [count, chosenText(cell)].compactMap(\.self)
    return remarks.isEmpty ? .text(text) : "\(words: text) (\(remarks.joined("; ")))"
  }

  private func chosenText(_ cell: ComparedCell) -> Inline? {
    cell.selectionRemark.map { remark in
      let values = cell.chosen.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
      return .verbatim((values + [remark]).joined(separator: ", "))
    }
  }

  /// What the choice does to the best mean.
  private func chosenStatement(_ best: ComparedCell) -> Statement? {
    guard best.candidates > 1 else { return nil }
    let first: Inline = "The candidates were compared on the seeds that are shown"
    let sentences: Inline =
      switch best.heldOut(goal: experiment.reportGoal) {
      case nil: "\(first), so the mean of \(name(best)) may be too good."
      case .same(let text):
        "\(first). If at each seed only the other seeds choose, the mean of \(name(best)) is the same: \(words: text)."
      case .worse(let text):
        """
        \(first), so the mean of \(name(best)) is too good. If at each seed only the other seeds choose, \
        the mean is \(words: text).
        """
      case .better(let text):
        """
        \(first). If at each seed only the other seeds choose, the mean of \(name(best)) is \
        \(words: text): here the choice did not make it better.
        """
      }
    return Statement(sentences, .tuning)
  }

  private func pText(_ p: Double) -> String {
    let text = NumberText.p(p)
    return text.hasPrefix("<") ? text : "= " + text
  }
}
