// SPDX-License-Identifier: Apache-2.0

import Experiments
public import Vocabulary

/// What each swept parameter does, in words and as a table, for a full grid whose cells have the
/// same seeds.
public struct FactorAnswer: Sendable {
  /// One parameter with its values.
  public struct Factor: Hashable, Sendable {
    /// Its name.
    public var name: String
    /// Its values, in plan order.
    public var values: [ParameterValue]
  }

  /// The parameters, in manifest order.
  public let factors: [Factor]
  /// The effects of the parameters.
  public let effects: FactorEffects
  /// The number of common seeds in the test.
  public let seeds: Int
  /// Whether `tune` chose the cells on the same seeds; then there is neither an interval nor a p.
  public let isChosen: Bool
  private let metric: String
  private let goal: MetricGoal
  private let scale: MetricScale

  /// Nil unless the cells of the group, after `tune`, are a full grid of two parameters or more.
  ///
  /// All cells must have the same seeds and be complete, and a look must be complete.
  public init?(_ group: ComparisonGroup, of analysis: Analysis) {
    guard group.isFinished, group.cells.count >= 4,
      group.cells.allSatisfy({ $0.entersTests && $0.missingCount == 0 })
    else { return nil }
    let names = varyingParameters(group.cells.map(\.cell), analysis.experiment)
    let factors = names.map { name in
      var seen = Set<ParameterValue>()
      let values = group.cells.compactMap { $0.cell.assignment[name] }
      return Factor(name: name, values: values.filter { seen.insert($0).inserted })
    }
    guard factors.count >= 2, let grid = Self.grid(group.cells, factors),
      let look = Self.look(group), let first = grid.first
    else { return nil }
    let common = first.scaled.keys.filter { seed in grid.allSatisfy { $0.scaled[seed] != nil } }
    let tested = Array(common.sorted().prefix(look.seeds))
    guard tested.count == look.seeds,
      let effects = FactorEffects(
        grid.map { cell in tested.compactMap { cell.scaled[$0] } },
        sizes: factors.map(\.values.count),
        goal: analysis.experiment.reportGoal,
        resolution: PairRules(group.cells, of: analysis.snapshot).rules.resolution,
        level: look.level
      )
    else { return nil }
    self.factors = factors
    self.effects = effects
    seeds = tested.count
    isChosen = group.cells.contains { $0.candidates > 1 }
    metric = analysis.metric
    goal = analysis.experiment.reportGoal
    scale = MetricScale(metric: analysis.metric)
  }

  /// The cells in the order of the grid, the last factor fastest; nil if one is missing or there twice.
  private static func grid(_ cells: [ComparedCell], _ factors: [Factor]) -> [ComparedCell]? {
    let size = factors.reduce(1) { $0 * $1.values.count }
    guard size == cells.count else { return nil }
    var places = [ComparedCell?](repeating: nil, count: size)
    for cell in cells {
      var place = 0
      for factor in factors {
        guard let value = cell.cell.assignment[factor.name],
          let index = factor.values.firstIndex(of: value)
        else { return nil }
        place = place * factor.values.count + index
      }
      guard places[place] == nil else { return nil }
      places[place] = cell
    }
    let found = places.compactMap(\.self)
    return found.count == size ? found : nil
  }

  /// The strictest look of all pairs; nil if one has not been looked at, or is not of common seeds.
  private static func look(_ group: ComparisonGroup) -> Look? {
    let pairs = group.ranking.pairs
    let count = group.cells.count
    guard pairs.count == count * (count - 1) / 2 else { return nil }
    let looks = pairs.compactMap { pair -> Look? in
      guard case .paired = pair.difference.test, pair.test.allowsClaim else { return nil }
      return pair.test.look
    }
    guard looks.count == pairs.count, let strictest = looks.min(by: { $0.level < $1.level }),
      let seeds = looks.map(\.seeds).min()
    else { return nil }
    return Look(number: strictest.number, seeds: seeds, level: strictest.level)
  }

  // MARK: - Words

  /// The effects of one parameter.
  public func effects(of factor: Int) -> [FactorEffects.Effect] {
    effects.effects.filter { $0.factor == factor }
  }

