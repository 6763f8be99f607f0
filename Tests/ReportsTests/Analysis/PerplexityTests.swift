// SPDX-License-Identifier: Apache-2.0

import Experiments
import Foundation
import Testing
import Vocabulary

@testable import Reports

/// A perplexity is exp of the loss: whatever is said of it is said of the loss, and written as a perplexity.
struct PerplexityTests {
  /// Cells with the given losses, one per seed; a perplexity is what a Double makes of exp.
  private func snapshot(
    _ losses: [[Double]],
    metric: String = "test.perplexity",
    change: @escaping (inout RunRecord) -> Void = { _ in }
  ) -> SweepSnapshot {
    var sweep = SyntheticSweep()
    sweep.models = Array(["mlp", "cnn", "lstm"].prefix(losses.count))
    sweep.activations = ["relu"]
    sweep.rates = [0.001]
    sweep.tune = []
    sweep.seeds = losses.map(\.count).max() ?? 0
    sweep.report = ReportOptions(metric: metric, curves: ["test.perplexity", "test.loss"])
    sweep.change = { run in
      let loss = losses[run.cell ?? 0][run.seed]
      let perplexity = exp(loss)
      run.metrics["test.loss"] = MetricSummary(last: loss, best: loss, bestEpoch: 8)
      run.metrics["test.perplexity"] = MetricSummary(
        last: perplexity.isFinite ? perplexity : nil,
        best: perplexity.isFinite ? perplexity : nil,
        bestEpoch: perplexity.isFinite ? 8 : nil
      )
      change(&run)
    }
    return sweep.snapshot()
  }

  private static let losses = [[4.60, 4.62, 4.64], [4.70, 4.70, 4.76]]

  private func page(_ snapshot: SweepSnapshot) -> String {
    IndexPage(Analysis(snapshot), context: SyntheticSweep.context, charts: []).text
  }

