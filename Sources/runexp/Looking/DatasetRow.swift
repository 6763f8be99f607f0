// SPDX-License-Identifier: Apache-2.0

import Datasets
import Diagnostics
import Experiments
import Reports
import Vocabulary
import Workbench

/// What is known of one data set, and where its files were found.
struct DatasetRow {
  let entry: DatasetCatalogueEntry
  let folder: String?
  /// Its keys in a manifest's `data:`.
  let arguments: [ArgumentDefinition]

  init(entry: DatasetCatalogueEntry, library: DatasetLibrary) {
    self.entry = entry
    folder = library.folder(of: entry)
    arguments = Catalog.definition(entry.name, in: .datasets)?.arguments ?? []
  }

  private var place: String {
    if entry.isGenerated { return "generated, needs no files" }
    guard let name = entry.folder else { return "your own files" }
    return folder.map { "found in \($0)" }
      ?? "not found: no folder `\(name)` in RUNEXP_DATA or ./data"
  }

  var lines: [String] {
    let head = "\(entry.name): \(entry.summary)"
    return [head, "  \(place)"]
      + arguments.map { argument in
        let standard = argument.standard.flatMap { SpecificationText.text($0) }
        let remark =
          argument.standard == nil ? " (required)" : standard.map { " (default \($0))" } ?? ""
        return "  \(argument.name): \(argument.summary)\(remark)"
      }
  }

  var json: JSON {
    .object([
      ("name", .text(entry.name)),
      ("summary", .text(entry.summary)),
      ("generated", .boolean(entry.isGenerated)),
      ("folder", JSON(entry.folder)),
      ("found", JSON(folder)),
      ("licence", .text(entry.licence)),
      ("arguments", .list(arguments.map(Self.object))),
      ("files", .list(entry.files.map(Self.object))),
    ])
  }

  private static func object(_ argument: ArgumentDefinition) -> JSON {
    .object([
      ("name", .text(argument.name)),
      ("summary", .text(argument.summary)),
      ("required", .boolean(argument.standard == nil)),
      ("default", JSON(argument.standard.flatMap { SpecificationText.text($0) })),
    ])
  }

  private static func object(_ file: DatasetCatalogueEntry.File) -> JSON {
    .object([
      ("name", .text(file.name)),
      ("bytes", .integer(file.byteCount)),
      ("sha256", .text(file.sha256)),
      ("url", JSON(file.url)),
    ])
  }
}

extension DatasetLibrary.FileCheck {
  /// What was found, in words.
  var sentence: String {
    switch state {
    case .sound: "as published"
    case .missing: "missing"
    case .different(let count, _) where count != file.byteCount:
      "different: \(counted(count, "byte", shown: grouped(count))), expected \(grouped(file.byteCount))"
    case .different(_, let digest):
      "different: SHA-256 is \(digest ?? "unknown"), expected \(file.sha256)"
    case .unreadable(let reason): "cannot be read: \(reason)"
    }
  }

  private var word: String {
    switch state {
    case .sound: "sound"
    case .missing: "missing"
    case .different: "different"
    case .unreadable: "unreadable"
    }
  }

  /// What was found, as an object.
  func json(_ name: String) -> JSON {
    .object([
      ("name", .text(name)),
      ("path", .text(path)),
      ("state", .text(word)),
      ("detail", .text(sentence)),
    ])
  }
}
