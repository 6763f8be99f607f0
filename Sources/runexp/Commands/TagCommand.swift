// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Diagnostics
import Experiments
import Storage
import Vocabulary
import Workbench

/// `tag`: words on runs.
struct TagCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tag",
    abstract: "Adds words to runs, or removes them.",
    usage: "runexp tag [<run> ...] <word> ... [options]",
    discussion: """
      Examples:
        runexp tag best:quickstart last keep
        runexp tag --where 'val.accuracy<0.5' --remove keep

      The first argument is a run; further ones are runs as long as they name some:
      `last`, `best:SWEEP`, or at least 4 digits of an id. The rest are words. With
      --where all are words. `runs --where tag=WORD` finds the runs again.
      """
  )

  @Argument(
    help: ArgumentHelp("Runs, then words; with --where only words.", valueName: "run|word")
  )
  var texts: [String]
  @Flag(help: "Take the words off.") var remove = false
  @Option(
    name: .customLong("where"),
    help: ArgumentHelp("All runs that fit.", valueName: "condition")
  )
  var condition: String?
  @OptionGroup var database: DatabaseOptions

  func validate() throws {
    if condition == nil, texts.count < 2 {
      throw ValidationError("`tag` takes a run and a word, as in `runexp tag last keep`")
    }
  }

  func run() throws {
    try reportingFailures {
      let store = try database.open(.open)
      let (runs, words) = try selection(store)
      if !remove { try check(words) }
      for run in runs {
        try remove
          ? store.tag(run.id, removing: words) : store.tag(run.id, adding: words)
        let tags = try store.run(run.id).tags
        Terminal.print("\(run.id)  " + (tags.isEmpty ? "no tags" : tags.joined(separator: " ")))
      }
      if runs.isEmpty { Terminal.say("no run fits the condition") }
    }
  }

  private func selection(_ store: RunStore) throws -> (runs: [RunRecord], words: [String]) {
    guard let condition else { return try split(store) }
    return (try Condition(condition).filter(store.runs()), texts)
  }

  /// The runs at the beginning of the arguments, and the words behind them; the last argument is always a word.
  private func split(_ store: RunStore) throws -> (runs: [RunRecord], words: [String]) {
    var runs: [RunRecord] = []
    for (index, text) in texts.dropLast().enumerated() {
      if index == 0 {
        runs.append(try store.run(text))
        continue
      }
      guard Self.looksLikeRun(text) else { break }
      do { runs.append(try store.run(text)) } catch StorageError.noSuchRun { break }
    }
    return (runs, Array(texts.dropFirst(runs.count)))
  }

  /// Short words of the letters a–f are words: of many runs, some id begins like them.
  static func looksLikeRun(_ text: String) -> Bool {
    if text == "last" || text.hasPrefix("best:") { return true }
    return text.count >= 4 && text.allSatisfy { $0.isASCII && $0.isHexDigit }
  }

  /// What older versions or a manifest put on may still be taken off.
  private func check(_ words: [String]) throws {
    for word in words where word.isEmpty || word.contains(where: \.isWhitespace) {
      let parts = word.split(whereSeparator: \.isWhitespace)
      throw Diagnostic(
        "a tag is a word without white space, got `\(word)`",
        hints: parts.count < 2
          ? [] : ["two tags are two arguments; one is written `\(parts.joined(separator: "-"))`"]
      )
    }
  }
}
