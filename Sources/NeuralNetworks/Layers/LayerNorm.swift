// SPDX-License-Identifier: Apache-2.0

public import Tensors

/// Layer normalisation: every example gets mean 0 and variance 1 over its own values, then a learned factor and term for
/// each of them.
///
/// A vector [D] and each step of a sequence [T, D] over D, an image over all of [C, H, W].
public final class LayerNorm: InitializableLayer {
  /// The input's shape.
  public let output: SignalShape
  /// The layer's own initializer of its factor.
  public var weightInitializer: Initializer?
  /// The layer's own initializer of its term.
  public var biasInitializer: Initializer?
  private let weight: Parameter
  private let bias: Parameter
  private let epsilon: Double

  /// A layer named `path` for values of shape `input`; throws on tokens. `epsilon` > 0.
  public init(path: LayerPath, input: SignalShape, epsilon: Double = 1e-5) throws(LayerError) {
    guard let sizes = input.sizes else {
      throw LayerError(LayerNorm.self, .input(input, needs: .values))
    }
    let shape = Shape(sizes.count == 2 ? [sizes[1]] : sizes)
    output = input
    weight = path.tensor("weight", shape)
    bias = path.tensor("bias", shape)
    self.epsilon = epsilon
  }

  /// Factor, then term, of the shape that is normalised.
  public var parameters: [LayerParameter] { withOwnInitializers([.gain(weight), .shift(bias)]) }

  /// (x − mean) / √(variance + epsilon) · weight + bias.
  public func callAsFunction(_ input: Signal, _ pass: Pass) -> Signal {
    .values(
      pass.tape.layerNorm(
        values(input),
        weight: pass.tape.parameter(weight),
        bias: pass.tape.parameter(bias),
        epsilon: epsilon
      )
    )
  }
}
