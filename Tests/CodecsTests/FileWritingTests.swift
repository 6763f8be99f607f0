// SPDX-License-Identifier: Apache-2.0

import Codecs
import Foundation
import Testing

@Suite struct FileWritingTests {
  /// A folder that is removed behind the test.
  private final class Folder {
    let url = FileManager.default.temporaryDirectory.appending(path: "writing-\(UUID().uuidString)")

    init() throws {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { _ = try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appending(path: name).path(percentEncoded: false) }

    var names: [String] {
      get throws {
        try FileManager.default.contentsOfDirectory(atPath: url.path(percentEncoded: false))
          .sorted()
      }
    }
  }

  @Test func `a file is replaced as a whole and keeps its permissions`() throws {
    let folder = try Folder()
    try ByteFile.write([1, 2, 3], to: folder.path("a"))
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o640],
      ofItemAtPath: folder.path("a")
    )
    try ByteFile.write([4], to: folder.path("a"))
    #expect(try ByteFile.read(folder.path("a")) == [4])
    let attributes = try FileManager.default.attributesOfItem(atPath: folder.path("a"))
    #expect(attributes[.posixPermissions] as? Int == 0o640)
    #expect(try folder.names == ["a"])
  }

  @Test func `behind a link the linked file is replaced, and the link stays`() throws {
    let folder = try Folder()
    try ByteFile.write([1], to: folder.path("a"))
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("link"),
      withDestinationPath: "a"
    )
    try ByteFile.write([2], to: folder.path("link"))
    #expect(try ByteFile.read(folder.path("a")) == [2])
    #expect(
      try FileManager.default.destinationOfSymbolicLink(atPath: folder.path("link")) == "a"
    )
  }

  @Test func `a file that is there can be refused, and stays as it is`() throws {
    let folder = try Folder()
    try ByteFile.write([1], to: folder.path("a"), replacing: false)
    let failure = FileWritingError(path: folder.path("a"), reason: "File exists")
    #expect(throws: failure) { try ByteFile.write([2], to: folder.path("a"), replacing: false) }
    #expect(try ByteFile.read(folder.path("a")) == [1])
  }

  @Test func `where no folder is, nothing can be written`() throws {
    let folder = try Folder()
    let failure = FileWritingError(
      path: folder.path("no/a"),
      reason: "No such file or directory"
    )
    #expect(throws: failure) { try ByteFile.write([2], to: folder.path("no/a")) }
    #expect(
      failure.description == "`\(folder.path("no/a"))` cannot be written: No such file or directory"
    )
  }

  #if os(Linux)
    @Test func `a device is written into, and a full one is an error`() throws {
      try ByteFile.write([1, 2], to: "/dev/null")
      let failure = FileWritingError(path: "/dev/full", reason: "No space left on device")
      #expect(throws: failure) { try ByteFile.write([1], to: "/dev/full") }
      #expect(FileManager.default.fileExists(atPath: "/dev/full"))
      let type = try FileManager.default.attributesOfItem(atPath: "/dev/full")[.type]
      #expect(type as? FileAttributeType == .typeCharacterSpecial)
    }
  #endif
}
