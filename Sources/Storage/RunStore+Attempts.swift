// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// One try at a run.
public struct AttemptRecord: Hashable, Sendable {
  /// The number of the attempt, counted from 1.
  public var number: Int
  /// The machine.
  public var host: String
  /// The worker's process number.
  public var pid: Int
  /// The step from which it continued; 0 for a start from the beginning.
  public var resumedStep: Int
  /// When it started, in ISO 8601 UTC.
  public var startedAt: String
  /// When it ended, in ISO 8601 UTC; nil while it lasts.
  public var endedAt: String?
  /// How it ended; nil while it lasts.
  public var outcome: AttemptOutcome?
  /// Why it ended this way.
  public var reason: String?
  /// Digest of the weights it ended with.
  public var weightsSHA256: String?
  /// Machine and settings, if the worker told them.
  public var environment: RunEnvironment?

  init(_ row: Row) {
    number = row["number"]
    host = row["host"]
    pid = row["pid"]
    resumedStep = row["resumed_step"]
    startedAt = row["started_at"]
    endedAt = row["ended_at"]
    let text: String? = row["outcome"]
    outcome = text.flatMap(AttemptOutcome.init(rawValue:))
    reason = row["reason"]
    weightsSHA256 = row["weights_sha256"]
    let cpu: String? = row["cpu"]
    environment = cpu.map { cpu in
      RunEnvironment(
        cpu: cpu,
        system: row["system"],
        cores: row["cores"],
        jobs: row["jobs"],
        threads: row["threads"],
        version: row["version"]
      )
    }
  }
}

extension RunStore {
  /// The attempts at a run, first to last.
  public func attempts(ofRun id: String) throws -> [AttemptRecord] {
    try read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT attempt.*, cpu, system, cores, jobs, threads, version FROM attempt
          JOIN run ON run.id = attempt.run_id
          LEFT JOIN environment ON environment.id = attempt.environment_id
          WHERE run.code = ? ORDER BY number
          """,
        arguments: [id]
      ).map(AttemptRecord.init)
    }
  }
}
