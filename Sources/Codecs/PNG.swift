// SPDX-License-Identifier: Apache-2.0

import CPNG

/// Reads and writes PNG.
///
/// Only libpng's simplified interface is called, which returns its errors: the classic one jumps over stack frames,
/// which Swift's may not survive.
public enum PNG {
  /// The bytes of a PNG, packed at zlib's level 9; the same pixels give the same bytes on one machine.
  ///
  /// With `palette`, an image of at most 256 colours is written with a palette, which makes drawings several times
  /// smaller; the decoded pixels are the same.
  public static func encode(
    _ image: PNGImage,
    text: [PNGText] = [],
    palette: Bool = true
  ) throws(PNGError) -> [UInt8] {
    let indexed = palette && image.format != .gray8 ? IndexedPixels(image) : nil
    let plain = if let indexed { try write(indexed, of: image) } else { try write(image) }
    return PNGChunk.file(
      inserting(try chunks(for: text), into: repacked(try PNGChunk.all(of: plain)))
    )
  }

  /// The pixels in the wished format, whatever the file's own.
  ///
  /// Samples count as they are stored, whatever gamma or profile the file names: 16 bits become v / 257, rounded.
  /// Transparent pixels are laid over white where `format` has no alpha, (α v + (255 − α) 255) / 255; colours become grey
  /// by 0.299 R + 0.587 G + 0.114 B (Rec. 601). Palettes are resolved.
  public static func decode(
    _ bytes: [UInt8],
    as format: PNGImage.Format,
    pixelLimit: Int = 1 << 28
  ) throws(PNGError) -> PNGImage {
    let samples = try samples(of: bytes, pixelLimit: pixelLimit)
    return PNGImage(
      width: samples.width,
      height: samples.height,
      format: format,
      pixels: samples.pixels(as: format)
    )
  }

  // MARK: - Reading

  /// What libpng would convert samples by; it takes those of 16 bits for linear light where there is none of them.
  private static let colourChunks: Set<String> = ["gAMA", "cHRM", "sRGB", "iCCP", "cICP"]

  private static func samples(of bytes: [UInt8], pixelLimit: Int) throws(PNGError) -> PNGSamples {
    // libpng forgives a missing end; a file that was cut off is not forgiven here.
    let chunks = try PNGChunk.all(of: bytes)
    let plain = chunks.filter { !colourChunks.contains($0.type) }
    let bytes = plain.count == chunks.count ? bytes : PNGChunk.file(plain)
    var image = unsafe emptyImage()
    defer { unsafe png_image_free(&image) }
    return unsafe try bytes.withUnsafeBufferPointer { memory throws(PNGError) in
      let began = unsafe png_image_begin_read_from_memory(&image, memory.baseAddress, memory.count)
      guard began != 0 else { throw unsafe .undecodable(reason: message(of: image)) }
      let (width, height) = unsafe (Int(image.width), Int(image.height))
      guard width.multipliedReportingOverflow(by: height).partialValue <= pixelLimit else {
        throw .tooLarge(width: width, height: height, limit: pixelLimit)
      }
      // From the file's own channels to the same ones, sRGB to sRGB: nothing is left to convert but 16 bits to 8.
      unsafe image.flags |= UInt32(PNG_IMAGE_FLAG_16BIT_sRGB)
      unsafe image.format &= UInt32(PNG_FORMAT_FLAG_COLOR) | UInt32(PNG_FORMAT_FLAG_ALPHA)
      let hasColour = unsafe image.format & UInt32(PNG_FORMAT_FLAG_COLOR) != 0
      let hasAlpha = unsafe image.format & UInt32(PNG_FORMAT_FLAG_ALPHA) != 0
      let channels = (hasColour ? 3 : 1) + (hasAlpha ? 1 : 0)
      var values = [UInt8](repeating: 0, count: width * height * channels)
      let finished = unsafe values.withUnsafeMutableBytes { buffer in
        unsafe png_image_finish_read(&image, nil, buffer.baseAddress, 0, nil)
      }
      guard finished != 0 else { throw unsafe .undecodable(reason: message(of: image)) }
      return PNGSamples(
        width: width,
        height: height,
        hasColour: hasColour,
        hasAlpha: hasAlpha,
        values: values
      )
    }
  }

