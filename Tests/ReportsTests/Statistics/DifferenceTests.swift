// SPDX-License-Identifier: Apache-2.0

import Experiments
import Testing
import Vocabulary

@testable import Reports

struct DifferenceTests {
  let left: SeededValues = [0: 0.871, 1: 0.874, 2: 0.869, 3: 0.880, 4: 0.872]
  let right: SeededValues = [0: 0.866, 1: 0.870, 2: 0.868, 3: 0.871, 4: 0.869]

  /// scipy: `stats.ttest_rel(a, b)` and its `confidence_interval()`.
  @Test func `common seeds are paired, as scipy does it`() throws {
    let difference = try #require(Difference(left, right))
    #expect(difference.test == .paired(seeds: 5))
    #expect(abs(difference.p - 0.029471316278634693) < 1e-11)
    #expect(abs(difference.interval.low - 0.0007166293340160374) < 1e-13)
    #expect(abs(difference.interval.high - 0.00808337066598397) < 1e-13)
  }

  /// scipy: `stats.ttest_ind(a, c, equal_var=False)`, its `df` and `confidence_interval()`.
  @Test func `different seeds give Welch, as scipy does it`() throws {
    let other: SeededValues = [10: 0.85, 11: 0.861, 12: 0.842]
    let difference = try #require(Difference(left, other))
    #expect(difference.test == .welch(left: 5, right: 3))
    #expect(abs(difference.degreesOfFreedom - 2.477183309188693) < 1e-10)
    #expect(abs(difference.p - 0.04403263910017747) < 1e-10)
    #expect(abs(difference.interval.low - 0.0012574772685420461) < 1e-11)
    #expect(abs(difference.interval.high - 0.04314252273145795) < 1e-11)
  }

  /// A look has fewer seeds than the means that stand above the difference.
  @Test func `a difference of fewer seeds than its sides says so`() throws {
    let three = try #require(Difference(left.filter { $0.key < 3 }, right.filter { $0.key < 3 }))
    #expect(three.seedsNote(of: 5, 5) == ", over the 3 seeds of the present look")
    #expect(three.seedsNote(of: 3, 4) == ", over the 3 seeds of the present look")
    #expect(three.seedsNote(of: 3, 3).isEmpty)
    let welch = try #require(Difference(left, [10: 0.85, 11: 0.861, 12: 0.842]))
    #expect(welch.seedsNote(of: 5, 3).isEmpty, "no seeds in common")
  }

  @Test func `the seeds decide the test, never the numbers`() throws {
    let three = try #require(Difference(left, right.filter { $0.key < 3 }))
    #expect(three.test == .paired(seeds: 3))
    let two = try #require(Difference(left, right.filter { $0.key < 2 }))
    #expect(two.test == .welch(left: 5, right: 2))
    #expect(!two.allowsClaim)
    let both = try #require(
      Difference(left.filter { $0.key < 2 }, right.filter { $0.key < 2 })
    )
    #expect(both.test == .paired(seeds: 2))
    #expect(!both.allowsClaim)
    #expect(Difference(left, [0: 0.5]) == nil)
    #expect(Difference([:], right) == nil)
  }

  @Test func `equal differences have no spread, though their subtraction is rounded`() throws {
    let shifted = left.mapValues { $0 - 0.01 }
    let difference = try #require(Difference(left, shifted))
    #expect(difference.standardError == 0)
    #expect(difference.p == 0)
    #expect(difference.halfWidth == 0)
    let same = try #require(Difference(left, left))
    #expect(same.mean == 0 && same.p == 1)
  }

  /// scipy: `stats.ttest_rel` of these differences with a spread of r/√6 gives t = 3.674, p = 0.0668; three equal
  /// differences of one step are no proof.
  @Test func `equal differences of whole steps have the spread of rounding`() throws {
    let step = 0.001
    let shifted = left.filter { $0.key < 3 }.mapValues { $0 - step }
    let difference = try #require(
      Difference(left.filter { $0.key < 3 }, shifted, resolution: step)
    )
    #expect(abs(difference.standardError - step / 18.0.squareRoot()) < 1e-15)
    #expect(abs(difference.p - 0.0513167) < 1e-5)
    let welch = try #require(
      Difference([0: 0.5, 1: 0.5, 2: 0.5], [9: 0.25, 10: 0.25], resolution: 0.25)
    )
    #expect(abs(welch.standardError - 0.25 * (1.0 / 36 + 1.0 / 24).squareRoot()) < 1e-15)
  }

  @Test(arguments: [1e-300, 1e-200, 1e-17, 1e150, 1e200, 1e305])
  func `very large and very small numbers are tested like others`(scale: Double) throws {
    for (a, b) in [(left, right), (left, [10: 0.85, 11: 0.861, 12: 0.842])] {
      let plain = try #require(Difference(a, b))
      let scaled = try #require(Difference(a.mapValues { $0 * scale }, b.mapValues { $0 * scale }))
      #expect(abs(scaled.p - plain.p) < 1e-9)
      #expect(abs(scaled.interval.high / scale - plain.interval.high) < 1e-9)
    }
  }

  @Test func `swapping the cells only turns the sign`() throws {
    let forth = try #require(Difference(left, right))
    let back = try #require(Difference(right, left))
    #expect(forth.mean == -back.mean)
    #expect(forth.p == back.p)
  }

  /// R: `p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm")`.
  @Test func `Holm agrees with R`() {
    let adjusted = holmAdjusted([0.01, 0.04, 0.03, 0.005])
    for (got, expected) in zip(adjusted, [0.03, 0.06, 0.06, 0.02]) {
      #expect(abs(got - expected) < 1e-15)
    }
    #expect(holmAdjusted([]).isEmpty)
    #expect(holmAdjusted([0.7, 0.9]) == [1, 1])
  }
}

struct DifferenceTextTests {
  @Test func `equal numbers are 0 at every seed, whatever their step`() throws {
    let cell: SeededValues = [0: 1, 1: 1, 2: 1]
    let same = try #require(Difference(cell, cell, resolution: 1e-7))
    #expect(DifferenceText(same, level: 0.03, .linear).withInterval == "0 at every seed")
    #expect(!same.hasSpread && same.p == 1)
    #expect(NextLook(same, LookSchedule(firstPlanned: 3)) == nil)
    let step = try #require(Difference(cell, cell.mapValues { $0 - 0.5 }, resolution: 0.5))
    #expect(
      DifferenceText(step, level: 0.05, .linear).withInterval
        == "0.50, 95 % interval [−0.01, 1.01]"
    )
  }

  /// t(0.975, 2) / √3 is 2.484138: the interval of 1, 2, 3 has its lower end at −0.484138.
  @Test func `an interval shows on which side of none its ends lie`() throws {
    func text(_ shift: Double, _ scale: MetricScale) throws -> String {
      let left: SeededValues = [0: 1 + shift, 1: 2 + shift, 2: 3 + shift]
      let found = try #require(Difference(left, left.mapValues { _ in 0 }))
      return DifferenceText(found, level: 0.05, scale).withInterval
    }
    #expect(try text(0.4851, .linear) == "2.485, 95 % interval [0.001, 4.969]")
    #expect(try text(0.4835, .linear).hasSuffix(" interval [−0.001, 4.968]"))
    #expect(try text(1, .linear) == "3.0, 95 % interval [0.5, 5.5]")
  }
}
