// SPDX-License-Identifier: Apache-2.0

// One row of pooled values from the rows under its windows, and back; eight windows at a time where they lie side by side
// or two columns apart, for there one load and a shuffle give a column of all eight.

private typealias Eight = SIMD8<Float>

/// Where the places of largest values go.
protocol PlaceSink {
  /// The place of one window's largest value: row · `rowCode` + column in the window.
  func put(_ window: Int, _ code: Int)
  /// Those of the `count` ≤ 8 windows from `window` on.
  func put(_ window: Int, _ codes: SIMD8<Int32>, _ count: Int)
}

/// Nobody asks for them.
struct NoPlaces: PlaceSink {
  @inline(__always)
  func put(_ window: Int, _ code: Int) {}
  @inline(__always)
  func put(_ window: Int, _ codes: SIMD8<Int32>, _ count: Int) {}
}

/// As bytes.
struct BytePlaces: PlaceSink {
  let bytes: UnsafeMutablePointer<UInt8>
  @inline(__always)
  func put(_ window: Int, _ code: Int) { bytes[window] = UInt8(truncatingIfNeeded: code) }
  @inline(__always)
  func put(_ window: Int, _ codes: SIMD8<Int32>, _ count: Int) {
    storeEight(SIMD8<UInt8>(truncatingIfNeeded: codes), bytes + window, count)
  }
}

/// As places in the plane, where the first window begins at `first` and `rowCode` is the plane's width.
struct PlanePlaces: PlaceSink {
  let places: UnsafeMutablePointer<Int32>
  let first: Int
  let step: Int
  @inline(__always)
  func put(_ window: Int, _ code: Int) {
    places[window] = Int32(truncatingIfNeeded: first &+ window &* step &+ code)
  }
  @inline(__always)
  func put(_ window: Int, _ codes: SIMD8<Int32>, _ count: Int) {
    let corner = Int32(truncatingIfNeeded: first &+ window &* step)
    let steps = SIMD8<Int32>(0, 1, 2, 3, 4, 5, 6, 7) &* Int32(truncatingIfNeeded: step)
    storeEight(codes &+ steps &+ corner, places + window, count)
  }
}

/// The size of a pooling's windows.
protocol WindowSize {
  var rows: Int { get }
  var columns: Int { get }
  /// Columns from window to window.
  var step: Int { get }
}

/// Any size.
struct AnyWindow: WindowSize {
  let rows: Int
  let columns: Int
  let step: Int

  /// The usual one, 2 × 2 without overlap, which has a type of its own.
  @inline(__always)
  var isTwo: Bool { rows == 2 && columns == 2 && step == 2 }
}

/// Windows of 2 × 2 that meet: known to the compiler, so that loops over them unroll.
struct WindowOfTwo: WindowSize {
  @inline(__always)
  var rows: Int { 2 }
  @inline(__always)
  var columns: Int { 2 }
  @inline(__always)
  var step: Int { 2 }
}

/// The windows of one row of pooled values, none of which reaches beyond the image.
struct WindowRow<Size: WindowSize> {
  /// The first value of the first window.
  let first: UnsafePointer<Float>
  /// Nothing is read here or behind.
  let end: UnsafePointer<Float>
  /// Floats from image row to image row.
  let lineStride: Int
  let size: Size
  /// Windows.
  let count: Int

  private var rows: Int { size.rows }
  private var columns: Int { size.columns }
  private var step: Int { size.step }

  /// The same windows with a size known to be this one.
  @inline(__always)
  func sized<Known: WindowSize>(_ size: Known) -> WindowRow<Known> {
    WindowRow<Known>(first: first, end: end, lineStride: lineStride, size: size, count: count)
  }

  /// The largest value of each window and its place: row · `rowCode` + column in its window. The first of equal values
  /// wins, the last NaN wins always.
  @inline(__always)
  func maximum(
    into y: UnsafeMutablePointer<Float>,
    rowCode: Int,
    places: some PlaceSink
  ) {
    var window = 0
    while let start = nextEight(window) {
      let (best, codes) =
        Size.self == WindowOfTwo.self
        ? largestOfTwo(start, rowCode: rowCode) : largest(start, rowCode: rowCode)
      let width = min(8, count)
      storeEight(best, y + start, width)
      places.put(start, codes, width)
      window = start &+ 8
    }
    while window < count {
      let corner = first + window &* step
      var best = corner.pointee
      var code = 0
      for row in 0..<rows {
        for column in 0..<columns {
          let value = corner[row &* lineStride &+ column]
          if value > best || value != value {
            best = value
            code = row &* rowCode &+ column
          }
        }
      }
      y[window] = best
      places.put(window, code)
      window &+= 1
    }
  }

