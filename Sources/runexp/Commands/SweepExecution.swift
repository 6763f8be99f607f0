// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Experiments
import Foundation
import Reports
import Scheduling
import Storage
import Vocabulary
import Workbench

/// Trains what a frozen plan is missing and writes its report: what `sweep` and `confirm` end with.
struct SweepExecution {
  let store: RunStore
  let sweep: SweepRecord
  let planned: PlannedSweep
  /// Where the report goes.
  let folder: URL
  /// Whether files that were edited by hand are written over.
  let isForced: Bool
  let options: ExecutionOptions
  let databasePath: String

  /// Throws the exit code where it is not 0.
  func perform() async throws {
    Terminal.say(PlanSummary.line(sweep.label, planned, cells: sweep.cells.count))
    for line in planned.renewalLines { Terminal.say(line) }
    try finish(try await train())
  }

  private func train() async throws -> SweepEnding {
    if planned.openRuns.isEmpty {
      let failed = try store.counts(in: .runs(planned.runIDs))[.failed]
      return .completed(failed: failed)
    }
    return try await PlanExecution(
      store: store,
      planned: planned,
      options: options,
      databasePath: databasePath,
      names: RunName.names(of: planned, cells: sweep.cells)
    ).run()
  }

  /// Writes the report and says what came of it.
  private func finish(_ ending: SweepEnding) throws {
    let analysis = try ReportBuilder(store: store).write(
      sweep.label,
      to: folder,
      force: isForced
    )
    for line in SweepSummary(analysis).lines(width: Terminal.talkWidth) { Terminal.say(line) }
    Terminal.say("report: \(ReportFolder.shown(folder))/index.md")
    try store.keepReachable()
    switch ending {
    case .completed(let failed):
      if failed > 0 {
        Terminal.say("\(failed) of \(counted(analysis.snapshot.runs.count, "run")) failed")
      }
      if failed > 0 || !analysis.meetsExpectations { throw Exit.unmet }
    case .interrupted:
      Terminal.say("interrupted; the same command goes on from the checkpoints")
      throw Exit.interrupted
    case .storageRefused: throw Exit.storageRefuses
    case .workersCannotStart(let reason):
      Terminal.say("error: workers cannot start: \(reason)")
      throw Exit.unmet
    }
  }
}
