// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Experiments
import Reports
import Storage
import Vocabulary
import Workbench

/// `diff`: what two runs were told differently.
struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Shows in which keys two runs' specifications differ.",
    discussion: """
      Examples:
        runexp diff 3f2a 9c01
        runexp diff best:quickstart last --json

      RUN is the beginning of an id, `last` or `best:SWEEP`. The exit code is 0
      whether they differ or not.
      """
  )

  @Argument(help: ArgumentHelp("One run.", valueName: "run")) var left: String
  @Argument(help: ArgumentHelp("The other.", valueName: "run")) var right: String
  @Flag(help: "One JSON object per line.") var json = false
  @OptionGroup var database: DatabaseOptions

  func run() throws {
    try reportingFailures {
      let store = try database.openForReading()
      let differences = SpecificationDifference.between(try store.run(left), try store.run(right))
      for difference in differences {
        if json {
          Terminal.print(data: Self.object(difference).visibleLine)
        } else {
          Terminal.print(difference.text)
        }
      }
      if differences.isEmpty { Terminal.say("no difference: same specification, seed and data") }
    }
  }

  private static func object(_ difference: SpecificationDifference) -> JSON {
    .object([
      ("path", .text(difference.path)),
      ("left", JSON(difference.left)),
      ("right", JSON(difference.right)),
    ])
  }
}
