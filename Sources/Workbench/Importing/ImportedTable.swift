// SPDX-License-Identifier: Apache-2.0

import Diagnostics
package import Experiments
package import Storage
import Vocabulary

/// Runs that another program measured, read from a comma-separated file.
///
/// The first line names the columns: `seed`; `epoch` (from 1), without which each row is a run at its end; `step` and
/// `duration_seconds` if they are known; metrics by their names (`val.accuracy`); every other column is a parameter. A
/// row is what one run measured after one epoch. An empty metric was not measured, `nan` and `inf` are no numbers.
package struct ImportedTable {
  package let runs: [ImportedRun]
  /// Names of the parameters, in the order of the columns.
  package let parameters: [String]
  /// Names of the metrics, in the order of the columns.
  package let metrics: [String]
  /// The text as it was read.
  package let source: String

  /// Reads a file's text; throws every mistake, at most as many as one wants to read.
  ///
  /// With `isPercent` shares such as accuracies are written in per cent. `examples` are those that the shares of the most
  /// telling part were measured on: `test.*`, or else `val.*` or `train.*`.
  package init(_ text: String, file: String, isPercent: Bool = false, examples: Int? = nil) throws {
    let reader = try ImportedRows(text, file: file)
    let rows = reader.rows
    guard let heading = rows.first?.fields else {
      throw Diagnostic(
        "`\(file)` is empty",
        hints: ["the first line names the columns, as in `seed,epoch,learning_rate,val.accuracy`"]
      )
    }
    if heading.count == 1, let other = [";", "\t", "|"].first(where: heading[0].text.contains) {
      throw reader.mistake(
        "expected commas between the columns, got \(other == "\t" ? "tabulators" : "`\(other)`")",
        at: heading[0],
        hints: ["save the file with commas between values and points in numbers"]
      )
    }
    let columns = try ImportedColumns(heading, reader)
    var collector = RunCollector(
      columns: columns,
      reader: reader,
      isPercent: isPercent,
      examples: examples
    )
    for row in rows.dropFirst() { collector.add(row) }
    if rows.count == 1 {
      throw reader.mistake("there are columns, but no row", at: heading[0])
    }
    guard collector.mistakes.isEmpty else {
      throw DiagnosticList(Array(collector.mistakes.prefix(Self.shownMistakes)))
    }
    runs = collector.runs
    parameters = columns.parameters.map(\.name)
    metrics = columns.metrics.map(\.name)
    source = text
  }

  private static let shownMistakes = 20

  /// The experiment whose runs these are; `name` must be one that a report's folder may have.
  package func experiment(name: String) -> Experiment {
    let seeds = Set(runs.map(\.seed))
    let first = seeds.min() ?? 0
    let hasCourse = runs.contains { $0.epochs > 1 }
    let reported =
      usual(.test) ?? usual(.val) ?? usual(.train) ?? metrics.first ?? "test.accuracy"
    let choosing = usual(.val) ?? reported
    return Experiment(
      name: name,
      title: name + " (imported)",
      tags: ["imported"],
      seed: first,
      repeats: (seeds.max() ?? first) - first + 1,
      metric: MetricSelection(name: choosing, goal: MetricName(choosing)?.goal ?? .minimize),
      parameters: parameters.map { name in
        var seen = Set<ParameterValue>()
        let values = runs.compactMap { $0.parameters[name] }
        return DeclaredParameter(name: name, values: values.filter { seen.insert($0).inserted })
      },
      report: ReportOptions(
        metric: reported,
        curves: hasCourse
          ? metrics.filter { ["train.loss", "val.loss", "val.accuracy"].contains($0) } : []
      )
    )
  }
}

extension ImportedTable {
  /// The metric of a part that a report shows: its accuracy, its loss, or the first that there is.
  private func usual(_ part: MetricName.Part) -> String? {
    let own = metrics.filter { MetricName($0)?.part == part }
    return ["accuracy", "loss"].map { "\(part.rawValue).\($0)" }.first(where: own.contains)
      ?? own.first
  }
}

