// SPDX-License-Identifier: Apache-2.0

extension PNG {
  /// The bytes of a PNG; the same pixels give the same bytes on one machine.
  ///
  /// With `palette`, an image of at most 256 colours is written with a palette. This makes drawings
  /// several times smaller and does not change the decoded pixels. `pixelsPerInch` decides how
  /// large the image is on paper.
  public static func encode(
    _ image: PNGImage,
    text: [PNGText] = [],
    palette: Bool = true,
    pixelsPerInch: Double? = nil
  ) throws(PNGError) -> [UInt8] {
    if palette, image.format != .gray8, let found = PNGColours(image, limit: 256) {
      let pixels = IndexedPixels(found, colours: found.colours, format: image.format)
      return try encode(pixels, text, pixelsPerInch)
    }
    let header = header(image.width, image.height, depth: 8, image.format.colourType)
    return try file([header], PNGRows.samples(image), text, pixelsPerInch)
  }

  /// The bytes of a PNG of the RGB pixels that `found` describes.
  ///
  /// Each of its colours is replaced by the colour at the same place in the other list, which has
  /// at most 256 different ones.
  public static func encode(
    _ found: PNGColours,
    colours: [UInt32],
    text: [PNGText] = [],
    pixelsPerInch: Double? = nil
  ) throws(PNGError) -> [UInt8] {
    try encode(IndexedPixels(found, colours: colours, format: .rgb8), text, pixelsPerInch)
  }

  private static func encode(
    _ pixels: IndexedPixels,
    _ text: [PNGText],
    _ pixelsPerInch: Double?
  ) throws(PNGError) -> [UInt8] {
    let height = pixels.indices.count / pixels.width
    return try file(
      [header(pixels.width, height, depth: pixels.depth, 3)] + pixels.paletteChunks,
      PNGRows.indexed(pixels.indices, width: pixels.width, depth: pixels.depth),
      text,
      pixelsPerInch
    )
  }

  /// The header and what follows from it, the rows and what is said about them.
  private static func file(
    _ head: [PNGChunk],
    _ rows: [UInt8],
    _ text: [PNGText],
    _ pixelsPerInch: Double?
  ) throws(PNGError) -> [UInt8] {
    var chunks = [head[0], PNGChunk(type: "sRGB", data: [0])]
    if let pixelsPerInch { chunks.append(size(pixelsPerInch)) }
    chunks += head.dropFirst()
    chunks += try self.chunks(for: text)
    // Level 9 takes more than twice the time of 8 for drawings and saves 4 %.
    chunks.append(PNGChunk(type: "IDAT", data: Zlib.compress(rows, level: 8)))
    return PNGChunk.file(chunks + [PNGChunk(type: "IEND", data: [])])
  }

  private static func header(
    _ width: Int,
    _ height: Int,
    depth: Int,
    _ colourType: UInt8
  ) -> PNGChunk {
    let sides = bigEndian(UInt32(width)) + bigEndian(UInt32(height))
    // Deflate, the five filters, not interlaced.
    return PNGChunk(type: "IHDR", data: sides + [UInt8(depth), colourType, 0, 0, 0])
  }

  /// Pixels a metre in both directions.
  private static func size(_ pixelsPerInch: Double) -> PNGChunk {
    let density = bigEndian(UInt32((pixelsPerInch / 0.0254).rounded()))
    return PNGChunk(type: "pHYs", data: density + density + [1])
  }
}

extension PNGImage.Format {
  /// PNG's number of it.
  fileprivate var colourType: UInt8 {
    switch self {
    case .gray8: 0
    case .rgb8: 2
    case .rgba8: 6
    }
  }
}

/// An image as numbers of colours.
struct IndexedPixels {
  /// Pixels in a row.
  let width: Int
  /// The channels of a colour.
  let format: PNGImage.Format
  /// In the order of their bytes.
  let colours: [UInt32]
  /// One colour number for each pixel.
  let indices: [UInt8]

  /// The pixels of `found` with its colours replaced by others, of which at most 256 differ.
  init(_ found: PNGColours, colours: [UInt32], format: PNGImage.Format) {
    precondition(colours.count == found.colours.count, "as many colours as before")
    let palette = Set(colours).sorted()
    precondition(palette.count <= 256, "a palette of \(palette.count) colours")
    let order = Dictionary(uniqueKeysWithValues: palette.enumerated().map { ($1, UInt8($0)) })
    let numbers = colours.map { order[$0, default: 0] }
    width = found.width
    self.format = format
    self.colours = palette
    indices = found.places.map { numbers[Int($0)] }
  }

  /// Bits of a number.
  var depth: Int {
    switch colours.count {
    case ...2: 1
    case ...4: 2
    case ...16: 4
    default: 8
    }
  }

  /// The colours, and how opaque they are if some are not.
  var paletteChunks: [PNGChunk] {
    func channel(_ index: Int, _ colour: UInt32) -> UInt8 {
      UInt8(truncatingIfNeeded: colour >> UInt32(8 * (format.channels - 1 - index)))
    }
    let palette = colours.flatMap { colour in (0..<3).map { channel($0, colour) } }
    let opacity = format == .rgba8 ? colours.map { channel(3, $0) } : []
    let hasOpacity = opacity.contains { $0 < 255 }
    return [PNGChunk(type: "PLTE", data: palette)]
      + (hasOpacity ? [PNGChunk(type: "tRNS", data: opacity)] : [])
  }
}
