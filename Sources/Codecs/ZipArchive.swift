// SPDX-License-Identifier: Apache-2.0

/// The files of a zip archive (PKWARE's APPNOTE 6.3), stored or deflated.
///
/// The directory at the end of the archive counts, as for other programs. Encrypted entries, other methods, archives in
/// several parts and those of the 64-bit form (more than 4 GiB or 65,534 files) are refused.
public struct ZipArchive: Sendable {
  /// One file.
  public struct Entry: Hashable, Sendable {
    /// Its path in the archive, `/` between folders.
    public var name: String
    /// Its size when expanded.
    public var byteCount: Int
    fileprivate var method: Int
    fileprivate var isEncrypted: Bool
    fileprivate var checksum: UInt32
    fileprivate var compressedCount: Int
    fileprivate var header: Int
  }

  /// In the order of the directory.
  public let entries: [Entry]
  private let bytes: [UInt8]

  /// Reads the directory.
  public init(_ bytes: [UInt8]) throws(CompressionError) {
    self.bytes = bytes
    let end = try Self.endRecord(bytes)
    func number(_ offset: Int, _ size: Int) -> Int { bytes.number(at: end + offset, size: size) }
    let (count, size, start) = (number(10, 2), number(12, 4), number(16, 4))
    guard number(4, 2) == 0, number(6, 2) == 0, number(8, 2) == count else {
      throw .damaged(offset: end, reason: "an archive in several parts")
    }
    guard count < 0xFFFF, size < 0xFFFF_FFFF, start < 0xFFFF_FFFF else {
      throw .damaged(offset: end, reason: "an archive of the 64-bit form")
    }
    guard start + size <= end else {
      throw .damaged(offset: end, reason: "the directory lies outside the archive")
    }
    var entries: [Entry] = []
    var offset = start
    for _ in 0..<count {
      let (entry, next) = try Self.entry(bytes, at: offset, end: start + size)
      entries.append(entry)
      offset = next
    }
    self.entries = entries
  }

  /// The expanded bytes of a file of this archive; its size and CRC-32 are checked.
  public func contents(
    of entry: Entry,
    limit: Int = Zlib.standardLimit
  ) throws(CompressionError) -> [UInt8] {
    guard !entry.isEncrypted else {
      throw .damaged(offset: entry.header, reason: "`\(entry.name)` is encrypted")
    }
    guard entry.byteCount <= limit else { throw .tooLarge(limit: limit, offset: entry.header) }
    let start = try contentStart(entry)
    let end = start + entry.compressedCount
    guard end <= bytes.count else { throw .truncated(offset: bytes.count) }
    var output: [UInt8] = []
    output.reserveCapacity(entry.byteCount)
    switch entry.method {
    case 0: output += bytes[start..<end]
    case 8:
      let used = unsafe try bytes.withUnsafeBufferPointer { all throws(CompressionError) in
        let piece = unsafe UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: all[..<end]))
        return unsafe try inflate(piece, from: start, into: &output, limit: limit, format: .none)
      }
      guard used == end else { throw .damaged(offset: used, reason: "trailing bytes") }
    default:
      throw .damaged(
        offset: entry.header,
        reason: "`\(entry.name)` is compressed by method \(entry.method), expected 0 or 8"
      )
    }
    guard output.count == entry.byteCount else {
      throw .damaged(
        offset: end,
        reason: "expected \(entry.byteCount) expanded bytes, got \(output.count)"
      )
    }
    guard CRC32.checksum(of: output) == entry.checksum else {
      throw .damaged(offset: end, reason: "the CRC-32 of `\(entry.name)` is wrong")
    }
    return output
  }

  /// Where the bytes behind a file's own header begin.
  private func contentStart(_ entry: Entry) throws(CompressionError) -> Int {
    let size = 30
    guard entry.header + size <= bytes.count else { throw .truncated(offset: bytes.count) }
    guard bytes[entry.header...].starts(with: [0x50, 0x4B, 3, 4]) else {
      throw .damaged(offset: entry.header, reason: "no file header begins here")
    }
    return entry.header + size + bytes.number(at: entry.header + 26, size: 2)
      + bytes.number(at: entry.header + 28, size: 2)
  }

  /// Where the last record of the archive begins; a comment of up to 65,535 bytes may follow it.
  private static func endRecord(_ bytes: [UInt8]) throws(CompressionError) -> Int {
    let size = 22
    guard bytes.starts(with: [0x50, 0x4B]) else { throw .wrongFormat("zip", offset: 0) }
    guard bytes.count >= size else { throw .truncated(offset: bytes.count) }
    let last = bytes.count - size
    for offset in stride(from: last, through: max(0, last - 0xFFFF), by: -1)
    where bytes[offset...].starts(with: [0x50, 0x4B, 5, 6])
      && offset + size + bytes.number(at: offset + 20, size: 2) == bytes.count
    {
      return offset
    }
    throw .truncated(offset: bytes.count)
  }

  /// The directory's entry at `offset`, and where the next one begins.
  private static func entry(
    _ bytes: [UInt8],
    at offset: Int,
    end: Int
  ) throws(CompressionError) -> (Entry, next: Int) {
    let size = 46
    guard offset + size <= end, bytes[offset...].starts(with: [0x50, 0x4B, 1, 2]) else {
      throw .damaged(offset: offset, reason: "no entry of the directory begins here")
    }
    func number(_ place: Int, _ size: Int) -> Int { bytes.number(at: offset + place, size: size) }
    let nameEnd = offset + size + number(28, 2)
    let next = nameEnd + number(30, 2) + number(32, 2)
    guard next <= end else {
      throw .damaged(offset: offset, reason: "the entry lies outside the directory")
    }
    let entry = Entry(
      name: String(decoding: bytes[(offset + size)..<nameEnd], as: UTF8.self),
      byteCount: number(24, 4),
      method: number(10, 2),
      isEncrypted: number(8, 2) & 1 == 1,
      checksum: UInt32(number(16, 4)),
      compressedCount: number(20, 4),
      header: number(42, 4)
    )
    return (entry, next)
  }
}

extension [UInt8] {
  /// The little-endian number of `size` bytes at `offset`.
  fileprivate func number(at offset: Int, size: Int) -> Int {
    (0..<size).reduce(0) { $0 | Int(self[offset + $1]) << (8 * $1) }
  }
}
