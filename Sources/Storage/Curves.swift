// SPDX-License-Identifier: Apache-2.0

internal import Experiments
internal import GRDB
internal import Vocabulary

/// Metric points of some runs.
struct Curves {
  /// By run id and metric name, in step order.
  private(set) var points: [String: [String: [MetricPoint]]] = [:]

  /// `runs` is a query for the row ids.
  init(_ database: Database, runs: String, arguments: StatementArguments) throws {
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
}
