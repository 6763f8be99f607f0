// SPDX-License-Identifier: Apache-2.0

/// A keyword with a text, stored beside a PNG's pixels.
public struct PNGText: Hashable, Sendable {
  /// 1 to 79 printable Latin-1 characters.
  public var keyword: String
  /// Any text without NUL.
  public var text: String

  /// A text.
  public init(_ keyword: String, _ text: String) {
    self.keyword = keyword
    self.text = text
  }
}

extension PNG {
  /// The same PNG with more texts behind its own; Latin-1 becomes tEXt, anything else iTXt (UTF-8).
  public static func adding(_ text: [PNGText], to png: [UInt8]) throws(PNGError) -> [UInt8] {
    PNGChunk.file(inserting(try chunks(for: text), into: try PNGChunk.all(of: png)))
  }

  /// The texts (tEXt, iTXt, zTXt) in file order.
  public static func text(of png: [UInt8]) throws(PNGError) -> [PNGText] {
    try PNGChunk.all(of: png).compactMap(decoded)
  }

  /// The same PNG without the texts that have this keyword; all other chunks keep their bytes and
  /// order.
  public static func removing(keyword: String, from png: [UInt8]) throws(PNGError) -> [UInt8] {
    PNGChunk.file(try PNGChunk.all(of: png).filter { decoded($0)?.keyword != keyword })
  }

  // MARK: - Chunks

  static func chunks(for text: [PNGText]) throws(PNGError) -> [PNGChunk] {
    try text.map { text throws(PNGError) in try chunk(for: text) }
  }

  private static func chunk(for text: PNGText) throws(PNGError) -> PNGChunk {
    guard let keyword = latin1(text.keyword), isKeyword(keyword) else {
      throw .badKeyword(text.keyword)
    }
    // NUL would end the text early for other readers.
    let content = text.text.split(separator: "\0", omittingEmptySubsequences: false)
      .joined(separator: "\u{fffd}")
    if let plain = latin1(content) {
      return PNGChunk(type: "tEXt", data: keyword + [0] + plain)
    }
    // Not compressed (two zeros), no language, no translated keyword.
    return PNGChunk(type: "iTXt", data: keyword + [0, 0, 0, 0, 0] + Array(content.utf8))
  }

  private static func isKeyword(_ bytes: [UInt8]) -> Bool {
    (1...79).contains(bytes.count) && bytes.first != 32 && bytes.last != 32
      && bytes.allSatisfy { (32...126).contains($0) || $0 >= 161 }
      && !zip(bytes, bytes.dropFirst()).contains { $0 == 32 && $1 == 32 }
  }

  /// Texts stand before the pixels and behind texts already there.
  static func inserting(_ text: [PNGChunk], into chunks: [PNGChunk]) -> [PNGChunk] {
    let place = chunks.firstIndex { $0.type == "IDAT" } ?? chunks.count
    return chunks[..<place] + text + chunks[place...]
  }

  private static func decoded(_ chunk: PNGChunk) -> PNGText? {
    let parts = chunk.data.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { return nil }
    let keyword = text(latin1: parts[0])
    switch chunk.type {
    case "tEXt": return PNGText(keyword, text(latin1: parts[1]))
    case "zTXt":
      return (try? Zlib.decompress(Array(parts[1].dropFirst()))).map {
        PNGText(keyword, text(latin1: $0[...]))
      }
    case "iTXt": return internationalText(parts[1]).map { PNGText(keyword, $0) }
    default: return nil
    }
  }

  /// Compression flag and method, then language, translated keyword and text between zeros.
  private static func internationalText(_ data: ArraySlice<UInt8>) -> String? {
    let parts = data.dropFirst(2).split(
      separator: 0,
      maxSplits: 2,
      omittingEmptySubsequences: false
    )
    guard parts.count == 3, let compressed = data.first else { return nil }
    let bytes = compressed == 0 ? Array(parts[2]) : try? Zlib.decompress(Array(parts[2]))
    return bytes.map { String(decoding: $0, as: UTF8.self) }
  }

  /// Nil if a character is outside Latin-1.
  private static func latin1(_ text: String) -> [UInt8]? {
    let bytes = text.unicodeScalars.compactMap { UInt8(exactly: $0.value) }
    return bytes.count == text.unicodeScalars.count ? bytes : nil
  }

  private static func text(latin1 bytes: ArraySlice<UInt8>) -> String {
    var scalars = String.UnicodeScalarView()
    scalars.append(contentsOf: bytes.map { Unicode.Scalar($0) })
    return String(scalars)
  }
}
