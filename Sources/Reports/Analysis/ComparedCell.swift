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
  /// With `tune`, the mean of what the other seeds choose at each seed; nil without, or where it is not known.
  public var heldOutMean: Double?
  /// Its runs, seed by seed.
  public var runs: [RunRecord]
  /// The report's metric of every completed run that trained, by seed.
  public var values: SeededValues
  /// Seeds that completed but collapsed: their numbers are those of a network that learned nothing.
  public var collapsedSeeds: Set<Int> = []

  /// The sample.
  public var sample: Sample { Sample(values.sortedBySeed) }

  /// How many seeds ended with a number that is not finite.
  public var divergedCount: Int { runs.count(where: \.isDiverged) }

  /// How many seeds have no number for another reason: lost, cancelled, waiting, or not measured.
  public var missingCount: Int { runs.count - divergedCount - values.count - collapsedSeeds.count }

  /// Whether it may be tested: it has a number, and no seed diverged or collapsed.
  public var entersTests: Bool { divergedCount == 0 && collapsedSeeds.isEmpty && !values.isEmpty }

  /// `2 of 5 diverged`, `1 of 5 collapsed`, `1 of 5 missing`, or nil if it is whole.
  public var flaw: String? {
    var parts: [String] = []
    if divergedCount > 0 { parts.append("\(divergedCount) of \(runs.count) diverged") }
    if !collapsedSeeds.isEmpty {
      parts.append("\(collapsedSeeds.count) of \(runs.count) collapsed")
    }
    if missingCount > 0 { parts.append("\(missingCount) of \(runs.count) missing") }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }

  /// What belongs to every number of a chosen cell, or nil: such a mean is too high.
  public var selectionRemark: String? {
    guard candidates > 1 else { return nil }
    let held = heldOutMean.map { "; \(sample.style.text($0)) where other seeds choose" } ?? ""
    return "best of \(candidates) on these seeds\(held)"
  }

  /// The mean with its interval; of a chosen cell without, for none is true of a maximum.
  func text(_ scale: MetricScale, showsCount: Bool = true) -> String {
    candidates > 1 && values.count > 1
      ? sample.centerText : sample.text(scale, showsCount: showsCount)
  }
}

extension RunRecord {
  /// Whether a loss, gradient or parameter that is not finite ended it.
  public var isDiverged: Bool { state == .failed && reason?.hasPrefix("diverged:") == true }
}

/// Reads each run's number of a metric by the experiment's rule.
struct MetricReader {
  let selection: MetricSelection
  let curves: [String: [String: [MetricPoint]]]

  init(_ snapshot: SweepSnapshot) {
    selection = snapshot.sweep.experiment.metric
    curves = snapshot.curves
  }

  /// The number at the last epoch, or with `at: best` at the epoch that is best by the selecting metric.
  ///
  /// Nil for runs that did not complete and for numbers that are not finite or were not measured at that epoch.
  func value(_ metric: String, of run: RunRecord) -> Double? {
    guard run.state == .completed else { return nil }
    let summary = run.metrics[metric]
    let found: Double?
    switch selection.moment {
    case .last: found = summary?.last
    case .best where metric == selection.name: found = summary?.best
    case .best:
      guard let epoch = run.metrics[selection.name]?.bestEpoch else { return nil }
      found = curves[run.id]?[metric]?.last { $0.epoch == Double(epoch) }?.value
    }
    return found.flatMap { $0.isFinite ? $0 : nil }
  }

  /// The numbers of the runs that have one, by seed.
  func values(_ metric: String, of runs: [RunRecord]) -> SeededValues {
    var values: SeededValues = [:]
    for run in runs { values[run.seed] = value(metric, of: run) }
    return values
  }
}
