// SPDX-License-Identifier: Apache-2.0

/// sums[j] = (sums[j] if `accumulating`) + Σᵢ x[i, j] over `rows` in index order: the gradient of a bias.
public func columnSums(
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
    var j = index &* 64
    let end = min(columns, j &+ 64)
    while j < end {
      let width = min(16, end &- j)
      var total = Lanes.zero
      if columns == 1 && rowStride == 1 {
        // One column is a line: add it up in order.
        var sum: Float = 0
        for i in 0..<rows { sum += x[i] }
        total[0] = sum
      } else if width == 16 {
        for i in 0..<rows { total += load(x + (i &* rowStride &+ j)) }
      } else {
        for i in 0..<rows { total += loadPart(x + (i &* rowStride &+ j), width) }
      }
      if accumulating { total = loadUpTo16(UnsafePointer(sums) + j, width) + total }
      storeUpTo16(total, sums + j, width)
      j &+= 16
    }
  }
}

/// Σ x[i]² in Double: eight lanes over fixed chunks, chunks added in order.
public func sumOfSquares(_ x: UnsafePointer<Float>, count: Int) -> Double {
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
public func allFinite(_ x: UnsafePointer<Float>, count: Int) -> Bool {
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
