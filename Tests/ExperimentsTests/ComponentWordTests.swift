// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Experiments
@testable import Vocabulary

/// Where in the sources a component is called by its name: in its definition and in the one table that makes it.
///
/// A name anywhere else is a fact about the component far away from it: put the fact into the definition, where whoever
/// needs it can ask. Names in sentences are no names here; only a whole string literal counts.
@Suite struct ComponentWordTests {
  private static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Sources")

  /// Where every family may be named: its definitions, what other programs call it, and models to be measured.
  private static let everywhere = [
    "Vocabulary/Catalog/Catalog+", "Manifests/Definitions/ForeignWords", "Benchmarks/Workloads/",
  ]

  /// Where what a component means is made, by its name, and its own files.
  private static let makers: [Catalog.Family: [String]] = [
    .layers: ["Training/Building/ModelBuilder", "NeuralNetworks/Layers/"],
    .activations: ["Training/Building/ActivationBuilder"],
    .losses: ["Training/Losses/", "Tensors/Ops/Losses"],
    .optimizers: ["Training/Building/OptimizerBuilder"],
    .schedules: ["Training/Building/ScheduleBuilder"],
    .initializers: ["Training/Building/ModelBuilder"],
    .datasets: ["Datasets/DatasetCatalogue", "Datasets/Readers/"],
    .metrics: ["Training/Metrics/"],
  ]

  /// Files that name a few components for a reason of their own.
  private static let exceptions: [String: Set<String>] = [
    // What goes through a network looks into these blocks, and judges this one layer.
    "Vocabulary/Catalog/BackwardHalf.swift": ["residual", "branches", "last_step"],
    "Manifests/Reading/Reader+Logits.swift": ["branches"],
    // A fault of an earlier version, in the layers and data sets of that time: another answer would plan runs anew.
    "Experiments/StridedWindows.swift": [
      "conv2d", "max_pool2d", "avg_pool2d", "resize", "reshape", "flatten", "dense", "residual",
      "branches", "dropout", "batch_norm", "layer_norm", "identity", "relu", "sigmoid", "tanh",
      "glyphs", "mnist", "fashion_mnist", "fashion_mnist_mini", "moons", "xor", "noise_images",
      "images",
    ],
    "Experiments/NumericChange.swift": ["attention"],
    // What stands where nothing is said.
    "Vocabulary/Specification/RunSpecification.swift": ["default"],
    // A recurrent layer's own choice of a function, and what is advised or refused about certain layers, data and metrics.
    "Training/Building/ModelBuilder+Layers.swift": ["relu"],
    "Training/Building/ModelBuilder+Checks.swift": ["npy", "log_rmse"],
    // How files of one's own are read and refused.
    "Datasets/DatasetError.swift": ["npy"],
    "Datasets/Prepared/ForeignPicture.swift": ["images"],
    // The metric that an imported table most likely has.
    "Workbench/Importing/ImportedTable.swift": ["accuracy", "loss"],
    // A manifest for a sweep of another program, as one would write it.
    "Workbench/Planning/ConvertedSweep.swift": ["dropout", "adam", "relu", "accuracy"],
  ]

  /// Words that are also words of something else, and where they are that.
  private static let homonyms: [String: Set<String>] = [
    "loss": ["Manifests/", "Reports/", "Storage/", "Vocabulary/"],
    "step": ["Datasets/", "Storage/", "Training/", "Workbench/", "runexp/"],
    "attention": ["Tensors/"],
    "conv1d": ["Tensors/"],
    "text": ["Datasets/", "Manifests/", "Storage/", "runexp/"],
    "default": ["Manifests/", "runexp/"],
    "linear": ["Manifests/"],
    "constant": ["Datasets/"],
    "identity": ["Datasets/"],
    "images": ["Reports/"],
    "csv": ["Reports/"],
    "precision": ["Manifests/"],
  ]

  /// Families by the names of their components; the metrics of every run are among them.
  private static let families: [String: [Catalog.Family]] = {
    var families = Dictionary(
      Catalog.Family.allCases.flatMap { family in
        Catalog.definitions(family).map { ($0.name, [family]) }
      },
      uniquingKeysWith: +
    )
    for definition in Catalog.standardMetrics {
      families[definition.name, default: []] += [.metrics]
    }
    return families
  }()

  private struct Naming: Hashable {
    var file: String
    var word: String
  }

  /// Each file with each component that it names in a literal of its own.
  private static func namings() throws -> Set<Naming> {
    let root = sources.path + "/"
    let files = try #require(FileManager.default.enumerator(atPath: sources.path))
    var found: Set<Naming> = []
    for case let file as String in files where file.hasSuffix(".swift") {
      let text = try String(contentsOfFile: root + file, encoding: .utf8)
      for line in text.split(separator: "\n")
      where !line.drop(while: \.isWhitespace).hasPrefix("//") {
        // What stands between two quotes, whichever side of a literal it is: names have no blanks.
        for word in line.split(separator: "\"", omittingEmptySubsequences: false).dropFirst()
          .dropLast() where families[String(word)] != nil
        {
          found.insert(Naming(file: file, word: String(word)))
        }
      }
    }
    return found
  }

  private static func isHome(_ naming: Naming) -> Bool {
    let makers = (families[naming.word] ?? []).flatMap { Self.makers[$0] ?? [] }
    return (everywhere + makers).contains { naming.file.hasPrefix($0) }
  }

  private static func isHomonym(_ naming: Naming) -> Bool {
    homonyms[naming.word]?.contains { naming.file.hasPrefix($0) } == true
  }

  @Test func `a component is named in its definition and in the table that makes it`() throws {
    let far = try Self.namings().filter {
      !Self.isHome($0) && !Self.isHomonym($0)
        && Self.exceptions[$0.file]?.contains($0.word) != true
    }
    for naming in far.sorted(by: { ($0.file, $0.word) < ($1.file, $1.word) }) {
      Issue.record("\(naming.file) names `\(naming.word)`: let it ask the definition")
    }
  }

  @Test func `no exception is left over`() throws {
    let namings = try Self.namings()
    #expect(namings.count > 100)
    for (file, words) in Self.exceptions {
      for word in words {
        let naming = Naming(file: file, word: word)
        #expect(namings.contains(naming) && !Self.isHome(naming), "\(file) and `\(word)`")
      }
    }
    for (word, places) in Self.homonyms {
      for place in places {
        let isFound = namings.contains { $0.word == word && $0.file.hasPrefix(place) }
        #expect(isFound, "`\(word)` in \(place)")
      }
    }
  }

  @Test func `every activation is made by one line`() throws {
    let table = Self.sources.appendingPathComponent("Training/Building/ActivationBuilder.swift")
    let text = try String(contentsOf: table, encoding: .utf8)
    for definition in Catalog.definitions(.activations) {
      let count = text.components(separatedBy: "\n    \"\(definition.name)\": {").count - 1
      #expect(count == 1, "\(definition.name)")
    }
  }
}
