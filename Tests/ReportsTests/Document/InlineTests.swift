// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import TestSupport
import Testing

@testable import Reports

struct InlineTests {
  struct Case: Sendable {
    var inline: Inline
    var markdown: String
    var html: String
    var plain: String
  }

  @Test(arguments: [
    Case(
      inline: "p < 0.001 [0.1, 0.2] & *",
      markdown: "p \\< 0.001 [0.1, 0.2] & \\*",
      html: "p &lt; 0.001 [0.1, 0.2] &amp; *",
      plain: "p < 0.001 [0.1, 0.2] & *"
    ),
    Case(
      inline: "\(UserText("<b> *x* [l](m) | # & _y_"))",
      markdown: "\\<b\\> \\*x\\* \\[l\\](m) \\| \\# &amp; \\_y\\_",
      html: "&lt;b&gt; *x* [l](m) | # &amp; _y_",
      plain: "<b> *x* [l](m) | # & _y_"
    ),
    Case(
      inline: "\(strong: "a") is \(code: "x|`y") \(.emphasis("b"))\(.lineBreak)n = \(3)",
      markdown: "**a** is ``x|`y`` *b*<br>n = 3",
      html: "<strong>a</strong> is <code>x|`y</code> <em>b</em><br>n = 3",
      plain: "a is x|`y b n = 3"
    ),
    Case(
      inline: .strong(.link("1 [0, 2]", to: .place("cell-0"))),
      markdown: "**[1 \\[0, 2\\]](#cell-0)**",
      html: "<strong><a href=\"#cell-0\">1 [0, 2]</a></strong>",
      plain: "1 [0, 2]"
    ),
    Case(
      inline: "\(.anchor("cell-12"))mlp \(.superscript("ab"))",
      markdown: "<a id=\"cell-12\"></a>mlp <sup>ab</sup>",
      html: "<a id=\"cell-12\"></a>mlp <sup>ab</sup>",
      plain: "mlp ab"
    ),
    Case(
      inline: "\(UserText("a\u{1b}\nb"))",
      markdown: "a\\\\u{1B} b",
      html: "a\\u{1B} b",
      plain: "a\\u{1B} b"
    ),
  ])
  func `three renderers say the same`(example: Case) {
    #expect(example.inline.markdown() == example.markdown)
    #expect(example.inline.html == example.html)
    #expect(example.inline.plain == example.plain)
  }

  @Test func `a table's bars are escaped in its cells`() {
    let inline: Inline = "\(code: "a|b") | \(UserText("|"))"
    #expect(inline.markdown(.cell) == "`a\\|b` \\| \\|")
    #expect(inline.markdown() == "`a|b` | \\|")
  }

  /// The program's words are not trusted further than they have to be.
  @Test(arguments: ["[x](javascript:alert(1))", "<script>", "`x`", "**x**", "\\[x](y)", "![x](y)"])
  func `no mark in the program's words is live`(text: String) {
    let markdown = Inline.text(text).markdown()
    #expect(PageSkeleton.markdown(markdown).isEmpty, "\(markdown)")
  }

  @Test(
    arguments: [
      ("http://a/b", "http://a/b"), ("HTTPS://a", "HTTPS://a"), ("mailto:a@b", "mailto:a@b"),
      ("other.md#c:d", "other.md#c:d"), ("#place", "#place"), ("/a:b", "/a:b"),
      ("javascript:alert(1)", nil), ("data:text/html,x", nil), (" javascript:x", nil),
    ] as [(String, String?)]
  )
  func `notes link to pages, not to scripts`(text: String, address: String?) {
    #expect(LinkTarget.foreign(text).address == address)
  }

  @Test func `a handful is listed, then how many more`() {
    let names = (1...8).map { Inline.text("\($0)") }
    #expect(names.prefix(6).map(\.self).listed.plain == "1, 2, 3, 4, 5, 6")
    #expect(names.listed.plain == "1, 2, 3, 4, 5 and 3 more")
  }
}

struct ForeignMarkdownTests {
  @Test(arguments: [
    ("a < b & c", "a &lt; b &amp; c"),
    (#"\*no\* \<b\> \_x\_"#, "*no* &lt;b&gt; _x_"),
    ("**bold** and *soft*", "<strong>bold</strong> and <em>soft</em>"),
    ("`a*b` `` x`y ``", "<code>a*b</code> <code> x`y </code>"),
    ("[0.9 ± 0.1](#cell-3)", "<a href=\"#cell-3\">0.9 ± 0.1</a>"),
    ("[x](javascript:alert(1)) y", "x) y"),
    ("1 <sup>ab</sup><br>n = 2", "1 <sup>ab</sup><br>n = 2"),
    ("<script>x</script>", "&lt;script&gt;x&lt;/script&gt;"),
    ("R&amp;D", "R&amp;D"), ("`open", "`open"), ("[open", "[open"),
    ("**open", "<strong>open</strong>"), ("</sup>", "&lt;/sup&gt;"),
    ("激活 · \\|x\\|", "激活 · |x|"),
  ])
  func `notes are read as far as they are shown, and escaped`(markdown: String, html: String) throws
  {
    let block = try #require(ForeignMarkdown(markdown).blocks.first)
    guard case .paragraph(let line) = block else {
      Issue.record("no paragraph")
      return
    }
    #expect(line.html == html)
  }
}
