// SPDX-License-Identifier: Apache-2.0

internal import Codecs
internal import Experiments
internal import Foundation
internal import GRDB
internal import Vocabulary

/// Bytes cut into pieces that are stored once, however many checkpoints hold them.
struct Chunks {
  /// Large enough that rows are few, small enough that SQLite's page cache holds one.
  static let size = 1 << 20

  var sha256: String
  var byteCount: Int
  var pieces: [(hash: Data, bytes: Data)]

  init(_ bytes: [UInt8]) {
    sha256 = SHA256.hexadecimal(of: bytes)
    byteCount = bytes.count
    pieces = stride(from: 0, to: bytes.count, by: Self.size).map { start in
      let piece = Array(bytes[start..<min(start + Self.size, bytes.count)])
      return (Data(SHA256.digest(of: piece).bytes), Data(piece))
    }
  }
}

/// The columns of a checkpoint that is being saved.
struct CheckpointRow {
  var kind: CheckpointInfo.Kind
  var attempt: Int
  var step: Int
  var epoch: Double
  var metricValue: Double?
  var elapsedSeconds: Double
  var createdAt: String
}

extension RunProgress {
  func saveCheckpoint(_ chunks: Chunks, _ row: CheckpointRow) throws {
    try deleteCheckpoints(
      "run_id = ? AND kind = ? AND step = ?",
      [run, row.kind.rawValue, row.step]
    )
    try database.execute(
      sql: """
        INSERT INTO checkpoint (run_id, attempt, kind, step, epoch, metric_value,
          elapsed_seconds, size, sha256, created_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        run, row.attempt, row.kind.rawValue, row.step, row.epoch, row.metricValue,
        row.elapsedSeconds, chunks.byteCount, chunks.sha256, row.createdAt,
      ]
    )
    try saveChunks(chunks, checkpoint: database.lastInsertedRowID)
  }

  private func saveChunks(_ chunks: Chunks, checkpoint: Int64) throws {
    let store = try database.cachedStatement(
      sql: "INSERT OR IGNORE INTO chunk (hash, bytes) VALUES (?, ?)"
    )
    let refer = try database.cachedStatement(
      sql: "INSERT INTO checkpoint_chunk (checkpoint_id, position, hash) VALUES (?, ?, ?)"
    )
    for (position, piece) in chunks.pieces.enumerated() {
      try store.execute(arguments: [piece.hash, piece.bytes])
      try refer.execute(arguments: [checkpoint, position, piece.hash])
    }
  }

  /// Deletes the checkpoints that the run's policy does not keep; `minimum` of the newest stay in any case.
  func keepCheckpoints(atLeast minimum: Int) throws {
    guard
      let text = try String.fetchOne(
        database,
        sql: "SELECT demand FROM run WHERE id = ?",
        arguments: [run]
      )
    else { return }
    let demand = try JSONText.decode(Demand.self, text)
    let order = demand.selection.goal == .maximize ? "DESC" : "ASC"
    try deleteCheckpoints(
      """
      run_id = ?1 AND kind = 'resume'
        AND id NOT IN (SELECT id FROM checkpoint WHERE run_id = ?1 AND kind = 'resume'
          ORDER BY step DESC LIMIT ?2)
        AND id NOT IN (SELECT id FROM checkpoint
          WHERE run_id = ?1 AND kind = 'resume' AND metric_value IS NOT NULL
          ORDER BY metric_value \(order), step LIMIT ?3)
      """,
      [run, max(minimum, demand.checkpoint.keepLast), demand.checkpoint.keepBest]
    )
  }
}

extension RunStore {
  /// The final weights of a completed run, as a safetensors file; nil if it has none.
  public func finalWeights(ofRun id: String) throws -> [UInt8]? {
    try newestBytes(ofRun: id, kind: .final)
  }

  /// The bytes of the newest checkpoint from which a run can continue; nil if there is none.
  public func resumeCheckpoint(ofRun id: String) throws -> [UInt8]? {
    try newestBytes(ofRun: id, kind: .resume)
  }

  /// The checkpoints of a run, ordered by step.
  public func checkpoints(ofRun id: String) throws -> [CheckpointInfo] {
    try read { database in
      try Row.fetchAll(
        database,
        sql: "SELECT * FROM checkpoint WHERE run_id = ? ORDER BY step, kind DESC",
        arguments: [try StoredRun.find(database, code: id).id]
      ).map(CheckpointInfo.init)
    }
  }

  /// The bytes of a checkpoint, after a check against their digest.
  public func checkpointBytes(_ id: Int64) throws -> [UInt8] {
    try read { try bytes($0, checkpoint: id) }
  }

  private func newestBytes(ofRun code: String, kind: CheckpointInfo.Kind) throws -> [UInt8]? {
    try read { database in
      let run = try StoredRun.find(database, code: code)
      guard let newest = try CheckpointInfo.newest(database, run: run.id, kind: kind) else {
        return nil
      }
      return try bytes(database, checkpoint: newest.id)
    }
  }

  private func bytes(_ database: Database, checkpoint: Int64) throws -> [UInt8] {
    let wanted = try String.fetchOne(
      database,
      sql: "SELECT sha256 FROM checkpoint WHERE id = ?",
      arguments: [checkpoint]
    )
    let pieces = try Data.fetchCursor(
      database,
      sql: """
        SELECT chunk.bytes FROM checkpoint_chunk JOIN chunk USING (hash)
        WHERE checkpoint_id = ? ORDER BY position
        """,
      arguments: [checkpoint]
    )
    var bytes: [UInt8] = []
    while let piece = try pieces.next() { bytes.append(contentsOf: piece) }
    guard SHA256.hexadecimal(of: bytes) == wanted else {
      throw StorageError.damaged(path: path, detail: "checkpoint \(checkpoint) has other bytes")
    }
    return bytes
  }
}
