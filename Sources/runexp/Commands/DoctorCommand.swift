// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Experiments
import Vocabulary
import Workbench

/// `doctor`: what this machine offers.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Shows processor, fonts, data, database and disk, with advice.",
    discussion: """
      Examples:
        runexp doctor
        runexp doctor --json
      """
  )

  @Flag(help: "One JSON object per line.") var json = false
  @OptionGroup var database: DatabaseOptions

  func run() {
    for finding in Checkup(databasePath: database.resolved).findings {
      if json {
        Terminal.print(data: finding.json.visibleLine)
      } else {
        let title = finding.name + String(repeating: " ", count: max(0, 10 - finding.name.count))
        Terminal.print(title + finding.text)
        if let advice = finding.advice { Terminal.print("          advice: \(advice)") }
      }
    }
  }
}

extension Checkup.Finding {
  fileprivate var json: JSON {
    .object([("name", .text(name)), ("text", .text(text)), ("advice", JSON(advice))])
  }
}
