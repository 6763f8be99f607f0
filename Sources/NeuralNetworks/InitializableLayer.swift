// SPDX-License-Identifier: Apache-2.0

/// A layer with trained tensors that may have initializers of its own, which come before the model's.
public protocol InitializableLayer: Layer {
  /// Of its weights; nil for the model's.
  var weightInitializer: Initializer? { get set }
  /// Of its biases; nil for the model's.
  var biasInitializer: Initializer? { get set }
}

extension InitializableLayer {
  /// The parameters with the layer's own initializers noted.
  func withOwnInitializers(_ parameters: [LayerParameter]) -> [LayerParameter] {
    parameters.map { parameter in
      var marked = parameter
      marked.initializer = parameter.role == .weight ? weightInitializer : biasInitializer
      return marked
    }
  }
}
