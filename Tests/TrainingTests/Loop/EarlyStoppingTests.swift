// SPDX-License-Identifier: Apache-2.0

import Datasets
import Experiments
import Foundation
import ModelFiles
import Tensors
import Testing
import Vocabulary

@testable import Training

/// When training ends before its last epoch, and with which weights.
@Suite struct EarlyStoppingTests {
  /// A network that memorises few examples: its validation loss falls, then rises.
  private func subject(
    _ rule: EarlyStopping?,
    epochs: Int = 60,
    every: Int = 1,
    rate: Double = 0.05
  ) -> Subject {
    var data = generated("spirals", train: 60, test: 20, ["noise": .real(0.6)])
    data.validation = .count(20)
    return Subject(
      data,
      [dense(32, "tanh"), layer("dropout", ["p": .real(0.2)]), dense(2)],
      adam(rate),
      TrainSpecification(
        epochs: epochs,
        batchSize: 8,
        evaluateEvery: every,
        earlyStopping: rule
      )
    )
  }

  private func rule(
    _ metric: String = "val.loss",
    patience: Int = 4,
    delta: Double = 0,
    restores: Bool = false
  ) -> EarlyStopping {
    EarlyStopping(
      metric: metric,
      goal: metric.hasSuffix("accuracy") ? .maximize : .minimize,
      patience: patience,
      minimumDelta: delta,
      restoresBest: restores
    )
  }

  /// The epoch in which the rule ends a curve, by its definition.
  private func end(_ curve: [Double], _ rule: EarlyStopping) -> (epoch: Int, best: Int) {
    var (best, bestIndex) = (Double.nan, -1)
    for (index, value) in curve.enumerated() {
      let gain = rule.goal == .minimize ? best - value : value - best
      if best.isNaN || gain > rule.minimumDelta { (best, bestIndex) = (value, index) }
      if index - bestIndex >= rule.patience { return (index + 1, bestIndex + 1) }
    }
    return (curve.count, bestIndex + 1)
  }

