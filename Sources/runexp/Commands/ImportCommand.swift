// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Diagnostics
import Experiments
import Foundation
import Storage
import Vocabulary
import Workbench

/// `import`: runs that were measured elsewhere.
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Stores runs that another program measured, to compare with ours.",
    usage: "runexp import <file.csv> --as <name> [options]",
    discussion: """
      Examples:
        runexp import pytorch.csv --as pytorch --examples 10000
        runexp import percent.csv --as keras --percent
        runexp compare pytorch#0 quickstart#3

      The first line names the columns: seed; epoch, without which a row is a whole
      run; metrics such as train.loss and test.accuracy; every other column is a
      parameter. The runs become completed ones of the sweep NAME, tagged
      `imported`, and are never reused as results of a manifest.

      The step of an accuracy decides which differences it can show. Say
      with --examples on how many examples it was measured; without, the decimals
      of the file tell.
      """
  )

  @Argument(help: ArgumentHelp("The file.", valueName: "file.csv")) var file: String
  @Option(
    name: .customLong("as"),
    help: ArgumentHelp("The sweep's name.", valueName: "name")
  )
  var name: String
  @Flag(
    help: "Shares, such as accuracies, are written in per cent: 87.2 is taken as 0.872."
  )
  var percent = false
  @Option(
    help: ArgumentHelp(
      "Examples that accuracies were measured on, such as those of the test set.",
      valueName: "count"
    )
  )
  var examples: Int?
  @OptionGroup var database: DatabaseOptions

  func validate() throws {
    let isFit = name.allSatisfy {
      ($0.isASCII && ($0.isLetter || $0.isNumber)) || "._-".contains($0)
    }
    if name.isEmpty || !isFit || name.count > 100 {
      throw ValidationError(
        "--as takes a name of letters, digits, `.`, `_` and `-`, at most 100 of them, got `\(name)`"
      )
    }
    try OptionRange.check("--examples", examples)
    if name.hasPrefix(".") || name.hasPrefix("-") || name == "last" {
      throw ValidationError(
        "--as takes a name that begins with a letter, a digit or `_` and is not `last`, got `\(name)`"
      )
    }
  }

  func run() throws {
    try reportingFailures {
      let table = try ImportedTable(
        read(),
        file: file,
        isPercent: percent,
        examples: examples
      )
      let store = try database.open(.create)
      let outcome = try store.importRuns(
        table.runs,
        of: table.experiment(name: name),
        source: table.source,
        facts: examples.map {
          DataFacts(trainCount: $0, validationCount: $0, testCount: $0)
        },
        version: runexpVersion
      )
      let runs = counted(table.runs.count, "run")
      let cells = outcome.sweep.cells.count
      Terminal.print(
        "\(outcome.sweep.label): \(runs) of \(counted(cells, "cell")), "
          + (outcome.isNew ? "\(outcome.added) new" : "imported before; \(change(outcome))")
      )
    }
  }

  /// What importing a file again did: how many examples its shares have decides what a difference shows.
  private func change(_ outcome: ImportOutcome) -> String {
    guard let examples, outcome.formerExamples != examples else { return "nothing changed" }
    let former = outcome.formerExamples.map { " instead of \($0)" } ?? ""
    return "its shares are now taken as those of \(counted(examples, "example"))\(former)"
  }

  private func read() throws -> String {
    guard let data = FileManager.default.contents(atPath: file) else {
      let isFolder = (try? FileManager.default.contentsOfDirectory(atPath: file)) != nil
      throw Diagnostic(
        isFolder
          ? "`\(file)` is a folder; a CSV file is imported"
          : "there is no file `\(file)` that can be read"
      )
    }
    guard let text = String(data: data, encoding: .utf8) else {
      throw Diagnostic("`\(file)` is not UTF-8 text")
    }
    return text
  }
}
