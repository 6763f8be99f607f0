// SPDX-License-Identifier: Apache-2.0

import Datasets
package import Experiments
import NeuralNetworks
import Tensors
import Vocabulary

extension Trainer {
  /// More outputs than this are no numbers that somebody looks at one by one.
  private static let mostOutputs = 4

  /// What the network predicts for up to `limit` examples with one to four real targets each, evenly spaced in file order:
  /// of the test part, else of the validation part.
  ///
  /// Nil for other targets and losses, without such a part, or where a value is not finite. The numbers are the same for
  /// any `threads`.
  package func regression(_ limit: Int, threads: Int) -> RegressionPredictions? {
    guard case .values(let shape) = data.description.target, shape.count == 1,
      shape[0] <= Self.mostOutputs, predictsTargets, isOfPrincipalTarget,
      let part = [DataPart.test, .validation].first(where: { data.count($0) > 0 })
    else { return nil }
    let states = model.states
    defer { model.states = states }
    model.clearStates()
    let count = data.count(part)
    let kept = Set((0..<min(limit, count)).map { $0 * count / min(limit, count) })
    let tape = Tape(threadCount: threads)
    let loader = BatchLoader(data: data)
    let order = data.order(part, batchSize: 256, shuffle: false)
    var result = RegressionPredictions(
      part: part == .test ? "test" : "val",
      count: count,
      targets: [[Float]](repeating: [], count: shape[0]),
      predictions: [[Float]](repeating: [], count: shape[0])
    )
    for batch in 0..<order.batchCount {
      let range = order.range(batch)
      tape.reset(training: false)
      let ids = order.ids[range]
      loader.read(part, ids, into: model, on: tape)
      let loaded = loader.targets(.target(0), part, ids, of: model, on: tape)
      guard case .values(let values) = loaded.values else { return nil }
      model.forward(Pass(tape: tape, seed: seed, step: UInt64(step)))
      let outputs = tape.array(of: model.values(of: model.outputs[0]))
      let targets = tape.array(of: values)
      guard outputs.count == targets.count else { return nil }
      for place in range where kept.contains(place) {
        for output in 0..<shape[0] {
          let index = (place - range.lowerBound) * shape[0] + output
          result.targets[output].append(targets[index])
          result.predictions[output].append(outputs[index])
        }
      }
    }
    let all = (result.targets + result.predictions).joined()
    return all.allSatisfy(\.isFinite) ? result : nil
  }

  /// Whether the loss makes outputs predictions of the targets themselves.
  private var predictsTargets: Bool {
    Catalog.loss(specification.loss.name)?.predictsTargets == true
  }
}
