// SPDX-License-Identifier: Apache-2.0

public import Experiments

/// One number per seed of a metric, on the scale on which its statistics are done.
public struct MetricSample: Hashable, Sendable {
  /// The scale.
  public let scale: MetricScale
  /// The numbers on it, in seed order: logarithms on the logarithmic scale.
  public let scaled: Sample

  /// Of numbers that are on `scale` already.
  public init(scaled: Sample, _ scale: MetricScale) {
    self.scaled = scaled
    self.scale = scale
  }

  /// Of numbers as they were measured; those that have no logarithm are taken as they are.
  public init(_ sample: Sample, _ scale: MetricScale = .linear) {
    let scaled = sample.values.compactMap(scale.scaled)
    let fits = scaled.count == sample.count
    self.init(
      scaled: fits ? Sample(scaled) : sample,
      fits || scale != .logarithmic ? scale : .linear
    )
  }

  /// The last values of a metric over the complete ones of some runs.
  public init(_ metric: String, of runs: [RunRecord]) {
    self = MetricReader.last.sample(metric, of: runs)
  }

  /// How many there are.
  public var count: Int { scaled.count }

  /// The mean; on the logarithmic scale the geometric one, infinite beyond a `Double`.
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
