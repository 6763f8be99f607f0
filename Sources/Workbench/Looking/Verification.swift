// SPDX-License-Identifier: Apache-2.0

import Codecs
package import Datasets
import Diagnostics
package import Experiments
import ModelFiles
package import Storage
package import Training
import Vocabulary

/// A completed run that is trained again to compare its bits.
package struct Verification {
  /// What came of it.
  package enum Verdict {
    /// The same weights, with their digest.
    case same(sha256: String)
    /// It diverged, which it did not the first time.
    case diverged(DivergedError)
    /// Other weights.
    case different(Difference)

    package var isSame: Bool { if case .same = self { true } else { false } }
  }

  /// How two trainings differ.
  package struct Difference {
    /// Digests of the weights; nil where they are not finite.
    package let storedSHA256: String?
    package let sha256: String?
    /// The first number of the curves that is another one.
    package let point: Point?
    package let tensors: [Tensor]

    package struct Point {
      package let metric: String
      package let epoch: Double
      /// Nil for what is not a number.
      package let stored: Double?
      package let now: Double?
    }

    package struct Tensor {
      package let name: String
      package let valueCount: Int
      /// How many values differ, and by how much at most; nil where the shape is another one.
      package let differing: (count: Int, largest: Float)?
    }
  }

  /// An epoch of the second training.
  package struct Epoch {
    package let number: Int
    package let count: Int
    package let points: [MetricPoint]
  }

  package let run: RunRecord
  private let curves: [String: [MetricPoint]]
  private let weights: SafeTensors
  private let data: PreparedData

  /// Reads what the run left; throws if there is nothing to compare with, or its data are not here.
  package init(of run: RunRecord, in store: RunStore, library: DatasetLibrary) throws {
    guard !run.isImported else {
      throw Diagnostic(
        "run \(run.id) was imported: there is nothing to train again",
        hints: ["`runexp compare` holds it against runs that were trained here"]
      )
    }
    guard run.state == .completed, let bytes = try store.finalWeights(ofRun: run.id) else {
      throw Diagnostic("run \(run.id) is \(run.state.rawValue); only a completed run is verified")
    }
    data = try run.preparedData(in: library)
    let numericVersion = run.specification.numericVersion(for: data.description)
    guard run.numericVersion == numericVersion else {
      throw Diagnostic(
        "run \(run.id) was trained by numeric version \(run.numericVersion), this program trains it by "
          + "version \(numericVersion): other bits are to be expected",
        hints: ["verify it with the program that trained it, or train it anew"]
      )
    }
    self.run = run
    curves = try store.curves(ofRun: run.id)
    weights = try SafeTensors(decoding: bytes)
  }

  /// Trains; `tell` hears of each epoch.
  package func perform(threads: Int, tell: (Epoch) -> Void) throws -> Verdict {
    let initial = try run.specification.initialization.file.map {
      try SafeTensors(decoding: ByteFile.read($0))
    }
    let trainer = try runTrainer(
      run.specification,
      seed: run.seed,
      data: data,
      threads: threads,
      initialWeights: initial,
      seconds: Attempt.now
    )
    var point: Difference.Point?
    do {
      _ = try trainer.train(control: { .proceed }) { event in
        guard case .epoch(let number, let points) = event else { return }
        tell(Epoch(number: number, count: run.specification.train.epochs, points: points))
        point = point ?? difference(points)
      }
    } catch let error as DivergedError {
      return .diverged(error)
    }
    return verdict(trainer.model.weights, point)
  }

  /// The first stored number that is another one now; timings are no part of the comparison.
  private func difference(_ points: [MetricPoint]) -> Difference.Point? {
    for point in points where point.name != "train.samples_per_second" {
      let stored = curves[point.name]?.last { $0.step == point.step && $0.epoch == point.epoch }
      guard let stored, stored.value?.bitPattern != point.value?.bitPattern else { continue }
      return Difference.Point(
        metric: point.name,
        epoch: point.epoch,
        stored: stored.value,
        now: point.value
      )
    }
    return nil
  }

  private func verdict(_ now: SafeTensors, _ point: Difference.Point?) -> Verdict {
    if let digest = run.weightsSHA256, now.sha256 == digest { return .same(sha256: digest) }
    let tensors = weights.entries.compactMap { stored -> Difference.Tensor? in
      guard let entry = now[stored.name], entry.shape == stored.shape else {
        return Difference.Tensor(
          name: stored.name,
          valueCount: stored.values.count,
          differing: nil
        )
      }
      let pairs = zip(stored.values, entry.values)
      let count = pairs.count { $0.bitPattern != $1.bitPattern }
      guard count > 0 else { return nil }
      return Difference.Tensor(
        name: stored.name,
        valueCount: stored.values.count,
        differing: (count, pairs.map { abs($0 - $1) }.max() ?? 0)
      )
    }
    return .different(
      Difference(
        storedSHA256: run.weightsSHA256,
        sha256: now.sha256,
        point: point,
        tensors: tensors
      )
    )
  }
}
