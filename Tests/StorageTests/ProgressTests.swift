// SPDX-License-Identifier: Apache-2.0

import Experiments
import GRDB
import Testing
import Vocabulary

@testable import Storage

@Suite struct ProgressTests {
  let fixture: StoreFixture
  var store: RunStore { fixture.store }

  init() throws {
    fixture = try StoreFixture()
    try fixture.store.plan(plan(rates: [0.1], repeats: 1))
  }

  private func claimed() throws -> Claim {
    try #require(try store.claim(worker: livingWorker)).claim
  }

  @Test func `points come back in step order by name`() throws {
    let claim = try claimed()
    try store.append(points(epoch: 2) + points(epoch: 1), claim)
    let curves = try store.curves(ofRun: claim.runID)
    #expect(curves.keys.sorted() == ["test.accuracy", "train.loss", "val.accuracy"])
    #expect(curves["val.accuracy"]?.map(\.step) == [10, 20])
    #expect(curves["val.accuracy"]?.map(\.value) == [0.1, 0.2])
    #expect(try store.run(claim.runID).epochs == 2)
  }

  @Test func `what is not a number is stored as NULL and shown as nil`() throws {
    let claim = try claimed()
    try store.append(points(epoch: 1, loss: 0.25), claim)
    try store.append(points(epoch: 2, loss: .nan), claim)
    let summary = try #require(try store.run(claim.runID).metrics["train.loss"])
    #expect(summary == MetricSummary(last: nil, best: 0.25, bestEpoch: 1))
    let rows = try ReadOnlySQL.query(
      path: fixture.folder.database,
      "SELECT value FROM v_metric WHERE name = 'train.loss' ORDER BY step"
    ).rows
    #expect(rows == [[.real(0.25)], [.null]])
  }

  @Test func `best follows the goal and takes the first of equals`() throws {
    let claim = try claimed()
    for (epoch, value) in [(1, 0.5), (2, 0.9), (3, 0.9), (4, 0.7)] {
      try store.append(points(epoch: epoch, accuracy: value, loss: value), claim)
    }
    let metrics = try store.run(claim.runID).metrics
    #expect(metrics["val.accuracy"] == MetricSummary(last: 0.7, best: 0.9, bestEpoch: 2))
    #expect(metrics["train.loss"] == MetricSummary(last: 0.7, best: 0.5, bestEpoch: 1))
  }

  @Test func `points inside an epoch are in the curve, not in the summary`() throws {
    let claim = try claimed()
    try store.append(points(epoch: 1), claim)
    try store.append([MetricPoint(name: "train.loss", step: 15, epoch: 1.5, value: 0.1)], claim)
    let run = try store.run(claim.runID)
    #expect(run.epochs == 1)
    #expect(run.metrics["train.loss"]?.last == 0.5)
    #expect(try store.curves(ofRun: claim.runID)["train.loss"]?.count == 2)
  }

  @Test func `the same point again replaces the first`() throws {
    let claim = try claimed()
    try store.append(points(epoch: 1, accuracy: 0.1), claim)
    try store.append(points(epoch: 1, accuracy: 0.2), claim)
    #expect(try store.curves(ofRun: claim.runID)["val.accuracy"]?.map(\.value) == [0.2])
  }

  @Test func `going on from a checkpoint deletes the points after its step`() throws {
    let lost = try #require(try store.claim(worker: deadWorker())).claim
    try store.append(points(epoch: 1), lost)
    try store.saveCheckpoint(
      [1],
      step: 20,
      epoch: 2,
      elapsedSeconds: 4,
      points: points(epoch: 2),
      lost
    )
    try store.append(points(epoch: 3), lost)
    #expect(try store.run(lost.runID).epochs == 3)
    let again = try #require(try store.claim(worker: livingWorker))
    #expect(again.resume?.step == 20)
    #expect(try store.curves(ofRun: lost.runID)["train.loss"]?.map(\.step) == [10, 20])
    #expect(try store.run(lost.runID).epochs == 2)
  }

  @Test func `a start without a checkpoint deletes everything`() throws {
    let lost = try #require(try store.claim(worker: deadWorker())).claim
    try store.append(points(epoch: 1), lost)
    let start = MetricPoint(name: "train.loss", step: 0, epoch: 0, value: 2.3)
    try store.append([start], lost)
    _ = try store.claim(worker: livingWorker)
    #expect(try store.curves(ofRun: lost.runID).isEmpty)
    #expect(try store.run(lost.runID).epochs == 0)
  }

  @Test func `a completed run has its result`() throws {
    let claim = try claimed()
    fixture.clock.advance(8)
    try store.complete(claim, result(weights: [9, 8]), points: points(epoch: 4))
    let run = try store.run(claim.runID)
    #expect(run.state == .completed)
    #expect(run.epochs == 4)
    #expect(run.durationSeconds == 8)
    #expect(run.weightsSHA256 == String(repeating: "a", count: 64))
    #expect(run.startedAt == "2027-01-15T08:00:00.000Z")
    #expect(run.finishedAt == "2027-01-15T08:00:08.000Z")
    #expect(run.parameterCount == 7850)
    #expect(try store.finalWeights(ofRun: claim.runID) == [9, 8])
    #expect(
      try store.captured(.predictions, ofRun: claim.runID)
        == TestPredictions(targets: [0, 1, 2], predictions: [0, 1, 1])
    )
    #expect(try store.captured(.classNames, ofRun: claim.runID) == ["a", "b", "c"])
    #expect(try store.attempts(ofRun: claim.runID)[0].outcome == .completed)
  }

  @Test func `time adds up over the attempts that counted`() throws {
    let first = try #require(try store.claim(worker: deadWorker())).claim
    try store.saveCheckpoint([1], step: 10, epoch: 1, elapsedSeconds: 5, first)
    let second = try #require(try store.claim(worker: deadWorker())).claim
    try store.saveCheckpoint([2], step: 20, epoch: 2, elapsedSeconds: 3, second)
    let third = try claimed()
    try store.complete(third, result())
    #expect(try store.run(third.runID).durationSeconds == 16)
  }

  @Test func `a diverged run keeps its last finite points and the reason`() throws {
    let claim = try claimed()
    try store.append(points(epoch: 1, loss: 0.3), claim)
    try store.fail(claim, reason: "diverged: loss is nan at step 13", elapsedSeconds: 2)
    let run = try store.run(claim.runID)
    #expect(run.state == .failed)
    #expect(run.reason == "diverged: loss is nan at step 13")
    #expect(run.metrics["train.loss"]?.last == 0.3)
    #expect(run.durationSeconds == 2)
  }
}

