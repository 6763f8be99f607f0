// SPDX-License-Identifier: Apache-2.0

import Codecs
import Experiments
import Testing
import Vocabulary

@testable import Plotting
@testable import Reports

/// Curves that end early, leave the axis, or belong together.
struct CurveTests {
  private func pictures(
    _ sweep: SyntheticSweep,
    change: (inout SweepSnapshot) -> Void = { _ in }
  ) -> [(plan: ChartPlan, picture: ReportCharts.Picture)] {
    var snapshot = sweep.snapshot()
    change(&snapshot)
    return ReportCharts(Analysis(snapshot), context: SyntheticSweep.context).pictures()
  }

  private func chart<C: Chart>(
    _ name: String,
    _ pictures: [(plan: ChartPlan, picture: ReportCharts.Picture)],
    as type: C.Type = C.self
  ) throws -> C {
    let found = try #require(pictures.first { $0.plan.fileName == name }, "\(name)")
    return try #require(found.picture.chart as? C)
  }

  /// One cell with three seeds whose runs end after so many epochs.
  private func course(_ lengths: [Int]) -> CurveSeries {
    let lines = lengths.enumerated().map { seed, length in
      (1...length).map { Point(x: Double($0), y: Double($0 + seed)) }
    }
    return CurveSeries(lines: lines, complete: lines)
  }

  private var entry: ChartCells.Entry {
    get throws {
      let analysis = Analysis(SyntheticSweep().snapshot())
      let marks = analysis.cells.map { _ in "" }
      let looks = ChartCells(analysis.cells, marks: marks, analysis.experiment)
      return try #require(looks.entries.first)
    }
  }

  // MARK: - Early stopping

