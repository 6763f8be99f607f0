// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Diagnostics
import Experiments
import Foundation
import Manifests
import Reports
import Storage
import Vocabulary
import Workbench

/// `sweep`: plans, trains what is missing, writes the report.
struct SweepCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Trains what a manifest's plan is missing and writes the report.",
    usage: "runexp sweep <manifest> [<key=value> ...] [options]",
    discussion: """
      Examples:
        runexp sweep experiments/quickstart.yaml
        runexp sweep manifest.yaml learning_rate=0.1,0.01 train.epochs=3 --jobs 2

      The plan is frozen before the first run starts. Called again, it resumes
      interrupted runs, tries crashed ones again, and otherwise does nothing. Ctrl-C
      asks the runs to checkpoint and ends with 130; a second one stops at once. Exit
      codes: 0 done, 1 a run failed or an expectation is not met, 2 bad manifest,
      data or database, 3 storage refuses writes.
      """
  )

  @Argument(help: "The manifest, a YAML file.") var manifest: String
  @Argument(
    help: ArgumentHelp(
      "Overrides, such as learning_rate=0.1,0.01 or train.epochs=3.",
      valueName: "key=value"
    )
  )
  var overrides: [String] = []
  @Option(
    name: [.customShort("S"), .customLong("set")],
    parsing: .singleValue,
    help: ArgumentHelp("The same; may be repeated.", valueName: "key=value")
  )
  var settings: [String] = []
  @OptionGroup var database: DatabaseOptions
  @OptionGroup var reports: ReportOptionsGroup
  @OptionGroup var execution: ExecutionOptions

  func run() async throws {
    try await reportingFailures {
      let checked = try ManifestPlanner(
        path: manifest,
        overrides: overrides + settings,
        database: database.resolved
      ).plan()
      for warning in checked.warnings { Terminal.say(warning.rendered) }
      if let warning = checked.fontWarning { Terminal.say(warning) }
      let folder = reports.folder(for: checked.plan.experiment.name)
      try reports.check(folder, checked.plan.experiment, checked.plan.cells)
      let store = try database.open(.create)
      let planned = try store.plan(checked.stored())
      guard let sweep = planned.sweep else { return }
      try await SweepExecution(
        store: store,
        sweep: sweep,
        planned: planned,
        folder: folder,
        isForced: reports.force,
        options: execution,
        databasePath: database.resolved
      ).perform()
    }
  }
}

/// What a sweep came to, for a terminal: tables once it is finished, the answer in words.
struct SweepSummary {
  let analysis: Analysis

  init(_ analysis: Analysis) { self.analysis = analysis }

  func lines(width: Int?) -> [String] {
    let answer = wrapped(analysis.plainAnswer, width: width)
    guard analysis.isFinished else { return answer }
    var lines: [String] = []
    for group in analysis.groups {
      lines += group.plainTitle.map { ["\($0):"] } ?? []
      lines += analysis.resultsTable(group).lines(width: width) + [""]
    }
    if let verdicts = analysis.verdictsTable { lines += verdicts.lines(width: width) + [""] }
    return lines + answer
  }
}

/// One line on what a plan will do.
enum PlanSummary {
  static func line(_ label: String, _ planned: PlannedSweep, cells: Int) -> String {
    var parts: [String] = []
    for disposition in RunDisposition.allCases {
      let count = planned.count(disposition)
      if count > 0 { parts.append("\(count) \(disposition.rawValue)") }
    }
    let runs = planned.runs.count
    return "\(label): \(counted(cells, "cell")), \(counted(runs, "run")): "
      + parts.joined(separator: ", ")
      + (planned.openRuns.isEmpty ? "; nothing has to be run" : "")
  }
}
