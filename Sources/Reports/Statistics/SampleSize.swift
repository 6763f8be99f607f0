// SPDX-License-Identifier: Apache-2.0

public import Experiments
import Vocabulary

/// How large a difference is that a number of seeds can show.
///
/// Solves (t(1 − α/2, n − 1) + t(0.8, n − 1)) · s / √n = d. A paired t test at level α finds a true
/// difference d with a probability of about 80 % (Snedecor & Cochran 1989, §6.14). s is the
/// standard deviation of one seed's difference. A simulation checks this approximation of the
/// noncentral t by a shifted central one.
public enum SampleSize {
  /// The smallest true difference that `seeds` seeds show; nil below three seeds, where nothing is
  /// claimed.
  ///
  /// With `deviation` 1 the unit is the standard deviation of one seed's difference, which a plan
  /// can use before anything has run. For unpaired noise of equal cells, that is √2 times a cell's
  /// own standard deviation.
  public static func separableDifference(
    seeds: Int,
    deviation: Double,
    level: Double = LookSchedule.level
  ) -> Double? {
    guard seeds >= 3 else { return nil }
    let distribution = StudentT(degreesOfFreedom: Double(seeds - 1))
    let factor = distribution.quantile(1 - level / 2) + distribution.quantile(0.8)
    return factor * deviation / Double(seeds).squareRoot()
  }

  /// The first look of a schedule at which a true difference shows with a power of 80 %; nil beyond
  /// `limit` seeds, or if there is no such look.
  public static func look(
    showing difference: Double,
    deviation: Double,
    schedule: LookSchedule,
    limit: Int
  ) -> Look? {
    var look: Look? = schedule.first
    while let found = look, found.seeds <= limit {
      if shows(difference, deviation: deviation, at: found) { return found }
      look = schedule.next(after: found)
    }
    return nil
  }

  /// The smallest first look of a new comparison at which a true difference shows with a power of 80 %.
  public static func firstLook(
    showing difference: Double,
    deviation: Double,
    isSingle: Bool = false,
    limit: Int
  ) -> Look? {
    (3...limit).lazy.map { LookSchedule(firstPlanned: $0, isSingle: isSingle).first }
      .first { shows(difference, deviation: deviation, at: $0) }
  }

  private static func shows(_ difference: Double, deviation: Double, at look: Look) -> Bool {
    let least = separableDifference(seeds: look.seeds, deviation: deviation, level: look.level)
    return least.map { $0 <= difference } ?? false
  }

  /// The range in which the true deviation lies with a probability of 80 %, given one that was
  /// computed from normal numbers.
  ///
  /// ν·s²/σ² is χ² with ν degrees of freedom, so the ends are s·√(ν/χ²) at the 90 % and at the 10 %
  /// point of χ².
  public static func deviationRange(
    _ deviation: Double,
    degreesOfFreedom: Double
  ) -> ClosedRange<Double> {
    let distribution = ChiSquared(degreesOfFreedom: degreesOfFreedom)
    func end(_ probability: Double) -> Double {
      deviation * (degreesOfFreedom / distribution.quantile(probability)).squareRoot()
    }
    return end(0.9)...max(end(0.9), end(0.1))
  }

  /// `the first look`, or `look 2 with 5 seeds` where there are more.
  private static func name(_ look: Look, of schedule: LookSchedule, seeds: Int) -> String {
    let name =
      schedule.isSingle
      ? "the only look" : look.number == 1 ? "the first look" : "look \(look.number)"
    return look.seeds == seeds ? name : "\(name) with \(look.seeds) seeds"
  }

  /// Which difference a plan with so many seeds per cell can show, as a sentence.
  ///
  /// `deviation` is that of a cell's seeds in earlier runs on `metric`, if there are any.
  /// `schedule` is that of the cells if a stored plan holds them. Both are on the metric's scale:
  /// for a perplexity the deviation is that of logarithms, and the difference is a ratio. Pairing
  /// is assumed not to help, so the deviation of a difference is √2 times that of a cell.
  public static func planSentence(
    seeds: Int,
    metric: String,
    deviation: Double? = nil,
    isSingleLook: Bool = false,
    schedule stored: LookSchedule? = nil
  ) -> String {
    let schedule = stored ?? LookSchedule(firstPlanned: seeds, isSingle: isSingleLook)
    if stored != nil, seeds >= 3, schedule.latest(seeds: seeds) == nil {
      return "\(seeds) seeds per cell: no difference can be claimed, because these cells are first "
        + "compared at \(schedule.firstCount) seeds"
    }
    let look = schedule.latest(seeds: seeds) ?? schedule.first
    guard
      seeds >= 3,
      let factor = separableDifference(
        seeds: look.seeds,
        deviation: 2.0.squareRoot(),
        level: look.level
      )
    else {
      return "\(seeds == 1 ? "one seed" : "two seeds") per cell: no difference can be claimed, "
        + "which takes `repeat: 3` or more"
    }
    let spread = NumberText.short(factor, digits: 2)
    let isRatio = MetricScale(metric: metric) == .logarithmic
    let known = deviation.map { deviation in
      let difference = factor * deviation
      let text =
        isRatio
        ? "a factor of about \(NumberText.factor(exponentialOf: difference))"
        : "about \(NumberText.short(difference, digits: 2))"
      return "\(text) in `\(metric)`, judging by earlier runs"
    }
    let unit = spread == "1" ? "standard deviation" : "standard deviations"
    return "\(seeds) seeds per cell separate two cells that differ by "
      + (known ?? "about \(spread) \(unit) of `\(metric)` over seeds")
      + " (paired t at \(NumberText.short(100 * look.level, digits: 2)) %, the level of \(name(look, of: schedule, seeds: seeds)), 80 % power)"
  }
}
