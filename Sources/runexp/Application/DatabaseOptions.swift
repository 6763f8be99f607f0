// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Diagnostics
import Foundation
import Storage
import Workbench

/// `--db`, and where the database is without it.
struct DatabaseOptions: ParsableArguments {
  @Option(
    name: .customLong("db"),
    help: ArgumentHelp(
      "The database.",
      discussion:
        "Default: $RUNEXP_DB, else the nearest runexp.db here or above, else ./runexp.db.",
      valueName: "file"
    )
  )
  var path: String?

  /// The database's path, whether it exists or not.
  var resolved: String { path ?? DatabaseLocation.standard() }

  /// Opens the database; a missing one is an error, unless it is to be created, which is said.
  func open(_ mode: RunStore.Mode) throws -> RunStore {
    let path = resolved
    let isNew = !FileManager.default.fileExists(atPath: path)
    let store = try RunStore(path: path, mode: mode, updating: Self.sayingOlder(path))
    if case .create = mode, isNew { Terminal.say("created \(path)") }
    return store
  }

  /// Opens the database to look at it: nothing is written, unless an older one has to be brought up to date. Where it takes
  /// no writes, or an older version is still at work on it, a copy is looked at, which is said.
  func openForReading() throws -> RunStore {
    let path = resolved
    let (store, obstacle) = try RunStore.reading(path: path, updating: Self.sayingOlder(path))
    if let obstacle { Terminal.say("a copy is read, as of now: \(obstacle)") }
    return store
  }

  /// Says that an older database is brought up to date, for a large one takes a while.
  private static func sayingOlder(_ path: String) -> @Sendable (Int) -> Void {
    { runs in
      let count = counted(runs, "run", shown: grouped(runs))
      Terminal.say("bringing \(path), an older database with \(count), up to date")
    }
  }
}
