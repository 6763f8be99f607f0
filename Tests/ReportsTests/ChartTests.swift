// SPDX-License-Identifier: Apache-2.0

import Experiments
import Plotting
import Testing

@testable import Reports

struct ChartTests {
  private func looks(_ sweep: SyntheticSweep) -> ChartCells {
    let analysis = Analysis(sweep.snapshot())
    let letters = [String](repeating: "", count: analysis.cells.count)
    return ChartCells(analysis.cells, letters: letters, analysis.experiment)
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
        "results.png", "heat-map.png", "activations.png", "confusion.png",
      ]
    )
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
      pictures.map(\.plan.fileName) == ["results.png", "val-accuracy.png", "confusion.png"]
    )
    let best = try #require(analysis.groups[0].ranking.order.first)
    let label = analysis.groups[0].cells[best].label
    #expect(pictures.prefix(2).allSatisfy { $0.picture.alternative.contains(label + " ") })
    let dots = try #require(pictures[0].picture.chart as? DotChart)
    #expect(dots.rows.count == 60)
    #expect(dots.rows[0].label == label)
    #expect(dots.subtitle.hasSuffix("the best 60 of 100 cells"))
    let curves = try #require(pictures[1].picture.chart as? SmallMultiples)
    #expect(curves.panels.count == 24)
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
        "results.png", "train-loss-cross-entropy.png", "train-loss-mse.png", "val-accuracy.png",
        "heat-map.png", "parameters.png", "activations.png", "confusion.png",
      ]
    )
    let dots = try #require(pictures[0].picture.chart as? DotChart)
    #expect(dots.references == [ReferenceLine("LeNet, published", value: 0.9)])
    let first = try #require(pictures[1].picture.chart as? LineChart)
    #expect(first.yScale == .log && first.title == "train.loss (cross_entropy)")
    let second = try #require(pictures[2].picture.chart as? LineChart)
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
    #expect(dots.rows[0].note == "n = 5 · a")
  }
}
