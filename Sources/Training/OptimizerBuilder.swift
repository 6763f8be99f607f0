// SPDX-License-Identifier: Apache-2.0

import Experiments
import NeuralNetworks
import Tensors

/// Makes optimizers of manifests' components.
enum OptimizerBuilder {
  static func build(
    _ component: Component,
    parameters: [Tensors.Parameter],
    context: KernelContext
  ) -> any Optimizer {
    func number(_ key: String) -> Double {
      guard let value = component[key].real else {
        preconditionFailure("`\(component.name)`: `\(key)` is no number")
      }
      return value
    }
    switch component.name {
    case "sgd":
      return SGD(
        parameters,
        learningRate: number("learning_rate"),
        momentum: number("momentum"),
        isNesterov: component["nesterov"].boolean ?? false,
        weightDecay: number("weight_decay"),
        context: context
      )
    case "adam":
      return Adam(
        parameters,
        learningRate: number("learning_rate"),
        beta1: number("beta1"),
        beta2: number("beta2"),
        epsilon: number("epsilon"),
        weightDecay: number("weight_decay"),
        context: context
      )
    default: preconditionFailure("no optimizer is called `\(component.name)`")
    }
  }
}
