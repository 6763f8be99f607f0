// SPDX-License-Identifier: Apache-2.0

public import Foundation
internal import GRDB

/// The one owner of a database file: plans, claims, metrics, checkpoints and results.
///
/// Every method is one transaction that keeps the store's invariants: a run has one row and one result, an attempt
/// writes only while its claim is the run's newest, and work lost in a crash is deleted before it is repeated. Methods
/// block; call them from threads of your own. Errors are `StorageError`.
public final class RunStore: Sendable {
  /// What to do with the file.
  public enum Mode: Sendable {
    /// Make it if it is missing.
    case create
    /// It must be there; an older one is migrated.
    case open
    /// It must be there and is not changed.
    case readOnly
  }

  /// How long a claim on another machine lasts without renewal.
  public static let leaseSeconds: Double = 15

  /// The file.
  public let path: String
  let pool: DatabasePool
  /// The file that was opened: the path may lead to another one later. Nil where the system does not tell.
  public let mark: FileMark?
  /// Its folder, from the root on: the working folder may be gone later.
  let folder: String
  private let clock: @Sendable () -> Date
  /// The folder of the copy that is read in place of the file; nil if the file itself is open.
  private let copy: CopyFolder?

  /// Opens a database; `clock` tells the time for tests.
  public init(
    path: String,
    mode: Mode = .open,
    clock: @escaping @Sendable () -> Date = { Date() }
  ) throws {
    self.path = path
    folder = URL(fileURLWithPath: path).standardizedFileURL.deletingLastPathComponent().path
    self.clock = clock
    pool = try DatabaseFile(path: path).open(mode, now: clock())
    mark = FileMark(path: path)
    copy = nil
  }

  /// Opens a copy of an older file, brought up to date and gone with this object; the file itself stays as it is.
  ///
  /// For a file that takes no writes, or that a process of an older version still has at work.
  public init(copyOf path: String, clock: @escaping @Sendable () -> Date = { Date() }) throws {
    let copy = try CopyFolder(of: path)
    self.path = path
    folder = URL(fileURLWithPath: path).standardizedFileURL.deletingLastPathComponent().path
    self.clock = clock
    pool = try DatabaseFile(path: copy.database, isCopy: true).open(.open, now: clock())
    mark = FileMark(path: path)
    self.copy = copy
  }

  /// Whether a copy is read, which does not see what the file gets later.
  public var isCopy: Bool { copy != nil }

  var now: Date { clock() }
  var timestamp: String { Self.text(of: now) }

  func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try DatabaseFile(path: path).translatingErrors { try pool.read(body) }
  }

  func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try DatabaseFile(path: path).translatingErrors { try pool.write(body) }
  }

  /// ISO 8601 UTC with milliseconds.
  static func text(of date: Date) -> String {
    date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
  }
}