/// What each column of the file is.
package struct ImportedColumns {
  package let seed: Int
  package let epoch: Int?
  package let step: Int?
  package let duration: Int?
  package let metrics: [(index: Int, name: String)]
  package let parameters: [(index: Int, name: String)]
  package let count: Int

  package init(_ heading: [ImportedField], _ reader: ImportedRows) throws {
    var mistakes: [Diagnostic] = []
    var places: [String: Int] = [:]
    var metrics: [(Int, String)] = []
    var parameters: [(Int, String)] = []
    for (index, field) in heading.enumerated() {
      if field.text.isEmpty {
        mistakes.append(reader.mistake("column \(index + 1) has no name", at: field))
      } else if places.updateValue(index, forKey: field.text) != nil {
        mistakes.append(reader.mistake("the column `\(field.text)` is there twice", at: field))
      } else if MetricName(field.text) != nil {
        metrics.append((index, field.text))
      } else if Self.isMeantAsMetric(field.text) {
        let near = nearestName(to: field.text, among: MetricName.all)
        mistakes.append(
          reader.mistake(
            "unknown metric `\(field.text)`",
            at: field,
            hints: [
              near.map { "did you mean `\($0)`?" }
                ?? "metrics are \(MetricName.all.joined(separator: ", "))"
            ]
          )
        )
      } else if !Self.fixed.contains(field.text) {
        parameters.append((index, field.text))
      }
    }
    if places["seed"] == nil {
      let near = nearestName(to: "seed", among: heading.map(\.text))
      mistakes.append(
        reader.mistake(
          "there is no column `seed`",
          at: heading[0],
          hints: [near.map { "is it `\($0)`?" } ?? "number the runs of each assignment, from 0"]
        )
      )
    }
    if metrics.isEmpty, mistakes.isEmpty {
      mistakes.append(
        reader.mistake(
          "no column is a metric",
          at: heading[0],
          hints: ["metrics are \(MetricName.all.joined(separator: ", "))"]
        )
      )
    }
    guard mistakes.isEmpty, let seed = places["seed"] else { throw DiagnosticList(mistakes) }
    self.seed = seed
    epoch = places["epoch"]
    step = places["step"]
    duration = places["duration_seconds"]
    self.metrics = metrics.map { (index: $0.0, name: $0.1) }
    self.parameters = parameters.map { (index: $0.0, name: $0.1) }
    count = heading.count
  }

  private static let fixed: Set<String> = ["seed", "epoch", "step", "duration_seconds"]

  private static func isMeantAsMetric(_ name: String) -> Bool {
    let parts = name.split(separator: ".")
    return parts.count == 2
      && MetricName.Part.allCases.contains {
        nearestName(to: $0.rawValue, among: [String(parts[0])]) != nil
      }
  }
}

/// Gathers rows to runs, and mistakes.
private struct RunCollector {
  private struct Key: Hashable {
    var parameters: [String: ParameterValue]
    var seed: Int
  }

  let columns: ImportedColumns
  let reader: ImportedRows
  let isPercent: Bool
  let examples: CountedExamples?
  package private(set) var runs: [ImportedRun] = []
  package private(set) var mistakes: [Diagnostic] = []
  private var saysCount = false
  private var saysPercent = false
  private var places: [Key: Int] = [:]
  /// The line of each run's epoch.
  private var lines: [Key: [Double: Int]] = [:]

  init(columns: ImportedColumns, reader: ImportedRows, isPercent: Bool, examples: Int?) {
    self.columns = columns
    self.reader = reader
    self.isPercent = isPercent
    self.examples = examples.flatMap { CountedExamples($0, columns.metrics.map(\.name)) }
  }

  mutating func add(_ record: ImportedRows.Row) {
    let row = record.fields
    guard row.count == columns.count else {
      mistakes.append(
        reader.mistake(
          "\(counted(row.count, "value")), but \(counted(columns.count, "column"))",
          at: row.count > columns.count ? row[columns.count] : row[row.count - 1],
          hints: ["an unknown value is empty: `,,`"]
        )
      )
      return
    }
    guard let seed = whole(row[columns.seed], "seed"),
      let epoch = columns.epoch.map({ number(row[$0], "epoch", from: 1) }) ?? 1,
      let step = columns.step.map({ whole(row[$0], "step") }) ?? Int(epoch),
      let points = points(row, step: step, epoch: epoch)
    else { return }
    var parameters: [String: ParameterValue] = [:]
    for column in columns.parameters where !row[column.index].text.isEmpty {
      parameters[column.name] = Self.value(row[column.index].text)
    }
    let key = Key(parameters: parameters, seed: seed)
    if let line = lines[key, default: [:]].updateValue(record.line, forKey: epoch) {
      mistakes.append(
        reader.mistake(
          "the same seed and parameters"
            + (columns.epoch == nil ? "" : " and epoch") + " as in line \(line)",
          at: row[columns.seed],
          hints: columns.epoch == nil
            ? ["a column `epoch` tells the rows of one run apart"] : []
        )
      )
      return
    }
    let place = places[key] ?? runs.count
    if place == runs.count {
      places[key] = place
      runs.append(ImportedRun(parameters: parameters, seed: seed, points: []))
    }
    runs[place].points += points
    if let duration = columns.duration, !row[duration].text.isEmpty {
      let seconds = number(row[duration], "duration_seconds", from: 0)
      runs[place].durationSeconds = max(runs[place].durationSeconds ?? 0, seconds ?? 0)
    }
  }

