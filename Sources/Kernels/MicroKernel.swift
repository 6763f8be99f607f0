// SPDX-License-Identifier: Apache-2.0

// The register tile: `tileRows` rows of up to three hardware vectors of C, all in registers while k runs.
//
// Each step of k loads one row of B (three vectors) and broadcasts `tileRows` elements of A, so that seven loads feed
// twelve FMAs where vectors have 8 lanes: both fill the CPU's ports (Van Zee & van de Geijn, "BLIS", 2015, §4; Goto &
// van de Geijn 2008, §4). Four or eight rows divide the usual batch sizes, two or one vectors finish ragged widths.

@inline(__always)
private func rectified(_ x: Vector) -> Vector { x.replacing(with: Vector.zero, where: x .<= 0) }

/// One row of a tile, or one row of B: one to three hardware vectors.
protocol TileRow {
  /// Hardware vectors.
  static var vectors: Int { get }
  init()
  init(_ p: UnsafePointer<Float>)
  mutating func add(_ a: Float, _ b: Self)
  mutating func add(_ b: Self)
  mutating func add(_ value: Float)
  /// Zero where an element is not above it; NaN stays.
  mutating func rectify()
  func store(_ p: UnsafeMutablePointer<Float>)
}

@inline(__always)
func loadVector(_ p: UnsafePointer<Float>) -> Vector {
  UnsafeRawPointer(p).loadUnaligned(as: Vector.self)
}

@inline(__always)
func storeVector(_ value: Vector, _ p: UnsafeMutablePointer<Float>) {
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
  mutating func add(_ b: Self) {
    x += b.x
  }
  @inline(__always)
  mutating func add(_ value: Float) {
    x += value
  }
  @inline(__always)
  mutating func rectify() {
    x = rectified(x)
  }
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
  mutating func add(_ b: Self) {
    x += b.x
    y += b.y
  }
  @inline(__always)
  mutating func add(_ value: Float) {
    x += value
    y += value
  }
  @inline(__always)
  mutating func rectify() {
    x = rectified(x)
    y = rectified(y)
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
  mutating func add(_ b: Self) {
    x += b.x
    y += b.y
    z += b.z
  }
  @inline(__always)
  mutating func add(_ value: Float) {
    x += value
    y += value
    z += value
  }
  @inline(__always)
  mutating func rectify() {
    x = rectified(x)
    y = rectified(y)
    z = rectified(z)
  }
  @inline(__always)
  func store(_ p: UnsafeMutablePointer<Float>) {
    storeVector(x, p)
    storeVector(y, p + vectorWidth)
    storeVector(z, p + 2 &* vectorWidth)
  }
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

/// Where the elements of A lie: what the tile broadcasts at each step of k.
protocol RowStream {
  /// Row `i` < `tileRows` of this step; `i` is a literal.
  func factor(_ i: Int) -> Float
  /// Moves on to the next step.
  mutating func advance()
}

/// A packed panel [depth, tileRows].
struct PackedRows: RowStream {
  var panel: UnsafePointer<Float>

  @inline(__always)
  init(_ panel: UnsafePointer<Float>) { self.panel = panel }

  @inline(__always)
  func factor(_ i: Int) -> Float { panel[i] }

  @inline(__always)
  mutating func advance() { panel += tileRows }
}

/// Rows that lie anywhere, each with its depth side by side: no packing.
struct ListedRows: RowStream {
  private let r0: UnsafePointer<Float>
  private let r1: UnsafePointer<Float>
  private let r2: UnsafePointer<Float>
  private let r3: UnsafePointer<Float>
  #if !VECTOR_256
    private let r4: UnsafePointer<Float>
    private let r5: UnsafePointer<Float>
    private let r6: UnsafePointer<Float>
    private let r7: UnsafePointer<Float>
  #endif
  private var step = 0

  /// `tileRows` rows at listed distances from `base`.
  @inline(__always)
  init(_ base: UnsafePointer<Float>, places: UnsafePointer<Int>) {
    r0 = base + places[0]
    r1 = base + places[1]
    r2 = base + places[2]
    r3 = base + places[3]
    #if !VECTOR_256
      r4 = base + places[4]
      r5 = base + places[5]
      r6 = base + places[6]
      r7 = base + places[7]
    #endif
  }

  @inline(__always)
  func factor(_ i: Int) -> Float {
    switch i {
    case 0: r0[step]
    case 1: r1[step]
    case 2: r2[step]
    #if !VECTOR_256
      case 4: r4[step]
      case 5: r5[step]
      case 6: r6[step]
      case 7: r7[step]
    #endif
    default: r3[step]
    }
  }

  @inline(__always)
  mutating func advance() { step &+= 1 }
}

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
  _ start: TileStart,
  _ end: TileEnd
) {
  switch width {
  case vectorWidth: tile1(depth, a, b, c, stride, start, end)
  case 2 &* vectorWidth: tile2(depth, a, b, c, stride, start, end)
  default: tile3(depth, a, b, c, stride, start, end)
  }
}
