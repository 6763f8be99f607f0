// SPDX-License-Identifier: Apache-2.0

/// An opaque sRGB colour.
struct Color: Hashable, Sendable {
  var red: Double
  var green: Double
  var blue: Double

  /// From `0xRRGGBB`.
  init(_ hexadecimal: UInt32) {
    red = Double(hexadecimal >> 16 & 255) / 255
    green = Double(hexadecimal >> 8 & 255) / 255
    blue = Double(hexadecimal & 255) / 255
  }
}

/// The colours and dashes of all charts.
enum Palette {
  static let text = Color(0x333333)
  static let quiet = Color(0x6b6b6b)
  static let axis = Color(0x9a9a9a)
  static let grid = Color(0xe4e4e4)
  static let faintGrid = Color(0xf2f2f2)
  /// Of curves that are only there to be compared with.
  static let context = Color(0xcfcfcf)
  static let background = Color(0xffffff)

  /// Okabe & Ito (2008), told apart with every common colour blindness; without yellow, which is lost on white.
  private static let series: [Color] = [
    Color(0x0072b2), Color(0xd55e00), Color(0x009e73), Color(0xcc79a7), Color(0xe69f00),
    Color(0x56b4e9), Color(0x404040),
  ]

  /// Lengths of stroke and gap in points; their number and that of the colours have no common divisor, so that the
  /// first 42 series differ.
  private static let dashes: [[Double]] = [
    [], [7, 3], [2, 2], [8, 3, 2, 3], [12, 3], [7, 2.5, 2, 2.5, 2, 2.5],
  ]

  static func color(_ index: Int) -> Color { series[wrapped(index, series.count)] }

  /// The colour of something that has an order, from 0 to 1: dark to light, without the lightest, which white would swallow.
  static func shade(_ fraction: Double) -> Color { ColorScale.color(0.86 * fraction) }

  static func dash(_ index: Int) -> [Double] { dashes[wrapped(index, dashes.count)] }

  private static func wrapped(_ index: Int, _ count: Int) -> Int {
    (index % count + count) % count
  }
}