  @Test func `a run that stops is an end, and the mean goes on with those that still run`() throws {
    let course = course([2, 4, 5, 5])
    let series = course.series(try entry, scale: .linear, last: 6)
    #expect(series.mean?.map(\.x) == [1, 2, 3, 4, 5])
    // Of all four, then of the last three (seeds 1, 2, 3), then of two.
    #expect(series.mean?.map(\.y) == [2.5, 3.5, 5, 6, 7.5])
    #expect(
      series.remarks == [
        .init("n = 3", at: Point(x: 3, y: 5)), .init("n = 2", at: Point(x: 5, y: 7.5)),
      ]
    )
    #expect(
      series.ends == [
        Point(x: 2, y: 2), Point(x: 4, y: 5), Point(x: 5, y: 7), Point(x: 5, y: 8),
      ]
    )
    // Two runs have no band, three have the interval of three.
    let band = try #require(series.band)
    #expect(band[4].low.isNaN)
    let interval = try #require(Sample([4, 5, 6]).interval())
    #expect(band[2].low == interval.low && band[2].high == interval.high)
    #expect(
      CurveSeries.footnote([course], .linear)
        == "Thick: mean over seeds; band: its pointwise 95 % interval. "
        + "n: seeds that still run, where the mean is of fewer. Thin: single seeds."
    )
    // Nothing of it is a number that is missing.
    #expect(series.lines.joined().allSatisfy { $0.y.isFinite })
    #expect(series.mean?.allSatisfy { $0.y.isFinite } == true)
  }

  @Test func `runs that end together, and with the picture, have no marks`() throws {
    let series = course([4, 4, 4]).series(try entry, scale: .linear, last: 4)
    #expect(series.ends.isEmpty && series.remarks.isEmpty)
    // A whole cell that stops before others do has ended, too.
    #expect(course([4, 4, 4]).series(try entry, scale: .linear, last: 9).ends.count == 3)
    // Of many seeds no lines are drawn: the mean has an end.
    let many = course([3, 4, 4, 4, 4, 4]).series(try entry, scale: .linear, last: 9)
    #expect(many.lines.isEmpty && many.ends == [Point(x: 4, y: 7)])
  }

  @Test func `a gap inside a run stays a gap of the mean`() throws {
    var lines = course([3, 3, 3]).lines
    lines[1][1].y = .nan
    let series = CurveSeries(lines: lines, complete: lines).series(try entry, scale: .linear)
    #expect(series.mean?[1].y.isNaN == true && series.mean?[2].y == 4)
  }

  @Test func `a seed that collapsed at one place leaves the mean of a course to the others`() throws
  {
    let whole = (0..<3).map { seed in [1.0, 2, 3].map { Point(x: $0, y: $0 + Double(seed)) } }
    for place in [1.0, 2, 3] {
      var complete = whole
      complete[0].removeAll { $0.x == place }
      complete[1].removeAll { $0.x == place }
      var course = CurveSeries(lines: whole, complete: complete)
      course.skipped = [place: 2]
      let mean = try #require(course.series(try entry, scale: .linear).mean)
      #expect(mean.map(\.x) == [1, 2, 3])
      let expected: [Double] = [1.0, 2, 3].map { x in x == place ? x + 2 : x + 1 }
      #expect(mean.map(\.y) == expected, "\(place)")
      #expect(
        CurveSeries.footnote([course], .linear).contains("Seeds that collapsed are in no mean.")
      )
    }
  }

  // MARK: - Axes

  @Test func `curves beyond what others begin with do not flatten them`() {
    let sane = [[2.3, 1, 0.1], [2.4, 2.3, 2.2], [2.3, 0.5, 1e-6]]
    func limits(_ metric: String, _ lines: [[Double]]) -> ClosedRange<Double>? {
      SaneRange.limits(metric, curves: [lines])
    }
    #expect(limits("train.loss", sane) == nil)
    #expect(limits("train.loss", sane + [[2.3, 1e12, .nan]]) == -Double.infinity...2.4)
    #expect(limits("train.loss", sane + [[2.3, 50, 9]]) == nil)
    // Gradients may be large, shares cannot be, and r² falls.
    #expect(limits("train.gradient_norm.0", sane + [[1e5]]) == nil)
    #expect(limits("val.accuracy", sane + [[1e12]]) == nil)
    let shares = [[0.1, 0.9], [0.2, 0.8], [0.0, 0.7], [-1e9, -1e12]]
    #expect(limits("val.r2", shares) == (1 - 1.0)...Double.infinity)
    // Training that begins high is measured by itself, not by what is held out.
    let both = [[[144.0, 0.01], [140, 0.01]], [[0.04, 0.03], [0.05, 0.04]]]
    #expect(SaneRange.limits("train.loss", curves: both) == nil)
    #expect(SaneRange.limits("train.loss", curves: [[], [[.nan]]]) == nil)
    #expect(SaneRange.limits("test.loss", values: [1e-5, 1e-5, 2.3]) == nil)
    #expect(SaneRange.limits("test.loss", values: [0.1, 0.2, 1e9]) == -Double.infinity...0.2)
    #expect(SaneRange.limits("test.loss", values: [0, 0, 1e9]) == nil)
  }

  @Test func `a diverging cell leaves the axis to the others in every picture`() throws {
    var sweep = SyntheticSweep()
    sweep.tune = []
    sweep.models = ["mlp"]
    sweep.activations = ["relu"]
    sweep.rates = [0.0001, 0.001, 0.01, 0.1]
    sweep.seeds = 3
    sweep.report = ReportOptions(metric: "test.loss", curves: ["train.loss"])
    sweep.change = { run in
      guard run.parameters["learning_rate"] == .real(0.1) else { return }
      run.metrics["test.loss"] = MetricSummary(last: 1e12, best: 1e12, bestEpoch: 1)
    }
    let found = pictures(sweep) { snapshot in
      for run in snapshot.runs where run.parameters["learning_rate"] == .real(0.1) {
        snapshot.curves[run.id]?["train.loss"]?[3].value = 1e12
      }
    }
    let curves: LineChart = try chart("train-loss.png", found)
    #expect(try #require(curves.limits).upperBound < 3)
    #expect(curves.yScale == .linear)
    let dots: DotChart = try chart("results.png", found)
    #expect(try #require(dots.limits).upperBound < 3)
    #expect(dots.rows.last?.note.contains("mean 1e12") == true, "\(dots.rows.map(\.note))")
    let trend: LineChart = try chart("test-loss-by-learning-rate.png", found)
    #expect(try #require(trend.limits).upperBound < 3)
  }

  // MARK: - Training and validation

  @Test func `training and validation stand in one panel for each cell`() throws {
    let found = pictures(SyntheticSweep())
    let fit: SmallMultiples = try chart("fit-loss.png", found)
    #expect(fit.title == "Training and validation: loss")
    #expect(fit.panels.count == 6)
    #expect(fit.panels.allSatisfy { $0.series.map(\.label) == ["train.loss", "val.loss"] })
    #expect(fit.panels[0].title == "mlp · relu")
    var lone = SyntheticSweep()
    (lone.models, lone.activations, lone.rates) = (["mlp"], ["relu"], [0.001])
    let single: LineChart = try chart("fit-loss.png", pictures(lone))
    #expect(single.series.count == 2)
    // Without validation the test part is held out; with neither there is no such picture.
    let tested = pictures(lone) { snapshot in
      for run in snapshot.runs { snapshot.curves[run.id]?["val.loss"] = nil }
    }
    let other: LineChart = try chart("fit-loss.png", tested)
    #expect(other.title == "Training and test: loss")
    #expect(other.series.map(\.label) == ["train.loss", "test.loss"])
    let none = pictures(lone) { snapshot in
      for run in snapshot.runs {
        snapshot.curves[run.id]?["val.loss"] = nil
        snapshot.curves[run.id]?["test.loss"] = nil
      }
    }
    #expect(!none.contains { $0.plan.kind == .fit })
  }

  // MARK: - Panels

  @Test func `a line alone in its panel has the others behind it, and no name twice`() throws {
    var sweep = SyntheticSweep()
    sweep.tune = []
    sweep.models = ["mlp"]
    sweep.rates = [0.001]
    sweep.activations = ["relu", "sigmoid", "tanh", "elu", "selu", "gelu", "silu"]
    let found = pictures(sweep)
    let curves: SmallMultiples = try chart("train-loss.png", found)
    #expect(curves.panels.map(\.title) == sweep.activations)
    #expect(curves.panels.allSatisfy { $0.series.count == 1 && $0.context.count == 6 })
    #expect(curves.footnote.hasSuffix("Grey: the other cells."))
    let dots: DotChart = try chart("results.png", found)
    #expect(dots.rows.allSatisfy { $0.group == nil })
    #expect(Set(dots.rows.map(\.label)) == Set(sweep.activations))
    let functions: SmallMultiples = try chart("activations.png", found)
    #expect(functions.panels.map(\.title) == sweep.activations)
    #expect(functions.panels.allSatisfy { $0.series.map(\.label) == ["f(x)", "f′(x)"] })
  }

  @Test func `a collapsed seed is drawn where it ended, beside the mean of the others`() throws {
    var sweep = SyntheticSweep()
    (sweep.models, sweep.activations, sweep.rates) = (["mlp", "cnn"], ["relu"], [0.001])
    sweep.change = { run in
      let isBad = run.parameters["model"] == .text("cnn") && run.seed == 2
      let loss = isBad ? 2.29 : 0.2
      run.metrics["train.loss"] = MetricSummary(last: loss, best: loss, bestEpoch: 1)
      if isBad { run.metrics["test.accuracy"] = MetricSummary(last: 0.1, best: 0.1, bestEpoch: 1) }
    }
    let found = pictures(sweep) { snapshot in
      for run in snapshot.runs {
        snapshot.captures[.facts, run.id] = DataFacts(
          trainCount: 1000,
          validationCount: 100,
          testCount: 2000,
          constantLoss: 2.3
        )
      }
    }
    let dots: DotChart = try chart("results.png", found)
    let row = try #require(dots.rows.first { $0.label == "cnn" })
    #expect(row.values.count == 4 && row.excluded == [0.1])
    #expect(
      dots.footnote.contains(
        "circles: single seeds; ×: a seed that collapsed or lies far off, in no number."
      )
    )
  }

  @Test func `numbers of one map are written alike, or each with its own digits`() {
    #expect(NumberText.alike([0.5, 0.84731]) == [0.5: "0.5000", 0.84731: "0.8473"])
    #expect(NumberText.alike([0.006664, 0.1998]) == [0.006664: "0.006664", 0.1998: "0.1998"])
  }

  @Test func `weights of one loss share a picture`() throws {
    var sweep = SyntheticSweep()
    sweep.tune = []
    sweep.models = ["mlp"]
    sweep.activations = ["relu"]
    sweep.rates = (1...22).map { Double($0) / 10 }
    sweep.seeds = 3
    sweep.report = ReportOptions(metric: "test.loss", curves: ["train.loss"])
    let found = pictures(sweep) { snapshot in
      for index in snapshot.sweep.cells.indices {
        let delta = snapshot.sweep.cells[index].assignment["learning_rate"]?.number ?? 1
        snapshot.sweep.cells[index].specification.loss = Component("huber", ["delta": .real(delta)])
      }
      for index in snapshot.runs.indices {
        let cell = snapshot.runs[index].cell ?? 0
        snapshot.runs[index].specification = snapshot.sweep.cells[cell].specification
      }
    }
    #expect(
      found.map(\.plan.fileName).filter { $0.contains("huber") } == [
        "results-huber.png", "test-loss-by-learning-rate-huber.png",
        "train-loss-by-learning-rate-huber.png", "fit-loss-huber.png", "train-loss-huber.png",
      ]
    )
    let curves: LineChart = try chart("train-loss-huber.png", found)
    #expect(curves.series.count == 22 && curves.series.allSatisfy { $0.band == nil })
    #expect(
      curves.footnote
        == "Means over seeds. What differs in the loss changes its unit: compare shapes, not heights."
    )
    let dots: DotChart = try chart("results-huber.png", found)
    #expect(dots.rows.count == 22)
  }
}

