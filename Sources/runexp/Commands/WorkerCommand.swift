// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Datasets
import Diagnostics
import Foundation
import Storage
import Synchronization
import Workbench

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// `worker`: claims and trains runs; a sweep starts it, and so may a cluster's job.
struct WorkerCommand: ParsableCommand {
  /// Who started the worker.
  enum Parent: String, ExpressibleByArgument, CaseIterable {
    /// A sweep, whose death closes standard input.
    case stdin
  }

  static let configuration = CommandConfiguration(
    commandName: "worker",
    abstract: "Claims queued runs and trains them until none is left.",
    usage: "runexp worker [options]",
    discussion: """
      Examples:
        runexp worker                          work on everything that is queued
        runexp worker --sweep quickstart@1     work on one sweep's runs
      """,
    shouldDisplay: false
  )

  @OptionGroup var database: DatabaseOptions
  @Option(help: ArgumentHelp("Only the runs of this plan.", valueName: "name@revision"))
  var sweep: String?
  @Option(name: .customLong("run"), help: "Only this run; may be repeated.")
  var runs: [String] = []
  @Option(help: "Threads per run.") var threads = 1
  @Option(help: "Runs at once in the sweep; only recorded.") var jobs = 1
  @Option(help: "Ends when this parent does, and reports progress to it as JSON lines.")
  var parent: Parent?
  @Option(
    name: .customLong("parent-pid"),
    help: "The process that must be the parent; if another is, the worker ends at once."
  )
  var parentPID: Int?

  @Option(
    name: .customLong("db-file"),
    help: "Device and number of the file that the database must be."
  )
  var databaseFile: String?

  func validate() throws {
    try OptionRange.check("--threads", threads)
    try OptionRange.check("--jobs", jobs)
  }

  func run() throws {
    try reportingFailures {
      let supervisor = parent == nil ? nil : Int(getppid())
      // An orphan's parent is some other process, which would never settle its claims.
      if let parentPID, supervisor != parentPID { throw Exit.interrupted }
      try refuseOtherDatabase()
      let store = try database.open(.open)
      try refuseOtherDatabase()
      let stop = StopRequest(watchesStandardInput: parent == .stdin)
      let worker = Worker(
        store: store,
        scope: scope,
        identity: .current(supervisorPID: supervisor),
        environment: RunEnvironment(
          cpu: Machine.cpuName,
          system: Machine.systemName,
          cores: Machine.usableCores,
          jobs: jobs,
          threads: threads,
          version: runexpVersion
        ),
        stop: stop,
        library: .standard,
        tell: tell
      )
      do {
        let ending = try worker.work()
        if supervisor == nil {
          try store.keepReachable()
          try tellOutdated(store)
        }
        if case .stopped = ending { throw Exit.interrupted }
      } catch StorageError.displaced where supervisor != nil {
        // The sweep sees it, too, and says what became of the file.
        throw Exit.storageRefuses
      } catch let error as StorageError {
        if supervisor == nil { try store.keepReachable() }
        throw error
      }
    }
  }

  /// A sweep's worker must not write into what has the name of the sweep's database by now; the sweep says so.
  private func refuseOtherDatabase() throws {
    let found = FileMark(path: database.resolved)?.description
    guard let databaseFile, found != databaseFile else { return }
    throw Exit.storageRefuses
  }

  /// Says which runs are left in the queue for good, as far as this program goes.
  private func tellOutdated(_ store: RunStore) throws {
    let count = try store.outdatedRuns(in: scope).count
    guard count > 0 else { return }
    Terminal.say(
      "\(counted(count, "run")) \(count == 1 ? "stays" : "stay") queued: planned for an older numeric version, "
        + "this program trains \(count == 1 ? "it" : "them") to other numbers; `runexp sweep` of the manifest "
        + "plans \(count == 1 ? "it" : "them") anew"
    )
  }

  private var scope: RunScope {
    if let sweep { return .sweep(sweep) }
    return runs.isEmpty ? .all : .runs(runs)
  }

  private func tell(_ message: WorkerMessage) {
    if parent == .stdin {
      Terminal.print(data: message.line)
    } else if let line = message.plainLine {
      Terminal.say(line)
    }
  }
}

extension WorkerMessage {
  /// What a person wants to read of it; nil for steps.
  var plainLine: String? {
    switch self {
    case .claimed(let run, _, let epoch):
      epoch > 0 ? "\(run)  resumed at epoch \(Int(epoch))" : "\(run)  started"
    case .found, .step: nil
    case .drawing(let data, let count):
      "drawing the data `\(data)`, \(byteText(count)), where they are not cached"
    case .epoch(let run, let epoch, let metrics):
      "\(run)  epoch \(epoch)  " + MetricText.list(metrics)
    case .ended(let run, let state, let reason):
      "\(run)  \(state)" + (reason.map { ": \(visible($0))" } ?? "")
    }
  }
}

/// Metrics in one line of progress.
enum MetricText {
  /// `train.loss 0.412  val.accuracy 0.874`, timings left out, in a fixed order.
  static func list(_ metrics: [String: Double]) -> String {
    metrics.filter { $0.key != "train.samples_per_second" }.sorted { $0.key < $1.key }
      .map { "\($0.key) \(short($0.value))" }.joined(separator: "  ")
  }

  /// Four significant digits.
  static func short(_ value: Double) -> String {
    value == 0
      ? "0"
      : abs(value) >= 1e-3 && abs(value) < 1e5
        ? String(format: abs(value) < 1 ? "%.4f" : abs(value) < 10 ? "%.3f" : "%.1f", value)
        : String(format: "%.3g", value)
  }
}
