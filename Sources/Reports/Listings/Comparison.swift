// SPDX-License-Identifier: Apache-2.0

import Diagnostics
public import Experiments
import Vocabulary

/// The comparison of two cells or two runs on one metric, as `runexp compare` shows it.
public struct Comparison: Sendable {
  /// One side.
  public struct Side: Sendable {
    /// Its name.
    public var label: String
    /// Its runs.
    public var runs: [RunRecord]
    /// The metric of every completed run, by seed, as it was measured.
    public var values: SeededValues
    /// The tested numbers on the metric's scale, by seed.
    public var scaled: SeededValues
    /// Seeds whose metric was measured but has no number.
    public var undefined: UndefinedSeeds?
    /// Seeds that completed but collapsed; their numbers are not among `values`.
    public var collapsed: Set<Int> = []
    /// Whether the collapsed seeds are known only by their distance from the others.
    public var isFarOff = false

    /// What happened to them.
    var collapseWord: String { isFarOff ? "far off" : "collapsed" }

    /// How many seeds diverged.
    public var divergedCount: Int { runs.count(where: \.isDiverged) }

    /// What its numbers leave out.
    var remarks: String {
      var parts: [String] = []
      if divergedCount > 0 { parts.append("\(divergedCount) of \(runs.count) diverged") }
      if !collapsed.isEmpty { parts.append("\(collapsed.count) of \(runs.count) \(collapseWord)") }
      if let undefined {
        parts.append("\(undefined.seeds.count) of \(runs.count) \(undefined.reason)")
      }
      return parts.joined(separator: ", ")
    }
  }

  /// The metric.
  public let metric: String
  /// Left side.
  public let left: Side
  /// Right side.
  public let right: Side
  /// Left minus right on the metric's scale.
  ///
  /// It is nil if there are too few seeds, if a side has diverged seeds, or if the losses are not
  /// comparable.
  public let test: PairTest?
  /// Why there is no difference, or why no claim is allowed, as a sentence without a full stop.
  public let reason: String?
  /// Whether `tune` chose a side among several on the same seeds; then there is neither an interval
  /// nor a p.
  public var isChosen = false
  /// The difference if test examples are random as well, for `test.accuracy` with stored
  /// predictions.
  public let crossed: CrossedDifference?

  /// Compares the numbers of the last epoch; `predictions` and `facts` are those of the runs by id.
  ///
  /// `schedule` is the schedule of looks at the two; with nil, the seeds that exist count as those
  /// of the first plan.
  public init(
    metric: String,
    left: (label: String, runs: [RunRecord]),
    right: (label: String, runs: [RunRecord]),
    predictions: [String: TestPredictions] = [:],
    facts: [String: DataFacts] = [:],
    schedule: LookSchedule? = nil
  ) {
    self.metric = metric
    let whole = [Self.side(metric, left), Self.side(metric, right)]
    let values = whole.flatMap { Array($0.values.values) }
    let resolution = Resolution(
      metric,
      values: values,
      runs: left.runs + right.runs,
      predictions: predictions,
      facts: facts
    )
    let trained = Self.withoutCollapsed(whole, metric, facts, resolution: resolution)
    let (a, b) = (trained[0], trained[1])
    let step = resolution.step(of: trained.flatMap { Array($0.values.values) })
    let refusal = Self.refusal(metric, a, b)
    let found =
      refusal == nil
      ? PairTest(
        a.scaled,
        b.scaled,
        seedsAreShared: Self.origin(a) == Self.origin(b),
        resolution: step,
        schedule: schedule
      ) : nil
    self.left = a
    self.right = b
    test = found
    reason = refusal ?? Self.remark(found, a, b)
    crossed =
      metric == "test.accuracy" ? found.flatMap { Self.crossed($0, a, b, predictions) } : nil
  }

  /// The scale for the metric's statistics.
  public var scale: MetricScale { MetricScale(metric: metric) }

  /// Left minus right, on that scale.
  public var difference: Difference? { test?.difference }

  /// The table and the sentences below it, without colour.
  public func text(width: Int? = nil) -> String {
    let table = TextTable(
      [
        TextTable.Column("cell"), TextTable.Column("n", isNumber: true),
        TextTable.Column(metric, isNumber: true), TextTable.Column("remarks", fit: .wrap),
      ],
      rows: [left, right].map { side in
        [
          side.label, String(side.scaled.count),
          text(side),
          side.remarks,
        ]
      }
    )
    return table.text(width: width) + "\n" + sentences.map { $0 + "\n" }.joined()
  }

  private func text(_ side: Side) -> String {
    let sample = MetricSample(scaled: Sample(side.scaled.sortedBySeed), scale)
    return isChosen && sample.count > 1 ? sample.centerText : sample.text(showsCount: false)
  }

  /// Of cells that `tune` chose: the bare difference, as in the report.
  private func chosenSentences(_ difference: Difference, level: Double) -> [String] {
    [
      "\(left.label) \(scale.differenceSign) \(right.label): "
        + DifferenceText(difference, level: level, scale).withoutInterval
        + difference.seedsNote(of: left.scaled.count, right.scaled.count) + ".",
      "There is neither an interval nor a p, because cells of a plan with `tune` are chosen on these seeds. "
        + "`runexp confirm` compares them on fresh ones.",
    ]
  }

