// SPDX-License-Identifier: Apache-2.0

public import Experiments

/// The difference of two cells at the present look.
public struct PairTest: Hashable, Sendable {
  /// Left minus right, over the seeds of the look; over all of them before the first.
  public var difference: Difference
  /// The look that is complete; nil before the first.
  public var look: Look?
  /// When the two are looked at.
  public var schedule: LookSchedule

  /// Tests `left` against `right`; nil if there are too few seeds for any test.
  ///
  /// `schedule` nil takes what seeds there are for those of the first plan.
  public init?(
    _ left: SeededValues,
    _ right: SeededValues,
    seedsAreShared: Bool = true,
    resolution: Double = 0,
    schedule: LookSchedule? = nil
  ) {
    func test(_ seeds: Int?) -> Difference? {
      Difference(
        left,
        right,
        seedsAreShared: seedsAreShared,
        resolution: resolution,
        seeds: seeds
      )
    }
    guard let all = test(nil) else { return nil }
    self.schedule = schedule ?? LookSchedule(firstPlanned: all.seedCount)
    let reached = self.schedule.latest(seeds: all.seedCount)
    let looked = reached.flatMap { $0.seeds == all.seedCount ? all : test($0.seeds) }
    difference = looked ?? all
    look = looked == nil ? nil : reached
  }

  /// The level of the present look, that of the first one before it.
  public var level: Double { (look ?? schedule.first).level }

  /// Whether a claim is allowed at all: a look is complete, and of three seeds or more.
  public var allowsClaim: Bool { look != nil && difference.allowsClaim }

  /// Whether the two are separated, at the level of the look.
  public var isSeparated: Bool { allowsClaim && difference.p <= level }

  /// The interval that belongs to a claim: at the level of the look.
  public var interval: Interval {
    let half = difference.halfWidth(level: level)
    return Interval(low: difference.mean - half, high: difference.mean + half)
  }
}
