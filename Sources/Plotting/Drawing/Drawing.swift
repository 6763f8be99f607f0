// SPDX-License-Identifier: Apache-2.0

public import Codecs

/// A picture before it has a format: its size in points and what draws it.
public struct Drawing {
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

  /// The pixels, two a point.
  public func image() -> PNGImage {
    let canvas = Canvas(width: width, height: height)
    body(canvas)
    return canvas.image()
  }
}
