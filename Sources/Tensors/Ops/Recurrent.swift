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
  /// The input's product of all steps is one GEMM.
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
    let ordered = unsafe floats(s.count)
    unsafe exchangeAxes(
      values(x),
      first: s[0],
      second: s[1],
      width: s[2],
      into: ordered,
      context: context
    )
    var sequence = unsafe Sequence(
      cell: cell,
      weights: weights,
      batch: s[0],
      steps: s[1],
      tape: self
    )
    let width = unsafe sequence.gateWidth
    unsafe multiply(
      m: s[0] * s[1],
      n: width,
      k: s[2],
      Matrix(ordered, rowStride: s[2]),
      Matrix(values(weights.inputWeight), rowStride: s[2]).transposed,
      into: sequence.gates,
      rowStride: width,
      epilogue: Epilogue(columnBias: values(weights.inputBias).map { unsafe UnsafePointer($0) }),
      context: context
    )
    unsafe sequence.ordered = ordered
    return unsafe run(sequence, x: x, tokens: nil, state: &state)
  }

  /// The same on one-hot tokens [N, T], without making the vectors.
  public func recurrent(
    _ tokens: Indices,
    _ cell: RecurrentCell,
    _ weights: RecurrentWeights,
    state: inout RecurrentState?
  ) -> Variable {
    let (batch, steps) = (tokens.shape[0], tokens.shape[1])
    let ordered = unsafe indices(Shape(steps, batch)) { memory in
      unsafe transpose(tokens.base, rows: batch, columns: steps, into: memory)
    }
    let sequence = unsafe Sequence(
      cell: cell,
      weights: weights,
      batch: batch,
      steps: steps,
      tape: self
    )
    let width = unsafe sequence.gateWidth
    let vocabulary = shape(of: weights.inputWeight)[1]
    let table = unsafe floats(width * vocabulary)
    unsafe transpose(
      values(weights.inputWeight),
      rows: width,
      columns: vocabulary,
      into: table,
      context: context
    )
    unsafe gatherRows(
      table,
      tokens: ordered.base,
      count: batch * steps,
      width: width,
      bias: values(weights.inputBias).map { unsafe UnsafePointer($0) },
      into: sequence.gates,
      context: context
    )
    return unsafe run(sequence, x: nil, tokens: ordered, state: &state)
  }

  private func run(
    _ sequence: Sequence,
    x: Variable?,
    tokens: Indices?,
    state: inout RecurrentState?
  ) -> Variable {
    let lines = unsafe sequence.batch * sequence.size
    unsafe sequence.begin(state, lines)
    let weights = unsafe sequence.weights
    unsafe recurrentForward(
      sequence.buffers(products: sequence.gates),
      weights: values(weights.hiddenWeight),
      bias: values(weights.hiddenBias).map { unsafe UnsafePointer($0) },
      context: context
    )
    if state != nil { unsafe sequence.end(&state, lines) }
    let y = unsafe result(
      Shape(sequence.batch, sequence.steps, sequence.size),
      of: x,
      weights.inputWeight,
      weights.hiddenWeight,
      weights.inputBias,
      weights.hiddenBias
    )
    unsafe exchangeAxes(
      sequence.hidden + lines,
      first: sequence.steps,
      second: sequence.batch,
      width: sequence.size,
      into: values(y),
      context: context
    )
    var node = unsafe Node(backward: recurrentBackwardNode, output: y)
    unsafe node.inputs = (
      x, weights.inputWeight, weights.hiddenWeight, weights.inputBias, weights.hiddenBias
    )
    unsafe node.indices = tokens
    unsafe node.numbers[0] = sequence.cell.rawValue
    unsafe node.buffers = (sequence.gates, sequence.hidden, sequence.cells, sequence.ordered)
    unsafe note(node)
    return y
  }
}

/// The memory of one recurrent layer on a tape, time first.
@unsafe
private struct Sequence {
  let cell: RecurrentCell
  let weights: RecurrentWeights
  let batch: Int
  let steps: Int
  let size: Int
  let gates: UnsafeMutablePointer<Float>
  let hidden: UnsafeMutablePointer<Float>
  let cells: UnsafeMutablePointer<Float>
  var ordered: UnsafeMutablePointer<Float>?

  var gateWidth: Int { unsafe cell.gates * size }

  init(cell: RecurrentCell, weights: RecurrentWeights, batch: Int, steps: Int, tape: Tape) {
    let size = tape.shape(of: weights.hiddenWeight)[1]
    let states = (steps + 1) * batch * size
    unsafe self.cell = cell
    unsafe self.weights = weights
    unsafe self.batch = batch
    unsafe self.steps = steps
    unsafe self.size = size
    unsafe gates = tape.floats(steps * batch * cell.gates * size)
    unsafe hidden = tape.floats(states)
    unsafe cells = cell == .rnn ? hidden : tape.floats(states)
  }

  func buffers(products: UnsafeMutablePointer<Float>) -> RecurrentBuffers {
    unsafe RecurrentBuffers(
      cell: cell,
      batch: batch,
      steps: steps,
      size: size,
      gates: gates,
      hidden: hidden,
      cells: cells,
      products: products
    )
  }

