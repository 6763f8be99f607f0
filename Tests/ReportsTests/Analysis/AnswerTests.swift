// SPDX-License-Identifier: Apache-2.0

import Experiments
import Testing
import Vocabulary

@testable import Reports

struct AnswerTests {
  /// Two or more cells of one model each with the given accuracies, one per seed.
  private func answer(
    _ cells: [[Double]],
    predictions: Bool = false,
    change: (inout SweepSnapshot) -> Void = { _ in }
  ) -> [String] {
    var sweep = SyntheticSweep()
    sweep.models = Array(["mlp", "cnn", "lstm"].prefix(cells.count))
    sweep.activations = ["relu"]
    sweep.rates = [0.001]
    sweep.tune = []
    sweep.seeds = cells.map(\.count).max() ?? 0
    sweep.change = { run in
      let values = cells[run.cell ?? 0]
      if run.seed < values.count {
        let value = values[run.seed]
        run.metrics["test.accuracy"] = MetricSummary(last: value, best: value, bestEpoch: 8)
      } else {
        run.state = .cancelled
      }
    }
    var snapshot = sweep.snapshot()
    if !predictions { snapshot.captures[.predictions] = [:] }
    change(&snapshot)
    let analysis = Analysis(snapshot)
    return analysis.answer(analysis.groups[0])
  }

