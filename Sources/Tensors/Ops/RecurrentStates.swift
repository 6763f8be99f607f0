// SPDX-License-Identifier: Apache-2.0

import Kernels

/// The state of a recurrent layer as values on a tape.
public struct RecurrentStateVariables: Hashable, Sendable {
  /// [N, H].
  public var hidden: Variable
  /// [N, H] of an LSTM; nil of other cells.
  public var cell: Variable?

  /// A state with these values.
  public init(hidden: Variable, cell: Variable? = nil) {
    self.hidden = hidden
    self.cell = cell
  }
}

/// What a recurrent layer makes of a whole sequence.
public struct RecurrentResult: Hashable, Sendable {
  /// The hidden states of all steps [N, T, H], or [N, T, 2 · H] of two walks.
  public let steps: Variable
  /// The state after each example's last real step.
  public let last: RecurrentStateVariables
  /// That of the walk from the end, after each example's first step; nil without one.
  public let reverseLast: RecurrentStateVariables?
}

extension Tape {
  /// A recurrent layer over a whole sequence x [N, T, D] that starts from a state and gives its last one, as an encoder
  /// and a decoder need it (Sutskever, Vinyals & Le 2014): gradients flow through both.
  ///
  /// A nil state is zeros. `lengths` [N], each 0 … T, are as in `recurrent` with a detached state; without a real step the
  /// last state is the initial one.
  public func recurrent(
    _ x: Variable,
    _ cell: RecurrentCell,
    _ weights: RecurrentWeights,
    reverse: RecurrentWeights? = nil,
    lengths: Indices? = nil,
    initial: RecurrentStateVariables?,
    reverseInitial: RecurrentStateVariables? = nil
  ) -> RecurrentResult {
    unsafe recurrent(walk(x, cell, weights, lengths), weights, reverse, initial, reverseInitial)
  }

  /// The same on one-hot tokens [N, T], without making the vectors.
  public func recurrent(
    _ tokens: Indices,
    _ cell: RecurrentCell,
    _ weights: RecurrentWeights,
    reverse: RecurrentWeights? = nil,
    lengths: Indices? = nil,
    initial: RecurrentStateVariables?,
    reverseInitial: RecurrentStateVariables? = nil
  ) -> RecurrentResult {
    unsafe recurrent(
      walk(tokens, cell, weights, lengths),
      weights,
      reverse,
      initial,
      reverseInitial
    )
  }

  private func recurrent(
    _ walk: Walk,
    _ weights: RecurrentWeights,
    _ reverse: RecurrentWeights?,
    _ initial: RecurrentStateVariables?,
    _ reverseInitial: RecurrentStateVariables?
  ) -> RecurrentResult {
    precondition(
      reverse != nil || reverseInitial == nil,
      "recurrent: a state for a walk from the end, which has no weights"
    )
    let y = unsafe states(of: walk, weights, reverse)
    if isTraining, needsGradient(initial) || needsGradient(reverseInitial) { askForGradient(y) }
    return unsafe RecurrentResult(
      steps: y,
      last: self.walk(walk, weights, into: y, from: initial),
      reverseLast: reverse.map {
        unsafe self.walk(walk.reversed, $0, into: y, from: reverseInitial)
      }
    )
  }

  private func needsGradient(_ state: RecurrentStateVariables?) -> Bool {
    guard let state else { return false }
    return needsGradient(state.hidden) || state.cell.map { needsGradient($0) } ?? false
  }

  /// One walk, into its part of `y`; gives its last state.
  private func walk(
    _ walk: Walk,
    _ weights: RecurrentWeights,
    into y: Variable,
    from initial: RecurrentStateVariables?
  ) -> RecurrentStateVariables {
    let (memory, buffers) = unsafe memory(of: walk, weights, y)
    if let initial { check(initial, buffers) }
    unsafe begin(buffers, values(initial?.hidden), values(initial?.cell))
    unsafe run(walk, weights, buffers, into: y)
    let shape = Shape(buffers.batch, buffers.size)
    let last = RecurrentStateVariables(
      hidden: result(shape, of: y),
      cell: buffers.cell == .lstm ? result(shape, of: y) : nil
    )
    unsafe end(buffers, values(last.hidden), values(last.cell))
    var node = unsafe node(walk, weights, memory, y)
    unsafe node.states = (initial, last)
    unsafe note(node)
    noteState(last.hidden, of: y)
    if let cell = last.cell { noteState(cell, of: y) }
    return last
  }

  private func check(_ state: RecurrentStateVariables, _ b: RecurrentBuffers) {
    let expected = Shape(b.batch, b.size)
    precondition(
      shape(of: state.hidden) == expected && (state.cell != nil) == (b.cell == .lstm)
        && state.cell.map { shape(of: $0) == expected } ?? true,
      """
      recurrent: state \(shape(of: state.hidden)), cell \(state.cell.map { "\(shape(of: $0))" } ?? "nil"); \
      expected \(expected)
      """
    )
  }

  private func noteState(_ state: Variable, of y: Variable) {
    var node = unsafe Node(backward: lastStateBackward, output: state)
    unsafe node.inputs = (y, nil, nil, nil, nil)
    unsafe note(node)
  }

  /// The gradients of a noted walk's states.
  func stateGradients(_ node: Node) -> RecurrentStateGradients {
    let (initial, last) = unsafe node.states
    let lastHidden = unsafe last.flatMap { unsafe outputGradient($0.hidden) }
    let lastCell = unsafe last.flatMap { unsafe $0.cell.flatMap { unsafe outputGradient($0) } }
    return unsafe RecurrentStateGradients(
      lastHidden: lastHidden.map { unsafe UnsafePointer($0) },
      lastCell: lastCell.map { unsafe UnsafePointer($0) },
      initialHidden: target(initial?.hidden),
      initialCell: target(initial?.cell)
    )
  }
}

/// The walk itself takes this gradient; but it is walked back only if something reached its steps.
private func lastStateBackward(_ tape: Tape, _ node: Node, _ gradient: UnsafeMutablePointer<Float>)
{
  guard let steps = unsafe node.inputs.0,
    let (dy, accumulating) = unsafe tape.gradientTarget(steps), !accumulating
  else { return }
  unsafe fill(dy, with: 0, count: tape.shape(of: steps).count, context: tape.context)
}

/// Slot 0 from values [N, H], or zeros.
private func begin(
  _ b: RecurrentBuffers,
  _ hidden: UnsafePointer<Float>?,
  _ cell: UnsafePointer<Float>?
) {
  unsafe write(hidden, into: b.states + b.inputs, stride: b.inputs + b.size, b)
  if b.cell == .lstm { unsafe write(cell, into: b.cells, stride: b.size, b) }
}

/// The last slot into values [N, H].
private func end(
  _ b: RecurrentBuffers,
  _ hidden: UnsafeMutablePointer<Float>?,
  _ cell: UnsafeMutablePointer<Float>?
) {
  if let hidden = unsafe hidden {
    unsafe read(b.states + b.inputs, stride: b.inputs + b.size, b, into: hidden)
  }
  if let cell = unsafe cell { unsafe read(b.cells, stride: b.size, b, into: cell) }
}
