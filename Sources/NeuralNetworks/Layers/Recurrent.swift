// SPDX-License-Identifier: Apache-2.0

import DeterministicMath
public import Tensors

/// Recurrent layers over a whole sequence, one on the other: [N, T, D] or one-hot tokens [N, T] → the last one's hidden
/// states [N, T, hiddenSize], or [N, T, 2 · hiddenSize] forward | reverse.
///
/// Sequences may be of several lengths: behind an example's last real step results and gradients are 0, and the walk
/// from the end begins there, as PyTorch's packed sequences do.
public final class Recurrent: StatefulLayer, StateGivingLayer, InitializableLayer {
  /// What may differ from a single layer that walks forwards.
  public struct Options: Sendable {
    /// Layers one on the other, at least 1.
    public var layers: Int
    /// Whether each layer also walks from the last step to the first, with weights of its own.
    public var isBidirectional: Bool
    /// The probability in [0, 1) with which values between two layers are zeroed while training.
    public var dropout: Double
    /// Whether the last state, detached, starts the next batch; not for walks in both directions.
    public var carriesState: Bool
    /// Whether biases are added.
    public var hasBias: Bool
    /// First value of an LSTM's forget gate's bias; nil for the initializer's. 1 lets memory last from the start (Gers,
    /// Schmidhuber & Cummins 2000; Jozefowicz, Zaremba & Sutskever 2015, section 5). `bias_ih` holds it, `bias_hh` 0.
    public var forgetBias: Double?
    /// Where the first states come from; nil for zeros. Not for walks in both directions, nor for carried states.
    public var initialState: StateReference?

    /// One layer that walks forwards, with biases, unless given.
    public init(
      layers: Int = 1,
      isBidirectional: Bool = false,
      dropout: Double = 0,
      carriesState: Bool = false,
      hasBias: Bool = true,
      forgetBias: Double? = nil,
      initialState: StateReference? = nil
    ) {
      self.layers = layers
      self.isBidirectional = isBidirectional
      self.dropout = dropout
      self.carriesState = carriesState
      self.hasBias = hasBias
      self.forgetBias = forgetBias
      self.initialState = initialState
    }
  }

  /// The result's shape.
  public let output: SignalShape
  /// The layer's own initializer of its weights.
  public var weightInitializer: Initializer?
  /// The layer's own initializer of its biases.
  public var biasInitializer: Initializer?
  /// Whether the last state, detached, starts the next batch.
  public var carriesState: Bool { options.carriesState }
  /// Whether another block begins with the last states.
  public var givesState = false
  private let cell: RecurrentCell
  private let options: Options
  private let hiddenSize: Int
  private let steps: Int
  private let walksThroughTokens: Bool
  /// Layer by layer, forward then reverse.
  private let weights: [WalkWeights]
  private let dropoutPaths: [String]
  /// One for each layer.
  private var states: [RecurrentState?]
  /// Two ends that become one, kept so that a step takes no memory.
  private var ends: [Variable] = []

  /// Layers with PyTorch's tensors `path.weight_ih_l0`, `weight_hh_l0`, `bias_ih_l0`, `bias_hh_l0`, those of the walk
  /// from the end with `_reverse` behind, then `_l1` and so on.
  public init(
    path: LayerPath,
    input: SignalShape,
    cell: RecurrentCell,
    hiddenSize: Int,
    options: Options = Options()
  ) throws(LayerError) {
    let inputs: Int
    switch input {
    case .values(let sizes) where sizes.count == 2: (steps, inputs) = (sizes[0], sizes[1])
    case .tokens(let vocabulary, let count): (steps, inputs) = (count, vocabulary)
    case .values:
      throw LayerError(Recurrent.self, .input(input, needs: .sequenceOrTokens))
    }
    if options.carriesState && options.isBidirectional {
      throw LayerError(Recurrent.self, .carriedStateOfBothDirections)
    }
    if options.forgetBias != nil && !options.hasBias {
      throw LayerError(Recurrent.self, .forgetBiasWithoutBias)
    }
    if let state = options.initialState,
      let misfit = FirstStateMisfit(state, for: cell, size: hiddenSize, options)
    {
      throw LayerError(Recurrent.self, .firstState(misfit))
    }
    walksThroughTokens = input.sizes == nil
    let directions = options.isBidirectional ? 2 : 1
    output = .values([steps, directions * hiddenSize])
    var weights: [WalkWeights] = []
    for layer in 0..<options.layers {
      for direction in 0..<directions {
        weights.append(
          WalkWeights(
            path: path,
            suffix: "_l\(layer)" + (direction == 0 ? "" : "_reverse"),
            rows: cell.gates * hiddenSize,
            inputs: layer == 0 ? inputs : directions * hiddenSize,
            size: hiddenSize,
            hasBias: options.hasBias
          )
        )
      }
    }
    self.weights = weights
    self.cell = cell
    self.hiddenSize = hiddenSize
    self.options = options
    dropoutPaths = (0..<options.layers).map { "\(path).dropout_l\($0)" }
    states = Array(repeating: nil, count: options.layers)
  }

