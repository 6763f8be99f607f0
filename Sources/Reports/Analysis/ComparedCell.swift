// SPDX-License-Identifier: Apache-2.0

public import Experiments

/// One cell as it enters comparisons: after `tune`, with its sample of the report's metric.
public struct ComparedCell: Sendable {
  /// The cell of the plan; with `tune`, the chosen one.
  public var cell: Cell
  /// What tells it from the other compared cells, such as `cnn · relu`.
  public var label: String
  /// Values of the tuned parameters that were chosen.
  public var chosen: [String: ParameterValue]
  /// How many cells it was chosen among; 1 without `tune`.
  public var candidates: Int
  /// How many candidates all stored plans gave its row; at least `candidates`.
  public var tried: Int
  /// With `tune`, the mean of what the other seeds choose at each seed, on the metric's scale; nil without, or where it is
  /// not known.
  public var heldOutMean: Double?
  /// Its runs, seed by seed.
  public var runs: [RunRecord]
  /// The report's metric of every completed run that trained, by seed, as it was measured: what pictures show.
  public var values: SeededValues
  /// The scale on which the metric's statistics are done.
  public var scale: MetricScale = .linear
  /// The numbers on that scale, by seed: what is tested. It may hold seeds whose number is beyond a `Double`.
  public var scaled: SeededValues
  /// Seeds that completed but collapsed: their numbers are those of a network that learned nothing.
  public var collapsedSeeds: Set<Int> = []
  /// Whether these are known only by how far they lie from the others, and not by their training loss.
  public var isFarOff = false
  /// Seeds that completed and were measured, but to no number, with the reason in words.
  public var undefined: UndefinedSeeds?

  /// The numbers as they were measured.
  public var sample: Sample { Sample(values.sortedBySeed) }

  /// The numbers on the metric's scale.
  public var metricSample: MetricSample {
    MetricSample(scaled: Sample(scaled.sortedBySeed), scale)
  }

  /// How many seeds have a number.
  public var count: Int { scaled.count }

  /// How many seeds ended with a number that is not finite.
  public var divergedCount: Int { runs.count(where: \.isDiverged) }

  /// How many seeds have no number for another reason: lost, cancelled, waiting, not measured, or without a value.
  public var missingCount: Int { runs.count - divergedCount - count - collapsedSeeds.count }

  /// Whether it may be tested: every seed has a number, and none diverged or collapsed.
  public var entersTests: Bool {
    divergedCount == 0 && missingCount == 0 && collapsedSeeds.isEmpty && !scaled.isEmpty
  }

  /// `2 of 5 diverged`, `1 of 5 collapsed`, `1 of 5 far off`, `1 of 5 undefined: all targets are equal`, `1 of 5 missing`, or nil if it is
  /// whole.
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

  /// What belongs to every number of a chosen cell, or nil: such a mean is too good.
  public var selectionRemark: String? {
    candidates > 1 ? "the best of \(candidates) candidates on these seeds" : nil
  }

  /// The mean without the luck of having been chosen, as text; nil where it is not known.
  public var heldOutText: String? { heldOutMean.map { metricSample.text($0) } }

  /// The mean with its interval; of a chosen cell without, for none is true of a maximum.
  func text(showsCount: Bool = true) -> String {
    candidates > 1 && count > 1
      ? metricSample.centerText : metricSample.text(showsCount: showsCount)
  }
}

/// Seeds whose metric was measured, but to no number.
public struct UndefinedSeeds: Hashable, Sendable {
  /// The seeds.
  public var seeds: Set<Int>
  /// Why, such as `undefined: all targets are equal`.
  public var reason: String
}

extension RunRecord {
  /// Whether a loss, gradient or parameter that is not finite ended it.
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
