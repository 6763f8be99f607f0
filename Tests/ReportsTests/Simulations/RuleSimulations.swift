// SPDX-License-Identifier: Apache-2.0

import Experiments
import Foundation
import TestSupport
import Vocabulary

@testable import Reports

/// What the rules of docs/statistics.md promise, counted over simulated tables with the functions that `report` calls.
enum RuleSimulations {
  typealias Rate = SimulatedTable.Rate

  /// Tables of equal cells in which a winner is named, or a pair is separated after Holm's correction.
  static func falseSeparation(
    accuracy: Double,
    examples: Int,
    cells: Int,
    seeds: Int,
    rounds: Int,
    resolution: Double? = nil
  ) -> Rate {
    var tables = SimulatedTable(seed: cells * 1_000_003 + seeds * 10_007 + examples)
    var rate = Rate()
    let step = resolution ?? 1 / Double(examples)
    for _ in 0..<rounds {
      let values = tables.accuracies(accuracy, examples: examples, cells: cells, seeds: seeds)
      let ranking = Ranking(
        values,
        goal: .maximize,
        rules: rules(seeds: seeds, resolution: step)
      )
      rate.rounds += 1
      if ranking.winner != nil || separatesSome(ranking) { rate.count += 1 }
    }
    return rate
  }

  /// Tables of two equal cells in which one is named the winner at any of the looks as seeds are added.
  static func falseOverLooks(
    _ looks: Int,
    rounds: Int,
    accuracy: (share: Double, examples: Int)? = nil
  ) -> Rate {
    var tables = SimulatedTable(seed: looks * 7919 + (accuracy?.examples ?? 0))
    let counts = lookCounts(looks)
    var rate = Rate()
    for _ in 0..<rounds {
      let seeds = counts.last ?? 3
      let values =
        accuracy.map {
          tables.accuracies($0.share, examples: $0.examples, cells: 2, seeds: seeds)
        } ?? tables.normal(shifts: [0, 0], seeds: seeds)
      rate.rounds += 1
      let isNamed = counts.contains { count in
        let seen = values.map { $0.filter { $0.key < count } }
        let rules = rules(seeds: 3, resolution: accuracy.map { 1 / Double($0.examples) } ?? 0)
        return Ranking(seen, goal: .maximize, rules: rules).winner != nil
      }
      if isNamed { rate.count += 1 }
    }
    return rate
  }

  /// Tables in which the truly best cell is in the confidence set, or is the winner.
  static func bestIsInSet(shifts: [Double], seeds: Int, rounds: Int) -> Rate {
    var tables = SimulatedTable(seed: shifts.count * 104_729 + seeds)
    let best = shifts.indices.max { shifts[$0] < shifts[$1] } ?? 0
    var rate = Rate()
    for _ in 0..<rounds {
      let values = tables.normal(shifts: shifts, seeds: seeds)
      let ranking = Ranking(values, goal: .maximize, rules: rules(seeds: seeds, resolution: 0))
      rate.rounds += 1
      if ranking.confidenceSet.contains(best) { rate.count += 1 }
    }
    return rate
  }

  /// Tables of `cells` cells in which the first, better by so many standard deviations of the paired differences, wins.
  static func power(deviations: Double, cells: Int, seeds: Int, rounds: Int) -> Rate {
    var tables = SimulatedTable(seed: cells * 15_485_863 + seeds)
    // Each cell has the variance 1/2 of its own, so a difference has the deviation 1.
    var shifts = [Double](repeating: 0, count: cells)
    shifts[0] = deviations
    var rate = Rate()
    for _ in 0..<rounds {
      let values = tables.normal(shifts: shifts, seeds: seeds)
      let ranking = Ranking(values, goal: .maximize, rules: rules(seeds: seeds, resolution: 0))
      rate.rounds += 1
      if ranking.winner == 0 { rate.count += 1 }
    }
    return rate
  }

