// SPDX-License-Identifier: Apache-2.0

public import Tensors

/// Adagrad (Duchi, Hazan & Singer 2011, <https://jmlr.org/papers/v12/duchi11a.html>): s += g²;
/// x −= learningRate · g / (√s + epsilon). s starts at `initialAccumulator`, as in PyTorch.
public struct Adagrad: OptimizerFormula {
  /// What the sum of squares holds before the first step.
  public let initialValue: Float
  private let epsilon: Double
  private let isEpsilonInside: Bool

  /// `initialAccumulator`, `epsilon` ≥ 0.
  public init(
    initialAccumulator: Double = 0,
    epsilon: Double = 1e-10,
    isEpsilonInside: Bool = false
  ) {
    initialValue = Float(initialAccumulator)
    self.epsilon = epsilon
    self.isEpsilonInside = isEpsilonInside
  }

  /// The sum of squares.
  public var remembered: [String] { ["sum_of_squares"] }

  /// One step's numbers.
  public func rule(learningRate: Double, weightDecay: Double) -> AdagradStep {
    AdagradStep(
      learningRate: Float(learningRate),
      epsilon: Float(epsilon),
      isEpsilonInside: isEpsilonInside,
      weightDecay: Float(weightDecay)
    )
  }
}
