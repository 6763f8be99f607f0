// SPDX-License-Identifier: Apache-2.0

internal import Experiments
internal import GRDB
internal import Vocabulary

/// How an attempt ended.
public enum AttemptOutcome: String, Hashable, Codable, Sendable, CaseIterable {
  /// The run was trained to the end.
  case completed
  /// The search pruned it.
  case pruned
  /// It ended without a result.
  case failed
  /// The worker gave the run back after a checkpoint.
  case released
  /// The worker and its sweep disappeared together.
  case interrupted
  /// The worker died, but its sweep lived.
  case crashed
  /// The user cancelled the run.
  case cancelled
}

/// Changes of one run inside a transaction.
struct RunProgress {
  let database: Database
  let run: Int64

  func endAttempt(
    _ number: Int,
    outcome: AttemptOutcome,
    reason: String? = nil,
    weightsSHA256: String? = nil,
    at timestamp: String
  ) throws {
    try database.execute(
      sql: """
        UPDATE attempt SET ended_at = ?, outcome = ?, reason = ?, weights_sha256 = ?
        WHERE run_id = ? AND number = ? AND outcome IS NULL
        """,
      arguments: [timestamp, outcome.rawValue, reason, weightsSHA256, run, number]
    )
  }

  /// Puts the run back into the queue; its records stay until a worker starts.
  func queue() throws {
    try database.execute(
      sql: """
        UPDATE run SET state = 'queued', reason = NULL, finished_at = NULL, weights_sha256 = NULL
        WHERE id = ?
        """,
      arguments: [run]
    )
  }

  func end(state: RunState, reason: String?, at timestamp: String) throws {
    try database.execute(
      sql: "UPDATE run SET state = ?, reason = ?, finished_at = ? WHERE id = ?",
      arguments: [state.rawValue, reason, timestamp, run]
    )
  }

  /// Deletes the records after `step`, because these steps will be repeated and must not count
  /// twice.
  func rewind(to step: Int, epoch: Double) throws {
    try database.execute(
      sql: "DELETE FROM metric WHERE run_id = ? AND step > ?",
      arguments: [run, step]
    )
    if step == 0 {
      try database.execute(sql: "DELETE FROM metric WHERE run_id = ?", arguments: [run])
    }
    try database.execute(
      sql: "UPDATE run SET epochs = ? WHERE id = ?",
      arguments: [Int(epoch), run]
    )
    try database.execute(sql: "DELETE FROM capture WHERE run_id = ?", arguments: [run])
    try deleteCheckpoints("run_id = ? AND (kind = 'final' OR step > ?)", [run, step])
  }

  func dropCheckpoints() throws {
    try deleteCheckpoints("run_id = ? AND kind = 'resume'", [run])
  }

  /// Deletes checkpoints and the chunks to which nothing else refers.
  func deleteCheckpoints(_ condition: String, _ arguments: StatementArguments) throws {
    let hashes = try Row.fetchAll(
      database,
      sql: """
        SELECT DISTINCT hash FROM checkpoint_chunk WHERE checkpoint_id IN
          (SELECT id FROM checkpoint WHERE \(condition))
        """,
      arguments: arguments
    )
    try database.execute(sql: "DELETE FROM checkpoint WHERE \(condition)", arguments: arguments)
    let statement = try database.cachedStatement(
      sql: """
        DELETE FROM chunk WHERE hash = ?1
          AND NOT EXISTS (SELECT 1 FROM checkpoint_chunk WHERE hash = ?1)
        """
    )
    for row in hashes {
      let hash: DatabaseValue = row["hash"]
      try statement.execute(arguments: [hash])
    }
  }

  /// Adds points and counts the epochs they complete.
  func append(_ points: [MetricPoint]) throws {
    guard !points.isEmpty else { return }
    var names: [String: Int64] = [:]
    let statement = try database.cachedStatement(
      sql: """
        INSERT INTO metric (run_id, name_id, step, epoch, value) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (run_id, name_id, step, epoch) DO UPDATE SET value = excluded.value
        """
    )
    for point in points {
      let name = try names[point.name] ?? nameID(point.name)
      names[point.name] = name
      try statement.execute(arguments: [run, name, point.step, point.epoch, point.value])
    }
    let epochs = points.map(\.epoch).max().map { Int($0) } ?? 0
    try database.execute(
      sql: "UPDATE run SET epochs = max(epochs, ?) WHERE id = ?",
      arguments: [epochs, run]
    )
  }

  private func nameID(_ name: String) throws -> Int64 {
    let find = try database.cachedStatement(sql: "SELECT id FROM metric_name WHERE name = ?")
    if let id = try Int64.fetchOne(find, arguments: [name]) { return id }
    try database.execute(sql: "INSERT INTO metric_name (name) VALUES (?)", arguments: [name])
    return database.lastInsertedRowID
  }
}
