// SPDX-License-Identifier: Apache-2.0

import Experiments
import Testing
import Vocabulary

@testable import Reports

struct AnalysisTests {
  @Test func `tune leaves one cell for each of the other parameters' values`() throws {
    let analysis = Analysis(SyntheticSweep().snapshot())
    #expect(
      analysis.cells.map(\.label) == [
        "mlp · relu", "mlp · sigmoid", "mlp · tanh", "cnn · relu", "cnn · sigmoid", "cnn · tanh",
      ]
    )
    #expect(analysis.cells.allSatisfy { $0.chosen == ["learning_rate": .real(0.001)] })
    #expect(analysis.cells.allSatisfy { $0.candidates == 3 })
    let remark = try #require(analysis.cells[0].selectionRemark)
    #expect(remark == "the best of 3 candidates on these seeds")
  }

  @Test func `tune chooses by the selecting metric, not by the report's one`() {
    var sweep = SyntheticSweep()
    sweep.change = { run in
      // The worst by test.accuracy becomes the best by val.accuracy.
      if run.parameters["learning_rate"] == .real(0.0001) {
        run.metrics["val.accuracy"] = MetricSummary(last: 0.999, best: 0.999, bestEpoch: 1)
      }
    }
    let analysis = Analysis(sweep.snapshot())
    #expect(analysis.cells.allSatisfy { $0.chosen == ["learning_rate": .real(0.0001)] })
  }

  @Test func `a diverged candidate is not chosen while another is whole`() {
    var sweep = SyntheticSweep()
    sweep.change = { run in
      if run.parameters["learning_rate"] == .real(0.001), run.seed == 0 {
        run.state = .failed
        run.reason = "diverged: loss is NaN"
      }
    }
    let analysis = Analysis(sweep.snapshot())
    #expect(analysis.cells.allSatisfy { $0.chosen == ["learning_rate": .real(0.01)] })
    #expect(analysis.cells.allSatisfy { $0.divergedCount == 0 })
  }

  @Test func `without tune every cell is compared and nothing was chosen`() {
    var sweep = SyntheticSweep()
    sweep.tune = []
    let analysis = Analysis(sweep.snapshot())
    #expect(analysis.cells.count == 18)
    #expect(analysis.cells[0].label == "mlp · relu · learning_rate 0.0001")
    #expect(analysis.cells.allSatisfy { $0.selectionRemark == nil })
  }

  @Test func `diverged and missing seeds are counted apart`() throws {
    let analysis = Analysis(SyntheticSweep.troubled.snapshot())
    let sigmoid = try #require(analysis.cells.first { $0.label == "cnn · sigmoid" })
    #expect(sigmoid.flaw == "1 of 5 diverged")
    #expect(!sigmoid.entersTests)
    let tanh = try #require(analysis.cells.first { $0.label == "mlp · tanh" })
    #expect(tanh.flaw == "1 of 5 missing")
    #expect(!tanh.entersTests)
    #expect(analysis.groups[0].winner == nil)
    #expect(analysis.groups[0].ranking.order.count == 4)
  }

  @Test func `a number that is not finite counts as missing`() throws {
    var sweep = SyntheticSweep()
    sweep.change = { run in
      if run.seed == 2 {
        run.metrics["test.accuracy"] = MetricSummary(last: nil, best: nil, bestEpoch: nil)
      }
    }
    let cell = try #require(Analysis(sweep.snapshot()).cells.first)
    #expect(cell.missingCount == 1)
    #expect(cell.values.keys.sorted() == [0, 1, 3, 4])
  }

  @Test func `at best every metric is read at the epoch that is best by metric`() throws {
    var snapshot = SyntheticSweep().snapshot()
    snapshot.sweep.experiment.metric.moment = .best
    for index in snapshot.runs.indices {
      snapshot.runs[index].metrics["val.accuracy"] = MetricSummary(
        last: 0.1,
        best: 0.95,
        bestEpoch: 3
      )
    }
    let reader = MetricReader(snapshot)
    let run = snapshot.runs[0]
    #expect(reader.value("val.accuracy", of: run) == 0.95)
    let third = snapshot.curves[run.id]?["test.accuracy"]?[2].value
    #expect(reader.value("test.accuracy", of: run) == third)
    #expect(third != run.metrics["test.accuracy"]?.last)
    #expect(reader.value("val.rmse", of: run) == nil)
  }

  @Test func `an unfinished sweep has no winner, no set and no verdicts`() {
    var sweep = SyntheticSweep.troubled
    sweep.change = { if $0.seed == 4 { $0.state = .running } }
    let analysis = Analysis(sweep.snapshot())
    #expect(analysis.progressHeading == "72 of 90 runs: no verdicts yet")
    #expect(analysis.expectations.isEmpty)
    #expect(!analysis.meetsExpectations)
    #expect(analysis.groups[0].winner == nil)
    #expect(analysis.groups[0].cells.indices.allSatisfy { analysis.groups[0].mark($0).isEmpty })
    #expect(analysis.answer(analysis.groups[0]).isEmpty)
  }

  @Test func `losses of different loss functions never meet in one ranking`() {
    var sweep = SyntheticSweep()
    sweep.losses = ["cross_entropy", "mse"]
    sweep.report.metric = "test.loss"
    let analysis = Analysis(sweep.snapshot())
    #expect(analysis.groups.map(\.loss?.name) == ["cross_entropy", "mse"])
    for group in analysis.groups {
      #expect(group.cells.count == 6)
      #expect(group.cells.allSatisfy { $0.cell.specification.loss == group.loss })
      #expect(group.ranking.order.count == 6)
    }
    sweep.report.metric = "test.accuracy"
    #expect(Analysis(sweep.snapshot()).groups.count == 1)
  }

  /// The groups of a sweep over models and rates whose loss is huber with the given delta.
  private func huberTitles(_ delta: (_ model: String, _ rate: Double) -> Double) -> [String?] {
    var sweep = SyntheticSweep()
    (sweep.activations, sweep.rates, sweep.tune) = (["relu"], [0.1, 0.5], [])
    sweep.report = ReportOptions(metric: "test.loss")
    var snapshot = sweep.snapshot()
    for index in snapshot.sweep.cells.indices {
      let assignment = snapshot.sweep.cells[index].assignment
      let model = assignment["model"]?.description ?? ""
      let delta = delta(model, assignment["learning_rate"]?.number ?? 0)
      snapshot.sweep.cells[index].specification.loss = Component("huber", ["delta": .real(delta)])
    }
    return Analysis(snapshot).groups.map(\.plainTitle)
  }

  @Test func `loss functions of one name are told apart by the parameter that they differ in`() {
    #expect(
      huberTitles { _, rate in rate } == [
        "Loss huber, learning_rate 0.1", "Loss huber, learning_rate 0.5",
      ]
    )
    #expect(
      huberTitles { model, _ in model == "cnn" ? 2 : 1 } == [
        "Loss huber, model mlp", "Loss huber, model cnn",
      ]
    )
    // Of one model alone, the rate says which it is.
    #expect(
      huberTitles { model, rate in model == "cnn" ? 2 : rate } == [
        "Loss huber, model mlp, learning_rate 0.1", "Loss huber, model mlp, learning_rate 0.5",
        "Loss huber, model cnn",
      ]
    )
    #expect(huberTitles { _, _ in 1 } == [nil])
  }

  @Test func `tune by a loss does not choose between loss functions`() {
    var sweep = SyntheticSweep()
    sweep.losses = ["cross_entropy", "mse"]
    sweep.tune = ["learning_rate", "loss"]
    var snapshot = sweep.snapshot()
    snapshot.sweep.experiment.metric = MetricSelection(name: "val.loss", goal: .minimize)
    #expect(Analysis(snapshot).cells.count == 12)
    snapshot.sweep.experiment.metric = MetricSelection(name: "val.accuracy", goal: .maximize)
    #expect(Analysis(snapshot).cells.count == 6)
  }

  @Test func `expectations select one cell after tune`() {
    var sweep = SyntheticSweep.troubled
    sweep.expectations += [
      Expectation(
        selection: ["model": .text("cnn")],
        metric: "test.accuracy",
        claim: .atLeast(0.5)
      ),
      Expectation(
        selection: ["model": .text("cnn")],
        judgesEvery: true,
        metric: "test.accuracy",
        claim: .atLeast(0.5)
      ),
    ]
    let judged = Analysis(sweep.snapshot()).expectations
    #expect(
      judged.map(\.verdict) == [
        .consistent, .differs, .undecided, .consistent, .undecided, .consistent,
      ]
    )
    #expect(judged[2].note == "`where` selects 3 cells, expected exactly one")
    // A diverged seed leaves the claim open.
    #expect(judged[4].cell?.label == "cnn · sigmoid")
    #expect(judged[4].note?.hasPrefix("1 of 5 diverged") == true)
  }

  @Test func `all expectations must be met`() {
    var sweep = SyntheticSweep()
    #expect(Analysis(sweep.snapshot()).meetsExpectations)
    sweep.expectations = SyntheticSweep.troubled.expectations
    #expect(!Analysis(sweep.snapshot()).meetsExpectations)
    sweep.expectations.removeLast()
    #expect(Analysis(sweep.snapshot()).meetsExpectations)
  }

  @Test func `cells that look alike are told apart by their position`() {
    var sweep = SyntheticSweep()
    sweep.models = ["mlp"]
    sweep.activations = ["relu"]
    sweep.rates = [0.001]
    sweep.tune = []
    var snapshot = sweep.snapshot()
    #expect(Analysis(snapshot).cells.map(\.label) == ["activations"])
    var twin = snapshot.sweep.cells[0]
    twin.index = 1
    snapshot.sweep.cells.append(twin)
    #expect(Analysis(snapshot).cells.map(\.label) == ["#0", "#1"])
  }
}
