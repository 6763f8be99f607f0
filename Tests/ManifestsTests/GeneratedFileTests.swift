// SPDX-License-Identifier: Apache-2.0

import Experiments
import Foundation
import Testing
import Vocabulary

@testable import Manifests

/// Files under `docs/` that are made from the definitions.
///
/// `RUNEXP_WRITE_DOCS=1 swift test --filter GeneratedFileTests` writes them anew.
@Suite struct GeneratedFileTests {
  static let docs = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("docs")
  static let isWriting = ProcessInfo.processInfo.environment["RUNEXP_WRITE_DOCS"] == "1"
  static let advice: Comment =
    "run `RUNEXP_WRITE_DOCS=1 swift test --filter GeneratedFileTests` and commit the change"
  static let start = "<!-- generated: the reference -->\n"
  static let end = "<!-- end -->"

  private func read(_ name: String) throws -> String {
    try String(contentsOf: Self.docs.appendingPathComponent(name), encoding: .utf8)
  }

  private func write(_ text: String, _ name: String) throws {
    try text.write(to: Self.docs.appendingPathComponent(name), atomically: true, encoding: .utf8)
  }

  @Test func `the schema file is current`() throws {
    if Self.isWriting { try write(manifestSchema(), "manifest.schema.json") }
    #expect(try read("manifest.schema.json") == manifestSchema(), Self.advice)
  }

  @Test func `the guide's reference is current`() throws {
    let guide = try read("manifest.md")
    let start = try #require(guide.range(of: Self.start))
    let end = try #require(guide.range(of: Self.end, options: .backwards))
    if Self.isWriting {
      let whole = guide[..<start.upperBound] + manifestReference() + guide[end.lowerBound...]
      try write(String(whole), "manifest.md")
    }
    let current = try read("manifest.md")
    #expect(current.contains(Self.start + manifestReference() + Self.end), Self.advice)
  }

  @Test func `every key and every argument is documented`() throws {
    let guide = try read("manifest.md")
    let mappings: [(String, [Key])] = [
      ("", ManifestKeys.top), ("data.", ManifestKeys.data),
      ("init.", ManifestKeys.initialization), ("train.", ManifestKeys.train),
      ("train.early_stopping.", EarlyStopping.descriptions.filter(\.isKey).map { Key($0) }),
      ("checkpoint.", ManifestKeys.checkpoint), ("log.", ManifestKeys.log),
      ("metric.", ManifestKeys.metric), ("parameters.NAME.", ManifestKeys.axis),
      ("report.", ManifestKeys.report), ("expect[].", ManifestKeys.expectation),
      ("reference[].", ManifestKeys.reference),
    ]
    for (path, keys) in mappings {
      for key in keys { #expect(guide.contains("| `\(path)\(key.name)` |")) }
    }
    for family in Catalog.Family.allCases {
      for definition in Catalog.definitions(family) {
        #expect(guide.contains("**`\(definition.name)`**"))
        for argument in definition.arguments {
          #expect(guide.contains("| `\(definition.name).\(argument.name)` |"))
        }
      }
    }
  }

  @Test func `every mapping among the keys is one that the guide lists`() {
    let listed = [
      "init", "train", "checkpoint", "log", "metric", "report", "expect", "reference",
    ]
    for key in ManifestKeys.top {
      switch key.kind {
      case .mapping, .entries: #expect(listed.contains(key.name))
      default: break
      }
    }
  }

  @Test func `the schema parses and resolves its own references`() throws {
    let data = Data(manifestSchema().utf8)
    let schema = try #require(
      JSONSerialization.jsonObject(with: data) as? [String: Any]
    )
    let properties = try #require(schema["properties"] as? [String: Any])
    #expect(Set(properties.keys) == Set(ManifestKeys.top.map(\.name)))
    #expect(schema["additionalProperties"] as? Bool == false)
    let definitions = try #require(schema["$defs"] as? [String: Any])
    let text = manifestSchema()
    let names = text.components(separatedBy: "\"#/$defs/").dropFirst()
      .compactMap { $0.split(separator: "\"").first.map(String.init) }
    #expect(!names.isEmpty)
    for name in names { #expect(definitions[name] != nil, "no definition of \(name)") }
  }

  @Test func `words that come later are absent from the schema`() {
    let text = manifestSchema()
    for name in ["early_terminate", "tpe"] {
      #expect(!text.contains("\"\(name)\""))
    }
  }
}
