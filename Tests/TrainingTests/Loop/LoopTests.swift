// SPDX-License-Identifier: Apache-2.0

import Datasets
import Experiments
import ModelFiles
import Testing
import Vocabulary

@testable import Training

/// When the loop tells what, and how it ends.
@Suite struct LoopTests {
  private func spirals(
    _ optimizer: Component,
    _ train: TrainSpecification,
    loss: String = "cross_entropy"
  ) -> Subject {
    var data = generated("spirals", train: 25, test: 10)
    data.validation = .count(5)
    return Subject(data, [dense(8, "relu"), dense(2)], loss: loss, optimizer, train)
  }

  @Test func `evaluate_every thins evaluations, the last epoch is always evaluated`() throws {
    let trained = try spirals(
      sgd(0.1),
      TrainSpecification(epochs: 7, batchSize: 10, evaluateEvery: 3)
    ).trained()
    func epochs(_ name: String) -> [Double] {
      trained.points.filter { $0.name == name }.map(\.epoch)
    }
    #expect(epochs("train.loss") == [1, 2, 3, 4, 5, 6, 7])
    #expect(epochs("val.loss") == [3, 6, 7])
    #expect(epochs("test.accuracy") == [3, 6, 7])
    #expect(trained.points.last { $0.name == "test.loss" }?.step == 14)
  }

  @Test func `log.every_steps adds points inside epochs, means over the steps since the last`()
    throws
  {
    var train = TrainSpecification(epochs: 2, batchSize: 4, logEverySteps: 2)
    let trained = try spirals(sgd(0.1), train).trained()
    train.logEverySteps = nil
    let plain = try spirals(sgd(0.1), train).trained()
    let inside = trained.points.filter { $0.name == "train.loss" && $0.epoch != $0.epoch.rounded() }
    #expect(inside.map(\.step) == [2, 4, 6, 8])
    #expect(inside.map(\.epoch) == [0.4, 0.8, 1.2, 1.6])
    let losses = trained.losses
    let means = [(0, 1), (2, 3), (5, 5), (6, 7)].map { (losses[$0.0] + losses[$0.1]) / 2 }
    for (point, mean) in zip(inside, means) {
      #expect(abs((point.value ?? .nan) - mean) < 1e-6, "step \(point.step)")
    }
    #expect(trained.points.filter { $0.epoch == $0.epoch.rounded() } == plain.points)
  }

  @Test func `events count steps and epochs`() throws {
    let subject = spirals(sgd(0.1), TrainSpecification(epochs: 2, batchSize: 8))
    let trainer = try subject.trainer(subject.data())
    var seen: [String] = []
    _ = try trainer.train(control: { .proceed }) { event in
      switch event {
      case .step(let epoch, let step, let all, _, _): seen.append("\(epoch):\(step)/\(all)")
      case .epoch(let epoch, _): seen.append("epoch \(epoch)")
      case .points: seen.append("points")
      }
    }
    #expect(seen == ["0:1/3", "0:2/3", "0:3/3", "epoch 1", "1:1/3", "1:2/3", "1:3/3", "epoch 2"])
    #expect(trainer.step == 6)
    #expect(trainer.epoch == 2)
    #expect(trainer.progress == 2)
  }

  @Test(arguments: ["sgd", "adam"])
  func `a learning rate of 0 leaves the weights`(name: String) throws {
    let optimizer =
      name == "sgd" ? sgd(0, momentum: 0.9, weightDecay: 0.1) : adam(0, weightDecay: 0.1)
    let subject = spirals(optimizer, TrainSpecification(epochs: 2, batchSize: 8, clipNorm: 0.1))
    let before = try subject.trainer(subject.data()).model.weights
    #expect(try subject.trained().weights.data == before.data)
  }

  private func reason(_ subject: Subject) throws -> String? {
    let trainer = try subject.trainer(subject.data())
    do {
      _ = try trainer.train(control: { .proceed }) { _ in }
      return nil
    } catch let error as DivergedError {
      return error.reason
    }
  }

  @Test func `a loss that is no longer finite ends the run with step and epoch`() throws {
    let subject = spirals(
      sgd(1e6),
      TrainSpecification(epochs: 9, batchSize: 10),
      loss: "mse"
    )
    let reason = try #require(try reason(subject))
    #expect(
      reason.wholeMatch(
        of:
          /diverged: (train\.loss is (inf|nan)|a gradient or parameter is not finite) at step \d+ \(epoch \d\)/
      ) != nil,
      "\(reason)"
    )
    #expect(try self.reason(subject) == reason)
  }

  @Test func `a diverged run keeps the finite points before`() throws {
    let folder = try TemporaryFolder()
    let inputs = TestArray([Float](repeating: 1, count: 4), [4, 1])
    let subject = Subject(
      try folder.data(train: (inputs, TestArray([Float](repeating: 0, count: 4), [4, 1]))),
      [dense(1)],
      loss: "mse",
      // The error is multiplied by 1 − 2 · 2 · 1e6 at each step: its square leaves Float's range in the third epoch.
      sgd(1e6),
      TrainSpecification(epochs: 9, batchSize: nil)
    )
    let trainer = try subject.trainer(subject.data())
    var trained = Trained()
    #expect(throws: DivergedError.self) {
      _ = try trainer.train(control: { .proceed }) { trained.note($0) }
    }
    #expect(!trained.points.isEmpty)
    #expect(trained.points.allSatisfy { $0.value != nil })
  }

  @Test func `an observer's error ends the training as it is`() throws {
    struct Full: Error {}
    let subject = spirals(sgd(0.1), TrainSpecification(epochs: 1, batchSize: 8))
    let trainer = try subject.trainer(subject.data())
    #expect(throws: Full.self) {
      _ = try trainer.train(control: { .proceed }) { _ in throw Full() }
    }
  }

  @Test func `a small MLP learns the drawn shapes`() throws {
    let subject = Subject(
      generated("glyphs", train: 1500, test: 300),
      [layer("flatten"), dense(64, "relu"), dense(10)],
      adam(0.003),
      TrainSpecification(epochs: 6, batchSize: 32)
    )
    let trained = try subject.trained(threads: 2)
    let accuracy = try #require(trained.values("test.accuracy").last ?? nil)
    #expect(accuracy > 0.8)
    let right = try #require(trained.predictions.map { zip($0.targets, $0.predictions) })
      .filter { $0 == $1 }.count
    #expect(accuracy == Double(right) / 300)
  }
}
