// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import GRDB

/// Opening one database file: refuses what is not ours, waits while it is busy, migrates, asks for durable commits.
struct DatabaseFile: Sendable {
  /// How long a statement waits for another process's transaction.
  static let busySeconds: TimeInterval = 30

  var path: String
  /// Whether it is a copy that nobody else has open.
  var isCopy = false
  /// Hears how many runs an older file holds before it is brought up to date.
  var updating: @Sendable (Int) -> Void = { _ in }

  /// Opens the pool; `.create` makes a missing file, `.readOnly` neither migrates nor writes.
  func open(_ mode: RunStore.Mode, now: Date) throws -> DatabasePool {
    let isNew = !FileManager.default.fileExists(atPath: path)
    if isNew {
      guard mode == .create else { throw StorageError.missing(path: path) }
    }
    return try translatingErrors {
      if !isNew { undoHalfWritten() }
      let isOlder = try !isNew && retryingWhileBusy { try inspect(mode, now: now) }
      if isOlder { try bringUpToDate(now: now) }
      let pool = try retryingWhileBusy { try connect(mode) }
      if mode != .readOnly {
        try retryingWhileBusy { try prepare(pool, now: now) }
      }
      return pool
    }
  }

  /// Has SQLite put back what a process that was killed had changed without a commit, which only a connection that may
  /// write does; where that is refused, the look that follows says so.
  private func undoHalfWritten() {
    guard FileManager.default.fileExists(atPath: path + "-journal") else { return }
    var configuration = Configuration()
    configuration.busyMode = .timeout(Self.busySeconds)
    guard let queue = try? DatabaseQueue(path: path, configuration: configuration) else { return }
    _ = try? queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM sqlite_schema") }
    try? queue.close()
  }

  /// Throws unless a database of this program is there, of whichever version.
  func checkIsOurs() throws {
    guard FileManager.default.fileExists(atPath: path) else {
      throw StorageError.missing(path: path)
    }
    undoHalfWritten()
    do {
      _ = try translatingErrors { try inspect(.readOnly, now: Date()) }
    } catch StorageError.olderSchema, StorageError.newerSchema {
    } catch StorageError.refusesWrites {
      // SQLite writes beside a file to look at it; the copy will show what it is.
    }
  }

  /// Looks at a file before anything may change it; tells whether it has to be brought up to date.
  private func inspect(_ mode: RunStore.Mode, now: Date) throws -> Bool {
    var configuration = Configuration()
    configuration.readonly = true
    configuration.busyMode = .timeout(Self.busySeconds)
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    let isOlder = try queue.read { database in
      let mark = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
      let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
      if mark != DatabaseSchema.applicationID {
        guard mark == 0, tables == 0, mode == .create else {
          throw StorageError.foreignDatabase(path: path)
        }
        return false
      }
      let known = Set(DatabaseSchema.migrations.map(\.name))
      if let later = try DatabaseSchema.appliedNames(database).first(where: { !known.contains($0) })
      {
        throw StorageError.newerSchema(path: path, migration: later)
      }
      guard try !DatabaseSchema.isCurrent(database) else { return false }
      if mode == .readOnly { throw StorageError.olderSchema(path: path) }
      if !isCopy { try DatabaseSchema.checkUse(database, path: path, now: now) }
      return true
    }
    try queue.close()
    return isOlder
  }

  /// How long others may take to close the file: those that only look at it are done in a moment.
  private static let lookSeconds: TimeInterval = 1.5

  /// Brings an older file up to date once nobody else has it open.
  ///
  /// A process of an older version would go on in its own words, whether it trains at the moment or not.
  private func bringUpToDate(now: Date) throws {
    let end = Date(timeIntervalSinceNow: Self.lookSeconds)
    var delay = 0.001 * Double.random(in: 1...2)
    while true {
      if try retryingWhileBusy({ try updated(now: now) }) { return }
      guard Date() < end else { throw StorageError.olderOpen(path: path) }
      Thread.sleep(forTimeInterval: delay)
      delay = min(0.1, delay * 1.5)
    }
  }

  private func updated(now: Date) throws -> Bool {
    var configuration = Configuration()
    configuration.busyMode = .timeout(Self.busySeconds)
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    defer { try? queue.close() }
    return try queue.writeWithoutTransaction { database in
      // Another process may have done it meanwhile.
      if try DatabaseSchema.isCurrent(database) { return true }
      return try DatabaseSchema.migrate(
        database,
        path: path,
        isCopy: isCopy,
        now: now,
        updating: updating
      )
    }
  }

  private func connect(_ mode: RunStore.Mode) throws -> DatabasePool {
    var configuration = Configuration()
    configuration.readonly = mode == .readOnly
    configuration.busyMode = .timeout(Self.busySeconds)
    configuration.maximumReaderCount = 4
    return try DatabasePool(path: path, configuration: configuration)
  }

  /// GRDB sets `synchronous = NORMAL` itself when it turns WAL on, so FULL is asked for only now.
  private func prepare(_ pool: DatabasePool, now: Date) throws {
    try pool.writeWithoutTransaction { database in
      try database.execute(sql: "PRAGMA synchronous = FULL")
      if try !DatabaseSchema.isCurrent(database) {
        try DatabaseSchema.create(database, path: path, now: now)
      }
    }
  }

  /// Turning WAL on, and recovery after a crash, answer "busy" at once, whatever the timeout.
  private func retryingWhileBusy<Value>(_ body: () throws -> Value) throws -> Value {
    var delay: TimeInterval = 0.002
    while true {
      do {
        return try body()
      } catch let error as DatabaseError
        where error.resultCode == .SQLITE_BUSY || error.resultCode == .SQLITE_LOCKED
      {
        guard delay < 2 else { throw error }
        Thread.sleep(forTimeInterval: delay)
        delay *= 1.5
      }
    }
  }

  /// Runs `body`, turning SQLite's errors into ours.
  func translatingErrors<Value>(_ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let error as DatabaseError {
      throw translated(error)
    }
  }

  private func translated(_ error: DatabaseError) -> StorageError {
    let detail = error.message ?? "SQLite error \(error.extendedResultCode.rawValue)"
    switch error.resultCode {
    case .SQLITE_NOTADB: return .notADatabase(path: path)
    case .SQLITE_CORRUPT: return .damaged(path: path, detail: detail)
    case .SQLITE_CANTOPEN:
      let detail =
        FileManager.default.fileExists(atPath: path)
        ? "SQLite writes beside it even to read it, so its folder has to take files; copy it to one that does"
        : "does its folder exist, and may you write there?"
      return .refusesWrites(path: path, detail: detail)
    case .SQLITE_READONLY, .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_PERM, .SQLITE_NOLFS:
      return .refusesWrites(path: path, detail: detail)
    case .SQLITE_BUSY, .SQLITE_LOCKED: return .busy(path: path)
    default: return .failure(path: path, detail: "\(error)")
    }
  }
}
