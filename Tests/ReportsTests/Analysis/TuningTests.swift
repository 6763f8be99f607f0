// SPDX-License-Identifier: Apache-2.0

import Experiments
import Testing
import Vocabulary

@testable import Reports

/// What is said of cells that were chosen among several, and of seeds that collapsed.
struct TuningTests {
  /// One model with three learning rates, the accuracies of both parts as given, rate by rate and seed by seed.
  private func analysis(
    _ values: [[Double]],
    models: [String] = ["mlp"],
    change: (inout SweepSnapshot) -> Void = { _ in }
  ) -> Analysis {
    var sweep = SyntheticSweep()
    sweep.models = models
    sweep.activations = ["relu"]
    sweep.rates = Array([0.1, 0.01, 0.001].prefix(values.count / models.count))
    sweep.tune = sweep.rates.count > 1 ? ["learning_rate"] : []
    sweep.seeds = values[0].count
    sweep.change = { run in
      let value = values[run.cell ?? 0][run.seed]
      for metric in ["val.accuracy", "test.accuracy"] {
        run.metrics[metric] = MetricSummary(last: value, best: value, bestEpoch: 8)
      }
    }
    var snapshot = sweep.snapshot()
    snapshot.captures[.predictions] = [:]
    change(&snapshot)
    return Analysis(snapshot)
  }

  /// The second rate has the best mean; without the third seed the first one has, without each other one the second.
  @Test func `the held-out mean takes at each seed what the others choose`() throws {
    let rates = [[0.80, 0.81, 0.82], [0.79, 0.80, 0.90], [0.70, 0.70, 0.70]]
    let cell = try #require(analysis(rates).cells.first)
    #expect(cell.chosen["learning_rate"] == .real(0.01))
    let held = try #require(cell.heldOutMean)
    #expect(abs(held - (0.79 + 0.80 + 0.82) / 3) < 1e-12)
    #expect(held < cell.sample.mean)
    #expect(cell.selectionRemark == "the best of 3 candidates on these seeds")
    #expect(cell.heldOutText == "0.80")
    #expect(cell.text() == "0.83")
  }

  @Test func `two seeds, or a candidate without a number, hold nothing out`() {
    #expect(analysis([[0.8, 0.81], [0.79, 0.8]]).cells[0].heldOutMean == nil)
    #expect(analysis([[0.8, 0.81, 0.8]]).cells[0].heldOutMean == nil)
  }

  /// mlp wins clearly; but three plans gave it more candidates than cnn.
  @Test func `the best of more candidates leads, and does not win`() {
    let values = [[0.90, 0.91, 0.92], [0.80, 0.812, 0.819]]
    let fair = analysis(values, models: ["mlp", "cnn"])
    #expect(fair.groups[0].winner?.label == "mlp")
    let unfair = analysis(values, models: ["mlp", "cnn"]) { $0.tried = [0: 20, 1: 1] }
    #expect(unfair.groups[0].winner == nil && unfair.groups[0].leader?.label == "mlp")
    #expect(
      unfair.answer(unfair.groups[0])[0].hasPrefix(
        "**mlp** leads, but no winner is named: it was chosen among 20 candidates and a rival among fewer. "
          + "The best of many is better by luck alone. `runexp confirm activations` compares them on fresh "
          + "seeds. The highest"
      )
    )
    // More seeds of this plan would not make it the winner.
    #expect(!unfair.answer(unfair.groups[0]).contains { $0.hasPrefix("The next look") })
    let other = analysis(values, models: ["mlp", "cnn"]) { $0.tried = [0: 1, 1: 20] }
    #expect(other.groups[0].winner?.label == "mlp")
  }

  @Test
  func `chosen cells have neither interval nor p in the table of pairs, nor a reproduced claim`()
    throws
  {
    let values = [
      [0.90, 0.91, 0.92], [0.89, 0.90, 0.91], [0.80, 0.812, 0.819], [0.79, 0.80, 0.81],
    ]
    let found = analysis(values, models: ["mlp", "cnn"]) { snapshot in
      snapshot.sweep.experiment.expectations = [
        Expectation(
          selection: ["model": .text("mlp")],
          metric: "test.accuracy",
          claim: .atLeast(0.5),
          source: nil
        )
      ]
    }
    let block = try #require(PairsTable(found.groups[0], of: found).block)
    guard case .folded(_, let parts) = block, case .table(_, let rows) = try #require(parts.first)
    else {
      Issue.record("no folded table")
      return
    }
    #expect(rows.map { Array($0.suffix(3)) } == [["–", "–", "–"]])
    let judged = try #require(found.expectations.first)
    #expect(judged.verdict == .consistent && !judged.observedText.contains("±"))
  }

  @Test func `a collapsed seed is told, its cell has the numbers of the others and enters no test`()
  {
    let values = [[0.90, 0.91, 0.92, 0.905, 0.1], [0.80, 0.812, 0.819, 0.81, 0.806]]
    let found = analysis(values, models: ["mlp", "cnn"])
    let cell = found.cells[0]
    #expect(cell.collapsedSeeds == [4] && cell.values.count == 4 && !cell.entersTests)
    #expect(cell.flaw == "1 of 5 far off" && cell.missingCount == 0)
    #expect(found.groups[0].winner == nil)
    #expect(
      found.answer(found.groups[0]).last
        == "1 of 5 seeds of **mlp** (seed 4) lies far off the others to the worse side. Its numbers are those of "
        + "the other seeds, and it is in no test. Up to 66 % of further seeds may lie so far off (95 % limit)."
    )
  }

  @Test func `where the constant prediction is known, the training loss decides`() {
    let values = [[0.90, 0.91, 0.92, 0.905, 0.1], [0.80, 0.812, 0.819, 0.81, 0.806]]
    let found = analysis(values, models: ["mlp", "cnn"]) { snapshot in
      for index in snapshot.runs.indices {
        let run = snapshot.runs[index]
        snapshot.captures[.facts, run.id] = DataFacts(
          trainCount: 100,
          validationCount: 10,
          testCount: 10,
          constantLoss: 2.3
        )
        let loss = run.cell == 1 && run.seed == 2 ? 2.29 : 0.4
        snapshot.runs[index].metrics["train.loss"] = MetricSummary(
          last: loss,
          best: nil,
          bestEpoch: nil
        )
      }
    }
    #expect(found.cells.map(\.collapsedSeeds) == [[], [2]])
  }
}
