// SPDX-License-Identifier: Apache-2.0

public import Experiments
public import Vocabulary

/// One cell as it is compared: after `tune`, with its sample of the report's metric.
public struct ComparedCell: Sendable {
  /// The cell of the plan; with `tune`, the chosen one.
  public var cell: Cell
  /// The words that distinguish it from the other compared cells, such as `cnn · relu`.
  public var label: String
  /// Values of the tuned parameters that were chosen.
  public var chosen: [String: ParameterValue]
  /// The number of cells from which it was chosen; 1 without `tune`.
  public var candidates: Int
  /// The number of candidates that all stored plans gave its row; at least `candidates`.
  public var tried: Int
  /// The held-out mean on the metric's scale: at each seed, the value of the cell that the other
  /// seeds choose.
  ///
  /// It is nil without `tune`, and if it is not known.
  public var heldOutMean: Double?
  /// Its runs, seed by seed.
  public var runs: [RunRecord]
  /// The report's metric by seed as it was measured, for every completed run that learned; pictures
  /// show it.
  public var values: SeededValues
  /// The scale for the metric's statistics.
  public var scale: MetricScale = .linear
  /// The tested numbers on that scale, by seed; a seed may have a number beyond a `Double` here.
  public var scaled: SeededValues
  /// Seeds that completed but collapsed, so that their numbers are those of a network that learned
  /// nothing.
  public var collapsedSeeds: Set<Int> = []
  /// Whether the collapsed seeds are known only by their distance from the others, and not by their
  /// training loss.
  public var isFarOff = false
  /// Seeds that completed but have no number, with the reason in words.
  public var undefined: UndefinedSeeds?

  /// The numbers as they were measured.
  public var sample: Sample { Sample(values.sortedBySeed) }

  /// The numbers on the metric's scale.
  public var metricSample: MetricSample {
    MetricSample(scaled: Sample(scaled.sortedBySeed), scale)
  }

  /// How many seeds have a number.
  public var count: Int { scaled.count }

  /// The number of seeds whose metric ended as a value that is not finite.
  public var divergedCount: Int { runs.count(where: \.isDiverged) }

  /// The number of seeds without a number for another reason: lost, cancelled, waiting, not
  /// measured, or without a value.
  public var missingCount: Int { runs.count - divergedCount - count - collapsedSeeds.count }

  /// Whether it may be tested, because every seed has a number, and none diverged or collapsed.
  public var entersTests: Bool {
    divergedCount == 0 && missingCount == 0 && collapsedSeeds.isEmpty && !scaled.isEmpty
  }

  /// `2 of 5 diverged`, `1 of 5 collapsed`, `1 of 5 far off`,
  /// `1 of 5 undefined: all targets are equal`, `1 of 5 missing`; nil if the cell is complete.
  public var flaw: String? {
    var parts: [String] = []
    func add(_ count: Int, _ word: String) {
      if count > 0 { parts.append("\(count) of \(runs.count) \(word)") }
    }
    add(divergedCount, "diverged")
    add(collapsedSeeds.count, isFarOff ? "far off" : "collapsed")
    if let undefined { add(undefined.seeds.count, undefined.reason) }
    add(missingCount - (undefined?.seeds.count ?? 0), "missing")
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }

  /// The remark for every number of a chosen cell, because such a mean is too good; nil for other
  /// cells.
  public var selectionRemark: String? {
    candidates > 1 ? "the best of \(candidates) candidates on these seeds" : nil
  }

  /// The held-out mean as text, without the luck of being chosen; nil if it is not known.
  public var heldOutText: String? { heldOutMean.map { metricSample.text($0) } }

  /// The held-out mean beside the mean, both as they are written.
  enum HeldOut: Hashable {
    case same(String)
    case better(String)
    case worse(String)
  }

  /// How the held-out mean compares with the mean; nil if it is not known.
  func heldOut(goal: MetricGoal) -> HeldOut? {
    guard let heldOutMean, let text = heldOutText else { return nil }
    if text == self.text() { return .same(text) }
    return goal.prefers(heldOutMean, to: metricSample.scaled.mean) ? .better(text) : .worse(text)
  }

  /// The mean with its interval; of a chosen cell without, for none is true of a maximum.
  func text(showsCount: Bool = true) -> String {
    candidates > 1 && count > 1
      ? metricSample.centerText : metricSample.text(showsCount: showsCount)
  }
}

