// SPDX-License-Identifier: Apache-2.0

internal import Codecs
internal import Experiments
internal import Vocabulary
internal import GRDB

/// What is captured when a run ends, as JSON.
enum CaptureKind: String {
  /// Pairs `[target, prediction]`.
  case testPredictions = "test_predictions"
  /// Names of their classes.
  case classNames = "class_names"
  /// A list of `WorstError`.
  case worstErrors = "worst_errors"
  /// A `RegressionPredictions`.
  case regression
  /// A `SampledText`.
  case sampledText = "sampled_text"
  /// `DataColumns`.
  case columns
  /// The newest numeric version of a program that knew the data and found the run's own version to be right.
  case numerics
  /// `DataFacts`.
  case facts
}

/// Metric points and captures of some runs.
struct Curves {
  /// By run id and metric name, in step order.
  private(set) var points: [String: [String: [MetricPoint]]] = [:]
  private let runs: String
  private let arguments: StatementArguments

  /// `runs` is a query for the row ids.
  init(_ database: Database, runs: String, arguments: StatementArguments) throws {
    (self.runs, self.arguments) = (runs, arguments)
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT run.code, metric_name.name, step, metric.epoch, value FROM metric
        JOIN run ON run.id = metric.run_id
        JOIN metric_name ON metric_name.id = metric.name_id
        WHERE metric.run_id IN (\(runs))
        ORDER BY metric.run_id, name_id, step, metric.epoch
        """,
      arguments: arguments
    )
    while let row = try rows.next() {
      let name: String = row["name"]
      let point = MetricPoint(
        name: name,
        step: row["step"],
        epoch: row["epoch"],
        value: row["value"]
      )
      points[row["code"], default: [:]][name, default: []].append(point)
    }
  }

  /// Test predictions by run id.
  func predictions(_ database: Database) throws -> [String: TestPredictions] {
    var result = try captures(.testPredictions, database).mapValues { try Self.predictions($0) }
    for (run, names) in try captures(.classNames, database) {
      result[run]?.classNames = try JSONText.decode([String].self, names)
    }
    return result
  }

  /// Sampled text by run id.
  func sampledTexts(_ database: Database) throws -> [String: SampledText] {
    try captures(.sampledText, database).mapValues { try JSONText.decode(SampledText.self, $0) }
  }

  /// Columns of tables by run id.
  func columns(_ database: Database) throws -> [String: DataColumns] {
    try captures(.columns, database).mapValues { try JSONText.decode(DataColumns.self, $0) }
  }

  /// What is known of the data by run id.
  func facts(_ database: Database) throws -> [String: DataFacts] {
    try captures(.facts, database).mapValues { try JSONText.decode(DataFacts.self, $0) }
  }

  /// The JSON of one kind by run id.
  private func captures(_ kind: CaptureKind, _ database: Database) throws -> [String: String] {
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT run.code, capture.content FROM capture JOIN run ON run.id = capture.run_id
        WHERE kind = '\(kind.rawValue)' AND run_id IN (\(runs))
        """,
      arguments: arguments
    )
    return Dictionary(uniqueKeysWithValues: rows.map { ($0["code"], $0["content"]) })
  }

  /// Reads `[[target,prediction],…]` number by number: a JSON library takes seconds for the images of a sweep.
  private static func predictions(_ text: String) throws -> TestPredictions {
    var result = TestPredictions(targets: [], predictions: [])
    var number: Int32?
    var isNegative = false
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "-"): isNegative = true
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        number = (number ?? 0) &* 10 &+ Int32(byte - UInt8(ascii: "0"))
      default:
        guard let magnitude = number else { continue }
        let value = isNegative ? -magnitude : magnitude
        if result.targets.count == result.predictions.count {
          result.targets.append(value)
        } else {
          result.predictions.append(value)
        }
        (number, isNegative) = (nil, false)
      }
    }
    guard result.targets.count == result.predictions.count else {
      throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "predictions without targets")
    }
    return result
  }
}
