// SPDX-License-Identifier: Apache-2.0

import Experiments
import Foundation
import Storage
import Testing
import Vocabulary

@testable import Workbench
@testable import runexp

@Suite(.inTurns) struct StopTests {
  @Test func `stop ends a sweep after its checkpoints, and watch sees it through`() async throws {
    let box = try Sandbox().manifest(Sample.long)
    let sweep = try box.start(["sweep", "m.yaml", "train.epochs=500", "--jobs", "2"])
    try await eventually("both runs are at work") {
      guard box.has("runexp.db"), let store = try? box.store() else { return false }
      return try store.workers(in: .all).count == 2
    }
    let watch = try box.start(["watch", "long"])
    try await eventually("the view is there") { watch.talk.contains("long@1: 2 runs") }
    // Its first look follows at once; what it saw before is what it tells changes of.
    try await Task.sleep(for: .seconds(1))
    let stopped = try await box.run("stop", "long").expectExit(0)
    let lines = stopped.output.split(separator: "\n")
    #expect(lines.count == 2)
    #expect(lines[0].hasPrefix("asked sweep (process \(sweep.pid)) with 2 workers to end after"))
    #expect(lines[1] == "ended: 2 runs wait with a checkpoint; `runexp sweep` goes on")
    try await sweep.finished().expectExit(130)
    #expect(try box.store().runs().allSatisfy { $0.state == .queued && $0.attempts == 1 })
    let seen = try await watch.finished().expectExit(130)
    #expect(seen.output == "long@1: 2 queued\n")
    seen.expectTalk("activation=relu seed 0: back in the queue").expectTalk("nobody works")
    let nothing = try await box.run("stop").expectExit(0)
    #expect(nothing.output == "nothing to stop: no worker has a run of this database\n")
  }

  @Test func `a worker of its own is asked itself`() async throws {
    let box = try Sandbox().manifest(Sample.long)
    let sweep = try box.start(["sweep", "m.yaml", "train.epochs=500", "--jobs", "1"])
    try await eventually("a run is at work") {
      guard box.has("runexp.db"), let store = try? box.store() else { return false }
      return try !store.workers(in: .all).isEmpty
    }
    sweep.signal(SIGINT)
    _ = try await sweep.finished()
    let worker = try box.start(["worker"])
    try await eventually("the worker is at work") { try !box.store().workers(in: .all).isEmpty }
    let stopped = try await box.run("stop").expectExit(0)
    #expect(stopped.output.hasPrefix("asked worker (process \(worker.pid)) to end after"))
    try await worker.finished().expectExit(130)
  }

  @Test func `watch of a finished sweep ends at once with its exit code`() async throws {
    let box = try Sandbox().manifest(Sample.tiny())
    try await box.run("sweep", "m.yaml").expectExit(0)
    let seen = try await box.run("watch").expectExit(0)
    #expect(seen.output == "tiny@1: 4 completed\n")
    try await box.run("watch", "tyny").expectExit(2).expectTalk("did you mean `tiny`?")
  }

  @Test func `workers elsewhere are named, those of one sweep are one recipient`() {
    func process(_ pid: Int, host: String? = nil) -> ProcessIdentity {
      var process = ProcessIdentity.current
      process.pid = pid
      if let host { process.host = host }
      return process
    }
    let sweep = ProcessIdentity.current
    let order = StopOrder([
      WorkerActivity(process: process(1), supervisor: sweep, runs: ["a"]),
      WorkerActivity(process: process(2, host: "elsewhere"), supervisor: nil, runs: ["b"]),
      WorkerActivity(process: process(3), supervisor: sweep, runs: ["c", "d"]),
      WorkerActivity(process: process(4), supervisor: nil, runs: ["e"]),
    ])
    #expect(order.recipients.map(\.process) == [sweep, process(4)])
    #expect(order.recipients.map(\.runs) == [["a", "c", "d"], ["e"]])
    #expect(order.recipients.map(\.workers) == [2, 1])
    #expect(order.elsewhere.map(\.runs) == [["b"]])
  }

  @Test func `changes become the messages a worker would have told`() throws {
    var watch = SweepWatch(totals: ["a": 4, "b": 4])
    func look(_ a: (RunState, Int), _ b: (RunState, Int)) -> [String] {
      let activity = [("a", a), ("b", b)].map { id, now in
        RunActivity(id: id, state: now.0, epochs: now.1)
      }
      return watch.messages(activity) { _ in ["train.loss": 0.5] }.map { message in
        switch message {
        case .claimed(let run, let epochs, let epoch): "\(run) claimed \(epochs) \(epoch)"
        case .found(let run, let epochs, let epoch): "\(run) found \(epochs) \(epoch)"
        case .epoch(let run, let epoch, let metrics): "\(run) epoch \(epoch) \(metrics.count)"
        case .ended(let run, let state, _): "\(run) \(state)"
        case .drawing, .step: "other"
        }
      }
    }
    #expect(look((.completed, 4), (.running, 2)) == ["b found 4 2"])
    #expect(look((.completed, 4), (.running, 2)) == [])
    #expect(look((.completed, 4), (.running, 3)) == ["b epoch 3 1"])
    #expect(look((.completed, 4), (.queued, 3)) == ["b queued"])
    #expect(look((.completed, 4), (.running, 3)) == ["b claimed 4 3.0"])
    #expect(look((.completed, 4), (.completed, 4)) == ["b epoch 4 1", "b completed"])
  }
}
