// SPDX-License-Identifier: Apache-2.0

internal import Codecs
internal import Experiments
internal import GRDB
internal import Vocabulary

/// A row of `run`, as planning and claiming need it.
struct StoredRun {
  var id: Int64
  var code: String
  var contentKey: String
  var state: RunState
  var reason: String?
  var attempts: Int
  var epochs: Int
  var specification: String
  var demand: String

  init(_ row: Row) throws {
    id = row["id"]
    code = row["code"]
    contentKey = row["content_key"]
    let text: String = row["state"]
    guard let known = RunState(rawValue: text) else {
      throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "run \(code) has state `\(text)`")
    }
    state = known
    reason = row["reason"]
    attempts = row["attempts"]
    epochs = row["epochs"]
    specification = row["specification"]
    demand = row["demand"]
  }

  static let columns =
    "run.id, code, content_key, state, run.reason, attempts, epochs, specification, demand"

  static func find(_ database: Database, contentKey: String) throws -> StoredRun? {
    let statement = try database.cachedStatement(
      sql: "SELECT \(columns) FROM run WHERE content_key = ?"
    )
    return try Row.fetchOne(statement, arguments: [contentKey]).map(StoredRun.init)
  }

  static func find(_ database: Database, code: String) throws -> StoredRun {
    let statement = try database.cachedStatement(sql: "SELECT \(columns) FROM run WHERE code = ?")
    guard let row = try Row.fetchOne(statement, arguments: [code]) else {
      throw StorageError.noSuchRun(code)
    }
    return try StoredRun(row)
  }

  /// The newest attempt; nil before the first.
  func newestAttempt(_ database: Database) throws -> StoredAttempt? {
    let statement = try database.cachedStatement(
      sql: "SELECT * FROM attempt WHERE run_id = ? AND number = ?"
    )
    return try Row.fetchOne(statement, arguments: [id, attempts]).map(StoredAttempt.init)
  }

  /// Step and epoch of the newest checkpoint to go on from.
  func newestCheckpoint(_ database: Database) throws -> CheckpointInfo? {
    try CheckpointInfo.newest(database, run: id, kind: .resume)
  }
}

/// The owner of an attempt, as its claim is judged.
struct StoredAttempt {
  var number: Int
  var process: ProcessIdentity
  var supervisor: ProcessIdentity?
  var renewedAt: Double
  var resumedSeconds: Double

  init(_ row: Row) {
    number = row["number"]
    process = ProcessIdentity(
      host: row["host"],
      bootID: row["boot_id"],
      pid: row["pid"],
      startTime: row["process_start"]
    )
    let host: String? = row["supervisor_host"]
    let bootID: String? = row["supervisor_boot_id"]
    let pid: Int? = row["supervisor_pid"]
    if let host, let bootID, let pid {
      supervisor = ProcessIdentity(
        host: host,
        bootID: bootID,
        pid: pid,
        startTime: row["supervisor_start"]
      )
    }
    renewedAt = row["renewed_at"]
    resumedSeconds = row["resumed_seconds"]
  }

  /// What a claim is worth.
  enum Standing {
    /// Its worker lives.
    case live
    /// Its worker is dead, and the living sweep that watches it has yet to settle that.
    case unsettled
    /// Nobody will go on with it.
    case void
  }

  /// On this machine the dead are known at once; elsewhere a claim lasts as long as its lease.
  func standing(now: Double) -> Standing {
    switch process.isAlive {
    case true?: .live
    case false?: supervisor?.isAlive == true ? .unsettled : .void
    case nil: now - renewedAt > RunStore.leaseSeconds ? .void : .live
    }
  }
}

extension StoredRun {
  /// Whether this program certainly trains the run to other bits than the one that planned it.
  func isOutdated(_ database: Database) throws -> Bool {
    let statement = try database.cachedStatement(
      sql: """
        SELECT numeric_version, (SELECT CAST(content AS INTEGER) FROM capture
          WHERE run_id = run.id AND kind = 'numerics') AS checked
        FROM run WHERE id = ?
        """
    )
    guard let row = try Row.fetchOne(statement, arguments: [id]) else { return false }
    let version: Int = row["numeric_version"]
    guard version < newestNumericVersion else { return false }
    return try JSONText.decode(RunSpecification.self, specification)
      .isOutdated(version: version, checked: row["checked"])
  }
}

extension RunStore {
  /// Queued and interrupted runs of a scope that no worker of this program claims.
  public func outdatedRuns(in scope: RunScope) throws -> [String] {
    try read { database in
      let filter = try ScopeFilter(database, scope)
      let rows = try Row.fetchAll(
        database,
        sql: """
          SELECT \(StoredRun.columns) FROM run \(filter.join)
          WHERE state IN ('queued', 'running') \(filter.order)
          """,
        arguments: filter.arguments
      )
      return try rows.map(StoredRun.init).filter { try $0.isOutdated(database) }.map(\.code)
    }
  }
}
