// SPDX-License-Identifier: Apache-2.0

import CZlib

/// Why compressed bytes could not be expanded; offsets count compressed bytes from 0.
public enum CompressionError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The bytes at `offset` do not begin compressed data of this `format`.
  case wrongFormat(String, offset: Int)
  /// The bytes end at `offset`, before the data is complete.
  case truncated(offset: Int)
  /// The data is damaged near `offset`; `reason` is zlib's own sentence.
  case damaged(offset: Int, reason: String)
  /// The data would expand to more than `limit` bytes; noticed at `offset`.
  case tooLarge(limit: Int, offset: Int)

  /// The whole sentence.
  public var description: String {
    switch self {
    case .wrongFormat(let format, let offset): "no \(format) data begins at byte \(offset)"
    case .truncated(let offset): "the compressed data is cut off at byte \(offset)"
    case .damaged(let offset, let reason):
      "the compressed data is damaged near byte \(offset) (\(reason))"
    case .tooLarge(let limit, let offset):
      "the data expands to more than \(limit) bytes (noticed at compressed byte \(offset))"
    }
  }
}

/// The zlib format: deflate with a two-byte header and an Adler-32.
public enum Zlib {
  /// The standard limit of 4 GiB: data that expand to more are refused unless a call sets another
  /// limit.
  public static let standardLimit = 1 << 32

  /// Compressed bytes; `level` is 0 (stored) … 9 (smallest), and 1 is fast.
  ///
  /// The same bytes and level give the same result with one version of zlib.
  public static func compress(_ bytes: UnsafeRawBufferPointer, level: Int = 1) -> [UInt8] {
    unsafe deflated(bytes, level: level, format: .zlib)
  }

  /// Compressed bytes; `level` is 0 (stored) … 9 (smallest), and 1 is fast.
  public static func compress(_ bytes: [UInt8], level: Int = 1) -> [UInt8] {
    unsafe bytes.withUnsafeBytes { unsafe compress($0, level: level) }
  }

  /// Expanded bytes.
  ///
  /// `expectedSize` only saves memory and time. Bytes after the end of the data are an error.
  public static func decompress(
    _ bytes: UnsafeRawBufferPointer,
    expectedSize: Int? = nil,
    limit: Int = standardLimit
  ) throws(CompressionError) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(expectedSize ?? bytes.count)
    let used = unsafe try inflate(bytes, from: 0, into: &output, limit: limit, format: .zlib)
    guard used == bytes.count else { throw .damaged(offset: used, reason: "trailing bytes") }
    return output
  }

  /// Expanded bytes.
  public static func decompress(
    _ bytes: [UInt8],
    expectedSize: Int? = nil,
    limit: Int = standardLimit
  ) throws(CompressionError) -> [UInt8] {
    unsafe try bytes.withUnsafeBufferPointer { piece throws(CompressionError) in
      let raw = UnsafeRawBufferPointer(piece)
      return unsafe try decompress(raw, expectedSize: expectedSize, limit: limit)
    }
  }
}
