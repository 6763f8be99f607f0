// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Below Workbench nobody knows how the reader came here: by a manifest, a command line or Swift.
///
/// So no sentence there names a command, an option or a line of YAML. An error is a fact; a place above words it.
@Suite struct ReaderWordTests {
  private static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Sources")

  private static let modules = [
    "NeuralNetworks", "Tensors", "Kernels", "Datasets", "Storage", "ModelFiles", "Training",
    "Codecs", "Plotting",
  ]

  /// How a command, an option and an entry of a list begin in a sentence.
  private static let beginnings = ["`runexp ", "`--", "`- "]

  /// Files that speak to a certain reader, for a reason.
  private static let exceptions: [String: Set<String>] = [
    // The one place that words what does not fit, for who reads a manifest.
    "Training/Mistakes/ModelMistake.swift": ["`- "],
    "Training/Mistakes/LayerMistake.swift": ["`- "],
    "Training/Mistakes/LossMistake.swift": ["`- "],
  ]

  /// The beginnings that each file has outside of comments.
  private static func namings() throws -> [String: Set<String>] {
    var found: [String: Set<String>] = [:]
    for module in modules {
      let folder = sources.appendingPathComponent(module).path
      let files = try #require(FileManager.default.enumerator(atPath: folder))
      for case let file as String in files where file.hasSuffix(".swift") {
        let text = try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
        for line in text.split(separator: "\n")
        where !line.drop(while: \.isWhitespace).hasPrefix("//") {
          for beginning in beginnings where line.contains(beginning) {
            found["\(module)/\(file)", default: []].insert(beginning)
          }
        }
      }
    }
    return found
  }

  @Test func `below Workbench no sentence names a command, an option or YAML`() throws {
    #expect(try Self.namings() == Self.exceptions)
  }
}
