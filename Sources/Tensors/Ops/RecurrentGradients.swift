// SPDX-License-Identifier: Apache-2.0

import Kernels

/// One walk's share of the gradients; those of the other walk add up with them.
func recurrentBackward(
  _ tape: Tape,
  _ node: Node,
  _ dy: UnsafeMutablePointer<Float>
) {
  guard let inputWeight = unsafe node.inputs.1, let hiddenWeight = unsafe node.inputs.2,
    let memory = unsafe RecurrentMemory(node)
  else { return }
  let size = tape.shape(of: hiddenWeight)[1]
  let inputs = unsafe node.inputs.0.map { tape.shape(of: $0)[2] } ?? 0
  var b = unsafe memory.buffers(tape.shape(of: node.output), size: size, inputs: inputs)
  b.isReversed = unsafe node.numbers[1] != 0
  if inputs > 0 { b.panels = unsafe node.panels }
  unsafe b.lengths = node.lengths.map { unsafe UnsafePointer($0.base) }
  unsafe Kernels.recurrentBackward(
    b,
    gradient: dy + (b.isReversed ? size : 0),
    states: tape.stateGradients(node),
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
  guard tape.needsGradient(inputWeight) || tape.needsGradient(hiddenWeight) else { return }
  let (rows, width) = (b.cell.gates * b.size, b.inputs + b.size)
  let both = unsafe tape.temporary(rows * width)
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
  let needsInput = inputBias.map { tape.needsGradient($0) } ?? false
  guard needsInput || hiddenBias.map({ tape.needsGradient($0) }) ?? false else { return }
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
    unsafe recurrentTokens(b, tokens.base, into: memory)
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
  let ordered = unsafe tape.temporary(tape.shape(of: x).count)
  unsafe recurrentInputGradient(
    b,
    inputWeight: tape.values(inputWeight),
    into: ordered,
    context: tape.context
  )
  unsafe recurrentReturn(
    b,
    ordered,
    into: dx,
    accumulating: accumulating,
    context: tape.context
  )
}
