// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Foundation
import Testing

@testable import Reports

struct HTMLContentsTests {
  private func ids(_ headings: [Inline]) -> [String] {
    HTMLContents(headings.map { .heading(2, $0) }).sections.map(\.id)
  }

  @Test func `names of sections are words, each once, and never those of cells`() {
    #expect(
      ids([
        "Results: \(code: "test.accuracy")", "Curves", "Curves", "Cell 3", "激活函数", "…",
        .verbatim("A _b_"),
      ]) == [
        "results-test-accuracy", "curves", "curves-2", "section-cell-3", "激活函数", "section", "a-b",
      ]
    )
  }

  @Test func `few sections need no contents`() {
    #expect(HTMLContents([.heading(2, "A"), .heading(2, "B"), .heading(3, "C")]).lines.isEmpty)
  }
}

struct TextLanguageTests {
  @Test(
    arguments: [
      ("激活函数 · ReLU, sigmoid, tanh", " lang=\"zh\""), ("哪个激活函数更好?", " lang=\"zh\""),
      ("活性化かんすう", " lang=\"ja\""), ("활성화 함수", " lang=\"ko\""),
      ("\(.anchor("cell-0"))\(UserText("小型")) · 0.1", " lang=\"zh\""),
      (.link("0.9 小", to: .place("cell-3")), " lang=\"zh\""),
      ("The highest mean is that of \(strong: "小型")", ""), ("ReLU", ""), ("", ""),
      ("0.93 ± 0.02", ""), ("функция", ""), ("<小 is a sign", ""),
    ] as [(Inline, String)]
  )
  func `a text is in a language if most of it is`(text: Inline, attribute: String) {
    #expect(TextLanguage.attribute(text) == attribute)
  }
}

struct HTMLPageTests {
  private func page(_ sweep: SyntheticSweep = .troubled) throws -> String {
    let file = try Report.html(
      sweep.snapshot(),
      context: SyntheticSweep.context,
      name: "q.html"
    )
    #expect(GeneratedMark.isOurs(file.bytes))
    return String(decoding: file.bytes, as: UTF8.self)
  }

  @Test func `one file without scripts or anything to load, the same when built again`() throws {
    let text = try page()
    #expect(try page() == text)
    #expect(text.hasPrefix("<!DOCTYPE html>\n<html lang=\"en\">"))
    #expect(!text.contains("<script") && !text.contains("http:") && !text.contains("https:"))
    let sources = text.split(separator: "src=\"").dropFirst().map { $0.prefix(22) }
    #expect(!sources.isEmpty && sources.allSatisfy { $0 == "data:image/png;base64," })
  }

  @Test func `tables, links and alternatives say what the Markdown says`() throws {
    let text = try page()
    for part in [
      "<title lang=\"zh\">激活函数 · ReLU, sigmoid, tanh</title>",
      "<h1 lang=\"zh\">激活函数 · ReLU, sigmoid, tanh</h1>", ">Expectations: ",
      "<th scope=\"col\">Verdict</th>", "<td><a id=\"cell-0\"></a>",
      "href=\"#cell-", "<details>", "alt=\"Dot chart of test.accuracy",
      "<pre><code>name: activations",
      "Seen at a glance: <em>nothing broke</em>.", "loss is NaN at step 160 | epoch 4",
    ] {
      #expect(text.contains(part), "`\(part)` is missing")
    }
    // Every place a link leads to is there once.
    let places = text.split(separator: "href=\"#").dropFirst().map { $0.prefix { $0 != "\"" } }
    #expect(!places.isEmpty)
    for place in Set(places) { #expect(text.split(separator: "id=\"\(place)\"").count == 2) }
  }

  @Test func `the contents lead to every section, before the first of them`() throws {
    let text = try page()
    let ids = text.split(separator: "<h2 id=\"").dropFirst().map { $0.prefix { $0 != "\"" } }
    #expect(ids.contains("answer") && ids.contains("curves") && ids.contains("how-to-reproduce"))
    let start = try #require(text.range(of: "<nav aria-label=\"Contents\">\n<ul>\n"))
    let end = try #require(text.range(of: "</ul>\n</nav>\n<h2 id=\"answer\">"))
    let links = text[start.upperBound..<end.lowerBound].split(separator: "href=\"#").dropFirst()
    #expect(links.map { $0.prefix { $0 != "\"" } } == ids)
  }

  @Test func `each table has a name of its own`() {
    let table = Block.table([("aria-label=\"Table\"", .left)], [["1"]])
    let text = HTMLPage(title: "t", blocks: [table, .folded("more", [table])], images: [:]).text
    let names = text.split(separator: " aria-label=\"").dropFirst().map { $0.prefix { $0 != "\"" } }
    #expect(names == ["Table 1", "Table 2"])
  }

  @Test func `long listings stay folded on paper and say so`() {
    func text(_ rows: Int) -> String {
      let table = Block.table([("a", .left)], Array(repeating: ["1"], count: rows))
      return HTMLPage(title: "t", blocks: [.folded("All of \(strong: "it")", [table])], images: [:])
        .text
    }
    #expect(text(30).contains("<details>\n<summary>All of <strong>it</strong></summary>"))
    let long =
      "<summary>All of <strong>it</strong>"
      + "<span class=\"paper\"> (31 lines, in the file only)</span></summary>"
    #expect(text(31).contains("<details class=\"long\">\n\(long)"))
  }

  @Test func `an edited page is not ours`() throws {
    let file = try Report.html(
      SyntheticSweep().snapshot(),
      context: SyntheticSweep.context,
      name: "q.html"
    )
    let edited = String(decoding: file.bytes, as: UTF8.self).replacing("</main>", with: "x</main>")
    #expect(!GeneratedMark.isOurs(Array(edited.utf8)))
  }

  @Test func `notes keep their headings, lists, quotations and code`() {
    let notes = """
      # One
      Some *words*
      on two lines.

      - a
      - b

      > said
      ```yaml
      # no heading
      a: <b>
      ```
      """
    let page = HTMLPage(title: "t", blocks: [.foreign(notes)], images: [:]).text
    for part in [
      "<h1>One</h1>", "<p>Some <em>words</em> on two lines.</p>", "<p>• a<br>• b</p>",
      "<blockquote><p>said</p></blockquote>",
      "<pre><code># no heading\na: &lt;b&gt;\n</code></pre>",
    ] {
      #expect(page.contains(part), "`\(part)` is missing in \(page)")
    }
  }
}
