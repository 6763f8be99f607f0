// SPDX-License-Identifier: Apache-2.0

import Foundation
import Scheduling
import Storage
import Workbench

/// Trains the open runs of a frozen plan and shows how far it is; Ctrl-C stops it.
struct PlanExecution {
  let store: RunStore
  let planned: PlannedSweep
  let options: ExecutionOptions
  let databasePath: String
  /// What a run is called in progress lines.
  let names: [String: String]

  /// Returns when every run is terminal, or when interrupted.
  func run() async throws -> SweepEnding {
    let job = TrainingJob(
      planned,
      in: store,
      databasePath: databasePath,
      options: options.job
    )
    let progress = SweepProgress(runs: names)
    let listening = Self.stopOnSignals(job)
    async let ending = job.perform()
    for await event in job.events { progress.show(event) }
    progress.clear()
    // Whoever still holds the job holds the store, and a store that is not closed leaves its journal beside the file.
    listening.cancel()
    await listening.value
    return try await ending
  }

  /// Each Ctrl-C asks the job to stop.
  private static func stopOnSignals(_ job: TrainingJob) -> Task<Void, Never> {
    StopSignals.listen()
    return Task {
      var count = 0
      while !Task.isCancelled {
        do { try await Task.sleep(for: .milliseconds(50)) } catch { return }
        while count < StopSignals.count {
          count += 1
          job.stop()
        }
      }
    }
  }
}

extension ExecutionOptions {
  /// How the runs are trained.
  fileprivate var job: JobOptions {
    JobOptions(
      jobs: jobs,
      threads: threads,
      maxRetries: maxRetries,
      timeLimit: timeLimit?.seconds
    )
  }
}
