// SPDX-License-Identifier: Apache-2.0

import Experiments

/// What an axis shows where a few lines would flatten all others: one network that diverges reaches 10¹² where the others
/// end at 0.3.
enum SaneRange {
  /// A line that ends beyond this many times what a quarter of all lines stay below is cut at the edge …
  static let factor = 1000.0
  /// … and so is one that ever goes beyond this many times: training that starts high and ends well is shown whole.
  static let largestFactor = 1e6

  /// The limits of the axis of a metric, given the values of each line; nil where everything is to be shown.
  ///
  /// Of metrics that may only fall without limit it counts how far they are from 1. The axis ends with the largest line
  /// that is not cut.
  static func limits(_ metric: String, lines: [[Double]]) -> ClosedRange<Double>? {
    let quantity = metricQuantity(metric)
    let falls = quantity == "r2"
    guard falls || isLoss(metric) || spreadQuantities.contains(quantity) else { return nil }
    let sizes = lines.compactMap { line -> (last: Double, most: Double)? in
      let finite = line.filter(\.isFinite).map { falls ? 1 - $0 : $0 }
      return finite.last.flatMap { last in finite.max().map { (last, $0) } }
    }
    guard sizes.count > 1 else { return nil }
    func usual(_ values: [Double]) -> Double { values.sorted()[(values.count - 1) / 4] }
    let (last, most) = (usual(sizes.map(\.last)), usual(sizes.map(\.most)))
    guard last > 0, most > 0 else { return nil }
    let kept = sizes.filter { $0.last / factor <= last && $0.most / largestFactor <= most }
    guard kept.count < sizes.count, let limit = kept.map(\.most).max() else { return nil }
    return falls ? (1 - limit)...Double.infinity : -Double.infinity...limit
  }
}

/// The last word of a metric's name that is no index: `rmse` of `val.rmse`, `gradient_norm` of `train.gradient_norm.0`.
func metricQuantity(_ metric: String) -> String {
  metric.split(separator: ".").dropFirst().first.map(String.init) ?? metric
}

/// Positive quantities without an upper end, whose ratios mean something.
let spreadQuantities: Set<String> = [
  "perplexity", "rmse", "mae", "gradient_norm", "weight_norm",
]
