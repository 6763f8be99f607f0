// SPDX-License-Identifier: Apache-2.0

// Recurrent layers over whole sequences (Appleyard, Kočiský & Blunsom, "Optimizing Performance of Recurrent Neural
// Networks on GPUs", 2016): weights are packed once for all steps, all gates are one product, its chains start from the
// biases and W x, the gradients of the weights are one product over all steps. Examples never meet, so each thread takes
// some of them through all steps without waiting for others.

/// A recurrent layer's weights: W [G·H, D], U [G·H, H], b and b′ [G·H] or nil for zeros.
package struct RecurrentParameters {
  /// W.
  package var inputWeight: UnsafePointer<Float>
  /// U.
  package var hiddenWeight: UnsafePointer<Float>
  /// b.
  package var inputBias: UnsafePointer<Float>?
  /// b′.
  package var hiddenBias: UnsafePointer<Float>?

  /// Weights and biases.
  package init(
    inputWeight: UnsafePointer<Float>,
    hiddenWeight: UnsafePointer<Float>,
    inputBias: UnsafePointer<Float>?,
    hiddenBias: UnsafePointer<Float>?
  ) {
    self.inputWeight = inputWeight
    self.hiddenWeight = hiddenWeight
    self.inputBias = inputBias
    self.hiddenBias = hiddenBias
  }
}

/// Runs a layer forward from the initial states in slot 0: fills `buffers`, and `result` [N, T, H], whose steps lie
/// `resultStride` apart, with the hidden states.
///
/// Each gate is one chain: b + b′, then W x over the inputs, then U h (or U (r ∘ h)) over the hidden units; the GRU's
/// candidate with the reset gate after the product is two, b + W x and b′ + U h.
package func recurrentForward(
  _ buffers: RecurrentBuffers,
  _ input: RecurrentInput,
  _ parameters: RecurrentParameters,
  result: UnsafeMutablePointer<Float>,
  context: KernelContext
) {
  switch buffers.cell {
  case .rnn: forward(ElmanKernel.self, buffers, input, parameters, result, context)
  case .gru: forward(GRUKernel.self, buffers, input, parameters, result, context)
  case .lstm: forward(LSTMKernel.self, buffers, input, parameters, result, context)
  case .rnnReLU: forward(ReLUElmanKernel.self, buffers, input, parameters, result, context)
  case .gruResetBefore:
    forward(GRUResetBeforeKernel.self, buffers, input, parameters, result, context)
  }
}

/// Runs a layer backward from `gradient` [N, T, H], that of all hidden states as outputs, `resultStride` apart: leaves
/// in the lines the gradients of what was summed there.
///
/// What reaches a hidden state is one chain: its gradient as an output, that as the last state, what passes around U, what
/// comes back from r ∘ h, then the gates' in order.
package func recurrentBackward(
  _ buffers: RecurrentBuffers,
  gradient: UnsafePointer<Float>,
  states: RecurrentStateGradients = RecurrentStateGradients(),
  hiddenWeight: UnsafePointer<Float>,
  context: KernelContext
) {
  switch buffers.cell {
  case .rnn: backward(ElmanKernel.self, buffers, gradient, states, hiddenWeight, context)
  case .gru: backward(GRUKernel.self, buffers, gradient, states, hiddenWeight, context)
  case .lstm: backward(LSTMKernel.self, buffers, gradient, states, hiddenWeight, context)
  case .rnnReLU: backward(ReLUElmanKernel.self, buffers, gradient, states, hiddenWeight, context)
  case .gruResetBefore:
    backward(GRUResetBeforeKernel.self, buffers, gradient, states, hiddenWeight, context)
  }
}

private func forward<Cell: CellKernel>(
  _ cell: Cell.Type,
  _ b: RecurrentBuffers,
  _ input: RecurrentInput,
  _ parameters: RecurrentParameters,
  _ result: UnsafeMutablePointer<Float>,
  _ context: KernelContext
) {
  let cut = ExampleCut(b, context)
  let packedCount = b.panels == nil ? LineProduct.space(b.sizes) : 0
  let tableCount =
    if case .tokens(_, let vocabulary) = input { TokenInput.space(b, vocabulary) } else { 0 }
  let perThread = roundUp(
    packedCount &+ cut.rows &* b.lineStride,
    to: cacheLine
  )
  let space = context.scratch(
    tableCount &+ b.lineStride &+ context.pool.threadCount &* perThread
  )
  let biases = space + tableCount
  writeBiases(b, parameters, into: biases)
  func run<Input: StepInput>(_ input: Input) {
    let task = ForwardTask<Cell, Input>(
      buffers: b,
      input: input,
      inputWeight: parameters.inputWeight,
      hiddenWeight: parameters.hiddenWeight,
      result: result,
      rows: cut.rows,
      scratch: biases + b.lineStride,
      perThread: perThread,
      packed: packedCount
    )
    context.pool.run(cut.pieces, task)
  }
  switch input {
  case .values(let x): run(ValueInput(x: x, b: b, biases: biases))
  case .tokens(let tokens, let vocabulary):
    run(
      TokenInput(
        tokens,
        vocabulary: vocabulary,
        weights: parameters.inputWeight,
        biases: biases,
        b,
        space: space,
        context
      )
    )
  }
}

