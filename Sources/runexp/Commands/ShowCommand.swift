// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Storage
import Workbench

/// `show`: one run.
struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Shows everything that is stored of one run.",
    discussion: """
      Examples:
        runexp show last
        runexp show best:quickstart --json

      RUN is the beginning of an id, `last` or `best:SWEEP`. --json also has every
      point of every curve.
      """
  )

  @Argument(help: ArgumentHelp("The run.", valueName: "run")) var target: String
  @Flag(help: "One JSON object.") var json = false
  @OptionGroup var database: DatabaseOptions

  func run() throws {
    try reportingFailures {
      let store = try database.openForReading()
      let details = try RunDetails(try store.run(target), in: store)
      if json { return Terminal.print(data: details.json.visibleLine) }
      for line in details.lines(width: Terminal.tableWidth) { Terminal.print(line) }
    }
  }
}
