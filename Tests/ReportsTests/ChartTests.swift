// SPDX-License-Identifier: Apache-2.0

import Experiments
import Plotting
import Testing
import Vocabulary

@testable import Reports

struct ChartTests {
  private func looks(_ sweep: SyntheticSweep) -> ChartCells {
    let analysis = Analysis(sweep.snapshot())
    let marks = [String](repeating: "", count: analysis.cells.count)
    return ChartCells(analysis.cells, marks: marks, analysis.experiment)
  }

  @Test func `six cells share a panel and have colours of their own`() {
    let looks = looks(SyntheticSweep())
    #expect(looks.panels.map(\.name) == [nil])
    #expect(looks.entries.map(\.color) == [0, 1, 2, 3, 4, 5])
  }

  @Test func `more cells become panels by the report's columns, alike in colour`() {
    var sweep = SyntheticSweep()
    sweep.tune = []
    sweep.report.columns = "activation"
    let looks = looks(sweep)
    #expect(looks.panels.map(\.name) == ["relu", "sigmoid", "tanh"])
    #expect(looks.panels[1].entries.map(\.label).first == "mlp · learning_rate 0.0001")
    #expect(looks.panels.allSatisfy { $0.entries.map(\.color) == [0, 1, 2, 3, 4, 5] })
  }

  @Test func `a parameter that leaves too many lines gives way to a better one`() {
    var sweep = SyntheticSweep()
    sweep.tune = []
    sweep.report.rows = nil
    sweep.report.columns = "model"  // 9 cells each
    #expect(looks(sweep).panels.count == 3)
  }

  private func series(
    seeds: Int,
    change: @escaping (inout RunRecord) -> Void = { _ in }
  ) throws -> LineChart.Series {
    var sweep = SyntheticSweep()
    sweep.models = ["cnn"]
    sweep.activations = ["relu"]
    sweep.rates = [0.001]
    sweep.seeds = seeds
    sweep.change = change
    let snapshot = sweep.snapshot()
    let entry = try #require(looks(sweep).entries.first)
    return CurveSeries("val.accuracy", of: entry.cell, in: snapshot).series(entry, scale: .share)
  }

  @Test(arguments: [(1, 1, false), (2, 2, false), (3, 3, true), (5, 5, true), (6, 0, true)])
  func `few seeds are lines, three or more a band`(seeds: Int, lines: Int, band: Bool) throws {
    let series = try series(seeds: seeds)
    #expect(series.lines.count == lines)
    #expect((series.band != nil) == band)
    #expect((series.mean != nil) == band)
  }

  @Test func `the band is the pointwise interval of the mean`() throws {
    let series = try series(seeds: 4)
    let last = series.lines.compactMap(\.last?.y)
    let interval = try #require(Sample(last).interval(.share))
    let end = try #require(series.band?.last)
    #expect(abs(end.low - interval.low) < 1e-12 && abs(end.high - interval.high) < 1e-12)
    #expect(abs(try #require(series.mean?.last?.y) - Sample(last).mean) < 1e-12)
  }

  @Test func `the band of what cannot be negative ends at 0`() throws {
    let entry = try #require(looks(SyntheticSweep()).entries.first)
    let lines = [1, 1.2, 9].map { [Point(x: 1, y: $0)] }
    let course = CurveSeries(lines: lines, complete: lines)
    let series = course.series(entry, scale: chartScale("test.rmse", course.values))
    let band = try #require(series.band?.first)
    let interval = try #require(Sample([1, 1.2, 9]).interval())
    #expect(interval.low < 0 && band.low == 0 && band.high == interval.high)
  }

  @Test func `a diverged seed is drawn with its gap and takes mean and band away`() throws {
    let series = try series(seeds: 6) { run in
      if run.seed == 1 {
        run.state = .failed
        run.reason = "diverged: loss is NaN"
      }
    }
    #expect(series.mean == nil && series.band == nil)
    #expect(series.lines.count == 6)
    #expect(series.lines[1].last?.y.isNaN == true)
  }

