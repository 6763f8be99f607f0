// SPDX-License-Identifier: Apache-2.0

internal import Codecs
public import Experiments
internal import GRDB
internal import Vocabulary

/// A captured value as it is stored.
public struct Capture: Hashable, Sendable {
  /// The word of its kind.
  public let kind: String
  /// The value as JSON.
  public let content: String

  /// The stored form of a value; nil of none.
  public init?<Value>(_ kind: CaptureKind<Value>, _ value: Value?) throws {
    guard let value else { return nil }
    self.kind = kind.word
    content = try (value as? any CaptureText)?.captureText ?? JSONText.encode(value)
  }
}

extension RunStore {
  /// What a run left of a kind when it ended; nil if nothing was stored.
  public func captured<Value>(_ kind: CaptureKind<Value>, ofRun id: String) throws -> Value? {
    try read { database in
      try CaptureRows(
        database: database,
        runs: "SELECT id FROM run WHERE code = ?",
        arguments: [id]
      ).values(kind)[id]
    }
  }

  /// What the runs of a plan left of a kind, by run id.
  public func captured<Value>(
    _ kind: CaptureKind<Value>,
    ofSweep label: String
  ) throws -> [String: Value] {
    try read { database in
      try CaptureRows(database, sweep: try SweepRows.find(database, label)).values(kind)
    }
  }
}

/// What some runs left.
struct CaptureRows {
  let database: Database
  /// A query for the row ids.
  let runs: String
  let arguments: StatementArguments

  /// All of the kind, by run id.
  func values<Value>(_ kind: CaptureKind<Value>) throws -> [String: Value] {
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT run.code, capture.content FROM capture JOIN run ON run.id = capture.run_id
        WHERE kind = ? AND run_id IN (\(runs))
        """,
      arguments: [kind.word] + arguments
    )
    return try Dictionary(
      uniqueKeysWithValues: rows.map { ($0["code"], try Self.value(kind, $0["content"])) }
    )
  }

  /// The kinds that a report reads of all runs.
  func all() throws -> Captures {
    var captures = Captures()
    for kind in Captures.ofEveryRun { try read(kind, into: &captures) }
    return captures
  }

  private func read<Kind: AnyCaptureKind>(_ kind: Kind, into captures: inout Captures) throws {
    let kind = CaptureKind<Kind.Value>(kind.word)
    captures[kind] = try values(kind)
  }

  private static func value<Value>(_ kind: CaptureKind<Value>, _ content: String) throws -> Value {
    if let type = Value.self as? any CaptureText.Type,
      let value = try type.init(captureText: content) as? Value
    {
      return value
    }
    return try JSONText.decode(Value.self, content)
  }
}

extension CaptureRows {
  /// What the runs of a plan left.
  init(_ database: Database, sweep: Int64) {
    self.init(
      database: database,
      runs: "SELECT run_id FROM sweep_run WHERE sweep_id = ?",
      arguments: [sweep]
    )
  }
}

extension RunProgress {
  /// Stores a captured value in place of an earlier one.
  func capture(_ capture: Capture) throws {
    try database.execute(
      sql: "INSERT OR REPLACE INTO capture (run_id, kind, content) VALUES (?, ?, ?)",
      arguments: [run, capture.kind, capture.content]
    )
  }

  /// Stores a value under its kind.
  func capture<Value>(_ kind: CaptureKind<Value>, _ value: Value) throws {
    if let stored = try Capture(kind, value) { try capture(stored) }
  }

  /// This program knows the run's data, and its numeric version is right.
  func noteCheckedNumerics() throws {
    try capture(.numerics, newestNumericVersion)
  }
}

extension CaptureKind<Int> {
  /// The newest numeric version of a program that knew the data and found the run's own version to
  /// be right.
  static var numerics: Self { Self("numerics") }
}

/// A value whose JSON is not that of `Codable`.
private protocol CaptureText {
  init(captureText: String) throws
  var captureText: String { get }
}

extension TestPredictions: CaptureText {
  /// Reads `[[target,prediction],…]` number by number: a JSON library takes seconds for the images of a sweep.
  init(captureText text: String) throws {
    self.init(targets: [], predictions: [])
    var number: Int32?
    var isNegative = false
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "-"): isNegative = true
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        number = (number ?? 0) &* 10 &+ Int32(byte - UInt8(ascii: "0"))
      default:
        guard let magnitude = number else { continue }
        let value = isNegative ? -magnitude : magnitude
        if targets.count == predictions.count {
          targets.append(value)
        } else {
          predictions.append(value)
        }
        (number, isNegative) = (nil, false)
      }
    }
    guard targets.count == predictions.count else {
      throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "predictions without targets")
    }
  }

  /// JSON pairs `[target, prediction]`, so that SQL can read them.
  fileprivate var captureText: String {
    precondition(
      targets.count == predictions.count,
      "\(targets.count) targets, \(predictions.count) predictions"
    )
    return "[" + zip(targets, predictions).map { "[\($0),\($1)]" }.joined(separator: ",") + "]"
  }
}
