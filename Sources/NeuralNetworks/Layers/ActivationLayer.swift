// SPDX-License-Identifier: Apache-2.0

public import Tensors

/// What a manifest calls an activation: fused into the layer before it, or run behind that.
public enum ActivationFunction: Hashable, Sendable {
  /// Part of a product's epilogue, with a slope from the result.
  case fused(Activation)
  /// Elementwise, with a slope from the argument.
  case pointwise(Pointwise)
  /// The softmax over the last axis.
  case softmax

  /// What a layer does in its own epilogue; the identity if the function runs behind it.
  public var fusedPart: Activation {
    if case .fused(let activation) = self { activation } else { .identity }
  }
}

/// An activation as a layer of its own, with the bits of the form `activation:` of a layer.
public final class ActivationLayer: Layer {
  /// The input's shape.
  public let output: SignalShape
  private let function: ActivationFunction

  /// Applies `function` to values of shape `input`; throws on tokens.
  public init(input: SignalShape, _ function: ActivationFunction) throws(LayerError) {
    guard case .values = input else {
      throw LayerError(ActivationLayer.self, .input(input, needs: .values))
    }
    output = input
    self.function = function
  }

  /// Applies a fused function's own form.
  public convenience init(input: SignalShape, activation: Activation) throws(LayerError) {
    try self.init(input: input, .fused(activation))
  }

  /// What a layer before it can do on the way; nil if the function runs behind a layer.
  var fused: Activation? { if case .fused(let activation) = function { activation } else { nil } }

  /// f(x).
  public func callAsFunction(_ input: Signal, _ pass: Pass) -> Signal {
    let x = values(input)
    switch function {
    case .fused(.identity): return input
    case .fused(let activation): return .values(pass.tape.activation(x, activation))
    case .pointwise(let pointwise): return .values(pass.tape.activation(x, pointwise))
    case .softmax: return .values(pass.tape.softmax(x))
    }
  }
}

/// A layer with an activation behind it that the layer itself does not know: two layers in one place of the list.
public final class ActivatedLayer: Layer {
  private let layer: any Layer
  private let activation: ActivationLayer

  /// `layer`, then `function` of its result; throws if that is no values.
  public init(_ layer: any Layer, _ function: ActivationFunction) throws(LayerError) {
    self.layer = layer
    activation = try ActivationLayer(input: layer.output, function)
  }

  /// The layer's.
  public var output: SignalShape { layer.output }

  /// The layer's.
  public var parameters: [LayerParameter] { layer.parameters }

  /// f(layer(x)).
  public func callAsFunction(_ input: Signal, _ pass: Pass) -> Signal {
    activation(layer(input, pass), pass)
  }
}
