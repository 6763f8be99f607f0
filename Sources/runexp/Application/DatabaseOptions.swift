// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Storage

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
    let store = try RunStore(path: path, mode: mode)
    if case .create = mode, isNew { Terminal.say("created \(path)") }
    return store
  }

  /// Opens the database to look at it: nothing is written, unless an older one has to be brought up to date. Where it takes
  /// no writes, or an older version is still at work on it, a copy is looked at.
  func openForReading() throws -> RunStore {
    do {
      do { return try open(.readOnly) } catch StorageError.olderSchema { return try open(.open) }
    } catch let error as StorageError where error.leavesACopy {
      let store = try RunStore(copyOf: resolved)
      Terminal.say("a copy is read, as of now: \(error)")
      return store
    }
  }
}

/// Finds the database that belongs to the current folder.
enum DatabaseLocation {
  /// `RUNEXP_DB`, else the nearest `runexp.db` here or above, else `./runexp.db`.
  ///
  /// The search stops at a folder with `.git`, at home and at a file-system border.
  static func standard(
    environment: [String: String] = ProcessInfo.processInfo.environment,
    folder: String = FileManager.default.currentDirectoryPath
  ) -> String {
    if let path = environment["RUNEXP_DB"], !path.isEmpty { return path }
    return nearest(from: folder, home: environment["HOME"]) ?? "runexp.db"
  }

  private static func nearest(from start: String, home: String?) -> String? {
    let files = FileManager.default
    var folder = URL(fileURLWithPath: start).standardizedFileURL
    let device = fileSystem(folder.path)
    while fileSystem(folder.path) == device {
      let candidate = folder.appendingPathComponent("runexp.db").path
      if files.fileExists(atPath: candidate) {
        return folder.path == start ? "runexp.db" : candidate
      }
      if folder.path == home || folder.path == "/"
        || files.fileExists(atPath: folder.appendingPathComponent(".git").path)
      {
        return nil
      }
      folder.deleteLastPathComponent()
    }
    return nil
  }

  private static func fileSystem(_ path: String) -> Int? {
    (try? FileManager.default.attributesOfItem(atPath: path))?[.systemNumber] as? Int
  }
}
