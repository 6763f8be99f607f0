// SPDX-License-Identifier: Apache-2.0

public import Experiments
import Foundation
import Vocabulary

/// The verdict about an expectation.
public enum Verdict: String, Hashable, Sendable, CaseIterable {
  /// The claim holds, and the interval confirms it.
  case reproduced
  /// The numbers fit the claim, but would also fit other claims.
  case consistent
  /// The numbers contradict the claim.
  case differs
  /// There are too few seeds, or the interval is too wide.
  case undecided

  /// Whether the expectation counts as met.
  public var isMet: Bool { self == .reproduced || self == .consistent }

  /// Judges a claim about the mean of `sample`.
  ///
  /// With mean m, 95 % half-width h, deviation s and n seeds; n < 3 is undecided for all but `equals`:
  /// - `within: [a, b]`: reproduced iff n ≥ 5 and [m−h, m+h] ⊂ [a, b]; differs iff disjoint; consistent iff m ∈ [a, b]
  ///   and h ≤ b−a; else undecided.
  /// - `value: y`: with `margin: d` reproduced iff [m−h, m+h] ⊂ [y−d, y+d]; consistent iff y ∈ m ± t·s·√(1+1/n), the
  ///   interval of one further run; else differs.
  /// - `at_least: a`: reproduced iff m−h ≥ a; consistent iff m ≥ a; differs iff m+h < a; else undecided.
  ///   `at_most` likewise.
  /// - `equals`: reproduced iff every seed's number agrees in every printed digit, else differs.
  ///
  /// The interval of a share is cut at 0 and 1. On the logarithmic scale m, h and s are those of logarithms, and so are the
  /// numbers of the claim.
  public init(_ claim: Expectation.Claim, _ sample: MetricSample) {
    if case .equals(let text) = claim {
      self = Self.equals(text, sample.scaled.values.map(sample.scale.value))
      return
    }
    let (scale, scaled) = (sample.scale, sample.scaled)
    guard scaled.count >= 3, let interval = scaled.interval(scale == .share ? .share : .linear)
    else {
      self = .undecided
      return
    }
    // Whatever has no logarithm is below all that have one.
    func place(_ bound: Double) -> Double {
      scale == .logarithmic ? scale.scaled(bound) ?? -.infinity : bound
    }
    switch claim {
    case .within(let low, let high):
      self = Self.within(place(low), place(high), scaled, interval)
    case .value(let published, let margin, _):
      let range = margin.map { (place(published - $0), place(published + $0)) }
      self = Self.value(place(published), within: range, scaled, interval)
    case .atLeast(let bound):
      self = Self.bounded(
        mean: scaled.mean,
        worst: interval.low,
        best: interval.high,
        place(bound)
      )
    case .atMost(let bound):
      self = Self.bounded(
        mean: -scaled.mean,
        worst: -interval.high,
        best: -interval.low,
        -place(bound)
      )
    case .equals:
      self = .undecided
    }
  }

  /// Judges a claim about numbers as they were measured.
  public init(_ claim: Expectation.Claim, _ sample: Sample, scale: MetricScale = .linear) {
    self.init(claim, MetricSample(sample, scale))
  }

  // MARK: - Claims

  private static func within(
    _ low: Double,
    _ high: Double,
    _ sample: Sample,
    _ interval: Interval
  ) -> Verdict {
    if sample.count >= 5, interval.low >= low, interval.high <= high { return .reproduced }
    if interval.high < low || interval.low > high { return .differs }
    let half = sample.halfWidth ?? .infinity
    return (low...high).contains(sample.mean) && half <= high - low ? .consistent : .undecided
  }

  private static func value(
    _ published: Double,
    within range: (low: Double, high: Double)?,
    _ sample: Sample,
    _ interval: Interval
  ) -> Verdict {
    if let range, interval.low >= range.low, interval.high <= range.high { return .reproduced }
    let one = predictionHalfWidth(sample)
    return abs(published - sample.mean) <= one ? .consistent : .differs
  }

  /// Half the width of the interval in which one further run lies: t · s · √(1 + 1/n).
  static func predictionHalfWidth(_ sample: Sample) -> Double {
    guard let deviation = sample.standardDeviation else { return .infinity }
    return intervalFactor(count: sample.count) * deviation
      * (1 + 1 / Double(sample.count)).squareRoot()
  }

  private static func bounded(
    mean: Double,
    worst: Double,
    best: Double,
    _ bound: Double
  ) -> Verdict {
    if worst >= bound { return .reproduced }
    if mean >= bound { return .consistent }
    return best < bound ? .differs : .undecided
  }

  /// Rounding to the printed digits leaves at most half a unit of the last one.
  private static func equals(_ text: String, _ values: [Double]) -> Verdict {
    guard let printed = PrintedNumber(text), !values.isEmpty else { return .undecided }
    let agrees = values.allSatisfy { abs($0 - printed.value) <= printed.halfUnit }
    return agrees ? .reproduced : .differs
  }
}

/// A number as published: its value and half a unit of its last printed digit.
struct PrintedNumber {
  var value: Double
  var halfUnit: Double

  /// Nil if `text` is not a plain decimal number such as `0.8720`, `-3` or `1.20e-3`.
  init?(_ text: String) {
    guard let value = Double(text), value.isFinite else { return nil }
    let parts = text.lowercased().split(separator: "e", omittingEmptySubsequences: false)
    let exponent = parts.count == 2 ? Int(parts[1]) ?? 0 : 0
    let decimals = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    let printed = decimals.count == 2 ? decimals[1].count : 0
    self.value = value
    // A hair more than half, so that the decimal's own rounding to binary does not matter.
    halfUnit = 0.5 * pow(10, Double(exponent - printed)) * (1 + 1e-9)
  }
}
