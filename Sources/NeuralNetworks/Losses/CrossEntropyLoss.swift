// SPDX-License-Identifier: Apache-2.0

public import Tensors

/// Softmax cross-entropy on classes, one for each example or step; PyTorch's `CrossEntropyLoss`.
public struct CrossEntropyLoss: LossFunction {
  private let smoothing: Double
  private let weights: [Float]?

  /// The loss with label smoothing in [0, 1] and a weight ≥ 0 for each class, nil for equal ones.
  public init(smoothing: Double = 0, weights: [Float]? = nil) {
    self.smoothing = smoothing
    self.weights = weights
  }

  /// Classes, an output and a weight for each.
  public func check(_ output: [Int], _ targets: TargetShape) throws(LossMisfit) {
    try targets.needClasses()
    try targets.needOutput(output)
    guard let weights, let count = output.last else { return }
    if weights.allSatisfy({ $0 == 0 }) { throw .zeroWeights }
    if weights.count != count { throw .weights(weights.count, classes: count) }
  }

  /// The loss of a batch.
  public func callAsFunction(
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
  public var hasPerplexity: Bool { smoothing == 0 && weights == nil }
  /// The softmax.
  public var probabilities: OutputProbabilities? { .softmax }
  /// The entropy.
  public var constantForm: ConstantForm? { .entropy }
}
