// SPDX-License-Identifier: Apache-2.0

internal import Diagnostics

/// Text in a line of a report as HTML.
///
/// Reads the Markdown that `Markdown` and the sections write, no more: backslash escapes, code in any number of
/// backticks, `**bold**`, `*emphasis*`, `[text](#place)`, `&amp;`, and the tags `<a id="…">`, `<sup>` and `<br>`.
struct InlineHTML {
  private let characters: [Character]
  private var position = 0
  private var result = ""
  private var open: [String] = []

  /// The HTML of a text.
  static func text(_ markdown: String) -> String {
    var reader = InlineHTML(markdown)
    return reader.read()
  }

  /// Text that shows as it is.
  static func escaped(_ text: some StringProtocol) -> String {
    // A mark with an accent behind it is another character, but the same byte.
    var result = String.UnicodeScalarView()
    for scalar in visible(String(text), breaks: .kept).unicodeScalars {
      switch scalar {
      case "&": result.append(contentsOf: "&amp;".unicodeScalars)
      case "<": result.append(contentsOf: "&lt;".unicodeScalars)
      case ">": result.append(contentsOf: "&gt;".unicodeScalars)
      case "\"": result.append(contentsOf: "&quot;".unicodeScalars)
      default: result.append(scalar)
      }
    }
    return String(result)
  }

  private init(_ markdown: String) { characters = Array(markdown) }

  private mutating func read() -> String {
    while position < characters.count {
      switch characters[position] {
      case "\\" where position + 1 < characters.count: literal(at: position + 1, width: 2)
      case "`": code()
      case "*": toggle(starts(with: "**") ? ("**", "strong") : ("*", "em"))
      case "[" where isLink: link()
      case "&" where starts(with: "&amp;"): raw("&amp;")
      case "<" where tag != nil: raw(tag ?? "")
      default: literal(at: position, width: 1)
      }
    }
    for name in open.reversed() { result += "</\(name)>" }
    return result
  }

  private func starts(with text: String) -> Bool {
    characters[position...].starts(with: Array(text))
  }

  private mutating func literal(at place: Int, width: Int) {
    result += Self.escaped(String(characters[place]))
    position += width
  }

  private mutating func raw(_ text: String) {
    result += text
    position += text.count
  }

  /// One of the tags that the sections write.
  private var tag: String? {
    for known in ["<sup>", "</sup>", "<br>", "</a>"] where starts(with: known) { return known }
    guard starts(with: "<a id=\""), let end = characters[position...].firstIndex(of: ">"),
      end > position + 7
    else { return nil }
    let text = String(characters[position...end])
    let isPlace = text.dropFirst(7).dropLast(2).allSatisfy { character in
      character == "-" || character.isASCII && (character.isNumber || character.isLowercase)
    }
    return isPlace && text.hasSuffix("\">") ? text : nil
  }

  private mutating func toggle(_ mark: (text: String, name: String)) {
    position += mark.text.count
    if open.last == mark.name {
      result += "</\(mark.name)>"
      open.removeLast()
    } else {
      result += "<\(mark.name)>"
      open.append(mark.name)
    }
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
    var text = String(characters[(position + fence)..<end])
    if text.hasPrefix(" `") || text.hasSuffix("` ") { text = String(text.dropFirst().dropLast()) }
    // A table's bars are escaped in code, too.
    let bare = text.split(separator: "\\|", omittingEmptySubsequences: false).joined(separator: "|")
    result += "<code>" + Self.escaped(bare) + "</code>"
    position = end + fence
  }

  // MARK: - Links

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

  private var isLink: Bool { linkEnds != nil }

  private mutating func link() {
    guard let ends = linkEnds else { return }
    let text = String(characters[(position + 1)..<ends.text])
    let place = String(characters[(ends.text + 2)..<ends.place])
    result += "<a href=\"\(Self.escaped(place))\">\(Self.text(text))</a>"
    position = ends.place + 1
  }
}
