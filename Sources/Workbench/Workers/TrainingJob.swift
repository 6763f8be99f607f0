// SPDX-License-Identifier: Apache-2.0

package import Experiments
import Foundation
package import Scheduling
package import Storage
import Vocabulary

/// How runs are trained.
package struct JobOptions: Sendable {
  /// Runs at once; nil for as many as there are cores, but no more than open runs.
  package var jobs: Int?
  /// Threads of each run; nil for cores divided by jobs.
  package var threads: Int?
  /// How often a run is tried again after its worker died.
  package var maxRetries: Int
  /// Seconds after which the job stops itself; nil for none.
  package var timeLimit: Double?
  /// The path of `runexp`, whose command `worker` the workers are; nil for this program.
  package var program: String?

  /// The standard ones unless given.
  package init(
    jobs: Int? = nil,
    threads: Int? = nil,
    maxRetries: Int = 2,
    timeLimit: Double? = nil,
    program: String? = nil
  ) {
    self.jobs = jobs
    self.threads = threads
    self.maxRetries = maxRetries
    self.timeLimit = timeLimit
    self.program = program
  }
}

/// What happens while a job trains, in order.
package enum JobEvent: Sendable {
  /// The state of every run of the plan, looked up about once a second.
  case states([String: RunState])
  /// What a worker told, or became of its run.
  case message(WorkerMessage)
  /// A line that a worker said to people.
  case talk(String)
  /// It was asked to stop, or its time is over.
  case stopping
  /// A quarter of a second went by, or something happened: what shows progress may draw it again.
  case tick
}

/// The open runs of a frozen plan, trained by worker processes: it can be watched, and stopped.
package final class TrainingJob: Sendable {
  /// What happens, until the job has ended. Nothing waits for whoever reads it.
  package let events: AsyncStream<JobEvent>

  private let store: RunStore
  private let runner: SweepRunner
  private let timeLimit: Double?
  private let tell: AsyncStream<JobEvent>.Continuation

  /// The runs of `planned`, which `store` has frozen, in the database at `databasePath`.
  package init(
    _ planned: PlannedSweep,
    in store: RunStore,
    databasePath: String,
    options: JobOptions
  ) {
    let parallelism = Parallelism(
      cores: Machine.usableCores,
      openRuns: planned.openRuns.count,
      jobs: options.jobs,
      threads: options.threads
    )
    let (events, tell) = AsyncStream<JobEvent>.makeStream()
    self.events = events
    self.tell = tell
    self.store = store
    timeLimit = options.timeLimit
    runner = SweepRunner(
      store: store,
      scope: planned.sweep.map { .sweep($0.label) } ?? .runs(planned.runIDs),
      runs: planned.runIDs,
      parallelism: parallelism,
      maxRetries: options.maxRetries,
      program: options.program,
      workerArguments: Self.arguments(planned, store, databasePath, parallelism),
      tell: { tell.yield($0) }
    )
  }

  /// Trains until every run has ended, or the job was stopped. Call it once.
  ///
  /// Throws what the store throws, and `DisplacedDatabase` if the file went away; no worker is left behind then.
  package func perform() async throws -> SweepEnding {
    defer { tell.finish() }
    do {
      let ending = try await runner.run(timeLimit: timeLimit)
      try store.keepReachable()
      return ending
    } catch {
      // What the store says of a file that went away is less than can be said of it.
      try store.keepReachable()
      throw error
    }
  }

  /// Asks the workers to checkpoint and end; asked again, ends them now. Nothing that was acknowledged is lost.
  package func stop() { runner.stop() }

  private static func arguments(
    _ planned: PlannedSweep,
    _ store: RunStore,
    _ databasePath: String,
    _ parallelism: Parallelism
  ) -> [String] {
    let target: [String] =
      if let sweep = planned.sweep {
        ["--sweep", sweep.label]
      } else {
        planned.runIDs.flatMap { ["--run", $0] }
      }
    return [
      "worker", "--parent", "stdin", "--parent-pid",
      "\(ProcessInfo.processInfo.processIdentifier)", "--db", databasePath,
    ] + (store.mark.map { ["--db-file", "\($0)"] } ?? []) + target + [
      "--threads", "\(parallelism.threads)", "--jobs", "\(parallelism.jobs)",
    ]
  }
}
