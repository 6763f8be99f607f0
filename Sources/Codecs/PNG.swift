// SPDX-License-Identifier: Apache-2.0

import CPNG

/// Reads and writes PNG.
///
/// It calls only libpng's simplified interface, which returns its errors. The classic interface
/// jumps over stack frames, and Swift's frames may not survive that.
public enum PNG {
  /// The pixels in the format of the caller, whatever the format of the file.
  ///
  /// Samples are used as they are stored; a gamma or profile in the file changes nothing. 16 bits
  /// become v / 257, rounded. If `format` has no alpha, transparent pixels are laid over white: (α
  /// v + (255 − α) 255) / 255. Colours become grey by 0.299 R + 0.587 G + 0.114 B (Rec. 601).
  /// Palettes are resolved.
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
