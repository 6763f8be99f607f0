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
        runexp plan manifest.yaml --detect 0.01

      With --detect it says how many seeds show a difference between two cells,
      judging by how much the stored runs vary from seed to seed. The difference is
      one of the report's metric: 0.01 of an accuracy; of perplexities it is a ratio,
      such as 1.02.
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
  @Option(
    help: ArgumentHelp("How many seeds show this difference.", valueName: "difference")
  )
  var detect: Double?
  @Flag(help: "One JSON object per cell.") var json = false
  @OptionGroup var database: DatabaseOptions

  func run() throws {
    try reportingFailures {
      let checked = try ManifestPlanner(
        path: manifest,
        overrides: overrides + settings,
        database: database.resolved
      ).plan()
      let metric = checked.plan.experiment.report.metric
      if let detect, let refusal = Detection.refusal(detect, of: metric) {
        throw ValidationError(refusal)
      }
      for warning in checked.warnings { Terminal.say(warning.rendered) }
      if let warning = checked.fontWarning { Terminal.say(warning) }
      let store =
        FileManager.default.fileExists(atPath: database.resolved)
        ? try database.openForReading() : nil
      let outlook = try PlanOutlook(checked, in: store, difference: detect)
      let overview = PlanOverview(outlook)
      if let warning = overview.memoryWarning { Terminal.say(warning) }
      if json {
        for line in overview.jsonLines { Terminal.print(data: line) }
      } else {
        for line in overview.lines(width: Terminal.tableWidth) { Terminal.print(line) }
      }
    }
  }
}
