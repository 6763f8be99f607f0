// SPDX-License-Identifier: Apache-2.0

import Experiments
import Reports

/// Comma-separated values: a heading, a line feed after each row, text quoted where it must be (RFC 4180).
enum CSV {
  /// The points of a run's curves, `name,step,epoch,value`; what is not finite is empty.
  static func curves(_ curves: [String: [MetricPoint]]) -> String {
    let points = curves.sorted { $0.key < $1.key }.flatMap(\.value)
    return text(
      [["name", "step", "epoch", "value"]]
        + points.map { point in
          [point.name, "\(point.step)", "\(point.epoch)", point.value.map { "\($0)" } ?? ""]
        }
    )
  }

  /// A row for each run: fields, parameters, and each metric's last and best value and best epoch.
  ///
  /// A parameter with a field's name is `parameters.NAME`.
  static func runs(_ runs: [RunRecord]) -> String {
    let fields = RunsTable.fixedColumns
    let parameters = Set(runs.flatMap(\.parameters.keys)).sorted()
    let metrics = Set(runs.flatMap(\.metrics.keys)).sorted()
    let heading =
      fields + parameters.map { fields.contains($0) ? "parameters.\($0)" : $0 }
      + metrics.flatMap { [$0, "\($0).best", "\($0).best_epoch"] }
    return text(
      [heading]
        + runs.map { run in
          fields.map { cell($0, run) }
            + parameters.map { run.parameters[$0]?.description ?? "" }
            + metrics.flatMap { metric(run.metrics[$0]) }
        }
    )
  }

  private static func cell(_ field: String, _ run: RunRecord) -> String {
    switch RunField(field, of: run) {
    case .text(let text): text
    case .number(let number): ParameterValue.real(number).description
    case .absent: ""
    }
  }

  private static func metric(_ summary: MetricSummary?) -> [String] {
    [
      summary?.last.map { "\($0)" } ?? "", summary?.best.map { "\($0)" } ?? "",
      summary?.bestEpoch.map { "\($0)" } ?? "",
    ]
  }

  private static func text(_ rows: [[String]]) -> String {
    rows.map { $0.map(quoted).joined(separator: ",") + "\n" }.joined()
  }

  static func quoted(_ text: String) -> String {
    guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
    return "\""
      + text.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"") + "\""
  }
}