/// A line of biases alone.
private func writeBiases(
  _ b: RecurrentBuffers,
  _ parameters: RecurrentParameters,
  into line: UnsafeMutablePointer<Float>
) {
  fill(line, 0, b.lineWidth)
  if let bias = parameters.inputBias {
    addLine(line, bias, b.joinedWidth)
    addLine(line + b.apartPlace, bias + b.joinedWidth, b.gateWidth &- b.joinedWidth)
  }
  if let bias = parameters.hiddenBias { addLine(line, bias, b.gateWidth) }
}

private func backward<Cell: CellKernel>(
  _ cell: Cell.Type,
  _ b: RecurrentBuffers,
  _ gradient: UnsafePointer<Float>,
  _ states: RecurrentStateGradients,
  _ weights: UnsafePointer<Float>,
  _ context: KernelContext
) {
  let cut = ExampleCut(b, context)
  let packedCount = b.panels == nil ? ReturnProduct.space(b.sizes) : 0
  let perThread = roundUp(packedCount &+ (2 &* cut.rows &+ 1) &* b.size, to: cacheLine)
  let task = BackwardTask<Cell>(
    buffers: b,
    gradient: gradient,
    states: states,
    weights: weights,
    rows: cut.rows,
    scratch: context.scratch(context.pool.threadCount &* perThread),
    perThread: perThread,
    packed: packedCount
  )
  context.pool.run(cut.pieces, task)
}

/// The examples that one piece takes through all steps. They never meet, so this may depend on the threads.
private struct ExampleCut {
  let rows: Int
  let pieces: Int

  init(_ b: RecurrentBuffers, _ context: KernelContext) {
    let threads = context.pool.threadCount
    let isSmall = b.rows &* b.gateWidth &* b.size < worthSharing
    rows = max(1, isSmall ? b.batch : (b.batch &+ threads &- 1) / threads)
    pieces = (b.batch &+ rows &- 1) / rows
  }
}

/// Multiplications that are worth more than waking another thread.
private let worthSharing = 1 << 17

private struct ForwardTask<Cell: CellKernel, Input: StepInput>: ParallelTask {
  let buffers: RecurrentBuffers
  let input: Input
  let inputWeight: UnsafePointer<Float>
  let hiddenWeight: UnsafePointer<Float>
  let result: UnsafeMutablePointer<Float>
  let rows: Int
  let scratch: UnsafeMutablePointer<Float>
  let perThread: Int
  /// Floats of scratch that panels take.
  let packed: Int

  func run(_ index: Int, thread: Int) {
    let b = buffers
    let first = index &* rows
    let count = min(rows, b.batch &- first)
    let space = scratch + thread &* perThread
    let product = LineProduct(b.sizes, panels: b.panels?.forward ?? space)
    if b.panels == nil { product.pack(inputWeight: inputWeight, hiddenWeight: hiddenWeight) }
    let lines = space + packed
    let longest = b.longest(first, count)
    for t in 0..<b.steps {
      let step = RecurrentStep(b, t, first)
      input.write(t, first: first, rows: count, states: step.states, lines: lines)
      if t < longest { sum(product, step, t, count, lines) }
      for i in 0..<count {
        let n = first &+ i
        let row = step.row(
          i,
          input: lines + i &* b.lineStride,
          result: result + b.place(n, t) &* b.resultStride
        )
        if b.isReal(n, t) { Cell.forward(row) } else { b.hold(row) }
      }
    }
  }

  /// Completes the sums of the gates in `lines`.
  @inline(__always)
  private func sum(
    _ product: LineProduct,
    _ step: RecurrentStep,
    _ t: Int,
    _ count: Int,
    _ lines: UnsafeMutablePointer<Float>
  ) {
    let b = buffers
    let isOdd = t & 1 == 1
    product.add(step.states, rows: count, to: lines, backward: isOdd)
    guard Cell.resetsBefore else { return }
    for i in 0..<count {
      Cell.reset(step.row(i, input: lines + i &* b.lineStride, result: lines))
    }
    product.addReset(step.lines, rows: count, to: lines, backward: isOdd)
  }
}

