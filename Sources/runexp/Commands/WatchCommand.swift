// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Diagnostics
import Experiments
import Foundation
import Storage

/// `watch`: the live view of a sweep that runs elsewhere.
struct WatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch",
    abstract: "Shows a sweep at work that was started elsewhere.",
    usage: "runexp watch [<sweep>] [options]",
    discussion: """
      Examples:
        runexp watch               the plan that is being worked on, else the newest
        runexp watch quickstart@2

      On a terminal a bar and a line for each running run, elsewhere a line for each
      change. It ends when the sweep does: with 0 if every run is done, 1 if one
      failed, 130 if runs are open and nobody works on them. Ctrl-C ends only the
      view.
      """
  )

  @Argument(help: "A sweep: NAME for the newest plan, or NAME@revision.") var sweep: String?
  @OptionGroup var database: DatabaseOptions

  private static let secondsBetweenLooks = 0.5
  /// Looks without a worker at work after which nobody is expected any more: five seconds.
  private static let patience = 10

  func run() throws {
    try reportingFailures {
      let store = try database.openForReading()
      let plan = try plan(store)
      let runs = try store.runs(ofSweeps: [plan.label])
      let progress = SweepProgress(runs: RunName.names(of: runs, cells: plan.cells))
      let watch = SweepWatch(
        totals: Dictionary(
          runs.map { ($0.id, $0.specification.train.epochs) },
          uniquingKeysWith: { first, _ in first }
        )
      )
      Terminal.say("\(plan.label): \(counted(runs.count, "run"))")
      try follow(store, plan.label, watch, progress)
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

  /// Looks until every run has ended, or nobody has worked on one for a while.
  private func follow(
    _ store: RunStore,
    _ label: String,
    _ watch: SweepWatch,
    _ progress: SweepProgress
  ) throws {
    var (watch, idle, looks) = (watch, 0, 0)
    while true {
      // The view moves more often than the store is looked at.
      if looks % 2 == 0 {
        let activity = try store.activity(in: .sweep(label))
        for message in try watch.messages(
          activity,
          metrics: { try store.run($0).metrics.compactMapValues(\.last) }
        ) {
          progress.note(message)
        }
        let states = activity.map { ($0.id, $0.state) }
        progress.observe(Dictionary(states, uniquingKeysWith: { first, _ in first }))
        if activity.allSatisfy(\.state.isTerminal) { return }
        idle = activity.contains { $0.state == .running } ? 0 : idle + 1
        if idle > Self.patience { return }
      }
      progress.redraw()
      looks += 1
      Thread.sleep(forTimeInterval: Self.secondsBetweenLooks / 2)
    }
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
