// SPDX-License-Identifier: Apache-2.0

// The register tile: `tileRows` rows of up to three hardware vectors of C, all in registers while k runs.
//
// Each step of k loads one row of B (three vectors) and broadcasts `tileRows` elements of A, so that seven loads feed
// twelve FMAs where vectors have 8 lanes: both fill the CPU's ports (Van Zee & van de Geijn, "BLIS", 2015, §4; Goto &
// van de Geijn 2008, §4). Four or eight rows divide the usual batch sizes, two or one vectors finish ragged widths.

/// One row of a tile, or one row of B: one to three hardware vectors.
protocol TileRow {
  /// Hardware vectors.
  static var vectors: Int { get }
  init()
  init(_ p: UnsafePointer<Float>)
  mutating func add(_ a: Float, _ b: Self)
  func store(_ p: UnsafeMutablePointer<Float>)
}

@inline(__always)
private func loadVector(_ p: UnsafePointer<Float>) -> Vector {
  UnsafeRawPointer(p).loadUnaligned(as: Vector.self)
}

@inline(__always)
private func storeVector(_ value: Vector, _ p: UnsafeMutablePointer<Float>) {
  UnsafeMutableRawPointer(p).storeBytes(of: value, as: Vector.self)
}

struct OneVector: TileRow {
  static var vectors: Int { 1 }
  var x = Vector.zero
  @inline(__always)
  init() {}
  @inline(__always)
  init(_ p: UnsafePointer<Float>) { x = loadVector(p) }
  @inline(__always)
  mutating func add(_ a: Float, _ b: Self) { x = x.addingProduct(Vector(repeating: a), b.x) }
  @inline(__always)
  func store(_ p: UnsafeMutablePointer<Float>) { storeVector(x, p) }
}

struct TwoVectors: TileRow {
  static var vectors: Int { 2 }
  var x = Vector.zero
  var y = Vector.zero
  @inline(__always)
  init() {}
  @inline(__always)
  init(_ p: UnsafePointer<Float>) {
    x = loadVector(p)
    y = loadVector(p + vectorWidth)
  }
  @inline(__always)
  mutating func add(_ a: Float, _ b: Self) {
    let factor = Vector(repeating: a)
    x = x.addingProduct(factor, b.x)
    y = y.addingProduct(factor, b.y)
  }
  @inline(__always)
  func store(_ p: UnsafeMutablePointer<Float>) {
    storeVector(x, p)
    storeVector(y, p + vectorWidth)
  }
}

struct ThreeVectors: TileRow {
  static var vectors: Int { 3 }
  var x = Vector.zero
  var y = Vector.zero
  var z = Vector.zero
  @inline(__always)
  init() {}
  @inline(__always)
  init(_ p: UnsafePointer<Float>) {
    x = loadVector(p)
    y = loadVector(p + vectorWidth)
    z = loadVector(p + 2 &* vectorWidth)
  }
  @inline(__always)
  mutating func add(_ a: Float, _ b: Self) {
    let factor = Vector(repeating: a)
    x = x.addingProduct(factor, b.x)
    y = y.addingProduct(factor, b.y)
    z = z.addingProduct(factor, b.z)
  }
  @inline(__always)
  func store(_ p: UnsafeMutablePointer<Float>) {
    storeVector(x, p)
    storeVector(y, p + vectorWidth)
    storeVector(z, p + 2 &* vectorWidth)
  }
}

/// Where the elements of A lie: `tileRows` of them at each step of k.
protocol RowStream {
  /// The element of row i < `tileRows` at this step.
  func element(_ i: Int) -> Float
  /// Moves on to the next step.
  mutating func advance()
}

/// A packed panel [depth, tileRows].
struct PackedRows: RowStream {
  var step: UnsafePointer<Float>

  @inline(__always)
  init(_ panel: UnsafePointer<Float>) { step = panel }

  @inline(__always)
  func element(_ i: Int) -> Float { step[i] }

  @inline(__always)
  mutating func advance() { step += tileRows }
}

