// SPDX-License-Identifier: Apache-2.0

/// One chunk of a PNG: the file is its signature and a row of these.
struct PNGChunk {
  static let signature: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

  var type: String
  var data: [UInt8]

  /// Length, type, data and CRC of type and data.
  var bytes: [UInt8] {
    let body = Array(type.utf8) + data
    return bigEndian(UInt32(data.count)) + body + bigEndian(CRC32.checksum(of: body))
  }

  /// All chunks up to and including IEND, checksums verified; bytes after IEND are dropped.
  static func all(of png: [UInt8]) throws(PNGError) -> [PNGChunk] {
    guard png.starts(with: signature) else { throw .notPNG }
    var chunks: [PNGChunk] = []
    var offset = signature.count
    while chunks.last?.type != "IEND" {
      let chunk = try one(of: png, at: offset)
      offset += chunk.data.count + 12
      chunks.append(chunk)
    }
    return chunks
  }

  static func file(_ chunks: [PNGChunk]) -> [UInt8] { signature + chunks.flatMap(\.bytes) }

  private static func one(of png: [UInt8], at offset: Int) throws(PNGError) -> PNGChunk {
    guard let length = number(png, at: offset).map({ Int($0) }) else {
      throw .damagedChunk(offset: offset)
    }
    guard let stored = number(png, at: offset + 8 + length) else {
      throw .damagedChunk(offset: offset)
    }
    let body = Array(png[(offset + 4)..<(offset + 8 + length)])
    guard CRC32.checksum(of: body) == stored else { throw .damagedChunk(offset: offset) }
    return PNGChunk(type: String(decoding: body[..<4], as: UTF8.self), data: Array(body[4...]))
  }

  private static func number(_ bytes: [UInt8], at offset: Int) -> UInt32? {
    guard offset + 4 <= bytes.count else { return nil }
    return bytes[offset..<(offset + 4)].reduce(0) { $0 << 8 | UInt32($1) }
  }
}

/// The four bytes of a number, the highest first.
func bigEndian(_ value: UInt32) -> [UInt8] {
  (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
}
