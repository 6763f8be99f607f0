// SPDX-License-Identifier: Apache-2.0

import Experiments
import Vocabulary

/// What an axis shows where a few lines would flatten all others: one network that diverges reaches 10¹² where the others
/// end at 0.3.
enum SaneRange {
  /// A curve that ever goes beyond this many times what a quarter of all curves never leave is cut at the edge: those
  /// that learn begin with about the same number, whatever they end with.
  static let curveFactor = 1000.0
  /// The same for single numbers and for norms, of which good ones may differ by far.
  static let valueFactor = 1e6

  /// The limits of the axis for curves over epochs, given in groups of one metric each; nil where all is to be shown.
  ///
  /// The axis ends with the largest curve that is not cut. Of metrics that may only fall without limit it counts how far
  /// they are from 1.
  static func limits(_ metric: String, curves: [[[Double]]]) -> ClosedRange<Double>? {
    let isNorm = MetricFacts(metric: metric)?.scale == .norm
    return limits(metric, curves, factor: isNorm ? valueFactor : curveFactor)
  }

  /// The same for single numbers.
  static func limits(_ metric: String, values: [Double]) -> ClosedRange<Double>? {
    limits(metric, [values.map { [$0] }], factor: valueFactor)
  }

  /// Beyond these an axis has nothing to show, whatever was measured: a share lies between 0 and 1.
  static func bounds(_ metric: String) -> ClosedRange<Double>? {
    // A mean of ones may miss 1 by a rounding.
    MetricFacts(metric: metric)?.scale == .share ? -1e-12...(1 + 1e-12) : nil
  }

  private static func limits(
    _ metric: String,
    _ groups: [[[Double]]],
    factor: Double
  ) -> ClosedRange<Double>? {
    let falls: Bool
    switch MetricFacts(metric: metric)?.scale {
    case .atMostOne: falls = true
    case .ratio, .norm, .exponential: falls = false
    case .share, .nonNegative, nil: return nil
    }
    var limit: Double?
    var isCut = false
    for group in groups {
      let sizes = group.compactMap { line in
        line.filter(\.isFinite).map { falls ? 1 - $0 : $0 }.max()
      }.sorted()
      guard let largest = sizes.last else { continue }
      let usual = sizes[(sizes.count - 1) / 4]
      let kept = usual > 0 ? sizes.last { $0 / factor <= usual } ?? largest : largest
      isCut = isCut || kept < largest
      limit = max(limit ?? kept, kept)
    }
    guard isCut, let limit else { return nil }
    return falls ? (1 - limit)...Double.infinity : -Double.infinity...limit
  }
}

/// The last word of a metric's name that is no index: `rmse` of `val.rmse`, `gradient_norm` of `train.gradient_norm.0`.
func metricQuantity(_ metric: String) -> String {
  metric.split(separator: ".").dropFirst().first.map(String.init) ?? metric
}
