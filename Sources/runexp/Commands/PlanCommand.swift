// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Diagnostics
import Experiments
import Foundation
import Manifests
import Reports
import Storage

/// `plan`: what a sweep would do.
struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Shows the cells, sizes and costs of a manifest; starts nothing.",
    usage: "runexp plan <manifest> [<key=value> ...] [options]",
    discussion: """
      Examples:
        runexp plan experiments/quickstart.yaml
        runexp plan manifest.yaml learning_rate=0.1,0.01 --json
      """
  )

  @Argument(help: "The manifest, a YAML file.") var manifest: String
  @Argument(help: ArgumentHelp("Overrides.", valueName: "key=value")) var overrides: [String] = []
  @Option(
    name: [.customShort("S"), .customLong("set")],
    parsing: .singleValue,
    help: ArgumentHelp("The same; may be repeated.", valueName: "key=value")
  )
  var settings: [String] = []
  @Flag(help: "One JSON object per cell.") var json = false
  @OptionGroup var database: DatabaseOptions

  func run() throws {
    try reportingFailures {
      let checked = try ManifestPlanner(
        path: manifest,
        overrides: overrides + settings,
        database: database.resolved
      ).plan()
      for warning in checked.warnings { Terminal.say(warning.rendered) }
      if let warning = checked.fontWarning { Terminal.say(warning) }
      let path = database.resolved
      let store =
        FileManager.default.fileExists(atPath: path)
        ? try RunStore(path: path, mode: .readOnly) : nil
      var estimate = TimeEstimate(library: .standard, now: Attempt.now)
      let seed = checked.plan.experiment.seed
      let overview = PlanOverview(
        checked: checked,
        preview: try store?.preview(checked.stored()),
        seconds: checked.cells.map { cell in
          checked.descriptions[cell.cell.specification.data].flatMap { description in
            estimate.seconds(
              cell.cell,
              seed: seed,
              memoryBytes: PlanOverview.memoryBytes(cell, in: checked),
              description: description
            )
          }
        }
      )
      if let warning = overview.memoryWarning(limit: Machine.memoryBytes) { Terminal.say(warning) }
      for line in json ? overview.jsonLines : overview.lines { Terminal.print(line) }
    }
  }
}
