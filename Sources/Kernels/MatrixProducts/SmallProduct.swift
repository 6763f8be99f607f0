// SPDX-License-Identifier: Apache-2.0

// Products of a few thousand multiplications, where handing out panels costs more than multiplying: B is laid out once
// in lines of 16 lanes, then each row of C is a handful of FMAs on the calling thread, finished in registers.

/// Multiplications up to which a product is small.
private let smallLimit = 1 << 13
/// Columns up to which a product may be small: C's row is kept in registers, 16 lanes at a time.
private let narrowLimit = 64

@inline(__always)
func isSmallProduct(m: Int, n: Int, k: Int) -> Bool {
  n <= narrowLimit && m &* n &* k <= smallLimit
}

/// C[m, n] = (C if `accumulating`, else 0) + A · B, then the epilogue; the same chains as the blocked product.
func multiplySmall(
  m: Int,
  n: Int,
  k: Int,
  _ a: Matrix,
  _ b: Matrix,
  into c: UnsafeMutablePointer<Float>,
  rowStride: Int,
  accumulating: Bool,
  epilogue: Epilogue,
  scratch: UnsafeMutablePointer<Float>
) {
  var column = 0
  while column < n {
    let width = min(16, n &- column)
    layOut(b, column, width, k, scratch)
    // −0 is what changes no sum, not even −0.
    let nothing: Float = -0.0
    let bias =
      epilogue.columnBias.map { loadUpTo16($0 + column, width) } ?? Lanes(repeating: nothing)
    var i = 0
    while i < m {
      let line = a.base + i &* a.rowStride
      let target = c + (i &* rowStride &+ column)
      if i &+ 4 <= m {
        var sums = FourLines(target, rowStride, width, exists: accumulating)
        for j in 0..<k {
          sums.add(line + j &* a.columnStride, a.rowStride, load(scratch + j &* 16))
        }
        sums.finish(target, rowStride, width, epilogue.rowBias.map { $0 + i }, bias)
        i &+= 4
      } else {
        var sum = accumulating ? loadUpTo16(target, width) : Lanes.zero
        for j in 0..<k {
          let factor = Lanes(repeating: line[j &* a.columnStride])
          sum = sum.addingProduct(factor, load(scratch + j &* 16))
        }
        storeUpTo16(sum + (epilogue.rowBias?[i] ?? nothing) + bias, target, width)
        i &+= 1
      }
    }
    column &+= 16
  }
  // In one go over all rows: to ask for the function row by row would cost as much as multiplying.
  if rowStride == n {
    activate(epilogue.activation, c, m &* n)
  } else {
    for i in 0..<m { activate(epilogue.activation, c + i &* rowStride, n) }
  }
}

/// Floats of scratch that a small product needs.
@inline(__always)
func smallScratch(k: Int) -> Int { k &* 16 }

/// line[k] = B[k, column ..< column + width] and zeros behind, 16 lanes each.
private func layOut(
  _ b: Matrix,
  _ column: Int,
  _ width: Int,
  _ k: Int,
  _ lines: UnsafeMutablePointer<Float>
) {
  let base = b.base + column &* b.columnStride
  if b.columnStride == 1 {
    for j in 0..<k { store(loadUpTo16(base + j &* b.rowStride, width), lines + j &* 16) }
    return
  }
  for j in 0..<k {
    let from = base + j &* b.rowStride
    let to = lines + j &* 16
    if width < 16 { store(Lanes.zero, to) }
    for i in 0..<width { to[i] = from[i &* b.columnStride] }
  }
}

/// Four rows of C, 16 lanes each.
private struct FourLines {
  var s0 = Lanes.zero
  var s1 = Lanes.zero
  var s2 = Lanes.zero
  var s3 = Lanes.zero

  @inline(__always)
  init(_ c: UnsafeMutablePointer<Float>, _ stride: Int, _ width: Int, exists: Bool) {
    guard exists else { return }
    s0 = loadUpTo16(c, width)
    s1 = loadUpTo16(c + stride, width)
    s2 = loadUpTo16(c + 2 &* stride, width)
    s3 = loadUpTo16(c + 3 &* stride, width)
  }

  @inline(__always)
  mutating func add(_ a: UnsafePointer<Float>, _ stride: Int, _ b: Lanes) {
    s0 = s0.addingProduct(Lanes(repeating: a[0]), b)
    s1 = s1.addingProduct(Lanes(repeating: a[stride]), b)
    s2 = s2.addingProduct(Lanes(repeating: a[2 &* stride]), b)
    s3 = s3.addingProduct(Lanes(repeating: a[3 &* stride]), b)
  }

  @inline(__always)
  func finish(
    _ c: UnsafeMutablePointer<Float>,
    _ stride: Int,
    _ width: Int,
    _ rowBias: UnsafePointer<Float>?,
    _ bias: Lanes
  ) {
    var (r0, r1, r2, r3) = (s0, s1, s2, s3)
    if let rowBias {
      r0 += rowBias[0]
      r1 += rowBias[1]
      r2 += rowBias[2]
      r3 += rowBias[3]
    }
    storeUpTo16(r0 + bias, c, width)
    storeUpTo16(r1 + bias, c + stride, width)
    storeUpTo16(r2 + bias, c + 2 &* stride, width)
    storeUpTo16(r3 + bias, c + 3 &* stride, width)
  }
}
