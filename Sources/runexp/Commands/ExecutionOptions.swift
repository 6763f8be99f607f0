// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Experiments
import Foundation
import Scheduling
import Storage

/// Options of the commands that train.
struct ExecutionOptions: ParsableArguments {
  // Numbers are taken as they stand, so that `--jobs -1` is told its range.
  @Option(
    name: .shortAndLong,
    parsing: .unconditional,
    help: "Runs at once. Default: as many as there are cores, but no more than open runs."
  )
  var jobs: Int?
  @Option(
    name: .shortAndLong,
    parsing: .unconditional,
    help: "Threads per run. Default: cores divided by jobs."
  )
  var threads: Int?
  @Option(
    parsing: .unconditional,
    help: "How often a run is tried again in this call after its worker died."
  )
  var maxRetries = 2
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Checkpoint and end after this time: seconds, or 90s, 30m, 8h, 2d.",
      valueName: "duration"
    ),
    transform: TimeLimit.init
  )
  var timeLimit: TimeLimit?

  func validate() throws {
    try OptionRange.check("--jobs", jobs)
    try OptionRange.check("--threads", threads)
    try OptionRange.check("--max-retries", maxRetries)
  }
}

/// A duration as one types it.
struct TimeLimit: Sendable {
  let seconds: Double

  /// Seconds, minutes, hours or days; a number alone counts seconds.
  init(_ argument: String) throws {
    let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
    let factor = argument.last.flatMap { units[$0] }
    let number = Double(factor == nil ? argument[...] : argument.dropLast())
    // A century: a clock's arithmetic ends somewhere.
    guard let number, number > 0, number * (factor ?? 1) <= 3_155_760_000 else {
      throw ValidationError(
        "a time is a number above 0 of seconds, or with a unit (90s, 30m, 8h, 2d), at most 36525d"
      )
    }
    seconds = number * (factor ?? 1)
  }
}

/// Trains the open runs of a frozen plan with worker processes.
struct PlanExecution {
  let store: RunStore
  let planned: PlannedSweep
  let options: ExecutionOptions
  let databasePath: String
  /// What a run is called in progress lines.
  let names: [String: String]

  /// Returns when every run is terminal, or when interrupted.
  func run() async throws -> SweepEnding {
    let parallelism = Parallelism(
      cores: Machine.usableCores,
      openRuns: planned.openRuns.count,
      jobs: options.jobs,
      threads: options.threads
    )
    let progress = SweepProgress(runs: names)
    let runner = SweepRunner(
      store: store,
      scope: scope,
      runs: planned.runIDs,
      parallelism: parallelism,
      maxRetries: options.maxRetries,
      workerArguments: arguments(parallelism),
      progress: progress
    )
    defer { progress.clear() }
    do {
      let ending = try await runner.run(timeLimit: options.timeLimit?.seconds)
      progress.clear()
      try store.keepReachable()
      return ending
    } catch {
      progress.clear()
      // What the store says of a file that went away is less than can be said of it.
      try store.keepReachable()
      throw error
    }
  }

  private var scope: RunScope {
    planned.sweep.map { .sweep($0.label) } ?? .runs(planned.runIDs)
  }

  private func arguments(_ parallelism: Parallelism) -> [String] {
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

/// What a run is called where a person looks: its parameters and its seed.
enum RunName {
  /// `activation=relu model=cnn seed 0`; only the parameters that differ over the plan.
  static func names(of planned: PlannedSweep, cells: [Cell]) -> [String: String] {
    names(planned.runs.map { ($0.id, $0.cell, $0.seed) }, cells: cells)
  }

  /// The same for the stored runs of a plan.
  static func names(of runs: [RunRecord], cells: [Cell]) -> [String: String] {
    names(runs.map { ($0.id, $0.cell ?? 0, $0.seed) }, cells: cells)
  }

  private static func names(
    _ runs: [(id: String, cell: Int, seed: Int)],
    cells: [Cell]
  ) -> [String: String] {
    let keys = Set(cells.flatMap(\.assignment.keys)).sorted().filter { key in
      Set(cells.map { $0.assignment[key] }).count > 1
    }
    let texts = runs.map { run in
      let assignment = cells[run.cell].assignment
      let words = keys.compactMap { key in assignment[key].map { "\(key)=\($0)" } }
      return (run.id, (words + ["seed \(run.seed)"]).joined(separator: " "))
    }
    return Dictionary(texts, uniquingKeysWith: { first, _ in first })
  }
}
