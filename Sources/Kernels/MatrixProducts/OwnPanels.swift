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
    continues: Bool
  ) {
    let product = Rectangle(
      limit: min(limit, columns),
      steps: steps,
      c: c,
      rowStride: rowStride,
      continues: continues
    )
    var row = 0
    while row < rows {
      let count = min(tileRows, rows &- row)
      let first = a.base + (row &* a.rowStride &+ steps.lowerBound &* a.columnStride)
      if a.columnStride == 1 {
        multiply(product, RowsInPlace(first, stride: a.rowStride), row, count)
      } else {
        multiply(product, RowsSideBySide(first, stride: a.columnStride), row, count)
      }
      row &+= tileRows
    }
  }

  /// One row of tiles.
  @inline(__always)
  private func multiply<Rows: LaterRows>(
    _ product: Rectangle,
    _ a: Rows,
    _ row: Int,
    _ rows: Int
  ) {
    let depth = product.steps.count
    var column = 0
    while column < product.limit {
      let width = panelColumns(columns &- column)
      let stride = panelWidth(width)
      let b = SteadyColumns(
        panels + (column &* self.depth &+ product.steps.lowerBound &* stride),
        stride: stride
      )
      let c = product.c + (row &* product.rowStride &+ column)
      if rows == tileRows {
        multiplyTile(
          depth,
          a,
          b,
          c,
          product.rowStride,
          rows: rows,
          columns: width,
          start: product.continues ? .continuing : .zero
        )
      } else {
        multiplyShortTile(
          depth,
          a,
          b,
          c,
          product.rowStride,
          rows: rows,
          columns: width,
          continues: product.continues
        )
      }
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
  let continues: Bool
}
