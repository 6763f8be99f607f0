// SPDX-License-Identifier: Apache-2.0

import Experiments
import Testing
import Vocabulary

@testable import Manifests

@Suite struct RandomSearchTests {
  /// The values that `count` draws give to `axis`.
  private func draws(
    _ axis: String,
    _ count: Int,
    seed: Int = 0,
    other: String? = nil
  ) throws -> [Double] {
    let use = other == nil ? "" : "weight_decay: \"${other}\", "
    let plan = try planned(
      changed(
        small,
        [
          "optimizer: { name: sgd, \(use)learning_rate: \"${rate}\" }",
          "method: random", "run_cap: \(count)", "search_seed: \(seed)",
          "parameters:\n" + (other.map { "  other: \($0)\n" } ?? "") + "  rate: \(axis)",
        ]
      )
    )
    return plan.cells.compactMap { $0.assignment["rate"]?.number }
  }

  @Test func `draws are golden`() throws {
    let drawn = try draws("{ min: 1e-4, max: 1e-1, scale: log }", 4)
    #expect(drawn == golden)
  }

  @Test func `the same seed draws the same, another one does not`() throws {
    let axis = "{ min: 0.0, max: 1.0 }"
    #expect(try draws(axis, 8) == draws(axis, 8))
    #expect(try draws(axis, 8) != draws(axis, 8, seed: 1))
    #expect(Set(try draws(axis, 50)).count == 50)
  }

  @Test func `more draws and more parameters keep the first ones`() throws {
    let axis = "{ min: 0.0, max: 1.0 }"
    let first = try draws(axis, 5)
    #expect(try draws(axis, 20).prefix(5) == first[...])
    #expect(try draws(axis, 5, other: "[0.1, 0.2]") == first)
  }

  @Test(arguments: [
    "{ min: 0.25, max: 0.75 }", "{ distribution: uniform, min: 0.25, max: 0.75 }",
    "{ min: 0.25, max: 0.75, scale: log }",
    "{ distribution: log_uniform_values, min: 0.25, max: 0.75 }",
    "{ distribution: q_uniform, min: 0.25, max: 0.75, q: 0.01 }",
    "{ distribution: q_log_uniform_values, min: 0.25, max: 0.75, q: 0.01 }",
    "{ min: 0.25, max: 0.75, points: 40 }",
  ])
  func `draws lie between the ends and fill the range`(axis: String) throws {
    let values = try draws(axis, 30)
    #expect(values.count == 30)
    #expect(values.allSatisfy { (0.25...0.75).contains($0) })
    #expect((values.min() ?? 1) < 0.35)
    #expect((values.max() ?? 0) > 0.65)
  }

  @Test func `whole draws take every value`() throws {
    #expect(Set(try draws("{ min: 1, max: 6 }", 6)) == [1, 2, 3, 4, 5, 6])
  }

  @Test func `normal draws have their moments`() throws {
    let values = try draws("{ distribution: normal, mu: 10, sigma: 2 }", 400)
    let mean = values.reduce(0, +) / 400
    let variance = values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 399
    // Four standard errors: 4 · 2 / √400 of the mean, 4 · 4 · √(2 / 399) of the variance.
    #expect(abs(mean - 10) < 0.4)
    #expect(abs(variance - 4) < 1.14)
    #expect(try draws("{ distribution: log_normal, mu: -3, sigma: 1 }", 20).allSatisfy { $0 > 0 })
    let multiples = try draws("{ distribution: q_normal, mu: 10, sigma: 1, q: 0.5 }", 5)
    #expect(multiples.allSatisfy { ($0 * 2).rounded() == $0 * 2 })
  }

  @Test func `probabilities are obeyed`() throws {
    let values = try draws(
      "{ values: [0.1, 0.2, 0.3], probabilities: [0, 1, 0] }",
      20,
      other: "{ min: 0.0, max: 1.0 }"
    )
    #expect(values.count == 20)
    #expect(values.allSatisfy { $0 == 0.2 })
  }

  @Test func `numbers have six significant digits`() throws {
    for value in try draws("{ min: 1e-4, max: 1e-1, scale: log }", 50) {
      #expect(roundedToSixDigits(value) == value)
    }
    #expect(roundedToSixDigits(0.1 + 0.2) == 0.3)
    #expect(roundedToSixDigits(123_456_789) == 123_457_000)
  }

  @Test func `zipped parameters are drawn together`() throws {
    let plan = try planned(
      changed(
        small,
        [
          "model: [{ dense: \"${a}\" }, { dense: \"${b}\" }]", "method: random", "run_cap: 3",
          "parameters: { a: [1, 2, 3], b: [10, 20, 30] }", "zip: [[a, b]]",
        ]
      )
    )
    #expect(plan.cells.count == 3)
    for cell in plan.cells {
      let a = try #require(cell.assignment["a"]?.number)
      #expect(cell.assignment["b"]?.number == 10 * a)
    }
  }

  @Test func `the method keeps its numbers`() throws {
    let plan = try planned(
      changed(
        small,
        [
          "loss: \"${loss}\"", "method: random", "run_cap: 2", "search_seed: 9",
          "parameters: { loss: [cross_entropy, mse] }",
        ]
      )
    )
    #expect(plan.experiment.method == .random(runCap: 2, searchSeed: 9))
  }
}

/// Four draws of seed 0 for the parameter `rate`, from this script:
///
/// ```python
/// import math
/// M = 2**64 - 1; h = 0xCBF29CE484222325
/// for b in bytes(8) + b"search\0rate": h = ((h ^ b) * 0x100000001B3) & M
/// h ^= h >> 30; h = h * 0xBF58476D1CE4E5B9 & M; h ^= h >> 27; h = h * 0x94D049BB133111EB & M; h ^= h >> 31
/// for step in range(4):
///   k0, k1, c, w = h & 0xFFFFFFFF, h >> 32, [0, 0, step, 0], 0xFFFFFFFF
///   for _ in range(10):
///     p, q = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
///     c = [(q >> 32) ^ c[1] ^ k0, q & w, (p >> 32) ^ c[3] ^ k1, p & w]
///     k0, k1 = (k0 + 0x9E3779B9) & w, (k1 + 0xBB67AE85) & w
///   u = ((c[1] << 32 | c[0]) >> 11) * 2.0**-53
///   print("%.6g" % math.exp(math.log(1e-4) + u * math.log(1e3)))
/// ```
private let golden = [0.00916007, 0.0433941, 0.000257907, 0.0821162]
