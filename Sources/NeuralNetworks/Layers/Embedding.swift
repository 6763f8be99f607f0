// SPDX-License-Identifier: Apache-2.0

public import Tensors

/// The table of an embedding, for a layer at the end that has the same weight (Press & Wolf 2017).
public struct TiedWeight {
  /// The block whose embedding it is.
  public let block: String
  let table: Parameter
}

/// A learned vector for each token: [N, T] → [N, T, size].
public final class Embedding: InitializableLayer {
  /// The result's shape.
  public let output: SignalShape
  /// The layer's own initializer of its weights.
  public var weightInitializer: Initializer?
  /// The layer's own initializer of its biases.
  public var biasInitializer: Initializer?
  private let table: Parameter

  /// A table named `path`.weight [vocabulary, size]; throws unless `input` is tokens.
  public init(path: LayerPath, input: SignalShape, size: Int) throws(LayerError) {
    guard case .tokens(let vocabulary, let steps) = input else {
      throw LayerError(Embedding.self, .input(input, needs: .tokens))
    }
    output = .values([steps, size])
    table = path.tensor("weight", [vocabulary, size])
  }

  /// The table; standard normal by default.
  public var parameters: [LayerParameter] {
    withOwnInitializers([
      .weight(table, fanIn: table.shape[0], fanOut: table.shape[1], standard: .normal)
    ])
  }

  /// The table, for a layer at the end of another block; `block` is the one that begins with this layer.
  public func tied(of block: String) -> TiedWeight { TiedWeight(block: block, table: table) }

  /// The tokens' rows.
  public func callAsFunction(_ input: Signal, _ pass: Pass) -> Signal {
    guard case .tokens(let tokens) = input else {
      preconditionFailure("an embedding was built on tokens")
    }
    return .values(pass.tape.embedding(tokens, table: pass.tape.parameter(table)))
  }
}
