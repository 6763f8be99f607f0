// SPDX-License-Identifier: Apache-2.0

/// One row of the register tile: two hardware vectors of C.
private struct TileRow {
  var low: Vector
  var high: Vector

  @inline(__always)
  init(_ c: UnsafeMutablePointer<Float>, continues: Bool) {
    if continues {
      low = UnsafeRawPointer(c).loadUnaligned(as: Vector.self)
      high = UnsafeRawPointer(c + vectorWidth).loadUnaligned(as: Vector.self)
    } else {
      low = .zero
      high = .zero
    }
  }

  @inline(__always)
  mutating func add(_ a: Float, _ x: Vector, _ y: Vector) {
    let factor = Vector(repeating: a)
    low = low.addingProduct(factor, x)
    high = high.addingProduct(factor, y)
  }

  @inline(__always)
  func store(_ c: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(c).storeBytes(of: low, as: Vector.self)
    UnsafeMutableRawPointer(c + vectorWidth).storeBytes(of: high, as: Vector.self)
  }
}

/// C[tileRows, tileColumns] = (C or 0) + A · B, each element one FMA chain over `depth` in index order.
///
/// `a` is packed [depth, tileRows], `b` packed [depth, tileColumns], `c` row-major with `stride`. The rows are written
/// out because an array of accumulators would live in memory: with them, all stay in registers (Van Zee & van de
/// Geijn, "BLIS", 2015, §4).
@inline(never)
func multiplyTile(
  _ depth: Int,
  _ a: UnsafePointer<Float>,
  _ b: UnsafePointer<Float>,
  _ c: UnsafeMutablePointer<Float>,
  _ stride: Int,
  continues: Bool
) {
  var r0 = TileRow(c, continues: continues)
  var r1 = TileRow(c + stride, continues: continues)
  var r2 = TileRow(c + 2 &* stride, continues: continues)
  var r3 = TileRow(c + 3 &* stride, continues: continues)
  var r4 = TileRow(c + 4 &* stride, continues: continues)
  var r5 = TileRow(c + 5 &* stride, continues: continues)
  #if !VECTOR_256
    var r6 = TileRow(c + 6 &* stride, continues: continues)
    var r7 = TileRow(c + 7 &* stride, continues: continues)
  #endif
  #if VECTOR_512
    var r8 = TileRow(c + 8 &* stride, continues: continues)
    var r9 = TileRow(c + 9 &* stride, continues: continues)
    var r10 = TileRow(c + 10 &* stride, continues: continues)
    var r11 = TileRow(c + 11 &* stride, continues: continues)
  #endif
  var a = a
  var b = b
  for _ in 0..<depth {
    let x = UnsafeRawPointer(b).loadUnaligned(as: Vector.self)
    let y = UnsafeRawPointer(b + vectorWidth).loadUnaligned(as: Vector.self)
    r0.add(a[0], x, y)
    r1.add(a[1], x, y)
    r2.add(a[2], x, y)
    r3.add(a[3], x, y)
    r4.add(a[4], x, y)
    r5.add(a[5], x, y)
    #if !VECTOR_256
      r6.add(a[6], x, y)
      r7.add(a[7], x, y)
    #endif
    #if VECTOR_512
      r8.add(a[8], x, y)
      r9.add(a[9], x, y)
      r10.add(a[10], x, y)
      r11.add(a[11], x, y)
    #endif
    a += tileRows
    b += tileColumns
  }
  r0.store(c)
  r1.store(c + stride)
  r2.store(c + 2 &* stride)
  r3.store(c + 3 &* stride)
  r4.store(c + 4 &* stride)
  r5.store(c + 5 &* stride)
  #if !VECTOR_256
    r6.store(c + 6 &* stride)
    r7.store(c + 7 &* stride)
  #endif
  #if VECTOR_512
    r8.store(c + 8 &* stride)
    r9.store(c + 9 &* stride)
    r10.store(c + 10 &* stride)
    r11.store(c + 11 &* stride)
  #endif
}

/// The tile at a border: only `rows` × `columns` of C exist, so the tile is formed aside and the part copied.
@inline(never)
func multiplyPartialTile(
  _ depth: Int,
  _ a: UnsafePointer<Float>,
  _ b: UnsafePointer<Float>,
  _ c: UnsafeMutablePointer<Float>,
  _ stride: Int,
  rows: Int,
  columns: Int,
  continues: Bool
) {
  withUnsafeTemporaryAllocation(of: Float.self, capacity: tileRows * tileColumns) { aside in
    guard let tile = aside.baseAddress else { return }
    if continues {
      for i in 0..<tileRows * tileColumns { tile[i] = 0 }
      for row in 0..<rows {
        for column in 0..<columns {
          tile[row &* tileColumns &+ column] = c[row &* stride &+ column]
        }
      }
    }
    multiplyTile(depth, a, b, tile, tileColumns, continues: continues)
    for row in 0..<rows {
      for column in 0..<columns {
        c[row &* stride &+ column] = tile[row &* tileColumns &+ column]
      }
    }
  }
}
