// SPDX-License-Identifier: Apache-2.0

import DeterministicMath
public import Tensors

/// Recurrent layers that look at another block before each step (Bahdanau, Cho & Bengio 2015): the last layer's hidden state
/// of the step before asks additive attention, and what it finds [E] stands in front of the step's own features [D].
///
/// [N, T, D] → the last layer's hidden states [N, T, hiddenSize]. At the first step the first state asks. Behind an example's
/// last real step results and gradients are 0.
public final class AttentiveRecurrent: StateGivingLayer, InitializableLayer {
  /// The result's shape.
  public let output: SignalShape
  /// The layer's own initializer of its weights.
  public var weightInitializer: Initializer?
  /// The layer's own initializer of its biases.
  public var biasInitializer: Initializer?
  /// Whether another block begins with the last states.
  public var givesState = false
  private let memory: BlockReference
  private let scores: AdditiveScores
  private let cell: RecurrentCell
  private let options: Recurrent.Options
  private let hiddenSize: Int
  private let steps: Int
  private let weights: [WalkWeights]
  /// Of each step between two layers.
  private let dropoutPaths: [[String]]
  /// What a pass works with, kept so that a step takes no memory.
  private var bound: [RecurrentWeights] = []
  private var states: [RecurrentStateVariables] = []
  private var parts: [Variable] = []
  private var outputs: [Variable] = []

  /// Layers with the tensors of `Recurrent` and, for the attention, `path.attention.q_proj_weight` [H, H],
  /// `path.attention.k_proj_weight` [H, E] and `path.attention.score_weight` [H]; the first layer takes E + D features.
  public init(
    path: LayerPath,
    input: SignalShape,
    memory: BlockReference,
    cell: RecurrentCell,
    hiddenSize: Int,
    options: Recurrent.Options = Recurrent.Options()
  ) throws(LayerError) {
    guard let sizes = input.sizes, sizes.count == 2 else {
      throw LayerError(Recurrent.self, .input(input, needs: .sequence))
    }
    guard let other = memory.shape.sizes, other.count == 2 else {
      throw LayerError(Recurrent.self, .memory(memory.shape, of: memory.name))
    }
    if options.isBidirectional || options.carriesState {
      throw LayerError(Recurrent.self, .attentiveWalk(isBidirectional: options.isBidirectional))
    }
    if options.forgetBias != nil && !options.hasBias {
      throw LayerError(Recurrent.self, .forgetBiasWithoutBias)
    }
    if let state = options.initialState,
      let misfit = FirstStateMisfit(state, for: cell, size: hiddenSize, options)
    {
      throw LayerError(Recurrent.self, .firstState(misfit))
    }
    output = .values([sizes[0], hiddenSize])
    steps = sizes[0]
    self.memory = memory
    self.cell = cell
    self.hiddenSize = hiddenSize
    self.options = options
    scores = AdditiveScores(
      path: path.appending("attention"),
      size: hiddenSize,
      query: hiddenSize,
      memory: other
    )
    weights = (0..<options.layers).map { layer in
      WalkWeights(
        path: path,
        suffix: "_l\(layer)",
        rows: cell.gates * hiddenSize,
        inputs: layer == 0 ? other[1] + sizes[1] : hiddenSize,
        size: hiddenSize,
        hasBias: options.hasBias
      )
    }
    dropoutPaths = (0..<options.layers).map { layer in
      (0..<sizes[0]).map { "\(path).dropout_l\(layer).\($0)" }
    }
  }

  /// Those of the attention, then of each layer both weights and both biases; the latter uniform on ±1/√hiddenSize by default.
  public var parameters: [LayerParameter] {
    withOwnInitializers(
      scores.parameters
        + weights.flatMap { $0.layerParameters(size: hiddenSize, forgetBias: options.forgetBias) }
    )
  }

  /// Projected queries and keys, the weights [T, S], and what the layers below the last one give.
  public var keptPerExample: Int {
    scores.kept(queries: steps)
      .saturatingSum(
        steps.saturatingProduct(hiddenSize).saturatingProduct(max(0, options.layers - 1))
      )
  }

