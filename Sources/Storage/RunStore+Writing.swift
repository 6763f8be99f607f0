// SPDX-License-Identifier: Apache-2.0

public import Experiments
internal import Foundation
internal import GRDB
internal import Vocabulary

/// The result of a run.
public struct RunResult: Hashable, Sendable {
  /// Digest of the final weights; nil if one of them is not finite.
  public var weightsSHA256: String?
  /// The final weights as a safetensors file.
  public var weights: [UInt8]
  /// Optimizer updates done.
  public var step: Int
  /// Completed epochs.
  public var epochs: Int
  /// Time that this attempt spent on training.
  public var elapsedSeconds: Double
  /// Number of trained values.
  public var parameterCount: Int?
  /// What it leaves for its report.
  public var captures: [Capture]

  /// A result.
  public init(
    weightsSHA256: String?,
    weights: [UInt8],
    step: Int,
    epochs: Int,
    elapsedSeconds: Double,
    parameterCount: Int? = nil,
    captures: [Capture] = []
  ) {
    self.weightsSHA256 = weightsSHA256
    self.weights = weights
    self.step = step
    self.epochs = epochs
    self.elapsedSeconds = elapsedSeconds
    self.parameterCount = parameterCount
    self.captures = captures
  }
}

extension RunStore {
  /// Renews the lease; every other write of a claim renews it, too.
  public func renew(_ claim: Claim) throws {
    try write(claim) { _ in }
  }

  /// Adds all of the metric points, or none of them.
  public func append(_ points: [MetricPoint], _ claim: Claim) throws {
    try write(claim) { try $0.append(points) }
  }

  /// Stores a checkpoint to continue from, with the points up to its step, and deletes the
  /// checkpoints that the policy does not keep.
  ///
  /// `metricValue` is the run's metric at that point, for `keep_best`. `elapsedSeconds` is the time
  /// that this attempt has spent on training. The newest checkpoint is always kept until the run
  /// ends.
  public func saveCheckpoint(
    _ bytes: [UInt8],
    step: Int,
    epoch: Double,
    metricValue: Double? = nil,
    elapsedSeconds: Double,
    points: [MetricPoint] = [],
    _ claim: Claim
  ) throws {
    let chunks = Chunks(bytes)
    try write(claim) { progress in
      try progress.append(points)
      let total = try progress.resumedSeconds(claim.attempt) + elapsedSeconds
      try progress.saveCheckpoint(
        chunks,
        CheckpointRow(
          kind: .resume,
          attempt: claim.attempt,
          step: step,
          epoch: epoch,
          metricValue: metricValue.flatMap { $0.isFinite ? $0 : nil },
          elapsedSeconds: total,
          createdAt: timestamp
        )
      )
      try progress.setDuration(total)
      try progress.keepCheckpoints(atLeast: 1)
    }
  }

  /// Ends the run with its result and the last points.
  public func complete(_ claim: Claim, _ result: RunResult, points: [MetricPoint] = []) throws {
    let chunks = Chunks(result.weights)
    try write(claim) { progress in
      try progress.append(points)
      let total = try progress.resumedSeconds(claim.attempt) + result.elapsedSeconds
      try progress.saveCheckpoint(
        chunks,
        CheckpointRow(
          kind: .final,
          attempt: claim.attempt,
          step: result.step,
          epoch: Double(result.epochs),
          metricValue: nil,
          elapsedSeconds: total,
          createdAt: timestamp
        )
      )
      for capture in result.captures { try progress.capture(capture) }
      try progress.noteCheckedNumerics()
      try progress.setDuration(total)
      try progress.setResult(result)
      try progress.keepCheckpoints(atLeast: 0)
      try progress.endAttempt(
        claim.attempt,
        outcome: .completed,
        weightsSHA256: result.weightsSHA256,
        at: timestamp
      )
      try progress.end(state: .completed, reason: nil, at: timestamp)
    }
  }

  /// Ends the run without a result; a reason that begins with `diverged:` says that another try is
  /// useless.
  public func fail(
    _ claim: Claim,
    reason: String,
    elapsedSeconds: Double = 0,
    points: [MetricPoint] = []
  ) throws {
    try write(claim) { progress in
      try progress.append(points)
      try progress.setDuration(try progress.resumedSeconds(claim.attempt) + elapsedSeconds)
      try progress.endAttempt(claim.attempt, outcome: .failed, reason: reason, at: timestamp)
      try progress.end(state: .failed, reason: reason, at: timestamp)
    }
  }

  /// Puts the run back into the queue, normally after a checkpoint; its attempts still count.
  public func release(_ claim: Claim) throws {
    try write(claim) { progress in
      try progress.endAttempt(claim.attempt, outcome: .released, at: timestamp)
      try progress.queue()
    }
  }

  /// One transaction in the name of a claim: checks the fencing number and renews the lease.
  private func write(_ claim: Claim, _ body: (RunProgress) throws -> Void) throws {
    try write { database in
      let statement = try database.cachedStatement(
        sql: "SELECT id FROM run WHERE code = ? AND attempts = ? AND state = 'running'"
      )
      let arguments: StatementArguments = [claim.runID, claim.attempt]
      guard let id = try Int64.fetchOne(statement, arguments: arguments) else {
        throw StorageError.claimLost(run: claim.runID, attempt: claim.attempt)
      }
      try database.execute(
        sql: "UPDATE attempt SET renewed_at = ? WHERE run_id = ? AND number = ?",
        arguments: [now.timeIntervalSince1970, id, claim.attempt]
      )
      try body(RunProgress(database: database, run: id))
    }
  }
}

extension RunProgress {
  fileprivate func resumedSeconds(_ attempt: Int) throws -> Double {
    try Double.fetchOne(
      database,
      sql: "SELECT resumed_seconds FROM attempt WHERE run_id = ? AND number = ?",
      arguments: [run, attempt]
    ) ?? 0
  }

  fileprivate func setDuration(_ seconds: Double) throws {
    try database.execute(
      sql: "UPDATE run SET duration_seconds = ? WHERE id = ?",
      arguments: [seconds, run]
    )
  }

  fileprivate func setResult(_ result: RunResult) throws {
    try database.execute(
      sql: """
        UPDATE run SET weights_sha256 = ?, epochs = ?,
          parameter_count = coalesce(?, parameter_count)
        WHERE id = ?
        """,
      arguments: [result.weightsSHA256, result.epochs, result.parameterCount, run]
    )
  }
}