  // MARK: - Writing

  private static func write(_ image: PNGImage) throws(PNGError) -> [UInt8] {
    var header = unsafe emptyImage()
    unsafe header.width = UInt32(image.width)
    unsafe header.height = UInt32(image.height)
    unsafe header.format = image.format.code
    return unsafe try written(&header, pixels: image.pixels, palette: [])
  }

  private static func write(
    _ pixels: IndexedPixels,
    of image: PNGImage
  ) throws(PNGError) -> [UInt8] {
    var header = unsafe emptyImage()
    unsafe header.width = UInt32(image.width)
    unsafe header.height = UInt32(image.height)
    unsafe header.format = image.format.code | UInt32(PNG_FORMAT_FLAG_COLORMAP)
    unsafe header.colormap_entries = UInt32(pixels.palette.count / image.format.channels)
    return unsafe try written(&header, pixels: pixels.indices, palette: pixels.palette)
  }

  private static func written(
    _ header: inout png_image,
    pixels: [UInt8],
    palette: [UInt8]
  ) throws(PNGError) -> [UInt8] {
    // Nothing compresses to more than this: chunk frames, palette and deflate's stored blocks included.
    let bound = pixels.count + pixels.count / 1000 + Int(unsafe header.height) + 4096
    var size = bound
    var ok: Int32 = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
      unsafe pixels.withUnsafeBytes { source in
        unsafe palette.withUnsafeBytes { colours in
          ok = unsafe png_image_write_to_memory(
            &header,
            buffer.baseAddress,
            &size,
            0,
            source.baseAddress,
            0,
            colours.baseAddress
          )
        }
      }
      count = ok == 0 ? 0 : size
    }
    defer { unsafe png_image_free(&header) }
    guard ok != 0 else { throw unsafe .undecodable(reason: message(of: header)) }
    return bytes
  }

  /// The same image with its data compressed as far as zlib can.
  private static func repacked(_ chunks: [PNGChunk]) -> [PNGChunk] {
    let data = chunks.filter { $0.type == "IDAT" }.flatMap(\.data)
    guard let rows = try? Zlib.decompress(data) else { return chunks }
    let smaller = Zlib.compress(rows, level: 9)
    guard smaller.count < data.count, let first = chunks.firstIndex(where: { $0.type == "IDAT" })
    else { return chunks }
    var result = chunks.filter { $0.type != "IDAT" }
    result.insert(PNGChunk(type: "IDAT", data: smaller), at: first)
    return result
  }

  // MARK: - libpng

  private static func emptyImage() -> png_image {
    var image = unsafe png_image()
    unsafe image.version = UInt32(PNG_IMAGE_VERSION)
    return unsafe image
  }

  private static func message(of image: png_image) -> String {
    unsafe withUnsafeBytes(of: image.message) { bytes in
      unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}

extension PNGImage.Format {
  /// libpng's number of it.
  var code: UInt32 {
    switch self {
    case .gray8: 0
    case .rgb8: UInt32(PNG_FORMAT_FLAG_COLOR)
    case .rgba8: UInt32(PNG_FORMAT_FLAG_COLOR) | UInt32(PNG_FORMAT_FLAG_ALPHA)
    }
  }
}

/// An image as numbers of colours.
struct IndexedPixels {
  /// The colours, in order of their bytes.
  var palette: [UInt8] = []
  /// One colour number for each pixel.
  var indices: [UInt8] = []

  /// Nil if the image has more than 256 colours.
  init?(_ image: PNGImage) {
    let channels = image.format.channels
    let colours = stride(from: 0, to: image.pixels.count, by: channels).map { start in
      image.pixels[start..<(start + channels)].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    }
    var seen = Set<UInt32>()
    for colour in colours where seen.insert(colour).inserted {
      if seen.count > 256 { return nil }
    }
    let sorted = seen.sorted()
    let number = Dictionary(
      uniqueKeysWithValues: sorted.enumerated().map { ($1, UInt8($0)) }
    )
    indices = colours.map { number[$0, default: 0] }
    for colour in sorted {
      palette += (0..<channels).map {
        UInt8(truncatingIfNeeded: colour >> (8 * UInt32(channels - 1 - $0)))
      }
    }
  }
}
