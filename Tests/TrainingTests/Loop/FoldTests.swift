// SPDX-License-Identifier: Apache-2.0

import Datasets
import Experiments
import ModelFiles
import Testing
import Vocabulary

@testable import Training

/// k-fold cross-validation inside a run.
@Suite struct FoldTests {
  private static func subject(logEverySteps: Int? = 2, count: Int = 31) -> Subject {
    var data = generated("spirals", train: count, test: 12, ["classes": .integer(3)])
    data.folds = 3
    data.standardize = .inputs
    return Subject(
      data,
      [dense(8, "tanh"), layer("dropout", ["p": .real(0.2)]), dense(3)],
      adam(0.02),
      TrainSpecification(epochs: 3, batchSize: 5, logEverySteps: logEverySteps)
    )
  }

  private func trainer(_ subject: Subject, threads: Int = 1) throws -> any RunTrainer {
    try runTrainer(
      subject.specification,
      seed: subject.seed,
      data: subject.data(),
      threads: threads,
      seconds: { 0 }
    )
  }

  private func trained(_ subject: Subject, threads: Int = 1) throws -> Trained {
    let trainer = try trainer(subject, threads: threads)
    var result = Trained()
    let outcome = try trainer.train(control: { .proceed }) { result.note($0) }
    if case .completed(let predictions) = outcome { result.predictions = predictions }
    result.weights = trainer.model.weights
    return result
  }

  /// The networks of the folds, each trained by itself.
  private func single(_ subject: Subject) throws -> [Trained] {
    let data = try subject.data()
    return try (0..<data.foldCount).map { fold in
      let trainer = try subject.trainer(data.fold(fold))
      var result = Trained()
      let outcome = try trainer.train(control: { .proceed }) { result.note($0) }
      if case .completed(let predictions) = outcome { result.predictions = predictions }
      result.weights = trainer.model.weights
      return result
    }
  }

  @Test func `metrics are the means of separately trained folds, weights the last fold's`() throws {
    let subject = Self.subject(logEverySteps: nil)
    let (run, folds) = (try trained(subject), try single(subject))
    #expect(folds.count == 3)
    #expect(run.weights.data == folds[2].weights.data)
    #expect(run.predictions == folds[2].predictions)
    #expect(Set(folds.map { $0.weights.sha256 ?? "" }).count == 3)
    for name in ["train.loss", "val.loss", "val.accuracy", "test.accuracy"] {
      let values = run.values(name)
      #expect(values.count == 3, "\(name)")
      for (epoch, value) in values.enumerated() {
        let own = folds.compactMap { $0.values(name)[epoch] }
        #expect(value == own.reduce(0, +) / 3, "\(name), epoch \(epoch + 1)")
      }
    }
    #expect(run.losses.count == folds.reduce(0) { $0 + $1.losses.count })
  }

  @Test func `points inside an epoch are the means over folds of one size`() throws {
    let subject = Self.subject(logEverySteps: 3, count: 30)
    let (run, folds) = (try trained(subject), try single(subject))
    let inside = run.points.filter { $0.epoch != $0.epoch.rounded() }
    let own = folds.map { fold in fold.points.filter { $0.epoch != $0.epoch.rounded() } }
    #expect(!inside.isEmpty)
    #expect(inside.map(\.step) == own[0].map(\.step))
    for (index, point) in inside.enumerated() {
      let values = own.compactMap { $0[index].value }
      #expect(point.value == values.reduce(0, +) / 3)
    }
  }

  /// Every network stops by its own validation loss: a large rate lets it get worse soon.
  private static var stopping: Subject {
    var subject = subject(logEverySteps: nil)
    subject.specification.optimizer = sgd(4)
    subject.specification.train.epochs = 12
    subject.specification.train.earlyStopping = EarlyStopping(
      metric: "val.loss",
      goal: .minimize,
      patience: 1,
      restoresBest: true
    )
    return subject
  }