  /// Tables of two cells in which the better one, by so many deviations of the paired differences, is found at one look.
  static func power(deviations: Double, look: Look, rounds: Int) -> Rate {
    var tables = SimulatedTable(seed: Int(deviations * 1000) + look.seeds * 7919)
    var rate = Rate()
    for _ in 0..<rounds {
      let values = tables.normal(shifts: [deviations, 0], seeds: look.seeds)
      rate.rounds += 1
      guard let difference = Difference(values[0], values[1]) else { continue }
      if difference.p <= look.level, difference.mean > 0 { rate.count += 1 }
    }
    return rate
  }

  /// Tables of two equal rows, of which one is the best of `tried` equal candidates on the same seeds, with a winner.
  ///
  /// With `isCounted` false it is not known among how many each was chosen.
  static func falseAfterChoice(
    _ tried: (Int, Int),
    seeds: Int,
    rounds: Int,
    isCounted: Bool = true
  ) -> Rate {
    var tables = SimulatedTable(seed: tried.0 * 31 + tried.1)
    var rate = Rate()
    for _ in 0..<rounds {
      let all = tables.normal(
        shifts: [Double](repeating: 0, count: tried.0 + tried.1),
        seeds: seeds
      )
      func best(_ cells: ArraySlice<SeededValues>) -> SeededValues {
        cells.max { Sample($0.sortedBySeed).mean < Sample($1.sortedBySeed).mean } ?? [:]
      }
      var rules = rules(seeds: seeds, resolution: 0)
      if isCounted { rules.candidates = { $0 == 0 ? tried.0 : tried.1 } }
      let ranking = Ranking(
        [best(all[..<tried.0]), best(all[tried.0...])],
        goal: .maximize,
        rules: rules
      )
      rate.rounds += 1
      if ranking.winner != nil { rate.count += 1 }
    }
    return rate
  }

  /// Tables of equal cells in which a seed is taken for collapsed.
  ///
  /// The cells' deviations differ up to `ratio`-fold, evenly on a logarithmic scale.
  static func falseCollapse(cells: Int, seeds: Int, rounds: Int, ratio: Double = 1) -> Rate {
    var tables = SimulatedTable(seed: cells * 613 + seeds)
    var rate = Rate()
    for _ in 0..<rounds {
      let equal = tables.normal(shifts: [Double](repeating: 0, count: cells), seeds: seeds)
      let values =
        ratio == 1
        ? equal
        : equal.map { cell in
          let deviation = exp(tables.random.uniform() * log(ratio))
          return cell.mapValues { $0 * deviation }
        }
      rate.rounds += 1
      let found = Collapse.seeds(values, goal: .maximize, resolution: 0)
      if found.contains(where: { !$0.isEmpty }) { rate.count += 1 }
    }
    return rate
  }

  /// Tables of equal cells in which a seed of the first, worse by so many deviations, is found to have collapsed.
  static func foundCollapse(cells: Int, seeds: Int, rounds: Int, deviations: Double) -> Rate {
    var tables = SimulatedTable(seed: cells * 617 + seeds)
    var rate = Rate()
    for _ in 0..<rounds {
      var values = tables.normal(shifts: [Double](repeating: 0, count: cells), seeds: seeds)
      values[0][0, default: 0] -= deviations
      rate.rounds += 1
      let found = Collapse.seeds(values, goal: .maximize, resolution: 0)
      if found[0].contains(0) { rate.count += 1 }
    }
    return rate
  }

  // MARK: - Parts

  static func rules(seeds: Int, resolution: Double) -> Ranking.Rules {
    Ranking.Rules(
      resolution: resolution,
      schedule: { _, _ in LookSchedule(firstPlanned: seeds) }
    )
  }

  private static func separatesSome(_ ranking: Ranking) -> Bool {
    let tested = ranking.pairs.filter(\.test.allowsClaim)
    let adjusted = holmAdjusted(tested.map(\.difference.p))
    return zip(tested, adjusted).contains { $0.test.level >= $1 }
  }

  static func lookCounts(_ looks: Int) -> [Int] {
    var look = LookSchedule(firstPlanned: 3).first
    var counts = [look.seeds]
    while counts.count < looks, let next = LookSchedule(firstPlanned: 3).next(after: look) {
      look = next
      counts.append(next.seeds)
    }
    return counts
  }
}
