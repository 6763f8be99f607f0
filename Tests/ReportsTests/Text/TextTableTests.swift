// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Reports

struct TextTableTests {
  private let table = TextTable(
    [TextTable.Column("name"), TextTable.Column("n", isNumber: true), TextTable.Column("why")],
    rows: [["激活函数", "5", "a long reason that nobody reads"], ["mlp", "12", ""]]
  )

  @Test func `wide characters take two columns`() {
    #expect(
      table.lines() == [
        "name       n  why", "激活函数   5  a long reason that nobody reads", "mlp       12",
      ]
    )
  }

  @Test func `the widest words are cut to the terminal's width, numbers never`() {
    let lines = table.lines(width: 24)
    #expect(lines == ["name       n  why", "激活函数   5  a long re…", "mlp       12"])
    #expect(lines.allSatisfy { DisplayWidth.of($0) <= 24 })
    let numbers = TextTable([TextTable.Column("n", isNumber: true)], rows: [["123456789"]])
    #expect(numbers.lines(width: 4) == ["        n", "123456789"])
  }

  @Test func `a table of many numbers becomes several, none of which is cut`() {
    let names = ["epoch", "test.accuracy", "test.loss", "train.accuracy", "train.loss"]
    let table = TextTable(
      names.map { TextTable.Column($0, isNumber: true) },
      rows: [["1", "0.5", "1.25", "0.75", "1"], ["2", "0.625", "1.125", "0.875", "0.5"]]
    )
    #expect(table.split(width: nil) == [table])
    #expect(table.split(width: table.fullWidth) == [table])
    let parts = table.split(width: 33)
    #expect(
      parts.map { $0.columns.map(\.title) } == [
        ["epoch", "test.accuracy", "test.loss"], ["epoch", "train.accuracy", "train.loss"],
      ]
    )
    #expect(parts.flatMap { $0.lines() }.allSatisfy { $0.count <= 33 })
    #expect(parts[1].rows == [["1", "0.75", "1"], ["2", "0.875", "0.5"]])
    // Even one is too wide.
    #expect(table.split(width: 8).map(\.columns.count) == [2, 2, 2, 2])
  }

  @Test func `sentences are wrapped, and what tells rows apart stays whole`() {
    let table = TextTable(
      [
        TextTable.Column("", fit: .whole), TextTable.Column("state"),
        TextTable.Column("why", fit: .wrap),
      ],
      rows: [
        ["quickstart@1#10", "interrupted", "no stored run has its content, so it is trained"],
        ["quickstart@1#11", "completed", ""],
      ]
    )
    #expect(
      table.lines(width: 60) == [
        "                 state        why",
        "quickstart@1#10  interrupted  no stored run has its content,",
        "                              so it is trained",
        "quickstart@1#11  completed",
      ]
    )
    #expect(
      table.lines(width: 40) == [
        "                 state   why",
        "quickstart@1#10  inter…  no stored run has its",
        "                         content, so it is",
        "                         trained",
        "quickstart@1#11  compl…",
      ]
    )
    #expect(
      table.lines()[1].hasSuffix("interrupted  no stored run has its content, so it is trained")
    )
    #expect(table.fullWidth == table.lines()[1].count)
  }

  @Test func `the further lines of an indented sentence are indented`() {
    #expect(wrapped("  one two three", width: 9) == ["  one two", "    three"])
    #expect(wrapped(["a b", "", "c"], width: 1) == ["a", "b", "", "c"])
  }

  @Test(arguments: [
    ("abc", 3), ("中文", 4), ("e\u{301}", 1), ("🙂", 2), ("한글", 4), ("", 0), ("ｆ", 2), ("×≤", 2),
  ])
  func `widths are those of a terminal`(text: String, width: Int) {
    #expect(DisplayWidth.of(text) == width)
  }

  @Test func `a wide character is never cut in half`() {
    #expect(DisplayWidth.truncated("中文字", to: 4) == "中…")
    #expect(DisplayWidth.truncated("中文字", to: 6) == "中文字")
    #expect(DisplayWidth.truncated("中文字", to: 0) == "")
  }

  @Test func `line feeds do not break a row`() {
    let table = TextTable([TextTable.Column("a")], rows: [["x\ny"]])
    #expect(table.text() == "a\nx y\n")
  }
}
