// SPDX-License-Identifier: Apache-2.0

import Experiments
import NeuralNetworks
import Tensors

extension ModelBuilder {
  /// The function that a component of family `activations` means.
  static func activationFunction(_ component: Component) -> ActivationFunction {
    func number(_ key: String) -> Float { Float(component[key].real ?? 0) }
    switch component.name {
    case "relu": return .fused(.relu)
    case "sigmoid": return .fused(.sigmoid)
    case "tanh": return .fused(.tanh)
    case "identity": return .fused(.identity)
    case "softmax": return .softmax
    case "leaky_relu": return .pointwise(Pointwise(.leakyRelu, number("slope")))
    case "elu": return .pointwise(Pointwise(.elu, number("alpha"), 1))
    case "selu":
      // λ α and λ of Klambauer et al. (2017).
      return .pointwise(Pointwise(.elu, 1.7580993408473766, 1.0507009873554805))
    case "gelu":
      let isTanh = component["approximate"].text == "tanh"
      return .pointwise(Pointwise(isTanh ? .geluTanh : .gelu))
    case "silu": return .pointwise(Pointwise(.silu))
    case "softplus":
      return .pointwise(Pointwise(.softplus, number("beta"), number("threshold")))
    case "hard_sigmoid": return .pointwise(Pointwise(.hardSigmoid))
    default: preconditionFailure("no layer or activation is called `\(component.name)`")
    }
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
