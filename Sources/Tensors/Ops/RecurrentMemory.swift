// SPDX-License-Identifier: Apache-2.0

import DeterministicMath
public import Kernels

/// What a recurrent layer keeps on the tape beside its result.
@unsafe
struct RecurrentMemory {
  let cell: RecurrentCell
  let lines: UnsafeMutablePointer<Float>
  let states: UnsafeMutablePointer<Float>
  let cells: UnsafeMutablePointer<Float>
  let squashed: UnsafeMutablePointer<Float>

  /// New memory for `size` hidden states a step of a result of `shape` [N, T, …].
  init(_ cell: RecurrentCell, _ shape: Shape, size: Int, inputs: Int, _ tape: Tape) {
    let (examples, steps) = (shape[0], shape[1])
    unsafe self.cell = cell
    unsafe lines = tape.floats(
      examples * steps * RecurrentBuffers.lineStride(cell, size: size)
    )
    unsafe states = tape.floats(examples * (steps + 1) * (inputs + size))
    unsafe cells = cell == .lstm ? tape.floats(examples * (steps + 1) * size) : states
    unsafe squashed = cell == .lstm ? tape.floats(examples * steps * size) : states
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

  /// Buffers of `size` hidden states a step of a result of `shape` [N, T, …], walked forwards.
  func buffers(_ shape: Shape, size: Int, inputs: Int) -> RecurrentBuffers {
    var buffers = unsafe RecurrentBuffers(
      cell: cell,
      batch: shape[0],
      steps: shape[1],
      size: size,
      inputs: inputs,
      lines: lines,
      states: states,
      cells: cells,
      squashed: squashed
    )
    buffers.resultStride = shape[2]
    return buffers
  }
}

extension RecurrentCell {
  /// Values that a walk of `steps` steps keeps of one example beside its result, for the way back.
  public func keptValues(steps: Int, inputs: Int, size: Int) -> Int {
    let line = RecurrentBuffers.lineStride(self, size: size)
    let cells = self == .lstm ? (2 * steps + 1).saturatingProduct(size) : 0
    return steps.saturatingProduct(line)
      .saturatingSum((steps + 1).saturatingProduct(inputs.saturatingSum(size)))
      .saturatingSum(cells)
  }
}

// MARK: - States

/// Slot 0 from the state, if it fits this batch, else zeros.
func begin(_ b: RecurrentBuffers, _ state: RecurrentState?) {
  let count = b.batch * b.size
  func write(_ values: [Float]?, into memory: UnsafeMutablePointer<Float>, stride: Int) {
    if let values, values.count == count {
      unsafe Tensors.write(values, into: memory, stride: stride, b)
    } else {
      unsafe Tensors.write(nil, into: memory, stride: stride, b)
    }
  }
  unsafe write(state?.hidden, into: b.states + b.inputs, stride: b.inputs + b.size)
  if b.cell == .lstm { unsafe write(state?.cell, into: b.cells, stride: b.size) }
}

/// Values [N, H], or zeros, into a slot whose lines lie `stride` apart.
func write(
  _ values: UnsafePointer<Float>?,
  into memory: UnsafeMutablePointer<Float>,
  stride: Int,
  _ b: RecurrentBuffers
) {
  if let values = unsafe values {
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
func end(_ b: RecurrentBuffers, _ state: inout RecurrentState?) {
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
    unsafe read(states, stride: stride, b, into: base)
  }
}

/// The last of the slots from `states` on, whose lines lie `stride` apart, into values [N, H].
func read(
  _ states: UnsafePointer<Float>,
  stride: Int,
  _ b: RecurrentBuffers,
  into values: UnsafeMutablePointer<Float>
) {
  unsafe copyLines(
    states + b.steps * b.batch * stride,
    xStride: stride,
    into: values,
    yStride: b.size,
    count: b.batch,
    width: b.size
  )
}
