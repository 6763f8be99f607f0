// SPDX-License-Identifier: Apache-2.0

import Experiments
import Storage
import Testing
import Vocabulary

@Suite struct PlanningTests {
  let fixture: StoreFixture
  var store: RunStore { fixture.store }

  init() throws { fixture = try StoreFixture() }

  @Test func `a new plan queues every seed of every cell in plan order`() throws {
    let planned = try store.plan(plan())
    #expect(planned.isNewRevision)
    #expect(planned.sweep?.label == "rates@1")
    #expect(planned.runs.map(\.cell) == [0, 0, 1, 1])
    #expect(planned.runs.map(\.seed) == [0, 1, 0, 1])
    #expect(planned.count(.new) == 4)
    let runs = try store.runs(ofSweeps: ["rates"])
    #expect(runs.map(\.id) == planned.runs.map(\.id))
    #expect(runs.allSatisfy { $0.state == .queued && $0.tags == ["lecture-3"] })
  }

  @Test func `the plan is stored as it was given`() throws {
    let given = plan { $0.overrides = ["learning_rate=0.1,0.01"] }
    try store.plan(given)
    let stored = try store.sweep("rates@1")
    #expect(stored.experiment == given.experiment)
    #expect(stored.cells == given.cells.map(\.cell))
    #expect(stored.manifest == given.manifest)
    #expect(stored.overrides == given.overrides)
  }

  @Test func `the same plan again adds no revision and reuses completed runs`() throws {
    try store.completeAll(try store.plan(plan()))
    let again = try store.plan(plan())
    #expect(!again.isNewRevision)
    #expect(again.sweep?.label == "rates@1")
    #expect(again.count(.reused) == 4)
    #expect(again.openRuns.isEmpty)
  }

