// SPDX-License-Identifier: Apache-2.0

internal import Codecs
public import Experiments
internal import Foundation
internal import GRDB
internal import Vocabulary

/// A part in which the contents of two runs differ.
public struct ContentDifference: Hashable, Sendable, CustomStringConvertible {
  /// The manifest's key, such as `model[1].units`; `data.sha256` and `init.from_sha256` are digests of content.
  public var path: String
  /// The value in the first run; nil if it has no such part.
  public var left: String?
  /// The value in the second run; nil if it has no such part.
  public var right: String?

  /// `optimizer.learning_rate: 0.1 → 0.01`.
  public var description: String { "\(path): \(left ?? "–") → \(right ?? "–")" }
}

/// What one plan decided about a run when it was made, or made again.
public struct PlannedDecision: Hashable, Sendable {
  /// `NAME@revision`.
  public var sweep: String
  /// What the plan decided to do.
  public var disposition: String
  /// The reason, as a clause.
  public var reason: String?
}

/// Why a run is in its state, as `why` prints it.
public struct RunExplanation: Hashable, Sendable {
  /// The run.
  public var run: RunRecord
  /// What each plan that holds it decided, oldest first.
  public var decisions: [PlannedDecision]
  /// Its attempts, first to last.
  public var attempts: [AttemptRecord]
  /// The older run with the nearest content, and the differences, which are why it was not reused.
  public var nearest: (id: String, differences: [ContentDifference])? {
    nearestID.map { ($0, nearestDifferences) }
  }
  var nearestID: String?
  var nearestDifferences: [ContentDifference]
}

extension RunStore {
  /// Explains why a run is in its state.
  public func explain(_ id: String) throws -> RunExplanation {
    let run = try run(id)
    let attempts = try attempts(ofRun: run.id)
    return try read { database in
      let nearest = try nearest(to: run.id, database)
      return RunExplanation(
        run: run,
        decisions: try decisions(run.id, database),
        attempts: attempts,
        nearestID: nearest?.id,
        nearestDifferences: nearest?.differences ?? []
      )
    }
  }

  /// The differences between the contents of two runs, by path.
  public func differences(between left: String, and right: String) throws -> [ContentDifference] {
    try read { database in
      Self.differences(try content(left, database), try content(right, database))
    }
  }

  private func decisions(_ id: String, _ database: Database) throws -> [PlannedDecision] {
    try Row.fetchAll(
      database,
      sql: """
        SELECT sweep, disposition, reason FROM v_sweep_run
        JOIN sweep ON sweep.name || '@' || sweep.revision = v_sweep_run.sweep
        WHERE run = ? ORDER BY sweep.id, position
        """,
      arguments: [id]
    ).map {
      PlannedDecision(sweep: $0["sweep"], disposition: $0["disposition"], reason: $0["reason"])
    }
  }

  /// The nearest of the older runs that have ended, the newest among equally near ones.
  private func nearest(
    to id: String,
    _ database: Database
  ) throws -> (id: String, differences: [ContentDifference])? {
    let own = try content(id, database)
    let others = try Row.fetchCursor(
      database,
      sql: """
        SELECT code, content FROM run
        WHERE id < (SELECT id FROM run WHERE code = ?) AND state IN ('completed', 'failed')
        ORDER BY id DESC LIMIT 2000
        """,
      arguments: [id]
    )
    var best: (id: String, differences: [ContentDifference])?
    while let row = try others.next() {
      let differences = Self.differences(try Self.leaves(row["content"]), own)
      if differences.count < best?.differences.count ?? .max { best = (row["code"], differences) }
    }
    return best
  }

  private func content(_ id: String, _ database: Database) throws -> [String: String] {
    guard
      let text = try String.fetchOne(
        database,
        sql: "SELECT content FROM run WHERE code = ?",
        arguments: [id]
      )
    else { throw StorageError.noSuchRun(id) }
    return try Self.leaves(text)
  }

  private static func leaves(_ text: String) throws -> [String: String] {
    try JSONText.decode(JSON.self, text).flattened
  }

  private static func differences(
    _ left: [String: String],
    _ right: [String: String]
  ) -> [ContentDifference] {
    Set(left.keys).union(right.keys).sorted().filter { left[$0] != right[$0] }
      .map { ContentDifference(path: key($0), left: left[$0], right: right[$0]) }
  }

  /// The manifest's key of a path in a content, whose words are those of the version that they were first written by.
  static func key(_ path: String) -> String {
    switch path {
    case "data.augment.crop_padding": "data.augment.crop.padding"
    case "data.validation.fraction": "data.validation"
    case "train.early_stopping.evaluate_every": "train.evaluate_every"
    default: path.hasSuffix(".name") ? String(path.dropLast(".name".count)) : path
    }
  }
}
