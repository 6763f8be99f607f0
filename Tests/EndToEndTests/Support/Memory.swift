// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Testing

/// What the program of d9ab088 stored, and what it went on to do: the files of `Memory/`, which are never edited.
enum Memory {
  /// The files.
  static let folder = Bundle.module.bundleURL.appendingPathComponent("Memory")

  /// The manifests of `Memory/files`, without `.yaml`.
  static let manifests: [String] = {
    let names = try? FileManager.default.contentsOfDirectory(
      atPath: folder.appendingPathComponent("files").path
    )
    return (names ?? []).filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()
  }()

  /// A folder with the manifests, their data and the database beside them.
  static func sandbox() throws -> Sandbox {
    let box = try Sandbox()
    let files = folder.appendingPathComponent("files")
    for name in try FileManager.default.contentsOfDirectory(atPath: files.path) {
      try FileManager.default.copyItem(
        at: files.appendingPathComponent(name),
        to: box.folder.appendingPathComponent(name)
      )
    }
    let dump = try text("memory.sql")
    var configuration = Configuration()
    // A dump fills the tables in no useful order.
    configuration.foreignKeysEnabled = false
    let queue = try DatabaseQueue(path: box.path("runexp.db"), configuration: configuration)
    try queue.writeWithoutTransaction { database in
      // Stored specifications name their files by absolute paths.
      let sql = dump.replacingOccurrences(of: "/runexp-memory", with: box.folder.path)
      try database.execute(sql: sql)
      // "rxp1", which an SQL dump leaves out.
      try database.execute(sql: "PRAGMA application_id = 0x72787031")
    }
    try queue.close()
    return box
  }

  /// A file's text.
  static func text(_ name: String) throws -> String {
    try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
  }

  /// The rows of a table, each by the names of its first line.
  static func table(_ name: String) throws -> [[String: String]] {
    let lines = try text(name).split(separator: "\n").map { line in
      line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
    let names = try #require(lines.first)
    return lines.dropFirst().map { line in
      Dictionary(zip(names, line)) { first, _ in first }
    }
  }
}
