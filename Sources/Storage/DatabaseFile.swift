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
      if !isNew { try retryingWhileBusy { try inspect(mode, now: now) } }
      let pool = try retryingWhileBusy { try connect(mode) }
      if mode != .readOnly {
        try retryingWhileBusy { try prepare(pool, now: now) }
      }
      return pool
    }
  }

  /// Looks at a file before anything may change it.
  private func inspect(_ mode: RunStore.Mode, now: Date) throws {
    var configuration = Configuration()
    configuration.readonly = true
    configuration.busyMode = .timeout(Self.busySeconds)
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    try queue.read { database in
      let mark = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
      let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
      if mark != DatabaseSchema.applicationID {
        guard mark == 0, tables == 0, mode == .create else {
          throw StorageError.foreignDatabase(path: path)
        }
        return
      }
      let known = Set(DatabaseSchema.migrations.map(\.name))
      if let later = try DatabaseSchema.appliedNames(database).first(where: { !known.contains($0) })
      {
        throw StorageError.newerSchema(path: path, migration: later)
      }
      guard try !DatabaseSchema.isCurrent(database) else { return }
      if mode == .readOnly { throw StorageError.olderSchema(path: path) }
      if !isCopy { try DatabaseSchema.checkUse(database, path: path, now: now) }
    }
    try queue.close()
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
        // Another process may have done it while this one waited.
        try DatabaseSchema.migrate(
          database,
          path: path,
          isCopy: isCopy,
          now: now,
          updating: updating
        )
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