  /// One sentence for a parameter, and further ones where what it does depends on another.
  func sentences(of factor: Int) -> [Inline] {
    let own = effects(of: factor)
    let dependent = own.filter { !$0.dependences.isEmpty }
    guard dependent.isEmpty else { return dependenceSentences(factor, dependent) }
    return ["\(mainSentence(factor, own))\(remainder(factor, own))"]
  }

  /// The first of `sentences`, without what is not ruled out: the answer about a parameter in one sentence.
  func headline(of factor: Int) -> Inline {
    let own = effects(of: factor)
    return own.allSatisfy(\.dependences.isEmpty)
      ? mainSentence(factor, own) : sentences(of: factor)[0]
  }

  private func mainSentence(_ factor: Int, _ own: [FactorEffects.Effect]) -> Inline {
    let name = Inline.code(factors[factor].name)
    let place: Inline = "averaged over \(others(factor))"
    if own.count == 1, let effect = own.first {
      let (left, right) = (value(factor, effect.left), value(factor, effect.right))
      let difference: Inline =
        "\(left) \(words: scale.differenceSign) \(right) is \(words: stated(effect.difference))\(holm(effect))"
      return isSeparated(effect)
        ? "\(name): \(left) is better than \(right), \(place): \(difference)."
        : """
        \(name): nothing tells \(left) and \(right) apart, \(place): \
        \(difference).\(familyNote(effect))
        """
    }
    let best = bestValue(factor)
    let pairs = own.filter { $0.left == best || $0.right == best }
    let beaten = pairs.filter { $0.left == best && isSeparated($0) }.map { value(factor, $0.right) }
    let open = pairs.filter { !($0.left == best && isSeparated($0)) }
      .map { value(factor, $0.left == best ? $0.right : $0.left) }
    if open.isEmpty {
      return """
        \(name): \(value(factor, best)) is better than each of the \(beaten.count) other values, \(place).
        """
    }
    if beaten.isEmpty {
      let equal = pairs.filter { $0.difference.mean == 0 }.map {
        $0.left == best ? $0.right : $0.left
      }
      guard equal.isEmpty else {
        let names = ([best] + equal).sorted().map { value(factor, $0) }
        return """
          \(name): \(names.listed) share the best mean, \(place), and no other value is shown to be worse.
          """
      }
      return """
        \(name): \(value(factor, best)) has the best mean, \(place), but no other value is shown to be worse.
        """
    }
    return """
      \(name): \(value(factor, best)) is better than \(beaten.listed), but is not told apart from \
      \(open.listed), \(place).
      """
  }

  /// The p by which a pair is told apart; of chosen cells there is none.
  private func holm(_ effect: FactorEffects.Effect) -> Inline {
    let p = NumberText.p(effect.adjustedP)
    return isChosen ? "" : " (Holm's p \(words: p.hasPrefix("<") ? p : "= \(p)"))"
  }

  /// The difference with its interval; of chosen cells without.
  private func stated(_ difference: Difference) -> String {
    isChosen ? text(difference).withoutInterval : text(difference).withInterval
  }

  /// Why an interval without 0 tells nothing apart: one difference of many may be clear by chance.
  private func familyNote(_ effect: FactorEffects.Effect) -> Inline {
    guard !isChosen, effect.difference.p <= effects.level else { return "" }
    return """
       The interval is true of this difference alone. Holm's p allows for all \
      \(effects.effects.count) differences of the parameters, and decides.
      """
  }

  /// What is not ruled out of a dependence on the other parameters.
  private func remainder(_ factor: Int, _ own: [FactorEffects.Effect]) -> Inline {
    guard let largest = own.compactMap(\.largestDependence).max() else { return "" }
    if isChosen { return " Nothing shows that this depends on \(names(besides: factor))." }
    return """
       Nothing shows that this depends on \(names(besides: factor)). \
      A dependence of up to \(words: dependenceText(largest)) is still possible.
      """
  }

  private func dependenceSentences(
    _ factor: Int,
    _ dependent: [FactorEffects.Effect]
  ) -> [Inline] {
    let on = Set(dependent.flatMap(\.dependences).map(\.factor)).sorted()
    let names = on.map { Inline.code(factors[$0].name) }.joined(" and ")
    let reverses = dependent.contains {
      $0.dependences.contains(where: Self.reverses(effects.level))
    }
    let verb: Inline = reverses ? "depends on \(names), and reverses" : "depends on \(names)"
    let shown = dependent.prefix(Self.shownPairs)
    let rest = dependent.count - shown.count
    let first: Inline = "The effect of \(code: factors[factor].name) \(verb)."
    let parts = shown.flatMap { effect in
      effect.dependences.map { dependenceSentence(factor, effect, $0) }
    }
    return [first] + parts + (rest > 0 ? ["So do \(rest) more differences of its values."] : [])
  }

