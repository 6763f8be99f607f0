// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Experiments
import Vocabulary

/// Every run, cell by cell, with what ties the report's numbers to the database.
struct RunsSection {
  let analysis: Analysis
  private let idLength: Int
  private let labels: [Int: String]
  /// Whether runs of several numeric versions stand side by side.
  private let mixesNumerics: Bool

  init(_ analysis: Analysis) {
    self.analysis = analysis
    mixesNumerics = Set(analysis.snapshot.runs.map(\.numericVersion)).count > 1
    idLength = uniquePrefixLength(analysis.snapshot.runs.map(\.id))
    let cells = analysis.snapshot.sweep.cells
    var experiment = analysis.experiment
    experiment.tune = []
    var labels: [Int: String] = [:]
    for (cell, label) in zip(cells, cellLabels(cells, experiment)) { labels[cell.index] = label }
    self.labels = labels
  }

  var blocks: [Block] {
    let reader = MetricReader(analysis.snapshot)
    let byCell = analysis.snapshot.runsByCell
    let ordered: [RunRecord] = analysis.snapshot.sweep.cells.flatMap { byCell[$0.index] ?? [] }
    let values = ordered.compactMap { reader.value(analysis.metric, of: $0) }
    let scale = MetricScale(metric: analysis.metric)
    let texts = Dictionary(
      zip(values, NumberText.column(values)),
      uniquingKeysWith: { first, _ in first }
    )
    let rows = analysis.snapshot.sweep.cells.flatMap { cell in
      (byCell[cell.index] ?? []).enumerated().map { place, run in
        let value = reader.value(analysis.metric, of: run)
        // A perplexity beyond a Double is known by its loss.
        let text =
          value.flatMap { texts[$0] }
          ?? reader.scaled(analysis.metric, of: run).map { scale.text($0) }
        return row(run, cell, isFirst: place == 0, value: text)
      }
    }
    let table = Block.table(
      [
        ("Cell", .left), ("Seed", .right), ("Run", .left), ("State", .left), ("Epochs", .right),
        (.code(analysis.metric), .right), ("Weights SHA-256", .left), ("Time", .right),
      ],
      rows
    )
    return [.heading(2, "Runs")] + stops(ordered) + [table]
  }

  /// Which runs early stopping ended; those whose metric had no value are a mistake of the experiment.
  private func stops(_ runs: [RunRecord]) -> [Block] {
    let stopped = runs.filter { $0.earlyStop != nil }
    let empty = stopped.filter(\.isStoppedWithoutValue)
    var blocks: [Block] = []
    if !empty.isEmpty {
      let lines = empty.map { run -> Inline in
        "\(code: String(run.id.prefix(idLength))) \(UserText(run.earlyStop ?? ""))."
      }
      blocks.append(
        .quotation(["\(strong: "Warning:") early stopping compared nothing."] + lines)
      )
    }
    if stopped.count > empty.count {
      blocks.append(
        .paragraph("An epoch in brackets is the best one by the metric of early stopping.")
      )
    }
    return blocks
  }

  /// Epochs done, and the best one where early stopping ended the run.
  private func epochsText(_ run: RunRecord) -> String {
    guard run.earlyStop != nil, run.specification.data.folds == nil,
      let rule = run.specification.train.earlyStopping,
      let best = run.metrics[rule.metric]?.bestEpoch, MetricName(rule.metric)?.goal == rule.goal
    else { return String(run.epochs) }
    return "\(run.epochs) (\(best))"
  }

  private func row(_ run: RunRecord, _ cell: Cell, isFirst: Bool, value: String?) -> [Inline] {
    let anchor: Inline = isFirst ? .anchor("cell-\(cell.index)") : ""
    return [
      "\(anchor)\(UserText(labels[cell.index] ?? ""))",
      "\(run.seed)",
      .code(String(run.id.prefix(idLength))),
      stateText(run),
      .text(epochsText(run)),
      .text(value ?? missingValue(run)),
      run.weightsSHA256.map { .code(String($0.prefix(12))) } ?? "–",
      .text(run.durationSeconds.map { NumberText.duration(seconds: $0) } ?? "–"),
    ]
  }

  private func stateText(_ run: RunRecord) -> Inline {
    let state = run.isDiverged ? "diverged" : run.state.rawValue
    let parts: [Inline?] = [
      .text(state),
      run.earlyStop == nil ? nil : "stopped early",
      run.attempts > 1 ? "\(run.attempts) attempts" : nil,
      mixesNumerics ? "numerics \(run.numericVersion)" : nil,
      run.doubt.map { .strong(.text($0.mark)) },
    ]
    return parts.compactMap(\.self).joined(", ")
  }

  /// A number that is not finite is shown, not left out.
  private func missingValue(_ run: RunRecord) -> String {
    if run.isDiverged { return "not finite" }
    return MetricReader(analysis.snapshot).undefinedReason(analysis.metric, of: run) ?? "–"
  }

  /// Runs that ended without a result, with their reasons; empty if there are none.
  var failures: [Block] {
    let byCell = analysis.snapshot.runsByCell
    let ordered: [RunRecord] = analysis.snapshot.sweep.cells.flatMap { byCell[$0.index] ?? [] }
    let failed = ordered.filter { $0.state.isTerminal && $0.state != .completed }
    guard !failed.isEmpty else { return [] }
    let table = Block.table(
      [("Run", .left), ("Cell", .left), ("Seed", .right), ("State", .left), ("Reason", .left)],
      failed.map(failureRow)
    )
    return [.heading(2, "Failures"), table]
  }

  private func failureRow(_ run: RunRecord) -> [Inline] {
    [
      .code(String(run.id.prefix(idLength))),
      .verbatim(run.cell.flatMap { labels[$0] } ?? ""),
      "\(run.seed)",
      .text(run.state.rawValue),
      .verbatim(run.reason ?? "no reason is stored"),
    ]
  }
}

/// The shortest length, at least 8, at which all prefixes differ.
func uniquePrefixLength(_ ids: [String]) -> Int {
  let longest = ids.map(\.count).max() ?? 0
  var length = 8
  while length < longest, Set(ids.map { $0.prefix(length) }).count < Set(ids).count { length += 1 }
  return length
}
