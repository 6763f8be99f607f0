// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Reports

struct MarkdownTests {
  @Test(arguments: [
    ("learning_rate", "learning_rate"), ("_x_", "\\_x\\_"), ("a|b", "a\\|b"),
    ("<b>&", "\\<b\\>&amp;"), ("1*2", "1\\*2"), ("[x](y)", "\\[x\\](y)"), ("激活函数", "激活函数"),
    ("two\nlines", "two lines"), ("<b\u{301}>", "\\<b\u{301}\\>"), ("[\u{301}", "\\[\u{301}"),
    ("\u{1b}[0m", "\\\\u{1B}\\[0m"), ("`c`", "\\`c\\`"), ("# no heading", "\\# no heading"),
  ])
  func `text shows as it is`(text: String, expected: String) {
    #expect(Markdown.escaped(text) == expected)
  }

  @Test(arguments: [
    ("- a", "\\- a"), ("===", "\\==="), ("1. a", "1\\. a"), ("2) a", "2\\) a"),
    ("    code", "code"),
    ("0.5 is half", "0\\.5 is half"), ("a - b", "a - b"), ("", ""),
  ])
  func `a line of text begins no list and underlines no heading`(line: String, expected: String) {
    #expect(Markdown.startOfLine(line) == expected)
  }

  @Test func `code may hold backticks and bars`() {
    #expect(Markdown.code("a`b") == "``a`b``")
    #expect(Markdown.code("`a`") == "`` `a` ``")
    #expect(Markdown.code("a|b") == "`a|b`")
    #expect(Markdown.code("a|b", .cell) == "`a\\|b`")
    // Programs do not agree whether a backslash before such a bar is one.
    #expect(Markdown.code("a\\|b", .cell) == "<code>a\\\\\\|b</code>")
    #expect(Markdown.code(" a ") == "`  a  `")
  }

  @Test func `a fence is longer than any inside`() {
    #expect(Markdown.fenced("a: ```x```\n", language: "yaml") == "````yaml\na: ```x```\n````")
    #expect(Markdown.fenced("a: 1", language: "yaml") == "```yaml\na: 1\n```")
  }

  @Test func `a table aligns numbers right`() {
    let table = Markdown.table([("A", .left), ("B", .right)], [["x", "1"]])
    #expect(table == "| A | B |\n| :--- | ---: |\n| x | 1 |")
  }
}
