// SPDX-License-Identifier: Apache-2.0

/// Softmax of each of `rows` rows of `width`: y[j] = exp(x[j] − max x) / Σ exp(x[k] − max x); `x` and `y` differ.
///
/// With `lengths`, each for so many rows one behind the other, only that many values of a row count: what is behind them is
/// not used, and y is 0 there.
///
/// A row with NaN is all NaN, one whose largest is infinite follows IEEE. Rows are independent, so the bits are the same
/// on any number of threads.
package func softmax(
  _ x: UnsafePointer<Float>,
  rows: Int,
  width: Int,
  lengths: RowLengths = RowLengths(),
  into y: UnsafeMutablePointer<Float>,
  context: KernelContext
) {
  context.pool.run(
    (rows &+ 63) / 64,
    SoftmaxTask(x: x, y: y, rows: rows, width: width, lengths: lengths)
  )
}

/// How many values of each row count: one number for each `rows` rows, 0 … width; nil where all do.
package struct RowLengths {
  package var values: UnsafePointer<Int32>?
  package var rows: Int

  /// Lengths; all values count unless given.
  package init(_ values: UnsafePointer<Int32>? = nil, rows: Int = 1) {
    self.values = values
    self.rows = rows
  }

  @inline(__always)
  func count(_ row: Int, of width: Int) -> Int {
    values.map { Int($0[row / rows]) } ?? width
  }
}

private struct SoftmaxTask: ParallelTask {
  let x: UnsafePointer<Float>
  let y: UnsafeMutablePointer<Float>
  let rows: Int
  let width: Int
  let lengths: RowLengths

  func run(_ index: Int, thread: Int) {
    for row in index &* 64..<min(rows, index &* 64 &+ 64) {
      let (x, y) = (x + row &* width, y + row &* width)
      let length = lengths.count(row, of: width)
      let top = largestOrNaN(x, length)
      var total = Lanes.zero
      eachSixteen(length) { j, count in
        // The lanes beyond the row come to exp(−infinity) = 0.
        let some = count == 16 ? load(x + j) : loadPart(x + j, count, filler: -.infinity)
        let value = exponentialOfOpposite(top - some)
        storeUpTo16(value, y + j, count)
        total += value
      }
      let sum = treeSum(total)
      mapLanes(y, y, length) { $0 / sum }
      fill(y + length, 0, width &- length)
    }
  }
}

/// The largest of `count` values; NaN if there is one, −infinity of none.
@inline(__always)
func largestOrNaN(_ x: UnsafePointer<Float>, _ count: Int) -> Float {
  var top = Lanes(repeating: -.infinity)
  var bad = Lanes.zero
  eachSixteen(count) { j, width in
    let value = width == 16 ? load(x + j) : loadPart(x + j, width, filler: -.infinity)
    top.replace(with: value, where: value .> top)
    bad.replace(with: value, where: value .!= value)
  }
  let lost = treeSum(bad)
  return lost == 0 ? treeMaximum(top) : lost
}

/// dx[j] = (dx[j] if `accumulating`) + y[j] (dy[j] − Σ dy[k] y[k]) per row, from the result y; behind `lengths` nothing is
/// added, and dy is not used.
package func softmaxGradient(
  result y: UnsafePointer<Float>,
  gradient dy: UnsafePointer<Float>,
  rows: Int,
  width: Int,
  lengths: RowLengths = RowLengths(),
  into dx: UnsafeMutablePointer<Float>,
  accumulating: Bool,
  context: KernelContext
) {
  context.pool.run(
    (rows &+ 63) / 64,
    SoftmaxGradientTask(
      y: y,
      dy: dy,
      dx: dx,
      rows: rows,
      width: width,
      lengths: lengths,
      accumulating: accumulating
    )
  )
}

private struct SoftmaxGradientTask: ParallelTask {
  let y: UnsafePointer<Float>
  let dy: UnsafePointer<Float>
  let dx: UnsafeMutablePointer<Float>
  let rows: Int
  let width: Int
  let lengths: RowLengths
  let accumulating: Bool

  func run(_ index: Int, thread: Int) {
    for row in index &* 64..<min(rows, index &* 64 &+ 64) {
      let place = row &* width
      let length = lengths.count(row, of: width)
      var total = Lanes.zero
      eachSixteen(length) { j, count in
        total = total.addingProduct(
          loadUpTo16(y + (place &+ j), count),
          loadUpTo16(dy + (place &+ j), count)
        )
      }
      let mean = treeSum(total)
      if accumulating {
        zipLanes(y + place, dy + place, dx + place, length) { y, dy, old in old + y * (dy - mean) }
      } else {
        zipLanes(y + place, dy + place, dx + place, length) { y, dy, _ in y * (dy - mean) }
        fill(dx + (place &+ length), 0, width &- length)
      }
    }
  }
}