  /// The largest values of eight windows and their places.
  @inline(__always)
  private func largest(_ start: Int, rowCode: Int) -> (Eight, SIMD8<Int32>) {
    var best = Eight.zero
    var codes = SIMD8<Int32>(repeating: 0)
    eachTap(start) { value, row, column in
      if row == 0 && column == 0 {
        best = value
      } else {
        // A NaN compares with nothing: taken whenever it comes, it is never replaced by a number.
        let wins = (value .> best) .| (value .!= value)
        best.replace(with: value, where: wins)
        let code = Int32(truncatingIfNeeded: row &* rowCode &+ column)
        codes.replace(with: SIMD8(repeating: code), where: wins)
      }
    }
    return (best, codes)
  }

  /// The same for windows of 2 × 2, both rows of them in one vector.
  @inline(__always)
  private func largestOfTwo(_ start: Int, rowCode: Int) -> (Eight, SIMD8<Int32>) {
    let top = load(first + 2 &* start)
    let bottom = load(first + (lineStride &+ 2 &* start))
    var best = Lanes(lowHalf: top.evenHalf, highHalf: bottom.evenHalf)
    let right = Lanes(lowHalf: top.oddHalf, highHalf: bottom.oddHalf)
    let below = SIMD8(repeating: Int32(truncatingIfNeeded: rowCode))
    var codes = SIMD16(lowHalf: SIMD8<Int32>(repeating: 0), highHalf: below)
    let rightWins = (right .> best) .| (right .!= right)
    best.replace(with: right, where: rightWins)
    codes.replace(with: codes &+ 1, where: rightWins)
    let (upper, lower) = (best.lowHalf, best.highHalf)
    let bottomWins = (lower .> upper) .| (lower .!= lower)
    return (
      upper.replacing(with: lower, where: bottomWins),
      codes.lowHalf.replacing(with: codes.highHalf, where: bottomWins)
    )
  }

  /// The sum of each window, row by row, divided by `area`.
  @inline(__always)
  func mean(into y: UnsafeMutablePointer<Float>, area: Float) {
    var window = 0
    while let start = nextEight(window) {
      var sum = Eight.zero
      eachTap(start) { value, _, _ in sum += value }
      storeEight(sum / area, y + start, min(8, count))
      window = start &+ 8
    }
    while window < count {
      let corner = first + window &* step
      var sum: Float = 0
      for row in 0..<rows {
        for column in 0..<columns { sum += corner[row &* lineStride &+ column] }
      }
      y[window] = sum / area
      window &+= 1
    }
  }

  /// The first of the next eight windows, moved back where fewer are left, the first where there are not eight; nil if
  /// they are to be taken singly.
  @inline(__always)
  private func nextEight(_ window: Int) -> Int? {
    guard window < count, count >= 4, step <= 2 else { return nil }
    let start = min(window, max(0, count &- 8))
    let last =
      (rows &- 1) &* lineStride &+ start &* step
      &+ (step == 1 ? columns &+ 7 : 16 &+ (columns &- 1) & ~1)
    return first + last <= end ? start : nil
  }

  /// Calls `body` with each row and column of eight windows, row by row.
  @inline(__always)
  private func eachTap(_ start: Int, _ body: (Eight, Int, Int) -> Void) {
    var row = 0
    while row < rows {
      let line = first + (row &* lineStride &+ start &* step)
      var column = 0
      while column < columns {
        if step == 1 {
          body(UnsafeRawPointer(line + column).loadUnaligned(as: Eight.self), row, column)
          column &+= 1
        } else {
          let pairs = load(line + column)
          body(pairs.evenHalf, row, column)
          if column &+ 1 < columns { body(pairs.oddHalf, row, column &+ 1) }
          column &+= 2
        }
      }
      row &+= 1
    }
  }
}