  @Test func `the answer gives a geometric mean and a ratio`() throws {
    let analysis = Analysis(snapshot(Self.losses))
    #expect(
      analysis.answer(analysis.groups[0]) == [
        "**mlp** has the lowest `test.perplexity`: 101.5 [96.6, 106.7] (n = 3). It is better than **cnn** "
          + "(paired t, n = 3, p = 0.013).",
        "**mlp** / **cnn** is 0.905, 97 % interval [0.848, 0.966].",
        "Look 1 of this comparison tests 3 seeds at level 0.03. All looks together name a false winner in at "
          + "most 5 % of cases.",
      ]
    )
    // exp(4.62), and the t interval of losses 0.02 apart.
    let sample = analysis.cells[0].metricSample
    #expect(abs(sample.mean / exp(4.62) - 1) < 1e-12)
    let half = intervalFactor(count: 3) * 0.02 / 3.0.squareRoot()
    let interval = try #require(sample.interval)
    #expect(abs(interval.low / exp(4.62 - half) - 1) < 1e-9)
    #expect(abs(interval.high / exp(4.62 + half) - 1) < 1e-9)
  }

  @Test func `tests of perplexities are those of the losses`() throws {
    let perplexities = Analysis(snapshot(Self.losses)).groups[0].ranking.pairs[0]
    let losses = Analysis(snapshot(Self.losses, metric: "test.loss")).groups[0].ranking.pairs[0]
    #expect(abs(perplexities.difference.p / losses.difference.p - 1) < 1e-9)
    #expect(abs(perplexities.difference.mean - losses.difference.mean) < 1e-12)
  }

  @Test func `tables and pictures show the same geometric mean`() throws {
    let snapshot = snapshot(Self.losses)
    let page = page(snapshot)
    #expect(page.contains("| n | Geometric mean [95 %] |"))
    #expect(page.contains("| 3 | **[101.5 \\[96.6, 106.7\\]](#cell-0)** |"))
    #expect(
      page.contains(
        "Geometric mean [its 95 % interval] over seeds (Student's t on the loss). Each number links"
      )
    )
    #expect(page.contains("| Better mean | Other | Ratio | Interval |"))
    #expect(page.contains("| mlp | cnn | 0.905 | 0.848 … 0.966 | 0.013 |"))
    #expect(page.contains("[Why?](#why-perplexities-are-compared-by-ratios)"))
    let pictures = ReportCharts(Analysis(snapshot), context: SyntheticSweep.context).pictures()
    let results = try #require(pictures.first { $0.plan.kind == .results })
    #expect(
      results.picture.alternative
        == "Dot chart of test.perplexity, geometric means with 95 % intervals: mlp: 101.5 [96.6, 106.7]; "
        + "cnn: 112.2 [102.9, 122.2]"
    )
  }

  @Test func `a perplexity beyond a Double is known by its loss`() {
    let snapshot = snapshot([[900, 901, 902], [4.7, 4.7, 4.76]])
    let analysis = Analysis(snapshot)
    #expect(analysis.cells[0].flaw == nil && analysis.cells[0].missingCount == 0)
    #expect(analysis.groups[0].winner?.label == "cnn")
    #expect(analysis.cells[0].metricSample.text() == "1.99e391 [1.66e390, 2.39e392]")
    let page = page(snapshot)
    #expect(page.contains("| 7.32881e390 |"))
    #expect(!page.contains("not finite") && !page.contains("missing"))
  }

  @Test func `another program's perplexity that is no number is said in words`() {
    let snapshot = snapshot(Self.losses) { run in
      run.numericVersion = RunRecord.importedVersion
      run.metrics["test.loss"] = nil
      if run.cell == 1, run.seed == 2 {
        run.metrics["test.perplexity"] = MetricSummary(last: nil, best: nil, bestEpoch: nil)
      }
    }
    let analysis = Analysis(snapshot)
    #expect(analysis.cells[1].flaw == "1 of 3 not a finite number in the file")
    #expect(
      page(snapshot).contains(
        "Not tested, because numbers are missing: **cnn** (1 of 3 not a"
      )
    )
  }

  @Test func `perplexities of two decimals move in steps of their logarithms`() {
    let snapshot = snapshot(Self.losses) { run in
      run.numericVersion = RunRecord.importedVersion
      let value = [100.25, 101.5, 110.12][run.seed]
      run.metrics["test.perplexity"] = MetricSummary(last: value, best: value, bestEpoch: 8)
    }
    let analysis = Analysis(snapshot)
    let step = PairRules(analysis.cells, of: snapshot).rules.resolution
    #expect(abs(step - 0.01 / 100.25) < 1e-12)
  }

  @Test func `expectations are held against logarithms`() {
    let sample = MetricSample(Sample([100, 110, 121]), .logarithmic)
    #expect(abs(sample.mean - 110) < 1e-9)
    // The t interval of log 110 ± log 1.1: 110 / 1.267 to 110 · 1.267.
    #expect(Verdict(.atMost(140), sample) == .reproduced)
    #expect(Verdict(.atMost(139), sample) == .consistent)
    #expect(Verdict(.atMost(86), sample) == .differs)
    #expect(Verdict(.atLeast(86), sample) == .reproduced)
    #expect(Verdict(.atLeast(0), sample) == .reproduced)
    #expect(Verdict(.within(low: 80, high: 150), sample) == .consistent)
    #expect(Verdict(.value(110, margin: 30, because: nil), sample) == .reproduced)
    #expect(Verdict(.value(400, margin: nil, because: nil), sample) == .differs)
    #expect(Verdict(.equals("110"), MetricSample(Sample([110, 110]), .logarithmic)) == .reproduced)
  }

  @Test func `tune chooses by the geometric mean`() {
    // By the arithmetic mean the second would be chosen.
    let losses = [[1.0, 1.0, 5.0], [3.0, 3.0, 3.0]]
    var sweep = SyntheticSweep()
    sweep.models = ["mlp"]
    sweep.activations = ["relu"]
    sweep.rates = [0.01, 0.001]
    sweep.seeds = 3
    sweep.report = ReportOptions(metric: "val.perplexity", curves: [])
    sweep.change = { run in
      let loss = losses[run.cell ?? 0][run.seed]
      run.metrics["val.perplexity"] = MetricSummary(last: exp(loss), best: nil, bestEpoch: nil)
    }
    var snapshot = sweep.snapshot()
    snapshot.sweep.experiment.metric = MetricSelection(name: "val.perplexity", goal: .minimize)
    #expect(Analysis(snapshot).cells[0].chosen == ["learning_rate": .real(0.01)])
  }

  @Test func `numbers beyond a Double are written with their exponent`() {
    #expect(NumberText.factor(exponentialOf: log(1.0056)) == "1.0056")
    #expect(NumberText.factor(exponentialOf: log(1.138)) == "1.14")
    #expect(NumberText.factor(exponentialOf: 900) == "7.33e390")
    #expect(NumberText.short(exponentialOf: 900, digits: 3) == "7.33e390")
    #expect(NumberText.short(exponentialOf: -900, digits: 3) == "1.36e-391")
    #expect(NumberText.short(exponentialOf: log(5.123), digits: 3) == "5.12")
    #expect(NumberText.short(exponentialOf: 400 * log(10.0) - 1e-13, digits: 3) == "1e400")
  }

  @Test func `two commands compare in ratios`() {
    let snapshot = snapshot(Self.losses)
    let comparison = Comparison(
      metric: "test.perplexity",
      left: ("cnn", snapshot.runs.filter { $0.cell == 1 }),
      right: ("mlp", snapshot.runs.filter { $0.cell == 0 })
    )
    #expect(
      comparison.sentences[0]
        == "cnn / mlp: 1.105, 97 % interval [1.035, 1.180] (paired t, n = 3, p = 0.013)."
    )
  }
}

