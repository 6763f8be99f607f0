// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Diagnostics
import Experiments
import Foundation
import Manifests
import Scheduling
import Storage
import Vocabulary
import Workbench

/// `run`: one cell of a manifest.
struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Trains one cell of a manifest, without a report.",
    usage: "runexp run <manifest> [<key=value> ...] [options]",
    discussion: """
      Examples:
        runexp run experiments/quickstart.yaml model=mlp activation=relu
        runexp run manifest.yaml learning_rate=0.05 train.epochs=1

      Every parameter needs one value; the cell's `repeat` runs are made, or reused
      if they are stored.
      """
  )

  @Argument(help: "The manifest, a YAML file.") var manifest: String
  @Argument(
    help: ArgumentHelp("A value for each parameter, and other overrides.", valueName: "key=value")
  )
  var overrides: [String] = []
  @Option(
    name: [.customShort("S"), .customLong("set")],
    parsing: .singleValue,
    help: ArgumentHelp("The same; may be repeated.", valueName: "key=value")
  )
  var settings: [String] = []
  @OptionGroup var database: DatabaseOptions
  @OptionGroup var execution: ExecutionOptions

  func run() async throws {
    try await reportingFailures {
      let checked = try ManifestPlanner(
        path: manifest,
        overrides: overrides + settings,
        database: database.resolved
      ).plan()
      try refuseOpenAxes(checked)
      for warning in checked.warnings { Terminal.say(warning.rendered) }
      let store = try database.open(.create)
      let planned = try store.plan(checked.stored(isBare: true))
      Terminal.say(
        PlanSummary.line(checked.plan.experiment.name, planned, cells: checked.cells.count)
      )
      let ending: SweepEnding =
        planned.openRuns.isEmpty
        ? .completed(failed: try store.counts(in: .runs(planned.runIDs))[.failed])
        : try await PlanExecution(
          store: store,
          planned: planned,
          options: execution,
          databasePath: database.resolved,
          names: RunName.names(of: planned, cells: checked.plan.cells)
        ).run()
      try show(store, planned)
      guard ending.exitCode == 0 else { throw ExitCode(ending.exitCode) }
    }
  }

  private func refuseOpenAxes(_ checked: CheckedPlan) throws {
    guard checked.cells.count > 1 else { return }
    let open = checked.plan.openParameters.map { name in
      let values = checked.plan.cells.compactMap { $0.assignment[name] }
      var seen = Set<ParameterValue>()
      let distinct = values.filter { seen.insert($0).inserted }.map(\.description)
      return "`\(name)` is one of \(distinct.prefix(8).joined(separator: ", "))"
    }
    throw Diagnostic(
      "`run` trains one cell, but \(checked.cells.count) are open: " + open.joined(separator: "; "),
      hints: [
        "give each a value, as in `\(checked.plan.openParameters.first ?? "p")=…`, or use `runexp sweep`"
      ]
    )
  }

  /// A line per run with its last metrics.
  private func show(_ store: RunStore, _ planned: PlannedSweep) throws {
    for id in planned.runIDs {
      let run = try store.run(id)
      let metrics = run.metrics.compactMapValues(\.last)
      Terminal.print(
        "\(run.id)  seed \(run.seed)  \(run.state.rawValue)  "
          + (run.reason ?? MetricText.list(metrics))
      )
    }
  }
}
