// SPDX-License-Identifier: Apache-2.0

import Experiments
import Vocabulary

/// How much the difference of two cells varies from seed to seed, pooled over the available cells.
public struct SeedSpread: Hashable, Sendable {
  /// The standard deviation of one seed's difference, on the metric's scale.
  public var deviation: Double
  /// Degrees of freedom behind it.
  public var degreesOfFreedom: Double
  /// The number of cells from which it comes.
  public var cells: Int
  /// The number of values of those cells.
  public var runs: Int

  /// The spread of cells with two seeds or more each; nil if there is none.
  ///
  /// If all cells have the same seeds, an effect of a seed on all cells alike is in no difference.
  /// So the deviation is √2 times the root of the residual mean square of cells × seeds, with (k −
  /// 1)(n − 1) degrees of freedom. That is the mean over all pairs of the variance of their
  /// differences. Otherwise it is √2 times the pooled deviation inside the cells. It is at least
  /// r/√6, which is what rounding to steps of `resolution` causes.
  public init?(_ given: [SeededValues], resolution: Double = 0) {
    let cells = given.filter { $0.count >= 2 }
    guard let first = cells.first else { return nil }
    let seeds = first.keys.sorted()
    let isCrossed = cells.count >= 2 && cells.allSatisfy { $0.keys.sorted() == seeds }
    let rows = cells.map(\.sortedBySeed)
    let pooled = isCrossed ? Self.residual(rows) : Self.within(rows)
    deviation = max((2 * pooled.variance).squareRoot(), resolution / 6.0.squareRoot())
    degreesOfFreedom = pooled.degreesOfFreedom
    self.cells = cells.count
    runs = cells.reduce(0) { $0 + $1.count }
    guard deviation.isFinite else { return nil }
  }

  private typealias Variance = (variance: Double, degreesOfFreedom: Double)

  private static func residual(_ rows: [[Double]]) -> Variance {
    let (cells, count) = (Double(rows.count), rows[0].count)
    let means = rows.map { Sample($0).mean }
    let center = Sample(means).mean
    let seedMeans = (0..<count).map { seed in rows.reduce(0) { $0 + $1[seed] / cells } }
    var squares = 0.0
    for (row, mean) in zip(rows, means) {
      for (value, seedMean) in zip(row, seedMeans) {
        let residual = value - mean - seedMean + center
        squares += residual * residual
      }
    }
    let degrees = (cells - 1) * Double(count - 1)
    return (squares / degrees, degrees)
  }

  private static func within(_ rows: [[Double]]) -> Variance {
    var (squares, degrees) = (0.0, 0.0)
    for row in rows {
      guard let deviation = Sample(row).standardDeviation else { continue }
      squares += deviation * deviation * Double(row.count - 1)
      degrees += Double(row.count - 1)
    }
    return (squares / degrees, degrees)
  }

  /// The upper end of the true deviation, which is exceeded with a probability of 10 %.
  public var upperDeviation: Double {
    SampleSize.deviationRange(deviation, degreesOfFreedom: degreesOfFreedom).upperBound
  }
}
