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
    #expect(try charts.files().map(\.file.name) == ["results.png"])
  }
}
