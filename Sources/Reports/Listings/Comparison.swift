// SPDX-License-Identifier: Apache-2.0

import Diagnostics
public import Experiments

/// Two cells, or two runs, held against each other on one metric: what `runexp compare` shows.
public struct Comparison: Sendable {
  /// One side.
  public struct Side: Sendable {
    /// What it is called.
    public var label: String
    /// Its runs.
    public var runs: [RunRecord]
    /// The metric of every completed run, by seed.
    public var values: SeededValues

    /// How many seeds diverged.
    public var divergedCount: Int { runs.count(where: \.isDiverged) }
  }

  /// The metric.
  public let metric: String
  /// Left side.
  public let left: Side
  /// Right side.
  public let right: Side
  /// Left minus right; nil if there are too few seeds, a side has diverged seeds, or the losses are not comparable.
  public let difference: Difference?
  /// Why there is no difference, or what forbids a claim, as a sentence without a full stop.
  public let reason: String?
  /// What the test set alone leaves open, for `test.accuracy` with stored predictions.
  public let testSetHalfWidth: TestSet.HalfWidth?

  /// Compares the numbers at the last epoch; `predictions` are those of the runs by id.
  public init(
    metric: String,
    left: (label: String, runs: [RunRecord]),
    right: (label: String, runs: [RunRecord]),
    predictions: [String: TestPredictions] = [:]
  ) {
    self.metric = metric
    self.left = Self.side(metric, left)
    self.right = Self.side(metric, right)
    let refusal = Self.refusal(metric, self.left, self.right)
    let found =
      refusal == nil
      ? Difference(
        self.left.values,
        self.right.values,
        seedsAreShared: Self.origin(self.left) == Self.origin(self.right)
      ) : nil
    difference = found
    reason = refusal ?? Self.remark(found, self.left, self.right)
    testSetHalfWidth =
      metric == "test.accuracy" && refusal == nil
      ? Self.halfWidth(self.left, self.right, predictions) : nil
  }

  /// The table and the sentences below it, without colour.
  public func text(width: Int? = nil) -> String {
    let scale = MetricScale(metric: metric)
    let table = TextTable(
      [
        TextTable.Column("cell"), TextTable.Column("n", isNumber: true),
        TextTable.Column(metric, isNumber: true), TextTable.Column("remarks"),
      ],
      rows: [left, right].map { side in
        [
          side.label, String(side.values.count),
          Sample(side.values.sortedBySeed).text(scale, showsCount: false),
          side.divergedCount > 0
            ? "\(side.divergedCount) of \(side.runs.count) diverged" : "",
        ]
      }
    )
    return table.text(width: width) + "\n" + sentences.map { $0 + "\n" }.joined()
  }

  /// The comparison in words.
  public var sentences: [String] {
    guard let difference else { return [(reason ?? "nothing to compare") + "."] }
    var first = "\(left.label) − \(right.label): \(difference.text)"
    if difference.allowsClaim {
      let p = NumberText.p(difference.p)
      first += " (\(difference.test.text), p \(p.hasPrefix("<") ? p : "= \(p)"))"
    }
    if let half = testSetHalfWidth, abs(difference.mean) <= half.value {
      first +=
        ", on these \(counted(half.examples, "example", shown: NumberText.grouped(half.examples)))"
    }
    var sentences = [first + "."]
    if let half = testSetHalfWidth {
      sentences.append(
        "The test set's own half-width is \(NumberText.twoDigits(half.value)) "
          + "(N = \(NumberText.grouped(half.examples)))."
      )
    }
    if let reason { sentences.append(reason + ".") }
    return sentences
  }

  // MARK: - Parts

  private static func side(
    _ metric: String,
    _ given: (label: String, runs: [RunRecord])
  ) -> Side {
    var values: SeededValues = [:]
    for run in given.runs where run.state == .completed {
      values[run.seed] = run.metrics[metric]?.last.flatMap { $0.isFinite ? $0 : nil }
    }
    return Side(label: given.label, runs: given.runs, values: values)
  }

  /// The program whose seeds they are: ours, or that of an import.
  private static func origin(_ side: Side) -> String? {
    side.runs.first { $0.isImported }?.experiment
  }

  private static func refusal(_ metric: String, _ left: Side, _ right: Side) -> String? {
    for side in [left, right] {
      if side.divergedCount > 0 {
        return
          "no test: \(side.divergedCount) of \(counted(side.runs.count, "seed")) of \(side.label) diverged"
      }
      if side.values.isEmpty { return "no test: no complete run of \(side.label) has `\(metric)`" }
    }
    let losses = Set((left.runs + right.runs).map(\.specification.loss))
    if isLoss(metric), losses.count > 1 {
      let names = losses.map { "`\($0.name)`" }.sorted().joined(separator: " and ")
      return "no test: losses of different loss functions, \(names), are never compared"
    }
    let ours = (left.runs + right.runs).filter { !$0.isImported }
    if Set(ours.map { EvaluatedData($0.specification.data) }).count > 1 {
      return "no test: the two are evaluated on different data"
    }
    return nil
  }

  private static func remark(_ difference: Difference?, _ left: Side, _ right: Side) -> String? {
    guard let difference else {
      return "no interval at n = \(min(left.values.count, right.values.count)): "
        + "one seed shows no spread"
    }
    if !difference.allowsClaim { return "no claim below three seeds" }
    guard difference.p > Ranking.level, difference.deviationPerSeed > 0 else { return nil }
    return SampleSize.seeds(
      toSeparate: difference.mean,
      deviation: difference.deviationPerSeed
    ).map {
      "not separated; if difference and spread stay as they are, about \(NumberText.grouped($0)) "
        + "seeds would separate them (80 % power)"
    }
  }

  private static func halfWidth(
    _ left: Side,
    _ right: Side,
    _ predictions: [String: TestPredictions]
  ) -> TestSet.HalfWidth? {
    func stored(_ side: Side) -> [TestPredictions] {
      side.runs.filter { side.values[$0.seed] != nil }.compactMap { predictions[$0.id] }
    }
    return TestSet.halfWidth(ofDifference: stored(left), stored(right))
  }
}
