// SPDX-License-Identifier: Apache-2.0

/// The probable encoding of bytes that are not UTF-8.
public enum TextEncoding: String, Hashable, Sendable {
  /// Two bytes for most characters, as some programs of Windows save text; recognised by the mark
  /// at the start.
  case utf16 = "utf-16"
  /// UTF-16 without a mark, the low byte first.
  case utf16LittleEndian = "utf-16le"
  /// UTF-16 without a mark, the high byte first.
  case utf16BigEndian = "utf-16be"
  /// Chinese, as older programs write it; it includes GBK and GB 2312.
  case gb18030
  /// Western European, with the quotes and the euro sign of Windows.
  case windows1252 = "windows-1252"
  /// Western European.
  case latin1
  /// UTF-8 with a few damaged bytes.
  case damagedUTF8
  /// Something else.
  case unknown

  /// A guess from all bytes of a file.
  init(_ bytes: some RandomAccessCollection<UInt8>) {
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      self = .utf16
    } else if let wide = Self.wide(bytes) {
      self = wide
    } else if Self.isMostlyUTF8(bytes) {
      self = .damagedUTF8
    } else if Self.isChinese(bytes) {
      self = .gb18030
    } else if Self.isWestern(bytes) {
      self = bytes.contains { (0x80...0x9F).contains($0) } ? .windows1252 : .latin1
    } else {
      self = .unknown
    }
  }

  /// UTF-16 without a mark, in which every second byte of Western text is 0; it is also sound UTF-8.
  static func wide(_ bytes: some RandomAccessCollection<UInt8>) -> TextEncoding? {
    var zeros = [0, 0]
    let start = bytes.prefix(4096)
    for (index, byte) in start.enumerated() where byte == 0 { zeros[index % 2] += 1 }
    let few = start.count / 10
    if zeros[1] > few, zeros[0] == 0 { return .utf16LittleEndian }
    return zeros[0] > few && zeros[1] == 0 ? .utf16BigEndian : nil
  }

  /// Whether there are more sound characters of several bytes than damaged places.
  private static func isMostlyUTF8(_ bytes: some RandomAccessCollection<UInt8>) -> Bool {
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    var (sound, damaged) = (0, 0)
    while true {
      switch decoder.decode(&iterator) {
      case .scalarValue(let scalar): if !scalar.isASCII { sound += 1 }
      case .error: damaged += 1
      case .emptyInput: return sound > 2 * damaged
      }
    }
  }

  /// Sound GB 18030 whose characters are mostly common ones: Western text with an accent here and there is sound, too,
  /// but makes rare characters.
  private static func isChinese(_ bytes: some RandomAccessCollection<UInt8>) -> Bool {
    var (common, rare) = (0, 0)
    var iterator = bytes.makeIterator()
    while let first = iterator.next() {
      if first < 0x80 { continue }
      // The file may be cut off inside a character.
      guard let second = iterator.next() else { break }
      guard (0x81...0xFE).contains(first) else { return false }
      switch second {
      case 0x30...0x39:
        guard let third = iterator.next(), let fourth = iterator.next() else { break }
        guard (0x81...0xFE).contains(third), (0x30...0x39).contains(fourth) else { return false }
        rare += 1
      case 0xA1...0xFE:
        // Punctuation, and the 3,755 characters of everyday.
        let isCommon = (0xA1...0xA3).contains(first) || (0xB0...0xD7).contains(first)
        if isCommon { common += 1 } else { rare += 1 }
      case 0x40...0x7E, 0x80...0xA0: rare += 1
      default: return false
      }
    }
    return common > 2 * rare
  }

  /// Letters with accents among many without.
  private static func isWestern(_ bytes: some RandomAccessCollection<UInt8>) -> Bool {
    let high = bytes.count { $0 >= 0x80 }
    let letters = bytes.count {
      (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0 & 0xDF) && $0 < 0x80
    }
    return high <= letters + 2
  }

  /// How to convert the file to UTF-8.
  var hint: String {
    switch self {
    case .gb18030: "`iconv -f gb18030 -t utf-8` translates Chinese text of older programs"
    case .utf16, .utf16LittleEndian, .utf16BigEndian:
      "`iconv -f \(rawValue) -t utf-8` translates it"
    case .windows1252, .latin1: "`iconv -f \(rawValue) -t utf-8` translates older files"
    case .damagedUTF8: "the rest of the file is UTF-8: mend this place, or copy the file again"
    case .unknown: "save it as UTF-8, or translate it with `iconv -f ENCODING -t utf-8`"
    }
  }
}
