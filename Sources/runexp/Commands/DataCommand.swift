// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Datasets
import Experiments
import Reports
import Vocabulary
import Workbench

/// `data`: the data sets this version knows.
struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data",
    abstract: "Lists known data sets, downloads them and checks their files.",
    discussion: """
      Examples:
        runexp data list
        runexp data fetch fashion_mnist
        runexp data check fashion_mnist

      Public sets are looked for in the folders of RUNEXP_DATA, in ./data and in
      the user's cache; generated ones need no files.
      """,
    subcommands: [DataListCommand.self, DataFetchCommand.self, DataCheckCommand.self]
  )
}

/// `data list`: names, arguments, and where they are.
struct DataListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Lists data sets, their keys in a manifest and where they were found.",
    discussion: """
      Examples:
        runexp data list
        runexp data list --json
      """
  )

  @Flag(help: "One JSON object per line.") var json = false

  func run() throws {
    try reportingFailures {
      let rows = DatasetLibrary.catalogue.map { DatasetRow(entry: $0, library: .standard) }
      if json {
        for row in rows { Terminal.print(data: row.json.visibleLine) }
        return
      }
      for (index, row) in rows.enumerated() {
        if index > 0 { Terminal.print("") }
        for line in row.lines { Terminal.print(line) }
      }
    }
  }
}

/// `data check`: the files' sizes and digests.
struct DataCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Compares files with their published sizes and digests.",
    discussion: """
      Examples:
        runexp data check                  every set whose folder is there
        runexp data check fashion_mnist    that set

      The exit code is 2 if a file is missing or different.
      """
  )

  @Argument(help: "The data set. Default: all that were found.") var name: String?
  @Flag(help: "One JSON object per line.") var json = false

  func run() throws {
    try reportingFailures {
      let library = DatasetLibrary.standard
      let found = DatasetLibrary.catalogue.filter { library.folder(of: $0) != nil }.map(\.name)
      let names = name.map { [$0] } ?? found
      if names.isEmpty { Terminal.say("no data set with files was found; see `runexp data list`") }
      var isSound = true
      for name in names {
        let checks = try library.check(name)
        if checks.isEmpty { Terminal.say("\(name) has no files to check") }
        for check in checks {
          isSound = isSound && check.state == .sound
          if json {
            Terminal.print(data: check.json(name).visibleLine)
          } else {
            Terminal.print("\(check.path): \(check.sentence)")
          }
        }
      }
      if !isSound { throw Exit.badInput }
    }
  }
}
