// SPDX-License-Identifier: Apache-2.0

import Codecs
import Experiments
import Foundation
import Testing
import Vocabulary

@testable import Storage

/// A line of `specifications.jsonl.gz`.
private struct Remembered: Codable {
  var content: String
  var data_sha256: String
  var initialization_sha256: String?
  var key: String
  var numeric_version: Int
  var seed: Int
  /// As the column `specification` of `run` held it then.
  var specification: String

  /// In a manifest's words.
  func translated() throws -> String {
    try V1Words.specification(JSONText.decode(JSON.self, specification)).canonical
  }

  func decoded() throws -> RunSpecification {
    try JSONText.decode(RunSpecification.self, translated())
  }
}

/// The content of 500 drawn specifications, as the program of d9ab088 made it.
@Suite struct SpecificationMemoryTests {
  private static let count = 500

  private func remembered() throws -> [Remembered] {
    let name = "specifications.jsonl"
    let url = try #require(Bundle.module.url(forResource: name, withExtension: "gz"))
    let bytes = try Gzip.decompress(file: url.path)
    return try bytes.split(separator: UInt8(ascii: "\n")).map { line in
      try JSONDecoder().decode(Remembered.self, from: Data(line))
    }
  }

  @Test func `the content and the key of every remembered specification are what they were`() throws
  {
    let lines = try remembered()
    #expect(lines.count == Self.count)
    for (index, line) in lines.enumerated() {
      let content = RunContent(
        specification: try line.decoded(),
        seed: line.seed,
        dataSHA256: line.data_sha256,
        initializationSHA256: line.initialization_sha256,
        numericVersion: line.numeric_version
      )
      #expect(content.text == line.content, "specification \(index)")
      #expect(content.key == line.key, "specification \(index)")
    }
    #expect(Set(lines.map(\.key)).count == Self.count)
  }

  /// A value that has been stored comes back as the same value: nothing is rounded, nothing is forgotten.
  @Test func `the remembered specifications are those that the draws still make`() throws {
    for (index, line) in try remembered().enumerated() {
      let drawn = DrawnSpecification(index)
      #expect(try line.decoded() == drawn.storedSpecification, "specification \(index)")
      #expect(line.seed == drawn.seed && line.numeric_version == drawn.numericVersion)
    }
  }

  @Test func `what is stored today is what an old file is brought up to, and comes back`() throws {
    for (index, line) in try remembered().enumerated() {
      let specification = try line.decoded()
      let stored = try JSONText.encode(specification)
      #expect(try JSONText.decode(RunSpecification.self, stored) == specification, "\(index)")
      let json = try JSONText.decode(JSON.self, stored)
      #expect(try json == JSONText.decode(JSON.self, line.translated()), "specification \(index)")
    }
  }

  @Test func `every component and every argument of that day is remembered`() throws {
    var seen: Set<String> = []
    for index in 0..<Self.count { collect(DrawnSpecification(index), &seen) }
    var wanted: Set<String> = []
    for definition in DrawnCatalog.families.values.joined() {
      wanted.insert(definition.name)
      for argument in definition.arguments {
        wanted.insert("\(definition.name).\(argument.name)")
        if argument.isAddition { wanted.insert("\(definition.name).\(argument.name) is absent") }
      }
    }
    let missing = wanted.subtracting(seen).sorted()
    #expect(missing.isEmpty, "an argument is seen where it has another value than the standard")
  }

  @Test func `the words of that day are still in the catalog`() {
    for (name, definitions) in DrawnCatalog.families {
      let family = Catalog.Family(rawValue: name)
      for definition in definitions {
        let now = family.flatMap { Catalog.definition(definition.name, in: $0) }
        let names = now?.arguments.map(\.name) ?? []
        #expect(Set(definition.arguments.map(\.name)).isSubset(of: names), "\(definition.name)")
        let later = now?.arguments.filter { argument in
          !definition.arguments.contains { $0.name == argument.name }
        }
        #expect(later?.allSatisfy(\.isAddition) ?? false, "\(definition.name)")
      }
    }
  }

