// SPDX-License-Identifier: Apache-2.0

public import Kernels

/// The state of a recurrent layer between batches: hidden [N, H] and, for an LSTM, cell [N, H].
public struct RecurrentState: Hashable, Sendable {
  /// Hidden values, row by row.
  public var hidden: [Float]
  /// Cell values, row by row; empty unless the cell is an LSTM.
  public var cell: [Float]

  /// A state with these values.
  public init(hidden: [Float], cell: [Float] = []) {
    self.hidden = hidden
    self.cell = cell
  }
}

/// The four parameters of one direction of a recurrent layer, shapes as in PyTorch.
public struct RecurrentWeights {
  /// [G · H, inputs].
  public var inputWeight: Variable
  /// [G · H, H].
  public var hiddenWeight: Variable
  /// [G · H] or nil.
  public var inputBias: Variable?
  /// [G · H] or nil.
  public var hiddenBias: Variable?
  /// Both weights packed, if several walks share that.
  var panels: RecurrentPanels?

  /// Weights and biases.
  public init(
    inputWeight: Variable,
    hiddenWeight: Variable,
    inputBias: Variable?,
    hiddenBias: Variable?
  ) {
    self.inputWeight = inputWeight
    self.hiddenWeight = hiddenWeight
    self.inputBias = inputBias
    self.hiddenBias = hiddenBias
  }
}

extension Tape {
  /// A recurrent layer over a whole sequence: x [N, T, D] → hidden states [N, T, H].
  ///
  /// Starts from `state`, or zeros if it is of another batch size, and leaves the last state there, detached; a nil
  /// state starts from zeros and stays nil. With weights `reverse` a second walk, from the last step to the first and
  /// always from zeros, puts its states behind the first one's: [N, T, 2 · H]. With `lengths` [N], each 0 … T, an
  /// example has that many real steps: the walk backwards starts there, the last state is the one there, results and
  /// gradients behind it are 0, and what x holds there does not matter.
  public func recurrent(
    _ x: Variable,
    _ cell: RecurrentCell,
    _ weights: RecurrentWeights,
    reverse: RecurrentWeights? = nil,
    lengths: Indices? = nil,
    state: inout RecurrentState?
  ) -> Variable {
    unsafe recurrent(walk(x, cell, weights, lengths), weights, reverse, &state)
  }

  /// The same on one-hot tokens [N, T], without making the vectors.
  public func recurrent(
    _ tokens: Indices,
    _ cell: RecurrentCell,
    _ weights: RecurrentWeights,
    reverse: RecurrentWeights? = nil,
    lengths: Indices? = nil,
    state: inout RecurrentState?
  ) -> Variable {
    unsafe recurrent(walk(tokens, cell, weights, lengths), weights, reverse, &state)
  }

  private func recurrent(
    _ walk: Walk,
    _ weights: RecurrentWeights,
    _ reverse: RecurrentWeights?,
    _ state: inout RecurrentState?
  ) -> Variable {
    let y = unsafe states(of: walk, weights, reverse)
    unsafe self.walk(walk, weights, into: y, &state)
    if let reverse {
      var none: RecurrentState?
      unsafe self.walk(walk.reversed, reverse, into: y, &none)
    }
    return y
  }

  /// The same weights, packed once for all walks of this pass: for those through few steps, which would pack them each.
  public func packed(_ weights: RecurrentWeights, _ cell: RecurrentCell) -> RecurrentWeights {
    let size = shape(of: weights.hiddenWeight)[1]
    let inputs = shape(of: weights.inputWeight)[1]
    var packed = weights
    unsafe packed.panels = RecurrentPanels(
      parameters(weights),
      cell,
      size: size,
      inputs: inputs,
      into: floats(RecurrentPanels.count(cell, size: size, inputs: inputs))
    )
    return packed
  }

  private func parameters(_ weights: RecurrentWeights) -> RecurrentParameters {
    unsafe RecurrentParameters(
      inputWeight: values(weights.inputWeight),
      hiddenWeight: values(weights.hiddenWeight),
      inputBias: values(weights.inputBias).map { unsafe UnsafePointer($0) },
      hiddenBias: values(weights.hiddenBias).map { unsafe UnsafePointer($0) }
    )
  }

  // MARK: - Walks

  /// A walk through x.
  func walk(
    _ x: Variable,
    _ cell: RecurrentCell,
    _ weights: RecurrentWeights,
    _ lengths: Indices?
  ) -> Walk {
    let s = shape(of: x)
    precondition(
      s.rank == 3 && s[2] == shape(of: weights.inputWeight)[1],
      "recurrent: x is \(s), weight \(shape(of: weights.inputWeight))"
    )
    let steps = Shape(s[0], s[1])
    if let lengths { check(lengths, steps, "recurrent") }
    return unsafe Walk(
      cell: cell,
      input: .values(values(x)),
      steps: steps,
      x: x,
      tokens: nil,
      lengths: lengths
    )
  }

