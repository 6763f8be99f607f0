// SPDX-License-Identifier: Apache-2.0

import Experiments
import Testing

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
    #expect(ranking.letters == ["b", "a"])
    #expect(ranking.unseparatedFromBest == [1])
  }

  @Test func `one unseparated rival is enough to have no winner`() {
    let ranking = Ranking([near, poor, good], goal: .maximize)
    #expect(ranking.winner == nil)
    #expect(ranking.unseparatedFromBest == [2, 0])
    #expect(ranking.letters == ["a", "b", "a"])
  }

  @Test func `the goal turns the order`() {
    #expect(Ranking([poor, good], goal: .minimize).winner == 0)
  }

  @Test func `two seeds claim nothing, however far apart`() {
    let ranking = Ranking([cell([0.1, 0.1001]), cell([0.9, 0.9001])], goal: .maximize)
    #expect(ranking.winner == nil)
    #expect(ranking.letters == ["", ""])
    #expect(ranking.unseparatedFromBest == [1, 0])
  }

  @Test func `a missing seed anywhere forbids a winner`() {
    #expect(Ranking([poor, good], goal: .maximize, mayWin: false).winner == nil)
  }

  @Test func `different seeds never make a winner, for its rule is paired`() {
    let other = Dictionary(uniqueKeysWithValues: poor.map { ($0.key + 10, $0.value) })
    let ranking = Ranking([good, other], goal: .maximize)
    #expect(ranking.pairs.first?.difference.test == .welch(left: 5, right: 5))
    #expect(ranking.winner == nil)
    #expect(ranking.letters == ["a", "b"])
  }

  @Test func `cells outside the tests do not stand in the way of a winner`() {
    let ranking = Ranking(tested: [poor, nil, good], goal: .maximize, mayWin: true)
    #expect(ranking.winner == 2)
    #expect(ranking.order == [2, 0])
    #expect(ranking.letters == ["b", "", "a"])
    #expect(ranking.pairs.count == 1)
  }

  @Test func `Holm's adjustment is over all pairs`() throws {
    let ranking = Ranking([near, poor, good], goal: .maximize)
    #expect(ranking.pairs.count == 3)
    let raw = ranking.pairs.map(\.difference.p)
    #expect(ranking.pairs.map(\.adjustedP) == holmAdjusted(raw))
    let smallest = try #require(raw.min())
    #expect(ranking.pairs.map(\.adjustedP).min() == 3 * smallest)
  }

  @Test func `a single cell has no winner and nothing to be separated from`() {
    let ranking = Ranking([good], goal: .maximize)
    #expect(ranking.winner == nil)
    #expect(ranking.unseparatedFromBest == [0])
    #expect(Ranking([], goal: .maximize).unseparatedFromBest.isEmpty)
  }
}
