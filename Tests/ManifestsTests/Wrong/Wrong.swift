// SPDX-License-Identifier: Apache-2.0

import Testing

/// A wrong manifest, or wrong overrides, and everything that is said about it.
struct Wrong: Sendable, CustomTestStringConvertible {
  let title: String
  let text: String
  let overrides: [String]
  let message: String

  /// `small` with each of `changes` in place of its key's line, or behind it; `-key` takes a line out.
  init(_ title: String, _ changes: [String] = [], overrides: [String] = [], says message: String) {
    self.init(title, text: changed(small, changes), overrides: overrides, says: message)
  }

  init(_ title: String, text: String, overrides: [String] = [], says message: String) {
    self.title = title
    self.text = text
    self.overrides = overrides
    self.message = message
  }

  var testDescription: String { title }

  static let all =
    keys + yaml + values + components + data + parameters + experiment + commandLine
}

/// A manifest of one line per key with lines replaced, added or (`-key`) taken out.
func changed(_ text: String, _ changes: [String]) -> String {
  var lines = text.split(separator: "\n").map(String.init)
  for change in changes {
    if change.hasPrefix("-") {
      lines.removeAll { $0.hasPrefix(change.dropFirst() + ":") }
      continue
    }
    let key = change.prefix { $0 != ":" } + ":"
    if let index = lines.firstIndex(where: { $0.hasPrefix(key) }) {
      lines[index] = change
    } else {
      lines.append(change)
    }
  }
  return lines.joined(separator: "\n")
}

@Suite struct WrongManifestTests {
  @Test(arguments: Wrong.all)
  func `a wrong manifest is answered in full`(wrong: Wrong) {
    #expect(complaints(wrong.text, wrong.overrides) == wrong.message)
  }

  @Test func `each mistake is told once`() {
    #expect(Set(Wrong.all.map(\.title)).count == Wrong.all.count)
    #expect(Wrong.all.count > 100)
  }
}
