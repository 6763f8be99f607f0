// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Diagnostics
import Reports
import Storage
import Workbench

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
        runexp compare quickstart --by activation

      Each side is a RUN, a SWEEP (all its cells) or SWEEP#CELL. For two cells, the
      paired difference over their common seeds is shown with its 95 % interval and
      p. Two runs stand for their cells. For two sweeps, cells are paired that have
      the same values of the common parameters. --by shows what one swept parameter
      does, averaged over the others, and whether that depends on them.
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
  @Option(help: ArgumentHelp("What this parameter of a sweep does.", valueName: "parameter"))
  var by: String?
  @Flag(help: "One JSON object: sides and differences.") var json = false
  @OptionGroup var database: DatabaseOptions

  func validate() throws {
    guard by != nil else { return }
    if targets.count != 1 { throw ValidationError("--by takes one sweep") }
    if condition != nil || metric != nil || json {
      throw ValidationError(
        "--by tells of the report's metric and all runs; it takes no --where, --metric or --json"
      )
    }
  }

  func run() throws {
    try reportingFailures {
      let store = try database.openForReading()
      if let by {
        for line in try effects(of: by, store) { Terminal.print(line) }
        return
      }
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
      if json { return Terminal.print(data: comparison.json.visibleLine) }
      for line in comparison.lines(width: Terminal.tableWidth) { Terminal.print(line) }
    }
  }

  /// What one swept parameter does.
  private func effects(of name: String, _ store: RunStore) throws -> [String] {
    let analysis = Analysis(try store.snapshot(ofSweep: targets[0]))
    if let progress = analysis.progressHeading {
      return wrapped(progress, width: Terminal.tableWidth)
    }
    let found = analysis.effects(of: name)
    guard !found.isEmpty else {
      let known = analysis.crossedParameters
      let near = nearestName(to: name, among: known).map { "did you mean `\($0)`?" }
      let obstacle = analysis.obstacle(toEffectsOf: name)
      throw Diagnostic(
        obstacle
          ?? (known.isEmpty
            ? "`\(targets[0])` is no full grid of two parameters or more with the same three seeds or more"
            : "`\(name)` is none of the parameters that \(targets[0]) crosses"),
        hints: [
          known.isEmpty
            ? "`runexp compare \(targets[0])` shows its cells"
            : near ?? "they are \(known.joined(separator: ", "))"
        ]
      )
    }
    var lines: [String] = []
    for part in found {
      if !lines.isEmpty { lines.append("") }
      if let title = part.title { lines.append("\(title):") }
      lines += part.table.lines(width: Terminal.tableWidth)
      lines.append("")
      lines += wrapped(part.sentences, width: Terminal.tableWidth)
    }
    return lines
  }
}
