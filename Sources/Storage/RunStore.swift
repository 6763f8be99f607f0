// SPDX-License-Identifier: Apache-2.0

public import Foundation
internal import GRDB

/// The only owner of a database file: plans, claims, metrics, checkpoints and results.
///
/// Every method is one transaction that keeps the store's invariants. A run has one row and one
/// result. An attempt writes only while its claim is the run's newest. Work lost in a crash is
/// deleted before it is repeated. Methods block, so call them from your own threads. Errors are
/// `StorageError`.
public final class RunStore: Sendable {
  /// How to open the file.
  public enum Mode: Sendable {
    /// Create it if it is missing.
    case create
    /// It must exist; an older file is migrated.
    case open
    /// It must exist, and it is not changed.
    case readOnly
  }

  /// How long a claim on another machine lasts without renewal.
  public static let leaseSeconds: Double = 15

  /// The path of the file.
  public let path: String
  let pool: DatabasePool
  /// The file that was opened, because the path may lead to another file later; nil if the system
  /// cannot tell.
  public let mark: FileMark?
  /// Its folder as an absolute path, because the working folder may be gone later.
  let folder: String
  private let clock: @Sendable () -> Date
  /// The folder of the copy that is read in place of the file; nil if the file itself is open.
  private let copy: CopyFolder?

  /// Opens a database; tests pass a `clock` that tells the time.
  ///
  /// An older file is brought up to date, which takes a second for some thousand runs: `updating` hears their number
  /// before it begins.
  public init(
    path: String,
    mode: Mode = .open,
    clock: @escaping @Sendable () -> Date = { Date() },
    updating: @escaping @Sendable (Int) -> Void = { _ in }
  ) throws {
    self.path = path
    folder = URL(fileURLWithPath: path).standardizedFileURL.deletingLastPathComponent().path
    self.clock = clock
    pool = try DatabaseFile(path: path, updating: updating).open(mode, now: clock())
    mark = FileMark(path: path)
    copy = nil
  }

  /// Opens a migrated copy of an older file; the copy is deleted with this object, and the file
  /// stays as it is.
  ///
  /// This is for a file that cannot be written, or with which a process of an older version is
  /// still working.
  public init(copyOf path: String, clock: @escaping @Sendable () -> Date = { Date() }) throws {
    let copy = try CopyFolder(of: path)
    self.path = path
    folder = URL(fileURLWithPath: path).standardizedFileURL.deletingLastPathComponent().path
    self.clock = clock
    pool = try DatabaseFile(path: copy.database, isCopy: true).open(.open, now: clock())
    mark = FileMark(path: path)
    self.copy = copy
  }

  /// Whether this is a copy, which does not see later changes of the file.
  public var isCopy: Bool { copy != nil }

  var now: Date { clock() }
  var timestamp: String { Self.text(of: now) }

  func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try DatabaseFile(path: path).translatingErrors { try pool.read(body) }
  }

  func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try DatabaseFile(path: path).translatingErrors { try pool.write(body) }
  }

  /// The date as ISO 8601 UTC with milliseconds.
  static func text(of date: Date) -> String {
    date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
  }
}
