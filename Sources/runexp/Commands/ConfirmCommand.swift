// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Diagnostics
import Experiments
import Foundation
import Reports
import Storage
import Vocabulary
import Workbench

/// `confirm`: the leaders of a sweep on fresh seeds.
struct ConfirmCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "confirm",
    abstract: "Trains the leaders of a sweep again, on seeds that did not choose them.",
    usage: "runexp confirm <sweep> [options]",
    discussion: """
      Examples:
        runexp confirm quickstart
        runexp confirm quickstart@2 --top 3 --repeat 10

      The best of many cells looks better than it is: luck helped to choose it.
      This takes the leaders by the manifest's `metric`, freezes a plan of them with
      seeds after all used ones, NAME-confirm, trains it as `sweep` does and writes
      its report. Called again, it goes on, or does nothing.
      """
  )

  @Argument(help: "A sweep: NAME for the newest plan, or NAME@revision.") var sweep: String
  @Option(parsing: .unconditional, help: ArgumentHelp("How many leaders.", valueName: "n"))
  var top = 2
  @Option(
    name: .customLong("repeat"),
    parsing: .unconditional,
    help: ArgumentHelp("Fresh seeds for each.", valueName: "n")
  )
  var repeats = 5
  @OptionGroup var database: DatabaseOptions
  @OptionGroup var reports: ReportOptionsGroup
  @OptionGroup var execution: ExecutionOptions

  func validate() throws {
    try OptionRange.check("--top", top)
    try OptionRange.check("--repeat", repeats)
  }

  func run() async throws {
    try await reportingFailures {
      let store = try database.open(.open)
      let plan = try ConfirmationPlan(of: sweep, top: top, repeats: repeats, in: store)
      let folder = reports.folder(for: plan.experiment.name)
      try reports.check(folder, plan.experiment, plan.cells)
      for warning in plan.warnings { Terminal.say(warning) }
      let texts = PictureTexts.all(plan.experiment, plan.cells, classNames: [])
      if let warning = FontWarning.text(for: texts) { Terminal.say(warning) }
      for leader in plan.leaders { Terminal.say("leader: \(UserText(leader.label))") }
      let planned = try store.plan(plan.stored(in: store))
      guard let frozen = planned.sweep else { return }
      try await SweepExecution(
        store: store,
        sweep: frozen,
        planned: planned,
        folder: folder,
        isForced: reports.force,
        options: execution,
        databasePath: database.resolved
      ).perform()
    }
  }
}
