// SPDX-License-Identifier: Apache-2.0

internal import Codecs
internal import Experiments
internal import Foundation
internal import GRDB
internal import Vocabulary

extension RunStore {
  /// Gives the worker the next run of the scope, in plan order; nil if no run can be claimed now.
  ///
  /// Queued runs and runs with a void claim can be claimed. On one machine, the claim of a dead
  /// worker is void at once, unless the sweep that watches the worker still lives and is about to
  /// settle the run. A run stays in the queue if this program certainly trains it to other numbers
  /// than it was planned for. The same transaction starts an attempt and deletes everything
  /// recorded after the checkpoint from which the run continues.
  public func claim(
    worker: WorkerIdentity,
    in scope: RunScope = .all,
    excluding excluded: Set<String> = [],
    environment: RunEnvironment? = nil
  ) throws -> ClaimedRun? {
    try write { database in
      guard let run = try nextFree(database, scope, excluded) else { return nil }
      return try start(run, worker: worker, environment: environment, database)
    }
  }

  private func nextFree(
    _ database: Database,
    _ scope: RunScope,
    _ excluded: Set<String>
  ) throws -> StoredRun? {
    let filter = try ScopeFilter(database, scope)
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT \(StoredRun.columns) FROM run \(filter.join)
        WHERE state IN ('queued', 'running') \(filter.order)
        """,
      arguments: filter.arguments
    )
    while let row = try rows.next() {
      let run = try StoredRun(row)
      guard !excluded.contains(run.code), try isFree(run, database) else { continue }
      if try !run.isOutdated(database) { return run }
    }
    return nil
  }

  private func isFree(_ run: StoredRun, _ database: Database) throws -> Bool {
    guard run.state == .running else { return true }
    guard let attempt = try run.newestAttempt(database) else { return true }
    return attempt.standing(now: now.timeIntervalSince1970) == .void
  }

  private func start(
    _ run: StoredRun,
    worker: WorkerIdentity,
    environment: RunEnvironment?,
    _ database: Database
  ) throws -> ClaimedRun {
    let progress = RunProgress(database: database, run: run.id)
    if run.state == .running {
      try progress.endAttempt(run.attempts, outcome: .interrupted, at: timestamp)
    }
    let checkpoint = try run.newestCheckpoint(database)
    try progress.rewind(to: checkpoint?.step ?? 0, epoch: checkpoint?.epoch ?? 0)
    try database.execute(
      sql: """
        UPDATE run SET state = 'running', attempts = attempts + 1, reason = NULL,
          finished_at = NULL, weights_sha256 = NULL, duration_seconds = ?,
          started_at = coalesce(started_at, ?)
        WHERE id = ?
        """,
      arguments: [checkpoint?.elapsedSeconds, timestamp, run.id]
    )
    try insertAttempt(run, worker, checkpoint, environment, database)
    return try claimedRun(run.id, resume: checkpoint, database)
  }

  private func insertAttempt(
    _ run: StoredRun,
    _ worker: WorkerIdentity,
    _ checkpoint: CheckpointInfo?,
    _ environment: RunEnvironment?,
    _ database: Database
  ) throws {
    try database.execute(
      sql: """
        INSERT INTO attempt (run_id, number, host, boot_id, pid, process_start, supervisor_host,
          supervisor_boot_id, supervisor_pid, supervisor_start, environment_id, resumed_step,
          resumed_seconds, started_at, renewed_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        run.id, run.attempts + 1, worker.process.host, worker.process.bootID, worker.process.pid,
        worker.process.startTime, worker.supervisor?.host, worker.supervisor?.bootID,
        worker.supervisor?.pid, worker.supervisor?.startTime,
        try environment.map { try environmentID($0, database) }, checkpoint?.step ?? 0,
        checkpoint?.elapsedSeconds ?? 0, timestamp, now.timeIntervalSince1970,
      ]
    )
  }

  private func environmentID(
    _ environment: RunEnvironment,
    _ database: Database
  ) throws -> Int64? {
    let values: StatementArguments = [
      environment.cpu, environment.system, environment.cores, environment.jobs,
      environment.threads, environment.version,
    ]
    try database.execute(
      sql: """
        INSERT OR IGNORE INTO environment (cpu, system, cores, jobs, threads, version)
        VALUES (?, ?, ?, ?, ?, ?)
        """,
      arguments: values
    )
    return try Int64.fetchOne(
      database,
      sql: """
        SELECT id FROM environment
        WHERE (cpu, system, cores, jobs, threads, version) = (?, ?, ?, ?, ?, ?)
        """,
      arguments: values
    )
  }

  private func claimedRun(
    _ id: Int64,
    resume: CheckpointInfo?,
    _ database: Database
  ) throws -> ClaimedRun {
    guard
      let row = try Row.fetchOne(database, sql: "SELECT * FROM run WHERE id = ?", arguments: [id])
    else { throw StorageError.noSuchRun("\(id)") }
    let demand = try JSONText.decode(Demand.self, row["demand"])
    return ClaimedRun(
      claim: Claim(runID: row["code"], attempt: row["attempts"]),
      experiment: row["experiment"],
      seed: row["seed"],
      specification: try JSONText.decode(RunSpecification.self, row["specification"]),
      parameters: try JSONText.decode([String: ParameterValue].self, row["parameters"]),
      checkpoint: demand.checkpoint,
      metric: demand.selection,
      dataSHA256: row["data_sha256"],
      numericVersion: row["numeric_version"],
      resume: resume
    )
  }
}

/// The part of a query that narrows it to a scope and puts it into plan order.
struct ScopeFilter {
  var join: String
  var order: String
  var arguments: StatementArguments

  init(_ database: Database, _ scope: RunScope) throws {
    switch scope {
    case .all:
      (join, order, arguments) = ("", "ORDER BY run.id", [])
    case .sweep(let label):
      join = """
        JOIN (SELECT run_id, min(position) AS place FROM sweep_run WHERE sweep_id = ?
          GROUP BY run_id) AS planned ON planned.run_id = run.id
        """
      order = "ORDER BY planned.place"
      arguments = [try SweepRows.find(database, label)]
    case .runs(let codes):
      join = "JOIN json_each(?) AS wanted ON wanted.value = run.code"
      order = "ORDER BY wanted.key"
      arguments = [try JSONText.encode(codes)]
    }
  }
}
