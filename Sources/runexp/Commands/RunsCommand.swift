// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Diagnostics
import Experiments
import Reports
import Storage
import Vocabulary
import Workbench

/// `runs`: what is stored.
struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs",
    abstract: "Lists stored runs.",
    usage: "runexp runs [<sweep> ...] [options]",
    discussion: """
      Examples:
        runexp runs quickstart --sort -test.accuracy
        runexp runs --where 'model=cnn and val.accuracy>0.9' --json

      A condition compares fields, parameters and metrics with = != < <= > >=,
      joined by and, or, not and parentheses. A table shows the newest 50 runs,
      --json all of them, one object per line.
      """
  )

  @Argument(help: "Sweeps: NAME for the newest plan, or NAME@revision. Default: all runs.")
  var sweeps: [String] = []
  @Option(
    name: .customLong("where"),
    help: ArgumentHelp("Only runs that fit.", valueName: "condition")
  )
  var condition: String?
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Smallest first; -KEY is largest first.", valueName: "key")
  )
  var sort: String?
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("At most that many runs.", valueName: "n")
  ) var limit: Int?
  @Option(
    help: ArgumentHelp(
      "Columns of the table: fields, parameters and metrics.",
      valueName: "a,b"
    )
  )
  var columns: String?
  @Flag(help: "One JSON object per line, all runs.") var json = false
  @OptionGroup var database: DatabaseOptions

  func validate() throws {
    try OptionRange.check("--limit", limit)
    if json, columns != nil {
      throw ValidationError("--columns is for the table; --json always has every field")
    }
  }

  func run() throws {
    try reportingFailures {
      let store = try database.openForReading()
      let condition = try condition.map { try Condition($0) }
      var runs = try sweeps.isEmpty ? store.runs() : store.runs(ofSweeps: sweeps)
      guard !runs.isEmpty else {
        return Terminal.say(
          sentence: "no runs are stored yet; `runexp sweep MANIFEST` makes some"
        )
      }
      if let condition {
        let all = runs
        runs = try condition.filter(all)
        if runs.isEmpty {
          for remark in condition.remarks(among: all) { Terminal.say(remark.rendered) }
        }
      }
      if let sort { runs = try RunOrder(sort).sorted(runs) }
      if runs.isEmpty { Terminal.say("no run fits the condition") }
      try json ? printObjects(runs) : printTable(runs, store)
    }
  }

  private func printObjects(_ runs: [RunRecord]) {
    for run in runs.prefix(limit ?? runs.count) { Terminal.print(data: run.json.visibleLine) }
  }

  private func printTable(_ runs: [RunRecord], _ store: RunStore) throws {
    guard !runs.isEmpty else { return }
    let names = columns?.split(separator: ",").map { $0.trimming(while: { $0 == " " }) }
    for name in names ?? [] { try RunFieldValue.check(name, option: "--columns", among: runs) }
    let limit = limit ?? RunsListing.standardLimit
    let listing = RunsListing(runs: runs, sweeps: try store.sweeps())
    let shown = sort == nil ? listing.newest(limit) : Array(runs.prefix(limit))
    let table = RunsTable.make(shown, columns: names, metrics: listing.metrics)
    for line in table.lines(width: Terminal.tableWidth) { Terminal.print(line) }
    for sentence in NumericDoubt.sentences(of: shown) {
      Terminal.say(
        sentence: "warning: \(sentence); `runexp sweep` on their manifest trains anew what is wrong"
      )
    }
    if shown.count < runs.count {
      let which = sort == nil ? "the newest" : "the first"
      Terminal.say(
        sentence:
          "\(which) \(shown.count) of \(counted(runs.count, "run")); --limit N or --json shows more"
      )
    }
  }
}

extension StringProtocol {
  /// Without the characters that fit at both ends.
  func trimming(while fits: (Character) -> Bool) -> String {
    String(String(drop(while: fits).reversed()).drop(while: fits).reversed())
  }
}
