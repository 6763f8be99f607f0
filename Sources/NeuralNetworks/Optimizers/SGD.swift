// SPDX-License-Identifier: Apache-2.0

public import Tensors

/// Stochastic gradient descent with momentum, Nesterov's form and weight decay, in PyTorch's order of operations.
///
/// d = g + weightDecay · x; v = momentum · v + d (v starts at 0); x −= learningRate · (nesterov ? d + momentum · v : v).
public struct SGD: OptimizerFormula {
  private let momentum: Double
  private let isNesterov: Bool

  /// `momentum` in [0, 1).
  public init(momentum: Double = 0, isNesterov: Bool = false) {
    self.momentum = momentum
    self.isNesterov = isNesterov
  }

  /// The velocity, if there is momentum.
  public var remembered: [String] { momentum > 0 ? ["velocity"] : [] }

  /// One step's numbers.
  public func rule(learningRate: Double, weightDecay: Double) -> SGDStep {
    SGDStep(
      learningRate: Float(learningRate),
      momentum: Float(momentum),
      isNesterov: isNesterov,
      weightDecay: Float(weightDecay)
    )
  }
}
