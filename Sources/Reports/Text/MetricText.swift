// SPDX-License-Identifier: Apache-2.0

import Foundation

/// How numbers that are given by their natural logarithms are written, such as geometric means and ratios.
///
/// With the decimals of the interval where it is narrow; each with its own three digits where it is wide, or where a
/// number is beyond a `Double`.
struct LogarithmStyle: Hashable, Sendable {
  private let style: NumberStyle?

  /// Of numbers about as large as exp(`center`), known within exp(± `half`).
  init(center: Double, half: Double) {
    let isNarrow = half > 0 && half <= 0.5 && abs(center) < 600
    style =
      isNarrow
      ? NumberStyle(halfWidth: exp(center) * sinh(half), magnitude: exp(center)) : nil
  }

  /// The number whose logarithm is given.
  func text(_ logarithm: Double) -> String {
    style?.text(exp(logarithm)) ?? NumberText.short(exponentialOf: logarithm, digits: 3)
  }
}

extension NumberText {
  /// A factor by its logarithm, above 0: with two digits of what it differs from 1, `1.0056`, `1.14`; from 1.6 on three in
  /// all.
  static func factor(exponentialOf logarithm: Double) -> String {
    guard logarithm > 0, logarithm < 0.5 else { return short(exponentialOf: logarithm, digits: 3) }
    let factor = exp(logarithm)
    return fixed(factor, decimals: decimals(forHalfWidth: factor - 1) ?? 6)
  }

  /// exp of a number, also where that is beyond a `Double`: `5.12`, `1.97e434`.
  static func short(exponentialOf logarithm: Double, digits: Int) -> String {
    guard abs(logarithm) > 690, logarithm.isFinite else {
      return short(exp(logarithm), digits: digits)
    }
    let decimal = logarithm / log(10.0)
    var exponent = decimal.rounded(.down)
    var mantissa = short(pow(10, decimal - exponent), digits: digits)
    if mantissa == "10" { (mantissa, exponent) = ("1", exponent + 1) }
    return abs(exponent) < 1e15 ? "\(mantissa)e\(Int(exponent))" : logarithm > 0 ? "∞" : "0"
  }
}

extension Sample {
  /// How its mean is written.
  var style: NumberStyle { NumberStyle(halfWidth: halfWidth ?? 0, magnitude: mean) }

  /// Mean and interval as a table shows them, on the metric's scale.
  func text(_ scale: MetricScale, showsCount: Bool = true) -> String {
    MetricSample(self, scale).text(showsCount: showsCount)
  }
}

extension MetricSample {
  /// Mean and interval as a table shows them; the interval decides the decimals.
  ///
  /// `0.8720 ± 0.0023`; for one value `0.872 (n = 1)`; without spread `0.872 (all 5 equal)`. A cut
  /// interval gets `†`. On the logarithmic scale the interval is not symmetric:
  /// `105.1 [103.9, 106.3]`. If n is shown beside it, set `showsCount` to false.
  public func text(showsCount: Bool = true) -> String {
    guard count > 0 else { return "–" }
    guard let half = scaled.halfWidth else {
      return single(digits: 4) + (showsCount ? " (n = 1)" : "")
    }
    if half == 0 { return single(digits: 6) + " (all \(count) equal)" }
    if scale == .logarithmic {
      let (low, high) = (scaled.mean - half, scaled.mean + half)
      return "\(text(scaled.mean)) [\(text(low)), \(text(high))]"
    }
    let mark = interval?.isCut == true ? " †" : ""
    return text(scaled.mean) + " ± " + text(half) + mark
  }

  /// The mean alone, with the decimals that its interval would have.
  public var centerText: String {
    count < 2 || scaled.isConstant ? single(digits: 6) : text(scaled.mean)
  }

  /// A number on the scale with the decimals of the interval.
  func text(_ scaled: Double) -> String {
    let half = self.scaled.halfWidth ?? 0
    return scale == .logarithmic
      ? LogarithmStyle(center: self.scaled.mean, half: half).text(scaled)
      : self.scaled.style.text(scaled)
  }

  private func single(digits: Int) -> String {
    scale.text(scaled.mean, digits: digits)
  }
}

extension MetricScale {
  /// A number on the scale as it was measured.
  func text(_ scaled: Double, digits: Int = 6) -> String {
    self == .logarithmic
      ? NumberText.short(exponentialOf: scaled, digits: digits)
      : NumberText.short(scaled, digits: digits)
  }
}

/// The difference of two cells in words and numbers: a ratio on the logarithmic scale.
struct DifferenceText {
  let difference: Difference
  let level: Double
  let scale: MetricScale

  init(_ difference: Difference, level: Double, _ scale: MetricScale) {
    self.difference = difference
    self.level = level
    self.scale = scale
  }

  /// `0.0044`, or `1.04` for a ratio.
  var mean: String { text(difference.mean) }

  /// The lower end of the interval.
  var low: String { text(difference.mean - half) }

  /// The upper end of the interval.
  var high: String { text(difference.mean + half) }

  /// `0.0007 … 0.0081`.
  var range: String { "\(low) … \(high)" }

  /// `0.0044, 95 % interval [0.0007, 0.0081]`; without spread `0.0044 at every seed`.
  var withInterval: String {
    isAtEverySeed ? atEverySeed : "\(mean), \(levelText) interval [\(low), \(high)]"
  }

  /// Whether `withInterval` has an interval.
  var hasInterval: Bool { !isAtEverySeed }

  /// `0.0044`; without spread `0.0044 at every seed`.
  var withoutInterval: String { isAtEverySeed ? atEverySeed : mean }

  private var half: Double { difference.halfWidth(level: level) }

  /// `97 %`, the confidence of the interval.
  var levelText: String { NumberText.percent(1 - level) }

  private var isAtEverySeed: Bool {
    half == 0 || (difference.mean == 0 && !difference.hasSpread)
  }

  private var atEverySeed: String { scale.text(difference.mean) + " at every seed" }

  private func text(_ value: Double) -> String { text(value, half: shownHalf) }

  private func text(_ value: Double, half: Double) -> String {
    scale == .logarithmic
      ? LogarithmStyle(center: difference.mean, half: half).text(value)
      : NumberStyle(halfWidth: half, magnitude: difference.mean).text(value)
  }

  /// The half-width that sets the decimals: as many as show on which side of none each end lies, for that decides.
  private var shownHalf: Double {
    let ends = [difference.mean - half, difference.mean + half].filter { $0 != 0 }
    let finer = [1, 0.1, 0.01, 0.001].map { half * $0 }
    return finer.first { finer in
      ends.allSatisfy { text($0, half: finer) != text(0, half: finer) }
    } ?? half
  }
}