  /// Of each step what the walks keep, what goes into each layer and its states, with their gradients.
  public var heldPerExample: Int {
    let walks = weights.reduce(0) { total, weights in
      let kept = cell.keptValues(steps: 1, inputs: weights.inputs, size: hiddenSize)
      let states = (cell == .lstm ? 3 : 2).saturatingProduct(hiddenSize)
      return total.saturatingSum(kept)
        .saturatingSum(weights.inputs.saturatingSum(states).saturatingProduct(2))
    }
    return steps.saturatingProduct(walks.saturatingSum(weights[0].inputs.saturatingProduct(2)))
  }

  /// Scores and mixtures.
  public var productsPerExample: Int { scores.products(queries: steps) }

  /// The hidden states of all steps.
  public func callAsFunction(_ input: Signal, _ pass: Pass) -> Signal {
    let (tape, x) = (pass.tape, values(input))
    let other = pass.result(of: memory)
    let source = values(other.signal)
    let keys = scores.keys(of: source, tape)
    let lengths = pass.lengths(steps: steps)
    let capture = pass.attentionCapture
    begin(batch: tape.shape(of: x)[0], pass)
    for t in 0..<steps {
      let real = lengths.map { tape.lengths($0, ofStep: t) }
      let asked = tape.sequence(ofOne: states[options.layers - 1].hidden)
      let found = scores.mixtures(
        asked,
        keys,
        source,
        queryLengths: nil,
        keyLengths: other.lengths?.values,
        capture: capture,
        tape
      )
      parts.removeAll(keepingCapacity: true)
      parts.append(found)
      parts.append(tape.step(t, of: x))
      outputs.append(layers(tape.concatenate(parts), t, lengths: real, pass))
    }
    pass.record?.take(capture, memory: memory.name)
    if givesState { for state in states { pass.give(state) } }
    return .values(tape.sequence(outputs))
  }

  /// The first states of all layers: given ones, or zeros.
  private func begin(batch: Int, _ pass: Pass) {
    let tape = pass.tape
    bound.removeAll(keepingCapacity: true)
    states.removeAll(keepingCapacity: true)
    outputs.removeAll(keepingCapacity: true)
    for layer in 0..<options.layers {
      bound.append(tape.packed(weights[layer].bound(to: tape), cell))
      if let source = options.initialState {
        states.append(pass.state(source, layer: layer, hasCell: cell == .lstm))
      } else {
        let zeros = tape.zeros(Shape(batch, hiddenSize))
        states.append(
          RecurrentStateVariables(hidden: zeros, cell: cell == .lstm ? zeros : nil)
        )
      }
    }
  }

  /// One step through all layers.
  private func layers(_ input: Variable, _ t: Int, lengths: Indices?, _ pass: Pass) -> Variable {
    var x = input
    for layer in 0..<options.layers {
      if layer > 0, options.dropout > 0 { x = dropped(x, behind: layer - 1, t, pass) }
      let result = pass.tape.recurrent(
        x,
        cell,
        bound[layer],
        lengths: lengths,
        initial: states[layer]
      )
      states[layer] = result.last
      x = result.steps
    }
    return x
  }

  private func dropped(_ x: Variable, behind layer: Int, _ t: Int, _ pass: Pass) -> Variable {
    pass.tape.dropout(
      x,
      probability: options.dropout,
      stream: RandomStream(
        seed: pass.seed,
        purpose: .dropout,
        path: dropoutPaths[layer][t],
        step: pass.step
      )
    )
  }
}

// MARK: - States

extension AttentiveRecurrent {
  /// The last states, for another block whose recurrent layer begins with them.
  public func lastState(of block: BlockReference) -> StateReference {
    StateReference(
      block,
      cell == .lstm ? .hiddenAndCell : .hidden,
      layers: options.layers,
      size: hiddenSize
    )
  }
}
