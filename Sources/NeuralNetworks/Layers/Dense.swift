// SPDX-License-Identifier: Apache-2.0

public import Tensors

/// A linear map of the last axis: x [..., inputs] → [..., units]; per step on sequences, one-hot on tokens.
public final class Dense: InitializableLayer {
  /// The result's shape.
  public let output: SignalShape
  /// The layer's own initializer of its weights.
  public var weightInitializer: Initializer?
  /// The layer's own initializer of its biases.
  public var biasInitializer: Initializer?
  private let weight: Parameter
  private let bias: Parameter?
  private let activation: Activation
  private let inputs: Int

  /// A layer named `path` for inputs of shape `input`; with `tied` its weight is that of an embedding [units, inputs].
  ///
  /// Throws on images, which need `flatten` first, and if the embedding has another shape.
  public init(
    path: LayerPath,
    input: SignalShape,
    units: Int,
    activation: Activation = .identity,
    hasBias: Bool = true,
    tied: TiedWeight? = nil
  ) throws(LayerError) {
    switch input {
    case .values(let sizes) where sizes.count <= 2:
      inputs = sizes.last ?? 1
      output = .values(sizes.dropLast() + [units])
    case .tokens(let vocabulary, let steps):
      inputs = vocabulary
      output = .values([steps, units])
    case .values:
      throw LayerError(Dense.self, .input(input, needs: .vectorOrSequence))
    }
    if let tied, tied.table.shape != [units, inputs] {
      throw LayerError(
        Dense.self,
        .tied(tied.table.shape.array, of: tied.block, needed: [units, inputs])
      )
    }
    weight = tied?.table ?? path.tensor("weight", [units, inputs])
    bias = hasBias ? path.tensor("bias", [units]) : nil
    self.activation = activation
  }

  /// Weight [units, inputs], then bias [units].
  public var parameters: [LayerParameter] {
    withOwnInitializers(
      [.weight(weight, fanIn: inputs, fanOut: weight.shape[0])]
        + (bias.map { [.bias($0, fanIn: inputs)] } ?? [])
    )
  }

  /// f(x · wᵀ + b).
  public func callAsFunction(_ input: Signal, _ pass: Pass) -> Signal {
    let tape = pass.tape
    let w = tape.parameter(weight)
    let b = bias.map { tape.parameter($0) }
    switch input {
    case .values(let x):
      return .values(tape.linear(x, weight: w, bias: b, activation: activation))
    case .tokens(let tokens):
      return .values(tape.oneHotLinear(tokens, weight: w, bias: b, activation: activation))
    }
  }
}