  /// Writes what this version makes of the draws, for a memory of its own.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["RUNEXP_DRAW_SPECIFICATIONS"] != nil))
  func `the draws are written where RUNEXP_DRAW_SPECIFICATIONS says`() throws {
    let path = try #require(ProcessInfo.processInfo.environment["RUNEXP_DRAW_SPECIFICATIONS"])
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var text: [UInt8] = []
    for index in 0..<Self.count {
      let drawn = DrawnSpecification(index)
      let content = drawn.content
      let line = Remembered(
        content: content.text,
        data_sha256: drawn.dataSHA256,
        initialization_sha256: drawn.initializationSHA256,
        key: content.key,
        numeric_version: drawn.numericVersion,
        seed: drawn.seed,
        specification: String(decoding: try encoder.encode(drawn.specification), as: UTF8.self)
      )
      text += try encoder.encode(line) + [UInt8(ascii: "\n")]
    }
    try Data(Gzip.compress(text, level: 9)).write(to: URL(fileURLWithPath: path))
  }

  // MARK: - What was drawn

  @Test func `a specification comes back from its keys`() throws {
    for index in 0..<Self.count {
      let specification = DrawnSpecification(index).storedSpecification
      let back = try #require(RunSpecification.setting(specification.argument), "\(index)")
      #expect(back == specification, "\(index)")
    }
  }

  /// The keys of a specification as `diff` says them.
  private func keys(_ value: ArgumentValue, _ path: String) -> [String] {
    switch value {
    case .mapping(let fields):
      [path] + fields.flatMap { keys($1, path.isEmpty ? $0 : "\(path).\($0)") }
    case .component(let component): [path] + keys(.mapping(component.arguments), path)
    case .components(let layers):
      [path] + layers.enumerated().flatMap { keys(.component($1), "\(path)[\($0)]") }
    case .list(let values): [path] + values.enumerated().flatMap { keys($1, "\(path)[\($0)]") }
    default: [path]
    }
  }

  @Test func `what a content calls by older words is told by the manifest's keys`() throws {
    let digests = ["data.sha256", "init.from_sha256", "seed", "numeric_version"]
    for index in 0..<Self.count {
      let drawn = DrawnSpecification(index)
      let content = drawn.content
      let known = Set(keys(drawn.specification.argument, "") + digests)
      for path in content.json.flattened.keys {
        #expect(known.contains(RunStore.key(path)), "\(index): \(path)")
      }
    }
  }

  private func collect(_ drawn: DrawnSpecification, _ seen: inout Set<String>) {
    let specification = drawn.specification
    let initial = specification.initialization
    for component in specification.model.parts[0].layers + [
      specification.data.dataset, specification.loss, specification.optimizer, initial.weights,
      initial.biases,
    ] {
      collect(component, &seen)
    }
  }

  private func collect(_ component: Component, _ seen: inout Set<String>) {
    seen.insert(component.name)
    for (key, value) in component.arguments {
      if component.definition?.argument(key)?.standard != value {
        seen.insert("\(component.name).\(key)")
      }
      collect(value, &seen)
    }
    let known = DrawnCatalog.families.values.joined().first { $0.name == component.name }
    for argument in known?.arguments ?? []
    where argument.isAddition && component.arguments[argument.name] == nil {
      seen.insert("\(component.name).\(argument.name) is absent")
    }
  }

  private func collect(_ value: ArgumentValue, _ seen: inout Set<String>) {
    switch value {
    case .component(let component): collect(component, &seen)
    case .components(let components): for component in components { collect(component, &seen) }
    case .list(let values): for value in values { collect(value, &seen) }
    case .mapping(let values): for value in values.values { collect(value, &seen) }
    case .none, .boolean, .integer, .real, .text: break
    }
  }
}

extension DrawnSpecification {
  /// As it comes back: a seed that follows the run's has no number of its own.
  fileprivate var storedSpecification: RunSpecification {
    var specification = specification
    if specification.data.followsRunSeed { specification.data.seed = 0 }
    return specification
  }

  fileprivate var content: RunContent {
    RunContent(
      specification: specification,
      seed: seed,
      dataSHA256: dataSHA256,
      initializationSHA256: initializationSHA256,
      numericVersion: numericVersion
    )
  }
}