  /// A walk through tokens.
  func walk(
    _ tokens: Indices,
    _ cell: RecurrentCell,
    _ weights: RecurrentWeights,
    _ lengths: Indices?
  ) -> Walk {
    if let lengths { check(lengths, tokens.shape, "recurrent") }
    return unsafe Walk(
      cell: cell,
      input: .tokens(tokens.base, vocabulary: shape(of: weights.inputWeight)[1]),
      steps: tokens.shape,
      x: nil,
      tokens: tokens,
      lengths: lengths
    )
  }

  /// Room for the hidden states of one walk or two.
  func states(
    of walk: Walk,
    _ weights: RecurrentWeights,
    _ reverse: RecurrentWeights?
  ) -> Variable {
    let size = shape(of: weights.hiddenWeight)[1]
    let y = unsafe result(
      walk.steps.appending(reverse == nil ? size : 2 * size),
      of: walk.x,
      weights.inputWeight,
      weights.hiddenWeight,
      weights.inputBias,
      weights.hiddenBias
    )
    if isTraining, let reverse, needsGradient(reverse) { askForGradient(y) }
    return y
  }

  /// Whether one of a walk's weights is trained.
  private func needsGradient(_ weights: RecurrentWeights) -> Bool {
    needsGradient(weights.inputWeight) || needsGradient(weights.hiddenWeight)
      || weights.inputBias.map { needsGradient($0) } ?? false
      || weights.hiddenBias.map { needsGradient($0) } ?? false
  }

  /// One walk, into its part of `y`.
  private func walk(
    _ walk: Walk,
    _ weights: RecurrentWeights,
    into y: Variable,
    _ state: inout RecurrentState?
  ) {
    let (memory, buffers) = unsafe memory(of: walk, weights, y)
    begin(buffers, state)
    unsafe run(walk, weights, buffers, into: y)
    end(buffers, &state)
    unsafe note(node(walk, weights, memory, y))
  }

  /// The memory of a walk into its part of `y`.
  func memory(
    of walk: Walk,
    _ weights: RecurrentWeights,
    _ y: Variable
  ) -> (RecurrentMemory, RecurrentBuffers) {
    let size = shape(of: weights.hiddenWeight)[1]
    let inputs = unsafe walk.x.map { shape(of: $0)[2] } ?? 0
    let memory = unsafe RecurrentMemory(walk.cell, shape(of: y), size: size, inputs: inputs, self)
    var buffers = unsafe memory.buffers(shape(of: y), size: size, inputs: inputs)
    unsafe walk.direct(&buffers)
    if inputs > 0 { buffers.panels = weights.panels }
    return unsafe (memory, buffers)
  }

  /// Walks from the states in slot 0.
  func run(
    _ walk: Walk,
    _ weights: RecurrentWeights,
    _ buffers: RecurrentBuffers,
    into y: Variable
  ) {
    unsafe recurrentForward(
      buffers,
      walk.input,
      parameters(weights),
      result: values(y) + walk.offset(buffers.size),
      context: context
    )
  }

  /// The note of a walk.
  func node(
    _ walk: Walk,
    _ weights: RecurrentWeights,
    _ memory: RecurrentMemory,
    _ y: Variable
  ) -> Node {
    var node = unsafe Node(backward: recurrentBackward, output: y)
    unsafe node.inputs = (
      walk.x, weights.inputWeight, weights.hiddenWeight, weights.inputBias, weights.hiddenBias
    )
    unsafe node.indices = walk.tokens
    unsafe node.lengths = walk.lengths
    unsafe node.numbers[0] = walk.cell.rawValue
    unsafe node.numbers[1] = walk.isReversed ? 1 : 0
    unsafe node.buffers = (memory.lines, memory.states, memory.cells, memory.squashed)
    unsafe node.panels = weights.panels
    return unsafe node
  }
}

/// What is walked through, and how.
@unsafe
struct Walk {
  let cell: RecurrentCell
  let input: RecurrentInput
  /// [N, T].
  let steps: Shape
  let x: Variable?
  let tokens: Indices?
  let lengths: Indices?
  var isReversed = false

  /// The walk from the end.
  var reversed: Walk {
    var other = unsafe self
    unsafe other.isReversed = true
    return unsafe other
  }

  /// Makes the buffers walk that way.
  func direct(_ buffers: inout RecurrentBuffers) {
    buffers.isReversed = unsafe isReversed
    unsafe buffers.lengths = lengths.map { unsafe UnsafePointer($0.base) }
  }

  /// Where its states stand in a step of the result.
  func offset(_ size: Int) -> Int { unsafe isReversed ? size : 0 }
}
