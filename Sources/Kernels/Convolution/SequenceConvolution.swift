// SPDX-License-Identifier: Apache-2.0

// Convolutions along sequences [N, T, C]. A window of K steps is one run of K · C floats in memory, and the next window's
// run begins `stride` steps later: so windows are the rows of a matrix that overlap, and nothing is unrolled. Only windows
// that reach beyond their sequence are copied, with the zeros of the padding.

/// Sizes of a convolution along sequences.
package struct SequenceShape {
  /// Examples N.
  package var batch: Int
  /// Steps T of a sequence.
  package var steps: Int
  /// Values C of a step.
  package var channels: Int
  /// Values O of a step of the result.
  package var outputChannels: Int
  /// Steps K of a window.
  package var kernel: Int
  /// Steps between windows.
  package var stride: Int
  /// Zeros before a sequence and behind it, in steps.
  package var padding: (front: Int, back: Int)

  /// Sizes.
  package init(
    batch: Int,
    steps: Int,
    channels: Int,
    outputChannels: Int,
    kernel: Int,
    stride: Int,
    padding: (front: Int, back: Int)
  ) {
    self.batch = batch
    self.steps = steps
    self.channels = channels
    self.outputChannels = outputChannels
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
  }

  /// Steps of the result.
  package var outputSteps: Int { windows(of: steps) }

  /// Windows of a sequence of `length` steps that stands alone; none of an empty one.
  package func windows(of length: Int) -> Int {
    let padded = length &+ padding.front &+ padding.back
    return length == 0 || padded < kernel ? 0 : (padded &- kernel) / stride &+ 1
  }

  /// Multiplications of all windows.
  var work: Int { batch &* outputSteps &* outputChannels &* kernel &* channels }
}

/// y [N, oT, O] = f(w ⋆ x + b) of x [N, T, C], `weights` [O, C, K] and `bias` [O].
///
/// With `lengths` [N], each 0 … T, an example has the results that it has alone: zeros count behind its end, whatever is
/// stored there, and behind its own windows results are 0. One FMA chain over (K, C), bias last, then the activation.
package func convolve(
  _ x: UnsafePointer<Float>,
  weights: UnsafePointer<Float>,
  bias: UnsafePointer<Float>?,
  activation: Activation,
  into y: UnsafeMutablePointer<Float>,
  shape: SequenceShape,
  lengths: UnsafePointer<Int32>?,
  context: KernelContext
) {
  let s = shape
  let product = WindowProduct(
    windowSteps: s.kernel,
    origin: -s.padding.front,
    stride: s.stride,
    source: SequenceRows(base: x, steps: s.steps, width: s.channels),
    weights: WindowWeights(
      first: StridedSource(
        base: weights,
        indexStride: s.channels &* s.kernel,
        depthStride: s.kernel
      ),
      step: 1
    ),
    columns: s.outputChannels,
    target: y,
    targetSteps: s.outputSteps,
    targetOrigin: 0,
    targetStride: 1,
    epilogue: Epilogue(columnBias: bias, activation: activation),
    accumulating: false,
    ends: SequenceEnds(shape: s, lengths: lengths, isGradient: false)
  )
  run(product, s, context)
  clearEnds(y, shape, lengths, context)
}

/// 0 behind each example's own windows in a result, or its gradient, [N, oT, O].
package func clearEnds(
  _ y: UnsafeMutablePointer<Float>,
  _ shape: SequenceShape,
  _ lengths: UnsafePointer<Int32>?,
  _ context: KernelContext
) {
  guard let lengths else { return }
  let (steps, width) = (shape.outputSteps, shape.outputChannels)
  for n in 0..<shape.batch {
    let count = shape.windows(of: Int(lengths[n]))
    fill(
      y + (n &* steps &+ count) &* width,
      with: 0,
      count: (steps &- count) &* width,
      context: context
    )
  }
}

