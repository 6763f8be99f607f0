// SPDX-License-Identifier: Apache-2.0

internal import DeterministicMath
public import Tensors

/// Multi-head attention to another block (Vaswani et al. 2017, sections 3.2.2 and 3.2.3): each step of a sequence [T, D]
/// becomes a mixture of the other block's steps [S, E], and of several such mixtures a linear map.
///
/// Where sequences are of several lengths, no step looks behind the end of the other block's; one that finds no step there
/// becomes the map of 0.
public final class CrossAttention: InitializableLayer {
  /// The input's shape.
  public let output: SignalShape
  /// The layer's own initializer of its weights.
  public var weightInitializer: Initializer?
  /// The layer's own initializer of its biases.
  public var biasInitializer: Initializer?
  private let memory: BlockReference
  private let queries: Projection
  private let keys: Projection
  private let values: Projection
  private let mixed: Projection
  private let steps: Int
  private let memorySteps: Int
  private let heads: Int
  private let dropout: WeightDropout

  /// A layer with the tensors `path.q_proj_weight` [D, D], `k_proj_weight` and `v_proj_weight` [D, E], which PyTorch has
  /// where E is not D, their biases `q_proj_bias`, `k_proj_bias` and `v_proj_bias` [D], `out_proj.weight` [D, D] and
  /// `out_proj.bias` [D]; throws unless both are sequences, and unless `heads` ≥ 1 divide D.
  public init(
    path: LayerPath,
    input: SignalShape,
    memory: BlockReference,
    heads: Int = 1,
    dropout: Double = 0,
    hasBias: Bool = true
  ) throws(LayerError) {
    guard let sizes = input.sizes, sizes.count == 2 else {
      throw LayerError(CrossAttention.self, .input(input, needs: .sequence))
    }
    guard let other = memory.shape.sizes, other.count == 2 else {
      throw LayerError(CrossAttention.self, .memory(memory.shape, of: memory.name))
    }
    guard sizes[1] % heads == 0 else {
      throw LayerError(CrossAttention.self, .heads(heads, width: sizes[1]))
    }
    output = input
    self.memory = memory
    self.heads = heads
    self.dropout = WeightDropout(path: path, probability: dropout)
    (steps, memorySteps) = (sizes[0], other[0])
    func projection(_ weight: String, _ bias: String, _ inputs: Int) -> Projection {
      Projection(
        weight: path.tensor(weight, [sizes[1], inputs]),
        bias: hasBias ? path.tensor(bias, [sizes[1]]) : nil
      )
    }
    queries = projection("q_proj_weight", "q_proj_bias", sizes[1])
    keys = projection("k_proj_weight", "k_proj_bias", other[1])
    values = projection("v_proj_weight", "v_proj_bias", other[1])
    mixed = projection("out_proj.weight", "out_proj.bias", sizes[1])
  }

  /// Weight and bias of queries, keys and values, then those of the result. As in PyTorch, the former's weights are Xavier
  /// uniform by default, and biases begin at 0.
  public var parameters: [LayerParameter] {
    withOwnInitializers(
      [queries, keys, values].flatMap { $0.parameters(isXavier: true) }
        + mixed.parameters(isXavier: false)
    )
  }

  /// Queries and their mixtures [T, 2 · D], keys and values [S, 2 · D], and the heads' weights [heads, T, S], twice
  /// under dropout.
  public var keptPerExample: Int {
    let width = queries.outputs
    let rows = steps.saturatingSum(memorySteps).saturatingProduct(2).saturatingProduct(width)
    let weights = heads.saturatingProduct(steps).saturatingProduct(memorySteps)
    return rows.saturatingSum(weights.saturatingProduct(dropout.copies))
  }

  /// Q Kᵀ and the mixture of the values.
  public var productsPerExample: Int {
    steps.saturatingProduct(memorySteps).saturatingProduct(2).saturatingProduct(queries.outputs)
  }

  /// A map of all heads' softmax(Q Kᵀ / √(D / heads)) V.
  public func callAsFunction(_ input: Signal, _ pass: Pass) -> Signal {
    let tape = pass.tape
    let (x, other) = (NeuralNetworks.values(input), pass.result(of: memory))
    let source = NeuralNetworks.values(other.signal)
    let capture = pass.attentionCapture
    let y = tape.attention(
      queries: queries(x, tape),
      keys: keys(source, tape),
      values: values(source, tape),
      heads: heads,
      queryLengths: pass.lengths(steps: steps),
      keyLengths: other.lengths?.values,
      dropout: dropout(pass),
      capture: capture
    )
    pass.record?.take(capture, memory: memory.name)
    return .values(mixed(y, tape))
  }
}

/// Dropout of an attention's weights.
struct WeightDropout {
  private let path: String
  private let probability: Double

  /// With `probability` in [0, 1); the layer's path and the step choose the mask.
  init(path: LayerPath, probability: Double) {
    self.path = "\(path).dropout"
    self.probability = probability
  }

  /// How often weights are kept: those before, and what dropout leaves of them.
  var copies: Int { probability > 0 ? 2 : 1 }

  /// What the tape takes; nil for none.
  func callAsFunction(_ pass: Pass) -> AttentionDropout? {
    guard probability > 0 else { return nil }
    return AttentionDropout(
      probability: probability,
      stream: RandomStream(seed: pass.seed, purpose: .dropout, path: path, step: pass.step)
    )
  }
}

/// A linear map.
private struct Projection {
  let weight: Parameter
  let bias: Parameter?

  /// Values of a step that it makes.
  var outputs: Int { weight.shape[0] }

  func parameters(isXavier: Bool) -> [LayerParameter] {
    let (outputs, inputs) = (weight.shape[0], weight.shape[1])
    let bound = (6 / Double(outputs + inputs)).squareRoot()
    return [
      .weight(
        weight,
        fanIn: inputs,
        fanOut: outputs,
        standard: isXavier ? .uniform(bound: bound) : nil
      ),
      bias.map { .bias($0, fanIn: inputs, standard: .constant(0)) },
    ].compactMap { $0 }
  }

  func callAsFunction(_ x: Variable, _ tape: Tape) -> Variable {
    tape.linear(x, weight: tape.parameter(weight), bias: bias.map { tape.parameter($0) })
  }
}
