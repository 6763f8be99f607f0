// SPDX-License-Identifier: Apache-2.0

public import Experiments

/// What a look to come would show.
public struct NextLook: Hashable, Sendable {
  /// Seeds that it takes.
  public var seeds: Int
  /// The difference that it shows with 80 % power: from the lower to the upper end of what the spread may be.
  public var difference: ClosedRange<Double>

  /// Of a comparison whose differences have spread so far as `difference` says; nil if they have not, or no look is left.
  ///
  /// D = (t(1 − α/2, n′ − 1) + t(0.8, n′ − 1))·s/√n′ (Snedecor & Cochran 1989, §6.14), n′ seeds at the level α of that
  /// look. The deviation s comes from few seeds itself: (n − 1)·s²/σ² is χ² with n − 1 degrees of freedom, so σ lies
  /// between s·√((n − 1)/χ²) at its 90 and its 10 % point with probability 80 %.
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