  private mutating func points(_ row: [ImportedField], step: Int, epoch: Double) -> [MetricPoint]? {
    var points: [MetricPoint] = []
    for column in columns.metrics where !row[column.index].text.isEmpty {
      let field = row[column.index]
      let metric = MetricName(column.name)
      let scale = isPercent && metric?.isShare == true ? "e-2" : ""
      // A shift of the decimal point, not a division: 87.2 becomes 0.872 to the last bit.
      guard let value = Double(field.text + scale) ?? Double(field.text).map({ $0 / 100 }) else {
        mistakes.append(
          reader.mistake(
            "`\(column.name)` takes numbers, got `\(field.text)`",
            at: field,
            hints: Self.hints(for: field.text)
          )
        )
        return nil
      }
      if let metric, let mistake = outside(metric, value, field) {
        let isPercent = isLikelyPercent(metric, value)
        // One says it: of a file in per cent nearly every number is outside.
        if !(isPercent && saysPercent) { mistakes.append(mistake) }
        saysPercent = saysPercent || isPercent
        return nil
      }
      if let examples, let mistake = examples.mistake(column.name, value, field, reader, isPercent)
      {
        // One says it: with a wrong count nearly every number of the file is wrong.
        if !saysCount { mistakes.append(mistake) }
        saysCount = true
        return nil
      }
      points.append(MetricPoint(name: column.name, step: step, epoch: epoch, value: value))
    }
    return points
  }

  /// A number that the metric can never have. Losses of other programs may be negative.
  private func outside(_ metric: MetricName, _ value: Double, _ field: ImportedField) -> Diagnostic?
  {
    guard value.isFinite, metric.family != "loss", !metric.range.contains(value) else { return nil }
    let range = metric.range
    let words =
      metric.isShare
      ? "between 0 and 1"
      : range.maximum == 1 ? "at most 1" : "at least \(Int(range.minimum))"
    return reader.mistake(
      "`\(metric)` is always \(words)"
        + (isPercent && metric.isShare ? ", or 0 to 100 in per cent" : "")
        + ", got `\(field.text)`",
      at: field,
      hints: isLikelyPercent(metric, value)
        ? ["shares in per cent are read with `--percent`, which takes `87.2` as 0.872"] : []
    )
  }

  private func isLikelyPercent(_ metric: MetricName, _ value: Double) -> Bool {
    metric.isShare && !isPercent && value > 1 && value <= 100
  }

  /// How a number is written that means one to people.
  private static func hints(for text: String) -> [String] {
    if text.contains("%") { return ["write shares as numbers without a sign, `87%` as `0.87`"] }
    return text.contains(",")
      ? ["write numbers with a point, as in `0.87`, and without groups"] : []
  }

  private mutating func whole(_ field: ImportedField, _ name: String) -> Int? {
    let largest = 9_007_199_254_740_991
    let value = Int(field.text)
    if let value, (0...largest).contains(value) { return value }
    mistakes.append(
      reader.mistake(
        "`\(name)` takes whole numbers from 0 to \(largest), got `\(field.text)`",
        at: field
      )
    )
    return nil
  }

  private mutating func number(_ field: ImportedField, _ name: String, from low: Double) -> Double?
  {
    if let value = Double(field.text), value >= low, value <= 1e9 { return value }
    mistakes.append(
      reader.mistake(
        "`\(name)` takes numbers from \(Int(low)) to 1e9, got `\(field.text)`",
        at: field
      )
    )
    return nil
  }

  /// As a manifest's values are read: whole numbers, real numbers, `true` and `false`, else text.
  private static func value(_ text: String) -> ParameterValue {
    if let number = Int(text) { return .integer(number) }
    if let number = Double(text), number.isFinite { return .real(number) }
    if text == "true" || text == "false" { return .boolean(text == "true") }
    return .text(text)
  }
}
