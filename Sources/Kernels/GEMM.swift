// SPDX-License-Identifier: Apache-2.0

/// What is done to a finished element of C: add a bias, then apply an activation.
public struct Epilogue {
  /// Added to every element of row i, or nil.
  public var rowBias: UnsafePointer<Float>?
  /// Added to every element of column j, or nil.
  public var columnBias: UnsafePointer<Float>?
  /// Applied last.
  public var activation: Activation

  /// An epilogue; the default changes nothing.
  public init(
    rowBias: UnsafePointer<Float>? = nil,
    columnBias: UnsafePointer<Float>? = nil,
    activation: Activation = .identity
  ) {
    self.rowBias = rowBias
    self.columnBias = columnBias
    self.activation = activation
  }

  /// Whether it changes anything.
  var isTrivial: Bool { rowBias == nil && columnBias == nil && activation == .identity }

  /// Applies it to a block of C whose first element is (row, column).
  func apply(
    _ c: UnsafeMutablePointer<Float>,
    stride: Int,
    row: Int,
    column: Int,
    rows: Int,
    columns: Int
  ) {
    if isTrivial { return }
    for i in 0..<rows {
      let line = c + i &* stride
      if let rowBias { addScalar(line, rowBias[row &+ i], columns) }
      if let columnBias { addLine(line, columnBias + column, columns) }
      if activation != .identity { activate(activation, line, columns) }
    }
  }
}

/// A matrix operand in memory: element (i, j) at `base[i · rowStride + j · columnStride]`.
public struct Matrix {
  /// The first element.
  public var base: UnsafePointer<Float>
  /// Elements between rows.
  public var rowStride: Int
  /// Elements between columns.
  public var columnStride: Int

  /// A row-major matrix with `columns` elements a row unless strides are given.
  public init(_ base: UnsafePointer<Float>, rowStride: Int, columnStride: Int = 1) {
    self.base = base
    self.rowStride = rowStride
    self.columnStride = columnStride
  }

  /// The same elements, rows and columns exchanged.
  public var transposed: Matrix {
    Matrix(base, rowStride: columnStride, columnStride: rowStride)
  }
}

/// Longest stretch of the summation index that is packed at once, so that a panel of B fills three quarters of a
/// first-level cache of 32 KiB. Free to choose: chains continue from C.
private let depthBlock = 24 * 256 / tileColumns
/// Columns of B that are packed at once; a multiple of every tile's columns.
private let columnBlock = 2304
/// Most panels of A, and of B, that one piece of work multiplies.
private let rowPanelsPerPiece = 64 / tileRows
private let columnPanelsPerPiece = 192 / tileColumns

/// The width of a packed panel with `valid` columns of B: whole vectors, at most a tile.
@inline(__always)
func panelWidth(_ valid: Int) -> Int {
  valid >= tileColumns ? tileColumns : roundUp(valid, to: vectorWidth)
}

/// Units of work of nearly the same size, at most `limit` panels of `step` elements each.
private struct Pieces {
  let count: Int
  let size: Int

  init(_ total: Int, step: Int, limit: Int) {
    let panels = (total &+ step &- 1) / step
    count = max(1, (panels &+ limit &- 1) / limit)
    size = (panels &+ count &- 1) / count &* step
  }
}

/// C[m, n] = (C if `accumulating`, else 0) + A[m, k] · B[k, n], then the epilogue.
///
/// Each element is one FMA chain over k in index order, so tile and block sizes never show in the bits. Blocked and
/// packed after Goto & van de Geijn, "Anatomy of high-performance matrix multiplication" (2008). `c` has unit column
/// stride and must not overlap A or B; without `accumulating` it is not read. k = 0 gives zeros.
public func multiply(
  m: Int,
  n: Int,
  k: Int,
  _ a: Matrix,
  _ b: Matrix,
  into c: UnsafeMutablePointer<Float>,
  rowStride: Int,
  accumulating: Bool = false,
  epilogue: Epilogue = Epilogue(),
  context: KernelContext
) {
  multiply(
    m: m,
    n: n,
    k: k,
    StridedSource(base: a.base, indexStride: a.rowStride, depthStride: a.columnStride),
    StridedSource(base: b.base, indexStride: b.columnStride, depthStride: b.rowStride),
    into: c,
    rowStride: rowStride,
    accumulating: accumulating,
    epilogue: epilogue,
    context: context
  )
}

