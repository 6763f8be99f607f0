// SPDX-License-Identifier: Apache-2.0

// Matrices turned over. Each line of cache is read once and written once, as a whole where there are sixteen rows and
// columns: lines a power of two apart fall into the same few places of a cache and would be gone before their next
// quarter is wanted.

/// to[j, i] = from[i, j] for i < `rows`, j < `columns`.
func transpose(
  _ from: UnsafePointer<Float>,
  _ fromStride: Int,
  into to: UnsafeMutablePointer<Float>,
  _ toStride: Int,
  rows: Int,
  columns: Int
) {
  var row = 0
  while row < rows {
    let height = min(16, rows &- row)
    var column = 0
    while column < columns {
      let width = min(16, columns &- column)
      let first = from + (row &* fromStride &+ column)
      let target = to + (column &* toStride &+ row)
      if height == 16, width == 16 {
        transposeSixteen(first, fromStride, target, toStride)
      } else {
        transposePart(first, fromStride, target, toStride, height, width)
      }
      column &+= 16
    }
    row &+= 16
  }
}

/// Fewer than sixteen rows or columns, by fours.
private func transposePart(
  _ from: UnsafePointer<Float>,
  _ fromStride: Int,
  _ to: UnsafeMutablePointer<Float>,
  _ toStride: Int,
  _ rows: Int,
  _ columns: Int
) {
  let (wholeRows, wholeColumns) = (rows & ~3, columns & ~3)
  var j = 0
  while j < wholeColumns {
    var i = 0
    while i < wholeRows {
      transposeFour(from + (i &* fromStride &+ j), fromStride, to + (j &* toStride &+ i), toStride)
      i &+= 4
    }
    j &+= 4
  }
  for j in wholeColumns..<columns {
    for i in 0..<wholeRows { to[j &* toStride &+ i] = from[i &* fromStride &+ j] }
  }
  for i in wholeRows..<rows {
    for j in 0..<columns { to[j &* toStride &+ i] = from[i &* fromStride &+ j] }
  }
}

/// to[j, i] = from[i, j] for i, j < 4.
@inline(__always)
func transposeFour(
  _ from: UnsafePointer<Float>,
  _ fromStride: Int,
  _ to: UnsafeMutablePointer<Float>,
  _ toStride: Int
) {
  let a = UnsafeRawPointer(from).loadUnaligned(as: SIMD4<Float>.self)
  let b = UnsafeRawPointer(from + fromStride).loadUnaligned(as: SIMD4<Float>.self)
  let c = UnsafeRawPointer(from + 2 &* fromStride).loadUnaligned(as: SIMD4<Float>.self)
  let d = UnsafeRawPointer(from + 3 &* fromStride).loadUnaligned(as: SIMD4<Float>.self)
  let ab = SIMD4(a[0], b[0], a[1], b[1])
  let cd = SIMD4(c[0], d[0], c[1], d[1])
  let abHigh = SIMD4(a[2], b[2], a[3], b[3])
  let cdHigh = SIMD4(c[2], d[2], c[3], d[3])
  let raw = UnsafeMutableRawPointer(to)
  raw.storeBytes(of: SIMD4(lowHalf: ab.lowHalf, highHalf: cd.lowHalf), as: SIMD4<Float>.self)
  raw.storeBytes(
    of: SIMD4(lowHalf: ab.highHalf, highHalf: cd.highHalf),
    toByteOffset: 4 &* toStride,
    as: SIMD4<Float>.self
  )
  raw.storeBytes(
    of: SIMD4(lowHalf: abHigh.lowHalf, highHalf: cdHigh.lowHalf),
    toByteOffset: 8 &* toStride,
    as: SIMD4<Float>.self
  )
  raw.storeBytes(
    of: SIMD4(lowHalf: abHigh.highHalf, highHalf: cdHigh.highHalf),
    toByteOffset: 12 &* toStride,
    as: SIMD4<Float>.self
  )
}

// MARK: - Sixteen by sixteen

/// to[j, i] = from[i, j] for i, j < 16.
///
/// Four rows at a time are turned within each 128 bits, then the quarters of four vectors change places.
@inline(__always)
private func transposeSixteen(
  _ from: UnsafePointer<Float>,
  _ fromStride: Int,
  _ to: UnsafeMutablePointer<Float>,
  _ toStride: Int
) {
  let (a, b) = (TurnedRows(from, fromStride), TurnedRows(from + 4 &* fromStride, fromStride))
  let c = TurnedRows(from + 8 &* fromStride, fromStride)
  let d = TurnedRows(from + 12 &* fromStride, fromStride)
  storeQuarters(a.first, b.first, c.first, d.first, to, toStride)
  storeQuarters(a.second, b.second, c.second, d.second, to + toStride, toStride)
  storeQuarters(a.third, b.third, c.third, d.third, to + 2 &* toStride, toStride)
  storeQuarters(a.fourth, b.fourth, c.fourth, d.fourth, to + 3 &* toStride, toStride)
}

