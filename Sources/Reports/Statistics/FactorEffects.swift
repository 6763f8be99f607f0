// SPDX-License-Identifier: Apache-2.0

import Experiments
public import Vocabulary

/// What each factor does in a full grid of cells with the same seeds, and on which other factors
/// that depends.
///
/// For the values u and v of a factor, D(i) is the mean of x(u, c, i) − x(v, c, i) at seed i over
/// the combinations c of the other factors. The test is a one-sample t test on D with n − 1 degrees
/// of freedom, with Holm's correction over the pairs of all factors.
///
/// A second test asks whether the difference depends on a factor g. Let d(c, i) be x(u, c, i) −
/// x(v, c, i), averaged over the factors besides g. For each value c of g, a t test compares d(c,
/// i) with the mean of the others (one test if g has two values). Holm's correction runs over all
/// pairs, values and factors of the table.
///
/// These are the contrasts of a repeated-measures analysis of variance. Their error is the spread
/// of the contrast itself over seeds (Maxwell, Delaney & Kelley 2018, ch. 12), so equal variances
/// are not assumed.
public struct FactorEffects: Sendable {
  /// The difference of two values of a factor.
  public struct Effect: Hashable, Sendable {
    /// Index of the factor.
    public var factor: Int
    /// Index of the value with the better mean.
    public var left: Int
    /// Index of the other value.
    public var right: Int
    /// Left minus right, averaged over all other factors.
    public var difference: Difference
    /// Holm's p over the pairs of all factors.
    public var adjustedP: Double
    /// The difference at each value of each other factor.
    public var parts: [Dependence]
    /// The factors on which it depends; empty if no dependence is shown.
    public var dependences: [Dependence]
    /// The largest dependence on another factor that is not ruled out; nil if there is only one
    /// factor.
    public var largestDependence: Double?
  }

  /// A difference at each value of a second factor.
  public struct Dependence: Hashable, Sendable {
    /// Index of the second factor.
    public var factor: Int
    /// The difference at each of its values.
    public var differences: [Difference]
  }

  /// The number of values of each factor.
  public let sizes: [Int]
  /// The effects, factor by factor.
  public let effects: [Effect]
  /// The level of all claims.
  public let level: Double

  /// `values[cell][i]` is the number of a cell at the i-th common seed; the last factor changes
  /// fastest.
  ///
  /// Nil below two seeds, or if no factor has two values.
  public init?(
    _ values: [[Double]],
    sizes: [Int],
    goal: MetricGoal,
    resolution: Double,
    level: Double
  ) {
    let count = values.first?.count ?? 0
    guard sizes.reduce(1, *) == values.count, count >= 2, sizes.contains(where: { $0 > 1 }),
      values.allSatisfy({ $0.count == count })
    else { return nil }
    self.sizes = sizes
    self.level = level
    var effects: [Effect] = []
    let grid = Grid(values: values, sizes: sizes)
    for factor in sizes.indices {
      let means = (0..<sizes[factor]).map { Sample(grid.mean([factor: $0])).mean }
      for left in 0..<sizes[factor] {
        for right in (left + 1)..<sizes[factor] {
          let isBetter = !goal.prefers(means[right], to: means[left])
          let (u, v) = isBetter ? (left, right) : (right, left)
          let combinations = values.count / sizes[factor]
          guard
            let difference = Difference(
              differences: grid.difference(factor, u, v),
              leastDeviation: resolution / (6 * Double(combinations)).squareRoot(),
              magnitude: grid.magnitude
            )
          else { continue }
          effects.append(
            Effect(
              factor: factor,
              left: u,
              right: v,
              difference: difference,
              adjustedP: 1,
              parts: [],
              dependences: [],
              largestDependence: nil
            )
          )
        }
      }
    }
    for (index, p) in holmAdjusted(effects.map(\.difference.p)).enumerated() {
      effects[index].adjustedP = p
    }
    self.effects = Self.withDependences(effects, grid, resolution: resolution, level: level)
  }

  // MARK: - Dependence

  /// One contrast of a difference at a value of another factor against its other values.
  private struct Contrast {
    var effect: Int
    var factor: Int
    var difference: Difference
  }

