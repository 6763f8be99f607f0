// SPDX-License-Identifier: Apache-2.0

public import Experiments

/// The table that `runexp runs` prints.
public enum RunsTable {
  /// The columns that can be named besides parameters and metrics, in documentation order.
  public static let fixedColumns = [
    "id", "experiment", "sweep", "cell", "seed", "state", "attempts", "reason", "epochs",
    "duration_seconds", "started_at", "finished_at", "weights_sha256", "data_sha256",
    "numeric_version", "parameter_count", "tags", "doubt", "stopped_early",
  ]

  /// A row for each run, in the order given.
  ///
  /// A column is one of `fixedColumns`, a parameter, or a metric (its last value; `val.accuracy.best` its best one);
  /// an unknown one is empty. Without `columns`: id, sweep, every parameter that differs, seed, state, epochs,
  /// the metrics named and the time.
  public static func make(
    _ runs: [RunRecord],
    columns: [String]? = nil,
    metrics: [String] = []
  ) -> TextTable {
    let names = columns ?? standardColumns(runs, metrics)
    let idLength = uniquePrefixLength(runs.map(\.id))
    return TextTable(
      names.map { TextTable.Column($0 == "id" ? "run" : title($0), isNumber: isNumber($0, runs)) },
      rows: runs.map { run in
        names.map { $0 == "id" ? String(run.id.prefix(idLength)) : text($0, run) }
      }
    )
  }

  private static func standardColumns(_ runs: [RunRecord], _ metrics: [String]) -> [String] {
    let parameters = Set(runs.flatMap(\.parameters.keys)).sorted().filter { name in
      Set(runs.map { $0.parameters[name] }).count > 1
    }
    let sweep = runs.contains { $0.sweep != nil } ? "sweep" : "experiment"
    return ["id", sweep] + parameters + ["seed", "state", "epochs"] + metrics
      + ["duration_seconds"]
  }

  private static func title(_ column: String) -> String {
    column == "duration_seconds" ? "time" : column
  }

  private static func isNumber(_ column: String, _ runs: [RunRecord]) -> Bool {
    let numbers = [
      "cell", "seed", "attempts", "epochs", "duration_seconds", "numeric_version",
      "parameter_count",
    ]
    if fixedColumns.contains(column) { return numbers.contains(column) }
    let values = runs.compactMap { $0.parameters[column] }
    return values.isEmpty || values.allSatisfy { $0.number != nil }
  }

  private static func text(_ column: String, _ run: RunRecord) -> String {
    if let parameter = run.parameters[column] { return parameter.description }
    if fixedColumns.contains(column) { return fixedText(column, run) ?? "–" }
    return metricText(column, run) ?? "–"
  }

  private static func fixedText(_ column: String, _ run: RunRecord) -> String? {
    switch column {
    case "experiment": run.experiment
    case "sweep": run.sweep
    case "cell": run.cell.map { String($0) }
    case "seed": String(run.seed)
    case "state": stateText(run)
    case "attempts": String(run.attempts)
    case "reason": run.reason
    case "epochs": String(run.epochs)
    case "duration_seconds": run.durationSeconds.map { NumberText.duration(seconds: $0) }
    case "started_at": run.startedAt
    case "finished_at": run.finishedAt
    case "weights_sha256": run.weightsSHA256.map { String($0.prefix(12)) }
    case "data_sha256": run.dataSHA256.map { String($0.prefix(12)) }
    case "numeric_version": String(run.numericVersion)
    case "parameter_count": run.parameterCount.map(NumberText.grouped)
    case "tags": run.tags.joined(separator: " ")
    case "doubt": run.doubt?.mark
    case "stopped_early": run.earlyStop
    default: nil
    }
  }

  private static func stateText(_ run: RunRecord) -> String {
    [outcomeText(run), run.doubt?.mark].compactMap(\.self).joined(separator: ", ")
  }

  private static func outcomeText(_ run: RunRecord) -> String {
    if run.isDiverged { return "failed (diverged)" }
    guard run.earlyStop != nil else { return run.state.rawValue }
    let cause = run.isStoppedWithoutValue ? ": its metric has no value" : ""
    return "completed (stopped early\(cause))"
  }

  private static func metricText(_ column: String, _ run: RunRecord) -> String? {
    if let metric = run.metrics[column] {
      return metric.last.map { NumberText.short($0, digits: 6) } ?? "NaN"
    }
    guard column.hasSuffix(".best"), let metric = run.metrics[String(column.dropLast(5))] else {
      return nil
    }
    return metric.best.map { NumberText.short($0, digits: 6) } ?? "NaN"
  }
}
