// SPDX-License-Identifier: Apache-2.0

import Experiments
import Testing
import Vocabulary

@testable import Reports

struct ImportanceTests {
  private func importance(_ sweep: SyntheticSweep) throws -> Importance? {
    let analysis = Analysis(sweep.snapshot())
    let space = try #require(ParameterSpace(analysis))
    return Importance(analysis, space)
  }

  @Test func `a full grid is decomposed exactly, tuned parameters included`() throws {
    let found = try #require(try importance(SyntheticSweep()))
    #expect(found.method == .exact && found.cellCount == 18)
    let single = found.parts.filter { $0.names.count == 1 }
    #expect(Set(single.flatMap(\.names)) == ["model", "activation", "learning_rate"])
    #expect(found.parts.count == 6)
    let known = found.parts.reduce(0) { $0 + $1.share } + (found.rest ?? 0)
    #expect(abs(known - 1) < 1e-9)
    // The true effects: a model ±0.0165, an activation up to 0.025, a rate up to 0.03; no interaction.
    #expect(single[0].names == ["model"])
    let pairs = found.parts.filter { $0.names.count == 2 }
    #expect(pairs.allSatisfy { $0.share < 0.02 })
    let noise = try #require(found.noise)
    #expect(noise > 0 && noise < 0.05)
    let rates = try #require(single.first { $0.names == ["learning_rate"] })
    #expect(rates.means.map(\.value) == ["0.0001", "0.001", "0.01"])
    #expect(rates.means[1].mean > rates.means[2].mean && rates.means[2].mean > rates.means[0].mean)
  }

  @Test func `what all seeds share is no noise between cells`() throws {
    var sweep = SyntheticSweep()
    let before = try #require(try importance(sweep)?.noise)
    // A luck of each seed that moves all cells alike.
    sweep.change = { run in
      if let last = run.metrics["test.accuracy"]?.last {
        run.metrics["test.accuracy"]?.last = last - 0.1 * Double(run.seed)
      }
    }
    let after = try #require(try importance(sweep)?.noise)
    #expect(abs(after - before) < 1e-9)
  }

  @Test func `one seed leaves the seeds' share unknown`() throws {
    var sweep = SyntheticSweep()
    sweep.seeds = 1
    let found = try #require(try importance(sweep))
    #expect(found.noise == nil && found.parts.allSatisfy { $0.expected == nil })
    let page = IndexPage(
      Analysis(sweep.snapshot()),
      context: SyntheticSweep.context,
      charts: []
    ).text
    #expect(
      page.contains(
        "With one seed in a cell it is not known what share a parameter without any effect would have."
      )
    )
  }

  @Test func `with a diverged cell each parameter is measured alone, and that is said`() throws {
    let found = try #require(try importance(.troubled))
    #expect(found.method == .alone(reason: "3 of 18 cells have no number"))
    #expect(found.parts.allSatisfy { $0.names.count == 1 } && found.rest == nil)
    let page = IndexPage(
      Analysis(SyntheticSweep.troubled.snapshot()),
      context: SyntheticSweep.context,
      charts: []
    ).text
    #expect(
      page.contains(
        "Each parameter is measured by itself, because 3 of 18 cells have no number. η² is"
      )
    )
  }

  @Test func `seeds that collapsed are left out as in the table of results`() throws {
    var sweep = SyntheticSweep()
    sweep.rates = [0.001]
    sweep.tune = []
    sweep.change = { run in
      if run.cell == 3, run.seed == 2 {
        run.metrics["test.accuracy"] = MetricSummary(last: 0.1, best: nil, bestEpoch: nil)
      }
    }
    let analysis = Analysis(sweep.snapshot())
    #expect(analysis.cells[3].collapsedSeeds == [2])
    let space = try #require(ParameterSpace(analysis))
    #expect(space.hasCollapsed)
    for (entry, cell) in zip(space.entries, analysis.cells) {
      #expect(entry.mean == cell.metricSample.mean)
    }
    let page = IndexPage(analysis, context: SyntheticSweep.context, charts: []).text
    #expect(page.contains(" Seeds that collapsed are left out, here and in the pictures."))
  }

  @Test func `losses of different functions are not mixed`() {
    var sweep = SyntheticSweep()
    sweep.losses = ["cross_entropy", "mse"]
    sweep.metric = "test.loss"
    sweep.report.metric = "test.loss"
    #expect(ParameterSpace(Analysis(sweep.snapshot())) == nil)
  }

  @Test func `an unfinished sweep says nothing of parameters`() throws {
    var sweep = SyntheticSweep()
    sweep.change = { run in if run.seed == 4 { run.state = .queued } }
    #expect(try importance(sweep) == nil)
  }

  @Test func `leaders follow the metric that chooses, without diverged or incomplete cells`() {
    let leaders = Analysis(SyntheticSweep.troubled.snapshot()).leaders
    #expect(leaders.map(\.label) == ["cnn · relu", "cnn · tanh", "mlp · relu", "mlp · sigmoid"])
  }
}
