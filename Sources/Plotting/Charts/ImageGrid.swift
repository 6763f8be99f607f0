// SPDX-License-Identifier: Apache-2.0

import CCairo
public import Codecs

/// Small images side by side, each with a caption.
public struct ImageGrid: Hashable, Sendable {
  /// One image.
  public struct Tile: Hashable, Sendable {
    /// Its pixels; transparent ones lie on white.
    public var image: PNGImage
    /// The lines below it; a line that is too long is cut.
    public var caption: [String]

    /// A tile.
    public init(_ image: PNGImage, caption: String...) {
      self.image = image
      self.caption = caption.filter { !$0.isEmpty }
    }
  }

  /// What the tiles show, in bold; may be empty.
  public var title: String
  /// More words below the title; may be empty.
  public var subtitle: String
  /// The tiles row by row.
  public var tiles: [Tile]
  /// Tiles per row; nil for as many as fit.
  public var columns: Int?
  /// Width and height of a tile's frame in points; an image is enlarged by a whole factor to fit.
  public var tileSize: Double
  /// Small text below; may be empty.
  public var footnote: String
  /// Width of the picture in points.
  public var width: Double

  /// A grid; `width` is 320 to 4000 points, `tileSize` 8 to 1000, `columns` at least 1.
  public init(
    title: String = "",
    subtitle: String = "",
    tiles: [Tile],
    columns: Int? = nil,
    tileSize: Double = 70,
    footnote: String = "",
    width: Double = 720
  ) {
    precondition((320...4000).contains(width), "a grid \(width) points wide")
    precondition((8...1000).contains(tileSize), "a tile of \(tileSize) points")
    precondition(columns ?? 1 > 0, "\(columns ?? 0) columns")
    self.title = title
    self.subtitle = subtitle
    self.tiles = tiles
    self.columns = columns
    self.tileSize = tileSize
    self.footnote = footnote
    self.width = width
  }
}

extension ImageGrid: Chart {
  /// Grey tiles still look right with 256 colours; coloured tiles do not.
  public var allowsFewerColors: Bool { tiles.allSatisfy { $0.image.format == .gray8 } }

  /// The picture.
  public func drawing() -> Drawing {
    let gap = 12.0
    let fitting = max(1, Int((width - 2 * Sheet.margin + gap) / (tileSize + gap)))
    let columns = max(1, min(columns ?? fitting, fitting, tiles.count))
    // Without text the picture need not be wider than its tiles.
    let hasText = [title, subtitle, footnote].contains { !$0.isEmpty }
    let tilesWidth = Double(columns) * (tileSize + gap) - gap + 2 * Sheet.margin
    let sheet = Sheet(
      width: hasText ? width : min(width, tilesWidth),
      title: title,
      subtitle: subtitle,
      footnote: footnote
    )
    let captions = tiles.map { tile in
      tile.caption.map { TextBlock($0, .tick, maximumWidth: tileSize + gap - 4) }
    }
    let heights = captions.map { lines in lines.reduce(0) { $0 + $1.height } }
    let captionHeight = heights.max().flatMap { $0 > 0 ? $0 + 3 : nil } ?? 0
    let rowHeight = tileSize + captionHeight + gap
    let rows = (tiles.count + columns - 1) / columns
    return sheet.drawing(chartBottom: sheet.top + Double(rows) * rowHeight - gap) { canvas in
      for (index, tile) in tiles.enumerated() {
        let frame = Rectangle(
          x: sheet.left + Double(index % columns) * (tileSize + gap),
          y: sheet.top + Double(index / columns) * rowHeight,
          width: tileSize,
          height: tileSize
        )
        canvas.draw(tile.image, in: frame)
        var top = frame.bottom + 3
        for line in captions[index] {
          line.draw(on: canvas, x: frame.centre.x, top: top, anchor: .centre)
          top += line.height
        }
      }
    }
  }
}

extension Canvas {
  /// Draws an image in the middle of `frame`, enlarged by a whole number of pixels, or made smaller if it must.
  func draw(_ image: PNGImage, in frame: Rectangle) {
    let largest = Double(max(image.width, image.height))
    let room = frame.width * Self.resolution / largest
    let factor = (room >= 1 ? room.rounded(.down) : room) / Self.resolution
    let size = (Double(image.width) * factor, Double(image.height) * factor)
    let corner = Position(
      x: Self.crisp(frame.centre.x - size.0 / 2),
      y: Self.crisp(frame.centre.y - size.1 / 2)
    )
    // Viewers of files of shapes smooth what they enlarge.
    let copies = isPixels || room < 1 ? 1 : Int(room)
    withSurface(copies == 1 ? image : image.enlarged(by: copies)) { surface in
      cairo_save(context)
      cairo_translate(context, corner.x, corner.y)
      cairo_scale(context, factor / Double(copies), factor / Double(copies))
      cairo_set_source_surface(context, surface, 0, 0)
      let filter = room >= 1 ? CAIRO_FILTER_NEAREST : CAIRO_FILTER_GOOD
      cairo_pattern_set_filter(cairo_get_source(context), filter)
      cairo_paint(context)
      cairo_restore(context)
    }
    let outline = Rectangle(x: corner.x, y: corner.y, width: size.0, height: size.1)
    let edge = outline.grown(by: 0.25)
    cairo_rectangle(context, edge.x, edge.y, edge.width, edge.height)
    cairo_set_line_width(context, 0.5)
    setColor(Palette.grid)
    cairo_stroke(context)
  }

  private func withSurface(_ image: PNGImage, _ body: (OpaquePointer?) -> Void) {
    var pixels = nativePixels(image)
    pixels.withUnsafeMutableBytes { memory in
      let surface = cairo_image_surface_create_for_data(
        memory.baseAddress?.assumingMemoryBound(to: UInt8.self),
        CAIRO_FORMAT_ARGB32,
        Int32(image.width),
        Int32(image.height),
        Int32(image.width * 4)
      )
      body(surface)
      cairo_surface_finish(surface)
      cairo_surface_destroy(surface)
    }
  }
}

extension PNGImage {
  /// Every pixel as a square of `factor` × `factor` of them.
  fileprivate func enlarged(by factor: Int) -> PNGImage {
    let channels = format.channels
    var result: [UInt8] = []
    result.reserveCapacity(pixels.count * factor * factor)
    for row in 0..<height {
      let line = (0..<width).flatMap { column in
        let start = (row * width + column) * channels
        return repeatElement(pixels[start..<(start + channels)], count: factor).joined()
      }
      for _ in 0..<factor { result += line }
    }
    return PNGImage(width: width * factor, height: height * factor, format: format, pixels: result)
  }
}

/// Cairo's pixels: alpha, red, green, blue from the upper to the lower byte, colours multiplied by alpha.
private func nativePixels(_ image: PNGImage) -> [UInt32] {
  let channels = image.format.channels
  return stride(from: 0, to: image.pixels.count, by: channels).map { start in
    let pixel = image.pixels[start..<(start + channels)].map { UInt32($0) }
    switch image.format {
    case .gray8: return 0xff00_0000 | pixel[0] << 16 | pixel[0] << 8 | pixel[0]
    case .rgb8: return 0xff00_0000 | pixel[0] << 16 | pixel[1] << 8 | pixel[2]
    case .rgba8:
      let color = pixel[..<3].reduce(UInt32(0)) { $0 << 8 | ($1 * pixel[3] + 127) / 255 }
      return pixel[3] << 24 | color
    }
  }
}