  @Test func `a winner is named with its tests`() {
    let sentences = answer([[0.81, 0.82, 0.80], [0.905, 0.92, 0.901]])
    #expect(
      sentences == [
        "**cnn** has the highest `test.accuracy`: 0.909 ± 0.025 (n = 3). It is better than **mlp** "
          + "(paired t, n = 3, p = 0.00035).",
        "**cnn** − **mlp** is 0.099, 97 % interval [0.088, 0.109].",
        "Look 1 of this comparison tests 3 seeds at level 0.03. All looks together name a false winner in at "
          + "most 5 % of cases.",
      ]
    )
  }

  @Test(arguments: [
    ([0.123_456_789, 0.001_234_567], "**learning_rate 0.123** and **learning_rate 0.00123**"),
    (
      [0.123_456_789, 0.123_456_788],
      "**learning_rate 0.123456789** and **learning_rate 0.123456788**"
    ),
  ])
  func `drawn numbers have three digits where that tells cells apart`(
    rates: [Double],
    names: String
  ) {
    var sweep = SyntheticSweep()
    (sweep.models, sweep.activations, sweep.rates) = (["mlp"], ["relu"], rates)
    (sweep.tune, sweep.seeds) = ([], 3)
    sweep.change = { run in
      let value = [[0.81, 0.82, 0.80], [0.80, 0.82, 0.805]][run.cell ?? 0][run.seed]
      run.metrics["test.accuracy"] = MetricSummary(last: value, best: value, bestEpoch: 8)
    }
    var snapshot = sweep.snapshot()
    snapshot.captures[.predictions] = [:]
    let analysis = Analysis(snapshot)
    #expect(analysis.answer(analysis.groups[0])[0].hasPrefix("Nothing tells \(names) apart"))
  }

  @Test
  func `without a winner it says among which cells the best is, and what the next look would show`()
  {
    let sentences = answer([[0.90, 0.91, 0.92], [0.905, 0.92, 0.901], [0.7, 0.71, 0.72]])
    #expect(
      sentences == [
        "The best cell is among **mlp**, **cnn** (95 %). The highest mean `test.accuracy` is that of "
          + "**mlp**, 0.910 ± 0.025 (n = 3).",
        "**mlp** − **cnn** is 0.001, 97 % interval [−0.049, 0.052] (paired t, n = 3, p = 0.90).",
        "The next look is at `repeat: 5`. It would find a true difference of 0.12 between **mlp** and **cnn** with "
          + "80 % probability. If the seeds spread less than they seem to, 0.025 may be enough.",
        "Look 1 of this comparison tests 3 seeds at level 0.03. All looks together name a false winner in at "
          + "most 5 % of cases.",
      ]
    )
    let equal = answer([[0.90, 0.91, 0.92], [0.905, 0.92, 0.901], [0.91, 0.90, 0.915]])
    #expect(
      equal[0].hasPrefix(
        "No cell can be excluded as the best: it may be any of the 3. The highest"
      )
    )
    #expect(
      answer([[0.90, 0.91, 0.92], [0.905, 0.92, 0.901]])[0]
        .hasPrefix("Nothing tells **mlp** and **cnn** apart: either may be the best.")
    )
  }

  @Test func `cells with the same mean share it`() {
    let sentences = answer([[1, 1, 1], [1, 1, 1], [0.7, 0.71, 0.72]])
    #expect(
      sentences[0]
        == "The best cell is among **mlp**, **cnn** (95 %). **mlp**, **cnn** share the highest mean `test.accuracy`, 1."
    )
    #expect(answer([[0.8], [0.8]])[0].contains("**mlp**, **cnn** share the highest mean"))
  }

  /// The second cell is told apart from the best at 3 %, but not at the 1.5 % that two rivals take.
  @Test func `a pair that is clear by itself says why it excludes nothing`() {
    let best = [0.90, 0.91, 0.92, 0.93, 0.94]
    let second = zip(best, [0.003, 0.016, 0.010, 0.016, 0.004]).map { $0 - $1 }
    let third = zip(best, [0.03, -0.02, 0.03, -0.02, 0.03]).map { $0 - $1 }
    let sentences = answer([best, second, third])
    #expect(sentences[0].hasPrefix("No cell can be excluded as the best"))
    #expect(
      sentences[1].hasSuffix(
        "p = 0.025). This pair alone would be told apart; among 3 cells a difference must be clearer."
      ),
      "\(sentences)"
    )
  }

  @Test func `one or two seeds claim nothing`() {
    #expect(
      answer([[0.81], [0.92]]) == [
        "No claim at n = 1: one seed shows no spread. The highest mean `test.accuracy` is that of "
          + "**cnn**, 0.92 (n = 1). `repeat: 3` or more adds seeds and keeps these runs."
      ]
    )
    #expect(
      answer([[0.8, 0.8], [0.9, 0.9]])[0].hasPrefix("No claim at n = 2: a claim needs three")
    )
  }

  @Test func `missing and diverged seeds are said`() {
    let missing = answer([[0.81, 0.82, 0.80, 0.82], [0.905, 0.92, 0.901]])
    #expect(
      missing == [
        "No winner is named, because runs are missing. The highest mean `test.accuracy` of the tested cells is "
          + "that of **mlp**, 0.812 ± 0.015 (n = 4).",
        "Not tested, because numbers are missing: **cnn** (1 of 4 missing). No winner can be named without it.",
      ]
    )
    let diverged = answer([[0.81, 0.82, 0.80], [0.905, 0.92, 0.901], [0.99, 0.99, 0.99]]) {
      snapshot in
      snapshot.runs[8].state = .failed
      snapshot.runs[8].reason = "diverged: loss is NaN"
    }
    #expect(
      diverged[0].hasPrefix("**cnn** has the highest `test.accuracy` of the tested cells: 0.909")
    )
    #expect(diverged.last == "In no test, because seeds diverged: **lstm** (1 of 3 diverged).")
  }

  /// The missing number would have been tested with four of five seeds, and the cell called one that may be best.
  @Test func `a cell with a missing number is in no test and no set`() {
    let sentences = answer([
      [0.8722, 0.8742, 0.8726, 0.8753, 0.8718], [0.8696, 0.8710, 0.8678, 0.8675],
      [0.8725, 0.8741, 0.8722, 0.8756, 0.8721],
    ])
    #expect(
      sentences[0].hasPrefix(
        "Nothing tells **lstm** and **mlp** apart: either may be the best of those"
      )
    )
    #expect(
      sentences.last
        == "Not tested, because numbers are missing: **cnn** (1 of 5 missing). No winner can be named without it."
    )
    let none = answer([[0.8, 0.81, 0.82], [0.9, 0.91, 0.92]]) { snapshot in
      for place in [0, 3] { snapshot.runs[place].state = .cancelled }
    }
    #expect(
      none[0]
        == "No cell is tested, because each has seeds without a number of `test.accuracy`."
    )
  }

  @Test func `cells with different seeds name no winner, and say why`() {
    let sentences = answer([[0.81, 0.82, 0.80], [0.905, 0.92, 0.901]]) { snapshot in
      for place in 3..<6 { snapshot.runs[place].seed += 10 }
    }
    #expect(
      sentences == [
        "No winner is named, because the cells have different seeds: a winner takes the same seeds in every cell. "
          + "The highest mean `test.accuracy` is that of **cnn**, 0.909 ± 0.025 (n = 3).",
        "**cnn** − **mlp** is 0.099, 97 % interval [0.072, 0.126] (Welch's t, n = 3 and 3, p = 0.00027).",
        "Look 1 of this comparison tests 3 seeds at level 0.03. All looks together name a false winner in at "
          + "most 5 % of cases.",
      ]
    )
  }

  @Test func `one cell that runs away leaves the steps of the other pairs alone`() {
    var sweep = SyntheticSweep()
    sweep.models = ["mlp", "cnn", "lstm"]
    sweep.activations = ["relu"]
    sweep.rates = [0.001]
    sweep.tune = []
    sweep.seeds = 3
    sweep.metric = "train.loss"
    sweep.report.metric = "train.loss"
    let values = [[0.81, 0.82, 0.80], [0.905, 0.92, 0.901], [1e30, 1.1e30, 1.2e30]]
    sweep.change = { run in
      let value = values[run.cell ?? 0][run.seed]
      run.metrics["train.loss"] = MetricSummary(last: value, best: value, bestEpoch: 8)
    }
    let analysis = Analysis(sweep.snapshot())
    let pair = analysis.groups[0].ranking.pair(0, 1)
    #expect((pair?.difference.p ?? 1) < 0.01)
    #expect((pair?.difference.standardError ?? 1) < 0.01)
  }

  @Test func `a single cell is not compared`() {
    #expect(
      answer([[0.81, 0.82, 0.80]]) == [
        "**activations**: `test.accuracy` 0.810 ± 0.025 (n = 3); nothing to compare it with."
      ]
    )
    let none = answer([[0.81, 0.82, 0.80]]) { snapshot in
      for index in snapshot.runs.indices { snapshot.runs[index].state = .cancelled }
    }
    #expect(none[0] == "No cell has a number of `test.accuracy` to compare.")
  }

  @Test func `a lead that other images could turn holds on these images`() {
    // Each errs on some 200 of 2,000 images, half of them the other's: chance alone makes more than 5 images.
    let close = answer([[0.900, 0.901, 0.902], [0.9025, 0.904, 0.9045]]) { snapshot in
      for run in snapshot.runs {
        let first = run.cell == 0 ? 0 : 100
        let count = Int((2000 * (1 - (run.metrics["test.accuracy"]?.last ?? 0))).rounded())
        snapshot.captures[.predictions, run.id] = TestPredictions(
          targets: [Int32](repeating: 0, count: 2000),
          predictions: (0..<2000).map { (first..<first + count).contains($0) ? 1 : 0 }
        )
      }
    }
    #expect(close[0].contains("better than **mlp** on these 2,000 images (paired t"))
    #expect(
      close[2].hasPrefix(
        "That interval is for these 2,000 test images. For other test images of the same kind it is [−"
      )
    )
    let far = answer([[0.80, 0.81, 0.82], [0.901, 0.909, 0.921]], predictions: true)
    #expect(!far[0].contains("on these"))
  }

  @Test(arguments: [("images", "images"), ("noise_images", "images"), ("moons", "examples")])
  func `examples are called images where the data set has them`(name: String, word: String) {
    let close = answer([[0.900, 0.901, 0.902], [0.9025, 0.904, 0.9045]]) { snapshot in
      for index in snapshot.sweep.cells.indices {
        snapshot.sweep.cells[index].specification.data.dataset = Component(name)
      }
      for run in snapshot.runs {
        let first = run.cell == 0 ? 0 : 100
        let count = Int((2000 * (1 - (run.metrics["test.accuracy"]?.last ?? 0))).rounded())
        snapshot.captures[.predictions, run.id] = TestPredictions(
          targets: [Int32](repeating: 0, count: 2000),
          predictions: (0..<2000).map { (first..<first + count).contains($0) ? 1 : 0 }
        )
      }
    }
    #expect(close[0].contains("better than **mlp** on these 2,000 \(word) (paired t"))
  }

  @Test func `a lower loss wins`() {
    var sweep = SyntheticSweep()
    sweep.activations = ["relu"]
    sweep.rates = [0.001]
    sweep.tune = []
    sweep.report.metric = "test.loss"
    sweep.change = { run in
      let loss = (run.cell == 0 ? 0.4 : 0.5) + 0.01 * Double(run.seed * run.seed % 3)
      run.metrics["test.loss"] = MetricSummary(
        last: loss + (run.seed == 2 ? 0.001 * Double(run.cell ?? 0) : 0),
        best: nil,
        bestEpoch: nil
      )
    }
    let analysis = Analysis(sweep.snapshot())
    #expect(analysis.groups[0].winner?.label == "mlp")
    #expect(analysis.answer(analysis.groups[0])[0].hasPrefix("**mlp** has the lowest `test.loss`"))
  }
}
