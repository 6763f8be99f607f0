// SPDX-License-Identifier: Apache-2.0

import Experiments
import Testing
import Vocabulary

@testable import Reports

struct RankingTests {
  private func cell(_ values: [Double]) -> SeededValues {
    Dictionary(uniqueKeysWithValues: values.enumerated().map { ($0, $1) })
  }

  private var good: SeededValues { cell([0.91, 0.92, 0.90, 0.93, 0.91]) }
  private var near: SeededValues { cell([0.90, 0.93, 0.89, 0.92, 0.92]) }
  private var poor: SeededValues { cell([0.81, 0.82, 0.80, 0.83, 0.82]) }

  @Test func `a winner beats every other cell`() {
    let ranking = Ranking([poor, good], goal: .maximize)
    #expect(ranking.winner == 1)
    #expect(ranking.order == [1, 0])
    #expect(ranking.confidenceSet == [1])
  }

  @Test func `one unseparated rival is enough to have no winner`() {
    let ranking = Ranking([near, poor, good], goal: .maximize)
    #expect(ranking.winner == nil)
    #expect(ranking.confidenceSet == [2, 0])
  }

  @Test func `the goal turns the order`() {
    #expect(Ranking([poor, good], goal: .minimize).winner == 0)
  }

  @Test func `two seeds claim nothing, however far apart`() {
    let ranking = Ranking([cell([0.1, 0.1001]), cell([0.9, 0.9001])], goal: .maximize)
    #expect(ranking.winner == nil)
    #expect(ranking.confidenceSet == [1, 0])
  }

  @Test func `a missing seed anywhere forbids a winner`() {
    #expect(Ranking([poor, good], goal: .maximize, mayWin: false).winner == nil)
  }

  @Test func `different seeds never make a winner, for its rule is paired`() {
    let other = Dictionary(uniqueKeysWithValues: poor.map { ($0.key + 10, $0.value) })
    let ranking = Ranking([good, other], goal: .maximize)
    #expect(ranking.pairs.first?.difference.test == .welch(left: 5, right: 5))
    #expect(ranking.winner == nil)
    #expect(ranking.confidenceSet == [0])
  }

  @Test func `cells outside the tests do not stand in the way of a winner`() {
    let ranking = Ranking(tested: [poor, nil, good], goal: .maximize, mayWin: true)
    #expect(ranking.winner == 2)
    #expect(ranking.order == [2, 0])
    #expect(ranking.pairs.count == 1)
  }

  @Test func `a cell leaves the set at the level of its look over the number of rivals`() throws {
    // Against the best, p is 0.0120 for the first: below 0.03, the level of the first look, above 0.03 / 3.
    let close = cell([0.905, 0.917, 0.893, 0.921, 0.908])
    let pair = try #require(Difference(good, close))
    #expect((0.01...0.03).contains(pair.p))
    #expect(Ranking([close, good], goal: .maximize).confidenceSet == [1])
    let more = Ranking([close, good, poor, poor.mapValues { $0 - 0.1 }], goal: .maximize)
    #expect(more.winner == 1)
    let open = Ranking([close, good, near, poor], goal: .maximize)
    #expect(open.winner == nil)
    #expect(open.confidenceSet == [1, 2, 0])
  }

  @Test
  func `before its first look a pair claims nothing, and after it the seeds of the look decide`() {
    let rules = Ranking.Rules(schedule: { _, _ in LookSchedule(firstPlanned: 8) })
    let early = Ranking([poor, good], goal: .maximize, rules: rules)
    #expect(early.winner == nil && early.confidenceSet == [1, 0])
    #expect(early.pairs.first?.test.look == nil)
    let four = Ranking.Rules(schedule: { _, _ in LookSchedule(firstPlanned: 4) })
    let looked = Ranking([poor, good], goal: .maximize, rules: four)
    #expect(looked.pairs.first?.test.look == Look(number: 1, seeds: 4, level: 0.03))
    #expect(looked.pairs.first?.difference.test == .paired(seeds: 4))
    let closed = Ranking.Rules(schedule: { _, _ in .closed })
    #expect(Ranking([poor, good], goal: .maximize, rules: closed).winner == nil)
  }

  @Test func `a single cell has no winner and nothing to be separated from`() {
    let ranking = Ranking([good], goal: .maximize)
    #expect(ranking.winner == nil)
    #expect(ranking.confidenceSet == [0])
    #expect(Ranking([], goal: .maximize).confidenceSet.isEmpty)
  }
}
