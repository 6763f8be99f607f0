// SPDX-License-Identifier: Apache-2.0

/// sums[j] = (sums[j] if `accumulating`) + Σᵢ x[i, j] over `rows` in index order: the gradient of a bias.
package func columnSums(
  _ x: UnsafePointer<Float>,
  rows: Int,
  columns: Int,
  rowStride: Int,
  into sums: UnsafeMutablePointer<Float>,
  accumulating: Bool,
  context: KernelContext
) {
  let task = ColumnSumTask(
    x: x,
    rows: rows,
    columns: columns,
    rowStride: rowStride,
    sums: sums,
    accumulating: accumulating
  )
  context.pool.run((columns &+ 63) / 64, task)
}

private struct ColumnSumTask: ParallelTask {
  let x: UnsafePointer<Float>
  let rows: Int
  let columns: Int
  let rowStride: Int
  let sums: UnsafeMutablePointer<Float>
  let accumulating: Bool

  func run(_ index: Int, thread: Int) {
    let first = index &* 64
    let width = min(64, columns &- first)
    if width == 64 { return wholePiece(first) }
    if columns == 1 && rowStride == 1 { return line() }
    var j = first
    while j < first &+ width {
      let count = min(16, first &+ width &- j)
      var total = Lanes.zero
      for i in 0..<rows { total += loadUpTo16(x + (i &* rowStride &+ j), count) }
      finish(total, j, count)
      j &+= 16
    }
  }

  /// Four times 16 columns at once: whole cache lines of every row, one after the other.
  private func wholePiece(_ first: Int) {
    var (a, b, c, d) = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
    var line = x + first
    for _ in 0..<rows {
      a += load(line)
      b += load(line + 16)
      c += load(line + 32)
      d += load(line + 48)
      line += rowStride
    }
    finish(a, first, 16)
    finish(b, first &+ 16, 16)
    finish(c, first &+ 32, 16)
    finish(d, first &+ 48, 16)
  }

  /// One column is a line: add it up in order.
  private func line() {
    var sum: Float = 0
    for i in 0..<rows { sum += x[i] }
    sums[0] = accumulating ? sums[0] + sum : sum
  }

  @inline(__always)
  private func finish(_ total: Lanes, _ j: Int, _ count: Int) {
    let sum = accumulating ? loadUpTo16(UnsafePointer(sums) + j, count) + total : total
    storeUpTo16(sum, sums + j, count)
  }
}

/// Σ x[i]² in Double: eight lanes over fixed chunks, chunks added in order.
package func sumOfSquares(_ x: UnsafePointer<Float>, count: Int) -> Double {
  var total = 0.0
  for index in 0..<chunks(count) {
    let (start, count) = chunkRange(index, count)
    var lanes = SIMD8<Double>.zero
    var i = start
    while i &+ 8 <= start &+ count {
      let value = SIMD8<Double>(
        UnsafeRawPointer(x + i).loadUnaligned(as: SIMD8<Float>.self)
      )
      lanes += value * value
      i &+= 8
    }
    var rest = 0.0
    while i < start &+ count {
      rest += Double(x[i]) * Double(x[i])
      i &+= 1
    }
    let pairs = lanes.lowHalf + lanes.highHalf
    total += ((pairs[0] + pairs[2]) + (pairs[1] + pairs[3])) + rest
  }
  return total
}

/// Whether every element is finite.
package func allFinite(_ x: UnsafePointer<Float>, count: Int) -> Bool {
  var bad = Lanes.zero
  var i = 0
  while i &+ 16 <= count {
    let value = load(x + i)
    bad += value - value
    i &+= 16
  }
  if i < count {
    let value = loadPart(x + i, count &- i)
    bad += value - value
  }
  return treeSum(bad) == 0
}
