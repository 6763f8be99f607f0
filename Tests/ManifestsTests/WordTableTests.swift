// SPDX-License-Identifier: Apache-2.0

import Experiments
import Testing
import Vocabulary

@testable import Manifests

@Suite struct WordTableTests {
  private static let keys: [String: [String]] = [
    "": ManifestKeys.top.map(\.name),
    "data": ManifestKeys.data.map(\.name) + ["dataset"]
      + Catalog.definitions(.datasets).flatMap { $0.arguments.map(\.name) },
    "optimizer": ["name"] + Catalog.definitions(.optimizers).flatMap { $0.arguments.map(\.name) },
    "train": ManifestKeys.train.map(\.name),
    "metric": ManifestKeys.metric.map(\.name),
    "expect": ManifestKeys.expectation.map(\.name),
    "checkpoint": ManifestKeys.checkpoint.map(\.name),
    "log": ManifestKeys.log.map(\.name),
    "report": ManifestKeys.report.map(\.name),
    "parameters": ManifestKeys.axis.map(\.name),
    "parameters.*": ManifestKeys.axis.map(\.name),
    "layer": Catalog.definitions(.layers).flatMap { $0.arguments.map(\.name) },
  ]

  @Test func `foreign keys are translated into keys that exist`() throws {
    for (path, words) in ForeignWords.keys {
      let known = try #require(Self.keys[path], "no mapping `\(path)`")
      for (word, meant) in words {
        #expect(known.contains(meant), "\(path): \(word) → \(meant)")
        // `size` is one layer's own argument and another one's foreign word.
        guard path != "layer" else { continue }
        #expect(!known.contains(word), "\(path): \(word) is a key itself")
      }
    }
  }

  @Test func `misplaced keys have the home they are sent to`() throws {
    for (path, words) in ForeignWords.homes {
      let known = try #require(Self.keys[path])
      for (word, home) in words {
        let there = try #require(Self.keys[home == "the top level" ? "" : home], "no `\(home)`")
        #expect(there.contains(word), "\(word) → \(home)")
        #expect(!known.contains(word), "\(path): \(word) is a key itself")
      }
    }
  }

  @Test func `foreign values are translated into values that exist`() {
    for (path, words) in ForeignWords.values {
      let family = Catalog.Family(rawValue: path)
      for (word, meant) in words {
        guard let family else { continue }
        let known = family.definitions.map(\.name)
        #expect(known.contains(meant), "\(path): \(word) → \(meant)")
        #expect(!known.contains(word), "\(path): \(word) exists itself")
      }
    }
    #expect(ForeignWords.values["method"]?["grid_search"] == "grid")
  }

  @Test func `what comes later is not there yet`() {
    for (path, words) in LaterWords.keys {
      let layer = Catalog.definition(path, in: .layers)?.arguments.map(\.name)
      let known = layer ?? Self.keys[path] ?? []
      #expect(!known.isEmpty, "no mapping `\(path)`")
      for word in words { #expect(!known.contains(word), "\(path).\(word) exists") }
    }
  }

  @Test func `every component with all its required arguments is read`() throws {
    let reader = Reader(findings: Findings(), paths: PathRules(folder: "/nowhere"), scope: .closed)
    for family in [Catalog.Family.layers, .activations, .losses, .initializers] {
      for definition in family.definitions {
        let required = definition.arguments.filter { $0.standard == nil }
        let text = required.enumerated().map { index, argument in
          switch argument.kind {
          case .layers: "\(argument.name): [relu]"
          case .namedLayers: "\(argument.name): { a: [relu], b: [] }"
          case .list: "\(argument.name): [\(index + 1)]"
          default: "\(argument.name): \(index + 1)"
          }
        }.joined(separator: ", ")
        let yaml = "{ \(definition.name): { \(text) } }"
        let node = try #require(
          Document.read(yaml, file: "m.yaml", findings: reader.findings)
        )
        let component = try #require(reader.component(node, family, label: "x"), "\(yaml)")
        #expect(component.name == definition.name)
        #expect(Set(component.arguments.keys) == Set(definition.arguments.map(\.name)))
      }
    }
    #expect(reader.findings.isClean)
  }
}
