// SPDX-License-Identifier: Apache-2.0

public import Tensors

/// A loss of distances, on real targets only: the mean absolute error and Huber's loss.
public struct DistanceLoss: LossFunction {
  private let loss: ElementLoss

  /// The mean absolute error.
  public static let absolute = DistanceLoss(loss: .absolute)
  /// Huber's loss, quadratic up to `delta`.
  public static func huber(delta: Float) -> DistanceLoss {
    DistanceLoss(loss: .huber(delta: delta))
  }

  /// Real targets, and an output for each.
  public func check(_ output: [Int], _ targets: TargetShape) throws(LossMisfit) {
    try targets.needValues()
    try targets.needOutput(output)
  }

  /// The loss of a batch.
  public func callAsFunction(
    _ output: Variable,
    _ targets: Targets,
    on tape: Tape,
    predictions: Indices?
  ) -> Loss {
    tape.elementLoss(loss, output, targets: targets.values)
  }

  /// Of the absolute error the distance from the median.
  public var constantForm: ConstantForm? {
    if case .absolute = loss { .medianDistance } else { nil }
  }
}
