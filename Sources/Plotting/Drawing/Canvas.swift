// SPDX-License-Identifier: Apache-2.0

import CCairo
import Codecs

/// A white page that is drawn on in points, of pixels or in a file of shapes.
///
/// Lives inside one call that makes a picture and never leaves its thread.
final class Canvas {
  /// Pixels a point; also the grid of sharp lines in files of shapes.
  static let resolution = 2.0

  let width: Double
  let height: Double
  let context: OpaquePointer
  private let surface: OpaquePointer

  /// A page of pixels.
  convenience init(width: Double, height: Double) {
    let pixels = (width.rounded(.up) * Self.resolution, height.rounded(.up) * Self.resolution)
    precondition(
      pixels.0 >= 1 && pixels.1 >= 1 && max(pixels.0, pixels.1) < 32_768,
      "a picture of \(pixels.0) × \(pixels.1) pixels"
    )
    self.init(
      width: width,
      height: height,
      surface: cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(pixels.0), Int32(pixels.1)),
      scale: Self.resolution
    )
  }

  /// A page on a surface that has `scale` units a point, and that this canvas then owns.
  init(width: Double, height: Double, surface: OpaquePointer?, scale: Double) {
    guard let surface, cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS,
      let context = cairo_create(surface)
    else { preconditionFailure("Cairo has no memory") }
    self.width = width.rounded(.up)
    self.height = height.rounded(.up)
    self.surface = surface
    self.context = context
    cairo_scale(context, scale, scale)
    cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND)
    setColor(Palette.background)
    cairo_paint(context)
  }

  /// Whether the page is pixels, not shapes.
  var isPixels: Bool { cairo_surface_get_type(surface) == CAIRO_SURFACE_TYPE_IMAGE }

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

  /// The inside of a rectangle in colours that run into each other, evenly spaced.
  func fill(_ rectangle: Rectangle, fromLeft colors: [Color]) {
    let gradient = cairo_pattern_create_linear(rectangle.x, 0, rectangle.right, 0)
    defer { cairo_pattern_destroy(gradient) }
    for (index, color) in colors.enumerated() {
      let place = Double(index) / Double(max(1, colors.count - 1))
      cairo_pattern_add_color_stop_rgb(gradient, place, color.red, color.green, color.blue)
    }
    cairo_rectangle(context, rectangle.x, rectangle.y, rectangle.width, rectangle.height)
    cairo_set_source(context, gradient)
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

  /// The colours of what has been drawn.
  func colors() -> PNGColours {
    withPixels { pixels, width in PNGColours(rgb: pixels, width: width) }
  }

  /// What has been drawn.
  func image() -> PNGImage {
    withPixels { pixels, width in
      let bytes = [UInt8](unsafeUninitializedCapacity: pixels.count * 3) { bytes, written in
        for (place, pixel) in pixels.enumerated() {
          bytes[3 * place] = UInt8(truncatingIfNeeded: pixel >> 16)
          bytes[3 * place + 1] = UInt8(truncatingIfNeeded: pixel >> 8)
          bytes[3 * place + 2] = UInt8(truncatingIfNeeded: pixel)
        }
        written = pixels.count * 3
      }
      return PNGImage(width: width, height: pixels.count / width, format: .rgb8, pixels: bytes)
    }
  }

  /// Cairo's own pixels, 0x__RRGGBB, and how many are in a row.
  private func withPixels<T>(_ body: (UnsafeBufferPointer<UInt32>, Int) -> T) -> T {
    cairo_surface_flush(surface)
    let width = Int(cairo_image_surface_get_width(surface))
    let height = Int(cairo_image_surface_get_height(surface))
    guard let data = cairo_image_surface_get_data(surface),
      Int(cairo_image_surface_get_stride(surface)) == 4 * width
    else { preconditionFailure("Cairo has lost the picture") }
    return data.withMemoryRebound(to: UInt32.self, capacity: width * height) {
      body(UnsafeBufferPointer(start: $0, count: width * height), width)
    }
  }
}
