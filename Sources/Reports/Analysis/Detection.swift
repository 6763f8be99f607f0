// SPDX-License-Identifier: Apache-2.0

import Diagnostics
public import Experiments
import Vocabulary

/// How many seeds show a given difference, as `runexp plan --detect` says.
public struct Detection: Sendable {
  /// The metric.
  public let metric: String
  /// The difference as the user gave it; for perplexities it is a ratio.
  public let difference: Double
  /// How much one seed's difference varies; nil if nothing is stored.
  public let spread: SeedSpread?
  /// The look at which the difference shows with 80 % power; nil if nothing is stored, or if it
  /// takes too many seeds.
  public let look: Look?
  /// The fewest seeds with which a new comparison shows it at its first look.
  ///
  /// It is nil in the cases of `look`, and if the cells have been planned together before.
  public let fresh: Look?
  private let schedule: LookSchedule
  private let isSameCells: Bool

  /// The largest number of seeds; no plan needs more.
  public static let limit = 1000

  /// For a difference that `refusal` does not refuse.
  ///
  /// `spread` is that of stored runs; `isSameCells` says whether they are runs of the plan's own
  /// cells. `schedule` is the schedule of looks at the cells. `isNew` is true if no stored plan
  /// holds two of the cells, so that another `repeat` may begin.
  public init(
    _ difference: Double,
    of metric: String,
    spread: SeedSpread?,
    isSameCells: Bool,
    schedule: LookSchedule,
    isNew: Bool
  ) {
    self.metric = metric
    self.difference = difference
    self.spread = spread
    self.isSameCells = isSameCells
    self.schedule = schedule
    let scale = MetricScale(metric: metric)
    let wanted = scale.scaled(difference) ?? difference
    let deviation = spread?.upperDeviation
    look = deviation.flatMap {
      SampleSize.look(showing: wanted, deviation: $0, schedule: schedule, limit: Self.limit)
    }
    fresh =
      isNew
      ? deviation.flatMap {
        SampleSize.firstLook(
          showing: wanted,
          deviation: $0,
          isSingle: schedule.isSingle,
          limit: Self.limit
        )
      } : nil
  }

  /// Why a number is no possible difference of a metric, as a sentence without a full stop; nil if
  /// it is possible.
  public static func refusal(_ difference: Double, of metric: String) -> String? {
    let got = NumberText.short(difference, digits: 6)
    let name = MetricName(metric)
    if MetricScale(metric: metric) == .logarithmic {
      return difference > 1 && difference.isFinite
        ? nil
        : "--detect takes the ratio of two perplexities for `\(metric)`, a number above 1 such as 1.02; got \(got)"
    }
    guard difference > 0, difference.isFinite else {
      return "--detect takes a difference above 0 such as 0.01, got \(got)"
    }
    if name?.isShare == true, difference >= 1 {
      return
        "--detect takes a difference below 1 for `\(metric)`, which is a share from 0 to 1; got \(got)"
        + (difference < 100 ? " (\(got) per cent is \(NumberText.short(difference / 100)))" : "")
    }
    return nil
  }

  // MARK: - Words

  /// What the difference takes, as sentences.
  public var sentences: [String] {
    guard let spread else {
      return [
        "How many seeds show \(differenceText) is not known: no stored run tells how much `\(metric)` varies "
          + "from seed to seed.",
        "Train three seeds first, with `repeat: 3`, and ask again.",
      ]
    }
    return [seedsSentence, freshSentence].compactMap(\.self) + spreadSentences(spread)
  }

  private var differenceText: String {
    MetricScale(metric: metric) == .logarithmic
      ? "a ratio of \(NumberText.short(difference)) in `\(metric)`"
      : "a difference of \(NumberText.short(difference)) in `\(metric)`"
  }

  private var seedsSentence: String {
    guard let look else {
      let way =
        schedule.isSingle
        ? "With one look at \(schedule.firstCount) seeds, \(differenceText) does not show with 80 % power."
        : "To show \(differenceText) with 80 % power takes more than \(grouped(Self.limit)) seeds per cell."
      return way
    }
    let text = differenceText.prefix(1).uppercased() + differenceText.dropFirst()
    let place =
      schedule.isSingle
      ? "the only look" : look.number == 1 ? "the first look" : "look \(look.number)"
    return "\(text) shows with 80 % power at `repeat: \(look.seeds)`, \(place) at these cells "
      + "(level \(NumberText.short(look.level, digits: 2)))."
  }

  private var freshSentence: String? {
    guard let fresh, fresh.seeds != look?.seeds else { return nil }
    return "A plan that begins with `repeat: \(fresh.seeds)` shows it at its first look "
      + "(level \(NumberText.short(fresh.level, digits: 2)))."
  }

  private func spreadSentences(_ spread: SeedSpread) -> [String] {
    let place = isSameCells ? "of these cells" : "of other cells of this experiment"
    let seen =
      "In \(counted(spread.runs, "stored run")) \(place) the difference of two cells varies from seed to seed by "
      + "\(deviationText(spread.deviation))."
    return [
      seen,
      "The true value may be larger, so \(deviationText(spread.upperDeviation)) is counted with "
        + "(exceeded in 10 % of cases).",
    ]
  }

  private func deviationText(_ deviation: Double) -> String {
    MetricScale(metric: metric) == .logarithmic
      ? "a factor of \(NumberText.factor(exponentialOf: deviation))"
      : "a standard deviation of \(NumberText.short(deviation, digits: 2))"
  }
}