  /// Of each walk both weights, then both biases; all uniform on ±1/√hiddenSize by default.
  public var parameters: [LayerParameter] {
    withOwnInitializers(
      weights.flatMap { $0.layerParameters(size: hiddenSize, forgetBias: options.forgetBias) }
    )
  }

  /// What the walks keep, the results of all layers but the last with their gradients, and copies that dropout makes.
  public var heldPerExample: Int {
    let directions = options.isBidirectional ? 2 : 1
    let walks = weights.enumerated().reduce(0) { total, walk in
      let isOfTokens = walksThroughTokens && walk.offset < directions
      let inputs = isOfTokens ? 0 : walk.element.inputs
      return total.saturatingSum(cell.keptValues(steps: steps, inputs: inputs, size: hiddenSize))
    }
    let copies = options.dropout > 0 ? 4 : 2
    let between = (options.layers - 1) * copies * directions
    return walks.saturatingSum(steps.saturatingProduct(hiddenSize).saturatingProduct(between))
  }

  /// The hidden states of all steps.
  public func callAsFunction(_ input: Signal, _ pass: Pass) -> Signal {
    var signal = input
    for layer in 0..<options.layers {
      if layer > 0, options.dropout > 0 { signal = dropped(signal, behind: layer - 1, pass) }
      signal = walked(signal, layer, pass)
    }
    return signal
  }

  /// One layer, in its directions.
  private func walked(_ input: Signal, _ layer: Int, _ pass: Pass) -> Signal {
    let tape = pass.tape
    let directions = options.isBidirectional ? 2 : 1
    let forward = weights[directions * layer].bound(to: tape)
    let reverse = options.isBidirectional ? weights[directions * layer + 1].bound(to: tape) : nil
    let lengths = pass.lengths(steps: steps)
    guard !givesState, options.initialState == nil else {
      return .values(
        walkedFromState(input, layer, forward: forward, reverse: reverse, lengths: lengths, pass)
      )
    }
    if carriesState, states[layer] == nil { states[layer] = RecurrentState(hidden: []) }
    switch input {
    case .values(let x):
      return .values(
        tape.recurrent(
          x,
          cell,
          forward,
          reverse: reverse,
          lengths: lengths,
          state: &states[layer]
        )
      )
    case .tokens(let tokens):
      return .values(
        tape.recurrent(
          tokens,
          cell,
          forward,
          reverse: reverse,
          lengths: lengths,
          state: &states[layer]
        )
      )
    }
  }

  /// The same from another block's state, or with a last state that another block begins with.
  private func walkedFromState(
    _ input: Signal,
    _ layer: Int,
    forward: RecurrentWeights,
    reverse: RecurrentWeights?,
    lengths: Indices?,
    _ pass: Pass
  ) -> Variable {
    let tape = pass.tape
    let initial = options.initialState.map {
      pass.state($0, layer: layer, hasCell: cell == .lstm)
    }
    let result =
      switch input {
      case .values(let x):
        tape.recurrent(x, cell, forward, reverse: reverse, lengths: lengths, initial: initial)
      case .tokens(let tokens):
        tape.recurrent(tokens, cell, forward, reverse: reverse, lengths: lengths, initial: initial)
      }
    guard givesState else { return result.steps }
    guard let last = result.reverseLast else {
      pass.give(result.last)
      return result.steps
    }
    pass.give(
      RecurrentStateVariables(
        hidden: beside(result.last.hidden, last.hidden, tape),
        cell: result.last.cell.flatMap { cell in last.cell.map { beside(cell, $0, tape) } }
      )
    )
    return result.steps
  }

