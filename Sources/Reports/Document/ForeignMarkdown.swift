// SPDX-License-Identifier: Apache-2.0

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
      return .heading(heading.level, ForeignLine.read(heading.text))
    }
    if lines.allSatisfy({ $0.hasPrefix(">") }) {
      return .quotation(lines.map { ForeignLine.read(String($0.dropFirst().drop { $0 == " " })) })
    }
    if lines.allSatisfy({ $0.hasPrefix("- ") || $0.hasPrefix("* ") }) {
      return .paragraph(lines.map { ForeignLine.read("• " + $0.dropFirst(2)) }.joined(.lineBreak))
    }
    return .paragraph(ForeignLine.read(lines.joined(separator: " ")))
  }
}

/// One line of somebody's Markdown: backslash escapes, code in any number of backticks, `**bold**`, `*emphasis*`, links,
/// `&amp;`, `<sup>` and `<br>`. Everything else shows as it is.
private struct ForeignLine {
  private let characters: [Character]
  private var position = 0
  /// What is open, innermost last: its mark and what stands inside so far.
  private var open: [(mark: String, parts: [Inline])] = [("", [])]

  static func read(_ text: String) -> Inline {
    var line = ForeignLine(characters: Array(text))
    return line.read()
  }

  private init(characters: [Character]) { self.characters = characters }

  private mutating func read() -> Inline {
    while position < characters.count {
      switch characters[position] {
      case "\\" where position + 1 < characters.count: literal(at: position + 1, width: 2)
      case "`": code()
      case "*": toggle(starts(with: "**") ? "**" : "*")
      case "[" where linkEnds != nil: link()
      case "&" where starts(with: "&amp;"): literal(at: position, width: 5)
      case "<" where starts(with: "<br>"): add(.lineBreak, width: 4)
      case "<" where starts(with: "<sup>"): begin("<sup>")
      case "<" where starts(with: "</sup>") && open.last?.mark == "<sup>": end(width: 6)
      default: literal(at: position, width: 1)
      }
    }
    while open.count > 1 { end(width: 0) }
    return .sequence(open[0].parts)
  }

  private func starts(with text: String) -> Bool {
    characters[position...].starts(with: Array(text))
  }

  private mutating func add(_ inline: Inline, width: Int) {
    open[open.count - 1].parts.append(inline)
    position += width
  }

  private mutating func literal(at place: Int, width: Int) {
    add(.verbatim(String(characters[place])), width: width)
  }

  private mutating func begin(_ mark: String) {
    open.append((mark, []))
    position += mark.count
  }

  private mutating func end(width: Int) {
    let (mark, parts) = open.removeLast()
    let inner = Inline.sequence(parts)
    add(
      mark == "**" ? .strong(inner) : mark == "*" ? .emphasis(inner) : .superscript(inner),
      width: width
    )
  }

  private mutating func toggle(_ mark: String) {
    if open.last?.mark == mark { end(width: mark.count) } else { begin(mark) }
  }

  private mutating func code() {
    let fence = characters[position...].prefix { $0 == "`" }.count
    var end = position + fence
    while end < characters.count {
      let run = characters[end...].prefix { $0 == "`" }.count
      if run == fence { break }
      end += max(1, run)
    }
    guard end < characters.count else { return literal(at: position, width: 1) }
    let text = String(characters[(position + fence)..<end])
    let isPadded = text.hasPrefix(" `") || text.hasSuffix("` ")
    add(
      .code(isPadded ? String(text.dropFirst().dropLast()) : text),
      width: end + fence - position
    )
  }

  /// The places of the closing bracket and parenthesis of a link that begins here.
  private var linkEnds: (text: Int, place: Int)? {
    var index = position + 1
    while index < characters.count, characters[index] != "]" {
      index += characters[index] == "\\" ? 2 : 1
    }
    guard index + 1 < characters.count, characters[index + 1] == "(",
      let end = characters[(index + 1)...].firstIndex(of: ")")
    else { return nil }
    return (index, end)
  }

  private mutating func link() {
    guard let ends = linkEnds else { return }
    let text = String(characters[(position + 1)..<ends.text])
    let place = String(characters[(ends.text + 2)..<ends.place])
    add(.link(Self.read(text), to: .foreign(place)), width: ends.place + 1 - position)
  }
}
