// SPDX-License-Identifier: Apache-2.0

import Datasets
import Tensors

/// Binary cross-entropy from logits, the mean over elements; PyTorch's `BCEWithLogitsLoss`.
///
/// Defined on real targets in 0 … 1 (several labels at once, or shares), on two classes with one logit, which is the
/// second class's, and on classes as one-hot targets.
struct BinaryCrossEntropyLoss: LossFunction {
  func check(_ output: [Int], _ target: TargetKind) throws(LossMisfit) {
    if case .classes(2) = target, output == [1] { return }
    do {
      try checkOutput(output, target)
    } catch {
      guard case .classes(2) = target, case .output(let wanted, let hint) = error else {
        throw error
      }
      throw .output(wanted: wanted, hint: "\(hint), or `- dense: 1`")
    }
  }

  func callAsFunction(
    _ output: Variable,
    _ targets: Targets,
    on tape: Tape,
    predictions: Indices?
  ) -> Loss {
    switch targets {
    case .values(let values):
      tape.elementLoss(.binaryCrossEntropy, output, targets: values)
    case .classes(let classes) where tape.shape(of: output).last == 1:
      tape.binaryCrossEntropy(output, secondOf: classes, predictions: predictions)
    case .classes(let classes):
      tape.elementLoss(
        .binaryCrossEntropy,
        output,
        classes: classes,
        predictions: predictions
      )
    }
  }

  var probabilities: OutputProbabilities? { .sigmoid }
}
