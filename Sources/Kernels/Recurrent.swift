// SPDX-License-Identifier: Apache-2.0

/// The memory of one recurrent layer over a whole sequence, time first.
public struct RecurrentBuffers {
  /// Which cell.
  public var cell: RecurrentCell
  /// Examples N.
  public var batch: Int
  /// Steps T.
  public var steps: Int
  /// Hidden size H.
  public var size: Int
  /// [T, N, G·H]. In: W x + b of all steps. Out: gates; after the backward pass, the gradient of W x + b.
  public var gates: UnsafeMutablePointer<Float>
  /// [T + 1, N, H]; slot 0 is the initial state.
  public var hidden: UnsafeMutablePointer<Float>
  /// [T + 1, N, H]; LSTM's cell, slot 0 initial. GRU keeps a product's part here. An RNN may pass `hidden`.
  public var cells: UnsafeMutablePointer<Float>
  /// [T, N, G·H]; GRU only: receives the gradient of U h + b′. Others may pass `gates`.
  public var products: UnsafeMutablePointer<Float>

  /// Buffers of these sizes.
  public init(
    cell: RecurrentCell,
    batch: Int,
    steps: Int,
    size: Int,
    gates: UnsafeMutablePointer<Float>,
    hidden: UnsafeMutablePointer<Float>,
    cells: UnsafeMutablePointer<Float>,
    products: UnsafeMutablePointer<Float>
  ) {
    self.cell = cell
    self.batch = batch
    self.steps = steps
    self.size = size
    self.gates = gates
    self.hidden = hidden
    self.cells = cells
    self.products = products
  }

  var gateWidth: Int { cell.gates &* size }
}

/// Runs the recurrence forward: fills `hidden` and `cells` from slot 1 on.
///
/// `weights` is U [G·H, H], `bias` b′ [G·H] or nil. Rows never meet, so each thread takes some rows through the whole
/// sequence without waiting for others; U is packed once for all steps.
public func recurrentForward(
  _ buffers: RecurrentBuffers,
  weights: UnsafePointer<Float>,
  bias: UnsafePointer<Float>?,
  context: KernelContext
) {
  switch buffers.cell {
  case .rnn: forward(ElmanKernel.self, buffers, weights, bias, context)
  case .gru: forward(GRUKernel.self, buffers, weights, bias, context)
  case .lstm: forward(LSTMKernel.self, buffers, weights, bias, context)
  }
}

/// Runs the recurrence backward from `gradient` [T, N, H], the gradient of all hidden states as outputs.
///
/// Leaves the gradient of W x + b in `gates` and (GRU) that of U h + b′ in `products`. The gradient of the initial
/// state is dropped: states are detached.
public func recurrentBackward(
  _ buffers: RecurrentBuffers,
  gradient: UnsafePointer<Float>,
  weights: UnsafePointer<Float>,
  context: KernelContext
) {
  switch buffers.cell {
  case .rnn: backward(ElmanKernel.self, buffers, gradient, weights, context)
  case .gru: backward(GRUKernel.self, buffers, gradient, weights, context)
  case .lstm: backward(LSTMKernel.self, buffers, gradient, weights, context)
  }
}

private func forward<Cell: CellKernel>(
  _ cell: Cell.Type,
  _ b: RecurrentBuffers,
  _ weights: UnsafePointer<Float>,
  _ bias: UnsafePointer<Float>?,
  _ context: KernelContext
) {
  let rows = rowsPerPiece(b, context)
  let packedCount = roundUp(b.gateWidth, to: tileColumns) &* b.size
  let perThread = roundUp(rows, to: tileRows) &* b.size &+ rows &* b.gateWidth
  let scratch = context.scratch(packedCount &+ context.pool.threadCount &* perThread)
  packColumns(
    StridedSource(base: weights, indexStride: b.size, depthStride: 1),
    into: scratch,
    columns: b.gateWidth,
    depth: b.size
  )
  let task = ForwardTask<Cell>(
    buffers: b,
    packed: scratch,
    bias: bias,
    scratch: scratch + packedCount,
    perThread: perThread,
    rows: rows
  )
  context.pool.run((b.batch &+ rows &- 1) / rows, task)
}

private func backward<Cell: CellKernel>(
  _ cell: Cell.Type,
  _ b: RecurrentBuffers,
  _ gradient: UnsafePointer<Float>,
  _ weights: UnsafePointer<Float>,
  _ context: KernelContext
) {
  let rows = rowsPerPiece(b, context)
  let packedCount = roundUp(b.size, to: tileColumns) &* b.gateWidth
  let perThread = roundUp(rows, to: tileRows) &* b.gateWidth &+ 3 &* rows &* b.size
  let scratch = context.scratch(packedCount &+ context.pool.threadCount &* perThread)
  packColumns(
    StridedSource(base: weights, indexStride: 1, depthStride: b.size),
    into: scratch,
    columns: b.size,
    depth: b.gateWidth
  )
  let task = BackwardTask<Cell>(
    buffers: b,
    gradient: gradient,
    packed: scratch,
    scratch: scratch + packedCount,
    perThread: perThread,
    rows: rows
  )
  context.pool.run((b.batch &+ rows &- 1) / rows, task)
}

