// SPDX-License-Identifier: Apache-2.0

public import Tensors

/// RMSprop (Hinton 2012, lecture 6e of "Neural Networks for Machine Learning"), with PyTorch's forms.
///
/// s = alpha · s + (1 − alpha) · g²; x −= learningRate · g / (√s + epsilon).
public struct RMSprop: OptimizerFormula {
  private let alpha: Double
  private let epsilon: Double
  private let isEpsilonInside: Bool

  /// `alpha` in [0, 1); `epsilon` ≥ 0.
  public init(alpha: Double = 0.99, epsilon: Double = 1e-8, isEpsilonInside: Bool = false) {
    self.alpha = alpha
    self.epsilon = epsilon
    self.isEpsilonInside = isEpsilonInside
  }

  /// The mean square.
  public var remembered: [String] { ["mean_square"] }

  /// One step's numbers.
  public func rule(learningRate: Double, weightDecay: Double) -> RMSpropStep {
    numbers(learningRate: learningRate, weightDecay: weightDecay, momentum: 0)
  }

  fileprivate func numbers(
    learningRate: Double,
    weightDecay: Double,
    momentum: Double
  ) -> RMSpropStep {
    RMSpropStep(
      learningRate: Float(learningRate),
      alpha: alpha,
      epsilon: Float(epsilon),
      isEpsilonInside: isEpsilonInside,
      momentum: Float(momentum),
      weightDecay: Float(weightDecay)
    )
  }
}

/// RMSprop whose steps go through a velocity: v = momentum · v + g / (√s + epsilon); x −= learningRate · v.
public struct MomentumRMSprop: OptimizerFormula {
  private let plain: RMSprop
  private let momentum: Double

  /// `momentum` in [0, 1).
  public init(_ plain: RMSprop, momentum: Double) {
    self.plain = plain
    self.momentum = momentum
  }

  /// The mean square and the velocity.
  public var remembered: [String] { plain.remembered + ["velocity"] }

  /// One step's numbers.
  public func rule(learningRate: Double, weightDecay: Double) -> MomentumRMSpropStep {
    MomentumRMSpropStep(
      plain.numbers(learningRate: learningRate, weightDecay: weightDecay, momentum: momentum)
    )
  }
}

/// RMSprop that divides by the gradient's standard deviation, not its root mean square (Graves 2013,
/// <https://arxiv.org/abs/1308.0850>, eq. 38–45).
///
/// Where rounding makes the variance negative it counts as 0 (PyTorch: NaN).
public struct CenteredRMSprop: OptimizerFormula {
  private let plain: RMSprop
  private let momentum: Double

  /// `momentum` in [0, 1).
  public init(_ plain: RMSprop, momentum: Double) {
    self.plain = plain
    self.momentum = momentum
  }

  /// The mean square, the velocity and the mean gradient.
  public var remembered: [String] { plain.remembered + ["velocity", "mean_gradient"] }

  /// One step's numbers.
  public func rule(learningRate: Double, weightDecay: Double) -> CenteredRMSpropStep {
    CenteredRMSpropStep(
      plain.numbers(learningRate: learningRate, weightDecay: weightDecay, momentum: momentum)
    )
  }
}