/// The first `count` ≤ 8 of eight values.
@inline(__always)
private func storeEight<V: SIMD>(_ value: V, _ p: UnsafeMutablePointer<V.Scalar>, _ count: Int) {
  if count == 8 {
    UnsafeMutableRawPointer(p).storeBytes(of: value, as: V.self)
  } else {
    withUnsafeBytes(of: value) { bytes in
      let values = bytes.bindMemory(to: V.Scalar.self)
      for i in 0..<count { p[i] = values[i] }
    }
  }
}

/// Two columns of eight windows side by side, the left one first.
@inline(__always)
private func storePairs(_ left: Eight, _ right: Eight, _ p: UnsafeMutablePointer<Float>) {
  // Written out: the setters of even and odd halves are loops over lanes.
  let (a, b) = (left, right)
  let low = Eight(a[0], b[0], a[1], b[1], a[2], b[2], a[3], b[3])
  let high = Eight(a[4], b[4], a[5], b[5], a[6], b[6], a[7], b[7])
  store(Lanes(lowHalf: low, highHalf: high), p)
}

/// Writes each value to its place of a window of `rows` × `columns`, zeros to the window's other places and to what is
/// right of the last window; windows meet and do not overlap.
///
/// `places` holds row · `columns` + column. Rows of `width` values lie `width` apart; up to 16 floats behind the last one
/// may be written, too.
@inline(__always)
func spreadMaxima(
  _ values: UnsafePointer<Float>,
  places: UnsafePointer<UInt8>,
  count: Int,
  into x: UnsafeMutablePointer<Float>,
  width: Int,
  rows: Int,
  columns: Int
) {
  var window = 0
  if rows == 2, columns == 2 {
    while window < count {
      window = min(window, max(0, count &- 8))
      var value = Eight.zero
      var codes = SIMD8<Int32>(repeating: 0)
      if count >= 8 {
        value = UnsafeRawPointer(values + window).loadUnaligned(as: Eight.self)
        let bytes = UnsafeRawPointer(places + window).loadUnaligned(as: SIMD8<UInt8>.self)
        codes = SIMD8<Int32>(truncatingIfNeeded: bytes)
      } else {
        for i in 0..<count {
          value[i] = values[i]
          codes[i] = Int32(places[i])
        }
      }
      let line = x + 2 &* window
      storePairs(chosen(value, codes, 0), chosen(value, codes, 1), line)
      storePairs(chosen(value, codes, 2), chosen(value, codes, 3), line + width)
      window &+= 8
    }
  } else {
    for row in 0..<rows { fill(x + row &* width, 0, count &* columns) }
    while window < count {
      let code = Int(places[window])
      x[code / columns &* width &+ window &* columns &+ code % columns] = values[window]
      window &+= 1
    }
  }
  clearRest(x, from: count &* columns, width: width, rows: rows)
}

/// The values whose code is `code`, else 0; in whole-number steps, for a comparison of whole numbers is a loop over lanes.
@inline(__always)
private func chosen(_ value: Eight, _ codes: SIMD8<Int32>, _ code: Int32) -> Eight {
  let isCode = ((codes ^ code) &- 1) &>> 31
  return unsafeBitCast(unsafeBitCast(value, to: SIMD8<Int32>.self) & isCode, to: Eight.self)
}

/// Writes each value / (`rows` · `columns`) to every place of its window; otherwise as `spreadMaxima`.
@inline(__always)
func spreadMeans(
  _ values: UnsafePointer<Float>,
  count: Int,
  into x: UnsafeMutablePointer<Float>,
  width: Int,
  rows: Int,
  columns: Int
) {
  let area = Float(rows &* columns)
  var window = 0
  if columns == 2, count >= 8 {
    while window < count {
      window = min(window, count &- 8)
      let share = UnsafeRawPointer(values + window).loadUnaligned(as: Eight.self) / area
      for row in 0..<rows { storePairs(share, share, x + (row &* width &+ 2 &* window)) }
      window &+= 8
    }
  } else {
    while window < count {
      let share = values[window] / area
      for row in 0..<rows {
        for column in 0..<columns { x[row &* width &+ window &* columns &+ column] = share }
      }
      window &+= 1
    }
  }
  clearRest(x, from: count &* columns, width: width, rows: rows)
}

@inline(__always)
private func clearRest(_ x: UnsafeMutablePointer<Float>, from: Int, width: Int, rows: Int) {
  if from == width { return }
  for row in 0..<rows { fill(x + (row &* width &+ from), 0, width &- from) }
}