  @Test func `a network that stopped early counts with its last numbers until all have ended`()
    throws
  {
    let subject = Self.stopping
    let (run, folds) = (try trained(subject), try single(subject))
    let lasts = folds.map { $0.values("val.loss").count }
    #expect(Set(lasts).count > 1, "all folds stop at once: \(lasts)")
    let values = run.values("val.loss")
    #expect(values.count == lasts.max())
    for (epoch, value) in values.enumerated() {
      let own = folds.compactMap { fold in
        fold.values("val.loss")[min(epoch, fold.values("val.loss").count - 1)]
      }
      #expect(value == own.reduce(0, +) / 3, "epoch \(epoch + 1)")
    }
    let epochs = run.points.filter { $0.name == "val.loss" }.map(\.epoch)
    #expect(epochs == (1...values.count).map { Double($0) })
    #expect(run.weights.data == folds[2].weights.data)
  }

  @Test func `a run of folds that stop early is resumed at any step`() throws {
    let subject = Self.stopping
    let whole = try trained(subject)
    for step in 0..<whole.losses.count {
      var result = Trained()
      let first = try trainer(subject)
      _ = try first.train(control: { first.step == step ? .interrupt : .proceed }) {
        result.note($0)
      }
      let second = try trainer(subject)
      try second.restore(first.checkpoint())
      _ = try second.train(control: { .proceed }) { result.note($0) }
      #expect(result.points == whole.points, "step \(step)")
      #expect(second.model.weights.data == whole.weights.data, "step \(step)")
      #expect(second.isFinished)
    }
  }

  @Test func `the same bits on any number of threads`() throws {
    let one = try trained(Self.subject())
    for threads in [2, 3] {
      let other = try trained(Self.subject(), threads: threads)
      #expect(other.weights.data == one.weights.data)
      #expect(other.points == one.points)
    }
  }

  @Test func `a run resumed at any step of any fold ends with the same bits and points`() throws {
    let subject = Self.subject()
    let whole = try trained(subject)
    for step in 0..<whole.losses.count {
      var result = Trained()
      let first = try trainer(subject)
      let outcome = try first.train(
        control: { first.step == step ? .interrupt : .proceed }
      ) { result.note($0) }
      guard case .interrupted = outcome else {
        Issue.record("step \(step) was never reached")
        return
      }
      let second = try trainer(subject, threads: 2)
      try second.restore(first.checkpoint())
      #expect(second.step == step)
      #expect(second.progress == first.progress)
      let end = try second.train(control: { .proceed }) { result.note($0) }
      if case .completed(let predictions) = end { result.predictions = predictions }
      #expect(second.model.weights.data == whole.weights.data, "step \(step)")
      #expect(result.points == whole.points, "step \(step)")
      #expect(result.losses == whole.losses, "step \(step)")
      #expect(result.predictions == whole.predictions, "step \(step)")
    }
  }

  @Test func `a run restored after its last epoch tells what it predicts`() throws {
    let subject = Self.subject()
    let first = try trainer(subject)
    var last: [UInt8] = []
    let outcome = try first.train(control: { .proceed }) { event in
      if case .epoch = event { last = try first.checkpoint() }
    }
    guard case .completed(let predictions?) = outcome else {
      Issue.record("no predictions")
      return
    }
    let second = try trainer(subject)
    try second.restore(last)
    #expect(second.epoch == 3)
    guard case .completed(let again?) = try second.train(control: { .proceed }, observe: { _ in })
    else {
      Issue.record("no predictions")
      return
    }
    #expect(again == predictions)
    #expect(second.model.weights.data == first.model.weights.data)
  }

  @Test func `a checkpoint of another kind is refused`() throws {
    let subject = Self.subject()
    let plain = try subject.trainer(subject.data()).checkpoint()
    #expect(throws: CheckpointError.self) { try trainer(subject).restore(plain) }
    let whole = try trainer(subject).checkpoint()
    #expect(throws: CheckpointError.self) { try trainer(subject).restore(whole.dropLast()) }
    var other = subject
    other.specification.data.folds = 4
    #expect(throws: CheckpointError.self) { try trainer(other).restore(whole) }
  }

  @Test func `a network that diverges names its fold`() throws {
    var subject = Self.subject()
    subject.specification.optimizer = sgd(3e38)
    #expect {
      _ = try trained(subject)
    } throws: { error in
      let reason = (error as? DivergedError)?.reason ?? ""
      return reason.hasPrefix("diverged: ") && reason.hasSuffix(" of fold 1")
    }
  }
}
