// SPDX-License-Identifier: Apache-2.0

internal import Experiments
internal import Vocabulary

/// Refuses published numbers that a metric can never have, such as an accuracy of 87.2.
struct MetricRangeCheck {
  let metric: MetricName
  let findings: Findings

  /// Nil for a name that is no metric's; that is told where the name is read.
  init?(_ metric: String, _ findings: Findings) {
    guard let metric = MetricName(metric) else { return nil }
    self.metric = metric
    self.findings = findings
  }

  /// Whether the metric can have `value`; reports it at `node` where it cannot.
  @discardableResult
  func accepts(_ value: Double, label: String, at node: SourceNode) -> Bool {
    guard !metric.range.contains(value) else { return true }
    findings.report(.outsideMetric(label, metric, value), at: node)
    return false
  }

  /// Whether so large a difference can be between two values of the metric.
  func accepts(margin: Double, label: String, at node: SourceNode) {
    guard metric.isShare, margin > 1 else { return }
    findings.report(.marginOutsideMetric(label, metric, margin), at: node)
  }
}

extension Mistake {
  static func outsideMetric(_ label: String, _ metric: MetricName, _ value: Double) -> Mistake {
    let range = metric.range
    let words =
      metric.isShare
      ? "between 0 and 1"
      : range.maximum == 1 ? "at most 1" : "at least \(number(range.minimum))"
    return Mistake(
      "`\(label)` is \(number(value)), but `\(metric)` is always \(words)",
      hints: metric.isShare ? percentHints(value) : []
    )
  }

  static func marginOutsideMetric(
    _ label: String,
    _ metric: MetricName,
    _ margin: Double
  ) -> Mistake {
    Mistake(
      "`\(label)` is \(number(margin)), but `\(metric)` is always between 0 and 1",
      hints: percentHints(margin)
    )
  }

  /// A number of per cent is a hundredth as a share.
  private static func percentHints(_ value: Double) -> [String] {
    guard value > 1, value <= 100 else { return [] }
    let share = number(roundedToSixDigits(value / 100))
    return ["shares count from 0 to 1, not in per cent: write `\(share)`"]
  }
}
