// SPDX-License-Identifier: Apache-2.0

import Experiments
import Testing
import Vocabulary

@testable import Manifests

@Suite struct DefaultsTests {
  private func specification(_ changes: String...) throws -> RunSpecification {
    try #require(try planned(changed(small, changes)).cells.first).specification
  }

  private func experiment(_ changes: String...) throws -> Experiment {
    try planned(changed(small, changes)).experiment
  }

  @Test func `no parameters make one cell of one run with seed 0`() throws {
    let plan = try planned(small)
    #expect(plan.cells.count == 1)
    #expect(plan.cells[0].assignment.isEmpty)
    #expect(plan.experiment.method == .grid)
    #expect(plan.seeds == 0..<1)
    #expect(plan.runCount == 1)
    #expect(plan.warnings.isEmpty)
  }

  @Test func `components have every argument`() throws {
    let specification = try specification()
    #expect(
      specification.model.parts[0].layers[0].withoutStandardAdditions
        == Component(
          "dense",
          ["units": .integer(16), "activation": .none, "bias": .boolean(true), "init": .none]
        )
    )
    #expect(specification.model.parts[0].layers[1] == Component("relu"))
    #expect(
      specification.optimizer.withoutStandardAdditions
        == Component(
          "sgd",
          [
            "learning_rate": .real(0.1), "momentum": .real(0), "nesterov": .boolean(false),
            "weight_decay": .real(0),
          ]
        )
    )
    #expect(specification.data.dataset["noise"] == .real(0.1))
    for family in [Catalog.Family.layers, .activations] {
      for definition in Catalog.definitions(family) {
        #expect(definition.arguments.count == Set(definition.arguments.map(\.name)).count)
      }
    }
  }

  @Test func `early stopping follows the experiment's metric unless it names one`() throws {
    func rule(_ train: String, _ changes: String...) throws -> EarlyStopping? {
      let text = changed(small, changes + ["train: { epochs: 2, batch_size: 32, \(train) }"])
      return try #require(try planned(text).cells.first).specification.train.earlyStopping
    }
    #expect(try rule("early_stopping: none") == nil)
    #expect(
      try rule("early_stopping: 3")
        == EarlyStopping(metric: "train.loss", goal: .minimize, patience: 3)
    )
    let validated = "data: { dataset: spirals, validation: 100 }"
    #expect(
      try rule("early_stopping: { patience: 3, restore_best: true }", validated)
        == EarlyStopping(metric: "val.loss", goal: .minimize, patience: 3, restoresBest: true)
    )
    #expect(
      try rule("early_stopping: 3", "data: { dataset: spirals, folds: 5 }")?.metric == "val.loss"
    )
    #expect(
      try rule("early_stopping: 3", validated, "metric: val.accuracy")
        == EarlyStopping(metric: "val.accuracy", goal: .maximize, patience: 3)
    )
    #expect(
      try rule("early_stopping: 3", validated, "metric: { name: val.loss, goal: maximize }")
        == EarlyStopping(metric: "val.loss", goal: .maximize, patience: 3)
    )
    #expect(
      try rule(
        "early_stopping: { metric: train.accuracy, patience: 1, min_delta: 0.01 }",
        "metric: test.accuracy"
      )
        == EarlyStopping(
          metric: "train.accuracy",
          goal: .maximize,
          patience: 1,
          minimumDelta: 0.01
        )
    )
  }

  @Test func `a schedule has every argument, with its short form`() throws {
    func schedule(_ text: String) throws -> Component {
      let specification = try specification(
        "optimizer: { name: adamw, learning_rate: 0.1, schedule: \(text) }"
      )
      return try #require(specification.optimizer["schedule"].component)
    }
    let cosine = try schedule("cosine")
    #expect(cosine["end"] == ArgumentValue.none && cosine["minimum"] == .real(0))
    #expect(cosine["per"] == .text("epoch") && cosine["warm_up"] == .integer(0))
    #expect(try schedule("{ exponential: 0.9 }")["gamma"] == .real(0.9))
    #expect(try schedule("{ step: { every: 3, per: update } }")["per"] == .text("update"))
    #expect(
      try schedule("{ multi_step: [3, 5] }")["milestones"] == .list([.integer(3), .integer(5)])
    )
    #expect(try schedule("{ name: one_cycle, rise: 0.2 }")["per"] == .text("update"))
    #expect(try specification().optimizer["schedule"] == ArgumentValue.none)
    let own = try specification(
      "optimizer: adadelta"
    )
    #expect(own.optimizer["learning_rate"] == .real(1))
  }

  @Test func `the loop shuffles, clips nothing and evaluates each epoch`() throws {
    #expect(
      try specification().train == TrainSpecification(epochs: 2, batchSize: 32, shuffle: true)
    )
    #expect(try specification().train.evaluateEvery == 1)
    #expect(try specification().train.logEverySteps == nil)
  }

  @Test func `data and initial values`() throws {
    let specification = try specification()
    #expect(specification.data.validation == nil)
    #expect(specification.data.seed == 0)
    #expect(!specification.data.followsRunSeed)
    #expect(specification.data.standardize == .none)
    #expect(specification.data.task == nil)
    #expect(specification.initialization == Initialization())
  }

  @Test func `checkpoints`() throws {
    #expect(
      try experiment().checkpoint == CheckpointPolicy(everyEpochs: 1, keepBest: 0, keepLast: 1)
    )
    #expect(try experiment("checkpoint: { keep_best: 2 }").checkpoint.keepBest == 2)
  }

  @Test func `the metric is the validation loss, or the training loss without validation`() throws {
    #expect(try experiment().metric == MetricSelection(name: "train.loss", goal: .minimize))
    #expect(
      try experiment("data: { dataset: spirals, validation: 0.2 }").metric
        == MetricSelection(name: "val.loss", goal: .minimize, moment: .last)
    )
  }

  @Test func `a metric's goal is its own`() throws {
    #expect(try experiment("metric: test.accuracy").metric.goal == .maximize)
    #expect(try experiment("metric: train.perplexity").metric.goal == .minimize)
    #expect(
      try experiment("metric: { name: train.accuracy, goal: minimize }").metric.goal == .minimize
    )
  }

  @Test(arguments: [
    ([], "test.accuracy", ["train.loss", "test.accuracy"]),
    (["loss: mse"], "test.loss", ["train.loss", "test.loss"]),
    (
      ["data: { dataset: spirals, validation: 100 }"], "test.accuracy",
      ["train.loss", "val.accuracy"]
    ),
    (["data: { dataset: time_machine }"], "train.loss", ["train.loss"]),
    (
      ["data: { dataset: time_machine, validation: 0.1 }"], "val.loss",
      ["train.loss", "val.loss"]
    ),
    (["data: { dataset: airfoil }"], "train.loss", ["train.loss"]),
    (["data: { dataset: house_prices, folds: 5 }"], "val.loss", ["train.loss", "val.loss"]),
    (["data: { dataset: spirals, test: 0 }"], "train.loss", ["train.loss"]),
    (["report: test.loss"], "test.loss", ["train.loss", "test.loss"]),
  ])
  func `the report shows what there is`(
    changes: [String],
    metric: String,
    curves: [String]
  ) throws {
    let report = try planned(changed(small, changes)).experiment.report
    #expect(report == ReportOptions(metric: metric, curves: curves))
  }

  @Test func `an expectation is about the report's metric and the only cell`() throws {
    let experiment = try experiment("repeat: 3", "expect: [{ within: [0.5, 0.9] }]")
    #expect(
      experiment.expectations == [
        Expectation(metric: "test.accuracy", claim: .within(low: 0.5, high: 0.9))
      ]
    )
  }
}