  /// The comparison in words.
  public var sentences: [String] {
    guard let test else { return [Self.sentence(reason ?? "nothing to compare")] }
    let difference = test.difference
    if isChosen { return chosenSentences(difference, level: test.level) }
    var first =
      "\(left.label) \(scale.differenceSign) \(right.label): "
      + DifferenceText(difference, level: test.level, scale).withInterval
    if difference.allowsClaim {
      let p = NumberText.p(difference.p)
      first += " (\(difference.test.text), p \(p.hasPrefix("<") ? p : "= \(p)"))"
    }
    var sentences = [first + "."]
    let ofSeeds = difference.halfWidth(level: test.level)
    if let crossed, crossed.halfWidth(level: test.level, atLeast: 0) > ofSeeds {
      sentences.append(
        ExamplesSentence(
          follows: DifferenceText(difference, level: test.level, scale),
          mean: crossed.mean,
          halfWidth: crossed.halfWidth(level: test.level, atLeast: ofSeeds),
          examples: crossed.examples
        ).text
      )
    }
    if let reason { sentences.append(Self.sentence(reason)) }
    if let look = test.look, difference.allowsClaim {
      sentences.append(look.sentence(of: test.schedule))
    }
    return sentences
  }

  // MARK: - Parts

  private static func sentence(_ reason: String) -> String {
    reason.prefix(1).uppercased() + reason.dropFirst() + "."
  }

  private static func side(
    _ metric: String,
    _ given: (label: String, runs: [RunRecord])
  ) -> Side {
    let reader = MetricReader.last
    return Side(
      label: given.label,
      runs: given.runs,
      values: reader.values(metric, of: given.runs),
      scaled: reader.scaledValues(metric, of: given.runs),
      undefined: reader.undefined(metric, of: given.runs)
    )
  }

  /// Takes the numbers of collapsed seeds out: by the loss of the best constant prediction where it is known, else by how
  /// far they lie from the others of both sides, if these are the same task.
  private static func withoutCollapsed(
    _ sides: [Side],
    _ metric: String,
    _ facts: [String: DataFacts],
    resolution: Resolution
  ) -> [Side] {
    let isOneTask =
      Set(sides.flatMap(\.runs).map { EvaluatedData($0.specification.data) }).count <= 1
    let far =
      isOneTask
      ? Collapse.seeds(
        sides.map(\.scaled),
        goal: MetricName(metric)?.goal ?? .minimize,
        resolutions: sides.map { resolution.step(of: Array($0.values.values)) },
        scale: MetricScale(metric: metric)
      ) : sides.map { _ in [] }
    return zip(sides, far).map { side, far in
      var side = side
      let losses = MetricReader.last.values("train.loss", of: side.runs)
      let constant = side.runs.lazy.compactMap { facts[$0.id]?.constantLoss }.first
      let found = constant.map { Collapse.seeds(losses, constant: $0) } ?? far
      side.isFarOff = constant == nil
      side.collapsed = found.intersection(side.scaled.keys)
      side.values = side.values.filter { !found.contains($0.key) }
      side.scaled = side.scaled.filter { !found.contains($0.key) }
      return side
    }
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
      if !side.collapsed.isEmpty {
        return
          "no test: \(side.collapsed.count) of \(counted(side.runs.count, "seed")) of \(side.label) "
          + (side.isFarOff
            ? side.collapsed.count == 1 ? "lies far off" : "lie far off" : "collapsed")
      }
      if side.scaled.isEmpty {
        let reason = side.undefined.map { " (\($0.reason))" } ?? ""
        return "no test: no complete run of \(side.label) has `\(metric)`\(reason)"
      }
    }
    let losses = Set((left.runs + right.runs).map(\.specification.totalLoss))
    if isLoss(metric), losses.count > 1 {
      let isNamed = Set(losses.map(\.name)).count == losses.count
      let names = losses.map { "`\(isNamed ? $0.name : $0.argumentText)`" }.sorted()
        .joined(separator: " and ")
      return "no test: losses of different loss functions, \(names), are never compared"
    }
    let ours = (left.runs + right.runs).filter { !$0.isImported }
    if Set(ours.map { EvaluatedData($0.specification.data) }).count > 1 {
      return "no test: the two are evaluated on different data"
    }
    return nil
  }

  private static func remark(_ test: PairTest?, _ left: Side, _ right: Side) -> String? {
    guard let test else {
      return "no interval at n = \(min(left.scaled.count, right.scaled.count)): "
        + "one seed shows no spread"
    }
    if !test.difference.allowsClaim { return "no claim below three seeds" }
    if test.schedule == .closed {
      return "no claim: the two were confirmed against each other before"
    }
    guard test.look != nil else {
      return "no claim yet: the two are first compared at \(test.schedule.first.seeds) seeds"
    }
    return test.isSeparated ? nil : "nothing tells them apart"
  }

  private static func crossed(
    _ test: PairTest,
    _ left: Side,
    _ right: Side,
    _ predictions: [String: TestPredictions]
  ) -> CrossedDifference? {
    guard case .paired(let count) = test.difference.test else { return nil }
    let seeds = left.scaled.keys.filter { right.scaled[$0] != nil }.sorted().prefix(count)
    func stored(_ side: Side) -> [TestPredictions] {
      seeds.compactMap { seed in
        side.runs.first { $0.seed == seed }.flatMap { predictions[$0.id] }
      }
    }
    let (a, b) = (stored(left), stored(right))
    return a.count == seeds.count && b.count == seeds.count ? CrossedDifference(a, b) : nil
  }
}

extension Look {
  /// How often two cells were compared by now, and at what level.
  func sentence(of schedule: LookSchedule) -> String {
    let level = NumberText.short(level, digits: 2)
    return schedule.isSingle
      ? "This comparison has one look only: \(seeds) seeds at level \(level)."
      : "Look \(number) of this comparison tests \(seeds) seeds at level \(level). "
        + "All looks together name a false winner in at most 5 % of cases."
  }
}
