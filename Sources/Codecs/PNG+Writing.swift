// SPDX-License-Identifier: Apache-2.0

extension PNG {
  /// The bytes of a PNG; the same pixels give the same bytes on one machine.
  ///
  /// With `palette`, an image of at most 256 colours is written with a palette, which makes drawings several times
  /// smaller; the decoded pixels are the same. `pixelsPerInch` says how large it is on paper.
  public static func encode(
    _ image: PNGImage,
    text: [PNGText] = [],
    palette: Bool = true,
    pixelsPerInch: Double? = nil
  ) throws(PNGError) -> [UInt8] {
    let indexed = palette && image.format != .gray8 ? IndexedPixels(image) : nil
    var chunks = [header(of: image, indexed), PNGChunk(type: "sRGB", data: [0])]
    if let pixelsPerInch { chunks.append(size(pixelsPerInch)) }
    if let indexed { chunks += indexed.paletteChunks }
    chunks += try self.chunks(for: text)
    let rows =
      indexed.map { PNGRows.indexed($0.indices, width: image.width, depth: $0.depth) }
      ?? PNGRows.samples(image)
    // Level 9 takes more than twice the time of 8 for drawings and saves 4 %.
    chunks.append(PNGChunk(type: "IDAT", data: Zlib.compress(rows, level: 8)))
    return PNGChunk.file(chunks + [PNGChunk(type: "IEND", data: [])])
  }

  private static func header(of image: PNGImage, _ indexed: IndexedPixels?) -> PNGChunk {
    let sides = bigEndian(UInt32(image.width)) + bigEndian(UInt32(image.height))
    let kind = [UInt8(indexed?.depth ?? 8), indexed == nil ? image.format.colourType : 3]
    // Deflate, the five filters, not interlaced.
    return PNGChunk(type: "IHDR", data: sides + kind + [0, 0, 0])
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
  /// The channels of a colour.
  let format: PNGImage.Format
  /// In the order of their bytes.
  let colours: [UInt32]
  /// One colour number for each pixel.
  let indices: [UInt8]

  /// Nil if the image has more than 256 colours.
  init?(_ image: PNGImage) {
    guard let found = PNGColours(image, limit: 256) else { return nil }
    format = image.format
    let order = found.colours.indices.sorted { found.colours[$0] < found.colours[$1] }
    colours = order.map { found.colours[$0] }
    var number = [UInt8](repeating: 0, count: order.count)
    for (index, place) in order.enumerated() { number[place] = UInt8(index) }
    indices = found.places.map { number[Int($0)] }
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