  /// Slot 0 from the state, if it fits this batch, else zeros.
  func begin(_ state: RecurrentState?, _ lines: Int) {
    let fits = state.map { $0.hidden.count == lines } ?? false
    for i in 0..<lines {
      unsafe hidden[i] = fits ? state?.hidden[i] ?? 0 : 0
    }
    if unsafe cell != .lstm { return }
    for i in 0..<lines { unsafe cells[i] = fits ? state?.cell[i] ?? 0 : 0 }
  }

  /// The last slot into the state.
  func end(_ state: inout RecurrentState?, _ lines: Int) {
    let offset = unsafe steps * lines
    let last = unsafe Array(UnsafeBufferPointer(start: hidden + offset, count: lines))
    let lastCell =
      unsafe cell == .lstm
      ? Array(UnsafeBufferPointer(start: cells + offset, count: lines)) : []
    state = RecurrentState(hidden: last, cell: lastCell)
  }
}

private func recurrentBackwardNode(
  _ tape: Tape,
  _ node: Node,
  _ dy: UnsafeMutablePointer<Float>
) {
  guard let inputWeight = unsafe node.inputs.1, let hiddenWeight = unsafe node.inputs.2,
    let cell = unsafe RecurrentCell(rawValue: node.numbers[0]),
    let gates = unsafe node.buffers.0, let hidden = unsafe node.buffers.1,
    let cells = unsafe node.buffers.2
  else { return }
  let s = tape.shape(of: unsafe node.output)
  let (batch, steps, size) = (s[0], s[1], s[2])
  let (rows, width) = (batch * steps, cell.gates * size)
  let ordered = unsafe tape.floats(s.count)
  unsafe exchangeAxes(
    dy,
    first: batch,
    second: steps,
    width: size,
    into: ordered,
    context: tape.context
  )
  let products = unsafe cell == .gru ? tape.floats(rows * width) : gates
  unsafe recurrentBackward(
    RecurrentBuffers(
      cell: cell,
      batch: batch,
      steps: steps,
      size: size,
      gates: gates,
      hidden: hidden,
      cells: cells,
      products: products
    ),
    gradient: ordered,
    weights: tape.values(hiddenWeight),
    context: tape.context
  )

  if let (dw, accumulating) = unsafe tape.gradientTarget(hiddenWeight) {
    unsafe multiply(
      m: width,
      n: size,
      k: rows,
      Matrix(products, rowStride: width).transposed,
      Matrix(hidden, rowStride: size),
      into: dw,
      rowStride: size,
      accumulating: accumulating,
      context: tape.context
    )
  }
  unsafe biasGradient(tape, node.inputs.3, gates, rows, width)
  unsafe biasGradient(tape, node.inputs.4, products, rows, width)
  if let tokens = unsafe node.indices {
    unsafe tape.scatterColumns(gates, tokens, into: inputWeight)
  } else if let x = unsafe node.inputs.0, let input = unsafe node.buffers.3 {
    unsafe inputGradients(tape, x, input, inputWeight, gates, batch, steps)
  }
}

private func biasGradient(
  _ tape: Tape,
  _ bias: Variable?,
  _ slopes: UnsafePointer<Float>,
  _ rows: Int,
  _ width: Int
) {
  guard let bias, let (db, accumulating) = unsafe tape.gradientTarget(bias) else { return }
  unsafe columnSums(
    slopes,
    rows: rows,
    columns: width,
    rowStride: width,
    into: db,
    accumulating: accumulating,
    context: tape.context
  )
}

/// Gradients of the input weight and of x, whose time-first copy is `input`.
private func inputGradients(
  _ tape: Tape,
  _ x: Variable,
  _ input: UnsafeMutablePointer<Float>,
  _ inputWeight: Variable,
  _ slopes: UnsafePointer<Float>,
  _ batch: Int,
  _ steps: Int
) {
  let (width, inputs) = (tape.shape(of: inputWeight)[0], tape.shape(of: inputWeight)[1])
  let rows = batch * steps
  if let (dw, accumulating) = unsafe tape.gradientTarget(inputWeight) {
    unsafe multiply(
      m: width,
      n: inputs,
      k: rows,
      Matrix(slopes, rowStride: width).transposed,
      Matrix(input, rowStride: inputs),
      into: dw,
      rowStride: inputs,
      accumulating: accumulating,
      context: tape.context
    )
  }
  guard let (dx, accumulating) = unsafe tape.gradientTarget(x) else { return }
  // The time-first copy of x is no longer needed: its place takes the time-first gradient.
  unsafe multiply(
    m: rows,
    n: inputs,
    k: width,
    Matrix(slopes, rowStride: width),
    Matrix(tape.values(inputWeight), rowStride: inputs),
    into: input,
    rowStride: inputs,
    context: tape.context
  )
  unsafe exchangeAxes(
    input,
    first: steps,
    second: batch,
    width: inputs,
    into: dx,
    accumulating: accumulating,
    context: tape.context
  )
}
