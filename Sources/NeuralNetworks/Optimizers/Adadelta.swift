// SPDX-License-Identifier: Apache-2.0

public import Tensors

/// Adadelta (Zeiler 2012, <https://arxiv.org/abs/1212.5701>, Algorithm 1): steps in the units of the values themselves,
/// so that a learning rate of 1 is the paper's.
public struct Adadelta: OptimizerFormula {
  private let rho: Double
  private let epsilon: Double

  /// `rho` in [0, 1); `epsilon` > 0: with 0 nothing ever moves.
  public init(rho: Double = 0.9, epsilon: Double = 1e-6) {
    self.rho = rho
    self.epsilon = epsilon
  }

  /// The mean squares of gradients and of steps.
  public var remembered: [String] { ["mean_square", "mean_square_step"] }

  /// One step's numbers.
  public func rule(learningRate: Double, weightDecay: Double) -> AdadeltaStep {
    AdadeltaStep(
      learningRate: Float(learningRate),
      rho: rho,
      epsilon: Float(epsilon),
      weightDecay: Float(weightDecay)
    )
  }
}
