// SPDX-License-Identifier: Apache-2.0

import Experiments
import TestSupport
import Testing
import Vocabulary

@testable import Reports

/// What the intervals and tests promise, counted on random cells that share noise per seed, as runs do.
struct SimulationTests {
  /// Binomial standard error of a share near 5 % over 4000 rounds is 0.0035; three of them are allowed.
  let rounds = 4000
  let slack = 0.0105

  @Test(arguments: [2, 3, 5])
  func `the interval covers the truth in 95 of 100 cases`(n: Int) throws {
    var random = TestRandom(seed: UInt64(n))
    var covered = 0
    let factor = intervalFactor(count: n)
    for _ in 0..<rounds {
      let sample = Sample(random.normals(n).map { 0.8 + 0.01 * $0 })
      let deviation = try #require(sample.standardDeviation)
      let half = factor * deviation / Double(n).squareRoot()
      if abs(sample.mean - 0.8) <= half { covered += 1 }
    }
    let coverage = Double(covered) / Double(rounds)
    #expect(abs(coverage - 0.95) < slack, "coverage at n = \(n) is \(coverage)")
  }

  /// Six equal cells, five seeds: any separated pair is a false claim.
  @Test func `Holm's family-wise error stays at 5 percent`() {
    var random = TestRandom(seed: 77)
    var wrong = 0
    for _ in 0..<1500 {
      let cells = equalCells(6, seeds: 5, random: &random)
      let ps = pairs(6).compactMap { Difference(cells[$0.0], cells[$0.1])?.p }
      if holmAdjusted(ps).contains(where: { $0 <= 0.05 }) { wrong += 1 }
    }
    let rate = Double(wrong) / 1500
    #expect(rate <= 0.05 + 0.017, "family-wise error is \(rate)")
  }

  /// Two equal cells are the worst case of the rule; with more, all must hold.
  @Test(arguments: [2, 3, 6], [3, 5])
  func `a winner is falsely named in at most 5 of 100 cases`(cells: Int, seeds: Int) {
    var random = TestRandom(seed: UInt64(100 * cells + seeds))
    var wrong = 0
    for _ in 0..<1500 {
      let ranking = Ranking(equalCells(cells, seeds: seeds, random: &random), goal: .maximize)
      if ranking.winner != nil { wrong += 1 }
    }
    let rate = Double(wrong) / 1500
    #expect(rate <= 0.05 + 0.017, "false-claim rate is \(rate)")
  }

  @Test func `a true winner is found`() {
    var random = TestRandom(seed: 5)
    var found = 0
    for _ in 0..<200 {
      var cells = equalCells(3, seeds: 5, random: &random)
      cells[1] = cells[1].mapValues { $0 + 0.1 }
      if Ranking(cells, goal: .maximize).winner == 1 { found += 1 }
    }
    #expect(found > 190, "found \(found) of 200")
  }

  private func equalCells(
    _ count: Int,
    seeds: Int,
    random: inout TestRandom
  ) -> [SeededValues] {
    let shared = random.normals(seeds)
    return (0..<count).map { _ in
      var cell: SeededValues = [:]
      for seed in 0..<seeds { cell[seed] = 0.9 + 0.01 * (shared[seed] + random.normal()) }
      return cell
    }
  }

  private func pairs(_ count: Int) -> [(Int, Int)] {
    (0..<count).flatMap { i in ((i + 1)..<count).map { (i, $0) } }
  }
}
