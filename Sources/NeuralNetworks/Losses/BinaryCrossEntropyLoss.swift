// SPDX-License-Identifier: Apache-2.0

public import Tensors

/// Binary cross-entropy from logits, the mean over elements; PyTorch's `BCEWithLogitsLoss`.
///
/// Defined on real targets in 0 … 1 (several labels at once, or shares), on two classes with one logit, which is the
/// second class's, and on classes as one-hot targets.
public struct BinaryCrossEntropyLoss: LossFunction {
  /// The loss.
  public init() {}

  /// Two classes take one output or two.
  public func check(_ output: [Int], _ targets: TargetShape) throws(LossMisfit) {
    guard targets == .classes(2) else { return try targets.needOutput(output) }
    if output != [1] { try targets.needOutput(output, alternative: 1) }
  }

  /// The loss of a batch.
  public func callAsFunction(
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

  /// The sigmoid.
  public var probabilities: OutputProbabilities? { .sigmoid }
}
