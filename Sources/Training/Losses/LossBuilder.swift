// SPDX-License-Identifier: Apache-2.0

import Experiments
import NeuralNetworks
import Vocabulary

/// The loss that a component of family `losses` means.
func lossFunction(_ component: Component) -> any LossFunction {
  switch component.name {
  case "cross_entropy":
    CrossEntropyLoss(
      smoothing: component["label_smoothing"].real ?? 0,
      weights: component["class_weights"].list.map { $0.map { Float($0.real ?? 1) } }
    )
  case "binary_cross_entropy": BinaryCrossEntropyLoss()
  case "mse": SquaredErrorLoss()
  case "half_mse": SquaredErrorLoss(factor: 0.5)
  case "mae": DistanceLoss.absolute
  case "huber": DistanceLoss.huber(delta: Float(component["delta"].real ?? 1))
  case "hinge": HingeLoss(margin: Float(component["margin"].real ?? 1))
  default: preconditionFailure("no loss is called `\(component.name)`")
  }
}
