// SPDX-License-Identifier: Apache-2.0

import Experiments
import TestSupport
import Testing
import Vocabulary

@testable import Reports

struct FactorEffectsTests {
  /// Two models times three activations over five seeds: the second activation is better by 1 in the first model and by
  /// `second` in the other one.
  private func grid(second: Double, noise: Double, seed: Int) -> [[Double]] {
    var random = TestRandom(seed: UInt64(seed))
    let shared = random.normals(5)
    return [0, 1, 0, 3, 3 + second, 3].map { shift in
      (0..<5).map { shift + shared[$0] + noise * random.normal() }
    }
  }

  private func effects(_ values: [[Double]], sizes: [Int] = [2, 3], resolution: Double = 0) throws
    -> FactorEffects
  {
    try #require(
      FactorEffects(values, sizes: sizes, goal: .maximize, resolution: resolution, level: 0.03)
    )
  }

  @Test func `the difference of two values is the mean over the other factors, tested over seeds`()
    throws
  {
    let values = grid(second: 1, noise: 0.05, seed: 1)
    let found = try effects(values)
    #expect(found.effects.map(\.factor) == [0, 1, 1, 1])
    let effect = found.effects[1]
    #expect(effect.left == 1 && effect.right == 0)
    let own = (0..<5).map { i in (values[1][i] + values[4][i] - values[0][i] - values[3][i]) / 2 }
    let sample = Sample(own)
    #expect(abs(effect.difference.mean - sample.mean) < 1e-12)
    #expect(effect.difference.degreesOfFreedom == 4)
    let error = try #require(sample.standardDeviation) / 5.0.squareRoot()
    #expect(abs(effect.difference.standardError - error) < 1e-12)
    #expect(effect.adjustedP < 0.001 && effect.dependences.isEmpty)
    #expect(found.effects.map(\.adjustedP) == holmAdjusted(found.effects.map(\.difference.p)))
  }

  @Test func `an effect that is another one in the second model depends on it`() throws {
    let found = try effects(grid(second: -1, noise: 0.05, seed: 2))
    let effect = found.effects[1]
    #expect(effect.dependences.map(\.factor) == [0])
    let differences = effect.dependences[0].differences.map(\.mean)
    #expect(abs(abs(differences[0]) - 1) < 0.2 && abs(differences[0] + differences[1]) < 0.3)
    #expect(differences[0] * differences[1] < 0)
  }

  @Test func `what is not shown is not ruled out either`() throws {
    let found = try effects(grid(second: 1, noise: 0.5, seed: 3))
    let largest = try #require(found.effects[1].largestDependence)
    #expect(found.effects[1].dependences.isEmpty && largest > 0.5)
  }

  @Test func `equal differences of whole steps have the spread of rounding over all combinations`()
    throws
  {
    let step = 0.01
    let values = [0.5, 0.51, 0.5, 0.6, 0.61, 0.6].map { [Double](repeating: $0, count: 5) }
    let found = try effects(values, resolution: step)
    let main = found.effects[1].difference
    #expect(abs(main.standardError - step / (6.0 * 2 * 5).squareRoot()) < 1e-15)
    let model = found.effects[0].difference
    #expect(abs(model.standardError - step / (6.0 * 3 * 5).squareRoot()) < 1e-15)
  }

  @Test func `a grid needs two seeds and a factor of two values`() {
    #expect(FactorEffects([[1]], sizes: [1], goal: .maximize, resolution: 0, level: 0.05) == nil)
    #expect(
      FactorEffects([[1], [2]], sizes: [2], goal: .maximize, resolution: 0, level: 0.05) == nil
    )
    #expect(
      FactorEffects([[1, 2], [2, 3]], sizes: [3], goal: .maximize, resolution: 0, level: 0.05)
        == nil
    )
  }

  /// Equal cells with shared seeds: no effect is separated and no dependence shown in more than 5 of 100 tables.
  @Test(arguments: [([2, 3], 5), ([2, 2, 2], 3), ([3, 4], 3)])
  func `false effects and dependences stay below 5 percent`(_ sizes: [Int], _ seeds: Int) throws {
    let (effects, dependences) = RuleSimulations.falseFactors(
      sizes: sizes,
      seeds: seeds,
      rounds: 1500
    )
    #expect(effects.isAtMost(0.05), "effects: \(effects.share)")
    #expect(dependences.isAtMost(0.05), "dependences: \(dependences.share)")
  }
}
