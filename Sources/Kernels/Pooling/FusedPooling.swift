// SPDX-License-Identifier: Apache-2.0

/// A pooling whose windows meet and do not overlap; what is left at the right and at the bottom is dropped.
///
/// Whoever makes its input can do it on the way, so that the larger array in between never goes to memory.
public struct Pooling: Hashable, Sendable {
  /// What a window becomes.
  public enum Kind: Int32, Sendable {
    /// Its largest value.
    case maximum
    /// Its mean.
    case average
  }
  /// What a window becomes.
  public var kind: Kind
  /// Rows of a window, at most 16.
  public var rows: Int
  /// Columns of a window, at most 16.
  public var columns: Int

  /// A pooling.
  public init(_ kind: Kind, rows: Int, columns: Int) {
    self.kind = kind
    self.rows = rows
    self.columns = columns
  }
}

/// Floats behind rows that are only at hand for a moment: they may be read and written.
let rowSlack = 16

/// Rows of one plane that are to be pooled.
struct PooledRows {
  /// The first one.
  let values: UnsafePointer<Float>
  let rows: Int
  /// Values of a row, which lie side by side with those of the next.
  let width: Int
  /// Floats behind the last row that may be read.
  let slack: Int
}

extension Pooling {
  /// Pools the whole windows of these rows; with a maximum, `places` receives row · `columns` + column in the window of
  /// each, if it is wanted.
  func pool(
    _ x: PooledRows,
    into y: UnsafeMutablePointer<Float>,
    places: UnsafeMutablePointer<UInt8>?
  ) {
    let count = x.width / columns
    for row in 0..<x.rows / rows {
      let line = x.values + row &* rows &* x.width
      let windows = WindowRow(
        first: line,
        end: line + (rows &* x.width &+ x.slack),
        lineStride: x.width,
        size: AnyWindow(rows: rows, columns: columns, step: columns),
        count: count
      )
      let place = row &* count
      let rowPlaces = places.map { $0 + place }
      if windows.size.isTwo {
        pool(windows.sized(WindowOfTwo()), into: y + place, places: rowPlaces)
      } else {
        pool(windows, into: y + place, places: rowPlaces)
      }
    }
  }

  @inline(__always)
  private func pool(
    _ windows: WindowRow<some WindowSize>,
    into y: UnsafeMutablePointer<Float>,
    places: UnsafeMutablePointer<UInt8>?
  ) {
    switch kind {
    case .average: windows.mean(into: y, area: Float(windows.size.rows &* windows.size.columns))
    case .maximum:
      if let places {
        windows.maximum(into: y, rowCode: windows.size.columns, places: BytePlaces(bytes: places))
      } else {
        windows.maximum(into: y, rowCode: windows.size.columns, places: NoPlaces())
      }
    }
  }

  /// The gradients of the windows' values from those of the pooled ones, zeros right of the last window; up to `rowSlack`
  /// floats behind are written, too. `places` are those of a maximum. Rows below the last window are left alone.
  func spread(
    _ gradient: UnsafePointer<Float>,
    places: UnsafePointer<UInt8>?,
    over x: UnsafeMutablePointer<Float>,
    rows count: Int,
    width: Int
  ) {
    let windows = width / columns
    for row in 0..<count / rows {
      let line = x + row &* rows &* width
      let place = row &* windows
      if let places {
        spreadMaxima(
          gradient + place,
          places: places + place,
          count: windows,
          into: line,
          width: width,
          rows: rows,
          columns: columns
        )
      } else {
        spreadMeans(
          gradient + place,
          count: windows,
          into: line,
          width: width,
          rows: rows,
          columns: columns
        )
      }
    }
  }
}
