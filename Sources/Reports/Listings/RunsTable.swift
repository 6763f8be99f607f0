// SPDX-License-Identifier: Apache-2.0

import Diagnostics
public import Experiments
import Vocabulary

/// The table that `runexp runs` prints.
public enum RunsTable {
  /// A row for each run, in the order given.
  ///
  /// A column is a field of `RunField`, a parameter, or a metric (its last value; `val.accuracy.best` its best one);
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
    if let field = RunField.named(column) { return field.isNumber }
    let values = runs.compactMap { $0.parameters[column] }
    return values.isEmpty || values.allSatisfy { $0.number != nil }
  }

  private static func text(_ column: String, _ run: RunRecord) -> String {
    if let parameter = run.parameters[column] { return parameter.description }
    if let field = RunField.named(column) { return text(field, run) ?? "–" }
    return metricText(column, run) ?? "–"
  }

  private static func text(_ field: RunField, _ run: RunRecord) -> String? {
    switch (field.kind, field.value(run)) {
    case (_, .null), (_, .boolean), (_, .object): nil
    case (.state, _): stateText(run)
    case (.digest, .text(let text)): String(text.prefix(12))
    case (.duration, .real(let seconds)): NumberText.duration(seconds: seconds)
    case (.count, .integer(let number)): grouped(number)
    case (_, .integer(let number)): String(number)
    case (_, .real(let number)): String(number)
    case (_, .text(let text)): text
    case (_, .list): run.tags.joined(separator: " ")
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
