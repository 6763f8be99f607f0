// SPDX-License-Identifier: Apache-2.0

// What a thread does with a piece of a product: packs its columns of B if it has not got them, multiplies tile by tile,
// finishes. How a product is cut is `BlockProduct`'s.

/// A rectangle of C.
private struct Piece {
  let row: Int
  let rows: Int
  let column: Int
  let columns: Int
  /// Its first element, and the distance of its rows.
  let c: UnsafeMutablePointer<Float>
  let stride: Int
}

/// Multiplies a rectangle of tiles a piece.
struct TileTask: ParallelTask {
  let product: BlockProduct

  func run(_ index: Int, thread: Int) {
    let p = product
    let own = p.own(thread)
    let piece = piece(index, own)
    let packs = !p.usesBInPlace && own.column != piece.column
    var start = 0
    while start < p.depth {
      let block = p.usesBInPlace ? p.block(start) : p.block(start, own, piece.column)
      if packs { pack(block, piece) }
      var i = 0
      while i < piece.rows {
        multiplyRows(piece, block, i, packs)
        i &+= tileRows
      }
      start &+= p.blockDepth
    }
    if packs { own.column = piece.column }
    finish(piece)
  }

  private func piece(_ index: Int, _ own: OwnColumns) -> Piece {
    let p = product
    let (down, across) = (p.rowPieces, p.columnPieces)
    let place = index % (p.bandPieces &* across.count)
    let first = index / (p.bandPieces &* across.count) &* p.bandPieces
    let height = min(p.bandPieces, down.count &- first)
    let row = (first &+ place % height) &* down.size
    let column = place / height &* across.size
    return Piece(
      row: row,
      rows: min(down.size, p.m &- row),
      column: column,
      columns: min(across.size, p.n &- column),
      c: p.isTurned ? p.turnedPiece(own) : p.c + (row &* p.rowStride &+ column),
      stride: p.isTurned ? across.size : p.rowStride
    )
  }

  private func pack(_ block: DepthBlock, _ piece: Piece) {
    product.b.packColumns(
      into: block.panelsB,
      start: piece.column,
      count: piece.columns,
      depthStart: product.depthStart &+ block.start,
      depth: block.depth
    )
  }

  private func finish(_ piece: Piece) {
    let p = product
    if p.isTurned {
      let first = p.c + (piece.column &* p.rowStride &+ piece.row)
      transpose(
        piece.c,
        piece.stride,
        into: first,
        p.rowStride,
        rows: piece.rows,
        columns: piece.columns
      )
      p.epilogue.apply(
        first,
        stride: p.rowStride,
        row: piece.column,
        column: piece.row,
        rows: piece.columns,
        columns: piece.rows
      )
    } else {
      p.epilogue.apply(
        piece.c,
        stride: p.rowStride,
        row: piece.row,
        column: piece.column,
        rows: piece.rows,
        columns: piece.columns
      )
    }
  }

  /// Columns of B that are wanted next, while the panel of `width` columns at `column` is multiplied: those that are
  /// packed after this block, or the next ones that are used in place, if all of B is more than stays near. nil if there
  /// are none, or if the CPU fetches them ahead by itself, for they lie along the depth.
  @inline(__always)
  private func wanted(
    _ piece: Piece,
    _ block: DepthBlock,
    _ packs: Bool,
    _ column: Int,
    _ width: Int
  ) -> SteadyColumns? {
    let p = product
    if !p.fetchesAhead { return nil }
    let next = block.start &+ p.blockDepth
    if p.usesBInPlace && column &+ width < piece.columns {
      return p.columnsInPlace(piece.column &+ column &+ width, block.start)
    }
    if next < p.depth {
      if p.usesBInPlace { return p.columnsInPlace(piece.column, next) }
      return packs ? p.columnsInPlace(piece.column &+ column, next) : nil
    }
    let behind = piece.column &+ piece.columns
    let isLast = piece.row &+ piece.rows == p.m
    if !isLast || behind >= p.n { return nil }
    return p.columnsInPlace(p.usesBInPlace ? behind : behind &+ column, 0)
  }

  /// A row of tiles, whose rows of A stay in the first-level cache, against all panels of B, which come in one stream.
  @inline(__always)
  private func multiplyRows(
    _ piece: Piece,
    _ block: DepthBlock,
    _ row: Int,
    _ packs: Bool
  ) {
    let lines = wantedLines(piece, row)
    var j = 0
    while j < piece.columns {
      let width = panelColumns(piece.columns &- j)
      let b = product.panel(piece.column &+ j, width: width, block)
      if !lines.isEmpty, let wanted = wanted(piece, block, packs, j, width) {
        let far = SteadyColumns(
          wanted.row + lines.lowerBound &* cacheLine,
          stride: wanted.stride
        )
        let b = FetchingColumns(b, wanted: far, lines: lines.count)
        multiplyPanel(piece, block, b, row, j, width)
      } else {
        multiplyPanel(piece, block, b, row, j, width)
      }
      j &+= width
    }
  }

  /// Which lines of cache of each panel the tiles of this row ask for: the first few rows of tiles share them.
  private func wantedLines(_ piece: Piece, _ row: Int) -> Range<Int> {
    let lines = (tileColumns &+ cacheLine &- 1) / cacheLine
    let sharing = min(lines, (piece.rows &+ tileRows &- 1) / tileRows)
    let place = min(sharing, row / tileRows)
    return lines &* place / sharing..<lines &* min(sharing, place &+ 1) / sharing
  }

  @inline(__always)
  private func multiplyPanel<Columns: ColumnStream>(
    _ piece: Piece,
    _ block: DepthBlock,
    _ b: Columns,
    _ row: Int,
    _ column: Int,
    _ columns: Int
  ) {
    let p = product
    let place = piece.row &+ row
    if place < p.inPlaceRows {
      let first = p.a.base + (place &* p.a.indexStride &+ p.depthStart &+ block.start)
      tile(piece, block, RowsInPlace(first, stride: p.a.indexStride), b, row, column, columns)
    } else {
      let a = PackedRows(block.panelsA + (place &- p.inPlaceRows) &* block.depth)
      tile(piece, block, a, b, row, column, columns)
    }
  }

  @inline(__always)
  private func tile<Rows: RowStream, Columns: ColumnStream>(
    _ piece: Piece,
    _ block: DepthBlock,
    _ a: Rows,
    _ b: Columns,
    _ row: Int,
    _ column: Int,
    _ columns: Int
  ) {
    multiplyTile(
      block.depth,
      a,
      b,
      piece.c + (row &* piece.stride &+ column),
      piece.stride,
      rows: min(tileRows, piece.rows &- row),
      columns: columns,
      start: product.continues || block.start > 0 ? .continuing : .zero
    )
  }
}