private struct BackwardTask<Cell: CellKernel>: ParallelTask {
  let buffers: RecurrentBuffers
  let gradient: UnsafePointer<Float>
  let states: RecurrentStateGradients
  let weights: UnsafePointer<Float>
  let rows: Int
  let scratch: UnsafeMutablePointer<Float>
  let perThread: Int
  /// Floats of scratch that panels take.
  let packed: Int

  func run(_ index: Int, thread: Int) {
    let b = buffers
    let first = index &* rows
    let count = min(rows, b.batch &- first)
    let space = scratch + thread &* perThread
    let product = ReturnProduct(b.sizes, panels: b.panels?.backward ?? space)
    if b.panels == nil { product.pack(weights) }
    let hidden = space + packed
    let cell = hidden + count &* b.size
    let none = cell + count &* b.size
    let longest = b.longest(first, count)
    fill(none, 0, b.size)
    let zeros = UnsafePointer(none)
    if let last = states.lastCell {
      copyLine(last + first &* b.size, cell, count &* b.size)
    } else {
      fill(cell, 0, count &* b.size)
    }
    for i in 0..<count { begin(first &+ i, b.steps &- 1, hidden + i &* b.size) }
    for t in stride(from: b.steps &- 1, through: 0, by: -1) {
      let step = RecurrentStep(b, t, first)
      for i in 0..<count {
        let n = first &+ i
        let slopes = slopes(i, hidden, cell, earlier: t > 0 ? output(n, t &- 1) : zeros)
        if b.isReal(n, t) {
          Cell.backward(step.row(i, input: hidden, result: hidden), slopes)
        } else if t > 0 {
          begin(n, t &- 1, slopes.hidden)
        }
      }
      if t >= longest { continue }
      if Cell.resetsBefore { reset(product.candidate, step, t, first, count, hidden, cell) }
      if t == 0 && states.initialHidden == nil { break }
      product.gates.multiply(
        step.lines,
        rowStride: b.lineStride,
        rows: count,
        addingTo: hidden,
        resultStride: b.size,
        backward: t & 1 == 1
      )
    }
    for i in 0..<count {
      leave(first &+ i, hidden + i &* b.size, cell + i &* b.size, zeros)
    }
  }

  /// The gradient of example n's hidden state at step t as an output.
  @inline(__always)
  private func output(_ n: Int, _ t: Int) -> UnsafePointer<Float> {
    gradient + buffers.place(n, t) &* buffers.resultStride
  }

  /// The gradient of example n's hidden state at step t, if that is real its last one: as an output and as a state.
  @inline(__always)
  private func begin(_ n: Int, _ t: Int, _ hidden: UnsafeMutablePointer<Float>) {
    let b = buffers
    if b.isReal(n, t) {
      copyLine(output(n, t), hidden, b.size)
      if let last = states.lastHidden { addLine(hidden, last + n &* b.size, b.size) }
    } else {
      fill(hidden, 0, b.size)
    }
  }

  /// Writes the gradient of example n's initial state. Without a real step that is the last one's.
  @inline(__always)
  private func leave(
    _ n: Int,
    _ hidden: UnsafePointer<Float>,
    _ cell: UnsafePointer<Float>,
    _ zeros: UnsafePointer<Float>
  ) {
    let b = buffers
    let waiting = states.lastHidden.map { $0 + n &* b.size } ?? zeros
    states.initialHidden?.receive(b.isReal(n, 0) ? hidden : waiting, line: n, b.size)
    states.initialCell?.receive(cell, line: n, b.size)
  }

  /// Of example i; `earlier` is the gradient of the hidden state before the step as an output.
  @inline(__always)
  private func slopes(
    _ i: Int,
    _ hidden: UnsafeMutablePointer<Float>,
    _ cell: UnsafeMutablePointer<Float>,
    earlier: UnsafePointer<Float>
  ) -> CellGradientRow {
    let b = buffers
    return CellGradientRow(
      hidden: hidden + i &* b.size,
      cell: cell + i &* b.size,
      earlier: earlier
    )
  }

  /// The gradient of r ∘ h, in the place of a cell's, and what comes of it.
  private func reset(
    _ candidate: PackedColumns,
    _ step: RecurrentStep,
    _ t: Int,
    _ first: Int,
    _ count: Int,
    _ hidden: UnsafeMutablePointer<Float>,
    _ cell: UnsafeMutablePointer<Float>
  ) {
    let b = buffers
    fill(cell, 0, count &* b.size)
    candidate.multiply(
      step.lines + b.joinedWidth,
      rowStride: b.lineStride,
      rows: count,
      addingTo: cell,
      resultStride: b.size,
      backward: t & 1 == 1
    )
    for i in 0..<count where b.isReal(first &+ i, t) {
      Cell.resetGradient(
        step.row(i, input: hidden, result: hidden),
        slopes(i, hidden, cell, earlier: output(first &+ i, t))
      )
    }
  }
}
