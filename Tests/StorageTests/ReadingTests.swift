// SPDX-License-Identifier: Apache-2.0

import Experiments
import Foundation
import Storage
import Testing
import Vocabulary

@Suite struct ReadingTests {
  let fixture: StoreFixture
  var store: RunStore { fixture.store }

  init() throws { fixture = try StoreFixture() }

  /// Completes all four runs of the usual plan with these final accuracies, in plan order.
  private func completed(_ accuracies: [Double?]) throws -> [String] {
    let planned = try store.plan(plan())
    for accuracy in accuracies {
      let claim = try #require(try store.claim(worker: livingWorker)).claim
      let last = MetricPoint(name: "val.accuracy", step: 40, epoch: 4, value: accuracy)
      try store.complete(claim, result(), points: [last])
      fixture.clock.advance(1)
    }
    return planned.runIDs
  }

  @Test func `a snapshot holds the plan, its runs, curves and predictions`() throws {
    let ids = try completed([0.1, 0.2, 0.3])
    let snapshot = try store.snapshot(ofSweep: "rates")
    #expect(snapshot.sweep == (try store.sweep("rates@1")))
    #expect(snapshot.runs.map(\.id) == ids)
    #expect(snapshot.runs.map(\.cell) == [0, 0, 1, 1])
    #expect(snapshot.runs[2].parameters == ["learning_rate": .real(0.01)])
    #expect(snapshot.curves[ids[1]]?["val.accuracy"]?.map(\.value) == [0.2])
    #expect(snapshot.curves[ids[3]] == nil)
    #expect(snapshot.captures[.predictions].keys.sorted() == ids[0..<3].sorted())
    #expect(snapshot.captures[.predictions, ids[0]]?.predictions == [0, 1, 1])
  }

  @Test func `a run is found by the beginning of its id`() throws {
    let id = try store.plan(plan()).runIDs[0]
    #expect(try store.run(id).id == id)
    #expect(try store.run(String(id.prefix(6)).uppercased()).id == id)
  }

  @Test func `a beginning of several ids, of none and the empty one are mistakes`() throws {
    let rates = (1...17).map { Double($0) / 100 }
    let ids = try store.plan(plan(rates: rates, repeats: 1)).runIDs
    let byFirst = Dictionary(grouping: ids) { String($0.prefix(1)) }
    let (digit, same) = try #require(byFirst.first { $0.value.count > 1 })
    #expect(throws: StorageError.ambiguousRun(digit, candidates: same.sorted())) {
      try store.run(digit)
    }
    #expect(throws: StorageError.noSuchRun("xyz")) { try store.run("xyz") }
    #expect(throws: StorageError.noSuchRun("")) { try store.run("") }
    #expect(throws: StorageError.noSuchRun("%")) { try store.run("%") }
  }

  @Test func `last is the run that was started last`() throws {
    #expect(throws: StorageError.noSuchRun("last")) { try store.run("last") }
    let ids = try completed([0.1, 0.2])
    #expect(try store.run("last").id == ids[1])
  }

  @Test func `best is the first completed run that is best by the plan's metric`() throws {
    let ids = try completed([0.5, nil, 0.9, 0.9])
    #expect(try store.run("best:rates").id == ids[2])
    #expect(try store.run("best:rates@1").id == ids[2])
  }

  @Test func `without a finished run there is no best`() throws {
    try store.plan(plan())
    #expect(throws: StorageError.noBestRun(sweep: "rates", metric: "val.accuracy")) {
      try store.run("best:rates")
    }
  }

  @Test func `an unknown sweep gets its nearest name`() throws {
    try store.plan(plan("activations"))
    let error = #expect(throws: StorageError.self) { try store.snapshot(ofSweep: "activation@3") }
    #expect(
      "\(try #require(error))"
        == "there is no sweep `activation@3`; did you mean `activations`?"
    )
  }

  @Test func `the newest revision is meant by the name alone`() throws {
    try store.plan(plan())
    try store.plan(plan(repeats: 3))
    #expect(try store.sweep("rates").revision == 2)
    #expect(try store.sweep("rates@1").experiment.repeats == 2)
    #expect(try store.sweeps().map(\.label) == ["rates@1", "rates@2"])
    #expect(try store.runs(ofSweeps: ["rates@1", "rates"]).count == 10)
  }

  @Test func `counts are by the state that is shown`() throws {
    _ = try completed([0.1])
    _ = try store.claim(worker: deadWorker())
    let counts = try store.counts(in: .sweep("rates"))
    #expect(counts[.completed] == 1)
    #expect(counts[.interrupted] == 1)
    #expect(counts[.queued] == 2)
    #expect((counts.total, counts.open) == (4, 3))
  }

  @Test func `activity tells who has a run and whether it may be claimed`() throws {
    let ids = try completed([0.1])
    _ = try store.claim(worker: livingWorker)
    _ = try store.claim(worker: deadWorker(supervisor: .current))
    let activity = try store.activity(in: .sweep("rates"))
    #expect(activity.map(\.id) == ids)
    #expect(activity.map(\.state) == [.completed, .running, .interrupted, .queued])
    #expect(activity.map(\.isClaimable) == [false, false, false, true])
    #expect(activity[1].process == .current)
    #expect(try store.attemptCount(of: .current) == 2)
    #expect(try store.attemptCount(of: deadWorker().process) == 1)
  }

  @Test func `tags and notes stay with the run`() throws {
    let id = try store.plan(plan()).runIDs[0]
    try store.tag(id, adding: ["good", "paper", "good"], removing: ["lecture-3", "absent"])
    #expect(try store.run(id).tags == ["good", "paper"])
    try store.note(id, "看起来不错")
    try store.note(id, "second look")
    #expect(try store.notes(ofRun: id).map(\.text) == ["看起来不错", "second look"])
    #expect(throws: StorageError.noSuchRun("nope")) { try store.tag("nope", adding: ["x"]) }
  }

  @Test func `only runs without a result can be queued again by hand`() throws {
    let id = try completed([0.1])[0]
    let error = #expect(throws: StorageError.self) { try store.requeue(id) }
    #expect(
      "\(try #require(error))" == "run \(id) is completed; it cannot be queued again"
    )
  }

  @Test func `of many runs those without a result are queued again`() throws {
    let ids = try completed([0.1])
    let failed = try #require(try store.claim(worker: livingWorker)).claim
    try store.fail(failed, reason: "out of memory")
    try store.cancel(ids[2])
    #expect(try store.requeue(ids) == [failed.runID, ids[2]])
    #expect(try store.runs().map(\.state) == [.completed, .queued, .queued, .queued])
    #expect(throws: StorageError.noSuchRun("nope")) { try store.requeue([ids[0], "nope"]) }
  }

  @Test func `live workers are told with their runs and the sweep that watches them`() throws {
    let ids = try completed([0.1])
    let sweep = ProcessIdentity.current
    _ = try store.claim(worker: WorkerIdentity(process: .current, supervisor: sweep))
    _ = try store.claim(worker: WorkerIdentity(process: .current, supervisor: sweep))
    _ = try store.claim(worker: deadWorker())
    let workers = try store.workers(in: .sweep("rates"))
    #expect(
      workers == [WorkerActivity(process: .current, supervisor: sweep, runs: [ids[1], ids[2]])]
    )
    #expect(try store.workers(in: .runs([ids[0]])).isEmpty)
  }

  @Test func `a plan's cells come back as they were planned`() throws {
    let original = plan(rates: [0.1, 0.01, 0.001])
    try store.plan(original)
    #expect(
      try store.plannedCells(ofSweep: "rates", at: [2, 0]) == [
        original.cells[2], original.cells[0],
      ]
    )
  }
}

