// SPDX-License-Identifier: Apache-2.0

import Experiments
import Testing

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
    if !predictions { snapshot.predictions = [:] }
    change(&snapshot)
    let analysis = Analysis(snapshot)
    return analysis.answer(analysis.groups[0])
  }

  @Test func `a winner is named with its tests`() {
    let sentences = answer([[0.81, 0.82, 0.80], [0.905, 0.92, 0.901]])
    #expect(
      sentences == [
        "**cnn** has the highest `test.accuracy`: 0.909 ± 0.025 (n = 3). It beats **mlp** "
          + "(paired t over the same 3 seeds, p = 0.00035).",
        "The comparison: **cnn** − **mlp** is 0.0987, 95 % interval [0.0907, 0.1067].",
      ]
    )
  }

  @Test func `without a winner it says what is ruled out and what would separate`() {
    let sentences = answer([[0.90, 0.91, 0.92], [0.905, 0.92, 0.901], [0.7, 0.71, 0.72]])
    #expect(
      sentences == [
        "Not separated: **mlp**, **cnn**. The highest mean `test.accuracy` is that of **mlp**, "
          + "0.910 ± 0.025 (n = 3).",
        "**mlp** − **cnn** is 0.001, 95 % interval [−0.037, 0.040] (paired t, n = 3, p = 0.90). "
          + "Ruled out at 95 %: a difference above 0.040 or below −0.037. If difference and spread "
          + "stay as they are, about 1,100 seeds would separate the two (80 % power).",
        "The other cell is separated from **mlp** (Holm's p ≤ 0.05).",
      ]
    )
  }

  @Test func `a claim about a pair needs Holm's p, as the letters do`() {
    // The third cell's p against the first is 0.02; Holm's over three pairs is 0.06.
    let none = answer([[0.90, 0.91, 0.92], [0.905, 0.92, 0.901], [0.875, 0.895, 0.900]])
    #expect(none.count == 3)
    #expect(
      none[2]
        == "The other cell has p ≤ 0.05 against **mlp**, but not after Holm's correction over "
        + "all 3 pairs."
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
        "No winner is named, because runs are missing. The highest mean `test.accuracy` is that of "
          + "**cnn**, 0.909 ± 0.025 (n = 3).",
        "Incomplete, so no winner can be named: **cnn** (1 of 4 missing).",
      ]
    )
    let diverged = answer([[0.81, 0.82, 0.80], [0.905, 0.92, 0.901], [0.99, 0.99, 0.99]]) {
      snapshot in
      snapshot.runs[8].state = .failed
      snapshot.runs[8].reason = "diverged: loss is NaN"
    }
    #expect(diverged[0].hasPrefix("**cnn** has the highest"))
    #expect(diverged.last == "Diverged, so in no test: **lstm** (1 of 3 diverged).")
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

  @Test func `a lead inside the test set's own half-width holds on these images`() {
    // Stored predictions differ on many of 2,000 images, the stated accuracies by little and steadily.
    let close = answer([[0.9000, 0.9010, 0.9020], [0.9011, 0.9020, 0.9031]], predictions: true)
    #expect(close[0].contains("on these 2,000 images."))
    #expect(close[1].contains("The test set's own half-width is 0.0"))
    let far = answer([[0.80, 0.81, 0.82], [0.901, 0.909, 0.921]], predictions: true)
    #expect(!far[0].contains("on these"))
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
