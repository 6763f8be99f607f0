// SPDX-License-Identifier: Apache-2.0

public import Codecs

/// A picture without a file format: its size in points and the code that draws it.
///
/// A point is 1/96 inch, as in CSS and SVG.
public struct Drawing {
  static let pointsPerInch = 96.0
  static let pixelsPerInch = pointsPerInch * Canvas.resolution

  /// Width in points.
  public let width: Double
  /// Height in points.
  public let height: Double
  private let body: (Canvas) -> Void

  init(width: Double, height: Double, _ body: @escaping (Canvas) -> Void) {
    self.width = width
    self.height = height
    self.body = body
  }

  /// The pixels, two for each point.
  public func image() -> PNGImage {
    let canvas = Canvas(width: width, height: height)
    body(canvas)
    return canvas.image()
  }

  /// The colours of the pixels, two a point.
  func colors() -> PNGColours {
    let canvas = Canvas(width: width, height: height)
    body(canvas)
    return canvas.colors()
  }

  func draw(on canvas: Canvas) { body(canvas) }
}
