// SPDX-License-Identifier: Apache-2.0

import Experiments
import Foundation
import TestSupport
import Testing
import Vocabulary

@testable import Reports

/// Reports of made-up sweeps whose numbers are drawn from all that a Double can hold: none ends the program.
struct ExtremeReportTests {
  private static let extremes: [Double] = [
    0, .leastNonzeroMagnitude, 1e-308, 1e-200, 1e-17, 1e-9, 0.5, 1, 1 - 0x1p-53, 1e9, 1e15, 1e77,
    1e160, 1e200,
    1e300, 1.7e308,
  ]

  private func sweep(_ random: inout TestRandom, metric: String) -> SyntheticSweep {
    var sweep = SyntheticSweep()
    sweep.epochs = 3
    sweep.images = 50
    sweep.seeds = [1, 2, 3, 5][Int(random.next() % 4)]
    sweep.tune = random.next() % 2 == 0 ? ["learning_rate"] : []
    sweep.report = ReportOptions(metric: metric, curves: ["train.loss", metric])
    var state = random
    let isNegative = random.next() % 3 == 0
    sweep.change = { run in
      for name in [metric, "train.loss", "val.accuracy"] {
        var value = Self.extremes[Int(state.next() % UInt64(Self.extremes.count))]
        if name.hasSuffix("accuracy") { value = min(value, 1) }
        if name == "test.loss", isNegative, state.next() % 2 == 0 { value = -value }
        run.metrics[name] = MetricSummary(
          last: state.next() % 10 == 0 ? nil : value,
          best: value,
          bestEpoch: 1
        )
      }
      if state.next() % 12 == 0 {
        run.state = .failed
        run.reason = "diverged: the loss is not finite"
      }
    }
    _ = random.next()
    return sweep
  }

  @Test(arguments: ["test.loss", "test.perplexity", "test.accuracy", "test.rmse", "val.r2"])
  func `no number of any run ends a report`(metric: String) throws {
    var random = TestRandom(seed: UInt64(metric.count))
    for _ in 0..<12 {
      var snapshot = sweep(&random, metric: metric).snapshot()
      for run in snapshot.runs {
        let last = run.metrics[metric]?.last
        snapshot.curves[run.id]?[metric] = (1...3).map { epoch in
          MetricPoint(name: metric, step: epoch, epoch: Double(epoch), value: last)
        }
      }
      let analysis = Analysis(snapshot)
      let pictures = ReportCharts(analysis, context: SyntheticSweep.context).pictures()
      let page = IndexPage(analysis, context: SyntheticSweep.context, charts: []).text
      let odd = page.split(separator: "\n").filter { $0.contains(/\b(NaN|nan|inf|-inf)\b/) }
      #expect(odd.isEmpty)
      #expect(page.split(separator: "\n").allSatisfy { $0.count < 4000 })
      #expect(!pictures.isEmpty)
      _ = analysis.plainAnswer
      for group in analysis.groups { _ = analysis.resultsTable(group).lines(width: 80) }
    }
  }
}
