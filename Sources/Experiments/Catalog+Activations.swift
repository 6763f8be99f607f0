// SPDX-License-Identifier: Apache-2.0

extension Catalog {
  static let activations: [ComponentDefinition] = [
    ComponentDefinition("relu", "max(x, 0)."),
    ComponentDefinition("sigmoid", "1 / (1 + exp(-x))."),
    ComponentDefinition("tanh", "The hyperbolic tangent."),
  ]
  static let laterActivations = [
    "leaky_relu", "elu", "selu", "gelu", "silu", "softplus", "hard_sigmoid", "softmax", "identity",
  ]
}
