// SPDX-License-Identifier: Apache-2.0

public import Tensors

/// The Adam optimizer with bias-corrected moments.
///
/// Algorithm 1 of Kingma & Ba (2015), <https://arxiv.org/abs/1412.6980>; `epsilon` stays outside the square root and is
/// added after the correction, as in PyTorch. Weight decay is added to the gradient.
public struct Adam: OptimizerFormula {
  private let beta1: Double
  private let beta2: Double
  private let epsilon: Double
  /// beta1ᵗ and beta2ᵗ, by repeated multiplication.
  private var powers = (1.0, 1.0)

  /// `beta1`, `beta2` in [0, 1); `epsilon` ≥ 0.
  public init(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
  }

  /// Both moments.
  public var remembered: [String] { ["first_moment", "second_moment"] }

  /// The running powers.
  public var numbers: [Double] {
    get { [powers.0, powers.1] }
    set { powers = (newValue[0], newValue[1]) }
  }

  /// Multiplies the powers.
  public mutating func advance() { powers = (powers.0 * beta1, powers.1 * beta2) }

  /// One step's numbers.
  public func rule(learningRate: Double, weightDecay: Double) -> AdamStep {
    AdamStep(
      beta1: beta1,
      beta2: beta2,
      epsilon: Float(epsilon),
      weightDecay: Float(weightDecay),
      correctedRate: Float(learningRate / (1 - powers.0)),
      rootCorrection: Float(1 / (1 - powers.1).squareRoot())
    )
  }
}
