// SPDX-License-Identifier: Apache-2.0

public import Experiments

/// Cells in order of their means, with every pair tested and the winner named if the rule allows it.
///
/// A **winner** is named iff every cell has n ≥ 3 and its paired p against every other cell is at most 0.05: all must
/// hold, so no further correction is needed (an intersection–union test: Berger 1982). Pairs are Holm-adjusted over
/// the whole family; the letters come from the adjusted ones.
public struct Ranking: Sendable {
  /// The level of every claim.
  public static let level = 0.05
  /// With more cells, letters would be unreadable and are left out.
  public static let letterLimit = 60

  /// One tested pair; `left` is the better mean.
  public struct Pair: Hashable, Sendable {
    /// Index of the cell with the better mean.
    public var left: Int
    /// Index of the other cell.
    public var right: Int
    /// Left minus right.
    public var difference: Difference
    /// Holm's adjusted p over all tested pairs.
    public var adjustedP: Double

    /// Whether the pair is separated within the family of all pairs.
    public var isSeparated: Bool { difference.allowsClaim && adjustedP <= Ranking.level }
  }

  /// Indices into the given cells, best mean first; cells without a value are left out.
  public let order: [Int]
  /// Every tested pair, by rank of the left, then of the right cell.
  public let pairs: [Pair]
  /// The index of the winner, if one may be named.
  public let winner: Int?
  /// Letters by index; empty for cells that entered no test.
  public let letters: [String]

  /// Ranks `cells`; `mayWin` is false if a seed is missing somewhere, which forbids naming a winner.
  public init(_ cells: [SeededValues], goal: MetricGoal, mayWin: Bool = true) {
    self.init(tested: cells.map { $0 }, goal: goal, mayWin: mayWin)
  }

  /// Ranks the cells that are not nil; nil stands for one that enters no test, such as one with diverged seeds.
  init(tested given: [SeededValues?], goal: MetricGoal, mayWin: Bool) {
    let cells = given.map { $0 ?? [:] }
    let means = cells.map { Sample($0.sortedBySeed).mean }
    let order = cells.indices.filter { !cells[$0].isEmpty }.sorted { a, b in
      if means[a] == means[b] { return a < b }
      return goal.prefers(means[a], to: means[b])
    }
    let pairs = Self.tested(cells, order)
    self.order = order
    self.pairs = pairs
    letters = Self.letters(cells, order: order, pairs: pairs)
    let least = given.compactMap { $0?.count }.min() ?? 0
    winner = mayWin && least >= 3 ? Self.winner(order, pairs, goal) : nil
  }

  /// The pair of two cells, whichever is better; nil if it could not be tested.
  public func pair(_ a: Int, _ b: Int) -> Pair? {
    pairs.first { ($0.left == a && $0.right == b) || ($0.left == b && $0.right == a) }
  }

  /// The best cell and all that its paired p does not separate from it, in order; just the best if it won.
  public var unseparatedFromBest: [Int] {
    guard let best = order.first else { return [] }
    return [best]
      + order.dropFirst().filter { other in
        guard let pair = pair(best, other) else { return true }
        return !pair.difference.allowsClaim || pair.difference.p > Self.level
      }
  }

  // MARK: - Parts

  private static func tested(_ cells: [SeededValues], _ order: [Int]) -> [Pair] {
    var pairs: [Pair] = []
    for (rank, left) in order.enumerated() {
      for right in order[(rank + 1)...] {
        guard let difference = Difference(cells[left], cells[right]) else { continue }
        pairs.append(Pair(left: left, right: right, difference: difference, adjustedP: 1))
      }
    }
    for (index, p) in holmAdjusted(pairs.map(\.difference.p)).enumerated() {
      pairs[index].adjustedP = p
    }
    return pairs
  }

  /// The paired difference over common seeds may disagree in sign with the means: then nobody wins.
  private static func winner(_ order: [Int], _ pairs: [Pair], _ goal: MetricGoal) -> Int? {
    guard let best = order.first, order.count >= 2 else { return nil }
    let own = pairs.filter { $0.left == best }
    let wins = own.allSatisfy { pair in
      guard case .paired = pair.difference.test else { return false }
      return pair.difference.allowsClaim && pair.difference.p <= level
        && goal.prefers(pair.difference.mean, to: 0)
    }
    return wins && own.count == order.count - 1 ? best : nil
  }

  private static func letters(
    _ cells: [SeededValues],
    order: [Int],
    pairs: [Pair]
  ) -> [String] {
    var result = [String](repeating: "", count: cells.count)
    let tested = order.filter { cells[$0].count >= 3 }
    guard (2...letterLimit).contains(tested.count) else { return result }
    var separated = Set<[Int]>()
    for pair in pairs where pair.isSeparated { separated.insert([pair.left, pair.right]) }
    let letters = compactLetters(count: tested.count) {
      separated.contains([tested[$0], tested[$1]])
    }
    for (rank, cell) in tested.enumerated() { result[cell] = letters[rank] }
    return result
  }
}
