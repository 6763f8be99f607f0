// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Reports

struct VarianceDecompositionTests {
  @Test func `two additive parameters have their own variances and no interaction`() {
    // f(a, b) = 3a + b over a in {0, 1}, b in {0, 1, 2}.
    let values = (0..<2).flatMap { a in (0..<3).map { b in Double(3 * a + b) } }
    let found = VarianceDecomposition(values, sizes: [2, 3])
    #expect(abs(found.main[0] - 9.0 / 4) < 1e-12)
    #expect(abs(found.main[1] - 2.0 / 3) < 1e-12)
    #expect(found.pairs[0][0] < 1e-24)
    #expect(abs(found.total - (9.0 / 4 + 2.0 / 3)) < 1e-12)
    #expect(found.rest == 0)
    #expect(found.means[0] == [1, 4] && found.means[1] == [1.5, 2.5, 3.5])
  }

  @Test func `exclusive or is interaction alone, of three parameters the rest alone`() {
    let pair = VarianceDecomposition([0, 1, 1, 0], sizes: [2, 2])
    #expect(pair.main == [0, 0] && pair.pairs[0] == [0.25] && pair.total == 0.25)
    let triple = VarianceDecomposition([0, 1, 1, 0, 1, 0, 0, 1], sizes: [2, 2, 2])
    #expect(triple.main == [0, 0, 0] && triple.pairs.flatMap(\.self) == [0, 0, 0])
    #expect(triple.rest == 0.25 && triple.total == 0.25)
  }

  @Test func `the parts of any grid sum to its variance`() {
    for seed in 0..<50 {
      var random = TestRandom(seed: UInt64(seed))
      let sizes = [2 + seed % 3, 3, 2]
      let values = (0..<sizes.reduce(1, *)).map { _ in random.normal() }
      let found = VarianceDecomposition(values, sizes: sizes)
      // The interaction of all three, computed by itself.
      var triple = 0.0
      let center = values.reduce(0, +) / Double(values.count)
      for place in values.indices {
        let levels = [place / 6, place / 2 % 3, place % 2]
        func mean(_ fixed: Set<Int>) -> Double {
          let own = values.indices.filter { other in
            let others = [other / 6, other / 2 % 3, other % 2]
            return fixed.allSatisfy { others[$0] == levels[$0] }
          }
          return own.reduce(0) { $0 + values[$1] } / Double(own.count)
        }
        let effect =
          values[place] - mean([0, 1]) - mean([0, 2]) - mean([1, 2]) + mean([0]) + mean([1])
          + mean([2]) - center
        triple += effect * effect / Double(values.count)
      }
      #expect(abs(found.rest - triple) < 1e-12, "seed \(seed)")
    }
  }

  @Test func `what has no effect gets the share that chance gives it`() {
    // E of a main effect of pure noise: (levels − 1) / cells of the variance, here 2 / 12.
    var sum = 0.0
    for seed in 0..<4000 {
      var random = TestRandom(seed: UInt64(seed))
      let values = (0..<12).map { _ in random.normal() }
      sum += VarianceDecomposition(values, sizes: [3, 4]).main[0]
    }
    // The standard deviation of such a main effect is its mean (χ² with 2 degrees): five standard errors.
    #expect(abs(sum / 4000 - 2.0 / 12) < 5 * (2.0 / 12) / Double(4000).squareRoot())
  }

  @Test func `η², bins and rank correlation by hand`() throws {
    #expect(SingleEffect.etaSquared([1, 1, 3, 3], groups: [0, 0, 1, 1]) == 1)
    #expect(SingleEffect.etaSquared([1, 3, 1, 3], groups: [0, 0, 1, 1]) == 0)
    #expect(SingleEffect.etaSquared([2, 2, 2], groups: [0, 1, 2]) == nil)
    // Between: 2 (1 − 2)² + 2 (3 − 2)² = 4 of 4 + 4 · 0.25.
    let share = try #require(SingleEffect.etaSquared([0.5, 1.5, 2.5, 3.5], groups: [0, 0, 1, 1]))
    #expect(abs(share - 0.8) < 1e-15)
    #expect(SingleEffect.bins([10, 20, 30, 40, 50, 60], count: 3) == [0, 0, 1, 1, 2, 2])
    #expect(SingleEffect.bins([5, 5, 5, 9], count: 2) == [0, 0, 0, 1])
    #expect(SingleEffect.rankCorrelation([1, 2, 3], [1, 8, 27]) == 1)
    #expect(SingleEffect.rankCorrelation([1, 2, 3], [3, 2, 1]) == -1)
    #expect(SingleEffect.rankCorrelation([1, 1, 1], [3, 2, 1]) == nil)
    // scipy.stats.spearmanr([1, 2, 2, 3, 5], [2, 1, 4, 4, 3]) → 0.39473684…
    let tied = try #require(SingleEffect.rankCorrelation([1, 2, 2, 3, 5], [2, 1, 4, 4, 3]))
    #expect(abs(tied - 0.39473684210526316) < 1e-12)
  }
}