@Suite struct ExplanationTests {
  let fixture: StoreFixture
  var store: RunStore { fixture.store }

  init() throws { fixture = try StoreFixture() }

  @Test func `a new run is explained by the nearest older one`() throws {
    try store.completeAll(try store.plan(plan(rates: [0.1], repeats: 1)))
    let old = try store.runs()[0].id
    let changed = plan(rates: [0.2], repeats: 1) {
      $0.cells[0].cell.specification.train.epochs = 5
    }
    let new = try store.plan(changed).runIDs[0]
    let explanation = try store.explain(new)
    #expect(explanation.decisions.map(\.sweep) == ["rates@2"])
    #expect(explanation.decisions[0].disposition == "new")
    #expect(explanation.nearest?.id == old)
    #expect(
      explanation.nearest?.differences.map(\.description)
        == ["optimizer.learning_rate: 0.1 → 0.2", "train.epochs: 4 → 5"]
    )
  }

  @Test func `each plan's newest decision is told, with the attempts`() throws {
    try store.completeAll(try store.plan(plan(rates: [0.1], repeats: 1)))
    try store.plan(plan(rates: [0.1], repeats: 1))
    try store.plan(
      plan("again", rates: [0.1], repeats: 1) { $0.experiment.checkpoint.keepLast = 2 }
    )
    let explanation = try store.explain("last")
    #expect(explanation.decisions.map(\.sweep) == ["rates@1", "again@1"])
    #expect(explanation.decisions.map(\.disposition) == ["reused", "repeated"])
    #expect(explanation.decisions[1].reason == "it lacks checkpoints: 2 are to be kept")
    #expect(explanation.attempts.map(\.outcome) == [.completed])
    #expect(explanation.nearest == nil)
  }

  @Test func `differences name the data, not its path`() throws {
    let old = try store.plan(plan(rates: [0.1], repeats: 1)).runIDs[0]
    let new = try store.plan(plan(rates: [0.1], repeats: 1, data: "d2", numericVersion: 2)).runIDs[
      0
    ]
    #expect(
      try store.differences(between: old, and: new).map(\.description)
        == ["data.sha256: d1 → d2", "numeric_version: 1 → 2"]
    )
  }
}

@Suite struct HousekeepingTests {
  let fixture: StoreFixture
  var store: RunStore { fixture.store }

  init() throws { fixture = try StoreFixture() }

  @Test func `a backup is a whole database`() throws {
    try store.completeAll(try store.plan(plan()))
    let copy = fixture.folder.path + "/copy.db"
    try RunStore.backup(of: store.path, to: copy)
    let other = try RunStore(path: copy)
    #expect(try other.runs() == store.runs())
    #expect(try other.finalWeights(ofRun: try other.runs()[0].id) == [1, 2, 3])
    let error = #expect(throws: StorageError.self) { try RunStore.backup(of: store.path, to: copy) }
    #expect(error?.isRefusal == true)
    #expect("\(try #require(error))" == "`\(copy)` cannot be written: it already exists")
  }

  @Test func `garbage is what nothing refers to`() throws {
    try store.completeAll(try store.plan(plan()))
    #expect(try store.collectGarbage() == CollectionResult(chunks: 0, bytes: 0))
    #expect(try store.finalWeights(ofRun: try store.runs()[0].id) == [1, 2, 3])
    #expect(try store.findDamage().isEmpty)
  }
}