@Suite struct CheckpointTests {
  let fixture: StoreFixture
  var store: RunStore { fixture.store }

  init() throws { fixture = try StoreFixture() }

  private func claimed(_ policy: CheckpointPolicy) throws -> Claim {
    try store.plan(plan(rates: [0.1], repeats: 1) { $0.experiment.checkpoint = policy })
    return try #require(try store.claim(worker: livingWorker)).claim
  }

  private func steps() throws -> [SQLValue] {
    try ReadOnlySQL.query(
      path: fixture.folder.database,
      "SELECT step FROM v_checkpoint WHERE kind = 'resume' ORDER BY step"
    ).rows.map { $0[0] }
  }

  private func chunkCount() throws -> SQLValue {
    try ReadOnlySQL.query(path: fixture.folder.database, "SELECT count(*) FROM chunk").rows[0][0]
  }

  @Test func `the newest and the best are kept`() throws {
    let claim = try claimed(CheckpointPolicy(keepBest: 1, keepLast: 2))
    for (epoch, accuracy) in [(1, 0.3), (2, 0.9), (3, 0.5), (4, 0.6)] {
      try store.saveCheckpoint(
        [UInt8(epoch)],
        step: epoch * 10,
        epoch: Double(epoch),
        metricValue: accuracy,
        elapsedSeconds: 1,
        claim
      )
    }
    #expect(try steps() == [.integer(20), .integer(30), .integer(40)])
    #expect(try chunkCount() == .integer(3), "chunks of deleted checkpoints go with them")
  }

  @Test func `one to go on from is kept even if the policy keeps none`() throws {
    let claim = try claimed(CheckpointPolicy(keepLast: 0))
    try store.saveCheckpoint([1], step: 10, epoch: 1, elapsedSeconds: 1, claim)
    #expect(try steps() == [.integer(10)])
    try store.complete(claim, result())
    #expect(try steps().isEmpty)
    #expect(try store.finalWeights(ofRun: claim.runID) == [1, 2, 3])
  }

  @Test func `large checkpoints come back and equal pieces are stored once`() throws {
    let claim = try claimed(CheckpointPolicy(keepLast: 2))
    var bytes = [UInt8](repeating: 5, count: (3 << 20) + 17)
    try store.saveCheckpoint(bytes, step: 10, epoch: 1, elapsedSeconds: 1, claim)
    #expect(try chunkCount() == .integer(2), "three equal pieces and a short one")
    bytes[(2 << 20) + 1] = 6
    try store.saveCheckpoint(bytes, step: 20, epoch: 2, elapsedSeconds: 2, claim)
    #expect(try chunkCount() == .integer(3))
    #expect(try store.resumeCheckpoint(ofRun: claim.runID) == bytes)
  }

  @Test func `empty bytes are a checkpoint too`() throws {
    let claim = try claimed(CheckpointPolicy())
    try store.saveCheckpoint([], step: 10, epoch: 1, elapsedSeconds: 1, claim)
    #expect(try store.resumeCheckpoint(ofRun: claim.runID) == [])
  }

  @Test func `a run without checkpoints has none`() throws {
    let claim = try claimed(CheckpointPolicy())
    #expect(try store.resumeCheckpoint(ofRun: claim.runID) == nil)
    #expect(try store.finalWeights(ofRun: claim.runID) == nil)
  }

  @Test func `checkpoints are listed by step and read one by one`() throws {
    let claim = try claimed(CheckpointPolicy(keepBest: 1, keepLast: 1))
    for (epoch, accuracy) in [(1, 0.9), (2, .nan), (3, 0.5)] {
      try store.saveCheckpoint(
        [UInt8(epoch)],
        step: epoch * 10,
        epoch: Double(epoch),
        metricValue: accuracy,
        elapsedSeconds: Double(epoch),
        claim
      )
    }
    try store.complete(claim, result())
    let list = try store.checkpoints(ofRun: claim.runID)
    #expect(list.map(\.kind) == [.resume, .resume, .final])
    #expect(list.map(\.step) == [10, 30, 40])
    #expect(list.map(\.metricValue) == [0.9, 0.5, nil])
    #expect(try list.map { try store.checkpointBytes($0.id) } == [[1], [3], [1, 2, 3]])
  }

  @Test func `changed bytes are noticed`() throws {
    let claim = try claimed(CheckpointPolicy())
    try store.saveCheckpoint([1, 2], step: 10, epoch: 1, elapsedSeconds: 1, claim)
    let id = try store.checkpoints(ofRun: claim.runID)[0].id
    try store.pool.write { try $0.execute(sql: "UPDATE chunk SET bytes = x'0103'") }
    let path = fixture.folder.database
    #expect(
      throws: StorageError.damaged(path: path, detail: "checkpoint \(id) has other bytes")
    ) {
      try store.resumeCheckpoint(ofRun: claim.runID)
    }
  }
}
