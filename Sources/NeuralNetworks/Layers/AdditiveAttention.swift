// SPDX-License-Identifier: Apache-2.0

internal import DeterministicMath
public import Tensors

/// Additive attention to another block (Bahdanau, Cho & Bengio 2015, appendix A.1.2): each step of a sequence [T, D] becomes
/// a mixture of the other block's steps [S, E], by the softmax of v · tanh(W q + U k): [T, E].
///
/// Where sequences are of several lengths, no step looks behind the end of the other block's; one that finds no step there
/// becomes 0.
public final class AdditiveAttention: InitializableLayer {
  /// The result's shape.
  public let output: SignalShape
  /// The layer's own initializer of its weights.
  public var weightInitializer: Initializer?
  /// The layer's own initializer of its biases; there are none.
  public var biasInitializer: Initializer?
  private let memory: BlockReference
  private let scores: AdditiveScores
  private let steps: Int
  private let dropout: WeightDropout

  /// A layer with the tensors `path.q_proj_weight` [H, D], `path.k_proj_weight` [H, E] and `path.score_weight` [H], H being
  /// `hiddenSize`; throws unless both are sequences.
  public init(
    path: LayerPath,
    input: SignalShape,
    memory: BlockReference,
    hiddenSize: Int,
    dropout: Double = 0
  ) throws(LayerError) {
    guard let sizes = input.sizes, sizes.count == 2 else {
      throw LayerError(AdditiveAttention.self, .input(input, needs: .sequence))
    }
    guard let other = memory.shape.sizes, other.count == 2 else {
      throw LayerError(AdditiveAttention.self, .memory(memory.shape, of: memory.name))
    }
    output = .values([sizes[0], other[1]])
    steps = sizes[0]
    self.memory = memory
    scores = AdditiveScores(path: path, size: hiddenSize, query: sizes[1], memory: other)
    self.dropout = WeightDropout(path: path, probability: dropout)
  }

  /// Weights of queries, of keys, and of the scores.
  public var parameters: [LayerParameter] { withOwnInitializers(scores.parameters) }

  /// Projected queries and keys, and the weights [T, S], twice under dropout.
  public var keptPerExample: Int { scores.kept(queries: steps, copies: dropout.copies) }

  /// Scores and mixtures.
  public var productsPerExample: Int { scores.products(queries: steps) }

  /// The mixtures of all steps.
  public func callAsFunction(_ input: Signal, _ pass: Pass) -> Signal {
    let other = pass.result(of: memory)
    let keys = scores.keys(of: values(other.signal), pass.tape)
    let capture = pass.attentionCapture
    let y = scores.mixtures(
      values(input),
      keys,
      values(other.signal),
      queryLengths: pass.lengths(steps: steps),
      keyLengths: other.lengths?.values,
      dropout: dropout(pass),
      capture: capture,
      pass.tape
    )
    pass.record?.take(capture, memory: memory.name)
    return .values(y)
  }
}

/// The weights of additive attention.
struct AdditiveScores {
  private let queryWeight: Parameter
  private let keyWeight: Parameter
  private let scoring: Parameter
  private let memory: [Int]

  /// For queries of `query` features and a memory [S, E].
  init(path: LayerPath, size: Int, query: Int, memory: [Int]) {
    queryWeight = path.tensor("q_proj_weight", [size, query])
    keyWeight = path.tensor("k_proj_weight", [size, memory[1]])
    scoring = path.tensor("score_weight", [size])
    self.memory = memory
  }

  var parameters: [LayerParameter] {
    let size = scoring.shape[0]
    return [
      .weight(queryWeight, fanIn: queryWeight.shape[1], fanOut: size),
      .weight(keyWeight, fanIn: keyWeight.shape[1], fanOut: size),
      .weight(scoring, fanIn: size, fanOut: 1),
    ]
  }

  /// Values kept of one example with so many queries.
  func kept(queries: Int, copies: Int = 1) -> Int {
    let size = scoring.shape[0]
    return queries.saturatingSum(memory[0]).saturatingProduct(size)
      .saturatingSum(queries.saturatingProduct(memory[0]).saturatingProduct(copies))
  }

  /// Products of results of one example with so many queries.
  func products(queries: Int) -> Int {
    queries.saturatingProduct(memory[0])
      .saturatingProduct(scoring.shape[0].saturatingSum(memory[1]))
  }

  /// The keys [N, S, H] of a memory.
  func keys(of memory: Variable, _ tape: Tape) -> Variable {
    tape.linear(memory, weight: tape.parameter(keyWeight), bias: nil)
  }

  /// What queries [N, T, D] find: [N, T, E].
  func mixtures(
    _ queries: Variable,
    _ keys: Variable,
    _ memory: Variable,
    queryLengths: Indices?,
    keyLengths: Indices?,
    dropout: AttentionDropout? = nil,
    capture: AttentionCapture?,
    _ tape: Tape
  ) -> Variable {
    tape.additiveAttention(
      queries: tape.linear(queries, weight: tape.parameter(queryWeight), bias: nil),
      keys: keys,
      scoring: tape.parameter(scoring),
      values: memory,
      queryLengths: queryLengths,
      keyLengths: keyLengths,
      dropout: dropout,
      capture: capture
    )
  }
}
