// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Reports

struct ReportWriterTests {
  /// A folder of its own for each test, removed at its end.
  private func inFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "runexp-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.appending(path: "reports/激活"))
  }

  private func file(_ text: String) -> GeneratedFile {
    GeneratedFile(name: "index.md", bytes: GeneratedMark.markdown(text))
  }

  @Test func `the folder is made and our own files are replaced`() throws {
    try inFolder { folder in
      try ReportWriter.check(folder: folder, names: ["index.md"])
      try ReportWriter.write([file("one")], to: folder)
      try ReportWriter.check(folder: folder, names: ["index.md"])
      try ReportWriter.write([file("two")], to: folder)
      let bytes = try Data(contentsOf: folder.appending(path: "index.md"))
      #expect(Array(bytes) == file("two").bytes)
    }
  }

  @Test func `a file edited by hand is left alone, unless forced`() throws {
    try inFolder { folder in
      try ReportWriter.write([file("one")], to: folder)
      let index = folder.appending(path: "index.md")
      try Data((try Array(Data(contentsOf: index))) + Array("mine\n".utf8)).write(to: index)
      #expect(throws: ReportWriterError.edited(paths: [index.relativePath])) {
        try ReportWriter.check(folder: folder, names: ["index.md", "results.png"])
      }
      #expect(throws: ReportWriterError.self) {
        try ReportWriter.write([file("two")], to: folder)
      }
      #expect(String(decoding: try Data(contentsOf: index), as: UTF8.self).hasSuffix("mine\n"))
      try ReportWriter.write([file("two")], to: folder, force: true)
      #expect(Array(try Data(contentsOf: index)) == file("two").bytes)
    }
  }

  @Test func `one foreign file stops all, so no report is half new`() throws {
    try inFolder { folder in
      try ReportWriter.write([file("one")], to: folder)
      let foreign = folder.appending(path: "results.png")
      try Data("not a picture".utf8).write(to: foreign)
      let picture = GeneratedFile(name: "results.png", bytes: [1])
      #expect(throws: ReportWriterError.edited(paths: [foreign.relativePath])) {
        try ReportWriter.write([file("two"), picture], to: folder)
      }
      let index = try Data(contentsOf: folder.appending(path: "index.md"))
      #expect(Array(index) == file("one").bytes)
    }
  }

  @Test func `other files in the folder stay`() throws {
    try inFolder { folder in
      try ReportWriter.write([file("one")], to: folder)
      let notes = folder.appending(path: "notes.md")
      try Data("mine".utf8).write(to: notes)
      try ReportWriter.write([file("two")], to: folder)
      #expect(try Data(contentsOf: notes) == Data("mine".utf8))
      let names = try FileManager.default.contentsOfDirectory(
        atPath: folder.path(percentEncoded: false)
      )
      #expect(names.sorted() == ["index.md", "notes.md"])
    }
  }

  @Test func `the sentence names the files and the ways out`() {
    let text = ReportWriterError.edited(paths: ["reports/a/index.md"]).description
    #expect(
      text == """
        `reports/a/index.md` was edited by hand or not made by runexp, so the report is not written \
        over it: the mark at the end does not fit the content
        hint: move your text to `notes.md` in the same folder, which every report includes and never \
        changes
        hint: `--reports DIR` writes elsewhere, `--force` writes over it
        """
    )
  }

  @Test func `a folder that cannot be made is said by name`() throws {
    try inFolder { folder in
      try FileManager.default.createDirectory(
        at: folder.deletingLastPathComponent(),
        withIntermediateDirectories: true
      )
      try Data().write(to: folder)
      let error = try #require(throws: ReportWriterError.self) {
        try ReportWriter.write([self.file("one")], to: folder)
      }
      #expect(error.description.hasPrefix("cannot write `"))
    }
  }
}
