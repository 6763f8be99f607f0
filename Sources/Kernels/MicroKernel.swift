// SPDX-License-Identifier: Apache-2.0

/// One row of the register tile: two hardware vectors of C, of which `columns` elements exist.
private struct TileRow {
  var low: Vector
  var high: Vector

  @inline(__always)
  init(_ c: UnsafeMutablePointer<Float>, exists: Bool, _ columns: Int) {
    low = .zero
    high = .zero
    guard exists else { return }
    if columns == tileColumns {
      low = UnsafeRawPointer(c).loadUnaligned(as: Vector.self)
      high = UnsafeRawPointer(c + vectorWidth).loadUnaligned(as: Vector.self)
    } else {
      (low, high) = loadRowPart(c, columns)
    }
  }

  @inline(__always)
  mutating func add(_ a: Float, _ x: Vector, _ y: Vector) {
    let factor = Vector(repeating: a)
    low = low.addingProduct(factor, x)
    high = high.addingProduct(factor, y)
  }

  @inline(__always)
  func store(_ c: UnsafeMutablePointer<Float>, _ columns: Int) {
    if columns == tileColumns {
      UnsafeMutableRawPointer(c).storeBytes(of: low, as: Vector.self)
      UnsafeMutableRawPointer(c + vectorWidth).storeBytes(of: high, as: Vector.self)
    } else {
      storeRowPart(low, high, c, columns)
    }
  }
}

/// The first `columns` elements of a row, zeros behind; out of line, for borders are rare.
@inline(never)
private func loadRowPart(_ c: UnsafeMutablePointer<Float>, _ columns: Int) -> (Vector, Vector) {
  var low = Vector.zero
  var high = Vector.zero
  for i in 0..<min(columns, vectorWidth) { low[i] = c[i] }
  for i in 0..<max(0, columns &- vectorWidth) { high[i] = c[vectorWidth &+ i] }
  return (low, high)
}

@inline(never)
private func storeRowPart(
  _ low: Vector,
  _ high: Vector,
  _ c: UnsafeMutablePointer<Float>,
  _ columns: Int
) {
  for i in 0..<min(columns, vectorWidth) { c[i] = low[i] }
  for i in 0..<max(0, columns &- vectorWidth) { c[vectorWidth &+ i] = high[i] }
}

/// C[rows, columns] = (C or 0) + A · B, each element one FMA chain over `depth` in index order.
///
/// `a` is packed [depth, tileRows], `b` packed [depth, tileColumns], both padded with zeros; `c` is row-major with
/// `stride`. At a border only `rows` × `columns` of the tile exist: all of it is computed, the part is stored. The rows
/// are written out because an array of accumulators would live in memory: with them, all stay in registers (Van Zee &
/// van de Geijn, "BLIS", 2015, §4).
@inline(never)
func multiplyTile(
  _ depth: Int,
  _ a: UnsafePointer<Float>,
  _ b: UnsafePointer<Float>,
  _ c: UnsafeMutablePointer<Float>,
  _ stride: Int,
  rows: Int = tileRows,
  columns: Int = tileColumns,
  continues: Bool
) {
  var r0 = TileRow(c, exists: continues, columns)
  var r1 = TileRow(c + 1 &* stride, exists: continues && rows > 1, columns)
  var r2 = TileRow(c + 2 &* stride, exists: continues && rows > 2, columns)
  var r3 = TileRow(c + 3 &* stride, exists: continues && rows > 3, columns)
  var r4 = TileRow(c + 4 &* stride, exists: continues && rows > 4, columns)
  var r5 = TileRow(c + 5 &* stride, exists: continues && rows > 5, columns)
  #if !VECTOR_256
    var r6 = TileRow(c + 6 &* stride, exists: continues && rows > 6, columns)
    var r7 = TileRow(c + 7 &* stride, exists: continues && rows > 7, columns)
  #endif
  #if VECTOR_512
    var r8 = TileRow(c + 8 &* stride, exists: continues && rows > 8, columns)
    var r9 = TileRow(c + 9 &* stride, exists: continues && rows > 9, columns)
    var r10 = TileRow(c + 10 &* stride, exists: continues && rows > 10, columns)
    var r11 = TileRow(c + 11 &* stride, exists: continues && rows > 11, columns)
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
  r0.store(c, columns)
  if rows > 1 { r1.store(c + 1 &* stride, columns) }
  if rows > 2 { r2.store(c + 2 &* stride, columns) }
  if rows > 3 { r3.store(c + 3 &* stride, columns) }
  if rows > 4 { r4.store(c + 4 &* stride, columns) }
  if rows > 5 { r5.store(c + 5 &* stride, columns) }
  #if !VECTOR_256
    if rows > 6 { r6.store(c + 6 &* stride, columns) }
    if rows > 7 { r7.store(c + 7 &* stride, columns) }
  #endif
  #if VECTOR_512
    if rows > 8 { r8.store(c + 8 &* stride, columns) }
    if rows > 9 { r9.store(c + 9 &* stride, columns) }
    if rows > 10 { r10.store(c + 10 &* stride, columns) }
    if rows > 11 { r11.store(c + 11 &* stride, columns) }
  #endif
}
