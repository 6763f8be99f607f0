// SPDX-License-Identifier: Apache-2.0

import Datasets
import DeterministicMath
package import Experiments
import NeuralNetworks
import Tensors
import Vocabulary

extension Trainer {
  /// Larger pictures are not kept: a report shows them small, and every run stores its own.
  private static let largestPicture = 64 * 64 * 3

  /// The test images that the network takes for another class with the largest cross-entropy, worst first.
  ///
  /// Empty unless images [1 | 3, H, W] of up to 64 × 64 pixels are classified under `cross_entropy`. Ties go to the first
  /// in file order; a loss that is not finite counts as the largest. The numbers are the same for any `threads`.
  package func worstErrors(_ limit: Int, threads: Int) -> [WorstError] {
    guard case .values(let shape) = data.description.input, shape.count == 3,
      [1, 3].contains(shape[0]), shape.reduce(1, *) <= Self.largestPicture,
      case .classes = data.description.target, data.count(.test) > 0,
      lossFunction(specification.loss).probabilities == .softmax, isOfPrincipalTarget,
      model.reads(input: 0)
    else { return [] }
    let states = model.states
    defer { model.states = states }
    model.clearStates()
    let tape = Tape(threadCount: threads)
    let loader = BatchLoader(data: data)
    let order = data.order(.test, batchSize: 256, shuffle: false)
    var worst: [WorstError] = []
    for batch in 0..<order.batchCount {
      let ids = order.ids[order.range(batch)]
      tape.reset(training: false)
      loader.read(.test, ids, into: model, on: tape)
      let targets = loader.targets(.target(0), .test, ids, of: model, on: tape)
      guard case .values(let images) = model.signal(ofInput: 0),
        case .classes(let classes) = targets.values
      else { return [] }
      model.forward(Pass(tape: tape, seed: seed, step: UInt64(step)))
      let outputs = tape.array(of: model.values(of: model.outputs[0]))
      let found = errors(outputs, classes.array, ids: Array(ids))
      guard !found.isEmpty else { continue }
      let pixels = tape.array(of: images)
      let size = shape.reduce(1, *)
      worst += found.map { place, error in
        var error = error
        (error.channels, error.height, error.width) = (shape[0], shape[1], shape[2])
        error.pixels = Self.bytes(pixels[place * size..<(place + 1) * size])
        return error
      }
      worst.sort { ($1.loss, $0.index) < ($0.loss, $1.index) }
      worst.removeLast(max(0, worst.count - limit))
    }
    return worst
  }

  /// The wrong ones of a batch, by their place in it, without their pictures.
  private func errors(
    _ outputs: [Float],
    _ targets: [Int32],
    ids: [Int32]
  ) -> [(place: Int, error: WorstError)] {
    let count = outputs.count / targets.count
    return targets.indices.compactMap { place in
      let logits = outputs[place * count..<(place + 1) * count]
      let prediction = Predictor.largest(logits)
      guard prediction != Int(targets[place]) else { return nil }
      let largest = Double(logits.max() ?? 0)
      let sum = logits.reduce(0.0) { $0 + Elementary.exp(Double($1) - largest) }
      let own = Double(logits[logits.startIndex + Int(targets[place])])
      let loss = largest + Elementary.log(sum) - own
      return (
        place,
        WorstError(
          index: Int(ids[place]),
          target: Int(targets[place]),
          prediction: prediction,
          loss: loss.isFinite ? loss : .greatestFiniteMagnitude
        )
      )
    }
  }

  /// Values in [0, 1] as they are; others, such as standardised ones, from their smallest to their largest.
  private static func bytes(_ values: ArraySlice<Float>) -> [UInt8] {
    let (low, high) = (values.min() ?? 0, values.max() ?? 0)
    guard low.isFinite, high.isFinite else { return values.map { _ in 0 } }
    let (base, span) = low >= 0 && high <= 1 ? (0, 1) : (low, high > low ? high - low : 1)
    return values.map { UInt8(min(255, max(0, (($0 - base) / span * 255).rounded()))) }
  }
}
