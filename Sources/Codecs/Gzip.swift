// SPDX-License-Identifier: Apache-2.0

/// The gzip format (RFC 1952).
public enum Gzip {
  /// Whether the bytes begin like a gzip file.
  public static func isGzip(_ bytes: [UInt8]) -> Bool {
    bytes.count >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b
  }

  /// One gzip member without name and time; `level` is 0 … 9.
  public static func compress(_ bytes: [UInt8], level: Int = 6) -> [UInt8] {
    unsafe bytes.withUnsafeBytes { unsafe deflated($0, level: level, format: .gzip) }
  }

  /// The expanded bytes of all members one after the other; the CRC and length of each are checked.
  ///
  /// Zeros after the last member (padding of tapes) are ignored. Any other bytes there are
  /// `wrongFormat`.
  public static func decompress(
    _ bytes: [UInt8],
    limit: Int = Zlib.standardLimit
  ) throws(CompressionError) -> [UInt8] {
    var output: [UInt8] = []
    var offset = 0
    repeat {
      try checkHeader(bytes, at: offset)
      offset = unsafe try bytes.withUnsafeBufferPointer { piece throws(CompressionError) in
        let raw = UnsafeRawBufferPointer(piece)
        return unsafe try inflate(raw, from: offset, into: &output, limit: limit, format: .gzip)
      }
    } while bytes[offset...].contains { $0 != 0 }
    return output
  }

  /// The expanded bytes of a gzip file; see `decompress(_:limit:)`.
  ///
  /// Throws `FileError` or `CompressionError`.
  public static func decompress(file path: String, limit: Int = Zlib.standardLimit) throws
    -> [UInt8]
  {
    try decompress(ByteFile.read(path), limit: limit)
  }

  private static func checkHeader(_ bytes: [UInt8], at offset: Int) throws(CompressionError) {
    for (index, expected) in [0x1f, 0x8b, 0x08].enumerated() {
      guard offset + index < bytes.count else { throw .truncated(offset: bytes.count) }
      guard bytes[offset + index] == expected else { throw .wrongFormat("gzip", offset: offset) }
    }
  }
}
