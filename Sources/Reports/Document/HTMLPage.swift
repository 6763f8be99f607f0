// SPDX-License-Identifier: Apache-2.0

internal import Diagnostics
import Foundation

/// A report as one HTML file: no scripts, nothing to load, pictures inside, readable on paper and aloud.
struct HTMLPage {
  let title: String
  let blocks: [Block]
  /// The bytes of each picture by its file's name.
  let images: [String: [UInt8]]
  private let contents: HTMLContents

  init(title: String, blocks: [Block], images: [String: [UInt8]]) {
    self.title = title
    self.blocks = blocks
    self.images = images
    contents = HTMLContents(blocks)
  }

  /// The whole file, without its mark.
  var text: String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
    <title\(TextLanguage.attribute(.verbatim(title)))>\(HTMLText.escaped(visible(title)))</title>
    <style>
    \(HTMLStyle.text)
    </style>
    </head>
    <body>
    <main>
    \(body)
    </main>
    </body>
    </html>

    """
  }

  /// The contents stand before the first section.
  private var body: String {
    let first = contents.sections.first?.place ?? blocks.count
    let parts = blocks.enumerated().flatMap { place, block in
      (place == first ? contents.lines : []) + [html(block, id: contents.id(at: place))]
    }
    return numbered(parts.joined(separator: "\n"))
  }

  /// A reader that lists a page's regions tells tables apart by their numbers.
  private func numbered(_ html: String) -> String {
    let parts = html.split(separator: "aria-label=\"Table\"", omittingEmptySubsequences: false)
    return parts.dropFirst().enumerated().reduce(String(parts[0])) { text, part in
      text + "aria-label=\"Table \(part.offset + 1)\"" + part.element
    }
  }

  private func html(_ block: Block) -> String { html(block, id: nil) }

  private func html(_ block: Block, id: String?) -> String {
    switch block {
    case .heading(let level, let text):
      let tag = "h\(min(6, max(1, level)))"
      return Self.element(tag, text, id.map { " id=\"\($0)\"" } ?? "")
    case .paragraph(let text): return Self.element("p", text)
    case .quotation(let lines):
      let text = lines.map(\.html).joined(separator: "<br>\n")
      let language = TextLanguage.attribute(lines.joined(" "))
      return "<blockquote\(language)><p>\(text)</p></blockquote>"
    case .table(let columns, let rows): return table(columns, rows)
    case .folded(let summary, let blocks):
      return folded(summary, blocks)
    case .code(let text, _): return "<pre><code>\(HTMLText.escaped(text))</code></pre>"
    case .image(let file, let alternative, _): return image(file, alternative)
    case .foreign(let text): return ForeignMarkdown(text).blocks.map(html).joined(separator: "\n")
    }
  }

  /// A line of text in an element, with its language where that is not the page's.
  private static func element(_ tag: String, _ text: Inline, _ attributes: String = "") -> String {
    "<\(tag)\(attributes)\(TextLanguage.attribute(text))>\(text.html)</\(tag)>"
  }

  /// On paper, long listings stay folded: whoever needs one has the file.
  private func folded(_ summary: Inline, _ blocks: [Block]) -> String {
    let lines = blocks.reduce(0) { $0 + $1.printedLines }
    let isLong = lines > Self.longestPrinted
    let note = isLong ? "<span class=\"paper\"> (\(lines) lines, in the file only)</span>" : ""
    return "<details\(isLong ? " class=\"long\"" : "")>\n"
      + "<summary\(TextLanguage.attribute(summary))>\(summary.html)\(note)</summary>\n"
      + blocks.map(html).joined(separator: "\n") + "\n</details>"
  }

  /// Less than half a page.
  private static let longestPrinted = 30

  private func table(_ columns: [Block.Column], _ rows: [[Inline]]) -> String {
    func cells(_ texts: [Inline], _ tag: String) -> String {
      zip(columns, texts).map { column, text in
        let scope = tag == "th" ? " scope=\"col\"" : ""
        let alignment = column.alignment == .right ? " class=\"number\"" : ""
        return Self.element(tag, text, scope + alignment)
      }.joined()
    }
    let head = "<thead>\n<tr>\(cells(columns.map(\.title), "th"))</tr>\n</thead>"
    let body = rows.map { "<tr>\(cells($0, "td"))</tr>" }.joined(separator: "\n")
    // A wide table moves inside its frame, which the keyboard can reach.
    return "<div class=\"table\" role=\"region\" tabindex=\"0\" aria-label=\"Table\">\n<table>\n"
      + head + "\n<tbody>\n\(body)\n</tbody>\n</table>\n</div>"
  }

  private func image(_ file: String?, _ alternative: String) -> String {
    let words = HTMLText.escaped(visible(alternative))
    guard let file, let bytes = images[file] else { return "<p>\(words)</p>" }
    let data = Data(bytes).base64EncodedString()
    let type = file.hasSuffix(".svg") ? "svg+xml" : "png"
    let width = Self.width(of: bytes).map { " width=\"\($0)\"" } ?? ""
    return
      "<figure><img src=\"data:image/\(type);base64,\(data)\"\(width) alt=\"\(words)\"></figure>"
  }

  /// The width of a PNG in CSS pixels, of which each is two of its own; nil for other files.
  ///
  /// Without it a browser shows all pictures as wide as the page, and letters of narrow ones larger.
  private static func width(of bytes: [UInt8]) -> Int? {
    guard bytes.count > 20, Array(bytes[12..<16]) == Array("IHDR".utf8) else { return nil }
    return bytes[16..<20].reduce(0) { $0 << 8 | Int($1) } / 2
  }
}