/// Rows are independent, so this may depend on the threads.
private func rowsPerPiece(_ b: RecurrentBuffers, _ context: KernelContext) -> Int {
  max(1, (b.batch &+ context.pool.threadCount &- 1) / context.pool.threadCount)
}

/// Packs all columns of B over its whole depth.
func packColumns<S: PanelSource>(
  _ source: S,
  into packed: UnsafeMutablePointer<Float>,
  columns: Int,
  depth: Int
) {
  var column = 0
  while column < columns {
    source.pack(
      into: packed + column &* depth,
      width: panelWidth(min(tileColumns, columns &- column)),
      start: column,
      valid: min(tileColumns, columns &- column),
      depthStart: 0,
      depth: depth
    )
    column &+= tileColumns
  }
}

/// C[rows, columns] = A · packed B with A row-major; one thread, `aside` holds the packed A.
func multiplyRows(
  _ a: UnsafePointer<Float>,
  rows: Int,
  depth: Int,
  packed: UnsafePointer<Float>,
  columns: Int,
  into c: UnsafeMutablePointer<Float>,
  aside: UnsafeMutablePointer<Float>,
  continues: Bool
) {
  let source = StridedSource(base: a, indexStride: depth, depthStride: 1)
  var row = 0
  while row < rows {
    source.pack(
      into: aside + row &* depth,
      width: tileRows,
      start: row,
      valid: min(tileRows, rows &- row),
      depthStart: 0,
      depth: depth
    )
    row &+= tileRows
  }
  multiplyPanels(
    aside,
    packed,
    c,
    rowStride: columns,
    rows: rows,
    columns: columns,
    depth: depth,
    continues: continues
  )
}

private struct ForwardTask<Cell: CellKernel>: ParallelTask {
  let buffers: RecurrentBuffers
  let packed: UnsafePointer<Float>
  let bias: UnsafePointer<Float>?
  let scratch: UnsafeMutablePointer<Float>
  let perThread: Int
  let rows: Int

  func run(_ index: Int, thread: Int) {
    let b = buffers
    let first = index &* rows
    let count = min(rows, b.batch &- first)
    let product = scratch + thread &* perThread
    let aside = product + rows &* b.gateWidth
    let epilogue = Epilogue(columnBias: bias)
    for t in 0..<b.steps {
      let before = (t &* b.batch &+ first) &* b.size
      multiplyRows(
        b.hidden + before,
        rows: count,
        depth: b.size,
        packed: packed,
        columns: b.gateWidth,
        into: product,
        aside: aside,
        continues: false
      )
      epilogue.apply(
        product,
        stride: b.gateWidth,
        row: 0,
        column: 0,
        rows: count,
        columns: b.gateWidth
      )
      for i in 0..<count {
        Cell.forward(b.row(t, first &+ i, product: product + i &* b.gateWidth))
      }
    }
  }
}

private struct BackwardTask<Cell: CellKernel>: ParallelTask {
  let buffers: RecurrentBuffers
  let gradient: UnsafePointer<Float>
  let packed: UnsafePointer<Float>
  let scratch: UnsafeMutablePointer<Float>
  let perThread: Int
  let rows: Int

  func run(_ index: Int, thread: Int) {
    let b = buffers
    let first = index &* rows
    let count = min(rows, b.batch &- first)
    let lines = rows &* b.size
    let hidden = scratch + thread &* perThread
    let cell = hidden + lines
    let direct = cell + lines
    let aside = direct + lines
    fill(cell, 0, lines)
    fill(direct, 0, lines)
    for t in stride(from: b.steps &- 1, through: 0, by: -1) {
      // `direct` holds what came from step t + 1.
      let output = gradient + (t &* b.batch &+ first) &* b.size
      zipLanes(output, direct, hidden, count &* b.size) { output, later, _ in output + later }
      let slopes = (t &* b.batch &+ first) &* b.gateWidth
      for i in 0..<count {
        Cell.backward(
          b.row(t, first &+ i, product: b.products + slopes + i &* b.gateWidth),
          CellGradientRow(
            hidden: hidden + i &* b.size,
            cell: cell + i &* b.size,
            direct: direct + i &* b.size
          )
        )
      }
      if t > 0 {
        multiplyRows(
          b.products + slopes,
          rows: count,
          depth: b.gateWidth,
          packed: packed,
          columns: b.size,
          into: direct,
          aside: aside,
          continues: true
        )
      }
    }
  }
}

extension RecurrentBuffers {
  @inline(__always)
  fileprivate func row(_ t: Int, _ i: Int, product: UnsafeMutablePointer<Float>) -> CellRow {
    let before = (t &* batch &+ i) &* size
    let after = ((t &+ 1) &* batch &+ i) &* size
    return CellRow(
      size: size,
      gates: gates + (t &* batch &+ i) &* gateWidth,
      product: product,
      previousHidden: UnsafePointer(hidden + before),
      hidden: hidden + after,
      previousCell: UnsafePointer(cells + before),
      cell: cells + after
    )
  }
}