/// Numbers that are not there, with the reason.
struct UndefinedTests {
  @Test(
    arguments: [
      ("val.r2", "undefined: all targets are equal"),
      ("val.f1", "undefined: no example has a target"),
      ("val.accuracy", "undefined: no example has a target"),
      ("val.top_3", "undefined: no example has a target"),
      ("val.rmse", "not finite: too large"),
      ("train.gradient_norm.2", "not finite: too large"),
      ("val.perplexity", "not finite: exp of the loss is too large"),
    ]
  )
  func `a metric says why it may have no value`(_ metric: String, _ reason: String) throws {
    #expect(MetricName(metric)?.undefinedReason == reason)
    var sweep = SyntheticSweep()
    sweep.report = ReportOptions(metric: metric, curves: ["train.loss"])
    sweep.change = { run in
      run.metrics["val.loss"] = nil
      run.metrics[metric] = MetricSummary(
        last: run.seed == 1 ? nil : 3,
        best: nil,
        bestEpoch: nil
      )
    }
    let snapshot = sweep.snapshot()
    let analysis = Analysis(snapshot)
    #expect(analysis.cells[0].flaw == "1 of 5 \(reason)")
    let page = IndexPage(analysis, context: SyntheticSweep.context, charts: []).text
    #expect(page.contains("| \(reason) |"))
    #expect(!page.contains("missing,") && !page.contains("1 of 5 missing"))
  }

  @Test func `collapsed seeds and chosen cells look the same in the table of other metrics`() throws
  {
    var sweep = SyntheticSweep()
    sweep.report.metric = "test.loss"
    sweep.report.curves = ["val.accuracy", "val.r2"]
    sweep.tune = []
    sweep.models = ["mlp", "cnn"]
    sweep.activations = ["relu"]
    sweep.rates = [0.001]
    sweep.change = { run in
      let isCollapsed = run.cell == 0 && run.seed == 4
      run.metrics["val.accuracy"] = MetricSummary(
        last: isCollapsed ? 0.1 : 0.8,
        best: nil,
        bestEpoch: nil
      )
      run.metrics["train.loss"] = MetricSummary(
        last: isCollapsed ? 2.3 : 0.3,
        best: nil,
        bestEpoch: nil
      )
      run.metrics["val.r2"] = MetricSummary(last: nil, best: nil, bestEpoch: nil)
    }
    var snapshot = sweep.snapshot()
    for run in snapshot.runs {
      snapshot.captures[.facts, run.id] = DataFacts(
        trainCount: 1,
        validationCount: 1,
        testCount: 1,
        constantLoss: 2.3
      )
    }
    let page = IndexPage(Analysis(snapshot), context: SyntheticSweep.context, charts: []).text
    #expect(
      page.contains("| mlp | 0.8 (all 4 equal) | 5 of 5 undefined: all targets are equal |")
    )
    #expect(page.contains("Seeds that collapsed are left out."))
  }

  @Test func `epochs are means as the caption says`() {
    var sweep = SyntheticSweep()
    sweep.change = { run in run.epochs = run.seed == 0 ? 3 : 8 }
    let page = IndexPage(
      Analysis(sweep.snapshot()),
      context: SyntheticSweep.context,
      charts: []
    ).text
    #expect(page.contains("| mlp · relu | 203,530 | 7 |"))
  }
}
