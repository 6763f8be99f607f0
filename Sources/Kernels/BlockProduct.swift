// SPDX-License-Identifier: Apache-2.0

// The product of packed blocks, in pieces for the threads: a tile's rows of A stay in the first-level cache while the
// panels of B stream past them out of the second (Goto & van de Geijn 2008, §4.1, with the roles of A and B exchanged,
// for the tile is wide and low).

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
struct TileTask: ParallelTask {
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
