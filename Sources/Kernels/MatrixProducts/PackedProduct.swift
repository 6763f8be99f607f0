// SPDX-License-Identifier: Apache-2.0

/// Most rows of A of a piece of work.
private let pieceRows = 64
/// Most panels of B of a piece: where threads have rows enough to themselves, and else.
private let piecePanels = (wide: 4, fine: 1)

/// C[m, n] = A[m, k] · B[k, n], then the epilogue, for a B that is packed already.
///
/// Each element is the same chain as in the product that packs for itself. A has unit column stride, m, n, k ≥ 1. C must
/// not overlap A or B, and is not read.
package func multiply(
  m: Int,
  _ a: Matrix,
  _ b: PackedMatrix,
  into c: UnsafeMutablePointer<Float>,
  rowStride: Int,
  epilogue: Epilogue = Epilogue(),
  context: KernelContext
) {
  let threads = context.pool.threadCount
  let rowPieces = Pieces(m, step: tileRows, limit: pieceRows / tileRows)
  let isWide = threads == 1 || rowPieces.count >= 2 &* threads
  let task = PackedProductTask(
    m: m,
    a: a,
    b: b,
    c: c,
    rowStride: rowStride,
    epilogue: epilogue,
    rowPieces: rowPieces,
    panelPieces: Pieces(
      b.cut.count,
      step: 1,
      limit: isWide ? piecePanels.wide : piecePanels.fine
    )
  )
  context.pool.run(
    rowPieces.count &* task.panelPieces.count,
    task,
    multiplications: m &* b.columns &* b.depth
  )
}

/// A rectangle of C: so many rows, and the columns of a few panels.
private struct PackedProductTask: ParallelTask {
  let m: Int
  let a: Matrix
  let b: PackedMatrix
  let c: UnsafeMutablePointer<Float>
  let rowStride: Int
  let epilogue: Epilogue
  let rowPieces: Pieces
  let panelPieces: Pieces

  func run(_ index: Int, thread: Int) {
    let first = index / panelPieces.count &* rowPieces.size
    let rows = first..<min(m, first &+ rowPieces.size)
    let firstPanel = index % panelPieces.count &* panelPieces.size
    let panels = firstPanel..<min(b.cut.count, firstPanel &+ panelPieces.size)
    if m == 1 { multiplyRow(panels) } else { multiply(rows, panels) }
  }

  private func multiply(_ rows: Range<Int>, _ panels: Range<Int>) {
    let block = 400
    var start = 0
    while start < b.depth {
      let steps = start..<min(b.depth, start &+ block)
      var row = rows.lowerBound
      while row < rows.upperBound {
        let count = min(tileRows, rows.upperBound &- row)
        for panel in panels { multiplyTile(row, count, panel, steps) }
        if steps.upperBound == b.depth { finish(row, count, panels) }
        row &+= tileRows
      }
      start &+= block
    }
  }

  @inline(__always)
  private func multiplyTile(_ row: Int, _ rows: Int, _ panel: Int, _ steps: Range<Int>) {
    let (column, width) = b.cut[panel]
    let a = RowsInPlace(a.base + (row &* a.rowStride &+ steps.lowerBound), stride: a.rowStride)
    let b = b.panel(column, width: width, start: steps.lowerBound)
    let c = c + (row &* rowStride &+ column)
    if rows == tileRows {
      Kernels.multiplyTile(
        steps.count,
        a,
        b,
        c,
        rowStride,
        rows: rows,
        columns: width,
        start: steps.lowerBound > 0 ? .continuing : .zero
      )
    } else {
      multiplyShortTile(
        steps.count,
        a,
        b,
        c,
        rowStride,
        rows: rows,
        columns: width,
        continues: steps.lowerBound > 0
      )
    }
  }

  private func finish(_ row: Int, _ rows: Int, _ panels: Range<Int>) {
    let (column, last) = (b.cut[panels.lowerBound].column, b.cut[panels.upperBound &- 1])
    epilogue.apply(
      c + (row &* rowStride &+ column),
      stride: rowStride,
      row: row,
      column: column,
      rows: rows,
      columns: last.column &+ last.width &- column
    )
  }

  /// The only row, two panels at once where they are alike: one panel's sums alone would wait for each other.
  private func multiplyRow(_ panels: Range<Int>) {
    var panel = panels.lowerBound
    while panel < panels.upperBound {
      let (column, width) = b.cut[panel]
      let isPair = panel &+ 1 < panels.upperBound && b.cut[panel &+ 1].width == width
      switch isPair ? width : 0 {
      case tileColumns: multiplyPair(ThreeVectors.self, column)
      case 2 &* vectorWidth: multiplyPair(TwoVectors.self, column)
      default: multiplyTile(0, 1, panel, 0..<b.depth)
      }
      panel &+= isPair ? 2 : 1
    }
    finish(0, 1, panels)
  }

  /// The panel that begins at `column` and the one behind it, both of the width of `Row`.
  @inline(__always)
  private func multiplyPair<Row: TileRow>(_ row: Row.Type, _ column: Int) {
    let width = Row.vectors &* vectorWidth
    var panel = b.panel(column, width: width, start: 0).row
    let apart = width &* b.depth
    var (left, right) = (Row(), Row())
    for k in 0..<b.depth {
      let factor = a.base[k]
      left.add(factor, Row(panel))
      right.add(factor, Row(panel + apart))
      panel += width
    }
    left.store(c + column)
    right.store(c + (column &+ width))
  }
}