  /// What a pair of values does at each value of another parameter.
  private func dependenceSentence(
    _ factor: Int,
    _ effect: FactorEffects.Effect,
    _ dependence: FactorEffects.Dependence
  ) -> Inline {
    let (left, right) = (value(factor, effect.left), value(factor, effect.right))
    let parts = dependence.differences.enumerated().map { index, difference -> Inline in
      "\(value(dependence.factor, index)): \(words: stated(difference))"
    }
    return """
      \(left) \(words: scale.differenceSign) \(right), by \(code: factors[dependence.factor].name): \
      \(parts.joined("; ")).
      """
  }

  private static let shownPairs = 3

  /// Whether two of the differences are separated from 0 in opposite directions.
  private static func reverses(_ level: Double) -> (FactorEffects.Dependence) -> Bool {
    { dependence in
      let clear = dependence.differences.filter {
        $0.p <= level / Double(dependence.differences.count)
      }
      return clear.contains { $0.mean > 0 } && clear.contains { $0.mean < 0 }
    }
  }

  /// Whether the pair is separated within the family of the pairs of all parameters.
  public func isSeparated(_ effect: FactorEffects.Effect) -> Bool {
    seeds >= 3 && effect.adjustedP <= effects.level
  }

  /// The differences between the value with the best mean and each other value.
  public func comparisonsWithBest(of factor: Int) -> [FactorEffects.Effect] {
    let best = bestValue(factor)
    return effects(of: factor).filter { $0.left == best || $0.right == best }
  }

  private func bestValue(_ factor: Int) -> Int {
    let wins = Dictionary(grouping: effects(of: factor), by: \.left).mapValues(\.count)
    return factors[factor].values.indices.max { (wins[$0] ?? 0) < (wins[$1] ?? 0) } ?? 0
  }

  /// A word by itself, a number with its name: `0.03 − 0.003` would be a sum.
  private func value(_ factor: Int, _ index: Int) -> Inline {
    .strong(.verbatim(labelPart(factors[factor].name, factors[factor].values[index])))
  }

  private func others(_ factor: Int) -> Inline {
    factors.indices.filter { $0 != factor }.map { index -> Inline in
      "the \(factors[index].values.count) values of \(code: factors[index].name)"
    }.joined(" and ")
  }

  private func names(besides factor: Int) -> Inline {
    factors.indices.filter { $0 != factor }.map { Inline.code(factors[$0].name) }.joined(" or ")
  }

  // MARK: - Table

  /// A row for each pair of a parameter's values: the better one, the other one, difference,
  /// interval, p, Holm's p, and the parameters on which it depends.
  public func rows(of factor: Int) -> [[String]] {
    effects(of: factor).map { effect in
      let text = text(effect.difference)
      let on = effect.dependences.map { factors[$0.factor].name }
      return [
        factors[factor].values[effect.left].description,
        factors[factor].values[effect.right].description,
        text.mean, isChosen ? "–" : text.range,
        isChosen ? "–" : NumberText.p(effect.difference.p),
        isChosen ? "–" : NumberText.p(effect.adjustedP),
        on.joined(separator: ", "),
      ]
    }
  }

  /// The headings of `rows`, and whether each column holds numbers.
  public var headings: [(title: String, isNumber: Bool)] {
    [
      ("better", false), ("other", false), (scale.differenceWord, true), ("interval", true),
      ("p", true), ("Holm's p", true), ("depends on", false),
    ]
  }

  private func text(_ difference: Difference) -> DifferenceText {
    DifferenceText(difference, level: effects.level, scale)
  }

  /// `0.012`, or `a factor of 1.03`.
  private func dependenceText(_ largest: Double) -> String {
    scale == .logarithmic
      ? "a factor of \(NumberText.factor(exponentialOf: largest))"
      : NumberText.short(largest, digits: 2)
  }
}
