// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Diagnostics
import Experiments
import Foundation
import Storage
import Vocabulary
import Workbench

/// `stop`: a sweep that runs elsewhere ends after a checkpoint.
struct StopCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stop",
    abstract: "Asks the workers of a sweep to end after a checkpoint.",
    usage: "runexp stop [<sweep>] [options]",
    discussion: """
      Examples:
        runexp stop quickstart     what trains runs of this plan
        runexp stop --no-wait      everything that works on this database

      Does what Ctrl-C does in the sweep's terminal: nothing that was acknowledged is
      lost, and `runexp sweep` goes on from the checkpoints. Only processes of this
      machine can be asked; the exit code is 1 if some are elsewhere.
      """
  )

  @Argument(help: "A sweep: NAME for the newest plan, or NAME@revision. Default: all.")
  var sweep: String?
  @Flag(help: "Do not wait until they have ended.") var noWait = false
  @OptionGroup var database: DatabaseOptions

  /// Between two runs a sweep holds none: that many looks, a tenth of a second apart.
  private static let looks = 20

  func run() throws {
    try reportingFailures {
      let store = try database.openForReading()
      let scope = try sweep.map { RunScope.sweep(try store.sweep($0).label) } ?? .all
      let order = StopOrder(try workers(store, scope))
      for worker in order.elsewhere {
        Terminal.print(
          "process \(worker.process.pid) on \(worker.process.host) cannot be asked from here: "
            + "it has \(Self.list(worker.runs))"
        )
      }
      let asked = order.recipients.filter { recipient in
        let isTold = StopOrder.tell(recipient.process)
        Terminal.print(Self.sentence(recipient, isTold: isTold))
        return isTold
      }
      if order.recipients.isEmpty, order.elsewhere.isEmpty {
        Terminal.print("nothing to stop: no worker has a run of " + (sweep ?? "this database"))
      }
      if !noWait { try wait(for: asked, store, scope) }
      if !order.elsewhere.isEmpty || asked.count < order.recipients.count { throw Exit.unmet }
    }
  }

  private func workers(_ store: RunStore, _ scope: RunScope) throws -> [WorkerActivity] {
    for _ in 0..<Self.looks {
      let found = try store.workers(in: scope)
      if !found.isEmpty { return found }
      guard try store.counts(in: scope).open > 0 else { return [] }
      Thread.sleep(forTimeInterval: 0.1)
    }
    return []
  }

  private func wait(
    for asked: [StopOrder.Recipient],
    _ store: RunStore,
    _ scope: RunScope
  ) throws {
    guard !asked.isEmpty else { return }
    while asked.contains(where: { $0.process.isAlive == true }) {
      Thread.sleep(forTimeInterval: 0.05)
    }
    let ended = Set(asked.flatMap(\.runs))
    // A copy shows what was so before.
    let store = store.isCopy ? try database.openForReading() : store
    let states = try store.states(in: .runs(ended.sorted()))
    let queued = states.values.count { $0 == .queued }
    let completed = states.values.count { $0 == .completed }
    var parts = ["\(queued) \(queued == 1 ? "run waits" : "runs wait") with a checkpoint"]
    if completed > 0 { parts.append("\(completed) just completed") }
    Terminal.print("ended: \(parts.joined(separator: ", ")); `runexp sweep` goes on")
  }

  static func sentence(_ recipient: StopOrder.Recipient, isTold: Bool) -> String {
    guard isTold else {
      return "\(recipient.title) could not be asked: it has ended, or belongs to another user"
    }
    let workers =
      recipient.isSweep
      ? " with \(counted(recipient.workers, "worker"))" : ""
    return "asked \(recipient.title)\(workers) to end after a checkpoint: \(list(recipient.runs))"
  }

  private static func list(_ runs: [String]) -> String {
    (runs.count == 1 ? "run " : "runs ") + runs.joined(separator: ", ")
  }
}
