// SPDX-License-Identifier: Apache-2.0

import Experiments
import Foundation
import Vocabulary

/// The scale for a metric's statistics and intervals.
public enum MetricScale: Hashable, Sendable {
  /// Values as they are.
  case linear
  /// A share in [0, 1], whose intervals are cut at the ends and marked.
  case share
  /// A value that is never negative and has no upper end; charts cut its intervals at 0.
  case nonNegative
  /// Logarithms, transformed back: always for a perplexity, and for losses, errors and norms on a
  /// log axis.
  case logarithmic

  /// The scale of a metric in tables and sentences.
  ///
  /// Accuracies and similar metrics are shares. A perplexity is exp of the loss, so its statistics
  /// use the loss: means are geometric, and differences are ratios. Everything else is linear.
  public init(metric: String) {
    self.init(MetricFacts(metric: metric)?.scale)
  }

  /// The same of a metric whose scale is known; nil stands for a metric that is not.
  init(_ scale: MetricFacts.Scale?) {
    switch scale {
    case .share: self = .share
    case .exponential: self = .logarithmic
    case .ratio, .norm, .nonNegative, .atMostOne, nil: self = .linear
    }
  }

  /// A number as statistics use it; nil if it has no place on the scale.
  public func scaled(_ value: Double) -> Double? {
    guard self == .logarithmic else { return value.isFinite ? value : nil }
    return value > 0 && value.isFinite ? log(value) : nil
  }

  /// The number that statistics use as `scaled`; infinite if it is beyond a `Double`.
  public func value(_ scaled: Double) -> Double { self == .logarithmic ? exp(scaled) : scaled }

  /// The sign between the names of two cells whose difference is given: a minus sign, or a slash
  /// for a ratio.
  public var differenceSign: String { self == .logarithmic ? "/" : "−" }

  /// `difference`, or `ratio`.
  public var differenceWord: String { self == .logarithmic ? "ratio" : "difference" }

  /// `mean`, or `geometric mean`.
  public var meanWord: String { self == .logarithmic ? "geometric mean" : "mean" }
}
