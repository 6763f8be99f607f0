// SPDX-License-Identifier: Apache-2.0

import Codecs
import Datasets
import Diagnostics
import Experiments
import Storage
import Training

/// A completed run that is trained again to compare its bits.
struct Verification {
  /// What came of it.
  struct Verdict {
    let isSame: Bool
    let lines: [String]
  }

  private let run: RunRecord
  private let curves: [String: [MetricPoint]]
  private let weights: SafeTensors
  private let data: PreparedData

  /// Reads what the run left; throws if there is nothing to compare with, or its data are not here.
  init(of run: RunRecord, in store: RunStore, library: DatasetLibrary) throws {
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

  /// Trains; `tell` hears a line after each epoch.
  func perform(threads: Int, tell: (String) -> Void) throws -> Verdict {
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
    var firstDifference: String?
    do {
      _ = try trainer.train(control: { .proceed }) { event in
        guard case .epoch(let epoch, let points) = event else { return }
        tell("epoch \(epoch)/\(run.specification.train.epochs)  " + Self.text(points))
        firstDifference = firstDifference ?? difference(points)
      }
    } catch let error as DivergedError {
      return Verdict(isSame: false, lines: ["run \(run.id): not the same: \(error.reason)"])
    }
    return verdict(trainer.model.weights, firstDifference)
  }

  private static func text(_ points: [MetricPoint]) -> String {
    MetricText.list(
      Dictionary(
        points.compactMap { point in point.value.map { (point.name, $0) } },
        uniquingKeysWith: { _, last in last }
      )
    )
  }

  /// The first stored number that is another one now; timings are no part of the comparison.
  private func difference(_ points: [MetricPoint]) -> String? {
    for point in points where point.name != "train.samples_per_second" {
      let stored = curves[point.name]?.last { $0.step == point.step && $0.epoch == point.epoch }
      guard let stored, stored.value?.bitPattern != point.value?.bitPattern else { continue }
      let (before, now) = (stored.value.map { "\($0)" }, point.value.map { "\($0)" })
      return "first difference: \(point.name) after epoch \(MetricText.short(point.epoch)): "
        + "stored \(before ?? "NaN"), now \(now ?? "NaN")"
    }
    return nil
  }

  private func verdict(_ now: SafeTensors, _ firstDifference: String?) -> Verdict {
    if let digest = run.weightsSHA256, now.sha256 == digest {
      return Verdict(isSame: true, lines: ["run \(run.id): same bits, weights_sha256 \(digest)"])
    }
    let tensors = weights.entries.compactMap { stored -> String? in
      guard let entry = now[stored.name], entry.shape == stored.shape else {
        return "tensor \(stored.name): another shape"
      }
      let pairs = zip(stored.values, entry.values)
      let count = pairs.count { $0.bitPattern != $1.bitPattern }
      guard count > 0 else { return nil }
      let largest = pairs.map { abs($0 - $1) }.max() ?? 0
      return
        "tensor \(stored.name): \(count) of \(counted(stored.values.count, "value")) \(count == 1 ? "differs" : "differ"), "
        + "by at most \(largest)"
    }
    let heading =
      "run \(run.id): not the same: weights_sha256 was \(run.weightsSHA256 ?? "null"), "
      + "is \(now.sha256 ?? "null")"
    return Verdict(isSame: false, lines: [heading] + [firstDifference].compactMap { $0 } + tensors)
  }
}
