// SPDX-License-Identifier: Apache-2.0

/// A place on the page, in points from the upper left corner.
struct Position: Hashable, Sendable {
  var x: Double
  var y: Double
}

/// An upright rectangle on the page, in points.
struct Rectangle: Hashable, Sendable {
  var x: Double
  var y: Double
  var width: Double
  var height: Double

  var right: Double { x + width }
  var bottom: Double { y + height }
  var centre: Position { Position(x: x + width / 2, y: y + height / 2) }

  func overlaps(_ other: Rectangle) -> Bool {
    x < other.right && other.x < right && y < other.bottom && other.y < bottom
  }

  /// Grown (shrunk if negative) by the same amount on all sides.
  func grown(by amount: Double) -> Rectangle {
    Rectangle(
      x: x - amount,
      y: y - amount,
      width: width + 2 * amount,
      height: height + 2 * amount
    )
  }
}