  @Test func `a plan of another experiment reuses runs of the same content`() throws {
    try store.completeAll(try store.plan(plan()))
    let other = try store.plan(plan("other") { $0.experiment.title = "Another title" })
    #expect(other.isNewRevision)
    #expect(other.count(.reused) == 4)
    #expect(
      try store.runs(ofSweeps: ["other"]).map(\.experiment) == Array(repeating: "other", count: 4)
    )
  }

  @Test func `reused runs get the plan's tags beside their own`() throws {
    try store.completeAll(try store.plan(plan()))
    try store.plan(plan("other") { $0.experiment.tags = ["lecture-4"] })
    #expect(try store.runs().allSatisfy { $0.tags == ["lecture-3", "lecture-4"] })
  }

  @Test func `raising repeat runs only the new seeds`() throws {
    try store.completeAll(try store.plan(plan()))
    let wider = try store.plan(plan(repeats: 3))
    #expect(wider.isNewRevision)
    #expect(wider.sweep?.revision == 2)
    #expect(wider.runs.filter { $0.disposition == .new }.map(\.seed) == [2, 2])
    #expect(wider.count(.reused) == 4)
  }

  @Test func `widening an axis runs only the new cells`() throws {
    try store.completeAll(try store.plan(plan()))
    let wider = try store.plan(plan(rates: [0.1, 0.03, 0.01]))
    #expect(wider.runs.filter { $0.disposition == .new }.map(\.cell) == [1, 1])
  }

  @Test func `two cells with the same content share a run`() throws {
    let planned = try store.plan(plan(rates: [0.1, 0.1], repeats: 1))
    #expect(planned.runs.map(\.id).count == 2)
    #expect(Set(planned.runs.map(\.id)).count == 1)
    #expect(planned.runs[1].reason == "the same content as cell 0")
    #expect(try store.runs(ofSweeps: ["rates"]).map(\.cell) == [0, 1])
    #expect(try store.counts(in: .sweep("rates")).total == 1)
  }

  @Test func `new data or numerics make new runs and a new revision`() throws {
    try store.completeAll(try store.plan(plan()))
    let data = try store.plan(plan(data: "d2"))
    #expect(data.count(.new) == 4)
    #expect(data.sweep?.revision == 2)
    let numerics = try store.plan(plan(numericVersion: 2))
    #expect(numerics.count(.new) == 4)
    #expect(numerics.sweep?.revision == 3)
    #expect(try store.runs(ofSweeps: ["rates@1"]).allSatisfy { $0.state == .completed })
  }

  @Test func `a run of an older numeric version is trained anew, and the plan says why`() throws {
    let old = try store.plan(plan(numericVersion: 3))
    try store.completeAll(old)
    let new = try store.plan(plan(numericVersion: 4))
    #expect(new.count(.new) == 4)
    #expect(
      new.runs[0].reason
        == "run \(old.runs[0].id) is of numeric version 3; since version 4 rows below the last window of a strided convolution get no gradient"
    )
    #expect(
      new.renewalLines == [
        "4 stored runs are trained anew under another id: since version 4 rows below the last window of a strided convolution get no gradient"
      ]
    )
    #expect(try store.plan(plan(numericVersion: 3)).count(.reused) == 4)
  }

  @Test func `a run that lacks a metric of the specification is repeated once and says so`() throws
  {
    try store.completeAll(try store.plan(plan()))
    let wanting = plan { plan in
      for index in plan.cells.indices { plan.cells[index].cell.specification.metrics = ["top_5"] }
    }
    let planned = try store.plan(wanting)
    #expect(planned.count(.repeated) == 4)
    #expect(planned.runs[0].reason == "it lacks the metric `top_5`")
    try store.completeAll(planned)
    #expect(try store.plan(wanting).count(.reused) == 4)
    #expect(try store.plan(plan()).count(.reused) == 4)
  }

  @Test func `a run that lacks a metric is repeated once and says so`() throws {
    try store.completeAll(try store.plan(plan()))
    let wanting = plan { $0.experiment.report.curves.append("val.rmse") }
    let planned = try store.plan(wanting)
    #expect(planned.count(.repeated) == 4)
    #expect(planned.runs[0].reason == "it lacks the metric `val.rmse`")
    try store.completeAll(planned)
    #expect(try store.plan(wanting).count(.reused) == 4, "asked for in vain: not asked again")
  }

  @Test func `a run that lacks points is repeated`() throws {
    let sparse = plan { $0.cells[0].cell.specification.train.evaluateEvery = 2 }
    try store.completeAll(try store.plan(sparse))
    let planned = try store.plan(plan())
    #expect(planned.runs.map(\.disposition) == [.repeated, .repeated, .reused, .reused])
    #expect(planned.runs[0].reason == "it lacks the evaluation after epoch 1")
    try store.completeAll(planned)
    #expect(try store.plan(sparse).count(.reused) == 4, "the denser run serves the sparser plan")
  }

  @Test func `a run that lacks checkpoints is repeated`() throws {
    try store.completeAll(try store.plan(plan()))
    let planned = try store.plan(plan { $0.experiment.checkpoint.keepBest = 1 })
    #expect(planned.count(.repeated) == 4)
    #expect(planned.runs[0].reason == "it lacks its best checkpoints by `val.accuracy`")
  }

  @Test func `a repeated run is given to its worker with the merged demand`() throws {
    let sparse = plan { $0.cells[0].cell.specification.train.evaluateEvery = 3 }
    try store.completeAll(try store.plan(sparse))
    let planned = try store.plan(plan { $0.cells[0].cell.specification.train.evaluateEvery = 2 })
    let claimed = try #require(try store.claim(worker: livingWorker, in: .runs(planned.openRuns)))
    #expect(claimed.specification.train.evaluateEvery == 1)
    #expect(claimed.claim.attempt == 2)
    #expect(claimed.resume == nil)
  }

  @Test func `crashes are retried, divergence is not`() throws {
    let planned = try store.plan(plan())
    for reason in ["diverged: loss is nan at step 3", "the worker died of signal 9"] {
      let claimed = try #require(try store.claim(worker: livingWorker))
      try store.fail(claimed.claim, reason: reason)
    }
    let again = try store.plan(plan())
    #expect(again.runs.map(\.disposition) == [.kept, .retried, .queued, .queued])
    #expect(again.runs[0].reason == "it diverged: loss is nan at step 3")
    #expect(again.openRuns == Array(planned.runIDs.dropFirst()))
  }

  @Test func `a cancelled run stays cancelled until it is queued again`() throws {
    let planned = try store.plan(plan(repeats: 1))
    let id = planned.runIDs[0]
    #expect(try store.cancel(id))
    let kept = try store.plan(plan(repeats: 1)).runs[0]
    #expect(kept.disposition == .kept)
    #expect(kept.reason == "it was cancelled")
    try store.requeue(id)
    #expect(try store.run(id).state == .queued)
  }

  @Test func `an interrupted run goes on, one that a worker has is waited for`() throws {
    try store.plan(plan())
    let first = try #require(try store.claim(worker: deadWorker()))
    try store.saveCheckpoint([1], step: 10, epoch: 1, elapsedSeconds: 1, first.claim)
    let second = try #require(
      try store.claim(worker: livingWorker, excluding: [first.claim.runID])
    )
    #expect(try store.run(first.claim.runID).state == .interrupted)
    let again = try store.plan(plan())
    #expect(again.runs.map(\.disposition) == [.resumed, .running, .queued, .queued])
    #expect(again.runs[0].reason == "its worker is gone; it goes on from step 10")
    #expect(try store.run(first.claim.runID).state == .queued)
    #expect(try store.run(second.claim.runID).state == .running)
  }

  @Test func `a preview decides the same and changes nothing`() throws {
    let preview = try store.preview(plan())
    #expect(preview.count(.new) == 4)
    #expect(try store.runs().isEmpty)
    #expect(try store.plan(plan()).runs == preview.runs)
  }

  @Test func `bare runs belong to no sweep`() throws {
    let planned = try store.plan(plan(isBare: true))
    #expect(planned.sweep == nil)
    #expect(try store.sweeps().isEmpty)
    let runs = try store.runs()
    #expect(runs.count == 4)
    #expect(runs.allSatisfy { $0.sweep == nil && $0.cell == nil && $0.experiment == "rates" })
    #expect(runs[0].parameters == ["learning_rate": .real(0.1)])
  }

  @Test func `a run is seen in the newest plan that holds it`() throws {
    try store.plan(plan())
    try store.plan(plan("later", rates: [0.01], repeats: 1))
    let labels = try store.runs().map(\.sweep)
    #expect(labels == ["rates@1", "rates@1", "rates@1", "later@1"])
    #expect(try store.runs(ofSweeps: ["rates"]).allSatisfy { $0.sweep == "rates@1" })
  }
}
