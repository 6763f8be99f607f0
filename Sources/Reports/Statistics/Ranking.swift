// SPDX-License-Identifier: Apache-2.0

public import Experiments
public import Vocabulary

/// Cells in the order of their means, with a test of every pair, and what may be said about the
/// best one.
///
/// A **winner** is named iff every cell has n ≥ 3 and its paired p against every other cell is at
/// most the level of their current look. All these tests must reject, so no further correction is
/// needed (an intersection–union test: Berger 1982). Otherwise there is a **confidence set** of
/// cells that contains the best one (multiple comparisons with the best: Hsu 1984).
public struct Ranking: Sendable {
  /// How pairs are tested.
  public struct Rules: Sendable {
    /// The step of the numbers, such as 1/N for an accuracy of N examples; 0 if there is none.
    public var resolution: Double
    /// The step of the numbers of two cells, by their indices, which may be finer; nil takes the
    /// step of all cells.
    public var pairResolution: (@Sendable (Int, Int) -> Double)?
    /// The schedule of looks at two cells, by their indices; nil if only the present seeds are
    /// known.
    public var schedule: @Sendable (Int, Int) -> LookSchedule?
    /// The number of candidates from which a cell was chosen, by its index; the best of many beats
    /// the best of few by luck.
    public var candidates: @Sendable (Int) -> Int

    /// Rules.
    public init(
      resolution: Double = 0,
      pairResolution: (@Sendable (Int, Int) -> Double)? = nil,
      schedule: @escaping @Sendable (Int, Int) -> LookSchedule? = { _, _ in nil },
      candidates: @escaping @Sendable (Int) -> Int = { _ in 1 }
    ) {
      self.resolution = resolution
      self.pairResolution = pairResolution
      self.schedule = schedule
      self.candidates = candidates
    }
  }

  /// One tested pair; `left` has the better mean.
  public struct Pair: Hashable, Sendable {
    /// Index of the cell with the better mean.
    public var left: Int
    /// Index of the other cell.
    public var right: Int
    /// Left minus right.
    public var test: PairTest

    /// Left minus right, over the seeds of the look.
    public var difference: Difference { test.difference }
  }

  /// Indices into the given cells, best mean first; cells without a value are left out.
  public let order: [Int]
  /// Every tested pair, ordered by the rank of the left cell, then of the right cell.
  public let pairs: [Pair]
  /// The index of the winner, if one may be named.
  public let winner: Int?
  /// The index of the cell that would be the winner if it had not been chosen among more candidates
  /// than a rival.
  public let leader: Int?
  /// The cells that contain the best one with a probability of 95 % over all looks, best mean
  /// first.
  public let confidenceSet: [Int]

  /// Ranks `cells`; `mayWin` is false if a seed is missing anywhere, and then no winner is named.
  public init(
    _ cells: [SeededValues],
    goal: MetricGoal,
    mayWin: Bool = true,
    rules: Rules = Rules()
  ) {
    self.init(tested: cells.map { $0 }, goal: goal, mayWin: mayWin, rules: rules)
  }

  /// Ranks the cells that are not nil; nil stands for one that enters no test, such as one with diverged seeds.
  init(
    tested given: [SeededValues?],
    goal: MetricGoal,
    mayWin: Bool,
    rules: Rules = Rules()
  ) {
    let cells = given.map { $0 ?? [:] }
    let means = cells.map { Sample($0.sortedBySeed).mean }
    let order = cells.indices.filter { !cells[$0].isEmpty }.sorted { a, b in
      if means[a] == means[b] { return a < b }
      return goal.prefers(means[a], to: means[b])
    }
    let pairs = Self.tested(cells, order, rules)
    self.order = order
    self.pairs = pairs
    let least = given.compactMap { $0?.count }.min() ?? 0
    let first = mayWin && least >= 3 ? Self.winner(order, pairs, goal) : nil
    let isFair = order.dropFirst().allSatisfy { rules.candidates(order[0]) <= rules.candidates($0) }
    winner = isFair ? first : nil
    leader = isFair ? nil : first
    confidenceSet = winner.map { [$0] } ?? Self.confidenceSet(order, pairs, goal, rules)
  }

  /// The pair of two cells, in either order; nil if it could not be tested.
  public func pair(_ a: Int, _ b: Int) -> Pair? {
    pairs.first { ($0.left == a && $0.right == b) || ($0.left == b && $0.right == a) }
  }

  // MARK: - Parts

  private static func tested(_ cells: [SeededValues], _ order: [Int], _ rules: Rules) -> [Pair] {
    var pairs: [Pair] = []
    for (rank, left) in order.enumerated() {
      for right in order[(rank + 1)...] {
        let test = PairTest(
          cells[left],
          cells[right],
          resolution: rules.pairResolution?(left, right) ?? rules.resolution,
          schedule: rules.schedule(left, right)
        )
        if let test { pairs.append(Pair(left: left, right: right, test: test)) }
      }
    }
    return pairs
  }

  /// The paired difference over a look's seeds may disagree in sign with the means: then nobody wins.
  private static func winner(_ order: [Int], _ pairs: [Pair], _ goal: MetricGoal) -> Int? {
    guard let best = order.first, order.count >= 2 else { return nil }
    let own = pairs.filter { $0.left == best }
    let wins = own.allSatisfy { pair in
      guard case .paired = pair.difference.test else { return false }
      return pair.test.isSeparated && goal.prefers(pair.difference.mean, to: 0)
    }
    return wins && own.count == order.count - 1 ? best : nil
  }

  /// The best mean and every cell whose p against it exceeds the level over k − 1, or that was chosen among fewer.
  ///
  /// If cell B is truly best and is left out, then one certain pair was rejected although its difference is not in favour
  /// of the best mean: k − 1 such pairs contain B, so the union bound gives the level.
  private static func confidenceSet(
    _ order: [Int],
    _ pairs: [Pair],
    _ goal: MetricGoal,
    _ rules: Rules
  ) -> [Int] {
    guard let best = order.first else { return [] }
    let separated = pairs.filter { pair in
      pair.left == best && pair.test.isSeparated && goal.prefers(pair.difference.mean, to: 0)
        && pair.difference.p <= pair.test.level / Double(order.count - 1)
        && rules.candidates(best) <= rules.candidates(pair.right)
    }.map(\.right)
    return order.filter { !separated.contains($0) }
  }
}

extension Difference {
  /// The number of seeds in the test; for Welch's test, that of the smaller side.
  public var seedCount: Int {
    switch test {
    case .paired(let seeds): seeds
    case .welch(let left, let right): min(left, right)
    }
  }
}
