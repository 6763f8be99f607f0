// SPDX-License-Identifier: Apache-2.0

import Datasets
import NeuralNetworks
import Tensors
import Vocabulary

/// One of the losses of a training: of which result it is taken, against what, and how much it counts.
struct Head {
  /// The block whose result it is taken of.
  let name: String
  let weight: Double
  let metrics: MetricSet
  private let output: BlockReference
  private let target: TargetSource
  private let function: any LossFunction
  /// Whether other losses may be of the same values, so that this one needs a gradient of its own.
  private let sharesResult: Bool

  /// The losses of a specification in their order; throws where the metrics fit none of them.
  static func all(
    _ specification: RunSpecification,
    _ description: DatasetDescription,
    _ model: Network
  ) throws(ModelError) -> [Head] {
    var heads: [Head] = []
    for (index, term) in specification.losses.enumerated() {
      let target = try ModelBuilder.target(of: term, description, at: index)
      let loss = lossFunction(term.loss)
      heads.append(
        Head(
          name: model.outputs[index].name,
          weight: term.weight,
          metrics: try ModelBuilder.metrics(
            specification,
            of: index,
            loss: loss,
            description,
            parameters: model.parameters.map(\.parameter)
          ),
          output: model.outputs[index],
          target: target,
          function: loss,
          sharesResult: specification.losses.count > 1
        )
      )
    }
    return heads
  }

  /// The loss of a batch whose results are there; while training its gradient is put in place.
  func loss(
    of batch: TrainingBatch,
    _ model: Network,
    _ loader: BatchLoader,
    _ tape: Tape,
    keepsPredictions: Bool
  ) -> (Loss, MeasuredBatch) {
    let loaded = loader.targets(target, batch.part, batch.ids, of: model, on: tape)
    let result = model.values(of: output)
    let (values, targets) = loaded.counted(sharesResult ? tape.copied(result) : result, on: tape)
    let predictions =
      keepsPredictions || metrics.readsPredictions ? Self.room(for: targets, tape) : nil
    let loss = function(values, targets, on: tape, predictions: predictions)
    if weight != 1 { tape.scaleGradient(of: values, by: Float(weight)) }
    let measured = MeasuredBatch(
      tape: tape,
      output: values,
      targets: targets,
      predictions: predictions,
      examples: batch.ids.count,
      lengths: loaded.lengths
    )
    return (loss, measured)
  }

  /// Room for a class for each row; nil on real targets.
  private static func room(for targets: Targets, _ tape: Tape) -> Indices? {
    guard case .classes(let classes) = targets else { return nil }
    return unsafe tape.indices(classes.shape) { _ in }
  }
}
