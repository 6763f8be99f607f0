// SPDX-License-Identifier: Apache-2.0

import Experiments
import Foundation
import Reports
import Scheduling
import Storage
import Testing
import Vocabulary
import Workbench

/// Training as a call: what the program does, done by somebody who links the library.
@Suite(.inTurns) struct JobTests {
  private let box: Sandbox

  init() throws { box = try Sandbox() }

  private func job(
    _ manifest: String,
    _ options: JobOptions
  ) throws -> (job: TrainingJob, store: RunStore, planned: PlannedSweep) {
    try box.write("m.yaml", manifest)
    let database = box.path("runexp.db")
    let checked = try ManifestPlanner(path: box.path("m.yaml"), overrides: [], database: database)
      .plan()
    let store = try RunStore(path: database, mode: .create)
    let planned = try store.plan(checked.stored())
    let job = TrainingJob(planned, in: store, databasePath: database, options: options)
    return (job, store, planned)
  }

  private func manifest(epochs: Int) -> String {
    """
    name: called
    data: { dataset: glyphs, train: 200, test: 50 }
    model: [flatten, dense: 10]
    loss: cross_entropy
    optimizer: { name: sgd, learning_rate: "${rate}" }
    train: { epochs: \(epochs), batch_size: 10 }
    parameters: { rate: [0.1, 0.01] }
    """
  }

  @Test func `a job trains a plan and tells each epoch after it is stored`() async throws {
    let (job, store, planned) = try job(
      manifest(epochs: 3),
      JobOptions(jobs: 1, threads: 1, program: Program.path)
    )
    async let ending = job.perform()
    var epochs: [String: [Int]] = [:]
    var ended: [String: String] = [:]
    for await event in job.events {
      switch event {
      case .message(.epoch(let run, let epoch, _)):
        epochs[run, default: []].append(epoch)
        #expect(try store.run(run).epochs >= epoch)
      case .message(.ended(let run, let state, _)): ended[run] = state
      default: break
      }
    }
    #expect(try await ending == .completed(failed: 0))
    #expect(Set(epochs.keys) == Set(planned.runIDs) && planned.runIDs.count == 2)
    #expect(epochs.values.allSatisfy { $0 == [1, 2, 3] })
    #expect(ended.values.allSatisfy { $0 == "completed" } && ended.count == 2)
    #expect(try store.counts(in: .all)[.completed] == 2)
    let report = ReportBuilder(store: store)
    let analysis = try report.write(
      "called",
      to: URL(fileURLWithPath: box.path("out")),
      force: false
    )
    #expect(analysis.isFinished && FileManager.default.fileExists(atPath: box.path("out/index.md")))
  }

  @Test func `a job that is stopped leaves its runs in the queue, with a checkpoint`() async throws
  {
    let (job, store, planned) = try job(
      manifest(epochs: 100_000),
      JobOptions(jobs: 1, threads: 1, program: Program.path)
    )
    async let ending = job.perform()
    var (isStopping, wasTold) = (false, false)
    for await event in job.events {
      switch event {
      case .message(.epoch) where !isStopping:
        isStopping = true
        job.stop()
      case .stopping: wasTold = true
      default: break
      }
    }
    #expect(try await ending == .interrupted)
    #expect(wasTold)
    let runs = try planned.runIDs.map { try store.run($0) }
    #expect(runs.allSatisfy { $0.state == .queued })
    let begun = try #require(runs.first { $0.attempts > 0 })
    #expect(try store.resumeCheckpoint(ofRun: begun.id) != nil && begun.epochs >= 1)
  }
}
