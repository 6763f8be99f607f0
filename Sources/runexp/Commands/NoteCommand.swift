// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Diagnostics
import Experiments
import Storage
import Vocabulary
import Workbench

/// `note`: a remark on a run.
struct NoteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "note",
    abstract: "Adds a remark to a run.",
    discussion: """
      Examples:
        runexp note last "the loss jumps after epoch 3"
        runexp note best:quickstart "shown in lecture 3"

      `runexp show RUN` prints the remarks, oldest first, each with its time.
      """
  )

  @Argument(help: ArgumentHelp("The run.", valueName: "run")) var target: String
  @Argument(help: ArgumentHelp("The remark, in quotes.", valueName: "text")) var words: [String]
  @OptionGroup var database: DatabaseOptions

  func run() throws {
    try reportingFailures {
      let text = words.joined(separator: " ").trimming(while: \.isWhitespace)
      guard !text.isEmpty else {
        throw Diagnostic("the note is empty", hints: ["`runexp show \(target)` prints the notes"])
      }
      let store = try database.open(.open)
      let run = try store.run(target)
      try store.note(run.id, text)
      let count = try store.notes(ofRun: run.id).count
      Terminal.print("\(run.id)  \(counted(count, "note"))")
    }
  }
}
