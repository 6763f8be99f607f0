// SPDX-License-Identifier: Apache-2.0

import Experiments
import TestSupport
import Vocabulary

@testable import Reports

extension RuleSimulations {
  /// Grids of equal cells with shared seeds in which an effect is separated, and in which a dependence is shown.
  static func falseFactors(
    sizes: [Int],
    seeds: Int,
    rounds: Int
  ) -> (effects: Rate, dependences: Rate) {
    var random = TestRandom(seed: UInt64(sizes.count * 100 + seeds))
    var (effects, dependences) = (Rate(), Rate())
    for _ in 0..<rounds {
      let shared = random.normals(seeds)
      var values: [[Double]] = []
      for cell in 0..<sizes.reduce(1, *) {
        // Every second cell has more noise of its own.
        let noise: Double = cell % 2 == 0 ? 1 : 3
        let own = random.normals(seeds)
        values.append(zip(shared, own).map { $0 + noise * $1 })
      }
      guard
        let found = FactorEffects(
          values,
          sizes: sizes,
          goal: .maximize,
          resolution: 0,
          level: 0.05
        )
      else { continue }
      effects.rounds += 1
      dependences.rounds += 1
      if found.effects.contains(where: { $0.adjustedP <= 0.05 }) { effects.count += 1 }
      if found.effects.contains(where: { !$0.dependences.isEmpty }) { dependences.count += 1 }
    }
    return (effects, dependences)
  }

  /// Differences of two accuracies, seeds and examples both drawn, whose interval holds the difference over all of them:
  /// that of the rule, and that of the seeds alone.
  ///
  /// With `isShared` an example is almost always right or almost always wrong, whatever the seed: then the networks differ
  /// on certain examples.
  static func coverage(
    seeds count: Int,
    examples: Int,
    rounds: Int,
    isShared: Bool = false
  ) -> (crossed: Rate, seedsOnly: Rate) {
    var random = TestRandom(seed: UInt64(count * examples))
    var (crossed, seedsOnly) = (Rate(), Rate())
    func predictions(_ right: [Bool]) -> TestPredictions {
      TestPredictions(
        targets: [Int32](repeating: 0, count: right.count),
        predictions: right.map { $0 ? 0 : 1 }
      )
    }
    for _ in 0..<rounds {
      // Cell A is right with probability 0.9 on most examples and 0.5 on hard ones, B with 0.02 less; seeds shift both.
      var left = [[Bool]](repeating: [], count: count)
      var right = left
      let shifts = (0..<count).map { _ in (0.01 * random.normal(), 0.01 * random.normal()) }
      for _ in 0..<examples {
        let ease = random.uniform() < 0.2 ? 0.5 : 0.9
        var (a, b) = (ease + 0.025 * random.normal(), ease - 0.02 + 0.025 * random.normal())
        if isShared {
          a = random.uniform() < 0.88 ? 0.98 : 0.02
          b = random.uniform() < 0.88 - 0.02 / 0.96 ? 0.98 : 0.02
        }
        for seed in 0..<count {
          left[seed].append(random.uniform() < a + (isShared ? 0 : shifts[seed].0))
          right[seed].append(random.uniform() < b + (isShared ? 0 : shifts[seed].1))
        }
      }
      func accuracies(_ cell: [[Bool]]) -> SeededValues {
        SeededValues(
          uniqueKeysWithValues: cell.enumerated().map { seed, right in
            (seed, Double(right.count { $0 }) / Double(examples))
          }
        )
      }
      guard let found = CrossedDifference(left.map(predictions), right.map(predictions)),
        let pair = Difference(accuracies(left), accuracies(right), resolution: 1 / Double(examples))
      else { continue }
      crossed.rounds += 1
      seedsOnly.rounds += 1
      let own = pair.halfWidth(level: 0.05)
      if abs(found.mean - 0.02) <= found.halfWidth(level: 0.05, atLeast: own) { crossed.count += 1 }
      if abs(found.mean - 0.02) <= own { seedsOnly.count += 1 }
    }
    return (crossed, seedsOnly)
  }

  /// Cells of which one seed in five collapses, three in a table. With the rule the 95 % interval holds the mean of the
  /// networks that train; without it that of all seeds should hold the mean of all.
  static func coverage(collapsing seeds: Int, rounds: Int) -> (trained: Rate, all: Rate) {
    var tables = SimulatedTable(seed: seeds * 41)
    var (trained, all) = (Rate(), Rate())
    for _ in 0..<rounds {
      let cells = tables.normal(shifts: [0, 0, 0], seeds: seeds).map { cell in
        cell.mapValues { tables.random.uniform() < 0.2 ? $0 - 100 : $0 }
      }
      let collapsed = Collapse.seeds(cells, goal: .maximize, resolution: 0)
      for (cell, seeds) in zip(cells, collapsed) {
        func holds(_ values: SeededValues, _ truth: Double) -> Bool {
          Sample(values.sortedBySeed).interval()?.contains(truth) ?? true
        }
        trained.rounds += 1
        all.rounds += 1
        if holds(cell.filter { !seeds.contains($0.key) }, 0) { trained.count += 1 }
        if holds(cell, -20) { all.count += 1 }
      }
    }
    return (trained, all)
  }

  /// Tables of two equal cells in which one is named better at any of the looks if each is tested at 5 %.
  static func naiveOverLooks(_ looks: Int, rounds: Int) -> Rate {
    var tables = SimulatedTable(seed: looks * 7919)
    let counts = lookCounts(looks)
    var rate = Rate()
    for _ in 0..<rounds {
      let cells = tables.normal(shifts: [0, 0], seeds: counts.last ?? 3)
      rate.rounds += 1
      let isNamed = counts.contains { count in
        (Difference(cells[0], cells[1], seeds: count)?.p ?? 1) <= 0.05
      }
      if isNamed { rate.count += 1 }
    }
    return rate
  }
}