/// dx [N, T, C], the gradient of `convolve` from that of its sums, `dy` [N, oT, O]; 0 behind an example's end.
///
/// Steps that are equally far from a window's begin are met by the same elements of the kernel: for each such class it is
/// a convolution of dy with some of the kernel's elements in reverse order. One chain over (oT, O) each.
package func convolutionInputGradient(
  _ dy: UnsafePointer<Float>,
  weights: UnsafePointer<Float>,
  into dx: UnsafeMutablePointer<Float>,
  accumulating: Bool,
  shape: SequenceShape,
  lengths: UnsafePointer<Int32>?,
  context: KernelContext
) {
  let s = shape
  for rest in 0..<s.stride {
    // Kernel elements `rest`, `rest` + stride, …, the last one first.
    let windows = max(0, (s.kernel &- rest &+ s.stride &- 1) / s.stride)
    let last = rest &+ (windows &- 1) &* s.stride
    let first = max(0, (s.padding.front &- rest &+ s.stride &- 1) / s.stride)
    let product = WindowProduct(
      windowSteps: windows,
      origin: first &- (windows &- 1),
      stride: 1,
      source: SequenceRows(base: dy, steps: s.outputSteps, width: s.outputChannels),
      weights: WindowWeights(
        first: StridedSource(
          base: weights + max(0, last),
          indexStride: s.kernel,
          depthStride: s.channels &* s.kernel
        ),
        step: -s.stride
      ),
      columns: s.channels,
      target: dx,
      targetSteps: s.steps,
      targetOrigin: first &* s.stride &+ rest &- s.padding.front,
      targetStride: s.stride,
      epilogue: Epilogue(),
      accumulating: accumulating,
      ends: SequenceEnds(shape: s, lengths: lengths, isGradient: true)
    )
    run(product, s, context)
  }
  guard let lengths, !accumulating else { return }
  for n in 0..<s.batch {
    let length = Int(lengths[n])
    fill(
      dx + (n &* s.steps &+ length) &* s.channels,
      with: 0,
      count: (s.steps &- length) &* s.channels,
      context: context
    )
  }
}

/// Shares out the blocks of windows; they never meet, so this may depend on the threads: each packs the weights once.
private func run(_ product: WindowProduct, _ shape: SequenceShape, _ context: KernelContext) {
  let threads = context.pool.threadCount
  let room = WindowRoom(product)
  let count = shape.batch &* product.blocksPerExample
  let isSmall = shape.work < worthSharing
  let perPiece = max(1, isSmall ? count : (count &+ threads &- 1) / threads)
  let task = WindowTask(
    product: product,
    count: count,
    perPiece: perPiece,
    room: room,
    memory: OwnMemory(context.scratch(room.total &* threads), room.total, threads)
  )
  context.pool.run((count &+ perPiece &- 1) / perPiece, task)
}

/// Multiplications that are worth more than waking another thread.
private let worthSharing = 1 << 17
/// Windows that are multiplied at once: they and their results stay near.
private let windowsPerBlock = 64

/// A thread's memory: packed weights, windows that reach beyond a sequence.
private struct WindowRoom {
  let panels: Int
  let copies: Int
  var total: Int { panels &+ copies }

  init(_ product: WindowProduct) {
    let width = product.source.width
    panels = roundUp(
      PackedColumns.count(columns: product.columns, depth: product.windowSteps &* width),
      to: cacheLine
    )
    let steps = (windowsPerBlock &- 1) &* product.stride &+ product.windowSteps
    copies = roundUp(steps &* width, to: cacheLine)
  }
}

/// Some blocks of windows.
private struct WindowTask: ParallelTask {
  let product: WindowProduct
  let count: Int
  let perPiece: Int
  let room: WindowRoom
  let memory: OwnMemory

  func run(_ index: Int, thread: Int) {
    let space = memory[thread]
    let packed = product.packedWeights(space)
    let first = index &* perPiece
    for block in first..<min(first &+ perPiece, count) {
      product.run(block, packed, copies: space + room.panels)
    }
  }
}

/// Steps of sequences that lie one behind the other.
private struct SequenceRows {
  let base: UnsafePointer<Float>
  let steps: Int
  let width: Int
}

