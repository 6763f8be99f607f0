// SPDX-License-Identifier: Apache-2.0

// Few rows against a matrix whose summation index is contiguous: a layer applied to one example. The matrix is read
// once, so nothing is packed: blocks of 8 rows × 4 steps are transposed in registers on their way to the FMAs, 32 rows
// in flight to hide the FMA's latency. Each result is the same chain over k as in the blocked product.

/// Rows of the matrix that one piece of work covers.
private let rowsPerPiece = 32

/// y[j] = (y[j] if `accumulating`, else 0) + Σₖ x[k] · w[j, k], k in index order, for one row of C.
struct RowTimesMatrix: ParallelTask {
  let x: UnsafePointer<Float>
  let xStride: Int
  let w: UnsafePointer<Float>
  let wStride: Int
  let n: Int
  let k: Int
  let y: UnsafeMutablePointer<Float>
  let accumulating: Bool
  let epilogue: Epilogue
  /// The row of C, for the epilogue's bias.
  let row: Int

  var pieces: Int { (n &+ rowsPerPiece &- 1) / rowsPerPiece }

  func run(_ index: Int, thread: Int) {
    let first = index &* rowsPerPiece
    let count = min(rowsPerPiece, n &- first)
    if count == rowsPerPiece { wholePiece(first) } else { rows(first, count) }
    epilogue.apply(y + first, stride: 0, row: row, column: first, rows: 1, columns: count)
  }

  private func wholePiece(_ first: Int) {
    var s0 = start(first)
    var s1 = start(first &+ 8)
    var s2 = start(first &+ 16)
    var s3 = start(first &+ 24)
    let lines = w + first &* wStride
    var i = 0
    while i &+ 4 <= k {
      let factors = factors(i)
      EightRows(lines + i, wStride).add(to: &s0, factors)
      EightRows(lines + (8 &* wStride &+ i), wStride).add(to: &s1, factors)
      EightRows(lines + (16 &* wStride &+ i), wStride).add(to: &s2, factors)
      EightRows(lines + (24 &* wStride &+ i), wStride).add(to: &s3, factors)
      i &+= 4
    }
    finish(s0, first)
    finish(s1, first &+ 8)
    finish(s2, first &+ 16)
    finish(s3, first &+ 24)
    rest(first, rowsPerPiece, from: i)
  }

  /// Fewer rows than a piece: by eights, the last few one by one.
  private func rows(_ first: Int, _ count: Int) {
    var done = 0
    while done &+ 8 <= count {
      var sum = start(first &+ done)
      let lines = w + (first &+ done) &* wStride
      var i = 0
      while i &+ 4 <= k {
        EightRows(lines + i, wStride).add(to: &sum, factors(i))
        i &+= 4
      }
      finish(sum, first &+ done)
      done &+= 8
    }
    rest(first, done, from: k & ~3)
    for j in first &+ done..<first &+ count {
      if !accumulating { y[j] = 0 }
    }
    rest(first &+ done, count &- done, from: 0)
  }

  @inline(__always)
  private func start(_ j: Int) -> SIMD8<Float> {
    accumulating ? UnsafeRawPointer(y + j).loadUnaligned(as: SIMD8<Float>.self) : .zero
  }

  @inline(__always)
  private func finish(_ sum: SIMD8<Float>, _ j: Int) {
    UnsafeMutableRawPointer(y + j).storeBytes(of: sum, as: SIMD8<Float>.self)
  }

  @inline(__always)
  private func factors(_ i: Int) -> SIMD4<Float> {
    SIMD4(
      x[i &* xStride],
      x[(i &+ 1) &* xStride],
      x[(i &+ 2) &* xStride],
      x[(i &+ 3) &* xStride]
    )
  }

  /// Continues the chains of `count` results from step `from` to the end.
  private func rest(_ first: Int, _ count: Int, from: Int) {
    if from >= k { return }
    for j in first..<first &+ count {
      var sum = y[j]
      for i in from..<k { sum = sum.addingProduct(x[i &* xStride], w[j &* wStride &+ i]) }
      y[j] = sum
    }
  }
}

/// Four steps of eight rows, transposed: `column(i)` holds step i of all rows.
private struct EightRows {
  let column0: SIMD8<Float>
  let column1: SIMD8<Float>
  let column2: SIMD8<Float>
  let column3: SIMD8<Float>

  @inline(__always)
  init(_ p: UnsafePointer<Float>, _ stride: Int) {
    let a = Self.pair(p, 4 &* stride)
    let b = Self.pair(p + stride, 4 &* stride)
    let c = Self.pair(p + 2 &* stride, 4 &* stride)
    let d = Self.pair(p + 3 &* stride, 4 &* stride)
    let abLow = Self.low(a, b)
    let abHigh = Self.high(a, b)
    let cdLow = Self.low(c, d)
    let cdHigh = Self.high(c, d)
    column0 = Self.firstHalves(abLow, cdLow)
    column1 = Self.secondHalves(abLow, cdLow)
    column2 = Self.firstHalves(abHigh, cdHigh)
    column3 = Self.secondHalves(abHigh, cdHigh)
  }

  @inline(__always)
  func add(to sum: inout SIMD8<Float>, _ factors: SIMD4<Float>) {
    sum = sum.addingProduct(SIMD8(repeating: factors[0]), column0)
    sum = sum.addingProduct(SIMD8(repeating: factors[1]), column1)
    sum = sum.addingProduct(SIMD8(repeating: factors[2]), column2)
    sum = sum.addingProduct(SIMD8(repeating: factors[3]), column3)
  }

  /// Row i in the low half, row i + 4 in the high one, so that all shuffles stay inside 128 bits.
  @inline(__always)
  private static func pair(_ p: UnsafePointer<Float>, _ distance: Int) -> SIMD8<Float> {
    SIMD8(
      lowHalf: UnsafeRawPointer(p).loadUnaligned(as: SIMD4<Float>.self),
      highHalf: UnsafeRawPointer(p + distance).loadUnaligned(as: SIMD4<Float>.self)
    )
  }

  @inline(__always)
  private static func low(_ a: SIMD8<Float>, _ b: SIMD8<Float>) -> SIMD8<Float> {
    SIMD8(a[0], b[0], a[1], b[1], a[4], b[4], a[5], b[5])
  }

  @inline(__always)
  private static func high(_ a: SIMD8<Float>, _ b: SIMD8<Float>) -> SIMD8<Float> {
    SIMD8(a[2], b[2], a[3], b[3], a[6], b[6], a[7], b[7])
  }

  @inline(__always)
  private static func firstHalves(_ a: SIMD8<Float>, _ b: SIMD8<Float>) -> SIMD8<Float> {
    SIMD8(a[0], a[1], b[0], b[1], a[4], a[5], b[4], b[5])
  }

  @inline(__always)
  private static func secondHalves(_ a: SIMD8<Float>, _ b: SIMD8<Float>) -> SIMD8<Float> {
    SIMD8(a[2], a[3], b[2], b[3], a[6], a[7], b[6], b[7])
  }
}
