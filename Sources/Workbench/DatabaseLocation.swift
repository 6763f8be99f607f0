// SPDX-License-Identifier: Apache-2.0

import Foundation
package import Storage

extension RunStore {
  /// Opens a database to look at it; an older one is brought up to date.
  ///
  /// Where it takes no writes, or another process has an older one open, a copy is opened, and `obstacle` says why.
  /// `updating` hears how many runs an older one holds before it is brought up to date, but not of a copy.
  package static func reading(
    path: String,
    updating: @escaping @Sendable (Int) -> Void = { _ in }
  ) throws -> (store: RunStore, obstacle: StorageError?) {
    do {
      do {
        return (try RunStore(path: path, mode: .readOnly), nil)
      } catch StorageError.olderSchema {
        return (try RunStore(path: path, updating: updating), nil)
      }
    } catch let error as StorageError where error.leavesACopy {
      // Where there is no room for a copy, or the file cannot be read at all, the obstacle is what counts.
      guard let copy = try? RunStore(copyOf: path) else { throw error }
      return (copy, error)
    }
  }
}

/// Finds the database that belongs to the current folder.
package enum DatabaseLocation {
  /// `RUNEXP_DB`, else the nearest `runexp.db` here or above, else `./runexp.db`.
  ///
  /// The search stops at a folder with `.git`, at home and at a file-system border.
  package static func standard(
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
