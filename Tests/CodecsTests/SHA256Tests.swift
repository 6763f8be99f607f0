// SPDX-License-Identifier: Apache-2.0

import Codecs
import Foundation
import Testing

@Suite struct SHA256Tests {
  // The vectors of FIPS 180-4's examples; `printf abc | sha256sum`.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func `known digests`(text: String, digest: String) {
    #expect(SHA256.hexadecimal(of: text) == digest)
  }

  @Test func `a million letters in uneven pieces`() {
    var hasher = SHA256Hasher()
    let letters = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
    var start = 0
    var size = 1
    while start < letters.count {
      let end = min(letters.count, start + size)
      hasher.update(Array(letters[start..<end]))
      start = end
      size = size * 3 + 1
    }
    // FIPS 180-4, third example.
    let digest = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    #expect(hasher.finalize().hexadecimal == digest)
  }

  @Test func `a copy goes on by itself`() {
    var first = SHA256Hasher()
    first.update("ab")
    var second = first
    second.update("c")
    first.update("x")
    #expect(second.finalize() == SHA256.digest(of: Array("abc".utf8)))
    #expect(first.finalize() == SHA256.digest(of: Array("abx".utf8)))
  }

  @Test func `finalize may be asked twice and in between`() {
    var hasher = SHA256Hasher()
    #expect(hasher.finalize() == SHA256.digest(of: []))
    hasher.update("abc")
    #expect(hasher.finalize() == hasher.finalize())
    #expect(hasher.finalize().bytes.count == 32)
  }

  @Test func `a file larger than one piece`() throws {
    let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }
    try withTemporaryFile(bytes) { path throws in
      #expect(try SHA256.hexadecimal(ofFile: path) == SHA256.hexadecimal(of: bytes))
      #expect(try ByteFile.read(path) == bytes)
    }
  }

  @Test func `a missing file is named`() {
    #expect {
      try SHA256.hexadecimal(ofFile: "no/such file")
    } throws: { error in
      "\(error)" == "cannot read `no/such file`: No such file or directory"
    }
  }

  @Test func `a folder is not a file`() {
    #expect {
      try ByteFile.read(FileManager.default.temporaryDirectory.path)
    } throws: { error in
      "\(error)".hasSuffix("Is a directory")
    }
  }
}

/// Calls `body` with the path of a file that holds `bytes`, then removes it.
func withTemporaryFile(_ bytes: [UInt8], _ body: (String) throws -> Void) throws {
  let url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
  try Data(bytes).write(to: url)
  defer { try? FileManager.default.removeItem(at: url) }
  try body(url.path)
}
