// SPDX-License-Identifier: Apache-2.0

// Recurrent layers over whole sequences (Appleyard, Kočiský & Blunsom, "Optimizing Performance of Recurrent Neural
// Networks on GPUs", 2016): weights are packed once for all steps, all gates are one product, its chains start from the
// biases and W x, the gradients of the weights are one product over all steps. Examples never meet, so each thread takes
// some of them through all steps without waiting for others.

/// A recurrent layer's weights: W [G·H, D], U [G·H, H], b and b′ [G·H] or nil for zeros.
public struct RecurrentParameters {
  /// W.
  public var inputWeight: UnsafePointer<Float>
  /// U.
  public var hiddenWeight: UnsafePointer<Float>
  /// b.
  public var inputBias: UnsafePointer<Float>?
  /// b′.
  public var hiddenBias: UnsafePointer<Float>?

  /// Weights and biases.
  public init(
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

/// Runs a layer forward from the initial states in slot 0: fills `buffers`, and `result` [N, T, H] with the hidden states.
///
/// Each gate is one chain: b + b′, then W x over the inputs, then U h over the hidden units; the GRU's candidate is two,
/// b + W x and b′ + U h.
public func recurrentForward(
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
  }
}

/// Runs a layer backward from `gradient` [N, T, H], that of all hidden states as outputs: leaves in the lines the
/// gradients of what was summed there.
///
/// The gradient of the initial state is dropped: states are detached. What reaches a hidden state is one chain: its
/// gradient as an output, what passes around U, then the gates' in order.
public func recurrentBackward(
  _ buffers: RecurrentBuffers,
  gradient: UnsafePointer<Float>,
  hiddenWeight: UnsafePointer<Float>,
  context: KernelContext
) {
  switch buffers.cell {
  case .rnn: backward(ElmanKernel.self, buffers, gradient, hiddenWeight, context)
  case .gru: backward(GRUKernel.self, buffers, gradient, hiddenWeight, context)
  case .lstm: backward(LSTMKernel.self, buffers, gradient, hiddenWeight, context)
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
  let packedCount = LineProduct.space(b)
  let tableCount =
    if case .tokens(_, let vocabulary) = input { TokenInput.space(b, vocabulary) } else { 0 }
  let perThread = PackedColumns.aside &+ cut.rows &* b.lineStride
  let space = context.scratch(
    packedCount &+ tableCount &+ b.lineStride &+ context.pool.threadCount &* perThread
  )
  let biases = space + (packedCount &+ tableCount)
  writeBiases(b, parameters, into: biases)
  let product = LineProduct(
    b,
    inputWeight: parameters.inputWeight,
    hiddenWeight: parameters.hiddenWeight,
    space: space,
    context.pool
  )
  func run<Input: StepInput>(_ input: Input) {
    let task = ForwardTask<Cell, Input>(
      buffers: b,
      input: input,
      product: product,
      result: result,
      rows: cut.rows,
      scratch: biases + b.lineStride,
      perThread: perThread
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
        space: space + packedCount,
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
    addLine(line + b.gateWidth, bias + b.joinedWidth, b.gateWidth &- b.joinedWidth)
  }
  if let bias = parameters.hiddenBias { addLine(line, bias, b.gateWidth) }
}

private func backward<Cell: CellKernel>(
  _ cell: Cell.Type,
  _ b: RecurrentBuffers,
  _ gradient: UnsafePointer<Float>,
  _ weights: UnsafePointer<Float>,
  _ context: KernelContext
) {
  let cut = ExampleCut(b, context)
  let packedCount = PackedColumns.count(columns: b.size, depth: b.gateWidth)
  let perThread = PackedColumns.aside &+ 2 &* cut.rows &* b.size
  let scratch = context.scratch(packedCount &+ context.pool.threadCount &* perThread)
  let packed = PackedColumns(panels: scratch, columns: b.size, depth: b.gateWidth)
  packed.pack(StridedSource(base: weights, indexStride: 1, depthStride: b.size), context.pool)
  let task = BackwardTask<Cell>(
    buffers: b,
    gradient: gradient,
    packed: packed,
    rows: cut.rows,
    scratch: scratch + packedCount,
    perThread: perThread
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
    let shared = roundUp((b.batch &+ threads &- 1) / threads, to: tileRows)
    rows = max(1, isSmall ? b.batch : min(b.batch, shared))
    pieces = (b.batch &+ rows &- 1) / rows
  }
}

/// Multiplications that are worth more than waking another thread.
private let worthSharing = 1 << 17

private struct ForwardTask<Cell: CellKernel, Input: StepInput>: ParallelTask {
  let buffers: RecurrentBuffers
  let input: Input
  let product: LineProduct
  let result: UnsafeMutablePointer<Float>
  let rows: Int
  let scratch: UnsafeMutablePointer<Float>
  let perThread: Int

  func run(_ index: Int, thread: Int) {
    let b = buffers
    let first = index &* rows
    let count = min(rows, b.batch &- first)
    let aside = scratch + thread &* perThread
    let lines = aside + PackedColumns.aside
    for t in 0..<b.steps {
      let step = RecurrentStep(b, t, first)
      input.write(t, first: first, rows: count, states: step.states, lines: lines)
      product.add(step.states, rows: count, to: lines, backward: t & 1 == 1, aside: aside)
      for i in 0..<count {
        let outside = step.outside &+ i &* step.outsideStride
        Cell.forward(
          step.row(i, input: lines + i &* b.lineStride, result: result + outside)
        )
      }
    }
  }
}

private struct BackwardTask<Cell: CellKernel>: ParallelTask {
  let buffers: RecurrentBuffers
  let gradient: UnsafePointer<Float>
  let packed: PackedColumns
  let rows: Int
  let scratch: UnsafeMutablePointer<Float>
  let perThread: Int

  func run(_ index: Int, thread: Int) {
    let b = buffers
    let first = index &* rows
    let count = min(rows, b.batch &- first)
    let aside = scratch + thread &* perThread
    let hidden = aside + PackedColumns.aside
    let cell = hidden + count &* b.size
    fill(cell, 0, count &* b.size)
    let last = RecurrentStep(b, b.steps &- 1, first)
    for i in 0..<count {
      copyLine(gradient + (last.outside &+ i &* last.outsideStride), hidden + i &* b.size, b.size)
    }
    for t in stride(from: b.steps &- 1, through: 0, by: -1) {
      let step = RecurrentStep(b, t, first)
      // Nothing is before the first step: what is added to its own gradient instead is not used.
      let earlier = gradient + (t > 0 ? step.outside &- b.size : step.outside)
      for i in 0..<count {
        let row = step.row(i, input: hidden, result: hidden)
        let slopes = CellGradientRow(
          hidden: hidden + i &* b.size,
          cell: cell + i &* b.size,
          earlier: earlier + i &* step.outsideStride
        )
        Cell.backward(row, slopes)
      }
      if t == 0 { return }
      packed.multiply(
        step.lines,
        rowStride: b.lineStride,
        rows: count,
        addingTo: hidden,
        resultStride: b.size,
        backward: t & 1 == 1,
        aside: aside
      )
    }
  }
}
