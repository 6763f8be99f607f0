// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A 95 % confidence interval of a mean.
public struct Interval: Hashable, Sendable {
  /// The lower end.
  public var low: Double
  /// The upper end.
  public var high: Double
  /// Whether the lower end was cut at 0.
  public var isCutAtZero: Bool
  /// Whether the upper end was cut at 1.
  public var isCutAtOne: Bool

  /// An interval; it is not cut unless the arguments say so.
  public init(
    low: Double,
    high: Double,
    isCutAtZero: Bool = false,
    isCutAtOne: Bool = false
  ) {
    self.low = low
    self.high = high
    self.isCutAtZero = isCutAtZero
    self.isCutAtOne = isCutAtOne
  }

  /// Whether either end was cut.
  public var isCut: Bool { isCutAtZero || isCutAtOne }

  /// Whether `value` lies inside, ends included.
  public func contains(_ value: Double) -> Bool { low <= value && value <= high }
}

/// One finite number per seed.
public struct Sample: Hashable, Sendable {
  /// The numbers, in seed order.
  public let values: [Double]

  /// A sample; every value is finite.
  public init(_ values: [Double]) {
    precondition(
      values.allSatisfy(\.isFinite),
      "sample: \(values) holds a value that is not finite"
    )
    self.values = values
  }

  /// How many numbers there are.
  public var count: Int { values.count }

  /// The arithmetic mean; NaN for an empty sample.
  public var mean: Double {
    let sum = values.reduce(0, +)
    // A sum beyond a Double's range, of numbers that are not.
    return sum.isFinite ? sum / Double(count) : values.reduce(0) { $0 + $1 / Double(count) }
  }

  /// The standard deviation with n − 1, in two passes; nil below two values, 0 if all are equal.
  ///
  /// A spread below 1e-14 of the largest magnitude is rounding and counts as 0.
  public var standardDeviation: Double? {
    guard count >= 2 else { return nil }
    let magnitude = values.map(abs).max() ?? 0
    guard magnitude > 0 else { return 0 }
    // Squares of very large and very small numbers leave a Double's range; powers of two scale without rounding.
    let scale = Self.squaresFit.contains(magnitude) ? 1 : magnitude.binade
    let center = mean / scale
    let squares = values.reduce(0) { $0 + ($1 / scale - center) * ($1 / scale - center) }
    let deviation = (squares / Double(count - 1)).squareRoot()
    return deviation <= 1e-14 * (magnitude / scale)
      ? 0 : min(deviation * scale, .greatestFiniteMagnitude)
  }

  private static let squaresFit = 1e-130...1e130

  /// Whether there are at least two values and no spread.
  public var isConstant: Bool { standardDeviation == 0 }

  /// t₀.₉₇₅,ₙ₋₁ · s / √n; nil below two values.
  public var halfWidth: Double? {
    guard let deviation = standardDeviation else { return nil }
    if deviation == 0 { return 0 }
    let factor = intervalFactor(count: count)
    let half = factor * deviation / Double(count).squareRoot()
    // The product may leave a Double's range where the half-width itself does not.
    return half.isFinite ? half : factor * (deviation / Double(count).squareRoot())
  }

  /// m ± t₀.₉₇₅,ₙ₋₁ · s / √n on `scale`; nil below two values.
  ///
  /// On the logarithmic scale a value that is not positive makes the interval nil, because no value
  /// is dropped silently. The centre of the interval is then the geometric mean.
  public func interval(_ scale: MetricScale = .linear) -> Interval? {
    guard let half = halfWidth else { return nil }
    let plain = Interval(low: mean - half, high: mean + half)
    switch scale {
    case .linear: return plain
    case .share: return plain.cutToShare
    case .nonNegative:
      return Interval(low: max(0, plain.low), high: plain.high, isCutAtZero: plain.low < 0)
    case .logarithmic:
      guard values.allSatisfy({ $0 > 0 }) else { return nil }
      return Sample(values.map { log($0) }).interval().map {
        Interval(low: exp($0.low), high: exp($0.high))
      }
    }
  }

  /// The centre of `interval(scale)`: the mean, or on the logarithmic scale the geometric mean.
  public func center(_ scale: MetricScale = .linear) -> Double {
    guard scale == .logarithmic, values.allSatisfy({ $0 > 0 }) else { return mean }
    return exp(values.reduce(0) { $0 + log($1) } / Double(count))
  }
}

extension Interval {
  /// Cut at 0 and 1. An end that lies exactly there is not a cut.
  fileprivate var cutToShare: Interval {
    Interval(
      low: max(0, low),
      high: min(1, high),
      isCutAtZero: low < 0,
      isCutAtOne: high > 1
    )
  }
}
