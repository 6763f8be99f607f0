// SPDX-License-Identifier: Apache-2.0

/// Pixels in memory: rows from the top, 8 bits per channel, no padding, alpha not premultiplied.
public struct PNGImage: Hashable, Sendable {
  /// The channels of a pixel.
  public enum Format: Hashable, Sendable, CaseIterable {
    /// Grey.
    case gray8
    /// Red, green, blue.
    case rgb8
    /// Red, green, blue, alpha.
    case rgba8

    /// Bytes per pixel.
    public var channels: Int {
      switch self {
      case .gray8: 1
      case .rgb8: 3
      case .rgba8: 4
      }
    }
  }

  /// Pixels per row.
  public let width: Int
  /// Rows.
  public let height: Int
  /// The channels.
  public let format: Format
  /// `height · width · format.channels` bytes.
  public let pixels: [UInt8]

  /// An image; `width` and `height` are at least 1, `pixels` has `height · width · format.channels` bytes.
  public init(width: Int, height: Int, format: Format, pixels: [UInt8]) {
    precondition(width > 0 && height > 0, "an image of \(width) × \(height) pixels")
    precondition(
      pixels.count == width * height * format.channels,
      "\(width) × \(height) \(format) needs \(width * height * format.channels) bytes, got \(pixels.count)"
    )
    self.width = width
    self.height = height
    self.format = format
    self.pixels = pixels
  }
}

/// Why bytes cannot be used as a PNG.
public enum PNGError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The PNG signature is missing.
  case notPNG
  /// The chunk at `offset` is cut off or its checksum is wrong.
  case damagedChunk(offset: Int)
  /// libpng refuses the bytes; `reason` is its own sentence.
  case undecodable(reason: String)
  /// The image has more than `limit` pixels.
  case tooLarge(width: Int, height: Int, limit: Int)
  /// Not a keyword: it must have 1 to 79 printable Latin-1 characters, no space at an end and no
  /// double space.
  case badKeyword(String)

  /// The whole sentence.
  public var description: String {
    switch self {
    case .notPNG: "not a PNG: the signature is missing"
    case .damagedChunk(let offset): "the PNG is damaged or cut off in the chunk at byte \(offset)"
    case .undecodable(let reason): "the PNG cannot be read: \(reason)"
    case .tooLarge(let width, let height, let limit):
      "the PNG has \(width) × \(height) pixels, expected at most \(limit)"
    case .badKeyword(let keyword):
      "`\(keyword)` is no PNG keyword: expected 1 to 79 Latin-1 characters, no spaces at the ends or doubled"
    }
  }
}
