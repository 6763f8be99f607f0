// SPDX-License-Identifier: Apache-2.0

import DeterministicMath

/// An elementwise activation as a formula in Double: what pictures draw, and what tests judge the kernels by.
public struct ActivationFormula: Sendable {
  /// The value at x.
  public var value: @Sendable (Double) -> Double
  /// The derivative at x; at a kink that from the left.
  public var slope: @Sendable (Double) -> Double
  /// Where the derivative jumps.
  public var kinks: [Double]

  /// A function, its derivative and where that jumps.
  public init(
    kinks: [Double] = [],
    value: @escaping @Sendable (Double) -> Double,
    slope: @escaping @Sendable (Double) -> Double
  ) {
    self.kinks = kinks
    self.value = value
    self.slope = slope
  }
}

/// What is known of an activation that acts on each value by itself.
public struct ActivationFacts: Sendable {
  /// The formula with a component's arguments.
  public var formula: @Sendable (Component) -> ActivationFormula
  /// What is known of it as a layer.
  public var layer: LayerFacts

  /// The facts of an activation.
  public init(
    passing: LayerFacts.Passing = .none,
    _ formula: @escaping @Sendable (Component) -> ActivationFormula
  ) {
    self.formula = formula
    layer = LayerFacts(passing: passing, backwardWalk: .goesOn)
  }
}

/// What formulas are made of.
enum Formula {
  /// 1 / (1 + exp(−x)).
  static func logistic(_ x: Double) -> Double { 1 / (1 + Elementary.exp(-x)) }

  /// log(1 + y) for y above −1, to the last digits of a small y as well (Kahan).
  static func logarithmOfOnePlus(_ y: Double) -> Double {
    let sum = 1 + y
    // Of a sum that was rounded, the logarithm is right for that sum; the quotient puts y in its place.
    return abs(y) > 0.5 || sum == 1
      ? (sum == 1 ? y : Elementary.log(sum))
      : Elementary.log(sum) * (y / (sum - 1))
  }

  /// φ(x) = exp(−x² / 2) / √(2π).
  static func normalDensity(_ x: Double) -> Double {
    Elementary.exp(-x * x / 2) * 0.3989422804014327
  }

  /// Φ(x), the share of a standard normal below x.
  ///
  /// Near 0 by the series ½ + φ(x) Σ x^(2n+1) / (1·3·5 … (2n+1)), whose terms all have one sign (Abramowitz & Stegun
  /// 26.2.11); in the tails by the continued fraction φ(x) / (x + 1 / (x + 2 / (x + …))) (26.2.14), which keeps the digits of
  /// a small share.
  static func normalShare(_ x: Double) -> Double {
    guard abs(x) > 3 else { return 0.5 + normalDensity(x) * oddSeries(x) }
    guard abs(x) < 40 else { return x.isNaN ? x : x < 0 ? 0 : 1 }
    var fraction = abs(x)
    for level in stride(from: 100.0, through: 1, by: -1) { fraction = abs(x) + level / fraction }
    let tail = normalDensity(x) / fraction
    return x < 0 ? tail : 1 - tail
  }

  private static func oddSeries(_ x: Double) -> Double {
    var (term, sum, factor) = (x, x, 1.0)
    while abs(term) > 1e-17 * abs(sum), factor < 400 {
      factor += 2
      term *= x * x / factor
      sum += term
    }
    return sum
  }
}
