// SPDX-License-Identifier: Apache-2.0

import Experiments
import Foundation
import Storage
import Testing
import Vocabulary

@Suite struct ClaimTests {
  let fixture: StoreFixture
  var store: RunStore { fixture.store }

  init() throws { fixture = try StoreFixture() }

  @Test func `runs are given out in plan order, each once`() throws {
    let planned = try store.plan(plan())
    var claimed: [String] = []
    while let run = try store.claim(worker: livingWorker) { claimed.append(run.claim.runID) }
    #expect(claimed == planned.runIDs)
    #expect(try store.counts(in: .all)[.running] == 4)
  }

  @Test func `a claimed run carries all that its worker needs`() throws {
    let given = plan { $0.experiment.checkpoint = CheckpointPolicy(everyEpochs: 2, keepBest: 1) }
    let planned = try store.plan(given)
    let run = try #require(try store.claim(worker: livingWorker))
    #expect(run.claim == Claim(runID: planned.runIDs[0], attempt: 1))
    #expect(run.specification == given.cells[0].cell.specification)
    #expect(run.experiment == "rates")
    #expect(run.seed == 0)
    #expect(run.parameters == ["learning_rate": .real(0.1)])
    #expect(run.checkpoint == CheckpointPolicy(everyEpochs: 2, keepBest: 1))
    #expect(run.metric == given.experiment.metric)
    #expect(run.dataSHA256 == "d1")
    #expect(run.numericVersion == 1)
    #expect(run.resume == nil)
  }

  @Test func `the scope and the exclusions are obeyed`() throws {
    let first = try store.plan(plan())
    let second = try store.plan(plan("other", rates: [0.5], repeats: 1))
    let inSweep = try store.claim(worker: livingWorker, in: .sweep("other@1"))
    #expect(inSweep?.claim.runID == second.runIDs[0])
    let backwards = Array(first.runIDs.reversed())
    let listed = try store.claim(
      worker: livingWorker,
      in: .runs(backwards),
      excluding: [backwards[0]]
    )
    #expect(listed?.claim.runID == backwards[1])
    #expect(try store.claim(worker: livingWorker, in: .runs([])) == nil)
  }

  @Test func `a dead worker's claim on this machine is void at once`() throws {
    try store.plan(plan(rates: [0.1], repeats: 1))
    let lost = try #require(try store.claim(worker: deadWorker()))
    #expect(try store.runs()[0].state == .interrupted)
    let taken = try #require(try store.claim(worker: livingWorker))
    #expect(taken.claim == Claim(runID: lost.claim.runID, attempt: 2))
    let attempts = try store.attempts(ofRun: lost.claim.runID)
    #expect(attempts.map(\.outcome) == [.interrupted, nil])
  }

  @Test func `a worker that is killed frees its run once it is gone`() throws {
    try store.plan(plan(rates: [0.1], repeats: 1))
    let child = Process()
    child.executableURL = URL(fileURLWithPath: "/bin/sh")
    child.arguments = ["-c", "read line"]
    child.standardInput = Pipe()
    try child.run()
    let worker = ProcessIdentity.onThisMachine(pid: Int(child.processIdentifier))
    let lost = try #require(try store.claim(worker: WorkerIdentity(process: worker)))
    try store.saveCheckpoint([1], step: 10, epoch: 1, elapsedSeconds: 1, lost.claim)
    #expect(try store.claim(worker: livingWorker) == nil)
    kill(child.processIdentifier, SIGKILL)
    child.waitUntilExit()
    let taken = try #require(try store.claim(worker: livingWorker))
    #expect(taken.claim.attempt == 2)
    #expect(taken.resume?.step == 10)
  }

  @Test func `the claim of a dead worker whose sweep lives waits for that sweep`() throws {
    try store.plan(plan(rates: [0.1], repeats: 1))
    let lost = try #require(try store.claim(worker: deadWorker(supervisor: .current)))
    #expect(try store.claim(worker: livingWorker) == nil)
    #expect(try store.claims(of: deadWorker().process) == [lost.claim])
    #expect(try store.requeue(crashed: lost.claim, reason: "signal 9"))
    #expect(try store.attempts(ofRun: lost.claim.runID)[0].outcome == .crashed)
    #expect(try store.claim(worker: livingWorker)?.claim.attempt == 2)
    #expect(try !store.requeue(crashed: lost.claim, reason: "signal 9"), "settled once")
  }

  @Test func `the claim of a dead worker whose sweep died too is void`() throws {
    try store.plan(plan(rates: [0.1], repeats: 1))
    _ = try store.claim(worker: deadWorker(supervisor: deadWorker().process))
    #expect(try store.claim(worker: livingWorker)?.claim.attempt == 2)
  }

  @Test func `a worker that died too often fails its run`() throws {
    try store.plan(plan(rates: [0.1], repeats: 1))
    let lost = try #require(try store.claim(worker: deadWorker(supervisor: .current)))
    #expect(try store.fail(crashed: lost.claim, reason: "its worker died 3 times: signal 9"))
    let run = try store.run(lost.claim.runID)
    #expect(run.state == .failed)
    #expect(run.reason == "its worker died 3 times: signal 9")
  }

