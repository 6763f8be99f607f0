// SPDX-License-Identifier: Apache-2.0

// What a recurrent layer is fed, step by step, right before it is used: so it never leaves the cache in between.

/// A recurrent layer's input, batch first.
package enum RecurrentInput {
  /// x [N, T, D] of the buffers' `inputs` D > 0.
  case values(UnsafePointer<Float>)
  /// One-hot tokens [N, T] below `vocabulary`.
  case tokens(UnsafePointer<Int32>, vocabulary: Int)
}

/// Puts a step's inputs where they are needed: beside the hidden states, or into the lines.
protocol StepInput {
  /// Makes the lines, and the inputs in `states`, of step t, `rows` examples from `first` on.
  func write(
    _ t: Int,
    first: Int,
    rows: Int,
    states: UnsafeMutablePointer<Float>,
    lines: UnsafeMutablePointer<Float>
  )
}

/// Values go beside the hidden states, and lines begin as biases.
struct ValueInput: StepInput {
  let x: UnsafePointer<Float>
  let b: RecurrentBuffers
  let biases: UnsafePointer<Float>

  func write(
    _ t: Int,
    first: Int,
    rows: Int,
    states: UnsafeMutablePointer<Float>,
    lines: UnsafeMutablePointer<Float>
  ) {
    for i in 0..<rows {
      let state = states + i &* b.stateWidth
      if b.isReal(first &+ i, t) {
        copyLine(x + b.place(first &+ i, t) &* b.inputs, state, b.inputs)
      } else {
        fill(state, 0, b.inputs)
      }
      copyLine(biases, lines + i &* b.lineStride, b.lineWidth)
    }
  }
}

/// One-hot tokens: lines are copies of a token's line. Each sum has the bits of the product with the one-hot vector.
struct TokenInput: StepInput {
  private let tokens: UnsafePointer<Int32>
  private let b: RecurrentBuffers
  private let table: UnsafePointer<Float>

  /// Floats of `space` for a `vocabulary`.
  static func space(_ b: RecurrentBuffers, _ vocabulary: Int) -> Int { vocabulary &* b.lineStride }

  /// Makes the lines of all tokens: biases plus a column of W [G·H, vocabulary].
  init(
    _ tokens: UnsafePointer<Int32>,
    vocabulary: Int,
    weights: UnsafePointer<Float>,
    biases: UnsafePointer<Float>,
    _ b: RecurrentBuffers,
    space: UnsafeMutablePointer<Float>,
    _ context: KernelContext
  ) {
    self.tokens = tokens
    self.b = b
    table = UnsafePointer(space)
    for token in 0..<vocabulary { copyLine(biases, space + token &* b.lineStride, b.lineWidth) }
    for part in InputParts(b) {
      transpose(
        weights + part.gate &* vocabulary,
        rows: part.count,
        columns: vocabulary,
        into: space + part.place,
        rowStride: b.lineStride,
        accumulating: true,
        context: context
      )
    }
  }

  func write(
    _ t: Int,
    first: Int,
    rows: Int,
    states: UnsafeMutablePointer<Float>,
    lines: UnsafeMutablePointer<Float>
  ) {
    for i in 0..<rows {
      let n = first &+ i
      let token = b.isReal(n, t) ? Int(tokens[b.place(n, t)]) : 0
      copyLine(table + token &* b.lineStride, lines + i &* b.lineStride, b.lineWidth)
    }
  }
}

/// Where the gates' W x stand in a line: the joined gates in front, a gate apart at its place.
struct InputParts: Sequence, IteratorProtocol {
  private let b: RecurrentBuffers
  private var index = 0

  init(_ b: RecurrentBuffers) { self.b = b }

  /// The first gate's row in W, the place in a line, and how many of both.
  mutating func next() -> (gate: Int, place: Int, count: Int)? {
    defer { index &+= 1 }
    let apart = b.gateWidth &- b.joinedWidth
    switch index {
    case 0: return (0, 0, b.joinedWidth)
    case 1 where apart > 0: return (b.joinedWidth, b.apartPlace, apart)
    default: return nil
    }
  }
}

// MARK: - Tokens and gradients in the order of the walk

/// Tokens [N, T] as the walk meets them, [T, N]; 0 stands for steps that are not real.
package func recurrentTokens(
  _ b: RecurrentBuffers,
  _ tokens: UnsafePointer<Int32>,
  into ordered: UnsafeMutablePointer<Int32>
) {
  if b.isPlain { return transpose(tokens, rows: b.batch, columns: b.steps, into: ordered) }
  for t in 0..<b.steps {
    for n in 0..<b.batch {
      ordered[t &* b.batch &+ n] = b.isReal(n, t) ? tokens[b.place(n, t)] : 0
    }
  }
}

/// Puts the inputs' gradient [T, N, D], in the order of the walk, into or onto `dx` [N, T, D].
package func recurrentReturn(
  _ b: RecurrentBuffers,
  _ ordered: UnsafePointer<Float>,
  into dx: UnsafeMutablePointer<Float>,
  accumulating: Bool,
  context: KernelContext
) {
  guard !b.isPlain else {
    return exchangeAxes(
      ordered,
      first: b.steps,
      second: b.batch,
      width: b.inputs,
      into: dx,
      accumulating: accumulating,
      context: context
    )
  }
  let task = ReturnTask(b: b, ordered: ordered, dx: dx, accumulating: accumulating)
  context.pool.run(b.batch, task)
}

/// One example.
private struct ReturnTask: ParallelTask {
  let b: RecurrentBuffers
  let ordered: UnsafePointer<Float>
  let dx: UnsafeMutablePointer<Float>
  let accumulating: Bool

  func run(_ n: Int, thread: Int) {
    for t in 0..<b.steps {
      let from = ordered + (t &* b.batch &+ n) &* b.inputs
      let to = dx + b.place(n, t) &* b.inputs
      if accumulating { addLine(to, from, b.inputs) } else { copyLine(from, to, b.inputs) }
    }
  }
}
