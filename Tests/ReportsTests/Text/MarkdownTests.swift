// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Reports

struct MarkdownTests {
  @Test(arguments: [
    ("learning_rate", "learning_rate"), ("_x_", "\\_x\\_"), ("a|b", "a\\|b"),
    ("<b>&", "\\<b\\>&amp;"), ("1*2", "1\\*2"), ("[x](y)", "\\[x\\](y)"), ("激活函数", "激活函数"),
    ("two\nlines", "two lines"), ("`c`", "\\`c\\`"), ("# no heading", "\\# no heading"),
  ])
  func `text shows as it is`(text: String, expected: String) {
    #expect(Markdown.escaped(text) == expected)
  }

  @Test func `code may hold backticks and bars`() {
    #expect(Markdown.code("a`b") == "``a`b``")
    #expect(Markdown.code("`a`") == "`` `a` ``")
    #expect(Markdown.code("a|b") == "`a\\|b`")
  }

  @Test func `a fence is longer than any inside`() {
    #expect(Markdown.fenced("a: ```x```\n", language: "yaml") == "````yaml\na: ```x```\n````")
    #expect(Markdown.fenced("a: 1", language: "yaml") == "```yaml\na: 1\n```")
  }

  @Test func `a table aligns numbers right`() {
    let table = Markdown.table([("A", .left), ("B", .right)], [["x", "1"]])
    #expect(table == "| A | B |\n| :--- | ---: |\n| x | 1 |")
  }

  @Test(arguments: ["a*b", "c\\d", "`e`", "f & g", "<h>", "_i_", "激活"])
  func `plain text undoes the escapes`(text: String) {
    #expect(Markdown.plain("**\(Markdown.escaped(text))** `x`") == text + " x")
  }
}
