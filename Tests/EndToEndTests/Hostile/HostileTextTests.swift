// SPDX-License-Identifier: Apache-2.0

import Codecs
import Experiments
import Foundation
import Storage
import TestSupport
import Testing
import Vocabulary

/// What a user wrote reaches every output as text that is shown, and that nothing obeys.
@Suite(.inTurns) struct HostileTextTests {
  /// What every command said, by what was typed.
  private struct Session {
    let box: Sandbox
    var said: [(command: String, finished: Finished)] = []

    init(isHostile: Bool) throws {
      box = try Sandbox()
      try HostileManifest(isHostile: isHostile).write(in: box)
    }

    mutating func run(_ words: String...) async throws {
      let finished = try await box.start(words).finished()
      said.append((words.joined(separator: " "), finished))
    }
  }

  private func session(isHostile: Bool) async throws -> Session {
    var session = try Session(isHostile: isHostile)
    let texts = HostileManifest(isHostile: isHostile)
    try await session.run("plan", "m.yaml")
    try await session.run("plan", "m.yaml", "--json")
    try await session.run("sweep", "m.yaml", "--jobs", "1")
    try await session.run("sweep", "m.yaml")
    try await session.run("sweep", "pictures.yaml")
    try await session.run("plan", "wrong.yaml")
    try await session.run("import", "i.csv", "--as", "other")
    for name in ["guard", "other", "pictures"] {
      try await session.run("report", name)
      try await session.run("report", name, "--html", "\(name).html")
    }
    try await session.run("tag", "best:guard", texts.text.word("late"), "=1+1")
    try await session.run("note", "best:guard", texts.text.word("note"))
    for command in ["show", "why"] {
      try await session.run(command, "best:guard")
      try await session.run(command, "best:guard", "--json")
      try await session.run(command, "guard#0")
    }
    try await session.run("show", "guard")
    try await session.run("why", "guard")
    try await session.run("runs")
    try await session.run("runs", "--json")
    try await session.run("runs", "--columns", "id,model,tags,reason,test.accuracy")
    try await session.run("runs", texts.text.word("sweep"))
    try await session.run("compare", "guard")
    try await session.run("compare", "guard", "--json")
    try await session.run("compare", "guard#0", "guard#2")
    try await session.run("compare", "guard", "--by", "model")
    try await session.run("compare", "guard", "--by", texts.text.word("by"))
    try await session.run("diff", "guard#0", "guard#2")
    try await session.run("diff", "guard#0", "guard#2", "--json")
    try await session.run("sql", "SELECT * FROM v_run")
    try await session.run("sql", "SELECT * FROM v_run", "--json")
    for format in ["csv", "json"] {
      try await session.run("export", "guard", "--format", format)
      try await session.run("export", "best:guard", "--format", format)
    }
    try await session.run("export", "other", "--format", "csv")
    try await session.run("confirm", "guard", "--top", "1", "--repeat", "3", "--jobs", "1")
    try await session.run("retry", "guard")
    try await session.run("verify", "best:guard")
    try await session.run("watch", "guard")
    try await session.run("init", "again.yaml", "--from", "best:guard")
    try await session.run("doctor")
    return session
  }

  @Test func `nothing that a user wrote is obeyed by a terminal, a page, a table or a picture`()
    async throws
  {
    let plain = try await session(isHostile: false)
    let hostile = try await session(isHostile: true)
    for (said, other) in zip(hostile.said, plain.said) {
      expectSafe(said.command, said.finished, other.finished)
    }
    for name in ["guard", "other", "pictures", "guard-confirm"] {
      try expectSafePages("reports/\(name)", hostile.box, plain.box)
    }
    for name in ["guard", "other", "pictures"] {
      let page = String(decoding: try hostile.box.bytes("\(name).html"), as: UTF8.self)
      let other = String(decoding: try plain.box.bytes("\(name).html"), as: UTF8.self)
      #expect(HostileText.raw(in: page).isEmpty, "\(name).html")
      #expect(PageSkeleton.html(page) == PageSkeleton.html(other), "\(name).html")
    }
    // What is stored is what was written.
    let tags = try hostile.box.store().runs(ofSweeps: ["guard"]).map(\.tags)
    #expect(tags.allSatisfy { $0.contains(HostileManifest(isHostile: true).tag) })
  }

  /// The same lines as with plain words, and no character that a terminal obeys.
  private func expectSafe(_ command: String, _ said: Finished, _ other: Finished) {
    let shown = command.unicodeScalars.map { $0.isASCII && $0.value >= 32 ? String($0) : "?" }
      .joined()
    #expect(said.status == other.status, "`\(shown)` said: \(said.talk.debugDescription)")
    for text in [said.output, said.talk] {
      let found = HostileText.raw(in: text)
      #expect(
        found.isEmpty,
        "`\(shown)` wrote \(Set(found.map { String($0.value, radix: 16) }).sorted())"
      )
    }
    if command.contains("--format csv") {
      expectSafeTable(said.output, "`\(shown)`")
    } else {
      #expect(lines(said.output) == lines(other.output), "`\(shown)` printed \(said.output)")
      #expect(lines(said.talk) == lines(other.talk), "`\(shown)` said \(said.talk)")
    }
    for line in lines(of: said.output) where line.hasPrefix("{") {
      #expect(throws: Never.self, "`\(shown)`") {
        try JSONSerialization.jsonObject(with: Data(line.utf8))
      }
    }
  }

  private func lines(_ text: String) -> Int { lines(of: text).count }

  private func lines(of text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  /// No field begins as a formula does, unless it is a number.
  private func expectSafeTable(_ text: String, _ place: String) {
    for field in CSVFields.all(in: text) {
      guard let first = field.unicodeScalars.first, "=+-@\t\r".unicodeScalars.contains(first) else {
        continue
      }
      #expect(Double(field) != nil, "\(place) has the field \(field.debugDescription)")
    }
  }

  private func expectSafePages(_ folder: String, _ box: Sandbox, _ plain: Sandbox) throws {
    let (files, others) = (try box.files(in: folder), try plain.files(in: folder))
    #expect(files.keys.sorted() == others.keys.sorted())
    for (name, data) in files {
      if name.hasSuffix(".png") {
        for text in try PNG.text(of: Array(data)) {
          #expect(HostileText.raw(in: text.text).isEmpty, "\(name): \(text.keyword)")
        }
        continue
      }
      guard !name.hasSuffix(".pdf"), let other = others[name] else { continue }
      let (text, same) = (
        String(decoding: data, as: UTF8.self), String(decoding: other, as: UTF8.self)
      )
      #expect(HostileText.raw(in: text).isEmpty, "\(folder)/\(name)")
      if name.hasSuffix(".md") {
        #expect(
          PageSkeleton.markdown(text) == PageSkeleton.markdown(same),
          "\(folder)/\(name)"
        )
      }
    }
  }
}

/// The fields of comma-separated values.
private enum CSVFields {
  static func all(in text: String) -> [String] {
    var fields: [String] = []
    var field = String.UnicodeScalarView()
    var isQuoted = false
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": isQuoted.toggle()
      case ",", "\n":
        if isQuoted {
          field.append(scalar)
        } else {
          fields.append(String(field))
          field = String.UnicodeScalarView()
        }
      default: field.append(scalar)
      }
    }
    return fields
  }
}
