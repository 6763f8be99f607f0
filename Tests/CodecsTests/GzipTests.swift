// SPDX-License-Identifier: Apache-2.0

import Codecs
import Testing

@Suite struct GzipTests {
  // `printf 'hello, world\n' | gzip -n | xxd -i`
  let hello: [UInt8] = [
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0xd7,
    0x51, 0x28, 0xcf, 0x2f, 0xca, 0x49, 0xe1, 0x02, 0x00, 0x53, 0x74, 0x24, 0xf4, 0x0d, 0x00, 0x00,
    0x00,
  ]

  @Test func `expands what gzip wrote`() throws {
    #expect(try Gzip.decompress(hello) == Array("hello, world\n".utf8))
    #expect(Gzip.isGzip(hello))
  }

  @Test(arguments: [0, 1, 1000, (1 << 18) - 1, 1 << 18, (1 << 18) + 1, 1_000_000], 0...9)
  func `round trip`(size: Int, level: Int) throws {
    let bytes = noise(size)
    #expect(try Gzip.decompress(Gzip.compress(bytes, level: level)) == bytes)
    let zlib = Zlib.compress(bytes, level: level)
    #expect(try Zlib.decompress(zlib) == bytes)
    #expect(try Zlib.decompress(zlib, expectedSize: size, limit: size) == bytes)
  }

  @Test func `members follow one another`() throws {
    let text = Array("hello, world\n".utf8)
    #expect(try Gzip.decompress(hello + hello + Gzip.compress([1, 2])) == text + text + [1, 2])
  }

  @Test func `padding zeros are ignored`() throws {
    let text = Array("hello, world\n".utf8)
    #expect(try Gzip.decompress(hello + [0, 0, 0]) == text)
  }

  @Test func `every cut is noticed`() {
    for count in hello.indices {
      #expect(throws: CompressionError.truncated(offset: count)) {
        try Gzip.decompress(Array(hello[..<count]))
      }
    }
  }

  @Test func `a cut second member is noticed`() {
    #expect(throws: CompressionError.truncated(offset: 50)) {
      try Gzip.decompress(hello + hello[..<17])
    }
  }

  @Test func `something else is not gzip`() {
    #expect(throws: CompressionError.wrongFormat("gzip", offset: 0)) {
      try Gzip.decompress(Array("PK\u{3}\u{4}".utf8))
    }
    #expect(throws: CompressionError.wrongFormat("gzip", offset: 33)) {
      try Gzip.decompress(hello + [0x1f, 0x8c])
    }
  }

  @Test func `a flipped bit never changes the content unnoticed`() {
    let text = Array("hello, world\n".utf8)
    var unnoticed = 0
    for byte in hello.indices {
      for bit in 0..<8 {
        var damaged = hello
        damaged[byte] ^= 1 << UInt8(bit)
        guard let result = try? Gzip.decompress(damaged) else { continue }
        #expect(result == text, "bit \(bit) of byte \(byte)")
        unnoticed += 1
      }
    }
    // Time, extra flags and system (48 bits), the text flag and the six bits that fill deflate's last byte.
    #expect(unnoticed == 55)
  }

  @Test func `a wrong checksum is named`() {
    var damaged = hello
    damaged[25] ^= 1
    #expect {
      try Gzip.decompress(damaged)
    } throws: { error in
      "\(error)" == "the compressed data is damaged near byte 29 (incorrect data check)"
    }
  }

  @Test func `more than the limit is refused`() throws {
    #expect(try Gzip.decompress(hello, limit: 13).count == 13)
    #expect(throws: CompressionError.self) { try Gzip.decompress(hello, limit: 12) }
    let bomb = Gzip.compress([UInt8](repeating: 0, count: 50_000_000), level: 9)
    #expect {
      try Gzip.decompress(bomb, limit: 1_000_000)
    } throws: { error in
      guard case .tooLarge(limit: 1_000_000, offset: let offset) = error as? CompressionError
      else { return false }
      return offset > 0 && offset < bomb.count
    }
  }

  @Test func `zlib refuses trailing bytes`() {
    let data = Zlib.compress([1, 2, 3])
    #expect(throws: CompressionError.damaged(offset: data.count, reason: "trailing bytes")) {
      try Zlib.decompress(data + [0])
    }
    #expect(throws: CompressionError.truncated(offset: 0)) { try Zlib.decompress([]) }
  }

  @Test func `a gzip file`() throws {
    try withTemporaryFile(hello) { path throws in
      #expect(try Gzip.decompress(file: path) == Array("hello, world\n".utf8))
    }
    #expect(throws: FileError.self) { try Gzip.decompress(file: "no such file") }
  }

  @Test func `a known CRC, also in two pieces`() {
    // The check value of CRC-32/ISO-HDLC.
    let digits = Array("123456789".utf8)
    #expect(CRC32.checksum(of: digits) == 0xcbf4_3926)
    let start = CRC32.checksum(of: Array(digits[..<4]))
    #expect(CRC32.checksum(of: Array(digits[4...]), continuing: start) == 0xcbf4_3926)
    #expect(CRC32.checksum(of: []) == 0)
  }

  /// Half noise, half repetition.
  private func noise(_ count: Int) -> [UInt8] {
    var state: UInt64 = 1
    return (0..<count).map { index in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return index % 1000 < 500 ? UInt8(truncatingIfNeeded: state >> 33) : UInt8(index & 15)
    }
  }
}
