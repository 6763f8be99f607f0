// SPDX-License-Identifier: Apache-2.0

internal import DeterministicMath
public import Tensors

/// Multi-head self-attention (Vaswani et al. 2017, section 3.2.2): each step of a sequence [T, D] becomes a mixture of all
/// steps, or of those up to its own, and of several such mixtures a linear map.
///
/// Where sequences are of several lengths, no step looks behind an example's last real step.
public final class SelfAttention: InitializableLayer {
  /// The input's shape.
  public let output: SignalShape
  /// The layer's own initializer of its weights.
  public var weightInitializer: Initializer?
  /// The layer's own initializer of its biases.
  public var biasInitializer: Initializer?
  private let inputWeight: Parameter
  private let inputBias: Parameter?
  private let outputWeight: Parameter
  private let outputBias: Parameter?
  private let steps: Int
  private let width: Int
  private let heads: Int
  private let isCausal: Bool
  private let dropout: WeightDropout

  /// A layer with PyTorch's tensors `path.in_proj_weight` [3 · D, D], `in_proj_bias` [3 · D], `out_proj.weight` [D, D] and
  /// `out_proj.bias` [D] for sequences of shape `input`; throws on anything else, and unless `heads` ≥ 1 divide D.
  public init(
    path: LayerPath,
    input: SignalShape,
    heads: Int = 1,
    isCausal: Bool = false,
    dropout: Double = 0,
    hasBias: Bool = true
  ) throws(LayerError) {
    guard let sizes = input.sizes, sizes.count == 2 else {
      throw LayerError(SelfAttention.self, .input(input, needs: .sequence))
    }
    guard sizes[1] % heads == 0 else {
      throw LayerError(SelfAttention.self, .heads(heads, width: sizes[1]))
    }
    (steps, width) = (sizes[0], sizes[1])
    output = input
    func tensor(_ name: String, _ shape: Shape) -> Parameter {
      path.tensor(name, shape)
    }
    inputWeight = tensor("in_proj_weight", [3 * sizes[1], sizes[1]])
    inputBias = hasBias ? tensor("in_proj_bias", [3 * sizes[1]]) : nil
    outputWeight = tensor("out_proj.weight", [sizes[1], sizes[1]])
    outputBias = hasBias ? tensor("out_proj.bias", [sizes[1]]) : nil
    self.heads = heads
    self.isCausal = isCausal
    self.dropout = WeightDropout(path: path, probability: dropout)
  }

  /// Weight and bias of queries, keys and values, then those of the result. As in PyTorch, the former's weight is Xavier
  /// uniform by default, and biases begin at 0.
  public var parameters: [LayerParameter] {
    let bound = (6 / Double(4 * width)).squareRoot()
    return withOwnInitializers(
      [
        .weight(inputWeight, fanIn: width, fanOut: 3 * width, standard: .uniform(bound: bound)),
        inputBias.map { .bias($0, fanIn: width, standard: .constant(0)) },
        .weight(outputWeight, fanIn: width, fanOut: width),
        outputBias.map { .bias($0, fanIn: width, standard: .constant(0)) },
      ].compactMap { $0 }
    )
  }

  /// Queries, keys, values and their mixture [T, 4 · D], and the heads' weights [heads, T, T], twice under dropout.
  public var keptPerExample: Int {
    let weights = heads.saturatingProduct(steps).saturatingProduct(dropout.copies)
    return steps.saturatingProduct(width.saturatingProduct(4).saturatingSum(weights))
  }

  /// Q Kᵀ and the mixture of the values.
  public var productsPerExample: Int {
    steps.saturatingProduct(steps).saturatingProduct(2).saturatingProduct(width)
  }

  /// A map of all heads' softmax(Q Kᵀ / √(D / heads)) V.
  public func callAsFunction(_ input: Signal, _ pass: Pass) -> Signal {
    let tape = pass.tape
    let all = tape.linear(
      values(input),
      weight: tape.parameter(inputWeight),
      bias: inputBias.map { tape.parameter($0) }
    )
    let capture = pass.attentionCapture
    let mixed = tape.selfAttention(
      all,
      heads: heads,
      isCausal: isCausal,
      lengths: pass.lengths(steps: steps),
      dropout: dropout(pass),
      capture: capture
    )
    pass.record?.take(capture, memory: nil)
    return .values(
      tape.linear(
        mixed,
        weight: tape.parameter(outputWeight),
        bias: outputBias.map { tape.parameter($0) }
      )
    )
  }
}
