// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Experiments
import Reports
import Vocabulary
import Workbench

/// Comma-separated values: a heading, a line feed after each row, text quoted where it must be (RFC 4180).
///
/// Spreadsheets open such files and compute what begins like a formula. So a text that does, and is no number, gets an
/// apostrophe before it. Characters that do not show, or that a terminal would obey, are written as numbers. Whoever needs
/// a text as it was written takes JSON.
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
    let fields = RunField.names
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
    switch RunFieldValue(field, of: run) {
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
    let text = safe(text)
    // Scalar by scalar: with an accent behind it, a quotation mark is another character, but the same byte.
    let scalars = text.unicodeScalars
    guard scalars.contains(where: { ",\"\n\r".unicodeScalars.contains($0) }) else { return text }
    return "\"" + scalars.map { $0 == "\"" ? "\"\"" : String($0) }.joined() + "\""
  }

  /// Beginnings of formulas; a tab is skipped by some programs.
  private static let formulas: [Unicode.Scalar] = ["=", "+", "-", "@", "\t", "\r"]

  private static func safe(_ text: String) -> String {
    let shown = visible(text, breaks: .kept)
    guard let first = text.unicodeScalars.first, formulas.contains(first), Double(text) == nil
    else { return shown }
    return "'" + shown
  }
}
