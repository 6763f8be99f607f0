// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import GRDB
internal import GRDBSQLite

/// One value of an SQL answer.
public enum SQLValue: Hashable, Sendable {
  /// `NULL`.
  case null
  /// A whole number.
  case integer(Int64)
  /// A real number.
  case real(Double)
  /// Text.
  case text(String)
  /// Bytes.
  case blob([UInt8])
}

/// An SQL answer.
public struct SQLAnswer: Hashable, Sendable {
  /// Names of the columns.
  public var columns: [String]
  /// The rows, with a value for each column.
  public var rows: [[SQLValue]]
}

/// Runs the user's own SQL on a connection that can only read.
///
/// GRDB owns the authorizer of its connections, so this connection is opened directly. It is
/// read-only, and its authorizer allows nothing but reading. So SQL that was copied from somewhere
/// cannot write, attach another file or load code.
public enum ReadOnlySQL {
  /// The answer to one statement; a statement that does more than read is refused with a sentence.
  public static func query(path: String, _ sql: String) throws -> SQLAnswer {
    guard FileManager.default.fileExists(atPath: path) else {
      throw StorageError.missing(path: path)
    }
    let connection = try Connection(path: path)
    return try connection.answer(sql)
  }
}

extension RunStore {
  /// The answer to one statement of the user's own; a statement that does more than read is refused with a sentence.
  public func query(_ sql: String) throws -> SQLAnswer {
    try ReadOnlySQL.query(path: pool.path, sql)
  }
}

/// An open SQLite connection that can only read.
@safe private final class Connection {
  private let path: String
  private let handle: OpaquePointer

  init(path: String) throws {
    self.path = path
    var opened: OpaquePointer?
    let status = unsafe sqlite3_open_v2(path, &opened, SQLITE_OPEN_READONLY, nil)
    guard status == SQLITE_OK, let handle = unsafe opened else {
      unsafe sqlite3_close_v2(opened)
      throw StorageError.failure(path: path, detail: "it cannot be opened for reading")
    }
    unsafe self.handle = handle
    unsafe sqlite3_busy_timeout(handle, Int32(DatabaseFile.busySeconds * 1000))
    unsafe sqlite3_set_authorizer(handle, authorize, nil)
  }

  deinit { unsafe sqlite3_close_v2(handle) }

  func answer(_ sql: String) throws -> SQLAnswer {
    let statement = unsafe try prepared(sql)
    defer { _ = unsafe sqlite3_finalize(statement) }
    let count = unsafe sqlite3_column_count(statement)
    let columns = (0..<count).map { unsafe String(cString: sqlite3_column_name(statement, $0)) }
    var rows: [[SQLValue]] = []
    while true {
      switch unsafe sqlite3_step(statement) {
      case SQLITE_ROW: rows.append((0..<count).map { unsafe value(statement, $0) })
      case SQLITE_DONE: return SQLAnswer(columns: columns, rows: rows)
      case let status: throw refusal(status)
      }
    }
  }

  private var message: String { unsafe String(cString: sqlite3_errmsg(handle)) }

  private func prepared(_ sql: String) throws -> OpaquePointer {
    var statement: OpaquePointer?
    var rest = ""
    let status = unsafe sql.withCString { text in
      var tail: UnsafePointer<CChar>?
      let status = unsafe sqlite3_prepare_v2(handle, text, -1, &statement, &tail)
      if let tail = unsafe tail { rest = unsafe String(cString: tail) }
      return status
    }
    guard status == SQLITE_OK else { throw refusal(status) }
    guard let statement = unsafe statement else {
      throw StorageError.refusedSQL(detail: "there is no statement in `\(sql)`")
    }
    let ends = CharacterSet.whitespacesAndNewlines.union(CharacterSet(charactersIn: ";"))
    guard rest.trimmingCharacters(in: ends).isEmpty else {
      unsafe sqlite3_finalize(statement)
      throw StorageError.refusedSQL(detail: "`sql` runs one statement at a time")
    }
    return unsafe statement
  }

  /// SQLite answers a forbidden statement with SQLITE_AUTH or, for some, with SQLITE_ERROR and these words.
  private func refusal(_ status: Int32) -> StorageError {
    let wasForbidden =
      status == SQLITE_AUTH || message.hasPrefix("not authorized")
      || message.hasPrefix("authorization denied")
    guard !wasForbidden else {
      return .refusedSQL(
        detail:
          "`sql` only reads: statements that write, attach files or change settings are refused"
      )
    }
    return switch status {
    case SQLITE_NOTADB: .notADatabase(path: path)
    case SQLITE_CORRUPT: .damaged(path: path, detail: message)
    case SQLITE_BUSY: .busy(path: path)
    default: .refusedSQL(detail: message)
    }
  }

  private func value(_ statement: OpaquePointer, _ column: Int32) -> SQLValue {
    switch unsafe sqlite3_column_type(statement, column) {
    case SQLITE_INTEGER: return .integer(unsafe sqlite3_column_int64(statement, column))
    case SQLITE_FLOAT: return .real(unsafe sqlite3_column_double(statement, column))
    case SQLITE_TEXT:
      guard let text = unsafe sqlite3_column_text(statement, column) else { return .text("") }
      let count = Int(unsafe sqlite3_column_bytes(statement, column))
      let bytes = unsafe UnsafeBufferPointer(start: text, count: count)
      return .text(unsafe String(decoding: bytes, as: UTF8.self))
    case SQLITE_BLOB:
      guard let start = unsafe sqlite3_column_blob(statement, column) else { return .blob([]) }
      let count = Int(unsafe sqlite3_column_bytes(statement, column))
      return .blob(unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: count)))
    default: return .null
    }
  }
}

/// Reading, calling functions other than `load_extension`, and looking at a table's columns.
private let authorize:
  @convention(c) (
    UnsafeMutableRawPointer?, Int32, UnsafePointer<CChar>?, UnsafePointer<CChar>?,
    UnsafePointer<CChar>?, UnsafePointer<CChar>?
  ) -> Int32 = { _, action, first, second, _, _ in
    switch action {
    case SQLITE_SELECT, SQLITE_READ, SQLITE_RECURSIVE: return SQLITE_OK
    case SQLITE_FUNCTION:
      let name = unsafe second.map { unsafe String(cString: $0).lowercased() }
      return name == "load_extension" ? SQLITE_DENY : SQLITE_OK
    case SQLITE_PRAGMA:
      let name = unsafe first.map { unsafe String(cString: $0).lowercased() } ?? ""
      return readingPragmas.contains(name) ? SQLITE_OK : SQLITE_DENY
    default: return SQLITE_DENY
    }
  }

private let readingPragmas: Set<String> = [
  "table_info", "table_xinfo", "table_list", "index_list", "index_info", "foreign_key_list",
  "integrity_check", "quick_check", "compile_options",
]
