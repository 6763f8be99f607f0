// SPDX-License-Identifier: Apache-2.0

import Codecs
import Experiments
import Foundation
import Plotting
import TestSupport
import Testing
import Vocabulary

@testable import Reports

struct ReportTests {
  /// The text alone, without drawing.
  private func text(_ sweep: SyntheticSweep) -> String {
    IndexPage(Analysis(sweep.snapshot()), context: SyntheticSweep.context, charts: []).text
  }

  private func headings(_ text: String) -> [String] {
    text.split(separator: "\n").filter { $0.hasPrefix("#") }.map { String($0) }
  }

  @Test func `what a number is under cross-validation is said once`() {
    func page(_ folds: Int?) -> String {
      var sweep = SyntheticSweep(seeds: 1)
      sweep.losses = ["cross_entropy", "mse"]
      sweep.report.metric = "test.loss"
      var snapshot = sweep.snapshot()
      for index in snapshot.sweep.cells.indices {
        snapshot.sweep.cells[index].specification.data.folds = folds
      }
      return IndexPage(Analysis(snapshot), context: SyntheticSweep.context, charts: []).text
    }
    #expect(
      page(3).components(
        separatedBy:
          "Cross-validation: each run trains 3 networks, one for each fold. Its metrics are the means "
          + "over the folds."
      ).count == 2
    )
    #expect(!page(nil).contains("fold."))
  }

  @Test func `one complete run is one`() {
    var sweep = SyntheticSweep()
    (sweep.models, sweep.activations, sweep.rates) = (["mlp"], ["relu"], [0.1])
    (sweep.tune, sweep.seeds) = ([], 1)
    let page = IndexPage(Analysis(sweep.snapshot()), context: SyntheticSweep.context, charts: [])
    #expect(page.text.contains("The 1 complete run took "))
  }

  @Test func `the runs say which were stopped early, and which compared nothing`() {
    var sweep = SyntheticSweep()
    sweep.activations = ["relu"]
    sweep.rates = [0.001]
    sweep.models = ["mlp"]
    sweep.seeds = 3
    sweep.change = { run in
      run.id = "run\(run.seed)abcdef"
      guard run.seed < 2 else { return }
      run.specification.train.epochs = 20
      run.specification.train.earlyStopping = EarlyStopping(
        metric: run.seed == 0 ? "val.loss" : "val.r2",
        goal: run.seed == 0 ? .minimize : .maximize,
        patience: 3
      )
      run.metrics["val.loss"] = MetricSummary(last: 0.5, best: 0.4, bestEpoch: 5)
      run.metrics["val.r2"] = MetricSummary(last: nil, best: nil, bestEpoch: nil)
    }
    let text = text(sweep)
    #expect(text.contains("| completed, stopped early | 8 (5) |"))
    #expect(text.contains("| completed, stopped early | 8 |"))
    #expect(text.contains("| completed | 8 |"))
    #expect(
      text.contains(
        """
        > **Warning:** early stopping compared nothing.
        > `run1abcd` stopped early at epoch 8 of 20: val.r2 was never a finite number, patience 3.

        An epoch in brackets is the best one by the metric of early stopping.
        """
      )
    )
  }

  @Test func `the answer has a sentence for each swept parameter`() throws {
    var sweep = SyntheticSweep()
    (sweep.tune, sweep.rates, sweep.seeds) = ([], [0.001], 3)
    let analysis = Analysis(sweep.snapshot())
    let answer = try #require(FactorAnswer(analysis.groups[0], of: analysis))
    let top = try #require(text(sweep).components(separatedBy: "\n## Results").first)
    #expect(answer.factors.map(\.name) == ["model", "activation"])
    for factor in answer.factors.indices {
      #expect(top.contains("\n\n\(answer.headline(of: factor).markdown())\n"))
      #expect(answer.markdown(of: factor)[0].hasPrefix(answer.headline(of: factor).markdown()))
    }
  }

  @Test func `metrics of the report's part stand beside it, and say which weights they are of`() {
    var sweep = SyntheticSweep()
    (sweep.tune, sweep.models, sweep.activations) = ([], ["mlp"], ["relu"])
    #expect(text(sweep).contains("| Cell | `val.accuracy` | `train.loss` | `test.loss` |"))
    #expect(!text(sweep).contains("put back"))
    var snapshot = sweep.snapshot()
    for index in snapshot.sweep.cells.indices {
      snapshot.sweep.cells[index].specification.train.earlyStopping = EarlyStopping(
        metric: "val.loss",
        goal: .minimize,
        patience: 3,
        restoresBest: true
      )
    }
    let restored = Analysis(snapshot)
    let page = IndexPage(restored, context: SyntheticSweep.context, charts: []).text
    #expect(page.contains("`val.*` and `test.*` are those of the weights that were put back"))
    let notes = ReportCharts(restored, context: SyntheticSweep.context).pictures()
      .filter { $0.plan.kind == .curve }
      .map { $0.picture.chart.footnote.contains("put back") }
    #expect(notes.contains(true) && notes.contains(false))
  }

  @Test func `an error of standardised targets says its unit`() {
    var sweep = SyntheticSweep()
    (sweep.tune, sweep.metric) = ([], "test.rmse")
    sweep.report.metric = "test.rmse"
    sweep.change = { $0.metrics["test.rmse"] = MetricSummary(last: 0.5, best: 0.5, bestEpoch: 1) }
    func page(_ standardize: DataOptions.Standardization) -> String {
      var snapshot = sweep.snapshot()
      for index in snapshot.sweep.cells.indices {
        snapshot.sweep.cells[index].specification.data.standardize = standardize
      }
      return IndexPage(Analysis(snapshot), context: SyntheticSweep.context, charts: []).text
    }
    let sentence = "`test.rmse` is in standard deviations of the training targets."
    #expect(page(.both).contains(sentence))
    #expect(!page(.inputs).contains(sentence))
  }

  @Test func `runs without any epoch are in no mean of epochs`() {
    var sweep = SyntheticSweep()
    (sweep.models, sweep.activations, sweep.rates) = (["mlp"], ["relu"], [0.001])
    sweep.change = { run in if run.seed == 0 { run.epochs = 0 } }
    let times = text(sweep).components(separatedBy: "## Time and speed")[1]
      .components(separatedBy: "\n## ")[0]
    #expect(times.contains(" | 8 | "))
  }

  @Test func `a report has every part in reading order, with its pictures`() throws {
    let files = try Report.make(
      SyntheticSweep.troubled.snapshot(),
      context: SyntheticSweep.context
    )
    #expect(
      files.map(\.name) == [
        "index.md", "results.png", "fit-loss.png", "train-loss.png", "val-accuracy.png",
        "heat-map.png",
        "parameters.png", "activations.png", "confusion.png",
      ]
    )
    #expect(files.allSatisfy { GeneratedMark.isOurs($0.bytes) })
    let index = String(decoding: files[0].bytes, as: UTF8.self)
    #expect(
      headings(index) == [
        "# 激活函数 · ReLU, sigmoid, tanh", "## Answer", "## Expectations: 1 of 2 met",
        "## Results: `test.accuracy`", "## Parameters", "### Which parameter matters", "## Curves",
        "## A closer look", "## Notes", "## Time and speed", "## Failures", "## Runs",
        "## How to reproduce", "## How to read this report",
      ]
    )
    #expect(index.contains("](results.png)"))
    #expect(
      index.contains("![Curves of val.accuracy over epochs; at the end: mlp · relu: 0.8")
    )
    let texts = try PNG.text(of: files[1].bytes)
    #expect(texts.first { $0.keyword == "Source" }?.text == "activations@2")
    let first = SyntheticSweep.troubled.snapshot().runs[5].id
    #expect(texts.first { $0.keyword == "runexp:runs" }?.text.contains(first) == true)
  }

  @Test func `sampled text stands with its cell and its first seed`() {
    var snapshot = SyntheticSweep(tune: []).snapshot()
    let run = snapshot.runs.first { $0.cell == 1 && $0.seed == 2 }
    let text = SampledText(prefix: "the time ", likeliest: "tr`veller", drawn: "|machine")
    snapshot.captures[.sampledText, run?.id ?? ""] = text
    let analysis = Analysis(snapshot)
    let page = IndexPage(analysis, context: SyntheticSweep.context, charts: []).text
    #expect(headings(page).contains("## Sampled text"))
    #expect(page.contains("The networks were given `the time ` and wrote on by themselves"))
    let label = Markdown.escaped(analysis.cells[1].label)
    #expect(page.contains("| \(label) | 2 | ``tr`veller`` | `\\|machine` |"))
  }

  private static let columns = [
    DataColumn(name: "area|m²", role: "input", kind: "number", minimum: -0.5, maximum: 8.4375),
    DataColumn(
      name: "city",
      role: "input",
      kind: "categories",
      categoryCount: 3,
      categories: ["Rome", "Ulm\u{A0}"],
      missingShare: 0.125
    ),
    DataColumn(name: "year", role: "target", kind: "number", minimum: 1950, maximum: 2009),
    DataColumn(name: "bell\u{1B}[2J", role: "dropped", kind: "number", missingShare: 1),
  ]

  @Test func `the columns of a table are listed once, or for each table`() {
    var snapshot = SyntheticSweep(tune: []).snapshot()
    #expect(
      !IndexPage(Analysis(snapshot), context: SyntheticSweep.context, charts: []).text
        .contains("## Columns")
    )
    for run in snapshot.runs { snapshot.captures[.columns, run.id] = DataColumns(Self.columns) }
    let page = IndexPage(Analysis(snapshot), context: SyntheticSweep.context, charts: []).text
    #expect(
      page.contains(
        """
        ## Columns

        The columns of the table, as the runs read them. Ranges and missing shares are those of the training file.

        | column | role | kind | values | missing |
        | :--- | :--- | :--- | :--- | ---: |
        | area\\|m² | input | number | −0.5 … 8.4375 | 0 % |
        | city | input | categories | 3: Rome, Ulm\\\\u{A0}, … | 12.5 % |
        | year | target | number | 1950 … 2009 | 0 % |
        | bell\\\\u{1B}\\[2J | dropped | number | none | 100 % |
        """
      )
    )
    for run in snapshot.runs where run.cell == 1 {
      snapshot.captures[.columns, run.id] = DataColumns(Array(Self.columns.prefix(1)))
    }
    let analysis = Analysis(snapshot)
    let both = IndexPage(analysis, context: SyntheticSweep.context, charts: []).text
    #expect(both.contains("### " + Markdown.escaped(analysis.cells[1].label) + "\n"))
  }

  @Test(arguments: [
    (1e17, 1e17 + 16, "1e17 … 1.0000000000000002e17"), (1e17, 2e17, "1e17 … 2e17"),
    (0.123456781, 0.123456782, "0.123456781 … 0.123456782"), (1e17, 1e17, "1e17"),
    (1.5, 2.25, "1.5 … 2.25"),
  ])
  func `a range tells its ends apart`(minimum: Double, maximum: Double, text: String) {
    let column = DataColumn(
      name: "x",
      role: "input",
      kind: "number",
      minimum: minimum,
      maximum: maximum
    )
    #expect(ColumnsTable(DataColumns([column])).lines(width: nil)[1].hasSuffix(text))
  }

  @Test(arguments: [80, 40]) func `a table of columns fits a terminal`(width: Int) {
    let long = String(repeating: "a very long name ", count: 5)
    let columns = DataColumns(
      (0..<30).map { _ in
        DataColumn(
          name: long,
          role: "dropped",
          kind: "categories",
          categoryCount: 900,
          categories: [long, long],
          missingShare: 0.5
        )
      }
    )
    let lines = ColumnsTable(columns).lines(width: width)
    #expect(lines.count == 22)
    #expect(lines.allSatisfy { DisplayWidth.of($0) <= width })
    #expect(lines[1].contains("…"))
    #expect(lines.last == "… and 10 more columns")
  }

  @Test func `the same snapshot gives the same bytes`() throws {
    var sweep = SyntheticSweep()
    sweep.models = ["mlp"]
    sweep.epochs = 3
    sweep.report.curves = ["val.loss"]
    let once = try Report.make(sweep.snapshot(), context: SyntheticSweep.context)
    #expect(try Report.make(sweep.snapshot(), context: SyntheticSweep.context) == once)
  }

  @Test func `the order in which runs arrive does not matter`() {
    let snapshot = SyntheticSweep.troubled.snapshot()
    var shuffled = snapshot
    var random = TestRandom(seed: 3)
    shuffled.runs.shuffle(using: &random)
    #expect(shuffled.runs.map(\.id) != snapshot.runs.map(\.id))
    let pages = [snapshot, shuffled].map {
      IndexPage(Analysis($0), context: SyntheticSweep.context, charts: []).text
    }
    #expect(pages[0] == pages[1])
  }

  @Test func `the results are a pivot whose numbers link to their runs`() throws {
    let page = text(.troubled)
    #expect(page.contains("| activation | mlp | cnn |\n| :--- | ---: | ---: |\n| relu | ["))
    #expect(page.contains("<br>1 of 5 diverged |"))
    #expect(page.contains("<br>1 of 5 missing |"))
    let targets = page.matches(of: /\]\(#(cell-\d+)\)/).map { String($0.1) }
    #expect(targets.count == 8)
    for target in targets { #expect(page.contains("<a id=\"\(target)\"></a>"), "\(target)") }
  }

  @Test func `what a sentence rests on is explained in the same page, also in HTML`() {
    for sweep in [SyntheticSweep(), .troubled] {
      let blocks = IndexPage(
        Analysis(sweep.snapshot()),
        context: SyntheticSweep.context,
        charts: []
      ).blocks
      let page = blocks.markdown
      let targets = Set(page.matches(of: /\[Why\?\]\(#(why-[a-z-]+)\)/).map { String($0.1) })
      #expect(targets.count >= 2)
      let html = HTMLPage(title: "", blocks: blocks, images: [:]).text
      for target in targets {
        #expect(page.contains("<a id=\"\(target)\"></a>**"), "\(target)")
        #expect(html.contains("<a id=\"\(target)\"></a><strong>"), "\(target)")
        #expect(html.contains("<a href=\"#\(target)\">Why?</a>"), "\(target)")
      }
    }
    #expect(Analysis(SyntheticSweep().snapshot()).plainAnswer.allSatisfy { !$0.contains("Why?") })
  }

  @Test func `without columns there is a row for each cell, the best first`() throws {
    var sweep = SyntheticSweep.troubled
    sweep.report.columns = nil
    sweep.report.rows = nil
    let page = text(sweep)
    let start = try #require(page.range(of: "## Results"))
    let rows = page[start.upperBound...].split(separator: "\n").filter { $0.hasPrefix("| ") }
    #expect(rows[0] == "| model | activation | n | Mean ± 95 % | Best? | Remarks |")
    #expect(
      rows[2].hasPrefix(
        "| cnn | relu | 5 | [0.9067](#cell-10) | may be | learning_rate 0.001, best of 3; held out 0.9067"
      )
    )
    #expect(rows[7].hasPrefix("| cnn | sigmoid | 4 |"))
    #expect(rows[7].hasSuffix("1 of 5 diverged |"))
    #expect(rows[8] == "| *LeNet, published* |  |  | 0.9 |  | published: Chapter 7 |")
  }

  @Test func `a winner is bold and explained`() {
    let page = text(SyntheticSweep())
    #expect(page.contains("**[0.9067](#cell-10)**"))
    #expect(page.contains("Bold: the winner, cnn · relu."))
    #expect(page.contains("<summary>All 15 pairs: differences, intervals, p-values</summary>"))
    // The cells were chosen, so their differences have no intervals.
    #expect(page.contains("so their differences have neither interval nor p."))
    #expect(!page.contains("| With other examples |"))
  }

  @Test func `an unfinished sweep is headed by its progress and claims nothing`() {
    var sweep = SyntheticSweep()
    sweep.expectations = SyntheticSweep.troubled.expectations
    sweep.change = { if $0.seed > 1 { $0.state = .queued } }
    let page = text(sweep)
    #expect(headings(page)[1] == "## 36 of 90 runs: no verdicts yet")
    #expect(!page.contains("## Answer"))
    #expect(!page.contains("## Expectations"))
    #expect(!page.contains("<sup>"))
    #expect(!page.contains("missing"))
    #expect(page.contains("n = 2"))
  }

  @Test func `losses of two loss functions have tables and files of their own`() {
    var sweep = SyntheticSweep()
    sweep.losses = ["cross_entropy", "mse"]
    sweep.report.metric = "test.loss"
    sweep.report.columns = nil
    let snapshot = sweep.snapshot()
    let page = text(sweep)
    #expect(page.contains("### Loss `cross_entropy`"))
    #expect(page.contains("never ranked or tested together"))
    #expect(
      ChartPlan.plans(Analysis(snapshot)).map(\.fileName) == [
        "results-cross-entropy.png", "results-mse.png", "fit-loss-cross-entropy.png",
        "fit-loss-mse.png", "train-loss-cross-entropy.png", "train-loss-mse.png",
        "val-accuracy.png", "effect-of-model.png", "effect-of-activation.png",
        "effect-of-loss.png", "heat-map.png", "parameters.png", "gradient-norms.png",
        "activations.png", "confusion.png", "filters.png", "errors.png",
        "predicted-and-true.png",
      ]
    )
    let names = Report.names(for: snapshot.sweep)
    #expect(Set(ChartPlan.plans(Analysis(snapshot)).map(\.fileName)).isSubset(of: names))
    #expect(names.first == "index.md")
  }

  @Test func `choosing by the test set is warned about`() {
    var snapshot = SyntheticSweep().snapshot()
    snapshot.sweep.experiment.metric.name = "test.accuracy"
    func page() -> String {
      IndexPage(Analysis(snapshot), context: SyntheticSweep.context, charts: []).text
    }
    #expect(page().contains("> **Warning:** cells were chosen by `test.accuracy`"))
    snapshot.sweep.experiment.tune = []
    #expect(!page().contains("Warning"))
  }

  @Test func `failures show their reasons and runs their digests`() {
    let page = text(.troubled)
    #expect(page.contains("| failed | diverged: loss is NaN at step 160 \\| epoch 4 |"))
    #expect(page.contains("| failed | worker died: signal 9, 3 attempts |"))
    #expect(page.contains("| diverged | 3 | not finite | – |"))
    #expect(page.contains("`000000000000`"))
    #expect(!text(SyntheticSweep()).contains("## Failures"))
  }

  @Test func `runs of several numeric versions are labelled`() {
    #expect(!text(SyntheticSweep()).contains("numerics 1"))
    var sweep = SyntheticSweep()
    sweep.change = { run in
      if run.parameters["model"] == .text("cnn") { run.numericVersion = 2 }
      run.attempts = 2
    }
    let page = text(sweep)
    #expect(page.contains("| completed, 2 attempts, numerics 1 |"))
    #expect(page.contains("| completed, 2 attempts, numerics 2 |"))
    #expect(page.contains("| Numerics | version 1, version 2 |"))
  }

  @Test func `how to reproduce holds commands, versions, digests and the manifest`() {
    let page = text(.troubled)
    let manifest = SyntheticSweep.troubled.snapshot().sweep.manifest
    #expect(page.contains("```sh\nrunexp sweep activations.yaml train.epochs=8\n"))
    #expect(page.contains("| Manifest SHA-256 | `\(SHA256.hexadecimal(of: manifest))` |"))
    #expect(page.contains("```yaml\n\(manifest)```"))
    #expect(page.contains("| Plan | grid, 18 cells, seeds 0–4, 90 runs |"))
    #expect(page.contains("| Numerics | version 1 |"))
    #expect(page.contains("(`glyphs`)"))
    #expect(page.contains("| Machine | A test bench, 2 cores |"))
  }

  @Test func `notes are included as they are and left out if there are none`() {
    #expect(text(SyntheticSweep()).contains("## Notes\n\nSeen at a glance: *nothing broke*.\n\n"))
    let analysis = Analysis(SyntheticSweep().snapshot())
    let page = IndexPage(analysis, context: ReportContext(version: "1"), charts: []).text
    #expect(!page.contains("## Notes"))
    #expect(!page.contains("```sh"))
  }

  @Test func `nothing hostile in a title or reason breaks the page`() {
    var snapshot = SyntheticSweep().snapshot()
    snapshot.sweep.experiment.title = "a | b <script>\n# c"
    snapshot.runs[0].state = .failed
    snapshot.runs[0].reason = "line\n| one | two |"
    let page = IndexPage(Analysis(snapshot), context: SyntheticSweep.context, charts: []).text
    #expect(page.hasPrefix("# a \\| b \\<script\\> \\# c\n"))
    #expect(page.contains("| failed | line \\| one \\| two \\| |"))
  }
}
