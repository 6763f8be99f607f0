// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Storage

/// `backup`: a copy of the database.
struct BackupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: "Writes a consistent copy of the database, also while a sweep runs.",
    discussion: """
      Examples:
        runexp backup runexp-monday.db
        runexp backup /media/stick/runexp.db --db other.db

      A file that is already there is not overwritten.
      """
  )

  @Argument(help: "The new file.") var file: String
  @OptionGroup var database: DatabaseOptions

  func run() throws {
    try reportingFailures {
      let path = database.resolved
      try RunStore.backup(of: path, to: file)
      Terminal.say("copied \(path) to \(file)")
    }
  }
}

/// `gc`: space that nothing refers to.
struct CollectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gc",
    abstract: "Frees the space of checkpoints that are no longer kept.",
    discussion: """
      Examples:
        runexp gc
        runexp gc --db other.db

      Runs, metrics and kept checkpoints stay as they are.
      """
  )

  @OptionGroup var database: DatabaseOptions

  func run() throws {
    try reportingFailures {
      let result = try database.open(.open).collectGarbage()
      Terminal.say(
        result.chunks == 0
          ? "nothing to free" : "freed \(bytes(result.bytes)) in \(result.chunks) pieces"
      )
    }
  }
}
