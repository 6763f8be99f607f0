// SPDX-License-Identifier: Apache-2.0

import Datasets
import Experiments
import Foundation
import Testing

@testable import Training

@Suite struct TrainerTests {
  @Test func `an MLP learns glyphs and a resumed run ends with the same bits`() throws {
    let specification = Fixtures.mlp(epochs: 3)
    let whole = try Fixtures.train(specification, threads: 1)
    print(whole.points.filter { $0.name != "train.samples_per_second" })
    #expect(whole.weights != nil)
    let two = try Fixtures.train(specification, threads: 2)
    #expect(two.weights == whole.weights)
  }
}

enum Fixtures {
  static func mlp(epochs: Int) -> RunSpecification {
    RunSpecification(
      data: DataSpecification(
        dataset: Component("glyphs", ["train": .integer(600), "test": .integer(200), "noise": .real(0.1)])),
      model: [
        Component("flatten"),
        Component(
          "dense",
          [
            "units": .integer(64), "activation": .component(Component("relu")),
            "bias": .boolean(true), "init": .none,
          ]),
        Component(
          "dense",
          [
            "units": .integer(10), "activation": .none, "bias": .boolean(true), "init": .none,
          ]),
      ],
      loss: Component("cross_entropy"),
      optimizer: Component(
        "sgd",
        [
          "learning_rate": .real(0.1), "momentum": .real(0.9), "nesterov": .boolean(false),
          "weight_decay": .real(0),
        ]),
      train: TrainSpecification(epochs: epochs, batchSize: 32))
  }

  static func train(
    _ specification: RunSpecification, seed: Int = 0, threads: Int
  ) throws -> (points: [MetricPoint], weights: String?) {
    let library = DatasetLibrary(DataLocations(searched: [], decoded: nil))
    let data = try library.prepare(
      DatasetRequest(specification.data, runSeed: seed), DataOptions(specification.data))
    let trainer = try Trainer(specification, seed: seed, data: data, threads: threads) { 0 }
    var points: [MetricPoint] = []
    _ = try trainer.train(control: { .proceed }) { event in
      if case .epoch(_, let new) = event { points += new }
    }
    return (points, trainer.model.weights.sha256)
  }
}
