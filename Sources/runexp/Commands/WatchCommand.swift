// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Diagnostics
import Experiments
import Foundation
import Storage
import Vocabulary
import Workbench

/// `watch`: the live view of a sweep that runs elsewhere.
struct WatchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch",
    abstract: "Shows a sweep at work that was started elsewhere.",
    usage: "runexp watch [<sweep>] [options]",
    discussion: """
      Examples:
        runexp watch               the plan that is being worked on, else the newest
        runexp watch quickstart@2

      A terminal shows a bar and one line for each running run; elsewhere each change
      is a line. The command ends with the sweep. Its exit code is 0 if every run is
      done, 1 if one failed, 130 if runs are open and nobody works on them. Ctrl-C
      ends only the view.
      """
  )

  @Argument(help: "A sweep: NAME for the newest plan, or NAME@revision.") var sweep: String?
  @OptionGroup var database: DatabaseOptions

  func run() async throws {
    try await reportingFailures {
      let store = try database.openForReading()
      guard !store.isCopy else {
        throw Diagnostic(
          "a copy does not move, so there is nothing to watch",
          hints: ["`runexp runs` shows what is stored by now"]
        )
      }
      let plan = try plan(store)
      let runs = try store.runs(ofSweeps: [plan.label])
      let progress = SweepProgress(runs: RunName.names(of: runs, cells: plan.cells))
      Terminal.say("\(plan.label): \(counted(runs.count, "run"))")
      try await SweepObservation(plan.label, runs: runs, in: store).follow { progress.show($0) }
      progress.clear()
      try end(plan.label, store.counts(in: .sweep(plan.label)))
    }
  }

  private func plan(_ store: RunStore) throws -> SweepRecord {
    if let sweep { return try store.sweep(sweep) }
    let plans = try store.sweeps()
    guard let newest = plans.last else {
      throw Diagnostic(
        "no sweep is stored yet",
        hints: ["`runexp sweep MANIFEST` starts one"]
      )
    }
    return try plans.last { try !store.workers(in: .sweep($0.label)).isEmpty } ?? newest
  }

  private func end(_ label: String, _ counts: RunCounts) throws {
    let parts = RunState.allCases.compactMap { state in
      counts[state] > 0 ? "\(counts[state]) \(state.rawValue)" : nil
    }
    Terminal.print("\(label): " + parts.joined(separator: ", "))
    if counts.open > 0 {
      Terminal.say("nobody works on the open runs; `runexp sweep` goes on")
      throw Exit.interrupted
    }
    if counts[.failed] > 0 { throw Exit.unmet }
  }
}
