// SPDX-License-Identifier: Apache-2.0

import Experiments
import Testing
import Vocabulary

/// Why early stopping ended a run, from what is stored of it.
@Suite struct EarlyStopTests {
  private func run(
    _ rule: EarlyStopping?,
    epochs: Int = 12,
    of planned: Int = 20,
    _ metrics: [String: MetricSummary] = [:]
  ) -> RunRecord {
    RunRecord(
      id: "r",
      experiment: "e",
      seed: 0,
      state: .completed,
      epochs: epochs,
      numericVersion: 1,
      metrics: metrics,
      specification: RunSpecification(
        data: DataSpecification(dataset: Component("glyphs")),
        model: [],
        loss: Component("mse"),
        optimizer: Component("sgd"),
        train: TrainSpecification(epochs: planned, batchSize: 8, earlyStopping: rule)
      )
    )
  }

  private func rule(_ metric: String, goal: MetricGoal = .minimize) -> EarlyStopping {
    EarlyStopping(metric: metric, goal: goal, patience: 5)
  }

  private let losses = ["val.loss": MetricSummary(last: 0.4, best: 0.3, bestEpoch: 7)]

  @Test func `the best epoch is named`() {
    let run = run(rule("val.loss"), losses)
    #expect(
      run.earlyStop == "stopped early at epoch 12 of 20: val.loss was best at epoch 7, patience 5"
    )
    #expect(!run.isStoppedWithoutValue)
  }

  @Test func `a metric without a value is said`() {
    let empty = ["val.r2": MetricSummary(last: nil, best: nil, bestEpoch: nil)]
    let run = run(rule("val.r2", goal: .maximize), empty)
    #expect(
      run.earlyStop
        == "stopped early at epoch 12 of 20: val.r2 was never a finite number, patience 5"
    )
    #expect(run.isStoppedWithoutValue)
    let missing = self.run(rule("val.perplexity"), losses)
    #expect(
      missing.earlyStop
        == "stopped early at epoch 12 of 20: val.perplexity was not measured, patience 5"
    )
    #expect(missing.isStoppedWithoutValue)
  }

  @Test func `a goal of its own has no stored best`() {
    #expect(
      run(rule("val.loss", goal: .maximize), losses).earlyStop
        == "stopped early at epoch 12 of 20: val.loss improved no more, patience 5"
    )
  }

  @Test func `folds end one by one`() {
    var run = run(rule("val.loss"), losses)
    run.specification.data.folds = 3
    #expect(
      run.earlyStop == "stopped early at epoch 12 of 20: every fold ended by val.loss, patience 5"
    )
  }

  @Test func `a run that trained to its end, or is not done, did not stop early`() {
    #expect(run(rule("val.loss"), epochs: 20, losses).earlyStop == nil)
    #expect(run(nil, losses).earlyStop == nil)
    for state in RunState.allCases where state != .completed {
      var run = run(rule("val.loss"), losses)
      run.state = state
      #expect(run.earlyStop == nil)
    }
  }
}
