// SPDX-License-Identifier: Apache-2.0

import Experiments
import Plotting
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

  @Test func `a chosen winner is named without p and interval`() {
    let values = [
      [0.90, 0.91, 0.92], [0.89, 0.90, 0.91], [0.80, 0.812, 0.819], [0.79, 0.80, 0.81],
    ]
    let found = analysis(values, models: ["mlp", "cnn"])
    #expect(
      found.answer(found.groups[0]).prefix(2) == [
        "**mlp** has the highest `test.accuracy`: 0.910 (n = 3; learning_rate 0.1, the best of 2 candidates on these "
          + "seeds). It is better than **cnn** (paired t, n = 3, no p is given, because `tune` chose on these seeds).",
        "**mlp** − **cnn** is 0.0997.",
      ]
    )
  }

  @Test func `a mean is too good only where the held-out mean is worse`() {
    func last(_ values: [[Double]]) -> String {
      let found = analysis(values)
      return found.answer(found.groups[0]).last ?? ""
    }
    let start = "The candidates were compared on the seeds that are shown"
    #expect(
      last([[0.90, 0.91, 0.92], [0.70, 0.71, 0.72]])
        == "\(start). If at each seed only the other seeds choose, the mean of **activations** is the same: 0.910."
    )
    #expect(
      last([[0.80, 0.81, 0.82], [0.79, 0.80, 0.90], [0.70, 0.70, 0.70]])
        == "\(start), so the mean of **activations** is too good. If at each seed only the other seeds choose, the mean is 0.80."
    )
    #expect(
      last([[0.80, 0.81], [0.79, 0.80]])
        == "\(start), so the mean of **activations** may be too good."
    )
  }

  @Test func `one seed of a chosen cell has one pair of brackets`() {
    let found = analysis([[0.8], [0.7]])
    #expect(found.answer(found.groups[0])[0].contains("0.8 (n = 1; learning_rate 0.1, the best"))
  }

  @Test func `what a parameter does to chosen cells has neither interval nor p`() throws {
    let found = Analysis(SyntheticSweep().snapshot())
    #expect(found.cells.allSatisfy { $0.candidates == 3 })
    let answer = try #require(FactorAnswer(found.groups[0], of: found))
    let words = answer.factors.indices.flatMap { answer.markdown(of: $0) }.joined()
    #expect(!words.contains("interval") && !words.contains("Holm") && !words.contains("up to"))
    #expect(answer.rows(of: 1).allSatisfy { Array($0[3...5]) == ["–", "–", "–"] })
    for chart in FactorChart.charts(found) {
      let dots = try #require(chart.picture(subtitle: "")?.chart as? DotChart)
      #expect(dots.rows.allSatisfy { $0.interval == nil } && !dots.footnote.contains("% interval"))
    }
  }

  /// Sweeps of all kinds, with stored predictions: tuned or not, few images or many, seeds that are all alike.
  @Test func `whoever reads of that interval has just read of one`() {
    for seed in 0..<48 {
      var sweep = SyntheticSweep()
      sweep.models = seed % 2 == 0 ? ["mlp", "cnn"] : ["mlp"]
      sweep.activations = seed % 3 == 0 ? ["relu"] : ["relu", "tanh"]
      sweep.rates = seed % 4 < 2 ? [0.001, 0.01] : [0.001]
      sweep.tune = seed % 8 < 4 ? ["learning_rate"] : []
      sweep.seeds = 2 + seed % 5
      sweep.images = [40, 400, 2000][seed % 3]
      var snapshot = sweep.snapshot()
      if seed % 5 == 0 { Self.makeEqual(&snapshot, images: sweep.images) }
      let analysis = Analysis(snapshot)
      var texts = analysis.groups.map { analysis.statements($0).map(\.text.plain) }
      for pair in zip(analysis.cells, analysis.cells.dropFirst()) {
        var found = Comparison(
          metric: "test.accuracy",
          left: (pair.0.label, pair.0.runs),
          right: (pair.1.label, pair.1.runs),
          predictions: snapshot.captures[.predictions]
        )
        found.isChosen = seed % 8 < 4
        texts.append(found.sentences)
      }
      for sentences in texts {
        for (place, sentence) in sentences.enumerated() where sentence.hasPrefix("That interval") {
          #expect(place > 0 && sentences[place - 1].contains("interval ["), "\(seed): \(sentences)")
        }
        if analysis.cells.contains(where: { $0.candidates > 1 }) {
          #expect(
            !sentences.contains { $0.contains("interval [") || $0.contains("p = ") },
            "\(seed)"
          )
        }
      }
    }
  }

  /// Every network is right on half of the images, each cell on another half.
  private static func makeEqual(_ snapshot: inout SweepSnapshot, images: Int) {
    let targets = (0..<images).map { Int32($0 % 10) }
    for index in snapshot.runs.indices {
      let run = snapshot.runs[index]
      let isOdd = (run.cell ?? 0) % 2 == 1
      let predictions = targets.enumerated().map { place, target in
        (place < images / 2) == isOdd ? target : (target + 1) % 10
      }
      snapshot.captures[.predictions, run.id] = TestPredictions(
        targets: targets,
        predictions: predictions
      )
      for metric in ["test.accuracy", "val.accuracy"] {
        snapshot.runs[index].metrics[metric] = MetricSummary(last: 0.5, best: 0.5, bestEpoch: 8)
      }
    }
  }

  @Test func `equal differences have an interval for other images alone`() {
    var sweep = SyntheticSweep()
    (sweep.activations, sweep.rates, sweep.tune) = (["relu"], [0.001], [])
    (sweep.seeds, sweep.images) = (3, 400)
    var snapshot = sweep.snapshot()
    Self.makeEqual(&snapshot, images: 400)
    let analysis = Analysis(snapshot)
    let sentences = analysis.answer(analysis.groups[0])
    #expect(sentences[1].hasPrefix("**mlp** − **cnn** is 0 at every seed"))
    #expect(
      sentences[2].hasPrefix(
        "That is for these 400 test images. For other test images of the same kind the 97 % interval is [−0.1"
      )
    )
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
