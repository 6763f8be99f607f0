// SPDX-License-Identifier: Apache-2.0

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

/// Longest stretch of the summation index that is packed at once: a tile's rows of A stay in a first-level cache, all
/// panels of B of a piece in a second-level cache of 512 KiB. Free to choose: chains continue from C.
private let depthBlock = 384
/// Columns of B that are packed at once; a multiple of every tile's columns.
private let columnBlock = 2304
/// Elements that stay in a second-level cache of 512 KiB: those of a C whose passes take one block of depth, those of a
/// block of rows of B that is not packed.
private let nearElements = 1 << 17
/// Blocks of depth of a pass over a larger C.
private let blocksPerPass = 8
/// Most panels of A, and of B, that one piece of work multiplies.
private let rowPanelsPerPiece = 64 / tileRows
private let columnPanelsPerPiece = 192 / tileColumns

/// The width of a packed panel with `valid` columns of B: whole vectors, at most a tile.
@inline(__always)
func panelWidth(_ valid: Int) -> Int {
  valid >= tileColumns ? tileColumns : roundUp(valid, to: vectorWidth)
}

/// Units of work of nearly the same size, at most `limit` panels of `step` elements each.
struct Pieces {
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
/// packed after Goto & van de Geijn, "Anatomy of high-performance matrix multiplication" (2008); rows of A that lie
/// contiguous along k, and the rows of a small B, are used in place. `c` has unit column stride and must not overlap A or
/// B; without `accumulating` it is not read. k = 0 gives zeros.
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
  if m == 0 || n == 0 { return }
  if k == 0 {
    for i in 0..<m {
      if !accumulating { fill(c + i &* rowStride, 0, n) }
    }
    epilogue.apply(c, stride: rowStride, row: 0, column: 0, rows: m, columns: n)
  } else if isSmallProduct(m: m, n: n, k: k) {
    multiplySmall(
      m: m,
      n: n,
      k: k,
      a,
      b,
      into: c,
      rowStride: rowStride,
      accumulating: accumulating,
      epilogue: epilogue,
      scratch: context.scratch(smallScratch(k: k))
    )
  } else if m <= fewRows && b.rowStride == 1 {
    for i in 0..<m {
      let task = RowTimesMatrix(
        x: a.base + i &* a.rowStride,
        xStride: a.columnStride,
        w: b.base,
        wStride: b.columnStride,
        n: n,
        k: k,
        y: c + i &* rowStride,
        accumulating: accumulating,
        epilogue: epilogue,
        row: i
      )
      context.pool.run(task.pieces, task, multiplications: n &* k)
    }
  } else {
    multiplyBlocks(
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
}

/// So many rows are taken one by one: packing the matrix would cost more than reading it again.
private let fewRows = 2

private func multiplyBlocks(
  m: Int,
  n: Int,
  k: Int,
  _ a: StridedSource,
  _ b: StridedSource,
  into c: UnsafeMutablePointer<Float>,
  rowStride: Int,
  accumulating: Bool,
  epilogue: Epilogue,
  context: KernelContext
) {
  // Blocks of nearly the same depth: a short last one would pay as much for its tiles' borders as a full one.
  let blocks = (k &+ depthBlock &- 1) / depthBlock
  let blockDepth = min(k, roundUp((k &+ blocks &- 1) / blocks, to: 4))
  let blockColumns = min(n, columnBlock)
  // A C that outgrows the second-level cache takes several blocks of depth before it is left.
  let passDepth =
    m &* blockColumns > nearElements ? min(k, blocksPerPass &* blockDepth) : blockDepth
  let aCount = roundUp(m, to: tileRows) &* passDepth
  let scratch = context.scratch(aCount &+ roundUp(blockColumns, to: tileColumns) &* passDepth)
  var column = 0
  while column < n {
    let columns = min(columnBlock, n &- column)
    var depthStart = 0
    while depthStart < k {
      let depth = min(passDepth, k &- depthStart)
      let product = BlockProduct(
        a: a,
        b: b,
        packedA: scratch,
        packedB: scratch + aCount,
        c: c + column,
        rowStride: rowStride,
        m: m,
        column: column,
        columns: columns,
        depthStart: depthStart,
        depth: depth,
        blockDepth: blockDepth,
        continues: accumulating || depthStart > 0,
        epilogue: depthStart &+ depth == k ? epilogue : Epilogue()
      )
      let work = m &* columns &* depth
      let packing = PackTask(product: product)
      context.pool.run(packing.pieces, packing, multiplications: work)
      context.pool.run(product.tilePieces, TileTask(product: product), multiplications: work)
      depthStart &+= depth
    }
    column &+= columns
  }
}

/// The product of one pass over depth and columns, in blocks of depth.
struct BlockProduct {
  let a: StridedSource
  let b: StridedSource
  let packedA: UnsafeMutablePointer<Float>
  let packedB: UnsafeMutablePointer<Float>
  let c: UnsafeMutablePointer<Float>
  let rowStride: Int
  let m: Int
  let column: Int
  let columns: Int
  let depthStart: Int
  let depth: Int
  let blockDepth: Int
  let continues: Bool
  let epilogue: Epilogue

  var rowPieces: Pieces { Pieces(m, step: tileRows, limit: rowPanelsPerPiece) }
  var columnPieces: Pieces { Pieces(columns, step: tileColumns, limit: columnPanelsPerPiece) }
  var blocks: Int { (depth &+ blockDepth &- 1) / blockDepth }
  var tilePieces: Int { rowPieces.count &* columnPieces.count }

  /// Rows of A before this one are not packed: they are used in place.
  var inPlaceRows: Int { a.depthStride == 1 ? m / tileRows &* tileRows : 0 }

  /// Columns of B before this one are not packed: they are used in place, which pays while all of B's rows are near.
  var inPlaceColumns: Int {
    b.indexStride == 1 && blockDepth &* b.depthStride <= nearElements
      ? columns / tileColumns &* tileColumns : 0
  }

  /// The panel of B that begins at `column`.
  @inline(__always)
  func panel(_ column: Int, width: Int, _ block: DepthBlock) -> SteadyColumns {
    if column < inPlaceColumns {
      let row = depthStart &+ block.start
      return SteadyColumns(
        b.base + (self.column &+ column &+ row &* b.depthStride),
        stride: b.depthStride
      )
    }
    return SteadyColumns(block.panelsB + column &* block.depth, stride: panelWidth(width))
  }

  /// The block of depth that begins `start` after the pass.
  @inline(__always)
  func block(_ start: Int) -> DepthBlock {
    DepthBlock(
      start: start,
      depth: min(blockDepth, depth &- start),
      panelsA: packedA + start &* roundUp(m, to: tileRows),
      panelsB: packedB + start &* roundUp(columns, to: tileColumns)
    )
  }
}

/// One block of depth and its packed panels: panel `i` begins at `i · depth`.
struct DepthBlock {
  let start: Int
  let depth: Int
  let panelsA: UnsafeMutablePointer<Float>
  let panelsB: UnsafeMutablePointer<Float>
}

/// Multiplies a rectangle of tiles a piece.
private struct TileTask: ParallelTask {
  let product: BlockProduct

  func run(_ index: Int, thread: Int) {
    let p = product
    let (down, across) = (p.rowPieces, p.columnPieces)
    let row = index / across.count &* down.size
    let column = index % across.count &* across.size
    let rows = min(down.size, p.m &- row)
    let columns = min(across.size, p.columns &- column)
    var start = 0
    while start < p.depth {
      let block = p.block(start)
      var i = row
      while i < row &+ rows {
        multiplyRows(block, i, min(tileRows, row &+ rows &- i), column, columns)
        i &+= tileRows
      }
      start &+= p.blockDepth
    }
    p.epilogue.apply(
      p.c + (row &* p.rowStride &+ column),
      stride: p.rowStride,
      row: row,
      column: p.column &+ column,
      rows: rows,
      columns: columns
    )
  }

  /// `rows` rows, which stay in the first-level cache, against all panels of B, which come in one long stream.
  @inline(__always)
  private func multiplyRows(
    _ block: DepthBlock,
    _ row: Int,
    _ rows: Int,
    _ column: Int,
    _ columns: Int
  ) {
    let p = product
    var j = column
    while j < column &+ columns {
      let width = min(tileColumns, column &+ columns &- j)
      let b = p.panel(j, width: width, block)
      if row < p.inPlaceRows {
        let first = p.a.base + (row &* p.a.indexStride &+ p.depthStart &+ block.start)
        let a = RowsInPlace(first, stride: p.a.indexStride)
        tile(block, a, b, row, j, rows: rows, columns: width)
      } else {
        let a = PackedRows(block.panelsA + row &* block.depth)
        tile(block, a, b, row, j, rows: rows, columns: width)
      }
      j &+= tileColumns
    }
  }

  @inline(__always)
  private func tile<Rows: RowStream>(
    _ block: DepthBlock,
    _ a: Rows,
    _ b: SteadyColumns,
    _ row: Int,
    _ column: Int,
    rows: Int,
    columns: Int
  ) {
    multiplyTile(
      block.depth,
      a,
      b,
      product.c + (row &* product.rowStride &+ column),
      product.rowStride,
      rows: rows,
      columns: columns,
      start: product.continues || block.start > 0 ? .continuing : .zero
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
