// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Diagnostics

@Suite struct ExcerptTests {
  private func rendered(_ line: String, column: Int, length: Int) -> String {
    Diagnostic(
      "wrong",
      at: SourceLocation(file: "f", line: 1, column: column),
      excerpt: line,
      length: length
    ).rendered
  }

  @Test func `a long line is shown around the place`() {
    let line = String(repeating: "a", count: 500) + "HERE" + String(repeating: "b", count: 500)
    #expect(
      rendered(line, column: 501, length: 4) == """
        f:1:501: error: wrong
        …\(String(repeating: "a", count: 40))HERE\(String(repeating: "b", count: 76))…
        \(String(repeating: " ", count: 41))^~~~
        """
    )
  }

  @Test func `a long place is cut`() {
    let line = String(repeating: "[", count: 5000)
    #expect(
      rendered(line, column: 1, length: 5000) == """
        f:1:1: error: wrong
        \(String(repeating: "[", count: 120))…
        ^\(String(repeating: "~", count: 119))
        """
    )
  }

  @Test func `the end of a long line, and a place behind it`() {
    let line = String(repeating: "a", count: 500)
    for (column, length) in [(500, 1), (501, 1), (501, 40), (700, 3)] {
      let lines = rendered(line, column: column, length: length).split(separator: "\n")
      #expect(lines[1].count <= 121 && lines[2].count <= 121, "\(column)")
    }
  }

  @Test func `a long quoted text is cut in the middle`() {
    let text = String(repeating: "x", count: 5000) + "end"
    let message = Diagnostic("`name` is `\(text)`", hints: ["write `\(text)`"]).rendered
    let cut = String(repeating: "x", count: 120) + "…" + String(repeating: "x", count: 37) + "end"
    #expect(message == "error: `name` is `\(cut)`\nhint: write `\(cut)`")
    let path = "`/" + String(repeating: "folder/", count: 20) + "file` is missing"
    #expect(Diagnostic(path).rendered == "error: \(path)")
  }

  @Test func `what a terminal would obey is shown, and underlined as wide as it is shown`() {
    #expect(
      rendered("a\u{1b}b: c\u{7}d", column: 6, length: 3) == """
        f:1:6: error: wrong
        a\\u{1B}b: c\\u{7}d
                  ^~~~~~~
        """
    )
    #expect(
      Diagnostic("no `a\nerror: b`", hints: ["\u{1b}c"]).rendered
        == "error: no `a error: b`\nhint: \\u{1B}c"
    )
  }
}
