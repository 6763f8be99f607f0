// SPDX-License-Identifier: Apache-2.0

import Experiments
import NeuralNetworks
import Tensors
package import Vocabulary

/// Makes optimizers of manifests' components.
package enum OptimizerBuilder {
  /// How many values the optimizer remembers beside each parameter, 0 to 3.
  package static func rememberedCount(_ component: Component) -> Int {
    formula(component).remembered.count
  }

  static func build(
    _ component: Component,
    _ parameters: [OptimizedParameter],
    context: KernelContext
  ) -> any Optimizer {
    func optimizer(_ formula: some OptimizerFormula) -> any Optimizer {
      FormulaOptimizer(formula, parameters, context: context)
    }
    return optimizer(formula(component))
  }

  private static func formula(_ component: Component) -> any OptimizerFormula {
    func number(_ key: String) -> Double { component.number(key) }
    return switch component.name {
    case "sgd": SGD(momentum: number("momentum"), isNesterov: component.flag("nesterov"))
    case "adam", "adamw": adam(component)
    case "rmsprop": rmsprop(component)
    case "adagrad":
      Adagrad(
        initialAccumulator: number("initial_accumulator"),
        epsilon: number("epsilon"),
        isEpsilonInside: component.flag("epsilon_inside_root")
      )
    case "adadelta": Adadelta(rho: number("rho"), epsilon: number("epsilon"))
    default: preconditionFailure("no optimizer is called `\(component.name)`")
    }
  }

  private static func adam(_ component: Component) -> any OptimizerFormula {
    let plain = Adam(
      beta1: component.number("beta1"),
      beta2: component.number("beta2"),
      epsilon: component.number("epsilon")
    )
    let isInside = component.flag("epsilon_inside_root")
    let isDecoupled = component.name == "adamw"
    let form = AdamForm(plain, isDecoupled: isDecoupled, isEpsilonInside: isInside)
    if component.flag("amsgrad") { return AMSGrad(form) }
    return isDecoupled || isInside ? form : plain
  }

  private static func rmsprop(_ component: Component) -> any OptimizerFormula {
    let momentum = component.number("momentum")
    let plain = RMSprop(
      alpha: component.number("alpha"),
      epsilon: component.number("epsilon"),
      isEpsilonInside: component.flag("epsilon_inside_root")
    )
    if component.flag("centered") { return CenteredRMSprop(plain, momentum: momentum) }
    return momentum > 0 ? MomentumRMSprop(plain, momentum: momentum) : plain
  }
}

extension Component {
  /// The number under `key`; anything else is a programmer's mistake.
  func number(_ key: String) -> Double {
    guard let value = self[key].real else {
      preconditionFailure("`\(name)`: `\(key)` is no number")
    }
    return value
  }

  /// Whether the flag under `key` is set.
  func flag(_ key: String) -> Bool { self[key].boolean ?? false }
}
