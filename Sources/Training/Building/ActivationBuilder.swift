// SPDX-License-Identifier: Apache-2.0

import Experiments
import NeuralNetworks
import Tensors
import Vocabulary

extension ModelBuilder {
  /// The functions that components of family `activations` mean, by name.
  static let activationFunctions: [String: @Sendable (Component) -> ActivationFunction] = [
    "relu": { _ in .fused(.relu) },
    "sigmoid": { _ in .fused(.sigmoid) },
    "tanh": { _ in .fused(.tanh) },
    "identity": { _ in .fused(.identity) },
    "softmax": { _ in .softmax },
    "leaky_relu": { .pointwise(Pointwise(.leakyRelu, number("slope", of: $0))) },
    "elu": { .pointwise(Pointwise(.elu, number("alpha", of: $0), 1)) },
    // λ α and λ of Klambauer et al. (2017).
    "selu": { _ in .pointwise(Pointwise(.elu, 1.7580993408473766, 1.0507009873554805)) },
    "gelu": { .pointwise(Pointwise($0["approximate"].text == "tanh" ? .geluTanh : .gelu)) },
    "silu": { _ in .pointwise(Pointwise(.silu)) },
    "softplus": {
      .pointwise(Pointwise(.softplus, number("beta", of: $0), number("threshold", of: $0)))
    },
    "hard_sigmoid": { _ in .pointwise(Pointwise(.hardSigmoid)) },
  ]

  private static func number(_ key: String, of component: Component) -> Float {
    Float(component[key].real ?? 0)
  }

  /// The function that a component of family `activations` means.
  static func activationFunction(_ component: Component) -> ActivationFunction {
    guard let function = activationFunctions[component.name] else {
      preconditionFailure("no activation is called `\(component.name)`")
    }
    return function(component)
  }

  /// The layer with what its `activation:` does behind it, if its own epilogue does not know that.
  static func activated(
    _ layer: any Layer,
    by component: Component
  ) throws(LayerError) -> any Layer {
    guard let own = component["activation"].component else { return layer }
    let function = activationFunction(own)
    if case .fused = function { return layer }
    return try ActivatedLayer(layer, function)
  }

  /// What a layer's own epilogue does of its `activation:`.
  static func fusedActivation(_ component: Component) -> Activation {
    component["activation"].component.map { activationFunction($0).fusedPart } ?? .identity
  }
}
