// SPDX-License-Identifier: Apache-2.0

import Experiments
import TestSupport
import Testing
import Vocabulary

@testable import Reports

/// The worst cases of each rule; `make test-simulations` goes through the whole grid.
struct RuleSimulationTests {
  /// Without the step of 1/500 as the least spread, 94 of 100 such tables separated some.
  @Test func `twenty equal networks of 99.8 percent are not told apart by equal differences`() {
    let rate = RuleSimulations.falseSeparation(
      accuracy: 0.998,
      examples: 500,
      cells: 20,
      seeds: 3,
      rounds: 2000
    )
    #expect(rate.isAtMost(0.05), "\(rate.share)")
    let before = RuleSimulations.falseSeparation(
      accuracy: 0.998,
      examples: 500,
      cells: 20,
      seeds: 3,
      rounds: 200,
      resolution: 0
    )
    #expect(before.share > 0.5, "the simulation shows the fault: \(before.share)")
  }

  @Test func `two equal networks of 98 percent of 100 images stay together`() {
    let rate = RuleSimulations.falseSeparation(
      accuracy: 0.98,
      examples: 100,
      cells: 2,
      seeds: 3,
      rounds: 4000
    )
    #expect(rate.isAtMost(0.05), "\(rate.share)")
  }

  @Test func `seven looks together name a false winner in at most 5 of 100 cases`() {
    let normal = RuleSimulations.falseOverLooks(7, rounds: 4000)
    #expect(normal.isAtMost(0.05), "\(normal.share)")
    let shares = RuleSimulations.falseOverLooks(5, rounds: 2000, accuracy: (0.9, 10_000))
    #expect(shares.isAtMost(0.05), "\(shares.share)")
  }

  @Test func `the best cell is in the set in 97 of 100 tables`() {
    for (cells, seeds) in [(2, 3), (5, 5), (20, 3)] {
      var shifts = [Double](repeating: 0, count: cells)
      shifts[cells / 2] = 1e-9
      let rate = RuleSimulations.bestIsInSet(shifts: shifts, seeds: seeds, rounds: 2000)
      #expect(rate.isAtLeast(0.97), "\(cells) cells, \(seeds) seeds: \(rate.share)")
    }
  }

  @Test func `a difference of three deviations is found at the first look of five seeds`() {
    let rate = RuleSimulations.power(deviations: 3, cells: 2, seeds: 5, rounds: 2000)
    #expect(rate.isAtLeast(0.9), "\(rate.share)")
  }

  @Test func `the best of twenty does not beat the best of one by luck`() {
    let rate = RuleSimulations.falseAfterChoice((20, 1), seeds: 5, rounds: 2000)
    #expect(rate.isAtMost(0.05), "\(rate.share)")
    let equal = RuleSimulations.falseAfterChoice((20, 20), seeds: 5, rounds: 2000)
    #expect(equal.isAtMost(0.05), "\(equal.share)")
  }

  @Test func `no seed of equal normal cells is taken for collapsed`() {
    for (cells, seeds) in [(2, 5), (4, 3), (10, 5)] {
      let rate = RuleSimulations.falseCollapse(cells: cells, seeds: seeds, rounds: 1000)
      #expect(rate.isAtMost(0.02), "\(cells) cells, \(seeds) seeds: \(rate.share)")
    }
  }
}
