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

/// The four parameters of one recurrent layer, shapes as in PyTorch.
public struct RecurrentWeights {
  /// [G · H, inputs].
  public var inputWeight: Variable
  /// [G · H, H].
  public var hiddenWeight: Variable
  /// [G · H] or nil.
  public var inputBias: Variable?
  /// [G · H] or nil.
  public var hiddenBias: Variable?

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
  /// state starts from zeros and stays nil.
  public func recurrent(
    _ x: Variable,
    _ cell: RecurrentCell,
    _ weights: RecurrentWeights,
    state: inout RecurrentState?
  ) -> Variable {
    let s = shape(of: x)
    precondition(
      s.rank == 3 && s[2] == shape(of: weights.inputWeight)[1],
      "recurrent: x is \(s), weight \(shape(of: weights.inputWeight))"
    )
    return unsafe recurrent(
      .values(values(x)),
      x,
      nil,
      Shape(s[0], s[1], shape(of: weights.hiddenWeight)[1]),
      cell,
      weights,
      &state
    )
  }

  /// The same on one-hot tokens [N, T], without making the vectors.
  public func recurrent(
    _ tokens: Indices,
    _ cell: RecurrentCell,
    _ weights: RecurrentWeights,
    state: inout RecurrentState?
  ) -> Variable {
    unsafe recurrent(
      .tokens(tokens.base, vocabulary: shape(of: weights.inputWeight)[1]),
      nil,
      tokens,
      tokens.shape.appending(shape(of: weights.hiddenWeight)[1]),
      cell,
      weights,
      &state
    )
  }

  private func recurrent(
    _ input: RecurrentInput,
    _ x: Variable?,
    _ tokens: Indices?,
    _ shape: Shape,
    _ cell: RecurrentCell,
    _ weights: RecurrentWeights,
    _ state: inout RecurrentState?
  ) -> Variable {
    let y = result(
      shape,
      of: x,
      weights.inputWeight,
      weights.hiddenWeight,
      weights.inputBias,
      weights.hiddenBias
    )
    let inputs = x.map { self.shape(of: $0)[2] } ?? 0
    let memory = unsafe RecurrentMemory(cell, shape, inputs: inputs, self)
    let buffers = unsafe memory.buffers(shape, inputs: inputs)
    begin(buffers, state)
    unsafe recurrentForward(
      buffers,
      input,
      RecurrentParameters(
        inputWeight: values(weights.inputWeight),
        hiddenWeight: values(weights.hiddenWeight),
        inputBias: values(weights.inputBias).map { unsafe UnsafePointer($0) },
        hiddenBias: values(weights.hiddenBias).map { unsafe UnsafePointer($0) }
      ),
      result: values(y),
      context: context
    )
    end(buffers, &state)
    var node = unsafe Node(backward: recurrentBackward, output: y)
    unsafe node.inputs = (
      x, weights.inputWeight, weights.hiddenWeight, weights.inputBias, weights.hiddenBias
    )
    unsafe node.indices = tokens
    unsafe node.numbers[0] = cell.rawValue
    unsafe node.buffers = (memory.lines, memory.states, memory.cells, memory.squashed)
    unsafe note(node)
    return y
  }
}

/// What a recurrent layer keeps on the tape beside its result.
@unsafe
private struct RecurrentMemory {
  let cell: RecurrentCell
  let lines: UnsafeMutablePointer<Float>
  let states: UnsafeMutablePointer<Float>
  let cells: UnsafeMutablePointer<Float>
  let squashed: UnsafeMutablePointer<Float>

  /// New memory for hidden states of `shape` [N, T, H].
  init(_ cell: RecurrentCell, _ shape: Shape, inputs: Int, _ tape: Tape) {
    let (examples, steps, size) = (shape[0], shape[1], shape[2])
    unsafe self.cell = cell
    unsafe lines = tape.floats(
      examples * steps * RecurrentBuffers.lineStride(cell, size: size)
    )
    unsafe states = tape.floats(examples * (steps + 1) * (inputs + size))
    unsafe cells = cell == .lstm ? tape.floats(examples * (steps + 1) * size) : states
    unsafe squashed = cell == .lstm ? tape.floats(shape.count) : states
  }

