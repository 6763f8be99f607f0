// SPDX-License-Identifier: Apache-2.0

import Codecs
import Testing

@Suite struct ZipArchiveTests {
  /// python3 -c 'import io, zipfile as z; f = io.BytesIO(); a = z.ZipFile(f, "w")
  ///   a.writestr(z.ZipInfo("a.txt"), "Go.\tVa !\n" * 4, z.ZIP_DEFLATED); a.writestr(z.ZipInfo("d/b"), "hello")
  ///   a.comment = b"PK\5\6 is no end"; a.close(); print(f.getvalue().hex())'
  private static let archive: [UInt8] = {
    let digits = [
      "504b03041400000008000000210007873a440e0000002400000005000000612e74787473cfd7e30c",
      "4b5450e472c7cd0000504b03041400000000000000210086a6103605000000050000000300000064",
      "2f6268656c6c6f504b010214031400000008000000210007873a440e000000240000000500000000",
      "00000000000000800100000000612e747874504b010214031400000000000000210086a610360500",
      "000005000000030000000000000000000000800131000000642f62504b0506000000000200020064",
      "000000570000000e00504b0506206973206e6f20656e64",
    ].joined().compactMap(\.hexDigitValue).map { UInt8($0) }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }()
  private static let text = Array("Go.\tVa !\nGo.\tVa !\nGo.\tVa !\nGo.\tVa !\n".utf8)

  private func contents(_ bytes: [UInt8]) throws(CompressionError) -> [[UInt8]] {
    let archive = try ZipArchive(bytes)
    var found: [[UInt8]] = []
    for entry in archive.entries { found.append(try archive.contents(of: entry)) }
    return found
  }

  private func error(_ change: (inout [UInt8]) -> Void) -> String {
    var bytes = Self.archive
    change(&bytes)
    do {
      _ = try contents(bytes)
      return "nothing"
    } catch {
      return "\(error)"
    }
  }

  @Test func `reads deflated and stored files, whatever the comment`() throws {
    let archive = try ZipArchive(Self.archive)
    #expect(archive.entries.map(\.name) == ["a.txt", "d/b"])
    #expect(archive.entries.map(\.byteCount) == [36, 5])
    #expect(try contents(Self.archive) == [Self.text, Array("hello".utf8)])
  }

  @Test func `an empty archive has no files`() throws {
    let end: [UInt8] = [0x50, 0x4B, 5, 6] + [UInt8](repeating: 0, count: 18)
    #expect(try ZipArchive(end).entries.isEmpty)
  }

  @Test(arguments: archive.indices)
  func `an archive that is cut off anywhere is refused`(count: Int) {
    #expect(throws: CompressionError.self) { try contents(Array(Self.archive[..<count])) }
  }

  @Test(arguments: [1, 4, 0x80, 0xFF] as [UInt8])
  func `a changed byte is refused or changes no content`(change: UInt8) {
    for place in Self.archive.indices {
      var bytes = Self.archive
      bytes[place] ^= change
      guard let found = try? contents(bytes) else { continue }
      #expect(found == [Self.text, Array("hello".utf8)], "byte \(place)")
    }
  }

  @Test func `says what it does not read`() {
    #expect(error { $0[0] = 0 } == "no zip data begins at byte 0")
    // Bits and method of the first entry of the directory, which begins at byte 87.
    #expect(error { $0[95] = 1 }.hasSuffix("near byte 0 (`a.txt` is encrypted)"))
    #expect(
      error { $0[97] = 12 }.hasSuffix("(`a.txt` is compressed by method 12, expected 0 or 8)")
    )
    #expect(error { $0[103] ^= 1 }.hasSuffix("near byte 49 (the CRC-32 of `a.txt` is wrong)"))
    #expect(error { $0[111] = 35 }.hasSuffix("near byte 49 (expected 35 expanded bytes, got 36)"))
    // The record at the end begins at byte 187.
    #expect(error { $0[191] = 1 }.hasSuffix("near byte 187 (an archive in several parts)"))
    #expect(
      error { for place in 203..<207 { $0[place] = 0xFF } }
        .hasSuffix("near byte 187 (an archive of the 64-bit form)")
    )
  }

  @Test func `a file above the limit is refused`() throws {
    let archive = try ZipArchive(Self.archive)
    #expect(throws: CompressionError.tooLarge(limit: 35, offset: 0)) {
      try archive.contents(of: archive.entries[0], limit: 35)
    }
    #expect(try archive.contents(of: archive.entries[0], limit: 36) == Self.text)
  }
}
