// SPDX-License-Identifier: Apache-2.0

public import Experiments
import Vocabulary

/// One number per seed of a metric, on the scale for its statistics.
public struct MetricSample: Hashable, Sendable {
  /// The scale.
  public let scale: MetricScale
  /// The numbers on it, in seed order: logarithms on the logarithmic scale.
  public let scaled: Sample

  /// A sample of numbers that are already on `scale`.
  public init(scaled: Sample, _ scale: MetricScale) {
    self.scaled = scaled
    self.scale = scale
  }

  /// A sample of numbers as they were measured; numbers without a logarithm are taken as they are.
  public init(_ sample: Sample, _ scale: MetricScale = .linear) {
    let scaled = sample.values.compactMap(scale.scaled)
    let fits = scaled.count == sample.count
    self.init(
      scaled: fits ? Sample(scaled) : sample,
      fits || scale != .logarithmic ? scale : .linear
    )
  }

  /// The last values of a metric in the completed ones of some runs.
  public init(_ metric: String, of runs: [RunRecord]) {
    self = MetricReader.last.sample(metric, of: runs)
  }

  /// How many numbers there are.
  public var count: Int { scaled.count }

  /// The mean; on the logarithmic scale it is the geometric mean, which is infinite beyond a
  /// `Double`.
  public var mean: Double { scale.value(scaled.mean) }

  /// Whether there are at least two values and no spread.
  public var isConstant: Bool { scaled.isConstant }

  /// The 95 % interval of the mean; nil below two values.
  public var interval: Interval? {
    guard scale == .logarithmic else { return scaled.interval(scale) }
    return scaled.interval().map {
      Interval(low: scale.value($0.low), high: scale.value($0.high))
    }
  }
}