/// The weights that the steps of a window meet: those of step j begin j · `step` floats behind `first`.
private struct WindowWeights {
  let first: StridedSource
  let step: Int
}

/// How many steps of an example are real, before a convolution and behind it.
private struct SequenceEnds {
  let shape: SequenceShape
  let lengths: UnsafePointer<Int32>?
  /// Whether the result's steps are read, and those before the convolution are written.
  let isGradient: Bool

  @inline(__always)
  func read(_ n: Int) -> Int { isGradient ? shape.windows(of: length(n)) : length(n) }

  @inline(__always)
  func written(_ n: Int) -> Int { isGradient ? length(n) : shape.windows(of: length(n)) }

  @inline(__always)
  private func length(_ n: Int) -> Int { lengths.map { Int($0[n]) } ?? shape.steps }
}

/// Windows of sequences, each times all weights.
private struct WindowProduct {
  let windowSteps: Int
  /// Where the first window of an example begins, and how far the next one is.
  let origin: Int
  let stride: Int
  let source: SequenceRows
  let weights: WindowWeights
  let columns: Int
  let target: UnsafeMutablePointer<Float>
  let targetSteps: Int
  /// The step that the first window's result goes to, and how far the next one is.
  let targetOrigin: Int
  let targetStride: Int
  let epilogue: Epilogue
  let accumulating: Bool
  let ends: SequenceEnds

  /// Windows whose result is a step below `end`.
  @inline(__always)
  private func count(before end: Int) -> Int {
    max(0, (end &- targetOrigin &+ targetStride &- 1) / targetStride)
  }

  var blocksPerExample: Int {
    (count(before: targetSteps) &+ windowsPerBlock &- 1) / windowsPerBlock
  }

  /// All weights, packed into `panels`.
  func packedWeights(_ panels: UnsafeMutablePointer<Float>) -> PackedColumns {
    let depth = windowSteps &* source.width
    let packed = PackedColumns(panels: panels, columns: columns, depth: depth)
    for j in 0..<windowSteps {
      packed.pack(
        weights.first.advanced(by: j &* weights.step),
        start: j &* source.width,
        count: source.width
      )
    }
    return packed
  }

  /// One block of windows.
  func run(
    _ block: Int,
    _ packed: PackedColumns,
    copies: UnsafeMutablePointer<Float>
  ) {
    let perExample = blocksPerExample
    let n = block / perExample
    let window = block % perExample &* windowsPerBlock
    let rows = min(windowsPerBlock, count(before: ends.written(n)) &- window)
    if rows <= 0 { return }
    let step = targetOrigin &+ window &* targetStride
    let result = target + (n &* targetSteps &+ step) &* columns
    let resultStride = targetStride &* columns
    if !accumulating {
      for i in 0..<rows { fill(result + i &* resultStride, 0, columns) }
    }
    packed.multiply(
      windows(of: n, from: origin &+ window &* stride, rows, copies),
      rowStride: stride &* source.width,
      rows: rows,
      addingTo: result,
      resultStride: resultStride,
      backward: false
    )
    epilogue.apply(result, stride: resultStride, row: 0, column: 0, rows: rows, columns: columns)
  }

  /// `count` windows of example n, the first of which begins at step `first`: in place if all of them are inside.
  @inline(__always)
  private func windows(
    of n: Int,
    from first: Int,
    _ count: Int,
    _ copies: UnsafeMutablePointer<Float>
  ) -> UnsafePointer<Float> {
    let width = source.width
    let all = (count &- 1) &* stride &+ windowSteps
    let (start, end) = (max(0, first), min(first &+ all, ends.read(n)))
    let sequence = source.base + n &* source.steps &* width
    if start == first && end == first &+ all { return sequence + first &* width }
    // Windows that meet no step are all zeros.
    let (from, to) = start < end ? (start, end) : (first, first)
    fill(copies, 0, (from &- first) &* width)
    copyLine(sequence + from &* width, copies + (from &- first) &* width, (to &- from) &* width)
    fill(copies + (to &- first) &* width, 0, (first &+ all &- to) &* width)
    return UnsafePointer(copies)
  }
}