/// Rows of a row-major matrix that are used where they lie; all `tileRows` of them exist.
struct RowsInPlace: RowStream {
  var step: UnsafePointer<Float>
  let stride: Int

  @inline(__always)
  init(_ first: UnsafePointer<Float>, stride: Int) {
    step = first
    self.stride = stride
  }

  @inline(__always)
  func element(_ i: Int) -> Float { step[i &* stride] }

  @inline(__always)
  mutating func advance() { step += 1 }
}

/// Where the rows of B lie: what the tile reads at each step of k.
protocol ColumnStream {
  /// The row of this step; moves on to the next.
  mutating func next() -> UnsafePointer<Float>
}

/// Rows at a fixed distance: a packed panel, or a matrix that is used where it lies.
struct SteadyColumns: ColumnStream {
  var row: UnsafePointer<Float>
  let stride: Int

  @inline(__always)
  init(_ row: UnsafePointer<Float>, stride: Int) {
    self.row = row
    self.stride = stride
  }

  @inline(__always)
  mutating func next() -> UnsafePointer<Float> {
    let current = row
    row += stride
    return current
  }
}

/// Rows at listed distances from a base: the shifted images of a convolution.
struct ShiftedColumns: ColumnStream {
  let base: UnsafePointer<Float>
  var shift: UnsafePointer<Int>

  @inline(__always)
  init(_ base: UnsafePointer<Float>, shifts: UnsafePointer<Int>) {
    self.base = base
    shift = shifts
  }

  @inline(__always)
  mutating func next() -> UnsafePointer<Float> {
    let current = base + shift.pointee
    shift += 1
    return current
  }
}

/// A whole tile: C[tileRows, Row] = (C if `continues`, else 0) + A · B, each element one FMA chain over `depth` in order.
///
/// The rows are written out because an array of accumulators would live in memory.
@inline(__always)
private func wholeTile<Row: TileRow, Rows: RowStream, Columns: ColumnStream>(
  _ row: Row.Type,
  _ depth: Int,
  _ a: Rows,
  _ columns: Columns,
  _ c: UnsafeMutablePointer<Float>,
  _ stride: Int,
  continues: Bool
) {
  var r0 = Row()
  var r1 = Row()
  var r2 = Row()
  var r3 = Row()
  #if !VECTOR_256
    var r4 = Row()
    var r5 = Row()
    var r6 = Row()
    var r7 = Row()
  #endif
  if continues {
    r0 = Row(c)
    r1 = Row(c + stride)
    r2 = Row(c + 2 &* stride)
    r3 = Row(c + 3 &* stride)
    #if !VECTOR_256
      r4 = Row(c + 4 &* stride)
      r5 = Row(c + 5 &* stride)
      r6 = Row(c + 6 &* stride)
      r7 = Row(c + 7 &* stride)
    #endif
  }
  var a = a
  var columns = columns
  for _ in 0..<depth {
    let b = Row(columns.next())
    r0.add(a.element(0), b)
    r1.add(a.element(1), b)
    r2.add(a.element(2), b)
    r3.add(a.element(3), b)
    #if !VECTOR_256
      r4.add(a.element(4), b)
      r5.add(a.element(5), b)
      r6.add(a.element(6), b)
      r7.add(a.element(7), b)
    #endif
    a.advance()
  }
  r0.store(c)
  r1.store(c + stride)
  r2.store(c + 2 &* stride)
  r3.store(c + 3 &* stride)
  #if !VECTOR_256
    r4.store(c + 4 &* stride)
    r5.store(c + 5 &* stride)
    r6.store(c + 6 &* stride)
    r7.store(c + 7 &* stride)
  #endif
}

@inline(never)
private func tile3<Rows: RowStream, Columns: ColumnStream>(
  _ depth: Int,
  _ a: Rows,
  _ b: Columns,
  _ c: UnsafeMutablePointer<Float>,
  _ stride: Int,
  _ continues: Bool
) { wholeTile(ThreeVectors.self, depth, a, b, c, stride, continues: continues) }