  /// The memory of a noted layer.
  init?(_ node: Node) {
    guard let cell = unsafe RecurrentCell(rawValue: node.numbers[0]),
      let lines = unsafe node.buffers.0, let states = unsafe node.buffers.1,
      let cells = unsafe node.buffers.2, let squashed = unsafe node.buffers.3
    else { return nil }
    unsafe self.cell = cell
    unsafe (self.lines, self.states) = (lines, states)
    unsafe (self.cells, self.squashed) = (cells, squashed)
  }

  func buffers(_ shape: Shape, inputs: Int) -> RecurrentBuffers {
    unsafe RecurrentBuffers(
      cell: cell,
      batch: shape[0],
      steps: shape[1],
      size: shape[2],
      inputs: inputs,
      lines: lines,
      states: states,
      cells: cells,
      squashed: squashed
    )
  }
}

// MARK: - States

/// Slot 0 from the state, if it fits this batch, else zeros.
private func begin(_ b: RecurrentBuffers, _ state: RecurrentState?) {
  unsafe write(state?.hidden, into: b.states + b.inputs, stride: b.inputs + b.size, b)
  if b.cell == .lstm { unsafe write(state?.cell, into: b.cells, stride: b.size, b) }
}

private func write(
  _ values: [Float]?,
  into memory: UnsafeMutablePointer<Float>,
  stride: Int,
  _ b: RecurrentBuffers
) {
  if let values, values.count == b.batch * b.size {
    unsafe copyLines(
      values,
      xStride: b.size,
      into: memory,
      yStride: stride,
      count: b.batch,
      width: b.size
    )
  } else {
    for n in 0..<b.batch { unsafe (memory + n * stride).update(repeating: 0, count: b.size) }
  }
}

/// The last slot into the state, in the memory of its arrays if they are of that size and have no other owner.
private func end(_ b: RecurrentBuffers, _ state: inout RecurrentState?) {
  guard var kept = state else { return }
  state = nil
  unsafe read(b.states + b.inputs, stride: b.inputs + b.size, b, into: &kept.hidden)
  if b.cell == .lstm { unsafe read(b.cells, stride: b.size, b, into: &kept.cell) }
  state = kept
}

private func read(
  _ states: UnsafePointer<Float>,
  stride: Int,
  _ b: RecurrentBuffers,
  into array: inout [Float]
) {
  let count = b.batch * b.size
  if array.count != count { array = [Float](repeating: 0, count: count) }
  unsafe array.withUnsafeMutableBufferPointer { memory in
    guard let base = memory.baseAddress else { return }
    unsafe copyLines(
      states + b.steps * b.batch * stride,
      xStride: stride,
      into: base,
      yStride: b.size,
      count: b.batch,
      width: b.size
    )
  }
}

// MARK: - Gradients

private func recurrentBackward(
  _ tape: Tape,
  _ node: Node,
  _ dy: UnsafeMutablePointer<Float>
) {
  let inputs = unsafe node.inputs.0.map { tape.shape(of: $0)[2] } ?? 0
  guard let inputWeight = unsafe node.inputs.1, let hiddenWeight = unsafe node.inputs.2,
    let b = unsafe RecurrentMemory(node)?.buffers(tape.shape(of: node.output), inputs: inputs)
  else { return }
  unsafe Kernels.recurrentBackward(
    b,
    gradient: dy,
    hiddenWeight: tape.values(hiddenWeight),
    context: tape.context
  )
  biasGradients(tape, unsafe node.inputs.3, unsafe node.inputs.4, b)
  if let tokens = unsafe node.indices {
    weightGradient(tape, hiddenWeight, b)
    tokenGradient(tape, tokens, inputWeight, b)
  } else if let x = unsafe node.inputs.0 {
    weightGradients(tape, inputWeight, hiddenWeight, b)
    inputGradient(tape, x, inputWeight, b)
  }
}

