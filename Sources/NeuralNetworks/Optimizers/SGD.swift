// SPDX-License-Identifier: Apache-2.0

public import Tensors

/// Stochastic gradient descent with momentum, Nesterov's form and weight decay, in PyTorch's order of operations.
///
/// d = g + weightDecay · x; v = momentum · v + d (v starts at 0); x −= learningRate · (nesterov ? d + momentum · v : v).
public final class SGD: Optimizer {
  private let parameters: [Parameter]
  private let velocity: Moments?
  private let numbers: SGDStep
  private let context: KernelContext

  /// `learningRate` ≥ 0, `momentum` in [0, 1), `weightDecay` ≥ 0.
  public init(
    _ parameters: [Parameter],
    learningRate: Double,
    momentum: Double = 0,
    isNesterov: Bool = false,
    weightDecay: Double = 0,
    context: KernelContext
  ) {
    self.parameters = parameters
    self.context = context
    velocity = momentum > 0 ? Moments("velocity", of: parameters) : nil
    numbers = SGDStep(
      learningRate: Float(learningRate),
      momentum: Float(momentum),
      isNesterov: isNesterov,
      weightDecay: Float(weightDecay)
    )
  }

  /// One step.
  public func step() -> Bool {
    var isFinite = true
    for (index, parameter) in parameters.enumerated() {
      let ok = parameter.apply(numbers, velocity: velocity?.tensors[index], context: context)
      isFinite = isFinite && ok
    }
    return isFinite
  }

  /// The velocities, if there is momentum.
  public var state: OptimizerState {
    get { OptimizerState(tensors: velocity?.state ?? []) }
    set { velocity?.restore(newValue.tensors) }
  }
}
