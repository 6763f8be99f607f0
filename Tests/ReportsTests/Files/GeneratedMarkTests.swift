// SPDX-License-Identifier: Apache-2.0

import Codecs
import Foundation
import Testing

@testable import Reports

struct GeneratedMarkTests {
  private func picture() throws -> [UInt8] {
    let image = PNGImage(width: 2, height: 1, format: .gray8, pixels: [0, 200])
    return try GeneratedMark.png(PNG.encode(image, text: [PNGText("Software", "runexp")]))
  }

  @Test func `a marked text is ours and ends with the mark`() {
    let bytes = GeneratedMark.markdown("# 题\n\ntext\n")
    #expect(GeneratedMark.isOurs(bytes))
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(text.hasPrefix("# 题\n\ntext\n\n<!-- runexp:sha256="))
    #expect(text.hasSuffix(" -->\n"))
  }

  /// The digest is the one that `sha256sum` gives of all lines but the last.
  @Test func `the mark is the digest of what stands above it`() throws {
    let text = String(decoding: GeneratedMark.markdown("a"), as: UTF8.self)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let above = lines.dropLast(2).joined(separator: "\n") + "\n"
    #expect(lines[lines.count - 2] == "<!-- runexp:sha256=\(SHA256.hexadecimal(of: above)) -->")
  }

  @Test func `any changed byte makes a text someone else's`() {
    let bytes = GeneratedMark.markdown("# Title\n")
    for index in bytes.indices {
      var edited = bytes
      edited[index] ^= 1
      #expect(!GeneratedMark.isOurs(edited), "byte \(index)")
    }
    #expect(!GeneratedMark.isOurs(bytes + Array("more\n".utf8)))
    #expect(!GeneratedMark.isOurs(Array("# By hand\n".utf8)))
    #expect(!GeneratedMark.isOurs([]))
  }

  @Test func `a marked picture is ours and keeps its texts`() throws {
    let bytes = try picture()
    #expect(GeneratedMark.isOurs(bytes))
    let texts = try PNG.text(of: bytes)
    #expect(texts.map(\.keyword) == ["Software", "runexp:sha256"])
    let bare = try PNG.removing(keyword: GeneratedMark.keyword, from: bytes)
    #expect(texts.last?.text == SHA256.hexadecimal(of: bare))
    #expect(try GeneratedMark.png(bytes) == bytes)
  }

  @Test func `another picture, other texts or bytes behind the end are not ours`() throws {
    let bytes = try picture()
    #expect(!GeneratedMark.isOurs(try PNG.adding([PNGText("Author", "me")], to: bytes)))
    #expect(!GeneratedMark.isOurs(try PNG.removing(keyword: GeneratedMark.keyword, from: bytes)))
    #expect(!GeneratedMark.isOurs(bytes + [0]))
    #expect(!GeneratedMark.isOurs(Array(bytes.dropLast(4))))
    let image = PNGImage(width: 2, height: 1, format: .gray8, pixels: [0, 201])
    let mark = try PNG.text(of: bytes).filter { $0.keyword == GeneratedMark.keyword }
    #expect(!GeneratedMark.isOurs(try PNG.encode(image, text: mark)))
  }
}