/// Pictures over numbers that were drawn, and of what one parameter does.
struct ScatterTests {
  /// Sixty cells, each with a number of its own.
  private func drawn() -> SweepSnapshot {
    var sweep = SyntheticSweep()
    sweep.tune = []
    sweep.models = ["mlp"]
    sweep.activations = ["relu", "tanh"]
    sweep.rates = (1...30).map { 0.0001 * Double($0) }
    sweep.seeds = 1
    sweep.epochs = 2
    sweep.images = 20
    var snapshot = sweep.snapshot()
    // As a distribution has them: a range without listed values.
    for index in snapshot.sweep.experiment.parameters.indices
    where snapshot.sweep.experiment.parameters[index].name == "learning_rate" {
      snapshot.sweep.experiment.parameters[index].values = []
    }
    return snapshot
  }

  @Test func `drawn numbers are an axis, not a panel each`() throws {
    let analysis = Analysis(drawn())
    let found = ReportCharts(analysis, context: SyntheticSweep.context).pictures()
    let names = found.map(\.plan.fileName)
    #expect(!names.contains { $0.contains("-by-") })
    let results = try #require(found.first?.picture.chart as? ScatterChart)
    #expect(results.panels.map(\.xLabel) == ["learning_rate"])
    #expect(results.panels[0].xScale == .log && results.panels[0].marks.count == 60)
    #expect(results.groups == ["relu", "tanh"])
    #expect(results.panels[0].marks.count(where: \.isMarked) == 1)
    // One picture of a page, whatever the number of cells.
    let image = results.image()
    #expect(image.width == 1440 && image.height < 1000)
    let curves = try #require(
      found.first { $0.plan.fileName == "train-loss.png" }?.picture.chart as? LineChart
    )
    #expect(curves.series.count == 6 && curves.context.count == 54)
  }

  @Test func `each swept parameter has a picture of its differences`() throws {
    var sweep = SyntheticSweep()
    (sweep.rates, sweep.tune) = ([0.001], [])
    let analysis = Analysis(sweep.snapshot())
    let found = ReportCharts(analysis, context: SyntheticSweep.context).pictures()
    let picture = try #require(
      found.first { $0.plan.kind == .factor("model") },
      "\(found.map(\.plan.fileName))"
    )
    let chart = try #require(picture.picture.chart as? DotChart)
    let answer = try #require(FactorAnswer(analysis.groups[0], of: analysis))
    let effect = try #require(answer.effects(of: 0).first)
    #expect(chart.rows.map(\.label) == ["averaged", "relu", "sigmoid", "tanh"])
    #expect(chart.rows[0].group == "cnn − mlp")
    #expect(chart.rows[0].mean == effect.difference.mean)
    let half = effect.difference.halfWidth(level: answer.effects.level)
    #expect(chart.rows[0].interval?.lowerBound == effect.difference.mean - half)
    // The parts of a difference are its own at each value, and their mean is the average.
    let parts = chart.rows.dropFirst().compactMap(\.mean)
    #expect(abs(parts.reduce(0, +) / 3 - effect.difference.mean) < 1e-12)
    #expect(chart.references == [ReferenceLine("no difference", value: 0)])
    #expect(chart.xLabel == "difference of test.accuracy, larger is better")
    let page = IndexPage(
      analysis,
      context: SyntheticSweep.context,
      charts: try ReportCharts(analysis, context: SyntheticSweep.context).files([.png])
    ).text
    #expect(page.contains("(effect-of-model.png)") && page.contains("(effect-of-activation.png)"))
  }

  @Test func `a number that is 0 and spans decades has even places`() throws {
    var sweep = SyntheticSweep()
    sweep.tune = []
    sweep.models = ["mlp"]
    sweep.rates = [0, 0.01, 0.1, 1]
    sweep.seeds = 3
    let found = ReportCharts(Analysis(sweep.snapshot()), context: SyntheticSweep.context)
      .pictures()
    let chart = try #require(
      found.first { $0.plan.fileName == "test-accuracy-by-learning-rate.png" }?.picture.chart
        as? LineChart
    )
    #expect(chart.places.map(\.name) == ["0", "0.01", "0.1", "1"])
    #expect(chart.xScale == .linear)
    #expect(chart.series.allSatisfy { $0.mean?.map(\.x) == [0, 1, 2, 3] })
    #expect(chart.footnote.hasSuffix("The values of learning_rate stand evenly spaced."))
  }

  @Test func `predicted numbers stand over true ones`() throws {
    var sweep = SyntheticSweep()
    (sweep.models, sweep.activations, sweep.rates) = (["mlp"], ["relu"], [0.001])
    var snapshot = sweep.snapshot()
    snapshot.captures[.predictions] = [:]
    let run = try #require(Analysis(snapshot).picturedRun)
    snapshot.captures[.regression, run.id] = RegressionPredictions(
      part: "test",
      count: 900,
      targets: [[1, 2, 3], [0, 0, 1]],
      predictions: [[1, 2, 4], [0, 1, 1]]
    )
    let found = ReportCharts(Analysis(snapshot), context: SyntheticSweep.context).pictures()
    let picture = try #require(found.first { $0.plan.kind == .agreement }).picture
    let chart = try #require(picture.chart as? ScatterChart)
    #expect(chart.isSquare && chart.panels.map(\.title) == ["output 0", "output 1"])
    #expect(chart.panels[0].marks.map(\.y) == [1, 2, 4])
    #expect(
      chart.footnote
        == "3 of the 900 test examples, seed 0. On the dashed line a prediction is right."
    )
    #expect(picture.alternative.hasSuffix("root mean square error 0.577, 0.577"))
  }
}
