// SPDX-License-Identifier: Apache-2.0

import Foundation

/// How values are placed along an axis.
public enum Scale: Hashable, Sendable {
  /// Equal differences are equal distances.
  case linear
  /// Equal ratios are equal distances; zero and negative values have no place.
  case log

  /// Whether a value has a place.
  func hasPlace(for value: Double) -> Bool {
    value.isFinite && (self == .linear || value > 0)
  }

  /// A monotone function in which the axis is linear; `value` must have a place.
  func mapped(_ value: Double) -> Double { self == .linear ? value : log10(value) }

  /// The inverse of `mapped`.
  func unmapped(_ number: Double) -> Double { self == .linear ? number : pow(10, number) }
}

/// The part of a scale that a chart shows.
struct AxisRange: Hashable, Sendable {
  let scale: Scale
  /// Smallest value shown.
  let low: Double
  /// Largest value shown, larger than `low`.
  let high: Double

  init(scale: Scale, low: Double, high: Double) {
    precondition(low < high && scale.hasPlace(for: low), "an axis from \(low) to \(high)")
    self.scale = scale
    self.low = low
    self.high = high
  }

  /// The range that shows all `values` that have a place, with a margin on both sides that is a
  /// share of the range.
  ///
  /// A single value is in the middle. Without any value the range is 0 … 1 (on a log axis 0.1 … 1).
  /// Beyond an end of `limits` there is no more than the margin.
  init(
    showing values: some Sequence<Double>,
    scale: Scale,
    margin: Double,
    limits: ClosedRange<Double>? = nil
  ) {
    let placed = values.filter { scale.hasPlace(for: $0) }
    guard let smallest = placed.min(), let greatest = placed.max() else {
      self = AxisRange(scale: scale, low: scale == .log ? 0.1 : 0, high: 1)
      return
    }
    let (least, most) = (scale.mapped(smallest), scale.mapped(greatest))
    let largest = max(abs(least), abs(most))
    // Halves, for the span of the largest numbers is no number.
    let halfSpan = most / 2 - least / 2
    let isSingle = halfSpan <= largest * 1e-9
    let single = scale == .log ? 0.5 : (largest == 0 ? 1 : max(1e-300, largest * 0.05))
    let extra = isSingle ? single : 2 * min(halfSpan, 1e300) * margin
    let limit = scale == .log ? -323...308.0 : -1.7e308...1.7e308
    // Rounding and limits must not push a value out.
    let low = min(smallest, scale.unmapped(max(limit.lowerBound, least - extra)))
    let high = max(greatest, scale.unmapped(min(limit.upperBound, most + extra)))
    guard let limits, scale == .linear, limits.lowerBound <= smallest,
      limits.upperBound >= greatest
    else {
      self.init(scale: scale, low: low, high: high)
      return
    }
    let ends = (max(low, limits.lowerBound), min(high, limits.upperBound))
    let beyond = 2 * min(ends.1 / 2 - ends.0 / 2, 1e300) * margin
    self.init(scale: scale, low: max(low, ends.0 - beyond), high: min(high, ends.1 + beyond))
  }

  /// 0 at `low`, 1 at `high`; `value` must have a place.
  func fraction(_ value: Double) -> Double {
    let (start, end) = (scale.mapped(low) / 2, scale.mapped(high) / 2)
    return (scale.mapped(value) / 2 - start) / (end - start)
  }

  /// Whether a value can be drawn.
  func contains(_ value: Double) -> Bool {
    scale.hasPlace(for: value) && low <= value && value <= high
  }
}
