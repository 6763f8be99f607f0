// SPDX-License-Identifier: Apache-2.0

import Experiments
import Testing

@testable import Reports

struct TestSetTests {
  private let targets: [Int32] = [0, 1, 2, 3]

  private func predictions(_ right: [Bool]) -> TestPredictions {
    TestPredictions(
      targets: targets,
      predictions: zip(targets, right).map { $1 ? $0 : $0 + 1 }
    )
  }

  /// Two of four right: sd = √(1/3), so 1.96 · 0.57735 / 2.
  @Test func `one run counts each example as right or wrong`() throws {
    let half = try #require(TestSet.halfWidth(of: [predictions([true, true, false, false])]))
    #expect(abs(half.value - 0.565_803) < 1e-6)
    #expect(half.examples == 4)
  }

  @Test func `several seeds count each example by the share that is right`() throws {
    let runs = [predictions([true, true, false, false]), predictions([true, false, true, false])]
    // Shares 1, ½, ½, 0: variance 1/6.
    let half = try #require(TestSet.halfWidth(of: runs))
    #expect(abs(half.value - 1.96 * (1.0 / 6).squareRoot() / 2) < 1e-12)
  }

  @Test func `a difference that is the same on every example has no width`() throws {
    let run = predictions([true, true, false, false])
    let half = try #require(TestSet.halfWidth(ofDifference: [run], [run]))
    #expect(half.value == 0)
  }

  @Test func `different examples cannot be compared`() {
    let run = predictions([true, true, false, false])
    let other = TestPredictions(targets: [3, 2, 1, 0], predictions: [3, 2, 1, 0])
    #expect(TestSet.halfWidth(ofDifference: [run], [other]) == nil)
    #expect(TestSet.halfWidth(of: [run, other]) == nil)
    #expect(TestSet.halfWidth(of: []) == nil)
    #expect(TestSet.halfWidth(ofDifference: [run], []) == nil)
  }
}
