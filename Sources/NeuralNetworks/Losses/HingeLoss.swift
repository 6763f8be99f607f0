// SPDX-License-Identifier: Apache-2.0

public import Tensors

/// Multi-class hinge loss on classes; PyTorch's `MultiMarginLoss`.
public struct HingeLoss: LossFunction {
  private let margin: Float

  /// The loss with this margin between the right class and each other.
  public init(margin: Float) { self.margin = margin }

  /// Classes, and an output for each.
  public func check(_ output: [Int], _ targets: TargetShape) throws(LossMisfit) {
    try targets.needClasses()
    try targets.needOutput(output)
  }

  /// The loss of a batch.
  public func callAsFunction(
    _ output: Variable,
    _ targets: Targets,
    on tape: Tape,
    predictions: Indices?
  ) -> Loss {
    tape.hinge(output, classes: targets.classes, margin: margin, predictions: predictions)
  }
}
