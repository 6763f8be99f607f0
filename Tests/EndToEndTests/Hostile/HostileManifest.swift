// SPDX-License-Identifier: Apache-2.0

import Codecs
import Foundation
import TestSupport

/// A manifest, data and an import that hold a text in every field that takes one.
struct HostileManifest {
  let text: HostileText

  init(isHostile: Bool) { text = HostileText(isHostile: isHostile) }

  /// Writes `m.yaml` with `t.csv`, `wrong.yaml`, `i.csv` and `pictures.yaml` with a folder for each class.
  func write(in box: Sandbox) throws {
    try box.manifest(manifest).write("t.csv", table).write("i.csv", imported)
      .write("wrong.yaml", wrong).write("pictures.yaml", pictures)
    for name in [text.word("cat"), text.word("dog")] {
      // A folder cannot have a slash in its name.
      let folder = name.replacingOccurrences(of: "/", with: "")
      for index in 0..<6 {
        let image = PNGImage(
          width: 4,
          height: 4,
          format: .gray8,
          pixels: (0..<16).map { UInt8(($0 * 7 + index) % 256) }
        )
        try box.write("p/\(folder)/\(index).png", "")
        try Data(PNG.encode(image)).write(
          to: box.folder.appending(path: "p/\(folder)/\(index).png")
        )
      }
    }
  }

  var tag: String { text.word("tag") }

  private var models: [String] { [text.text("one"), text.text("two")] }

  private var manifest: String {
    """
    name: guard
    title: \(quoted(text.text("title")))
    description: \(quoted(text.text("description")))
    tags: [\(quoted(tag)), "=1+1"]
    data: { dataset: csv, train: t.csv, test: t.csv, target: \(quoted(text.word("target"))) }
    models:
      \(quoted(models[0])): [{ dense: 3 }]
      \(quoted(models[1])): [{ dense: { units: 8, activation: relu } }, { dense: 3 }]
    loss: cross_entropy
    optimizer: { name: sgd, learning_rate: "${rate}" }
    train: { epochs: 2, batch_size: 8 }
    repeat: 3
    parameters: { model: [\(models.map(quoted).joined(separator: ", "))], rate: [0.1, 0.2] }
    report: { metric: test.accuracy, format: [png, svg, pdf] }
    reference:
      - { label: \(quoted(text.text("label"))), metric: test.accuracy, value: 0.7, source: \(quoted(text.text("source"))) }
    expect:
      - { where: { model: \(quoted(models[0])), rate: 0.1 }, metric: test.accuracy, value: 0.5, margin: 0.4, because: \(quoted(text.text("because"))), source: \(quoted(text.text("origin"))) }
    """
  }

  /// Mistakes whose sentences quote the text.
  private var wrong: String {
    """
    name: wrong
    data: { dataset: \(quoted(text.text("set"))) }
    model: [{ \(quoted(text.text("layer"))): 3 }]
    loss: \(quoted(text.text("loss")))
    \(quoted(text.text("key"))): 1
    """
  }

  private var pictures: String {
    """
    name: pictures
    data: { dataset: images, folder: p, color: gray, validation: 4 }
    model: [flatten, { dense: 2 }]
    loss: cross_entropy
    optimizer: { name: sgd, learning_rate: 0.1 }
    train: { epochs: 1, batch_size: 4 }
    report: { metric: val.accuracy }
    """
  }

  private var table: String {
    let header = [text.word("number"), text.word("category"), text.word("target")]
    let rows = (0..<30).map { row in
      ["\(row % 7)", text.word(["red", "blue"][row % 2]), text.word(["a", "b", "c"][row % 3])]
    }
    return csv([header] + rows)
  }

  private var imported: String {
    let rows = (0..<6).map { row in
      ["\(row / 2)", text.text(["first", "second"][row % 2]), "0.\(5 + row)"]
    }
    return csv([["seed", text.word("kind"), "test.accuracy"]] + rows)
  }

  private func csv(_ rows: [[String]]) -> String {
    rows.map { row in
      row.map { field in
        "\"" + String(field.unicodeScalars.flatMap { $0 == "\"" ? "\"\"" : String($0) }) + "\""
      }.joined(separator: ",") + "\n"
    }.joined()
  }

  /// A double-quoted scalar of YAML in ASCII.
  private func quoted(_ text: String) -> String {
    let escaped = text.utf16.map { unit -> String in
      switch unit {
      case 0x22, 0x5c: "\\" + String(UnicodeScalar(UInt8(unit)))
      case 0x20...0x7e: String(UnicodeScalar(UInt8(unit)))
      default: "\\u" + String(String(0x10000 + Int(unit), radix: 16).suffix(4))
      }
    }
    return "\"" + escaped.joined() + "\""
  }
}
