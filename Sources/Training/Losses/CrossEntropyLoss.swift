// SPDX-License-Identifier: Apache-2.0

import Datasets
import Diagnostics
import Experiments
import Tensors

/// Softmax cross-entropy on classes, one for each example or step; PyTorch's `CrossEntropyLoss`.
struct CrossEntropyLoss: LossFunction {
  private let smoothing: Double
  private let weights: [Float]?

  init(_ component: Component) {
    smoothing = component["label_smoothing"].real ?? 0
    weights = component["class_weights"].list.map { $0.map { Float($0.real ?? 1) } }
  }

  func check(_ output: [Int], _ target: TargetKind) throws(LossMisfit) {
    try needClasses("cross_entropy", target)
    try checkOutput(output, target)
    guard let weights, let count = output.last else { return }
    if weights.allSatisfy({ $0 == 0 }) {
      throw .undefined(
        "`cross_entropy.class_weights` are all 0: nothing would be learned",
        hint: "give at least one class a weight above 0"
      )
    }
    guard weights.count != count else { return }
    throw .undefined(
      "`cross_entropy.class_weights` has \(counted(weights.count, "weight")), but there are \(count) classes",
      hint: nil
    )
  }

  func callAsFunction(
    _ output: Variable,
    _ targets: Targets,
    on tape: Tape,
    predictions: Indices?
  ) -> Loss {
    tape.crossEntropy(
      output,
      classes: targets.classes,
      weights: weights,
      smoothing: smoothing,
      predictions: predictions
    )
  }

  /// Smoothed or weighted, the mean is no cross-entropy of the data any more.
  var hasPerplexity: Bool { smoothing == 0 && weights == nil }
  var probabilities: OutputProbabilities? { .softmax }
  var constantForm: ConstantForm? { .entropy }
}
