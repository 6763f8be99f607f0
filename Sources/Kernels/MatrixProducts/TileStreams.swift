// SPDX-License-Identifier: Apache-2.0

private import CPrefetch

// Where a tile reads A and B: packed panels, matrices and images in place, composed with one loop.

/// Floats of a line of cache.
let cacheLine = 16

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

/// Rows at a fixed distance, while lines of cache that are wanted next are brought near from far away.
struct FetchingColumns: ColumnStream {
  private var columns: SteadyColumns
  private var wanted: SteadyColumns
  private let lines: Int

  /// With each row of `columns` come the first one to three lines of cache of a row of `wanted`.
  @inline(__always)
  init(_ columns: SteadyColumns, wanted: SteadyColumns, lines: Int) {
    self.columns = columns
    self.wanted = wanted
    self.lines = lines
  }

  @inline(__always)
  mutating func next() -> UnsafePointer<Float> {
    let far = wanted.next()
    runexp_prefetch(far)
    if lines > 1 { runexp_prefetch(far + cacheLine) }
    if lines > 2 { runexp_prefetch(far + 2 &* cacheLine) }
    return columns.next()
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
  func factor(_ i: Int) -> Float { step[i &* stride] }

  @inline(__always)
  mutating func advance() { step += 1 }
}

/// Rows that lie side by side at each step: a matrix that is used where it lies, its depth running down.
struct RowsSideBySide: RowStream {
  var step: UnsafePointer<Float>
  let stride: Int

  @inline(__always)
  init(_ first: UnsafePointer<Float>, stride: Int) {
    step = first
    self.stride = stride
  }

  @inline(__always)
  func factor(_ i: Int) -> Float { step[i] }

  @inline(__always)
  mutating func advance() { step += stride }
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
