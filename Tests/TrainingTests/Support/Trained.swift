// SPDX-License-Identifier: Apache-2.0

import Datasets
import Experiments
import Foundation
import ModelFiles
import Vocabulary

@testable import Training

/// What a training told and left.
struct Trained {
  var losses: [Double] = []
  /// All points but timings, in order.
  var points: [MetricPoint] = []
  var weights = SafeTensors([])
  var predictions: TestPredictions?

  mutating func note(_ event: TrainingEvent) {
    switch event {
    case .step(_, _, _, let loss, _): losses.append(loss)
    case .points(let new), .epoch(_, let new):
      points += new.filter { $0.name != "train.samples_per_second" }
    }
  }

  /// The values of one metric, in order.
  func values(_ name: String) -> [Double?] { points.filter { $0.name == name }.map(\.value) }
}

/// Everything of a specification but its data, and how to make trainers of it.
struct Subject {
  var specification: RunSpecification
  var seed = 3
  var searched: [String] = []

  init(
    _ data: DataSpecification,
    _ model: [Component],
    loss lossName: String = "cross_entropy",
    _ optimizer: Component,
    _ train: TrainSpecification,
    searched: [String] = []
  ) {
    specification = RunSpecification(
      data: data,
      model: ModelSpecification(model),
      loss: loss(lossName),
      optimizer: optimizer,
      train: train
    )
    self.searched = searched
  }

  func data() throws -> PreparedData {
    try DatasetLibrary(DataLocations(searched: searched, decoded: nil)).prepare(
      DatasetRequest(specification.data, runSeed: seed),
      specification.data.options
    )
  }

  func numericVersion() throws -> Int { try specification.numericVersion(for: data().description) }

  func trainer(
    _ data: PreparedData,
    threads: Int = 1,
    weights: SafeTensors? = nil
  ) throws -> Trainer {
    try Trainer(
      specification,
      seed: seed,
      data: data,
      threads: threads,
      initialWeights: weights,
      seconds: { 0 }
    )
  }

  /// Trains to the end.
  func trained(threads: Int = 1, weights: SafeTensors? = nil) throws -> Trained {
    let trainer = try trainer(data(), threads: threads, weights: weights)
    var result = Trained()
    let outcome = try trainer.train(control: { .proceed }) { result.note($0) }
    if case .completed(let predictions) = outcome { result.predictions = predictions }
    result.weights = trainer.model.weights
    return result
  }
}

/// The golden scripts' numbers: scale · sin(0.7 i + start).
func sines(_ count: Int, start: Double, scale: Double = 0.5) -> [Float] {
  (0..<count).map { Float(scale * sin(0.7 * Double($0) + start)) }
}

extension Subject {
  /// The golden scripts' initial weights, as a file would hold them; running statistics as they start.
  func sineWeights() throws -> SafeTensors {
    var weights = try trainer(data()).model.weights
    var start = 1.0
    for index in weights.entries.indices where !weights.entries[index].name.contains(".running_") {
      weights.entries[index].values = sines(weights.entries[index].values.count, start: start)
      start += 1
    }
    return weights
  }
}
