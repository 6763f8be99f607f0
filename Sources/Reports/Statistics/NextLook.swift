// SPDX-License-Identifier: Apache-2.0

public import Experiments
import Vocabulary

/// What the next look would show.
public struct NextLook: Hashable, Sendable {
  /// The number of seeds that it takes.
  public var seeds: Int
  /// The difference that it shows with 80 % power, for the lower and the upper end of the possible
  /// spread.
  public var difference: ClosedRange<Double>

  /// The next look of a comparison; nil if its differences have no spread, or if no look is left.
  ///
  /// D = (t(1 − α/2, n′ − 1) + t(0.8, n′ − 1))·s/√n′ (Snedecor & Cochran 1989, §6.14), with n′
  /// seeds at the level α of that look. The deviation s is itself estimated from few seeds: (n −
  /// 1)·s²/σ² is χ² with n − 1 degrees of freedom. So σ lies between s·√((n − 1)/χ²) at the 90 %
  /// and at the 10 % point of χ² with a probability of 80 %.
  public init?(_ difference: Difference, _ schedule: LookSchedule) {
    let count = difference.seedCount
    guard count >= 2, difference.hasSpread, let look = schedule.upcoming(seeds: count) else {
      return nil
    }
    let spread = SampleSize.deviationRange(
      difference.deviationPerSeed,
      degreesOfFreedom: difference.degreesOfFreedom
    )
    func shown(_ deviation: Double) -> Double {
      SampleSize.separableDifference(
        seeds: look.seeds,
        deviation: deviation,
        level: look.level
      ) ?? .infinity
    }
    seeds = look.seeds
    self.difference = shown(spread.lowerBound)...shown(spread.upperBound)
  }
}
