// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Experiments
import Reports
import Storage
import Vocabulary
import Workbench

/// `why`: why runs were reused, repeated, tried again, or are not done.
struct WhyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "why",
    abstract: "Says why a run was reused, repeated, retried, failed or waits.",
    discussion: """
      Examples:
        runexp why last          one run: plans, attempts, the nearest older run
        runexp why quickstart    a line for each run of the newest plan
      """
  )

  @Argument(help: ArgumentHelp("A run or a sweep.", valueName: "run|sweep")) var target: String
  @Flag(help: "JSON: one object for a run, one per line for a sweep.") var json = false
  @OptionGroup var database: DatabaseOptions

  func run() throws {
    try reportingFailures {
      let store = try database.openForReading()
      switch try store.target(target) {
      case .run(let run):
        let explanation = Explanation(try store.explain(run.id))
        if json { return Terminal.print(data: explanation.json.visibleLine) }
        for line in wrapped(explanation.lines, width: Terminal.tableWidth) { Terminal.print(line) }
      case .sweep(let sweep): try show(sweep, store) { _ in true }
      case .cell(let sweep, let cell): try show(sweep, store) { $0.cell == cell }
      }
    }
  }

  private func show(
    _ sweep: SweepRecord,
    _ store: RunStore,
    _ isWanted: (SweepDecision) -> Bool
  ) throws {
    let runs = Dictionary(
      try store.runs(ofSweeps: [sweep.label]).map { ($0.id, $0) },
      uniquingKeysWith: { first, _ in first }
    )
    let decisions = try store.decisions(ofSweep: sweep.label).filter(isWanted)
    if json {
      for decision in decisions {
        Terminal.print(data: SweepExplanation.object(decision, runs[decision.run]).visibleLine)
      }
    } else {
      let table = SweepExplanation.table(decisions, runs)
      for line in table.lines(width: Terminal.tableWidth) { Terminal.print(line) }
    }
  }
}