  @Test func `a metric nobody measured has no picture`() throws {
    var sweep = SyntheticSweep()
    sweep.models = ["mlp"]
    sweep.epochs = 2
    sweep.report.curves = ["val.perplexity"]
    let charts = ReportCharts(Analysis(sweep.snapshot()), context: SyntheticSweep.context)
    #expect(
      charts.pictures().map(\.plan.fileName) == [
        "results.png", "fit-loss.png", "heat-map.png", "activations.png", "confusion.png",
      ]
    )
  }

  @Test func `what has no upper end stands on a log axis where it spans decades, shares never`() {
    let wide = [0.001, 0.5]
    for name in ["train.loss", "test.rmse", "val.mae", "train.gradient_norm.0"] {
      #expect(chartScale(name, wide) == .logarithmic, "\(name)")
      #expect(chartScale(name, [0.1, 0.5]) == .nonNegative, "\(name)")
      #expect(chartScale(name, [0, 0.5]) == .nonNegative, "\(name)")
      // Another program's loss may be negative.
      #expect(chartScale(name, [-0.1, 0.5]) == .linear, "\(name)")
    }
    // Statistics of perplexities are done on logarithms, and pictures say the same.
    #expect(chartScale("val.perplexity", [101, 102]) == .logarithmic)
    #expect(chartScale("val.perplexity", []) == .linear)
    for name in ["test.accuracy", "test.f1", "val.top_5", "test.bleu"] {
      #expect(chartScale(name, wide) == .share, "\(name)")
    }
    #expect(chartScale("test.r2", wide) == .linear)
    #expect(chartScale("test.log_rmse", wide) == .nonNegative)
  }

  // MARK: - Over a swept number

  private func trend(_ change: (inout SyntheticSweep) -> Void = { _ in }) throws -> LineChart {
    var sweep = SyntheticSweep()
    sweep.tune = []
    sweep.models = ["mlp"]
    sweep.seeds = 3
    sweep.epochs = 2
    change(&sweep)
    let charts = ReportCharts(Analysis(sweep.snapshot()), context: SyntheticSweep.context)
    let found = try #require(
      charts.pictures().first { $0.plan.fileName == "test-accuracy-by-learning-rate.png" }
    )
    return try #require(found.picture.chart as? LineChart)
  }

  @Test func `a metric is drawn over a swept number, with a line for each of the rest`() throws {
    let chart = try trend()
    #expect(chart.title == "test.accuracy by learning_rate")
    #expect(chart.xScale == .log)
    #expect(chart.series.map(\.label) == ["relu", "sigmoid", "tanh"])
    #expect(chart.series.allSatisfy { $0.lines.count == 3 && $0.band?.count == 3 })
    let snapshot = {
      var sweep = SyntheticSweep()
      (sweep.tune, sweep.models, sweep.seeds, sweep.epochs) = ([], ["mlp"], 3, 2)
      return sweep.snapshot()
    }()
    let reader = MetricReader(snapshot)
    for (series, activation) in zip(chart.series, ["relu", "sigmoid", "tanh"]) {
      for (place, rate) in [0.0001, 0.001, 0.01].enumerated() {
        let cell = try #require(
          snapshot.sweep.cells.first {
            $0.assignment["activation"] == .text(activation)
              && $0.assignment["learning_rate"] == .real(rate)
          }
        )
        let runs = snapshot.runs.filter { $0.cell == cell.index }
        let values = reader.values("test.accuracy", of: runs).sortedBySeed
        let mean = try #require(series.mean?[place])
        #expect(mean.x == rate && abs(mean.y - Sample(values).mean) < 1e-12)
        #expect(series.lines.map { $0[place].y } == values)
      }
    }
  }

  @Test func `the words keep a line's name and its numbers apart, and mark nothing as cut`() throws
  {
    var sweep = SyntheticSweep()
    (sweep.tune, sweep.models, sweep.seeds, sweep.epochs) = ([], ["mlp"], 3, 2)
    let charts = ReportCharts(Analysis(sweep.snapshot()), context: SyntheticSweep.context)
    let words = try charts.pictures().filter { $0.plan.kind == .trend }.map { plan, picture in
      let parts = picture.alternative.split(separator: ": ", maxSplits: 1)
      return try #require(parts.last)
    }
    for text in words {
      #expect(text.hasPrefix("relu at ") && text.contains(", at ") && text.contains("; tanh at "))
      #expect(!text.contains("†"))
    }
    #expect(!words.isEmpty)
  }

  @Test func `a seed that diverged takes mean and band of its line away`() throws {
    let chart = try trend { sweep in
      sweep.change = { run in
        // Of relu at 0.01.
        guard run.seed == 1, run.cell == 2 else { return }
        run.state = .failed
        run.reason = "diverged: loss is NaN"
      }
    }
    #expect(chart.series[0].mean == nil && chart.series[0].band == nil)
    #expect(chart.series[0].lines[1].last?.y.isNaN == true)
    #expect(chart.series[1].mean != nil)
  }

  @Test func `tuned numbers, words and two values have no course`() {
    func names(_ change: (inout SyntheticSweep) -> Void) -> [String] {
      var sweep = SyntheticSweep()
      (sweep.tune, sweep.seeds, sweep.epochs) = ([], 2, 2)
      change(&sweep)
      let plans = ChartPlan.plans(Analysis(sweep.snapshot()))
      #expect(Set(plans).isSubset(of: ChartPlan.all(sweep.snapshot().sweep)))
      return plans.filter { $0.kind == .trend }.map(\.fileName)
    }
    #expect(names { $0.tune = ["learning_rate"] }.isEmpty)
    #expect(names { $0.rates = [0.001, 0.01] }.isEmpty)
    #expect(
      names { _ in } == [
        "test-accuracy-by-learning-rate.png", "train-loss-by-learning-rate.png",
        "val-accuracy-by-learning-rate.png",
      ]
    )
    #expect(
      names { sweep in
        sweep.losses = ["cross_entropy", "mse"]
        sweep.report.curves = ["train.loss"]
      } == [
        "test-accuracy-by-learning-rate.png", "train-loss-by-learning-rate-cross-entropy.png",
        "train-loss-by-learning-rate-mse.png",
      ]
    )
  }

  @Test func `pictures of shares end at 1`() throws {
    let charts = ReportCharts(
      Analysis(SyntheticSweep().snapshot()),
      context: SyntheticSweep.context
    )
    let pictures = charts.pictures()
    for name in ["results.png", "val-accuracy.png", "train-loss.png"] {
      let chart = try #require(pictures.first { $0.plan.fileName == name }?.picture.chart)
      let limits =
        (chart as? DotChart)?.limits ?? (chart as? LineChart)?.limits
        ?? (chart as? SmallMultiples)?.panels.first?.limits
      #expect(
        limits.map { abs($0.upperBound - 1) < 1e-9 } == (name == "train-loss.png" ? nil : true)
      )
    }
  }

  // MARK: - Over the layers

  @Test func `gradient norms are drawn layer by layer, of the first epoch`() throws {
    var sweep = SyntheticSweep()
    (sweep.models, sweep.seeds, sweep.epochs) = (["mlp"], 3, 2)
    var snapshot = sweep.snapshot()
    for run in snapshot.runs {
      for (layer, size) in [(0, 0.01), (2, 0.1), (10, 1.0)] {
        snapshot.curves[run.id]?["train.gradient_norm.\(layer)"] = [1, 2].map { epoch in
          MetricPoint(
            name: "train.gradient_norm.\(layer)",
            step: epoch,
            epoch: Double(epoch),
            value: size * Double(run.seed + 1) * (epoch == 1 ? 1 : 7)
          )
        }
      }
    }
    let charts = ReportCharts(Analysis(snapshot), context: SyntheticSweep.context)
    let found = try #require(
      charts.pictures().first { $0.plan.fileName == "gradient-norms.png" }
    )
    let chart = try #require(found.picture.chart as? LineChart)
    #expect(chart.yScale == .log)
    // A layer without parameters has no place.
    #expect(chart.places == [0, 2, 10].map { LineChart.Place("\($0)", x: Double($0)) })
    #expect(chart.series.count == 3)
    for series in chart.series {
      #expect(series.mean?.map(\.x) == [0, 2, 10])
      // The geometric mean of 1, 2 and 3.
      let first = try #require(series.mean?.first?.y)
      #expect(abs(first - 0.01 * 1.8171205928321397) < 1e-12)
    }
    #expect(found.picture.alternative.contains("relu at 0: 0.01817, at 2: "))
  }

  @Test func `a hundred cells still give pictures of a page, of the best`() throws {
    var sweep = SyntheticSweep()
    sweep.tune = []
    sweep.activations = ["relu"]
    sweep.models = ["mlp"]
    sweep.rates = (1...100).map { Double($0) / 100_000 }
    sweep.seeds = 1
    sweep.epochs = 2
    sweep.images = 20
    sweep.report.curves = ["val.accuracy"]
    let analysis = Analysis(sweep.snapshot())
    let pictures = ReportCharts(analysis, context: SyntheticSweep.context).pictures()
    #expect(
      pictures.map(\.plan.fileName) == [
        "results.png", "test-accuracy-by-learning-rate.png",
        "val-accuracy-by-learning-rate.png", "fit-loss.png", "val-accuracy.png", "confusion.png",
      ]
    )
    let best = try #require(analysis.groups[0].ranking.order.first)
    let label = analysis.groups[0].cells[best].label
    for index in [0, 4] {
      #expect(pictures[index].picture.alternative.contains(label + ": "))
    }
    // A course of many numbers is told by its ends.
    #expect(pictures[1].picture.alternative.count < 200)
    let dots = try #require(pictures[0].picture.chart as? DotChart)
    #expect(dots.rows.count == 60)
    #expect(dots.rows[0].label == label)
    #expect(dots.subtitle.hasSuffix("the best 60 of 100 cells"))
    // Many numbers in order share a panel, dark to light.
    let curves = try #require(pictures[4].picture.chart as? LineChart)
    #expect(curves.series.count == 24)
    #expect(curves.series.first?.shade == 0 && curves.series.last?.shade == 1)
    let fit = try #require(pictures[3].picture.chart as? SmallMultiples)
    #expect(fit.panels.count == 12)
  }

  @Test func `losses are split, references drawn and long ranges put on a log axis`() throws {
    var sweep = SyntheticSweep.troubled
    sweep.losses = ["cross_entropy", "mse"]
    var snapshot = sweep.snapshot()
    let run = snapshot.runs[2 * 5].id  // mlp · relu at 0.001 with cross_entropy
    snapshot.curves[run]?["train.loss"]?[7].value = 0.001
    let pictures = ReportCharts(Analysis(snapshot), context: SyntheticSweep.context).pictures()
    #expect(
      pictures.map(\.plan.fileName) == [
        "results.png", "fit-loss-cross-entropy.png", "fit-loss-mse.png",
        "train-loss-cross-entropy.png", "train-loss-mse.png", "val-accuracy.png",
        "heat-map.png", "parameters.png", "activations.png", "confusion.png",
      ]
    )
    let dots = try #require(pictures[0].picture.chart as? DotChart)
    #expect(dots.references == [ReferenceLine("LeNet, published", value: 0.9)])
    let first = try #require(pictures[3].picture.chart as? LineChart)
    #expect(first.yScale == .log && first.title == "train.loss (cross_entropy)")
    let second = try #require(pictures[4].picture.chart as? LineChart)
    #expect(second.yScale == .linear)
    #expect(second.series.count == 6)
  }

  @Test func `a diverged seed is a value that is not finite in the dot chart`() throws {
    let analysis = Analysis(SyntheticSweep.troubled.snapshot())
    let pictures = ReportCharts(analysis, context: SyntheticSweep.context).pictures()
    let dots = try #require(pictures[0].picture.chart as? DotChart)
    let row = try #require(dots.rows.first { $0.label == "cnn · sigmoid" })
    #expect(row.values.count == 5 && row.values[4].isNaN)
    #expect(row.note == "1 of 5 diverged")
    #expect(dots.rows[0].note == "n = 5 · may be best")
  }
}
