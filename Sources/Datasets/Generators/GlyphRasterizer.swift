// SPDX-License-Identifier: Apache-2.0

/// A small grey picture on which round pens draw antialiased lines.
struct GlyphCanvas {
  let side: Int
  /// Ink of each pixel, 0 … 1, row by row.
  private(set) var ink: [Double]

  init(side: Int) {
    self.side = side
    ink = [Double](repeating: 0, count: side * side)
  }

  /// Draws a polyline with a pen of this radius; pixel (column, row) has its centre at those coordinates.
  ///
  /// A pixel's ink is its share within the pen, taken from its centre's distance, times `darkness`; crossing lines do
  /// not add up.
  mutating func draw(_ polyline: [GlyphPoint], radius: Double, darkness: Double) {
    for (from, to) in zip(polyline, polyline.dropFirst()) {
      drawSegment(from, to, radius, darkness)
    }
  }

  private mutating func drawSegment(
    _ from: GlyphPoint,
    _ to: GlyphPoint,
    _ radius: Double,
    _ darkness: Double
  ) {
    let reach = radius + 1
    let columns = pixels(min(from.x, to.x) - reach, max(from.x, to.x) + reach)
    let rows = pixels(min(from.y, to.y) - reach, max(from.y, to.y) + reach)
    let direction = to - from
    let length = (direction * direction).sum()
    for row in rows {
      for column in columns {
        let offset = GlyphPoint(Double(column), Double(row)) - from
        let along = length > 0 ? (offset * direction).sum() / length : 0
        let nearest = offset - direction * min(max(along, 0), 1)
        let distance = (nearest * nearest).sum().squareRoot()
        let cover = min(max(radius - distance + 0.5, 0), 1) * darkness
        if cover > ink[row * side + column] { ink[row * side + column] = cover }
      }
    }
  }

  /// The pixels between two coordinates.
  private func pixels(_ low: Double, _ high: Double) -> Range<Int> {
    let first = Int(min(max(low, 0), Double(side)))
    let last = Int(min(max(high, -1), Double(side - 1)))
    return first..<max(first, last + 1)
  }
}