@inline(never)
private func tile2<Rows: RowStream, Columns: ColumnStream>(
  _ depth: Int,
  _ a: Rows,
  _ b: Columns,
  _ c: UnsafeMutablePointer<Float>,
  _ stride: Int,
  _ continues: Bool
) { wholeTile(TwoVectors.self, depth, a, b, c, stride, continues: continues) }

@inline(never)
private func tile1<Rows: RowStream, Columns: ColumnStream>(
  _ depth: Int,
  _ a: Rows,
  _ b: Columns,
  _ c: UnsafeMutablePointer<Float>,
  _ stride: Int,
  _ continues: Bool
) { wholeTile(OneVector.self, depth, a, b, c, stride, continues: continues) }

/// C[rows, columns] = (C if `continues`, else 0) + A · B, each element one FMA chain over `depth` in index order.
///
/// `a` gives `tileRows` elements a step, of which `rows` matter; `b` gives rows of at least `columns` elements, rounded up to whole
/// vectors; `c` is row-major with `stride`. At a border the whole tile is computed aside and the part that exists copied.
@inline(__always)
func multiplyTile<Rows: RowStream, Columns: ColumnStream>(
  _ depth: Int,
  _ a: Rows,
  _ b: Columns,
  _ c: UnsafeMutablePointer<Float>,
  _ stride: Int,
  rows: Int,
  columns: Int,
  continues: Bool
) {
  if rows == tileRows && columns == tileColumns {
    tile3(depth, a, b, c, stride, continues)
  } else {
    borderTile(depth, a, b, c, stride, rows, columns, continues)
  }
}

@inline(never)
private func borderTile<Rows: RowStream, Columns: ColumnStream>(
  _ depth: Int,
  _ a: Rows,
  _ b: Columns,
  _ c: UnsafeMutablePointer<Float>,
  _ stride: Int,
  _ rows: Int,
  _ columns: Int,
  _ continues: Bool
) {
  let width = roundUp(columns, to: vectorWidth)
  if rows == tileRows && columns == width {
    return tile(width, depth, a, b, c, stride, continues)
  }
  var space = TileSpace()
  withUnsafeMutableBytes(of: &space) { bytes in
    guard let aside = bytes.baseAddress?.assumingMemoryBound(to: Float.self) else { return }
    if continues {
      for i in 0..<rows { copyPart(c + i &* stride, aside + i &* width, columns) }
    }
    tile(width, depth, a, b, aside, width, continues)
    for i in 0..<rows { copyPart(aside + i &* width, c + i &* stride, columns) }
  }
}

/// Room for a whole tile; a local value, for a temporary allocation above 1 KiB would go to the heap.
private struct TileSpace {
  #if VECTOR_256
    var floats = (SIMD64<Float>(), SIMD32<Float>())
  #elseif VECTOR_512
    var floats = (
      SIMD64<Float>(), SIMD64<Float>(), SIMD64<Float>(), SIMD64<Float>(), SIMD64<Float>(),
      SIMD64<Float>()
    )
  #else
    var floats = (SIMD64<Float>(), SIMD32<Float>())
  #endif
}

@inline(__always)
private func copyPart(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ count: Int) {
  var i = 0
  while i &+ 4 <= count {
    let four = UnsafeRawPointer(x + i).loadUnaligned(as: SIMD4<Float>.self)
    UnsafeMutableRawPointer(y + i).storeBytes(of: four, as: SIMD4<Float>.self)
    i &+= 4
  }
  while i < count {
    y[i] = x[i]
    i &+= 1
  }
}

@inline(__always)
private func tile<Rows: RowStream, Columns: ColumnStream>(
  _ width: Int,
  _ depth: Int,
  _ a: Rows,
  _ b: Columns,
  _ c: UnsafeMutablePointer<Float>,
  _ stride: Int,
  _ continues: Bool
) {
  switch width {
  case vectorWidth: tile1(depth, a, b, c, stride, continues)
  case 2 &* vectorWidth: tile2(depth, a, b, c, stride, continues)
  default: tile3(depth, a, b, c, stride, continues)
  }
}
