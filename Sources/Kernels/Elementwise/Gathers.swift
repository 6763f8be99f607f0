// SPDX-License-Identifier: Apache-2.0

/// y[i, :] = table[tokens[i], :] (+ `bias`): rows of an embedding.
package func gatherRows(
  _ table: UnsafePointer<Float>,
  tokens: UnsafePointer<Int32>,
  count: Int,
  width: Int,
  bias: UnsafePointer<Float>?,
  into y: UnsafeMutablePointer<Float>,
  context: KernelContext
) {
  let task = GatherTask(
    table: table,
    tokens: tokens,
    count: count,
    width: width,
    bias: bias,
    y: y
  )
  context.pool.run((count &+ 63) / 64, task)
}

private struct GatherTask: ParallelTask {
  let table: UnsafePointer<Float>
  let tokens: UnsafePointer<Int32>
  let count: Int
  let width: Int
  let bias: UnsafePointer<Float>?
  let y: UnsafeMutablePointer<Float>

  func run(_ index: Int, thread: Int) {
    for i in index &* 64..<min(count, index &* 64 &+ 64) {
      let row = table + Int(tokens[i]) &* width
      let out = y + i &* width
      if let bias {
        zipLanes(row, bias, out, width) { row, bias, _ in row + bias }
      } else {
        mapLanes(row, out, width) { $0 }
      }
    }
  }
}

/// table[tokens[i], :] += dy[i, :] in token order, with lines of dy `rowStride` apart; pieces are stretches of columns.
package func scatterRows(
  _ dy: UnsafePointer<Float>,
  rowStride: Int,
  tokens: UnsafePointer<Int32>,
  count: Int,
  width: Int,
  into table: UnsafeMutablePointer<Float>,
  context: KernelContext
) {
  let task = ScatterTask(
    dy: dy,
    rowStride: rowStride,
    tokens: tokens,
    count: count,
    width: width,
    table: table
  )
  context.pool.run((width &+ 127) / 128, task)
}

private struct ScatterTask: ParallelTask {
  let dy: UnsafePointer<Float>
  let rowStride: Int
  let tokens: UnsafePointer<Int32>
  let count: Int
  let width: Int
  let table: UnsafeMutablePointer<Float>

  func run(_ index: Int, thread: Int) {
    let column = index &* 128
    let columns = min(128, width &- column)
    for i in 0..<count {
      addLine(
        table + (Int(tokens[i]) &* width &+ column),
        dy + (i &* rowStride &+ column),
        columns
      )
    }
  }
}

/// y[j, i] = (y[j, i] if `accumulating`) + x[i, j] for a matrix x[rows, columns], lines of y `rowStride` apart.
package func transpose(
  _ x: UnsafePointer<Float>,
  rows: Int,
  columns: Int,
  into y: UnsafeMutablePointer<Float>,
  rowStride: Int,
  accumulating: Bool = false,
  context: KernelContext
) {
  let task = TransposeTask(
    x: x,
    rows: rows,
    columns: columns,
    y: y,
    rowStride: rowStride,
    accumulating: accumulating
  )
  context.pool.run((rows &+ 63) / 64, task)
}

private struct TransposeTask: ParallelTask {
  let x: UnsafePointer<Float>
  let rows: Int
  let columns: Int
  let y: UnsafeMutablePointer<Float>
  let rowStride: Int
  let accumulating: Bool

  func run(_ index: Int, thread: Int) {
    let first = index &* 64
    let end = min(rows, first &+ 64)
    let wholeRows = first &+ (end &- first) & ~3
    let wholeColumns = columns & ~3
    var i = first
    while i < wholeRows {
      var j = 0
      while j < wholeColumns {
        four(i, j)
        j &+= 4
      }
      i &+= 4
    }
    elements(first, wholeRows, wholeColumns, columns)
    elements(wholeRows, end, 0, columns)
  }

  /// Four rows and columns at once, turned in registers.
  @inline(__always)
  private func four(_ i: Int, _ j: Int) {
    var turned = Lanes.zero
    withUnsafeMutableBytes(of: &turned) { bytes in
      guard let aside = bytes.baseAddress?.assumingMemoryBound(to: Float.self) else { return }
      transposeFour(x + (i &* columns &+ j), columns, aside, 4)
      for k in 0..<4 {
        let line = UnsafeMutableRawPointer(y + ((j &+ k) &* rowStride &+ i))
        var value = UnsafeRawPointer(aside + 4 &* k).loadUnaligned(as: SIMD4<Float>.self)
        if accumulating { value = line.loadUnaligned(as: SIMD4<Float>.self) + value }
        line.storeBytes(of: value, as: SIMD4<Float>.self)
      }
    }
  }

  private func elements(_ row: Int, _ endRow: Int, _ column: Int, _ endColumn: Int) {
    for j in column..<endColumn {
      for i in row..<endRow {
        let value = x[i &* columns &+ j]
        y[j &* rowStride &+ i] = accumulating ? y[j &* rowStride &+ i] + value : value
      }
    }
  }
}

/// Exchanges the first two axes: y[b, a, :] = (y if `accumulating`) + x[a, b, :] with lines of `width`.
package func exchangeAxes(
  _ x: UnsafePointer<Float>,
  first: Int,
  second: Int,
  width: Int,
  into y: UnsafeMutablePointer<Float>,
  accumulating: Bool = false,
  context: KernelContext
) {
  let task = ExchangeTask(
    x: x,
    first: first,
    second: second,
    width: width,
    y: y,
    accumulating: accumulating
  )
  context.pool.run(second, task)
}

private struct ExchangeTask: ParallelTask {
  let x: UnsafePointer<Float>
  let first: Int
  let second: Int
  let width: Int
  let y: UnsafeMutablePointer<Float>
  let accumulating: Bool

  func run(_ b: Int, thread: Int) {
    for a in 0..<first {
      let from = x + (a &* second &+ b) &* width
      let to = y + (b &* first &+ a) &* width
      if accumulating { addLine(to, from, width) } else { mapLanes(from, to, width) { $0 } }
    }
  }
}

/// y[b, a] = x[a, b] for integers.
package func transpose(
  _ x: UnsafePointer<Int32>,
  rows: Int,
  columns: Int,
  into y: UnsafeMutablePointer<Int32>
) {
  for i in 0..<rows {
    for j in 0..<columns { y[j &* rows &+ i] = x[i &* columns &+ j] }
  }
}

/// Copies `count` lines of `width` floats, line i from x + i · xStride to y + i · yStride; adds if `accumulating`.
package func copyLines(
  _ x: UnsafePointer<Float>,
  xStride: Int,
  into y: UnsafeMutablePointer<Float>,
  yStride: Int,
  count: Int,
  width: Int,
  accumulating: Bool = false
) {
  for i in 0..<count {
    let from = x + i &* xStride
    let to = y + i &* yStride
    if accumulating { addLine(to, from, width) } else { mapLanes(from, to, width) { $0 } }
  }
}
