// SPDX-License-Identifier: Apache-2.0

public import Tensors

/// Squared error on real targets, or on classes as one-hot targets.
public struct SquaredErrorLoss: LossFunction {
  private let factor: Double

  /// The mean of the squared errors times `factor`, which is ½ in many textbooks.
  public init(factor: Double = 1) { self.factor = factor }

  /// An output for each class or each real target.
  public func check(_ output: [Int], _ targets: TargetShape) throws(LossMisfit) {
    try targets.needOutput(output)
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
      tape.elementLoss(.squared, output, targets: values, factor: factor)
    case .classes(let classes):
      tape.elementLoss(
        .squared,
        output,
        classes: classes,
        factor: factor,
        predictions: predictions
      )
    }
  }

  /// The factor.
  public var squaredErrorFactor: Double? { factor }
  /// The variance, times the factor.
  public var constantForm: ConstantForm? { .variance(factor: factor) }
}
