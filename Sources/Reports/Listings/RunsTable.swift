// SPDX-License-Identifier: Apache-2.0

import Diagnostics
public import Experiments
import Vocabulary

/// The table that `runexp runs` prints.
public enum RunsTable {
  /// A row for each run, in the order given.
  ///
  /// A column is a name that `RunRecord.named` knows; where a run has nothing of that name, it is empty. Without `columns`: id, sweep, every parameter that differs, seed, state, epochs,
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
    let columns = parameters.map { name in
      RunField.named(name) == nil ? name : RunRecord.parameterPrefix + name
    }
    return ["id", sweep] + columns + ["seed", "state", "epochs"] + metrics
      + ["duration_seconds"]
  }

  private static func title(_ column: String) -> String {
    column == "duration_seconds" ? "time" : column
  }

  private static func isNumber(_ column: String, _ runs: [RunRecord]) -> Bool {
    runs.allSatisfy { run in
      switch run.named(column) {
      case .field(let field): field.isNumber
      case .parameter(let value): value.number != nil
      case .metric, .epoch, nil: true
      }
    }
  }

  private static func text(_ column: String, _ run: RunRecord) -> String {
    switch run.named(column) {
    case .field(let field): text(field, run) ?? "–"
    case .parameter(let value): value.description
    case .metric(let value): value.map { NumberText.short($0, digits: 6) } ?? "NaN"
    case .epoch(let epoch): epoch.map(String.init) ?? "–"
    case nil: "–"
    }
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
    case (_, .list): run.tags.isEmpty ? nil : run.tags.joined(separator: " ")
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
}
