// SPDX-License-Identifier: Apache-2.0

import CCairo
import Codecs

/// A white page that is drawn on in points, at two pixels a point.
///
/// Lives inside one call that makes a picture and never leaves its thread.
final class Canvas {
  /// Pixels a point.
  static let resolution = 2.0

  let width: Double
  let height: Double
  let context: OpaquePointer
  private let surface: OpaquePointer

  init(width: Double, height: Double) {
    self.width = width.rounded(.up)
    self.height = height.rounded(.up)
    let pixels = (self.width * Self.resolution, self.height * Self.resolution)
    precondition(
      pixels.0 >= 1 && pixels.1 >= 1 && max(pixels.0, pixels.1) < 32_768,
      "a picture of \(pixels.0) × \(pixels.1) pixels"
    )
    surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(pixels.0), Int32(pixels.1))
    precondition(cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS, "Cairo has no memory")
    context = cairo_create(surface)
    cairo_scale(context, Self.resolution, Self.resolution)
    cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND)
    setColor(Palette.background)
    cairo_paint(context)
  }

  deinit {
    cairo_destroy(context)
    cairo_surface_destroy(surface)
  }

  // MARK: - Shapes

  /// An open line through points.
  func stroke(
    _ points: [Position],
    _ color: Color,
    width: Double,
    opacity: Double = 1,
    dash: [Double] = []
  ) {
    guard points.count > 1 else { return }
    trace(points)
    cairo_set_line_cap(context, dash.isEmpty ? CAIRO_LINE_CAP_ROUND : CAIRO_LINE_CAP_BUTT)
    cairo_set_dash(context, dash, Int32(dash.count), 0)
    cairo_set_line_width(context, width)
    setColor(color, opacity: opacity)
    cairo_stroke(context)
    cairo_set_dash(context, nil, 0, 0)
  }

  /// The inside of a polygon.
  func fill(_ polygon: [Position], _ color: Color, opacity: Double = 1) {
    guard polygon.count > 2 else { return }
    trace(polygon)
    cairo_close_path(context)
    setColor(color, opacity: opacity)
    cairo_fill(context)
  }

  /// The inside of a rectangle.
  func fill(_ rectangle: Rectangle, _ color: Color, opacity: Double = 1) {
    cairo_rectangle(context, rectangle.x, rectangle.y, rectangle.width, rectangle.height)
    setColor(color, opacity: opacity)
    cairo_fill(context)
  }

  /// A filled disc.
  func disc(_ centre: Position, radius: Double, _ color: Color, opacity: Double = 1) {
    cairo_new_path(context)
    cairo_arc(context, centre.x, centre.y, radius, 0, 2 * .pi)
    setColor(color, opacity: opacity)
    cairo_fill(context)
  }

  /// A circle with a white inside.
  func ring(_ centre: Position, radius: Double, _ color: Color, width: Double = 1) {
    disc(centre, radius: radius, Palette.background)
    circle(centre, radius: radius, color, width: width)
  }

  /// A circle that hides nothing.
  func circle(_ centre: Position, radius: Double, _ color: Color, width: Double) {
    cairo_new_path(context)
    cairo_arc(context, centre.x, centre.y, radius, 0, 2 * .pi)
    cairo_set_line_width(context, width)
    setColor(color)
    cairo_stroke(context)
  }

  /// A mark of the shape ×.
  func cross(_ centre: Position, radius: Double, _ color: Color) {
    for sign in [-1.0, 1.0] {
      let start = Position(x: centre.x - radius, y: centre.y - radius * sign)
      let end = Position(x: centre.x + radius, y: centre.y + radius * sign)
      stroke([start, end], color, width: 1.3)
    }
  }

  /// Where a triangle points.
  enum Direction {
    case up, down, left, right
  }

  /// A filled triangle.
  func triangle(_ centre: Position, radius: Double, pointing direction: Direction, _ color: Color) {
    let corners = [(0.0, -1.0), (0.87, 0.5), (-0.87, 0.5)].map { x, y -> Position in
      let (x, y) = (x * radius, y * radius)
      return switch direction {
      case .up: Position(x: centre.x + x, y: centre.y + y)
      case .down: Position(x: centre.x + x, y: centre.y - y)
      case .left: Position(x: centre.x + y, y: centre.y + x)
      case .right: Position(x: centre.x - y, y: centre.y + x)
      }
    }
    fill(corners, color)
  }

  /// Draws `body` cut to a rectangle.
  func clipped(to rectangle: Rectangle, _ body: () -> Void) {
    cairo_save(context)
    cairo_rectangle(context, rectangle.x, rectangle.y, rectangle.width, rectangle.height)
    cairo_clip(context)
    body()
    cairo_restore(context)
  }

  /// The nearest place where a line of one point is drawn sharply.
  static func crisp(_ coordinate: Double) -> Double {
    (coordinate * resolution).rounded() / resolution
  }

  func setColor(_ color: Color, opacity: Double = 1) {
    cairo_set_source_rgba(context, color.red, color.green, color.blue, opacity)
  }

  private func trace(_ points: [Position]) {
    cairo_new_path(context)
    for point in points { cairo_line_to(context, point.x, point.y) }
  }

  // MARK: - Pixels

  /// What has been drawn.
  func image() -> PNGImage {
    cairo_surface_flush(surface)
    let (width, height) = (
      Int(cairo_image_surface_get_width(surface)), Int(cairo_image_surface_get_height(surface))
    )
    let stride = Int(cairo_image_surface_get_stride(surface))
    var pixels: [UInt8] = []
    pixels.reserveCapacity(width * height * 3)
    guard let data = cairo_image_surface_get_data(surface) else {
      preconditionFailure("Cairo has lost the picture")
    }
    let memory = UnsafeRawPointer(data)
    for row in 0..<height {
      for column in 0..<width {
        let pixel = memory.load(fromByteOffset: row * stride + column * 4, as: UInt32.self)
        pixels.append(UInt8(pixel >> 16 & 255))
        pixels.append(UInt8(pixel >> 8 & 255))
        pixels.append(UInt8(pixel & 255))
      }
    }
    return PNGImage(width: width, height: height, format: .rgb8, pixels: pixels)
  }
}