  @Test(arguments: [
    ("val.loss", 1, 0), ("val.loss", 5, 0.0), ("val.accuracy", 3, 0.06), ("train.loss", 2, 0.01),
  ])
  func `training ends after the stated number of evaluations without an improvement`(
    metric: String,
    patience: Int,
    delta: Double
  ) throws {
    let rule = rule(metric, patience: patience, delta: delta)
    let whole = try subject(nil).trained()
    let curve = try whole.values(metric).map { try #require($0) }
    let expected = end(curve, rule)
    #expect(expected.epoch < 60)
    let subject = subject(rule)
    let trainer = try subject.trainer(subject.data())
    var stopped = Trained()
    let outcome = try trainer.train(control: { .proceed }) { stopped.note($0) }
    #expect(trainer.epoch == expected.epoch)
    #expect(trainer.isFinished)
    #expect(trainer.progress == Double(expected.epoch))
    #expect(stopped.values(metric) == whole.values(metric).prefix(expected.epoch).map { $0 })
    guard case .completed(let predictions?) = outcome else {
      Issue.record("a stopped run is completed, with its test predictions")
      return
    }
    #expect(predictions.targets.count == 20)
  }

  @Test func `only evaluations count`() throws {
    let rule = rule(patience: 2)
    let curve = try subject(nil, every: 3).trained().values("val.loss").compactMap { $0 }
    let expected = end(curve, rule)
    let subject = subject(rule, every: 3)
    let trainer = try subject.trainer(subject.data())
    _ = try trainer.train(control: { .proceed }) { _ in }
    #expect(expected.epoch < 20)
    #expect(trainer.epoch == 3 * expected.epoch)
  }

  @Test(arguments: [60, 7])
  func `restore_best ends with the best evaluation's weights, stopped or not`(epochs: Int) throws {
    let rule = rule(patience: epochs == 60 ? 4 : 50, restores: true)
    let curve = try subject(nil, epochs: epochs, rate: 0.2).trained().values("val.loss")
      .compactMap { $0 }
    let expected = end(curve, rule)
    #expect(expected.best < expected.epoch)
    let best = try subject(nil, epochs: expected.best, rate: 0.2).trained()
    let restored = try subject(rule, epochs: epochs, rate: 0.2).trained()
    #expect(restored.weights.data == best.weights.data)
    #expect(restored.predictions == best.predictions)
    // What is last is what the final weights give.
    for name in ["val.loss", "val.accuracy", "test.loss", "test.accuracy"] {
      #expect(restored.values(name).last == best.values(name).last, "\(name)")
      #expect(restored.values(name).count == expected.epoch, "\(name)")
    }
    let before = curve.prefix(expected.epoch - 1).map(Optional.some)
    #expect(Array(restored.values("val.loss").dropLast()) == before)
  }

  @Test func `running statistics are put back with the weights`() throws {
    func trained(_ rule: EarlyStopping?, epochs: Int) throws -> Trained {
      var subject = subject(rule, epochs: epochs, rate: 0.2)
      subject.specification.model.layers?.insert(layer("batch_norm"), at: 1)
      return try subject.trained()
    }
    let rule = rule(patience: 3, restores: true)
    let curve = try trained(nil, epochs: 40).values("val.loss").compactMap { $0 }
    let expected = end(curve, rule)
    #expect(expected.best < expected.epoch)
    let best = try trained(nil, epochs: expected.best)
    #expect(best.weights["1.running_mean"] != nil)
    #expect(try trained(rule, epochs: 40).weights.data == best.weights.data)
  }

  @Test(arguments: [false, true])
  func `a run resumed at any step stops at the same step with the same bits`(restores: Bool) throws
  {
    let subject = subject(rule(patience: 2, restores: restores), epochs: 20, rate: 0.2)
    let (whole, data) = (try subject.trained(threads: 2), try subject.data())
    #expect(whole.losses.count < 20 * 5)
    var checkpoint = try subject.trainer(data).checkpoint()
    var result = Trained()
    while true {
      let trainer = try subject.trainer(data)
      try trainer.restore(checkpoint)
      let start = trainer.step
      let outcome = try trainer.train(
        control: { trainer.step > start ? .interrupt : .proceed }
      ) { result.note($0) }
      checkpoint = try trainer.checkpoint()
      result.weights = trainer.model.weights
      if case .completed(let predictions) = outcome {
        result.predictions = predictions
        break
      }
    }
    #expect(result.weights.data == whole.weights.data)
    #expect(result.points == whole.points)
    #expect(result.predictions == whole.predictions)
    // A checkpoint of the end is the end.
    let ended = try subject.trainer(data)
    try ended.restore(checkpoint)
    #expect(ended.isFinished)
    #expect(ended.model.weights.data == whole.weights.data)
  }

  @Test func `a checkpoint from before there was early stopping is read`() throws {
    let subject = subject(nil, epochs: 2)
    let data = try subject.data()
    let first = try subject.trainer(data)
    _ = try first.train(control: { first.step == 3 ? .interrupt : .proceed }) { _ in }
    let checkpoint = try first.checkpoint()
    // Without early stopping the position says nothing of it, as it always did.
    let text = try #require(try SafeTensors(decoding: checkpoint).metadata["runexp.checkpoint"])
    #expect(!text.contains("stopping"))
    let second = try subject.trainer(data)
    try second.restore(checkpoint)
    #expect(second.step == 3)
  }

  @Test func `a value that is not a number is no improvement`() {
    let lower = rule(delta: 0.1)
    #expect(lower.improves(1, on: nil))
    #expect(!lower.improves(nil, on: nil))
    #expect(!lower.improves(.nan, on: 1))
    #expect(!lower.improves(-.infinity, on: 1))
    #expect(!lower.improves(0.95, on: 1))
    #expect(lower.improves(0.85, on: 1))
    let higher = rule("val.accuracy", delta: 0.1)
    #expect(higher.improves(0.75, on: 0.6))
    #expect(!higher.improves(0.65, on: 0.6))
  }

  @Test(arguments: ["epoch", "update"])
  func `a scheduled run resumed at every step ends with the same bits`(unit: String) throws {
    var subject = subject(nil, epochs: 4)
    subject.specification.optimizer.arguments["schedule"] = .component(
      component(
        .schedules,
        "cosine",
        ["per": .text(unit), "warm_up": .integer(unit == "epoch" ? 1 : 4), "minimum": .real(0.001)]
      )
    )
    let (whole, data) = (try subject.trained(), try subject.data())
    var checkpoint = try subject.trainer(data).checkpoint()
    while true {
      let trainer = try subject.trainer(data)
      try trainer.restore(checkpoint)
      let start = trainer.step
      let outcome = try trainer.train(
        control: { trainer.step > start ? .interrupt : .proceed }
      ) { _ in }
      checkpoint = try trainer.checkpoint()
      if case .completed = outcome { break }
    }
    let ended = try subject.trainer(data)
    try ended.restore(checkpoint)
    #expect(ended.model.weights.data == whole.weights.data)
  }

  // MARK: - Metrics without a value

  private func refusal(
    _ metric: String,
    _ data: DataSpecification,
    loss: Component = loss("mse"),
    units: Int = 1
  ) throws -> ModelMistake? {
    var subject = Subject(
      data,
      [dense(units)],
      sgd(0.1),
      TrainSpecification(epochs: 9, batchSize: 8, earlyStopping: rule(metric))
    )
    subject.specification.loss = loss
    let prepared = try subject.data()
    do {
      try StoppingMetric.check(subject.specification, prepared.description)
      try StoppingMetric.check(subject.specification, prepared)
      return nil
    } catch {
      return error.mistake
    }
  }

  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Real targets; the next call replaces the files.
  private func targets(_ values: [Float], _ shape: [Int]) throws -> DataSpecification {
    let inputs = TestArray(sines(shape[0] * 2, start: 0), [shape[0], 2])
    var data = try folder.data(train: (inputs, TestArray(values, shape)))
    data.validation = .count(4)
    return data
  }

  @Test func `r2 of equal targets is refused before anything runs`() throws {
    let equal = try targets([Float](repeating: 5, count: 12), [12, 1])
    let found = try #require(try refusal("val.r2", equal))
    #expect(
      found.message
        == "`train.early_stopping` would watch `val.r2`, which is not defined here: all 4 targets of its part are equal"
    )
    #expect(found.hint == "watch `val.loss`")
    #expect(found.subject == .stopping)
    #expect(try refusal("train.r2", equal)?.hint == "watch `train.loss`")
    #expect(try refusal("val.loss", equal) == nil)
    var one = equal
    one.validation = .count(1)
    #expect(
      try refusal("val.r2", one)?.message
        == "`train.early_stopping` would watch `val.r2`, which is not defined on one example"
    )
    // Of two columns one is enough.
    let columns = try targets((0..<24).map { $0 % 2 == 0 ? 5 : Float($0) }, [12, 2])
    #expect(try refusal("val.r2", columns, units: 2) == nil)
    let different = try targets((0..<12).map { Float($0) }, [12, 1])
    #expect(try refusal("val.r2", different) == nil)
  }

  @Test func `a metric that such targets or such a loss do not have is refused`() throws {
    let real = try targets((0..<12).map { Float($0) }, [12, 1])
    var classes = generated("spirals", train: 20)
    classes.validation = .count(4)
    let entropy = component(.losses, "cross_entropy")
    func message(_ metric: String, _ data: DataSpecification, _ loss: Component) throws -> String? {
      try refusal(metric, data, loss: loss, units: 2)?.message
    }
    let start = "`train.early_stopping` would watch "
    let mse = component(.losses, "mse")
    #expect(
      try message("val.accuracy", real, mse)
        == start + "`val.accuracy`, which is not measured: the targets are real numbers"
    )
    #expect(
      try message("val.rmse", classes, entropy)
        == start + "`val.rmse`, which is not measured: the targets are classes"
    )
    #expect(
      try message("val.perplexity", classes, entropy)
        == start + "`val.perplexity`, which is not measured: the targets are no tokens"
    )
    var tokens = generated("grammar", train: 8)
    tokens.validation = .count(2)
    let smooth = component(.losses, "cross_entropy", ["label_smoothing": .real(0.1)])
    #expect(try message("val.perplexity", tokens, entropy) == nil)
    #expect(
      try message("val.perplexity", tokens, smooth)
        == start
        + "`val.perplexity`, which is not measured: `cross_entropy` is no cross-entropy of the data here"
    )
    #expect(try message("val.accuracy", classes, entropy) == nil)
    #expect(try message("val.rmse", real, mse) == nil)
  }

  @Test func `a metric without a value ends a run after the patience, as before`() throws {
    var subject = Subject(
      try targets([Float](repeating: 5, count: 12), [12, 1]),
      [dense(1)],
      loss: "mse",
      sgd(0.01),
      TrainSpecification(epochs: 9, batchSize: 8, earlyStopping: rule("val.r2", patience: 3))
    )
    subject.specification.metrics = ["r2"]
    let trained = try subject.trained()
    #expect(trained.values("val.r2") == [nil, nil, nil])
  }

  @Test func `a warm-up longer than all updates is refused`() throws {
    func refusal(_ warmUp: Int, epochs: Int) throws -> ModelMistake? {
      var subject = Subject(
        generated("spirals", train: 20),
        [dense(2)],
        sgd(0.1),
        TrainSpecification(epochs: epochs, batchSize: 8)
      )
      subject.specification.optimizer.arguments["schedule"] = .component(
        component(.schedules, "cosine", ["per": .text("update"), "warm_up": .integer(warmUp)])
      )
      do {
        try WarmUp.check(subject.specification, subject.data().description)
        return nil
      } catch let error as ModelError {
        return error.mistake
      }
    }
    #expect(try refusal(9, epochs: 3) == nil)
    let found = try #require(try refusal(10, epochs: 3))
    #expect(
      found.message
        == "a warm-up of 10 updates is longer than the training of 9: the rate would never reach its full height"
    )
    #expect(found.subject == .warmUp)
  }
}
