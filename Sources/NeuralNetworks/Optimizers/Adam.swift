// SPDX-License-Identifier: Apache-2.0

public import Tensors

/// The Adam optimizer with bias-corrected moments.
///
/// Algorithm 1 of Kingma & Ba (2015), <https://arxiv.org/abs/1412.6980>; `epsilon` stays outside the square root and is
/// added after the correction, as in PyTorch. `weightDecay` is added to the gradient.
public final class Adam: Optimizer {
  private let parameters: [Parameter]
  private let first: Moments
  private let second: Moments
  private let learningRate: Double
  private let beta1: Double
  private let beta2: Double
  private let epsilon: Double
  private let weightDecay: Double
  private let context: KernelContext
  /// beta1ᵗ and beta2ᵗ, by repeated multiplication.
  private var powers = (1.0, 1.0)

  /// `learningRate` ≥ 0; `beta1`, `beta2` in [0, 1); `epsilon` ≥ 0.
  public init(
    _ parameters: [Parameter],
    learningRate: Double,
    beta1: Double = 0.9,
    beta2: Double = 0.999,
    epsilon: Double = 1e-8,
    weightDecay: Double = 0,
    context: KernelContext
  ) {
    self.parameters = parameters
    first = Moments("first_moment", of: parameters)
    second = Moments("second_moment", of: parameters)
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.context = context
  }

  /// One step.
  public func step() -> Bool {
    powers = (powers.0 * beta1, powers.1 * beta2)
    let numbers = AdamStep(
      beta1: beta1,
      beta2: beta2,
      epsilon: Float(epsilon),
      weightDecay: Float(weightDecay),
      correctedRate: Float(learningRate / (1 - powers.0)),
      rootCorrection: Float(1 / (1 - powers.1).squareRoot())
    )
    var isFinite = true
    for (index, parameter) in parameters.enumerated() {
      let ok = parameter.apply(
        numbers,
        first: first.tensors[index],
        second: second.tensors[index],
        context: context
      )
      isFinite = isFinite && ok
    }
    return isFinite
  }

  /// Both moments of all parameters, and the running powers.
  public var state: OptimizerState {
    get {
      OptimizerState(tensors: first.state + second.state, numbers: [powers.0, powers.1])
    }
    set {
      first.restore(newValue.tensors.prefix(parameters.count))
      second.restore(newValue.tensors.dropFirst(parameters.count))
      powers = (newValue.numbers[0], newValue.numbers[1])
    }
  }
}