func multiply<A: PanelSource, B: PanelSource>(
  m: Int,
  n: Int,
  k: Int,
  _ a: A,
  _ b: B,
  into c: UnsafeMutablePointer<Float>,
  rowStride: Int,
  accumulating: Bool,
  epilogue: Epilogue,
  context: KernelContext
) {
  if m == 0 || n == 0 { return }
  if k == 0 {
    for i in 0..<m {
      if !accumulating { fill(c + i &* rowStride, 0, n) }
    }
    epilogue.apply(c, stride: rowStride, row: 0, column: 0, rows: m, columns: n)
    return
  }
  // Blocks of nearly the same depth: a short last one would pay as much for its tiles' borders as a full one.
  let blocks = (k &+ depthBlock &- 1) / depthBlock
  let blockDepth = min(k, roundUp((k &+ blocks &- 1) / blocks, to: 4))
  let blockColumns = min(n, columnBlock)
  let aCount = roundUp(m, to: tileRows) &* blockDepth
  let scratch = context.scratch(aCount &+ roundUp(blockColumns, to: tileColumns) &* blockDepth)
  var column = 0
  while column < n {
    let columns = min(columnBlock, n &- column)
    var depthStart = 0
    while depthStart < k {
      let depth = min(blockDepth, k &- depthStart)
      let packing = PackTask(
        a: a,
        b: b,
        packedA: scratch,
        packedB: scratch + aCount,
        m: m,
        column: column,
        columns: columns,
        depthStart: depthStart,
        depth: depth
      )
      context.pool.run(packing.pieces, packing)
      let product = TileTask(
        packedA: scratch,
        packedB: scratch + aCount,
        c: c + column,
        rowStride: rowStride,
        m: m,
        column: column,
        columns: columns,
        depth: depth,
        continues: accumulating || depthStart > 0,
        epilogue: depthStart &+ depth == k ? epilogue : Epilogue()
      )
      context.pool.run(product.pieces, product)
      depthStart &+= depth
    }
    column &+= columns
  }
}

/// Packs all panels of A and B of one depth block.
private struct PackTask<A: PanelSource, B: PanelSource>: ParallelTask {
  let a: A
  let b: B
  let packedA: UnsafeMutablePointer<Float>
  let packedB: UnsafeMutablePointer<Float>
  let m: Int
  let column: Int
  let columns: Int
  let depthStart: Int
  let depth: Int

  private var rows: Pieces { Pieces(m, step: tileRows, limit: rowPanelsPerPiece) }
  private var columnPieces: Pieces {
    Pieces(columns, step: tileColumns, limit: columnPanelsPerPiece)
  }
  var pieces: Int { rows.count &+ columnPieces.count }

  func run(_ index: Int, thread: Int) {
    let (rows, across) = (rows, columnPieces)
    if index < rows.count {
      let first = index &* rows.size
      var start = first
      let end = min(m, first &+ rows.size)
      while start < end {
        a.pack(
          into: packedA + start &* depth,
          width: tileRows,
          start: start,
          valid: min(tileRows, end &- start),
          depthStart: depthStart,
          depth: depth
        )
        start &+= tileRows
      }
    } else {
      var start = (index &- rows.count) &* across.size
      let end = min(columns, start &+ across.size)
      while start < end {
        let valid = min(tileColumns, end &- start)
        b.pack(
          into: packedB + start &* depth,
          width: panelWidth(valid),
          start: column &+ start,
          valid: valid,
          depthStart: depthStart,
          depth: depth
        )
        start &+= tileColumns
      }
    }
  }
}

/// Multiplies packed panels, a rectangle of tiles a piece.
private struct TileTask: ParallelTask {
  let packedA: UnsafeMutablePointer<Float>
  let packedB: UnsafeMutablePointer<Float>
  let c: UnsafeMutablePointer<Float>
  let rowStride: Int
  let m: Int
  let column: Int
  let columns: Int
  let depth: Int
  let continues: Bool
  let epilogue: Epilogue

  private var rowPieces: Pieces { Pieces(m, step: tileRows, limit: rowPanelsPerPiece) }
  private var columnPieces: Pieces {
    Pieces(columns, step: tileColumns, limit: columnPanelsPerPiece)
  }
  var pieces: Int { rowPieces.count &* columnPieces.count }

  func run(_ index: Int, thread: Int) {
    let (down, across) = (rowPieces, columnPieces)
    let row = index % down.count &* down.size
    let firstColumn = index / down.count &* across.size
    let rows = min(down.size, m &- row)
    let width = min(across.size, columns &- firstColumn)
    multiplyPanels(
      packedA + row &* depth,
      packedB + firstColumn &* depth,
      c + (row &* rowStride &+ firstColumn),
      rowStride: rowStride,
      rows: rows,
      columns: width,
      depth: depth,
      continues: continues
    )
    epilogue.apply(
      c + (row &* rowStride &+ firstColumn),
      stride: rowStride,
      row: row,
      column: column &+ firstColumn,
      rows: rows,
      columns: width
    )
  }
}

/// C[rows, columns] from packed panels of A and B; one thread.
func multiplyPanels(
  _ packedA: UnsafePointer<Float>,
  _ packedB: UnsafePointer<Float>,
  _ c: UnsafeMutablePointer<Float>,
  rowStride: Int,
  rows: Int,
  columns: Int,
  depth: Int,
  continues: Bool
) {
  var j = 0
  while j < columns {
    let width = min(tileColumns, columns &- j)
    let b = SteadyColumns(packedB + j &* depth, stride: panelWidth(width))
    var i = 0
    while i < rows {
      multiplyTile(
        depth,
        PackedRows(packedA + i &* depth),
        b,
        c + (i &* rowStride &+ j),
        rowStride,
        rows: min(tileRows, rows &- i),
        columns: width,
        start: continues ? .continuing : .zero
      )
      i &+= tileRows
    }
    j &+= tileColumns
  }
}
