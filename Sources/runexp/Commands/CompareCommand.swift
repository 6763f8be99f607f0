// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Diagnostics
import Storage

/// `compare`: runs, cells or sweeps side by side.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Puts runs, cells or sweeps side by side, with the difference of two.",
    usage: "runexp compare <run|sweep|cell> ... [options]",
    discussion: """
      Examples:
        runexp compare quickstart
        runexp compare quickstart#0 quickstart#3 --metric val.accuracy
        runexp compare quickstart@1 quickstart@2

      Each is a RUN, a SWEEP (all its cells) or SWEEP#CELL. Of two cells, or of two
      runs that stand for their cells, the paired difference over common seeds is
      given with its 95 % interval and p; of two sweeps, that of each two cells with
      the same values of their common parameters.
      """
  )

  @Argument(help: ArgumentHelp("Runs, sweeps or cells.", valueName: "run|sweep|cell"))
  var targets: [String]
  @Option(
    name: .customLong("where"),
    help: ArgumentHelp("Only runs that fit.", valueName: "condition")
  )
  var condition: String?
  @Option(
    help: ArgumentHelp("The metric to compare. Default: the report's.", valueName: "name")
  )
  var metric: String?
  @Flag(help: "One JSON object: sides and differences.") var json = false
  @OptionGroup var database: DatabaseOptions

  func run() throws {
    try reportingFailures {
      let store = try database.openForReading()
      let condition = try condition.map { try Condition($0) }
      let sides = try SideReader(store: store, condition: condition).sides(targets)
      guard sides.count > 1 else {
        throw Diagnostic(
          "there are not two things to compare, only \(sides.first?.label ?? "nothing")",
          hints: [
            "name two runs, cells or sweeps, as in `runexp compare quickstart#0 quickstart#3`"
          ]
        )
      }
      let comparison = try SideBySide(sides, metric: metric, store: store)
      let lines = json ? [comparison.json.line] : comparison.lines(width: Terminal.tableWidth)
      for line in lines { Terminal.print(line) }
    }
  }
}
