// SPDX-License-Identifier: Apache-2.0

import Experiments
import Foundation
import TestSupport
import Testing
import Vocabulary

@testable import Reports

/// The whole grid of simulations, as a table: `make test-simulations` runs it and writes docs/simulations.md.
@Suite(.enabled(if: SimulationGrid.isAsked)) struct SimulationGridTests {
  @Test func `every rule keeps its promise over the whole grid`() throws {
    let grid = SimulationGrid()
    let rows = grid.rows
    for row in rows {
      #expect(row.keepsPromise, "\(row.what), \(row.place): \(row.rate.share)")
    }
    try grid.page(rows).write(to: SimulationGrid.file, atomically: true, encoding: .utf8)
  }
}

/// The grid: errors under the null beside the power where there is a difference.
struct SimulationGrid {
  static let isAsked = ProcessInfo.processInfo.environment["RUNEXP_SIMULATIONS"] == "1"
  static let file = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("docs/simulations.md")

  /// One cell of the grid.
  struct Row {
    var what: String
    var place: String
    /// `at most 5 %`, `at least 90 %`.
    var promise: String
    var rate: SimulatedTable.Rate
    /// What it would be without the rule, where that is simulated.
    var before: SimulatedTable.Rate?
    var keepsPromise: Bool
  }

  private let rounds = 2000

  var rows: [Row] {
    equalCells + looks + sets + choices + collapses + collapsing + examples + factors + powers
      + detections
  }

  private func error(
    _ what: String,
    _ place: String,
    _ rate: SimulatedTable.Rate,
    before: SimulatedTable.Rate? = nil
  ) -> Row {
    Row(
      what: what,
      place: place,
      promise: "at most 5 %",
      rate: rate,
      before: before,
      keepsPromise: rate.isAtMost(0.05)
    )
  }

  private func success(
    _ what: String,
    _ place: String,
    _ goal: Double,
    _ rate: SimulatedTable.Rate,
    before: SimulatedTable.Rate? = nil
  ) -> Row {
    Row(
      what: what,
      place: place,
      promise: "at least \(NumberText.percent(goal))",
      rate: rate,
      before: before,
      keepsPromise: rate.isAtLeast(goal)
    )
  }

  private var collapsing: [Row] {
    [3, 5, 10].map { seeds in
      let found = RuleSimulations.coverage(collapsing: seeds, rounds: rounds)
      return success(
        "the interval holds the mean that it is of",
        "one seed in five collapses, no constant known, 3 cells, n = \(seeds)",
        0.9,
        found.trained,
        before: found.all
      )
    }
  }

  private var examples: [Row] {
    let cases: [(Int, Int, Bool)] = [
      (3, 200, false), (5, 1000, false), (10, 1000, false), (3, 200, true), (5, 1000, true),
      (10, 1000, true),
    ]
    return cases.map { seeds, count, isShared in
      let found = RuleSimulations.coverage(
        seeds: seeds,
        examples: count,
        rounds: rounds,
        isShared: isShared
      )
      return success(
        "the interval holds the difference over all seeds and examples",
        "N = \(count), n = \(seeds)" + (isShared ? ", the same examples wrong at each seed" : ""),
        0.95,
        found.crossed,
        before: found.seedsOnly
      )
    }
  }

  private var factors: [Row] {
    let cases: [([Int], Int)] = [([2, 3], 5), ([2, 2, 2], 3), ([3, 4], 3), ([5, 2], 10)]
    return cases.flatMap { sizes, seeds -> [Row] in
      let found = RuleSimulations.falseFactors(sizes: sizes, seeds: seeds, rounds: rounds)
      let place = sizes.map(String.init).joined(separator: " × ") + " equal cells, n = \(seeds)"
      return [
        error("an effect of a parameter is shown", place, found.effects),
        error("a dependence is shown", place, found.dependences),
      ]
    }
  }

  /// The difference that `plan --detect` was asked for, at the look that it names, if the deviation is right.
  private var detections: [Row] {
    let sizes: [Double] = [3.5, 2, 1.2, 0.8, 0.5]
    return sizes.compactMap { size -> Row? in
      let schedule = LookSchedule(firstPlanned: 3)
      return SampleSize.look(showing: size, deviation: 1, schedule: schedule, limit: 200)
        .map { look in
          success(
            "the difference is found at the look that `plan --detect` names",
            "\(size) deviations, n = \(look.seeds)",
            0.8,
            RuleSimulations.power(deviations: size, look: look, rounds: rounds)
          )
        }
    }
  }

  private var equalCells: [Row] {
    let accuracies: [Double] = [0.9, 0.98, 0.998, 0.999]
    let tables: [(Int, Int)] = [(2, 3), (2, 10), (5, 5), (20, 3), (20, 10)]
    return accuracies.flatMap { accuracy -> [Row] in
      [100, 500, 10_000].flatMap { examples -> [Row] in
        tables.map { cells, seeds -> Row in
          error(
            "equal networks are told apart",
            "accuracy \(accuracy), N = \(examples), \(cells) cells, n = \(seeds)",
            RuleSimulations.falseSeparation(
              accuracy: accuracy,
              examples: examples,
              cells: cells,
              seeds: seeds,
              rounds: rounds
            ),
            before: RuleSimulations.falseSeparation(
              accuracy: accuracy,
              examples: examples,
              cells: cells,
              seeds: seeds,
              rounds: rounds / 4,
              resolution: 0
            )
          )
        }
      }
    }
  }