/// Four rows of sixteen columns: quarter q of vector j holds column 4q + j.
private struct TurnedRows {
  let first: Pairs
  let second: Pairs
  let third: Pairs
  let fourth: Pairs

  /// Pairs are interleaved, then seen as single numbers and interleaved again, for otherwise the compiler fuses both
  /// stages into more shuffles.
  @inline(__always)
  init(_ from: UnsafePointer<Float>, _ stride: Int) {
    let (a, b) = (load(from), load(from + stride))
    let (c, d) = (load(from + 2 &* stride), load(from + 3 &* stride))
    let (abLow, abHigh) = (interleavedLow(a, b), interleavedHigh(a, b))
    let (cdLow, cdHigh) = (interleavedLow(c, d), interleavedHigh(c, d))
    first = interleavedLow(abLow, cdLow)
    second = interleavedHigh(abLow, cdLow)
    third = interleavedLow(abHigh, cdHigh)
    fourth = interleavedHigh(abHigh, cdHigh)
  }
}

/// Sixteen floats, seen as eight pairs.
private typealias Pairs = SIMD8<UInt64>

/// Stores the four vectors of the four operands' first, second, third and fourth quarters, four rows apart.
@inline(__always)
private func storeQuarters(
  _ a: Pairs,
  _ b: Pairs,
  _ c: Pairs,
  _ d: Pairs,
  _ to: UnsafeMutablePointer<Float>,
  _ stride: Int
) {
  let (abEven, abOdd) = (evenQuarters(a, b), oddQuarters(a, b))
  let (cdEven, cdOdd) = (evenQuarters(c, d), oddQuarters(c, d))
  let raw = UnsafeMutableRawPointer(to)
  raw.storeBytes(of: evenQuarters(abEven, cdEven), as: Pairs.self)
  raw.storeBytes(of: evenQuarters(abOdd, cdOdd), toByteOffset: 16 &* stride, as: Pairs.self)
  raw.storeBytes(of: oddQuarters(abEven, cdEven), toByteOffset: 32 &* stride, as: Pairs.self)
  raw.storeBytes(of: oddQuarters(abOdd, cdOdd), toByteOffset: 48 &* stride, as: Pairs.self)
}

/// The first and third quarter of each.
@inline(__always)
private func evenQuarters(_ a: Pairs, _ b: Pairs) -> Pairs {
  Pairs(a[0], a[1], a[4], a[5], b[0], b[1], b[4], b[5])
}

/// The second and fourth quarter of each.
@inline(__always)
private func oddQuarters(_ a: Pairs, _ b: Pairs) -> Pairs {
  Pairs(a[2], a[3], a[6], a[7], b[2], b[3], b[6], b[7])
}

/// The first two elements of each 128 bits, by turns.
@inline(__always)
private func interleavedLow(_ a: Lanes, _ b: Lanes) -> Pairs {
  let low = Lanes(
    lowHalf: SIMD8(a[0], b[0], a[1], b[1], a[4], b[4], a[5], b[5]),
    highHalf: SIMD8(a[8], b[8], a[9], b[9], a[12], b[12], a[13], b[13])
  )
  return unsafeBitCast(low, to: Pairs.self)
}

/// The last two elements of each 128 bits, by turns.
@inline(__always)
private func interleavedHigh(_ a: Lanes, _ b: Lanes) -> Pairs {
  let high = Lanes(
    lowHalf: SIMD8(a[2], b[2], a[3], b[3], a[6], b[6], a[7], b[7]),
    highHalf: SIMD8(a[10], b[10], a[11], b[11], a[14], b[14], a[15], b[15])
  )
  return unsafeBitCast(high, to: Pairs.self)
}

@inline(__always)
private func interleavedLow(_ a: Pairs, _ b: Pairs) -> Pairs {
  Pairs(a[0], b[0], a[2], b[2], a[4], b[4], a[6], b[6])
}

@inline(__always)
private func interleavedHigh(_ a: Pairs, _ b: Pairs) -> Pairs {
  Pairs(a[1], b[1], a[3], b[3], a[5], b[5], a[7], b[7])
}