  private static func withDependences(
    _ effects: [Effect],
    _ grid: Grid,
    resolution: Double,
    level: Double
  ) -> [Effect] {
    let contrasts = effects.indices.flatMap { index in
      Self.contrasts(of: effects[index], at: index, grid, resolution)
    }
    let adjusted = holmAdjusted(contrasts.map(\.difference.p))
    var result = effects
    for index in effects.indices {
      let own = zip(contrasts, adjusted).filter { $0.0.effect == index }
      let factors = Set(own.filter { $0.1 <= level }.map(\.0.factor)).sorted()
      result[index].parts = grid.sizes.indices
        .filter { $0 != effects[index].factor && grid.sizes[$0] > 1 }
        .map { part(of: effects[index], at: $0, grid, resolution) }
      result[index].dependences = result[index].parts.filter { factors.contains($0.factor) }
      result[index].largestDependence =
        own.map { abs($0.0.difference.mean) + $0.0.difference.halfWidth(level: level) }.max()
    }
    return result
  }

  /// A difference at each value of another factor.
  private static func part(
    of effect: Effect,
    at factor: Int,
    _ grid: Grid,
    _ resolution: Double
  ) -> Dependence {
    let combinations = grid.values.count / grid.sizes[effect.factor] / grid.sizes[factor]
    return Dependence(
      factor: factor,
      differences: (0..<grid.sizes[factor]).compactMap { value in
        Difference(
          differences: grid.difference(
            effect.factor,
            effect.left,
            effect.right,
            at: [factor: value]
          ),
          leastDeviation: resolution / (6 * Double(combinations)).squareRoot(),
          magnitude: grid.magnitude
        )
      }
    )
  }

  private static func contrasts(
    of effect: Effect,
    at index: Int,
    _ grid: Grid,
    _ resolution: Double
  ) -> [Contrast] {
    grid.sizes.indices.filter { $0 != effect.factor && grid.sizes[$0] > 1 }.flatMap { factor in
      let count = grid.sizes[factor]
      let differences = (0..<count).map {
        grid.difference(effect.factor, effect.left, effect.right, at: [factor: $0])
      }
      // With two values the second contrast is the first with another sign.
      return (0..<(count == 2 ? 1 : count)).compactMap { value -> Contrast? in
        let contrast = differences[value].indices.map { seed in
          let others = (0..<count).filter { $0 != value }.map { differences[$0][seed] }
          return differences[value][seed] - others.reduce(0, +) / Double(count - 1)
        }
        let least = resolution * (Double(count) / (6 * Double(count - 1))).squareRoot()
        return Difference(
          differences: contrast,
          leastDeviation: least,
          magnitude: grid.magnitude
        ).map { Contrast(effect: index, factor: factor, difference: $0) }
      }
    }
  }
}

/// Numbers of all cells of a full grid, seed by seed.
private struct Grid {
  let values: [[Double]]
  let sizes: [Int]
  let strides: [Int]
  let magnitude: Double

  init(values: [[Double]], sizes: [Int]) {
    self.values = values
    self.sizes = sizes
    var strides = [Int](repeating: 1, count: sizes.count)
    for index in sizes.indices.dropLast().reversed() {
      strides[index] = strides[index + 1] * sizes[index + 1]
    }
    self.strides = strides
    magnitude = values.joined().map(abs).max() ?? 0
  }

  /// At each seed the mean over the cells in which factors have the given values.
  func mean(_ fixed: [Int: Int]) -> [Double] {
    let places = values.indices.filter { place in
      fixed.allSatisfy { place / strides[$0.key] % sizes[$0.key] == $0.value }
    }
    return (values.first ?? []).indices.map { seed in
      places.reduce(0.0) { $0 + values[$1][seed] } / Double(places.count)
    }
  }

  /// At each seed the mean of one value's cells minus that of another's.
  func difference(_ factor: Int, _ u: Int, _ v: Int, at fixed: [Int: Int] = [:]) -> [Double] {
    let left = mean(fixed.merging([factor: u]) { _, new in new })
    let right = mean(fixed.merging([factor: v]) { _, new in new })
    return zip(left, right).map { $0 - $1 }
  }
}