/// Of U alone.
private func weightGradient(_ tape: Tape, _ hiddenWeight: Variable, _ b: RecurrentBuffers) {
  guard let (dw, accumulating) = unsafe tape.gradientTarget(hiddenWeight) else { return }
  unsafe recurrentWeightGradient(b, into: dw, accumulating: accumulating, context: tape.context)
}

/// Of [W U], then of each.
private func weightGradients(
  _ tape: Tape,
  _ inputWeight: Variable,
  _ hiddenWeight: Variable,
  _ b: RecurrentBuffers
) {
  let (rows, width) = (b.cell.gates * b.size, b.inputs + b.size)
  let both = unsafe tape.floats(rows * width)
  unsafe recurrentWeightGradient(b, into: both, accumulating: false, context: tape.context)
  unsafe addColumns(tape, inputWeight, both, width)
  unsafe addColumns(tape, hiddenWeight, both + b.inputs, width)
}

private func addColumns(
  _ tape: Tape,
  _ weight: Variable,
  _ gradient: UnsafePointer<Float>,
  _ stride: Int
) {
  guard let (dw, accumulating) = unsafe tape.gradientTarget(weight) else { return }
  let shape = tape.shape(of: weight)
  unsafe copyLines(
    gradient,
    xStride: stride,
    into: dw,
    yStride: shape[1],
    count: shape[0],
    width: shape[1],
    accumulating: accumulating
  )
}

private func biasGradients(
  _ tape: Tape,
  _ inputBias: Variable?,
  _ hiddenBias: Variable?,
  _ b: RecurrentBuffers
) {
  if inputBias == nil && hiddenBias == nil { return }
  let width = b.cell.gates * b.size
  let (sums, hiddenSums) = unsafe (tape.floats(width), tape.floats(width))
  unsafe recurrentBiasGradients(b, sums, hiddenSums, context: tape.context)
  unsafe addGradient(tape, inputBias, sums, width)
  unsafe addGradient(tape, hiddenBias, hiddenSums, width)
}

private func addGradient(
  _ tape: Tape,
  _ bias: Variable?,
  _ gradient: UnsafePointer<Float>,
  _ count: Int
) {
  guard let bias, let (db, accumulating) = unsafe tape.gradientTarget(bias) else { return }
  unsafe add(gradient, into: db, count: count, accumulating: accumulating, context: tape.context)
}

private func tokenGradient(
  _ tape: Tape,
  _ tokens: Indices,
  _ inputWeight: Variable,
  _ b: RecurrentBuffers
) {
  guard let (dw, accumulating) = unsafe tape.gradientTarget(inputWeight) else { return }
  let ordered = unsafe tape.indices(tokens.shape) { memory in
    unsafe transpose(tokens.base, rows: b.batch, columns: b.steps, into: memory)
  }
  unsafe recurrentTokenGradient(
    b,
    tokens: ordered.base,
    vocabulary: tape.shape(of: inputWeight)[1],
    into: dw,
    accumulating: accumulating,
    context: tape.context
  )
}

private func inputGradient(
  _ tape: Tape,
  _ x: Variable,
  _ inputWeight: Variable,
  _ b: RecurrentBuffers
) {
  guard let (dx, accumulating) = unsafe tape.gradientTarget(x) else { return }
  let ordered = unsafe tape.floats(tape.shape(of: x).count)
  unsafe recurrentInputGradient(
    b,
    inputWeight: tape.values(inputWeight),
    into: ordered,
    context: tape.context
  )
  unsafe exchangeAxes(
    ordered,
    first: b.steps,
    second: b.batch,
    width: b.inputs,
    into: dx,
    accumulating: accumulating,
    context: tape.context
  )
}
