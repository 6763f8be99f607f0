// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Experiments
import Storage
import Vocabulary
import Workbench

/// `retry`: failed and cancelled runs back into the queue.
struct RetryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retry",
    abstract: "Puts failed and cancelled runs back into the queue.",
    usage: "runexp retry [<sweep> ...] [--where <condition>] [options]",
    discussion: """
      Examples:
        runexp retry --where 'state=failed and model=cnn'
        runexp retry quickstart

      Nothing is trained yet: the next `runexp sweep` of the manifest, or a worker,
      does it. Completed, queued and running runs stay as they are, and so do runs
      that this program trains to other numbers than the one that planned them.
      """
  )

  @Argument(help: "Sweeps: NAME for the newest plan, or NAME@revision. Default: all runs.")
  var sweeps: [String] = []
  @Option(
    name: .customLong("where"),
    help: ArgumentHelp("Only runs that fit.", valueName: "condition")
  )
  var condition: String?
  @OptionGroup var database: DatabaseOptions

  func validate() throws {
    if sweeps.isEmpty, condition == nil {
      throw ValidationError(
        "which runs? Name a sweep or a condition, as in `runexp retry --where state=failed`"
      )
    }
  }

  func run() throws {
    try reportingFailures {
      let store = try database.open(.open)
      let condition = try condition.map { try Condition($0) }
      let all = try sweeps.isEmpty ? store.runs() : store.runs(ofSweeps: sweeps)
      let runs = try condition?.filter(all) ?? all
      let queued = Set(try store.requeue(runs.filter { !$0.needsNewPlan }.map(\.id)))
      Terminal.print(
        Self.summary(queued: queued.count, others: runs.filter { !queued.contains($0.id) })
      )
    }
  }

  /// How many runs were put back, and what is with the others that fit.
  static func summary(queued: Int, others: [RunRecord]) -> String {
    var text = "\(queued) \(queued == 1 ? "run" : "runs") put back into the queue"
    if queued > 0 {
      text += "; the next `runexp sweep` or worker trains \(queued == 1 ? "it" : "them")"
    }
    guard !others.isEmpty else { return text }
    let outdated = Set(others.filter { $0.canBeRetried && $0.needsNewPlan }.map(\.id))
    let states = RunState.allCases.compactMap { state -> String? in
      let count = Set(others.filter { $0.state == state }.map(\.id)).count
      return count > 0 ? "\(count) \(state.rawValue)" : nil
    }
    return text + "; left alone: " + states.joined(separator: ", ") + planAgain(outdated.count)
  }

  private static func planAgain(_ count: Int) -> String {
    guard count > 0 else { return "" }
    return count == 1
      ? "; 1 of them was planned for an older numeric version: "
        + "`runexp sweep` of its manifest trains it anew"
      : "; \(count) of them were planned for an older numeric version: "
        + "`runexp sweep` of their manifest trains them anew"
  }
}

extension RunRecord {
  /// Whether it ended without a result.
  fileprivate var canBeRetried: Bool { state.isTerminal && state != .completed }
}
