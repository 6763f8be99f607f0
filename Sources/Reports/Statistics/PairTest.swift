// SPDX-License-Identifier: Apache-2.0

public import Experiments
import Vocabulary

/// The difference of two cells at the current look.
public struct PairTest: Hashable, Sendable {
  /// Left minus right over the seeds of the look; before the first look, over all seeds.
  public var difference: Difference
  /// The latest complete look; nil before the first.
  public var look: Look?
  /// The schedule of looks at the two.
  public var schedule: LookSchedule

  /// Tests `left` against `right`; nil if there are too few seeds for any test.
  ///
  /// If `schedule` is nil, the seeds that exist count as those of the first plan.
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

  /// The level of the current look; before the first look, the level of the first.
  public var level: Double { (look ?? schedule.first).level }

  /// Whether any claim is allowed: a look is complete, with three seeds or more.
  public var allowsClaim: Bool { look != nil && difference.allowsClaim }

  /// Whether the two are separated, at the level of the look.
  public var isSeparated: Bool { allowsClaim && difference.p <= level }

  /// The interval beside a claim, at the level of the look.
  public var interval: Interval {
    let half = difference.halfWidth(level: level)
    return Interval(low: difference.mean - half, high: difference.mean + half)
  }
}
