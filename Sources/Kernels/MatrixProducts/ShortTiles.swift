// SPDX-License-Identifier: Apache-2.0

// The last few rows of a product, fewer than a register tile has, where A lies: one to four of them at a time, so that no
// row is computed, or packed, for nobody. The sums of three or four rows are as many as the CPU's pipelines need.

/// Rows of A that may be taken from a later one on.
protocol LaterRows: RowStream {
  /// The same from row `row` on.
  func from(_ row: Int) -> Self
}

extension RowsInPlace: LaterRows {
  @inline(__always)
  func from(_ row: Int) -> Self { Self(step + row &* stride, stride: stride) }
}

extension RowsSideBySide: LaterRows {
  @inline(__always)
  func from(_ row: Int) -> Self { Self(step + row, stride: stride) }
}

/// C[rows, columns] = (C if `continues`, else 0) + A · B for fewer than `tileRows` rows, each element the chain of
/// `multiplyTile`.
///
/// `a` gives these rows and no more; `b` gives rows of at least `columns` elements, rounded up to whole vectors.
@inline(never)
func multiplyShortTile<Rows: LaterRows, Columns: ColumnStream>(
  _ depth: Int,
  _ a: Rows,
  _ b: Columns,
  _ c: UnsafeMutablePointer<Float>,
  _ stride: Int,
  rows: Int,
  columns: Int,
  continues: Bool
) {
  let width = roundUp(columns, to: vectorWidth)
  if columns == width {
    return shortTile(depth, a, b, c, stride, rows, width, continues)
  }
  var space = TileSpace()
  withUnsafeMutableBytes(of: &space) { bytes in
    guard let aside = bytes.baseAddress?.assumingMemoryBound(to: Float.self) else { return }
    if continues {
      for i in 0..<rows { copyPart(c + i &* stride, aside + i &* width, columns) }
    }
    shortTile(depth, a, b, aside, width, rows, width, continues)
    for i in 0..<rows { copyPart(aside + i &* width, c + i &* stride, columns) }
  }
}

/// Whole vectors.
@inline(__always)
private func shortTile<Rows: LaterRows, Columns: ColumnStream>(
  _ depth: Int,
  _ a: Rows,
  _ b: Columns,
  _ c: UnsafeMutablePointer<Float>,
  _ stride: Int,
  _ rows: Int,
  _ width: Int,
  _ continues: Bool
) {
  switch width {
  case vectorWidth: shortTile(OneVector.self, depth, a, b, c, stride, rows, continues)
  case 2 &* vectorWidth: shortTile(TwoVectors.self, depth, a, b, c, stride, rows, continues)
  default: shortTile(ThreeVectors.self, depth, a, b, c, stride, rows, continues)
  }
}

/// At most four rows at once, and two times nearly the same number where there are more.
@inline(__always)
private func shortTile<Row: TileRow, Rows: LaterRows, Columns: ColumnStream>(
  _ row: Row.Type,
  _ depth: Int,
  _ a: Rows,
  _ b: Columns,
  _ c: UnsafeMutablePointer<Float>,
  _ stride: Int,
  _ rows: Int,
  _ continues: Bool
) {
  var done = 0
  while done < rows {
    let left = rows &- done
    let count = left > 4 ? (left &+ 1) / 2 : left
    let (a, c) = (a.from(done), c + done &* stride)
    switch count {
    case 1: multiply(OneRow<Row>.self, depth, a, b, c, stride, continues)
    case 2: multiply(TwoRows<Row>.self, depth, a, b, c, stride, continues)
    case 3: multiply(ThreeRows<Row>.self, depth, a, b, c, stride, continues)
    default: multiply(FourRows<Row>.self, depth, a, b, c, stride, continues)
    }
    done &+= count
  }
}

@inline(__always)
private func multiply<Group: RowGroup, Rows: RowStream, Columns: ColumnStream>(
  _ type: Group.Type,
  _ depth: Int,
  _ a: Rows,
  _ b: Columns,
  _ c: UnsafeMutablePointer<Float>,
  _ stride: Int,
  _ continues: Bool
) {
  var group = continues ? Group(c, stride) : Group()
  var a = a
  var b = b
  for _ in 0..<depth {
    group.add(a, Group.Row(b.next()))
    a.advance()
  }
  group.store(c, stride)
}

/// A few rows of C in registers.
private protocol RowGroup {
  associatedtype Row: TileRow
  init()
  init(_ c: UnsafePointer<Float>, _ stride: Int)
  mutating func add<Rows: RowStream>(_ a: Rows, _ b: Row)
  func store(_ c: UnsafeMutablePointer<Float>, _ stride: Int)
}

private struct OneRow<Row: TileRow>: RowGroup {
  private var r0 = Row()

  @inline(__always)
  init() {}
  @inline(__always)
  init(_ c: UnsafePointer<Float>, _ stride: Int) { r0 = Row(c) }
  @inline(__always)
  mutating func add<Rows: RowStream>(_ a: Rows, _ b: Row) { r0.add(a.factor(0), b) }
  @inline(__always)
  func store(_ c: UnsafeMutablePointer<Float>, _ stride: Int) { r0.store(c) }
}

private struct TwoRows<Row: TileRow>: RowGroup {
  private var r0 = Row()
  private var r1 = Row()

  @inline(__always)
  init() {}
  @inline(__always)
  init(_ c: UnsafePointer<Float>, _ stride: Int) {
    r0 = Row(c)
    r1 = Row(c + stride)
  }
  @inline(__always)
  mutating func add<Rows: RowStream>(_ a: Rows, _ b: Row) {
    r0.add(a.factor(0), b)
    r1.add(a.factor(1), b)
  }
  @inline(__always)
  func store(_ c: UnsafeMutablePointer<Float>, _ stride: Int) {
    r0.store(c)
    r1.store(c + stride)
  }
}

private struct ThreeRows<Row: TileRow>: RowGroup {
  private var first = TwoRows<Row>()
  private var r2 = Row()

  @inline(__always)
  init() {}
  @inline(__always)
  init(_ c: UnsafePointer<Float>, _ stride: Int) {
    first = TwoRows(c, stride)
    r2 = Row(c + 2 &* stride)
  }
  @inline(__always)
  mutating func add<Rows: RowStream>(_ a: Rows, _ b: Row) {
    first.add(a, b)
    r2.add(a.factor(2), b)
  }
  @inline(__always)
  func store(_ c: UnsafeMutablePointer<Float>, _ stride: Int) {
    first.store(c, stride)
    r2.store(c + 2 &* stride)
  }
}

private struct FourRows<Row: TileRow>: RowGroup {
  private var first = ThreeRows<Row>()
  private var r3 = Row()

  @inline(__always)
  init() {}
  @inline(__always)
  init(_ c: UnsafePointer<Float>, _ stride: Int) {
    first = ThreeRows(c, stride)
    r3 = Row(c + 3 &* stride)
  }
  @inline(__always)
  mutating func add<Rows: RowStream>(_ a: Rows, _ b: Row) {
    first.add(a, b)
    r3.add(a.factor(3), b)
  }
  @inline(__always)
  func store(_ c: UnsafeMutablePointer<Float>, _ stride: Int) {
    first.store(c, stride)
    r3.store(c + 3 &* stride)
  }
}
