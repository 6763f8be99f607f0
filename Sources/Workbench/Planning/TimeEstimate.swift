// SPDX-License-Identifier: Apache-2.0

package import Datasets
import DeterministicMath
package import Experiments
import Foundation
import Storage
import Training
package import Vocabulary

/// How long cells take on this machine, from timing a few real training steps of each kind of cell on one thread.
///
/// Nothing is stored and nothing is kept of the trained steps. Cells that differ in numbers only, such as the learning
/// rate, are timed once; after some seconds the rest is answered by nil.
package struct TimeEstimate {
  /// Seconds that each kind of cell is timed.
  private static let timingSeconds = 0.15
  /// Seconds that all timing together may take, but for the last kind begun.
  private static let budgetSeconds = 5.0
  /// Larger models are not timed: their first step alone would take longer than a look at a plan may.
  private static let largestRunBytes = 1 << 30
  /// Of larger generated data only the first examples are drawn: a step takes as long on them.
  private static let largestDataBytes = 1 << 26

  /// What decides the time of a step.
  private struct Kind: Hashable {
    var data: DataSpecification
    var model: ModelSpecification
    var loss: String
    var optimizer: String
    var batchSize: Int?
  }

  private let library: DatasetLibrary
  private let now: () -> Double
  private let startSeconds: Double
  private var stepSeconds: [Kind: Double] = [:]
  private var data: (TimedData, PreparedData)?

  /// What is drawn or read for timing.
  private struct TimedData: Hashable {
    var request: DatasetRequest
    var options: DataOptions
  }

  /// `now` is a clock that only moves forward.
  package init(library: DatasetLibrary, now: @escaping () -> Double) {
    self.library = library
    self.now = now
    startSeconds = now()
  }

  /// Whether a run that takes that much memory is small enough to be timed.
  package static func times(memoryBytes: Int) -> Bool { memoryBytes <= largestRunBytes }

  /// Seconds of one run of the cell, which takes `memoryBytes` and whose data are `description`.
  ///
  /// Nil if the time for timing is over, the cell is too large to be timed, or its data cannot be had.
  package mutating func seconds(
    _ cell: Cell,
    seed: Int,
    memoryBytes: Int,
    description: DatasetDescription
  ) -> Double? {
    let specification = cell.specification
    guard Self.times(memoryBytes: memoryBytes) else { return nil }
    let kind = Kind(
      data: specification.data,
      model: specification.model,
      loss: specification.totalLoss.name,
      optimizer: specification.optimizer.name,
      batchSize: specification.train.batchSize
    )
    if stepSeconds[kind] == nil {
      guard now() - startSeconds < Self.budgetSeconds,
        let prepared = prepared(specification, seed: seed)
      else { return nil }
      stepSeconds[kind] = time(specification, seed: seed, prepared)
    }
    return stepSeconds[kind].map {
      Self.total(
        specification.train,
        training: description.trainCount,
        evaluated: description.validationCount + description.testCount,
        written: specification.writtenSteps(description),
        step: $0
      ) * Double(specification.data.folds ?? 1)
    }
  }

  /// Training steps of all epochs, and evaluations at a third of a training step's cost per example, as often again as
  /// there are `written` steps.
  package static func total(
    _ train: TrainSpecification,
    training count: Int,
    evaluated: Int,
    written: Int = 0,
    step seconds: Double
  ) -> Double {
    let batch = max(1, min(train.batchSize ?? count, count))
    let steps = (count + batch - 1) / batch
    let evaluations = (train.epochs + train.evaluateEvery - 1) / train.evaluateEvery
    let passes = evaluated.saturatingProduct(evaluations).saturatingProduct(1 + written)
    let evaluatedSteps = Double(passes) / Double(3 * batch)
    return seconds * (Double(steps * train.epochs) + evaluatedSteps)
  }

  private mutating func prepared(_ specification: RunSpecification, seed: Int) -> PreparedData? {
    guard let wanted = timedData(specification, seed: seed) else { return nil }
    if let data, data.0 == wanted { return data.1 }
    guard let prepared = try? library.prepare(wanted.request, wanted.options) else { return nil }
    data = (wanted, prepared)
    return prepared
  }

  /// The cell's data; of large generated ones as many examples as some batches need, none of them held out.
  ///
  /// Nil where every step takes all of them.
  private func timedData(_ specification: RunSpecification, seed: Int) -> TimedData? {
    var wanted = TimedData(
      request: DatasetRequest(specification.data, runSeed: seed),
      options: specification.data.options
    )
    let size = (try? library.generatedByteCount(wanted.request)) ?? 0
    guard size > Self.largestDataBytes else { return wanted }
    guard let batchSize = specification.train.batchSize else { return nil }
    for part in ["train", "test"] {
      guard case .integer(let count)? = wanted.request.arguments[part] else { return nil }
      let enough = part == "train" ? 64.saturatingProduct(batchSize) : 1
      wanted.request.arguments[part] = .integer(min(count, enough))
    }
    wanted.options.validation = nil
    wanted.options.folds = nil
    wanted.options.trainLimit = nil
    wanted.options.testLimit = nil
    let reduced = (try? library.generatedByteCount(wanted.request)) ?? 0
    return reduced <= 4 * Self.largestDataBytes ? wanted : nil
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
