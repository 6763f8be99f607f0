// SPDX-License-Identifier: Apache-2.0

import Experiments
import Foundation
import Testing
import Vocabulary

@testable import Reports

struct ResolutionTests {
  /// Imported runs of one program.
  private var runs: [RunRecord] {
    var runs = SyntheticSweep().snapshot().runs
    for place in runs.indices { runs[place].numericVersion = RunRecord.importedVersion }
    return runs
  }

  private func step(_ metric: String, _ values: [Double], examples: Int? = nil) -> Double {
    let facts = examples.map { DataFacts(trainCount: $0, validationCount: $0, testCount: $0) }
    return Resolution(
      metric,
      values: values,
      runs: runs,
      predictions: [:],
      facts: facts.map { facts in
        Dictionary(runs.map { ($0.id, facts) }) { first, _ in first }
      } ?? [:]
    ).step
  }

  @Test func `accuracies in float32 have the step of their examples`() {
    let plain = [0.998, 0.998, 0.996, 0.994, 0.998, 0.996]
    let rounded = plain.map { Double(Float($0)) }
    let inPercent = plain.map { (Double("\(Double(Float(100 * $0)))e-2")) ?? 0 }
    for values in [plain, rounded, inPercent] {
      #expect(abs(step("test.accuracy", values) - 0.002) < 1e-12)
      // Other numbers of such a column have three decimals.
      #expect(abs(step("test.bleu", values) - 0.001) < 1e-12)
    }
    let thirds = (1...6).map { Double(Float(Double($0) / 700)) }
    #expect(abs(step("test.accuracy", thirds) - 1.0 / 700) < 1e-12)
  }

  @Test func `an imported number is never finer than float32`() {
    // Seven decimals are all that float32 can tell there.
    #expect(step("test.loss", [0.6931471805599453, 0.6]) == 1e-7)
    #expect(step("test.loss", [123_456_792.0, 0.25]) == 123_456_792 * 0x1p-24)
    #expect(step("test.loss", [0.25, 0.5]) == 0.01)
    // No float32 is written so: the file's own decimals count.
    #expect(step("test.rmse", [1_000_000.000001, 1_000_000.000005]) == 1e-6)
  }

  @Test(arguments: ["accuracy", "top_5", "precision", "recall", "f1"])
  func `shares of N examples go in steps of 1 over N`(metric: String) {
    let values = [0.8712345, 0.8612345]
    #expect(step("test.\(metric)", values, examples: 500) == 0.002)
  }

  @Test func `bleu counts no examples`() {
    #expect(step("test.bleu", [0.25, 0.5], examples: 500) == 0.01)
  }

  @Test func `the step of a pair is that of its own numbers`() {
    let resolution = Resolution(
      "test.loss",
      values: [0.5, 0.25, 1e30],
      runs: [],
      predictions: [:]
    )
    #expect(resolution.step == 1e30 * 0x1p-24)
    #expect(resolution.step(of: [0.5, 0.25]) == 0.5 * 0x1p-24)
    let perplexities = Resolution(
      "test.perplexity",
      values: [100, 101, 1e-3],
      runs: runs,
      predictions: [:]
    )
    #expect(abs(perplexities.step(of: [100, 101]) - 1e-5) < 1e-18)
  }
}
