// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Foundation
import Testing

@testable import Manifests

@Suite struct RobustnessTests {
  /// SplitMix64, so that a failing seed can be tried again.
  private struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }

  private let pieces = [
    "{", "}", "[", "]", ":", ": ", ",", "\n", "  ", "\t", "- ", "\"", "'", "#", "&a", "*a", "${",
    "}",
    "${x}", "0", "-1", "1e999", "~", "none", "激", "e\u{301}", "\r\n", "|", ">", "!!str", "dense",
    "model:",
    "---\n", "% ", "@", "when: { model: mlp }",
  ]

  @Test func `no damaged manifest stops the program, and each complaint has its place`() throws {
    for seed in 0..<400 {
      var generator = Generator(state: UInt64(seed))
      var text = Array(designManifest)
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let start = Int.random(in: 0..<text.count, using: &generator)
        let end = min(text.count, start + Int.random(in: 0...12, using: &generator))
        let piece = pieces.randomElement(using: &generator) ?? ""
        text.replaceSubrange(start..<end, with: piece)
      }
      do {
        let plan = try planned(String(text))
        #expect(!plan.cells.isEmpty, "seed \(seed)")
      } catch let list as DiagnosticList {
        #expect(!list.diagnostics.isEmpty, "seed \(seed)")
        for diagnostic in list.diagnostics {
          let location = try #require(diagnostic.location, "seed \(seed)")
          #expect(
            location.line >= 1 && location.column >= 1 && diagnostic.length >= 1,
            "seed \(seed)"
          )
          #expect(!diagnostic.message.isEmpty && !diagnostic.message.hasSuffix("."), "seed \(seed)")
        }
      }
    }
  }

  @Test func `a bomb of aliases is refused`() {
    var lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    for level in 1...8 {
      let elements = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      lines.append("a\(level): &a\(level) [\(elements)]")
    }
    #expect(
      complaints(small + "\n" + lines.joined(separator: "\n"))
        .contains("error: the manifest has more than 200000 values")
    )
  }

  @Test func `behind the limit of values nothing else is said`() {
    let layers = String(repeating: " - dense: 8\n", count: 100_000)
    let text = complaints(
      small.replacing("model: [{ dense: 16 }, relu, { dense: 2 }]", with: "model:\n" + layers)
    )
    #expect(text.hasPrefix("m.yaml:66"), "\(text.prefix(200))")
    #expect(text.split(separator: "error:").count == 2, "\(text.prefix(2000))")
  }

  @Test func `the guide's example is a manifest`() throws {
    let guide = try String(
      contentsOf: GeneratedFileTests.docs.appendingPathComponent("manifest.md"),
      encoding: .utf8
    )
    let block = try #require(
      guide.components(separatedBy: "```yaml\n").first { $0.hasPrefix("name: ") }
    )
    let text = try #require(block.components(separatedBy: "```").first)
    let plan = try planned(text)
    #expect(plan.cells.count == 12)
    #expect(plan.runCount == 60)
    #expect(plan.warnings.isEmpty)
  }

  @Test func `every manifest among the experiments makes a plan without warnings`() throws {
    let root = GeneratedFileTests.docs.deletingLastPathComponent()
    let experiments = root.appendingPathComponent("experiments")
    let names = try FileManager.default.subpathsOfDirectory(atPath: experiments.path)
      .filter { $0.hasSuffix(".yaml") }
    #expect(!names.isEmpty)
    for name in names {
      let file = experiments.appendingPathComponent(name)
      do {
        let plan = try plan(
          manifest: String(contentsOf: file, encoding: .utf8),
          file: name,
          rules: PathRules(folder: file.deletingLastPathComponent().path, roots: [root.path])
        )
        #expect(plan.warnings.map(\.rendered) == [], "\(name)")
      } catch let list as DiagnosticList {
        Issue.record("\(list.rendered)")
      }
    }
  }
}
