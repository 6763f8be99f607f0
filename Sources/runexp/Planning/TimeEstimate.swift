// SPDX-License-Identifier: Apache-2.0

import Datasets
import Experiments
import Foundation
import Storage
import Training

/// How long cells take on this machine, from timing a few real training steps of each kind of cell on one thread.
///
/// Nothing is stored and nothing is kept of the trained steps. Cells that differ in numbers only, such as the learning
/// rate, are timed once; after some seconds the rest is answered by nil.
struct TimeEstimate {
  /// Seconds that each kind of cell is timed.
  private static let timingSeconds = 0.15
  /// Seconds that all timing together may take, but for the last kind begun.
  private static let budgetSeconds = 5.0

  /// What decides the time of a step.
  private struct Kind: Hashable {
    var data: DataSpecification
    var model: [Component]
    var loss: String
    var optimizer: String
    var batchSize: Int?
  }

  private let library: DatasetLibrary
  private let now: () -> Double
  private let startSeconds: Double
  private var stepSeconds: [Kind: Double] = [:]
  private var data: (DataSpecification, PreparedData)?

  /// `now` is a clock that only moves forward.
  init(library: DatasetLibrary, now: @escaping () -> Double) {
    self.library = library
    self.now = now
    startSeconds = now()
  }

  /// Seconds of one run of the cell; nil if the time for timing is over, or its data cannot be had.
  mutating func seconds(_ cell: Cell, seed: Int) -> Double? {
    let specification = cell.specification
    guard let prepared = prepared(specification.data, seed: seed) else { return nil }
    let kind = Kind(
      data: specification.data,
      model: specification.model,
      loss: specification.loss.name,
      optimizer: specification.optimizer.name,
      batchSize: specification.train.batchSize
    )
    if stepSeconds[kind] == nil {
      guard now() - startSeconds < Self.budgetSeconds else { return nil }
      stepSeconds[kind] = time(specification, seed: seed, prepared)
    }
    let counts = prepared.description
    return stepSeconds[kind].map {
      Self.total(
        specification.train,
        training: counts.trainCount,
        evaluated: counts.validationCount + counts.testCount,
        step: $0
      ) * Double(prepared.foldCount)
    }
  }

  /// Training steps of all epochs, and evaluations at a third of a training step's cost per example.
  static func total(
    _ train: TrainSpecification,
    training count: Int,
    evaluated: Int,
    step seconds: Double
  ) -> Double {
    let batch = max(1, min(train.batchSize ?? count, count))
    let steps = (count + batch - 1) / batch
    let evaluations = (train.epochs + train.evaluateEvery - 1) / train.evaluateEvery
    let evaluatedSteps = Double(evaluated * evaluations) / Double(3 * batch)
    return seconds * (Double(steps * train.epochs) + evaluatedSteps)
  }

  private mutating func prepared(_ specification: DataSpecification, seed: Int) -> PreparedData? {
    if let data, data.0 == specification { return data.1 }
    guard
      let prepared = try? library.prepare(
        DatasetRequest(specification, runSeed: seed),
        DataOptions(specification)
      )
    else { return nil }
    data = (specification, prepared)
    return prepared
  }

  /// Seconds of a step: the mean of those after the first, which also takes its memory from the system.
  private func time(
    _ specification: RunSpecification,
    seed: Int,
    _ data: PreparedData
  ) -> Double? {
    guard
      let trainer = try? Trainer(specification, seed: seed, data: data, threads: 1, seconds: now)
    else { return nil }
    var ends = [now()]
    let batches = data.order(
      .train,
      batchSize: specification.train.batchSize,
      shuffle: false,
      seed: seed,
      epoch: 0
    ).batchCount
    _ = try? trainer.train(
      control: {
        let isEnough = ends.count > 1 && now() - ends[1] > Self.timingSeconds
        return isEnough || ends.count > batches ? .interrupt : .proceed
      },
      observe: { event in
        if case .step = event { ends.append(now()) }
      }
    )
    guard let last = ends.last, ends.count > 1 else { return nil }
    return ends.count == 2
      ? last - ends[0] : (last - ends[1]) / Double(ends.count - 2)
  }
}
