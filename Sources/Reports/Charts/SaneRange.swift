// SPDX-License-Identifier: Apache-2.0

import Experiments

/// What an axis shows where a few lines would flatten all others: one network that diverges reaches 10¹² where the others
/// end at 0.3.
enum SaneRange {
  /// A line that goes beyond this many times what a quarter of all lines stay below is cut at the edge.
  static let factor = 1000.0

  /// The limits of the axis of a metric, given the values of each line; nil where everything is to be shown.
  ///
  /// The largest value of each line counts, of metrics that may only fall without limit how far it is from 1. The axis
  /// then ends with the largest line that is not cut.
  static func limits(_ metric: String, lines: [[Double]]) -> ClosedRange<Double>? {
    let quantity = metricQuantity(metric)
    let falls = quantity == "r2"
    guard falls || isLoss(metric) || spreadQuantities.contains(quantity) else { return nil }
    let sizes = lines.compactMap { line in
      line.filter(\.isFinite).map { falls ? 1 - $0 : $0 }.max()
    }.sorted()
    guard let largest = sizes.last, sizes.count > 1 else { return nil }
    let usual = sizes[(sizes.count - 1) / 4]
    guard usual > 0, largest / factor > usual,
      let most = sizes.last(where: { $0 / factor <= usual })
    else { return nil }
    return falls ? (1 - most)...Double.infinity : -Double.infinity...most
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
