// SPDX-License-Identifier: Apache-2.0

// The register tile: `tileRows` rows of up to three hardware vectors of C, all in registers while k runs.
//
// Each step of k loads one row of B (three vectors) and broadcasts `tileRows` elements of A, so that seven loads feed
// twelve FMAs where vectors have 8 lanes: both fill the CPU's ports (Van Zee & van de Geijn, "BLIS", 2015, §4; Goto &
// van de Geijn 2008, §4). Four or eight rows divide the usual batch sizes, two or one vectors finish ragged widths.

/// What a tile does with the elements of C that are there already.
enum TileStart {
  /// It does not read them.
  case zero
  /// Each chain starts from its element.
  case continuing
  /// Each chain starts from zero and is added to its element at last.
  case adding
}

/// What is done to a finished tile while it is in registers.
struct TileEnd {
  /// Added to each row, `tileRows` of them, or nil.
  var bias: UnsafePointer<Float>?
  /// Whether ReLU follows.
  var rectifies = false

  /// The same for the tile whose first row is `row`.
  @inline(__always)
  func forRows(_ row: Int) -> Self { Self(bias: bias.map { $0 + row }, rectifies: rectifies) }
}

/// A whole tile: C[tileRows, Row] = A · B, each element one FMA chain over `depth` in order; see `TileStart`, `TileEnd`.
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
  _ start: TileStart,
  _ end: TileEnd
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
  if start == .continuing {
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
    r0.add(a.factor(0), b)
    r1.add(a.factor(1), b)
    r2.add(a.factor(2), b)
    r3.add(a.factor(3), b)
    #if !VECTOR_256
      r4.add(a.factor(4), b)
      r5.add(a.factor(5), b)
      r6.add(a.factor(6), b)
      r7.add(a.factor(7), b)
    #endif
    a.advance()
  }
  if start == .adding {
    r0.add(Row(c))
    r1.add(Row(c + stride))
    r2.add(Row(c + 2 &* stride))
    r3.add(Row(c + 3 &* stride))
    #if !VECTOR_256
      r4.add(Row(c + 4 &* stride))
      r5.add(Row(c + 5 &* stride))
      r6.add(Row(c + 6 &* stride))
      r7.add(Row(c + 7 &* stride))
    #endif
  }
  if let bias = end.bias {
    r0.add(bias[0])
    r1.add(bias[1])
    r2.add(bias[2])
    r3.add(bias[3])
    #if !VECTOR_256
      r4.add(bias[4])
      r5.add(bias[5])
      r6.add(bias[6])
      r7.add(bias[7])
    #endif
  }
  if end.rectifies {
    r0.rectify()
    r1.rectify()
    r2.rectify()
    r3.rectify()
    #if !VECTOR_256
      r4.rectify()
      r5.rectify()
      r6.rectify()
      r7.rectify()
    #endif
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
  _ start: TileStart,
  _ end: TileEnd
) { wholeTile(ThreeVectors.self, depth, a, b, c, stride, start, end) }

@inline(never)
private func tile2<Rows: RowStream, Columns: ColumnStream>(
  _ depth: Int,
  _ a: Rows,
  _ b: Columns,
  _ c: UnsafeMutablePointer<Float>,
  _ stride: Int,
  _ start: TileStart,
  _ end: TileEnd
) { wholeTile(TwoVectors.self, depth, a, b, c, stride, start, end) }

@inline(never)
private func tile1<Rows: RowStream, Columns: ColumnStream>(
  _ depth: Int,
  _ a: Rows,
  _ b: Columns,
  _ c: UnsafeMutablePointer<Float>,
  _ stride: Int,
  _ start: TileStart,
  _ end: TileEnd
) { wholeTile(OneVector.self, depth, a, b, c, stride, start, end) }

/// C[rows, columns] = A · B, each element one FMA chain over `depth` in index order; see `TileStart`, `TileEnd`.
///
/// `a` gives `tileRows` rows, whatever the last of them hold where `rows` is less; `b` gives rows of at least `columns`
/// elements, rounded up to whole vectors; `c` is row-major with `stride`. At a border the whole tile is computed aside
/// and the part that exists copied.
@inline(__always)
func multiplyTile<Rows: RowStream, Columns: ColumnStream>(
  _ depth: Int,
  _ a: Rows,
  _ b: Columns,
  _ c: UnsafeMutablePointer<Float>,
  _ stride: Int,
  rows: Int,
  columns: Int,
  start: TileStart,
  end: TileEnd = TileEnd()
) {
  if rows == tileRows && columns == tileColumns {
    tile3(depth, a, b, c, stride, start, end)
  } else {
    borderTile(depth, a, b, c, stride, rows, columns, start, end)
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
  _ start: TileStart,
  _ end: TileEnd
) {
  let width = roundUp(columns, to: vectorWidth)
  if rows == tileRows && columns == width {
    return tile(width, depth, a, b, c, stride, start, end)
  }
  var space = TileSpace()
  withUnsafeMutableBytes(of: &space) { bytes in
    guard let aside = bytes.baseAddress?.assumingMemoryBound(to: Float.self) else { return }
    if start != .zero {
      for i in 0..<rows { copyPart(c + i &* stride, aside + i &* width, columns) }
    }
    tile(width, depth, a, b, aside, width, start, end)
    for i in 0..<rows { copyPart(aside + i &* width, c + i &* stride, columns) }
  }
}

/// Room for a whole tile; a local value, for a temporary allocation above 1 KiB would go to the heap.
struct TileSpace {
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
func copyPart(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ count: Int) {
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
  _ start: TileStart,
  _ end: TileEnd
) {
  switch width {
  case vectorWidth: tile1(depth, a, b, c, stride, start, end)
  case 2 &* vectorWidth: tile2(depth, a, b, c, stride, start, end)
  default: tile3(depth, a, b, c, stride, start, end)
  }
}
