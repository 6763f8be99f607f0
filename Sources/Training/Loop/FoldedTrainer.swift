// SPDX-License-Identifier: Apache-2.0

import Experiments
import Foundation
package import NeuralNetworks
import Vocabulary

/// k-fold cross-validation inside one run: a network for each fold, all with the run's seed, epoch by epoch.
///
/// Each fold is held out from one network and evaluated by it. The networks take their turns: an epoch of the run is an
/// epoch of each, one after the other, and its metrics are the means over the folds, in the order of the folds; a metric
/// that is no finite number in one fold is none in the mean. Points inside an epoch are the means of those that all folds
/// have. A mean stands at the furthest place of its points. A network that early stopping has ended counts with its last
/// numbers until all have ended. Weights and predicted classes are those of the last fold's network.
package final class FoldedTrainer: RunTrainer {
  private let trainers: [Trainer]
  /// Epochs that all networks have done, or been ended before.
  package private(set) var epoch = 0
  /// The fold whose turn it is.
  private var fold = 0
  /// What the folds before it told of the current epoch, and the current one so far.
  private var told: [FoldPoints] = []
  private var current = FoldPoints()
  /// What each network told at the end of its last epoch.
  private var standing: [FoldPoints]

  init(_ trainers: [Trainer]) {
    self.trainers = trainers
    standing = trainers.map { _ in FoldPoints() }
  }

  /// The last fold's trainer.
  package var last: Trainer { trainers[trainers.count - 1] }

  /// The last fold's network.
  package var model: Network { last.model }
  /// Optimizer updates of all networks.
  package var step: Int { trainers.reduce(0) { $0 + $1.step } }
  /// Whether every network's epochs are done, or early stopping has ended it before, and the last means are told.
  package var isFinished: Bool { fold == 0 && trainers.allSatisfy(\.isFinished) }
  /// Epochs done, with the fraction of the one in progress.
  package var progress: Double {
    trainers.reduce(0) { $0 + $1.progress } / Double(trainers.count)
  }
  /// Time spent training and evaluating, earlier attempts of this state included.
  package var elapsedSeconds: Double { trainers.reduce(0) { $0 + $1.elapsedSeconds } }

  /// Trains from the current state to the end, or until `control` interrupts; both are called once a step.
  ///
  /// Throws `DivergedError`, which names the fold, and whatever `observe` throws.
  package func train(
    control: () -> TrainingControl,
    observe: (TrainingEvent) throws -> Void
  ) throws -> TrainingOutcome {
    while !isFinished {
      while fold < trainers.count {
        if trainers[fold].isFinished, current.end.isEmpty {
          told.append(standing[fold])
        } else {
          guard try trainEpoch(control, observe) else { return .interrupted }
          told.append(current)
          standing[fold].end = current.end
          current = FoldPoints()
        }
        fold += 1
      }
      let means = FoldPoints(meansOf: told)
      (fold, told) = (0, [])
      epoch += 1
      if !means.inside.isEmpty { try observe(.points(means.inside)) }
      try observe(.epoch(epoch, points: means.end))
    }
    // Every network is at its end: the last one tells what it predicts.
    return try last.train(control: { .proceed }, observe: { _ in })
  }

  /// One epoch of the network whose turn it is; false if it was interrupted.
  private func trainEpoch(
    _ control: () -> TrainingControl,
    _ observe: (TrainingEvent) throws -> Void
  ) throws -> Bool {
    let (count, place) = (trainers.count, fold)
    var isDone = false
    var points = current
    defer { current = points }
    do {
      _ = try trainers[fold].train(
        control: { isDone ? .interrupt : control() },
        observe: { event in
          switch event {
          case .step(let epoch, let step, let steps, let loss, let rate):
            try observe(
              .step(
                epoch: epoch,
                step: place * steps + step,
                stepsPerEpoch: count * steps,
                loss: loss,
                samplesPerSecond: rate
              )
            )
          case .points(let new): points.inside += new
          case .epoch(_, let new):
            points.end = new
            isDone = true
          }
        }
      )
    } catch let error as DivergedError {
      throw DivergedError(reason: "\(error.reason) of fold \(place + 1)")
    }
    return isDone
  }

  // MARK: - Checkpoints

  private static let mark = Array("RUNEXPK1".utf8)

  private struct Position: Codable {
    var version = 1
    var fold: Int
    var epoch: Int
    var told: [FoldPoints]
    var current: FoldPoints
    var standing: [FoldPoints]
    /// Bytes of each network's own checkpoint.
    var sizes: [Int]
  }

  /// Everything the next step needs: a mark, the size of a JSON text, the text, and the checkpoint of each network.
  package func checkpoint() throws -> [UInt8] {
    let states = try trainers.map { try $0.checkpoint() }
    let position = Position(
      fold: fold,
      epoch: epoch,
      told: told,
      current: current,
      standing: standing,
      sizes: states.map(\.count)
    )
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let text = Array(try encoder.encode(position))
    let size = (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) }
    return Self.mark + size + text + states.joined()
  }

  /// Takes over the state of a checkpoint of the same specification and seed.
  package func restore(_ bytes: [UInt8]) throws {
    guard bytes.starts(with: Self.mark), bytes.count >= 16 else {
      throw CheckpointError(description: "this file is no checkpoint of a training with folds")
    }
    let size = (0..<8).reduce(0) { $0 | Int(bytes[8 + $1]) << (8 * $1) }
    guard size >= 0, size <= bytes.count - 16 else {
      throw CheckpointError(description: "the checkpoint is cut off")
    }
    let position = try JSONDecoder().decode(Position.self, from: Data(bytes[16..<(16 + size)]))
    guard position.version == 1, position.sizes.count == trainers.count,
      position.standing.count == trainers.count,
      position.sizes.reduce(16 + size, +) == bytes.count
    else { throw CheckpointError(description: "the checkpoint is of another number of folds") }
    var start = 16 + size
    for (trainer, size) in zip(trainers, position.sizes) {
      try trainer.restore(Array(bytes[start..<(start + size)]))
      start += size
    }
    (fold, epoch, told) = (position.fold, position.epoch, position.told)
    (current, standing) = (position.current, position.standing)
  }
}

