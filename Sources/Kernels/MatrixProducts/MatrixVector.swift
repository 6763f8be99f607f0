// SPDX-License-Identifier: Apache-2.0

// Few rows against a matrix whose summation index is contiguous: a layer applied to one example. The matrix is read
// once, so nothing is packed: blocks of 8 rows × 4 steps are transposed in registers on their way to the FMAs, 16 rows
// at a time, for two chains of FMAs wait about as long as sixteen shuffles take. Each result is the same chain over k as
// in the blocked product.

/// Rows of the matrix that one piece of work covers: the lanes of two vectors of eight.
private let rowsPerPiece = 16

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
    let start = accumulating ? loadUpTo16(y + first, count) : .zero
    storeUpTo16(continued(start, first), y + first, count)
    epilogue.apply(y + first, stride: 0, row: row, column: first, rows: 1, columns: count)
  }

  /// Whether the rows, whole multiples of 4 KiB apart, compete for the same few places of a first-level cache: more than
  /// eight of them at once drive each other out, and to wait for the FMAs costs less.
  private var rowsCompete: Bool { wStride % 1024 == 0 }

  /// The chains of 16 rows: all steps added to `sums`.
  private func continued(_ sums: Lanes, _ first: Int) -> Lanes {
    let (upper, lower) = (EightRows(self, first), EightRows(self, first &+ 8))
    var (a, b) = (sums.lowHalf, sums.highHalf)
    if rowsCompete {
      eachFourSteps { upper.addFour($0, to: &a) }
      eachFourSteps { lower.addFour($0, to: &b) }
    } else {
      eachFourSteps {
        upper.addFour($0, to: &a)
        lower.addFour($0, to: &b)
      }
    }
    for i in k & ~3..<k {
      upper.addOne(i, to: &a)
      lower.addOne(i, to: &b)
    }
    return Lanes(lowHalf: a, highHalf: b)
  }

  @inline(__always)
  private func eachFourSteps(_ body: (_ i: Int) -> Void) {
    var i = 0
    while i &+ 4 <= k {
      body(i)
      i &+= 4
    }
  }
}

/// Eight rows of the matrix; past its end the last one again, whose results nobody stores.
private struct EightRows {
  private let product: RowTimesMatrix
  /// Where the rows begin.
  private let places: SIMD8<Int>

  @inline(__always)
  init(_ product: RowTimesMatrix, _ first: Int) {
    self.product = product
    let rows = SIMD8(0, 1, 2, 3, 4, 5, 6, 7) &+ first
    places = pointwiseMin(rows, SIMD8(repeating: product.n &- 1)) &* product.wStride
  }

  /// Adds steps i to i + 3.
  ///
  /// The rows' pieces of four, two in a vector so that no shuffle leaves its 128 bits, are interleaved by ones and then
  /// by twos. Each stage sees its vectors as other numbers than the last one did, for otherwise the compiler fuses them
  /// into twice as many shuffles.
  @inline(__always)
  func addFour(_ i: Int, to sum: inout SIMD8<Float>) {
    let (a, b, c, d) = (pair(0, i), pair(1, i), pair(2, i), pair(3, i))
    let (abLow, abHigh) = (interleavedLow(a, b), interleavedHigh(a, b))
    let (cdLow, cdHigh) = (interleavedLow(c, d), interleavedHigh(c, d))
    add(i, interleavedLow(abLow, cdLow), to: &sum)
    add(i &+ 1, interleavedHigh(abLow, cdLow), to: &sum)
    add(i &+ 2, interleavedLow(abHigh, cdHigh), to: &sum)
    add(i &+ 3, interleavedHigh(abHigh, cdHigh), to: &sum)
  }

  @inline(__always)
  func addOne(_ i: Int, to sum: inout SIMD8<Float>) {
    var column = SIMD8<Float>.zero
    for row in 0..<8 { column[row] = product.w[places[row] &+ i] }
    add(i, unsafeBitCast(column, to: Pairs.self), to: &sum)
  }

  /// Adds one step, whose elements of the rows are `column`.
  @inline(__always)
  private func add(_ i: Int, _ column: Pairs, to sum: inout SIMD8<Float>) {
    let factor = SIMD8(repeating: product.x[i &* product.xStride])
    sum = sum.addingProduct(factor, unsafeBitCast(column, to: SIMD8<Float>.self))
  }

  /// Steps i to i + 3 of a row and of the fourth one behind it.
  @inline(__always)
  private func pair(_ row: Int, _ i: Int) -> SIMD8<Float> {
    let pairs = Pairs(lowHalf: four(row, i), highHalf: four(row &+ 4, i))
    return unsafeBitCast(pairs, to: SIMD8<Float>.self)
  }

  @inline(__always)
  private func four(_ row: Int, _ i: Int) -> SIMD2<UInt64> {
    UnsafeRawPointer(product.w + (places[row] &+ i)).loadUnaligned(as: SIMD2<UInt64>.self)
  }
}

/// Eight floats, seen as four pairs.
private typealias Pairs = SIMD4<UInt64>

/// The first elements of each 128 bits, by turns.
@inline(__always)
private func interleavedLow(_ a: SIMD8<Float>, _ b: SIMD8<Float>) -> Pairs {
  unsafeBitCast(SIMD8(a[0], b[0], a[1], b[1], a[4], b[4], a[5], b[5]), to: Pairs.self)
}

@inline(__always)
private func interleavedHigh(_ a: SIMD8<Float>, _ b: SIMD8<Float>) -> Pairs {
  unsafeBitCast(SIMD8(a[2], b[2], a[3], b[3], a[6], b[6], a[7], b[7]), to: Pairs.self)
}

@inline(__always)
private func interleavedLow(_ a: Pairs, _ b: Pairs) -> Pairs { Pairs(a[0], b[0], a[2], b[2]) }

@inline(__always)
private func interleavedHigh(_ a: Pairs, _ b: Pairs) -> Pairs { Pairs(a[1], b[1], a[3], b[3]) }