  /// Both ends as one state, forward | reverse.
  private func beside(_ forward: Variable, _ reverse: Variable, _ tape: Tape) -> Variable {
    ends.removeAll(keepingCapacity: true)
    ends.append(forward)
    ends.append(reverse)
    return tape.concatenate(ends)
  }

  private func dropped(_ input: Signal, behind layer: Int, _ pass: Pass) -> Signal {
    .values(
      pass.tape.dropout(
        values(input),
        probability: options.dropout,
        stream: RandomStream(
          seed: pass.seed,
          purpose: .dropout,
          path: dropoutPaths[layer],
          step: pass.step
        )
      )
    )
  }
}

// MARK: - States

extension Recurrent {
  /// The last states, for another block whose recurrent layer begins with them; `block` is the one that ends in this layer.
  public func lastState(of block: BlockReference) -> StateReference {
    StateReference(
      block,
      cell == .lstm ? .hiddenAndCell : .hidden,
      layers: options.layers,
      size: options.isBidirectional ? 2 * hiddenSize : hiddenSize
    )
  }

  /// The states carried to the next batch, layer by layer, each [N, hiddenSize]; always nil unless the layer carries
  /// its state.
  public var state: RecurrentState? {
    get {
      if states.contains(nil) { return nil }
      return RecurrentState(
        hidden: states.flatMap { $0?.hidden ?? [] },
        cell: states.flatMap { $0?.cell ?? [] }
      )
    }
    set {
      for layer in states.indices {
        states[layer] = newValue.map { whole in
          RecurrentState(hidden: part(layer, of: whole.hidden), cell: part(layer, of: whole.cell))
        }
      }
    }
  }

  private func part(_ layer: Int, of values: [Float]) -> [Float] {
    let count = values.count / options.layers
    return Array(values[layer * count..<(layer + 1) * count])
  }
}

/// The tensors of one walk.
struct WalkWeights {
  /// Features of a step that goes in.
  var inputs: Int { inputWeight.shape[1] }
  private let inputWeight: Parameter
  private let hiddenWeight: Parameter
  private let inputBias: Parameter?
  private let hiddenBias: Parameter?

  init(path: LayerPath, suffix: String, rows: Int, inputs: Int, size: Int, hasBias: Bool) {
    func tensor(_ name: String, _ shape: Shape) -> Parameter {
      path.tensor("\(name)\(suffix)", shape)
    }
    inputWeight = tensor("weight_ih", [rows, inputs])
    hiddenWeight = tensor("weight_hh", [rows, size])
    inputBias = hasBias ? tensor("bias_ih", [rows]) : nil
    hiddenBias = hasBias ? tensor("bias_hh", [rows]) : nil
  }

  /// Both weights, then both biases; all uniform on ±1/√size by default.
  func layerParameters(size: Int, forgetBias: Double?) -> [LayerParameter] {
    let standard = LayerParameter.Standard.uniform(bound: 1 / Double(size).squareRoot())
    return [inputWeight, hiddenWeight].map { weight in
      .weight(weight, fanIn: weight.shape[1], fanOut: weight.shape[0], standard: standard)
    }
      + [inputBias, hiddenBias].compactMap { $0 }.map { parameter in
        var bias = LayerParameter.bias(parameter, fanIn: size, standard: standard)
        if let forgetBias {
          // Of the gates i, f, g, o of an LSTM the second.
          let forgetGate = size..<2 * size
          bias.preset = (forgetGate, parameter === inputBias ? Float(forgetBias) : 0)
        }
        return bias
      }
  }

  func bound(to tape: Tape) -> RecurrentWeights {
    RecurrentWeights(
      inputWeight: tape.parameter(inputWeight),
      hiddenWeight: tape.parameter(hiddenWeight),
      inputBias: inputBias.map { tape.parameter($0) },
      hiddenBias: hiddenBias.map { tape.parameter($0) }
    )
  }
}