  private var looks: [Row] {
    let what = "a winner of two equal cells at any look"
    let shares: [(Double, Int)] = [(0.98, 500), (0.998, 500), (0.9, 10_000)]
    let normal = [1, 2, 4, 7].map { count -> Row in
      error(
        what,
        "normal, \(count) looks",
        RuleSimulations.falseOverLooks(count, rounds: 2 * rounds),
        before: RuleSimulations.naiveOverLooks(count, rounds: rounds)
      )
    }
    return normal
      + shares.map { accuracy, examples -> Row in
        error(
          what,
          "accuracy \(accuracy), N = \(examples), 7 looks",
          RuleSimulations.falseOverLooks(7, rounds: rounds, accuracy: (accuracy, examples))
        )
      }
  }

  private var sets: [Row] {
    let tables: [(Int, Int)] = [(2, 3), (3, 5), (5, 3), (10, 5), (20, 3), (20, 10)]
    let spacings: [Double] = [0, 0.5, 1.5]
    return tables.flatMap { cells, seeds -> [Row] in
      spacings.map { spacing -> Row in
        var shifts = (0..<cells).map { spacing * Double($0) }
        shifts[cells / 2] += 1e-9
        return success(
          "the best cell is in the set",
          "\(cells) cells, n = \(seeds), means \(spacing) apart",
          0.97,
          RuleSimulations.bestIsInSet(shifts: shifts, seeds: seeds, rounds: rounds)
        )
      }
    }
  }

  private var choices: [Row] {
    let choices: [(Int, Int)] = [(20, 1), (5, 1), (20, 5), (20, 20), (3, 3)]
    return choices.map { left, right -> Row in
      error(
        "the best of equal candidates wins",
        "best of \(left) against best of \(right), n = 5",
        RuleSimulations.falseAfterChoice((left, right), seeds: 5, rounds: rounds),
        before: RuleSimulations.falseAfterChoice(
          (left, right),
          seeds: 5,
          rounds: rounds,
          isCounted: false
        )
      )
    }
  }

  private var collapses: [Row] {
    let tables: [(Int, Int)] = [(2, 5), (3, 5), (4, 3), (10, 5), (20, 3), (20, 10)]
    let equal = tables.map { cells, seeds -> Row in
      error(
        "a seed of equal normal cells is taken for collapsed",
        "\(cells) cells, n = \(seeds)",
        RuleSimulations.falseCollapse(cells: cells, seeds: seeds, rounds: rounds)
      )
    }
    let unequal = tables.map { cells, seeds -> Row in
      let rate = RuleSimulations.falseCollapse(
        cells: cells,
        seeds: seeds,
        rounds: rounds,
        ratio: 30
      )
      return Row(
        what: "a seed of normal cells is taken for collapsed",
        place: "deviations up to 30-fold apart, \(cells) cells, n = \(seeds)",
        promise: "at most 10 %",
        rate: rate,
        keepsPromise: rate.isAtMost(0.1)
      )
    }
    let found = tables.map { cells, seeds -> Row in
      success(
        "a collapsed seed is found",
        "30 deviations off, \(cells) cells, n = \(seeds)",
        0.9,
        RuleSimulations.foundCollapse(
          cells: cells,
          seeds: seeds,
          rounds: rounds,
          deviations: 30
        )
      )
    }
    return equal + unequal + found
  }

  private var powers: [Row] {
    let cases: [(cells: Int, seeds: Int, deviations: Double, goal: Double)] = [
      (2, 5, 3, 0.9), (3, 5, 3, 0.9), (10, 5, 3, 0.85), (2, 8, 2, 0.9), (2, 13, 1.5, 0.9),
    ]
    return cases.map { cells, seeds, deviations, goal in
      success(
        "the better cell is the winner at the first look",
        "\(deviations) deviations, \(cells) cells, n = \(seeds)",
        goal,
        RuleSimulations.power(deviations: deviations, cells: cells, seeds: seeds, rounds: rounds)
      )
    }
  }

  func page(_ rows: [Row]) -> String {
    let lines = rows.map { row -> String in
      func share(_ rate: SimulatedTable.Rate) -> String {
        NumberText.fixed(100 * rate.share, decimals: 2) + " %"
      }
      let cells = [
        row.what, row.place, "\(row.rate.rounds)", share(row.rate),
        row.before.map(share) ?? "", row.promise,
      ]
      return "| " + cells.joined(separator: " | ") + " |"
    }
    return """
      # Simulations

      How often is a sentence of a report false, and how often does the report find what is there? Each line counts simulated
      tables, which the functions that `report` calls have judged. `make test-simulations` computes this page anew. The worst
      cases are part of `make test`. [statistics.md](statistics.md) has the rules.

      A deviation is the standard deviation of the paired differences. A rate may exceed its promise by three standard errors
      of the simulation. “Without the rule” is the share that a simpler report would have. It lacks one rule: the least size
      of a spread, the levels of several looks, the count of choices, the care for collapsed seeds, or the spread over
      examples.

      | what | where | tables | share | without the rule | promised |
      | --- | --- | --: | --: | --: | --- |
      \(lines.joined(separator: "\n"))

      """
  }
}