  @Test func `elsewhere a claim lasts 15 seconds without renewal`() throws {
    try store.plan(plan(rates: [0.1], repeats: 1))
    let remote = try #require(try store.claim(worker: remoteWorker))
    fixture.clock.advance(14)
    try store.renew(remote.claim)
    fixture.clock.advance(14)
    #expect(try store.claim(worker: livingWorker) == nil)
    fixture.clock.advance(2)
    #expect(try store.claim(worker: livingWorker)?.claim.attempt == 2)
  }

  @Test func `every write of a lost claim is refused`() throws {
    try store.plan(plan(rates: [0.1], repeats: 1))
    let lost = try #require(try store.claim(worker: deadWorker())).claim
    _ = try store.claim(worker: livingWorker)
    let writes: [(String, () throws -> Void)] = [
      ("renew", { try store.renew(lost) }),
      ("append", { try store.append(points(epoch: 1), lost) }),
      ("append nothing", { try store.append([], lost) }),
      (
        "checkpoint",
        { try store.saveCheckpoint([1], step: 1, epoch: 1, elapsedSeconds: 1, lost) }
      ),
      ("complete", { try store.complete(lost, result()) }),
      ("fail", { try store.fail(lost, reason: "crash") }),
      ("release", { try store.release(lost) }),
    ]
    for (name, write) in writes {
      #expect(throws: StorageError.claimLost(run: lost.runID, attempt: 1), "\(name)") {
        try write()
      }
    }
    #expect(try store.curves(ofRun: lost.runID).isEmpty)
  }

  @Test func `a cancelled run's worker loses its claim`() throws {
    try store.plan(plan(rates: [0.1], repeats: 1))
    let claim = try #require(try store.claim(worker: livingWorker)).claim
    #expect(try store.cancel(claim.runID, reason: "too slow"))
    #expect(throws: StorageError.claimLost(run: claim.runID, attempt: 1)) {
      try store.renew(claim)
    }
    #expect(try store.run(claim.runID).state == .cancelled)
    #expect(try !store.cancel(claim.runID))
  }

  @Test func `concurrent claims from several connections never give a run twice`() async throws {
    let count = 40
    let rates = (1...count).map { Double($0) / 1000 }
    try store.plan(plan(rates: rates, repeats: 1))
    let path = fixture.folder.database
    let claimed = try await withThrowingTaskGroup(of: [String].self) { group in
      for _ in 0..<4 {
        group.addTask {
          let own = try RunStore(path: path)
          var ids: [String] = []
          while let run = try own.claim(worker: livingWorker) { ids.append(run.claim.runID) }
          return ids
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    #expect(claimed.count == count)
    #expect(Set(claimed).count == count)
  }

  @Test func `a release queues the run again and keeps its attempts`() throws {
    try store.plan(plan(rates: [0.1], repeats: 1))
    let claim = try #require(try store.claim(worker: livingWorker)).claim
    try store.saveCheckpoint([7], step: 15, epoch: 1.5, elapsedSeconds: 3, claim)
    try store.release(claim)
    let run = try store.run(claim.runID)
    #expect(run.state == .queued)
    #expect(run.attempts == 1)
    let again = try #require(try store.claim(worker: livingWorker))
    #expect(again.resume?.step == 15)
    #expect(again.resume?.elapsedSeconds == 3)
    #expect(try store.resumeCheckpoint(ofRun: claim.runID) == [7])
  }

  @Test func `the environment of an attempt is kept once`() throws {
    try store.plan(plan(rates: [0.1], repeats: 2))
    let environment = RunEnvironment(
      cpu: "Zen 4",
      system: "Debian 12",
      cores: 2,
      jobs: 2,
      threads: 1,
      version: "0.1.0"
    )
    for _ in 0..<2 {
      let run = try #require(try store.claim(worker: livingWorker, environment: environment))
      #expect(try store.attempts(ofRun: run.claim.runID)[0].environment == environment)
    }
    let count = try ReadOnlySQL.query(
      path: fixture.folder.database,
      "SELECT count(*) FROM environment"
    )
    #expect(count.rows == [[.integer(1)]])
  }
}

@Suite struct ProcessIdentityTests {
  @Test func `this process lives`() {
    #expect(ProcessIdentity.current.isAlive == true)
    #expect(ProcessIdentity.current.startTime != nil)
  }

  @Test func `a number given out again names another process`() {
    #expect(deadWorker().process.isAlive == false)
  }

  @Test func `a process that was waited for is dead`() throws {
    let child = Process()
    child.executableURL = URL(fileURLWithPath: "/bin/sh")
    child.arguments = ["-c", "read line"]
    let input = Pipe()
    child.standardInput = input
    try child.run()
    let identity = ProcessIdentity.onThisMachine(pid: Int(child.processIdentifier))
    #expect(identity.isAlive == true)
    try input.fileHandleForWriting.close()
    child.waitUntilExit()
    #expect(identity.isAlive == false)
  }

  @Test func `another machine, boot or container cannot be seen`() {
    var other = ProcessIdentity.current
    other.host = "elsewhere"
    #expect(other.isAlive == nil)
    var rebooted = ProcessIdentity.current
    rebooted.bootID = "before"
    #expect(rebooted.isAlive == nil)
  }
}
