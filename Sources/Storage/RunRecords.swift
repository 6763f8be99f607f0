// SPDX-License-Identifier: Apache-2.0

internal import Codecs
internal import Experiments
internal import GRDB
internal import Vocabulary

/// Builds `RunRecord`s from rows, many at a time.
struct RunRecords {
  let database: Database
  /// Seconds since 1970, for leases.
  let now: Double

  /// Columns of a row: the run, and the place in the plan it is seen in.
  private static let selection = """
    SELECT run.*, (SELECT CAST(content AS INTEGER) FROM capture
        WHERE capture.run_id = run.id AND capture.kind = 'numerics') AS checked_numerics,
      sweep.name || '@' || sweep.revision AS sweep_label, sweep.name AS sweep_name,
      place.cell AS place_cell, cell.parameters AS place_parameters
    FROM run
    """
  private static let placeJoins = """
    LEFT JOIN sweep ON sweep.id = place.sweep_id
    LEFT JOIN cell ON cell.sweep_id = place.sweep_id AND cell.position = place.cell
    """

  /// The runs of one plan, in plan order; a run that two cells share is there twice.
  func records(sweep: Int64) throws -> [RunRecord] {
    try records(
      """
      \(Self.selection) JOIN sweep_run AS place ON place.run_id = run.id \(Self.placeJoins)
      WHERE place.sweep_id = ? ORDER BY place.position
      """,
      [sweep]
    )
  }

  /// Runs as seen in the newest plan that holds them, by plan and plan order; bare runs come last.
  func records(where condition: String = "TRUE", _ arguments: StatementArguments = []) throws
    -> [RunRecord]
  {
    try records(
      """
      \(Self.selection)
      LEFT JOIN (SELECT run_id, sweep_id, position, cell FROM sweep_run AS one
        WHERE NOT EXISTS (SELECT 1 FROM sweep_run AS other WHERE other.run_id = one.run_id
          AND (other.sweep_id, -other.position) > (one.sweep_id, -one.position))
      ) AS place ON place.run_id = run.id
      \(Self.placeJoins)
      WHERE \(condition) ORDER BY place.sweep_id IS NULL, place.sweep_id, place.position, run.id
      """,
      arguments
    )
  }

  private func records(_ sql: String, _ arguments: StatementArguments) throws -> [RunRecord] {
    let rows = try Row.fetchAll(database, sql: sql, arguments: arguments)
    let ids: [Int64] = rows.map { $0["id"] }
    let list = "[" + Set(ids).map(String.init).joined(separator: ",") + "]"
    let metrics = try MetricSummaries(database, runs: list).summaries
    let tags = try tags(list)
    return try rows.map { row in
      let id: Int64 = row["id"]
      return try record(row, metrics: metrics[id] ?? [:], tags: tags[id] ?? [])
    }
  }

  private func tags(_ list: String) throws -> [Int64: [String]] {
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT run_id, word FROM tag WHERE run_id IN (SELECT value FROM json_each(?)) ORDER BY word
        """,
      arguments: [list]
    )
    return Dictionary(grouping: rows) { $0["run_id"] }.mapValues { $0.map { $0["word"] } }
  }

  private func record(
    _ row: Row,
    metrics: [String: MetricSummary],
    tags: [String]
  ) throws -> RunRecord {
    let stored = try StoredRun(row)
    let parameters: String? = row["place_parameters"]
    return RunRecord(
      id: stored.code,
      experiment: row["sweep_name"] ?? row["experiment"],
      sweep: row["sweep_label"],
      cell: row["place_cell"],
      seed: row["seed"],
      state: try shownState(stored),
      attempts: stored.attempts,
      reason: stored.reason,
      parameters: try JSONText.decode(
        [String: ParameterValue].self,
        parameters ?? row["parameters"]
      ),
      epochs: stored.epochs,
      durationSeconds: row["duration_seconds"],
      startedAt: row["started_at"],
      finishedAt: row["finished_at"],
      weightsSHA256: row["weights_sha256"],
      dataSHA256: row["data_sha256"],
      numericVersion: row["numeric_version"],
      checkedNumericVersion: row["checked_numerics"],
      parameterCount: row["parameter_count"],
      tags: tags,
      metrics: metrics,
      specification: try JSONText.decode(RunSpecification.self, stored.specification)
    )
  }

  /// `interrupted` is never stored: it is a running row whose worker is gone.
  func shownState(_ run: StoredRun) throws -> RunState {
    guard run.state == .running, let attempt = try run.newestAttempt(database) else {
      return run.state
    }
    return attempt.standing(now: now) == .live ? .running : .interrupted
  }
}

/// Last and best of each metric, read from the points at whole epochs.
struct MetricSummaries {
  private(set) var summaries: [Int64: [String: MetricSummary]] = [:]

  init(_ database: Database, runs: String) throws {
    let goals = try Self.goals(database)
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT run_id, name, epoch, value FROM metric
        JOIN metric_name ON metric_name.id = metric.name_id
        WHERE run_id IN (SELECT value FROM json_each(?)) AND epoch = CAST(epoch AS INTEGER)
        ORDER BY run_id, name_id, step, epoch
        """,
      arguments: [runs]
    )
    while let row = try rows.next() {
      let name: String = row["name"]
      let goal = goals[name] ?? MetricName(name)?.goal ?? .minimize
      add(run: row["run_id"], name: name, epoch: row["epoch"], value: row["value"], goal: goal)
    }
  }

  /// A plan may turn the goal of the metric that chooses; the newest plan wins.
  private static func goals(_ database: Database) throws -> [String: MetricGoal] {
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT json_extract(experiment, '$.metric.name') AS name,
          json_extract(experiment, '$.metric.goal') AS goal
        FROM sweep ORDER BY id
        """
    )
    var goals: [String: MetricGoal] = [:]
    for row in rows { goals[row["name"]] = MetricGoal(rawValue: row["goal"]) }
    return goals
  }

  private mutating func add(
    run: Int64,
    name: String,
    epoch: Double,
    value: Double?,
    goal: MetricGoal
  ) {
    var summary =
      summaries[run]?[name] ?? MetricSummary(last: nil, best: nil, bestEpoch: nil)
    summary.last = value
    if let value, summary.best.map({ goal.prefers(value, to: $0) }) ?? true {
      (summary.best, summary.bestEpoch) = (value, Int(epoch))
    }
    summaries[run, default: [:]][name] = summary
  }
}
