// SPDX-License-Identifier: Apache-2.0

import Datasets
import Experiments
import Foundation
import Testing
import Training
import Vocabulary

@Suite struct RegressionPredictionTests {
  private func specification(
    loss: String = "mse",
    test: Int? = 300,
    dataset: String = "linear"
  ) throws -> RunSpecification {
    RunSpecification(
      data: DataSpecification(
        dataset: PredictorTests.complete(
          dataset,
          .datasets,
          test.map { ["train": .integer(200), "test": .integer($0)] } ?? [:]
        ),
        validation: .count(50)
      ),
      model: [PredictorTests.complete("dense", .layers, ["units": .integer(1)])],
      loss: PredictorTests.complete(loss, .losses, [:]),
      optimizer: PredictorTests.complete("sgd", .optimizers, ["learning_rate": .real(0.03)]),
      train: TrainSpecification(epochs: 3, batchSize: 10)
    )
  }

  private func trained(
    _ specification: RunSpecification
  ) throws -> (trainer: Trainer, points: [MetricPoint]) {
    let data = try PredictorTests.library.prepare(
      DatasetRequest(specification.data, runSeed: 0),
      specification.data.options
    )
    let trainer = try Trainer(specification, seed: 0, data: data, threads: 1) { 0 }
    var points: [MetricPoint] = []
    _ = try trainer.train(control: { .proceed }) { event in
      if case .epoch(_, let new) = event { points = new }
    }
    return (trainer, points)
  }

  @Test func `the predictions have the error that was measured`() throws {
    let (trainer, points) = try trained(try specification())
    let found = try #require(trainer.regression(500, threads: 1))
    #expect(found == trainer.regression(500, threads: 2))
    #expect(found.part == "test" && found.count == 300)
    #expect(found.targets.map(\.count) == [300] && found.predictions.map(\.count) == [300])
    let squares = zip(found.targets[0], found.predictions[0]).reduce(0.0) { sum, pair in
      let difference = Double(pair.0) - Double(pair.1)
      return sum + difference * difference
    }
    let measured = try #require(points.first { $0.name == "test.rmse" }?.value)
    #expect(abs((squares / 300).squareRoot() - measured) < 1e-6 * measured)
  }

  @Test func `of many examples every so many-th is kept, in file order`() throws {
    let (trainer, _) = try trained(try specification())
    let all = try #require(trainer.regression(500, threads: 1))
    let few = try #require(trainer.regression(7, threads: 1))
    let places = (0..<7).map { $0 * 300 / 7 }
    #expect(few.count == 300)
    #expect(few.targets[0] == places.map { all.targets[0][$0] })
    #expect(few.predictions[0] == places.map { all.predictions[0][$0] })
  }

  @Test func `only losses of real targets predict them`() throws {
    for loss in ["huber", "half_mse"] {
      let (trainer, _) = try trained(try specification(loss: loss))
      #expect(trainer.regression(10, threads: 1) != nil, "\(loss)")
    }
    let glyphs = try TrainedGlyphs()
    #expect(glyphs.regression == nil)
  }
}