/// What one network told of an epoch: points inside it and at its end.
private struct FoldPoints: Codable {
  var inside: [MetricPoint] = []
  var end: [MetricPoint] = []

  init() {}

  /// The means over folds of what all of them told.
  init(meansOf folds: [FoldPoints]) {
    inside = Self.means(folds.map(\.inside))
    end = Self.means(folds.map(\.end))
  }

  /// Points belong together that are the same in the order of their name.
  private static func means(_ folds: [[MetricPoint]]) -> [MetricPoint] {
    let named = folds.map { Dictionary(grouping: $0, by: \.name) }
    var seen: [String: Int] = [:]
    return (folds.first ?? []).compactMap { point in
      let index = seen[point.name, default: 0]
      seen[point.name] = index + 1
      var (sum, isFinite) = (0.0, true)
      var (step, epoch) = (0, 0.0)
      for points in named {
        guard let found = points[point.name], index < found.count else { return nil }
        if let value = found[index].value { sum += value } else { isFinite = false }
        (step, epoch) = (max(step, found[index].step), max(epoch, found[index].epoch))
      }
      return MetricPoint(
        name: point.name,
        step: step,
        epoch: epoch,
        value: isFinite ? sum / Double(folds.count) : nil
      )
    }
  }

  // MARK: - Exact numbers

  private struct ExactPoint: Codable {
    var name: String
    var step: Int
    var epochBits: UInt64
    var valueBits: UInt64?

    init(_ point: MetricPoint) {
      (name, step, epochBits) = (point.name, point.step, point.epoch.bitPattern)
      valueBits = point.value?.bitPattern
    }

    var point: MetricPoint {
      MetricPoint(
        name: name,
        step: step,
        epoch: Double(bitPattern: epochBits),
        value: valueBits.map { Double(bitPattern: $0) }
      )
    }
  }

  init(from decoder: any Decoder) throws {
    let lists = try [[ExactPoint]](from: decoder)
    guard lists.count == 2 else {
      throw CheckpointError(description: "the checkpoint's points are not understood")
    }
    inside = lists[0].map(\.point)
    end = lists[1].map(\.point)
  }

  func encode(to encoder: any Encoder) throws {
    try [inside.map { ExactPoint($0) }, end.map { ExactPoint($0) }].encode(to: encoder)
  }
}
