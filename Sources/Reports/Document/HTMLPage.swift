// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A report as one HTML file: no scripts, nothing to load, pictures inside, readable on paper and aloud.
struct HTMLPage {
  let title: String
  let blocks: [Block]
  /// The bytes of each picture by its file's name.
  let images: [String: [UInt8]]
  /// The language of the words that the program writes.
  let language = "en"

  /// The whole file, without its mark.
  var text: String {
    """
    <!DOCTYPE html>
    <html lang="\(language)">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
    <title>\(InlineHTML.escaped(title))</title>
    <style>
    \(Self.style)
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

  private var body: String { blocks.map(html).joined(separator: "\n") }

  private func html(_ block: Block) -> String {
    switch block {
    case .heading(let level, let text):
      let tag = "h\(min(6, max(1, level)))"
      return "<\(tag)>\(InlineHTML.text(text))</\(tag)>"
    case .paragraph(let text): return "<p>\(InlineHTML.text(text))</p>"
    case .quotation(let lines):
      let text = lines.map { InlineHTML.text($0) }.joined(separator: "<br>\n")
      return "<blockquote><p>\(text)</p></blockquote>"
    case .table(let columns, let rows): return table(columns, rows)
    case .folded(let summary, let blocks):
      return "<details>\n<summary>\(InlineHTML.text(summary))</summary>\n"
        + blocks.map(html).joined(separator: "\n") + "\n</details>"
    case .code(let text, _): return "<pre><code>\(InlineHTML.escaped(text))</code></pre>"
    case .image(let file, let alternative, _): return image(file, alternative)
    case .foreign(let text): return ForeignMarkdown(text).blocks.map(html).joined(separator: "\n")
    }
  }

  private func table(_ columns: [Block.Column], _ rows: [[String]]) -> String {
    func cells(_ texts: [String], _ tag: String) -> String {
      zip(columns, texts).map { column, text in
        let scope = tag == "th" ? " scope=\"col\"" : ""
        let alignment = column.alignment == .right ? " class=\"number\"" : ""
        return "<\(tag)\(scope)\(alignment)>\(InlineHTML.text(text))</\(tag)>"
      }.joined()
    }
    let head = "<thead>\n<tr>\(cells(columns.map(\.title), "th"))</tr>\n</thead>"
    let body = rows.map { "<tr>\(cells($0, "td"))</tr>" }.joined(separator: "\n")
    // A wide table moves inside its frame, which the keyboard can reach.
    return "<div class=\"table\" role=\"region\" tabindex=\"0\" aria-label=\"Table\">\n<table>\n"
      + head + "\n<tbody>\n\(body)\n</tbody>\n</table>\n</div>"
  }

  private func image(_ file: String?, _ alternative: String) -> String {
    let words = InlineHTML.escaped(alternative)
    guard let file, let bytes = images[file] else { return "<p>\(words)</p>" }
    let data = Data(bytes).base64EncodedString()
    let type = file.hasSuffix(".svg") ? "svg+xml" : "png"
    return "<figure><img src=\"data:image/\(type);base64,\(data)\" alt=\"\(words)\"></figure>"
  }

  private static let style = """
    :root { color-scheme: light; }
    body { margin: 0; font: 16px/1.5 system-ui, "Noto Sans", "DejaVu Sans", sans-serif; color: #222; background: #fff; }
    main { max-width: 60rem; margin: 0 auto; padding: 1.5rem; }
    h1, h2, h3 { line-height: 1.25; margin: 2rem 0 0.75rem; }
    h1 { margin-top: 0; }
    h2 { border-bottom: 1px solid #ccc; padding-bottom: 0.25rem; }
    a { color: #0b57a4; }
    blockquote { margin: 1rem 0; padding: 0.1rem 1rem; border-left: 4px solid #888; color: #333; }
    .table { overflow-x: auto; margin: 1rem 0; }
    table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
    th, td { border: 1px solid #bbb; padding: 0.25rem 0.6rem; text-align: left; vertical-align: top; }
    th { background: #f0f0f0; }
    .number { text-align: right; }
    code { font: 0.9em ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
    pre { background: #f5f5f5; padding: 0.75rem; overflow-x: auto; }
    pre code { overflow-wrap: normal; }
    figure { margin: 1rem 0; }
    img { max-width: 100%; height: auto; }
    summary { cursor: pointer; }
    @media print {
      main { max-width: none; padding: 0; }
      body { font-size: 10pt; }
      a { color: inherit; text-decoration: none; }
      figure, tr, pre { break-inside: avoid; }
      h1, h2, h3 { break-after: avoid; }
      thead { display: table-header-group; }
      .table { overflow: visible; }
      pre { white-space: pre-wrap; }
      details::details-content { display: block; content-visibility: visible; block-size: auto; }
      summary { list-style: none; font-weight: bold; }
    }
    """
}

/// Somebody's Markdown as far as notes use it: headings, paragraphs, lists, quotations and fenced code.
///
/// Tables, pictures, HTML and nested lists show as their text.
struct ForeignMarkdown {
  let blocks: [Block]

  init(_ text: String) {
    var blocks: [Block] = []
    var lines: [String] = []
    var fence: String?
    func close() {
      if !lines.isEmpty { blocks.append(Self.block(lines)) }
      lines = []
    }
    for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      let line = String(line)
      if let open = fence {
        if line.hasPrefix(open) {
          blocks.append(.code(lines.joined(separator: "\n") + "\n", language: ""))
          (fence, lines) = (nil, [])
        } else {
          lines.append(line)
        }
      } else if line.hasPrefix("```") {
        close()
        fence = String(line.prefix { $0 == "`" })
      } else if line.allSatisfy(\.isWhitespace) {
        close()
      } else if Self.heading(line) != nil {
        close()
        lines = [line]
        close()
      } else {
        lines.append(line)
      }
    }
    if fence != nil {
      blocks.append(.code(lines.joined(separator: "\n") + "\n", language: ""))
    } else {
      close()
    }
    self.blocks = blocks
  }

  private static func heading(_ line: String) -> (level: Int, text: String)? {
    let level = line.prefix { $0 == "#" }.count
    guard (1...6).contains(level), line.dropFirst(level).first == " " else { return nil }
    return (level, String(line.dropFirst(level + 1)))
  }

  private static func block(_ lines: [String]) -> Block {
    if lines.count == 1, let heading = heading(lines[0]) {
      return .heading(heading.level, heading.text)
    }
    if lines.allSatisfy({ $0.hasPrefix(">") }) {
      return .quotation(lines.map { String($0.dropFirst().drop { $0 == " " }) })
    }
    if lines.allSatisfy({ $0.hasPrefix("- ") || $0.hasPrefix("* ") }) {
      return .paragraph(lines.map { "• " + $0.dropFirst(2) }.joined(separator: "<br>"))
    }
    return .paragraph(lines.joined(separator: " "))
  }
}
