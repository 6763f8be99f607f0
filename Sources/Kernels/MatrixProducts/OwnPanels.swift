// SPDX-License-Identifier: Apache-2.0

// Products on one thread, for kernels that share out many small ones: B is packed once and multiplied by several blocks of
// rows. Each element is the same chain as in `multiply`.

/// Columns of B, packed by the thread that multiplies them.
struct OwnPanels {
  private let panels: UnsafeMutablePointer<Float>
  private let columns: Int
  private let depth: Int

  /// Floats that the panels take.
  static func floats(columns: Int, depth: Int) -> Int {
    roundUp(roundUp(columns, to: vectorWidth) &* depth, to: cacheLine)
  }

  /// Floats for a last few rows of A that are no whole tile.
  static func spare(depth: Int) -> Int { roundUp(tileRows &* depth, to: cacheLine) }

  /// Packs B[depth, columns] into `memory`.
  init(_ b: Matrix, columns: Int, depth: Int, into memory: UnsafeMutablePointer<Float>) {
    panels = memory
    self.columns = columns
    self.depth = depth
    StridedSource(base: b.base, indexStride: b.columnStride, depthStride: b.rowStride)
      .packColumns(into: memory, start: 0, count: columns, depthStart: 0, depth: depth)
  }

  /// C[rows, columns] = (C if `continues`, else 0) + A · B over these steps of the depth.
  ///
  /// Only panels that begin before column `limit` are multiplied: the rest of C stays as it is. A has unit stride in one
  /// direction; its step 0 is the first step of the depth, whichever are taken.
  @inline(__always)
  func multiply(
    _ a: Matrix,
    rows: Int,
    before limit: Int,
    steps: Range<Int>,
    into c: UnsafeMutablePointer<Float>,
    rowStride: Int,
    continues: Bool,
    spare: UnsafeMutablePointer<Float>
  ) {
    let product = Rectangle(
      limit: min(limit, columns),
      steps: steps,
      c: c,
      rowStride: rowStride,
      start: continues ? .continuing : .zero
    )
    let whole = rows / tileRows &* tileRows
    var row = 0
    while row < whole {
      let first = a.base + (row &* a.rowStride &+ steps.lowerBound &* a.columnStride)
      if a.columnStride == 1 {
        multiply(product, RowsInPlace(first, stride: a.rowStride), row, tileRows)
      } else {
        multiply(product, RowsSideBySide(first, stride: a.columnStride), row, tileRows)
      }
      row &+= tileRows
    }
    if whole == rows { return }
    StridedSource(base: a.base, indexStride: a.rowStride, depthStride: a.columnStride)
      .packRows(
        into: spare,
        start: whole,
        count: rows &- whole,
        depthStart: steps.lowerBound,
        depth: steps.count
      )
    multiply(product, PackedRows(spare), whole, rows &- whole)
  }

  /// One row of tiles.
  @inline(__always)
  private func multiply<Rows: RowStream>(
    _ product: Rectangle,
    _ a: Rows,
    _ row: Int,
    _ rows: Int
  ) {
    var column = 0
    while column < product.limit {
      let width = panelColumns(columns &- column)
      let stride = panelWidth(width)
      multiplyTile(
        product.steps.count,
        a,
        SteadyColumns(
          panels + (column &* depth &+ product.steps.lowerBound &* stride),
          stride: stride
        ),
        product.c + (row &* product.rowStride &+ column),
        product.rowStride,
        rows: rows,
        columns: width,
        start: product.start
      )
      column &+= width
    }
  }
}

/// What is multiplied, and where it goes.
private struct Rectangle {
  let limit: Int
  let steps: Range<Int>
  let c: UnsafeMutablePointer<Float>
  let rowStride: Int
  let start: TileStart
}