/// Seeds whose metric was measured but has no number.
public struct UndefinedSeeds: Hashable, Sendable {
  /// The seeds.
  public var seeds: Set<Int>
  /// The reason, such as `undefined: all targets are equal`.
  public var reason: String
}

extension RunRecord {
  /// Whether it ended because a loss, gradient or parameter was not finite.
  public var isDiverged: Bool { state == .failed && reason?.hasPrefix("diverged:") == true }
}

/// Reads each run's number of a metric by the experiment's rule.
struct MetricReader {
  let selection: MetricSelection
  let curves: [String: [String: [MetricPoint]]]
  /// Whether numbers are those of the last epoch.
  private let isLast: Bool

  init(_ snapshot: SweepSnapshot) {
    self.init(selection: snapshot.sweep.experiment.metric, curves: snapshot.curves)
  }

  init(selection: MetricSelection, curves: [String: [String: [MetricPoint]]]) {
    self.selection = selection
    self.curves = curves
    isLast = selection.moment == .last
  }

  /// Of the last epoch, whatever chooses.
  static let last = MetricReader(
    selection: MetricSelection(name: "train.loss", goal: .minimize),
    curves: [:]
  )

  /// The number at the last epoch, or with `at: best` at the epoch that is best by the selecting metric.
  ///
  /// Nil for runs that did not complete and for numbers that are not finite or were not measured at that epoch.
  func value(_ metric: String, of run: RunRecord) -> Double? {
    guard run.state == .completed else { return nil }
    let summary = run.metrics[metric]
    let found: Double?
    if isLast {
      found = summary?.last
    } else if metric == selection.name {
      found = summary?.best
    } else {
      guard let epoch = run.metrics[selection.name]?.bestEpoch else { return nil }
      found = curves[run.id]?[metric]?.last { $0.epoch == Double(epoch) }?.value
    }
    return found.flatMap { $0.isFinite ? $0 : nil }
  }

  /// The number on the metric's scale.
  ///
  /// exp overflows where the loss is still a number: then a perplexity's logarithm is the loss that stands beside it.
  func scaled(_ metric: String, of run: RunRecord) -> Double? {
    let scale = MetricScale(metric: metric)
    if let value = value(metric, of: run) { return scale.scaled(value) }
    guard scale == .logarithmic, run.metrics[metric] != nil, let loss = MetricName(metric)?.loss
    else { return nil }
    let isChosen = !isLast && metric == selection.name
    return isChosen ? run.metrics[loss]?.best : value(loss, of: run)
  }

  /// The numbers of the runs that have one, by seed.
  func values(_ metric: String, of runs: [RunRecord]) -> SeededValues {
    var values: SeededValues = [:]
    for run in runs { values[run.seed] = value(metric, of: run) }
    return values
  }

  /// The numbers on the metric's scale of the runs that have one, by seed.
  func scaledValues(_ metric: String, of runs: [RunRecord]) -> SeededValues {
    var values: SeededValues = [:]
    for run in runs { values[run.seed] = scaled(metric, of: run) }
    return values
  }

  /// The same as a sample; `without` leaves seeds out.
  func sample(
    _ metric: String,
    of runs: [RunRecord],
    without left: Set<Int> = []
  ) -> MetricSample {
    let values = scaledValues(metric, of: runs).filter { !left.contains($0.key) }
    return MetricSample(scaled: Sample(values.sortedBySeed), MetricScale(metric: metric))
  }

  /// Why a run that was measured has no number, such as `undefined: all targets are equal`; nil if it has one, or was not
  /// measured.
  func undefinedReason(_ metric: String, of run: RunRecord) -> String? {
    guard run.state == .completed, run.metrics[metric] != nil, scaled(metric, of: run) == nil else {
      return nil
    }
    if run.isImported { return "not a finite number in the file" }
    if !isLast, metric != selection.name, run.metrics[metric]?.last != nil {
      return "without a value at the best epoch"
    }
    return MetricName(metric)?.undefinedReason ?? "not finite"
  }

  /// The seeds of which that is so.
  func undefined(_ metric: String, of runs: [RunRecord]) -> UndefinedSeeds? {
    let found = runs.compactMap { run in undefinedReason(metric, of: run).map { (run.seed, $0) } }
    return found.first.map { UndefinedSeeds(seeds: Set(found.map(\.0)), reason: $0.1) }
  }
}
