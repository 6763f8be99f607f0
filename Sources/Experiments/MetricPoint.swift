// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// One point of a metric's curve.
public struct MetricPoint: Hashable, Codable, Sendable {
  /// The dotted name.
  public var name: String
  /// Optimizer updates done so far.
  public var step: Int
  /// Epochs done so far: whole at an epoch's end, with a fraction for points inside one.
  public var epoch: Double
  /// The value; nil stands for "not a finite number".
  public var value: Double?

  /// A point; a value that is not finite becomes nil.
  public init(name: String, step: Int, epoch: Double, value: Double?) {
    self.name = name
    self.step = step
    self.epoch = epoch
    self.value = value.flatMap { $0.isFinite ? $0 : nil }
  }
}

/// What a metric came to in one run.
public struct MetricSummary: Hashable, Codable, Sendable {
  /// At the last epoch; nil if not finite.
  public var last: Double?
  /// The best over epochs, by the metric's goal.
  public var best: Double?
  /// The epoch of `best`, from 1.
  public var bestEpoch: Int?

  /// A summary.
  public init(last: Double?, best: Double?, bestEpoch: Int?) {
    self.last = last
    self.best = best
    self.bestEpoch = bestEpoch
  }

  private enum CodingKeys: String, CodingKey {
    case last
    case best
    case bestEpoch = "best_epoch"
  }
}
