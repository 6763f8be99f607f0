// SPDX-License-Identifier: Apache-2.0

import Experiments
import TestSupport
import Testing
import Vocabulary

@testable import Reports

struct CrossedDifferenceTests {
  /// One run's predictions: right where the bit is set.
  private func run(_ bits: [Int]) -> TestPredictions {
    TestPredictions(
      targets: [Int32](repeating: 1, count: bits.count),
      predictions: bits.map { Int32($0) }
    )
  }

  /// The two-way layout by its textbook sums, for y of 3 seeds and 4 examples.
  @Test func `mean squares are those of the two-way analysis of variance`() throws {
    let left = [[1, 1, 0, 1], [1, 0, 0, 1], [1, 1, 1, 1]]
    let right = [[0, 1, 0, 1], [1, 1, 0, 0], [0, 0, 1, 1]]
    let found = try #require(CrossedDifference(left.map(run), right.map(run)))
    let y = zip(left, right).map { zip($0, $1).map { Double($0 - $1) } }
    let all = y.joined().reduce(0, +) / 12
    let seeds = y.map { $0.reduce(0, +) / 4 }
    let examples = (0..<4).map { j in y.reduce(0) { $0 + $1[j] } / 3 }
    let ofSeeds = seeds.reduce(0) { $0 + 4 * ($1 - all) * ($1 - all) } / 2
    let ofExamples = examples.reduce(0) { $0 + 3 * ($1 - all) * ($1 - all) } / 3
    var rest = 0.0
    for i in 0..<3 {
      for j in 0..<4 {
        let left = y[i][j] - seeds[i] - examples[j] + all
        rest += left * left / 6
      }
    }
    let more = max(0, ofExamples - rest)
    #expect(abs(found.mean - all) < 1e-15)
    #expect(abs(found.standardError - ((ofSeeds + more) / 12).squareRoot()) < 1e-15)
    let ratio = 1 + more / ofSeeds
    #expect(abs(found.degreesOfFreedom - 2 * ratio * ratio) < 1e-12)
    #expect(found.examples == 4 && found.seeds == 3)
  }

  @Test
  func `equal seeds keep the spread of rounding, and examples count however many seeds there are`()
    throws
  {
    var one = [Int](repeating: 1, count: 1000)
    for index in 0..<40 { one[index] = 0 }
    var two = [Int](repeating: 1, count: 1000)
    for index in 30..<50 { two[index] = 0 }
    let found = try #require(
      CrossedDifference(
        [TestPredictions](repeating: run(one), count: 50),
        [TestPredictions](repeating: run(two), count: 50)
      )
    )
    #expect(abs(found.mean + 0.02) < 1e-15)
    // 40 of 1,000 examples differ: the binomial's own standard error, 0.2 / √1000 about, is there with 50 seeds, too.
    #expect((0.005...0.0075).contains(found.standardError))
    #expect(found.halfWidth(level: 0.05, atLeast: 0.5) == 0.5)
  }

  @Test func `one seed, other examples or none give no interval`() {
    let a = run([1, 0, 1])
    #expect(CrossedDifference([a], [a]) == nil)
    #expect(CrossedDifference([a, a], [a, run([1, 0])]) == nil)
    #expect(CrossedDifference([], []) == nil)
  }

  /// Seeds and examples both drawn: the interval covers the truth in 95 of 100 cases.
  @Test(arguments: [(3, 200), (5, 1000)])
  func `the interval covers the difference over all seeds and examples`(_ n: Int, _ count: Int)
    throws
  {
    let coverage = RuleSimulations.coverage(seeds: n, examples: count, rounds: 2000).crossed.share
    #expect(coverage >= 0.935, "coverage is \(coverage)")
  }
}
