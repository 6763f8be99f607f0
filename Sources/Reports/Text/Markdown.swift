// SPDX-License-Identifier: Apache-2.0

internal import Diagnostics

/// Pieces of GitHub Markdown.
enum Markdown {
  /// How a column is aligned.
  enum Alignment: Sendable {
    case left
    case right
  }

  /// Text in a line that shows as it is, also in a table; characters that do not show are written as numbers.
  static func escaped(_ text: String) -> String {
    let text = visible(text)
    var result = ""
    var previous: Character = " "
    for (index, character) in zip(text.indices, text) {
      // A mark with an accent behind it is another character, but the same byte.
      switch character.unicodeScalars.first {
      case "_":
        // Inside a word an underscore is only an underscore.
        let next = text.index(after: index)
        let isInside = previous.isWordPart && next < text.endIndex && text[next].isWordPart
        result += isInside ? "_" : "\\_"
      case "\\", "`", "*", "[", "]", "<", ">", "|", "#", "~", "$": result += "\\\(character)"
      case "&": result += "&amp;" + String(String(character).unicodeScalars.dropFirst())
      default: result.append(character)
      }
      previous = character
    }
    return result
  }

  /// Lines of text that were escaped, each as the start of a line: what would begin a list or underline a heading is
  /// escaped, too.
  static func startOfLine(_ line: String) -> String {
    let line = line.drop { $0 == " " }
    guard let first = line.first else { return "" }
    if "-+=".contains(first) { return "\\" + line }
    let number = line.prefix { $0.isASCII && $0.isNumber }
    let rest = line.dropFirst(number.count)
    return !number.isEmpty && [".", ")"].contains(rest.first)
      ? number + "\\" + rest : String(line)
  }

  /// The program's own words: what would be live is escaped, and the rest stays readable.
  ///
  /// Not so careful as `escaped`, and yet no tag, link, code or emphasis comes through.
  static func words(_ text: String, _ place: Inline.Place, inLink: Bool) -> String {
    let scalars = Array(text.unicodeScalars)
    var result = String.UnicodeScalarView()
    for (index, scalar) in scalars.enumerated() {
      let isLive =
        switch scalar {
        case "\\", "`", "*", "<": true
        case "|": place == .cell
        case "[": inLink
        case "]": inLink || (index + 1 < scalars.count && scalars[index + 1] == "(")
        default: false
        }
      if isLive { result.append("\\") }
      result.append(scalar)
    }
    return String(result)
  }

  /// Code in a line: the fence is longer than any run of backticks inside, and a table's bars are escaped.
  static func code(_ text: String, _ place: Inline.Place = .line) -> String {
    let line = visible(text)
    // Programs do not agree whether such a bar ends a table's cell.
    if place == .cell, line.contains("\\|") { return "<code>\(escaped(line))</code>" }
    let bar = place == .cell ? "\\|" : "|"
    let shown = line.split(separator: "|", omittingEmptySubsequences: false).joined(separator: bar)
    let fence = String(repeating: "`", count: longestBackticks(shown) + 1)
    // A space at both ends is taken away, and one alone is not.
    let isPadded =
      shown.hasPrefix("`") || shown.hasSuffix("`")
      || (shown.hasPrefix(" ") && shown.hasSuffix(" ") && shown.contains { $0 != " " })
    let pad = isPadded ? " " : ""
    return fence + pad + shown + pad + fence
  }

  /// A block of code in that language.
  static func fenced(_ text: String, language: String) -> String {
    let shown = visible(text, breaks: .kept)
    let fence = String(repeating: "`", count: max(3, longestBackticks(shown) + 1))
    let body = shown.hasSuffix("\n") ? shown : shown + "\n"
    return "\(fence)\(language)\n\(body)\(fence)"
  }

  /// A table; every row has as many cells as `columns`, already Markdown.
  static func table(_ columns: [(title: String, alignment: Alignment)], _ rows: [[String]])
    -> String
  {
    func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
    let rule = columns.map { $0.alignment == .right ? "---:" : ":---" }
    return ([line(columns.map(\.title)), line(rule)] + rows.map(line)).joined(separator: "\n")
  }

  /// A part that opens on a click; its summary is HTML.
  static func folded(_ summary: String, _ body: String) -> String {
    "<details>\n<summary>\(summary)</summary>\n\n\(body)\n\n</details>"
  }

  /// An image with the text that stands for it; file names are ours and need no escape.
  static func image(_ file: String, alternative: String) -> String {
    "![\(escaped(alternative))](\(file))"
  }

  /// The same, and links to the files of its other formats in small words below.
  static func image(_ file: String?, alternative: String, others: [String]) -> String {
    func link(_ name: String, _ text: String) -> String { "[\(text)](\(name))" }
    guard let file else {
      let links = others.map { link($0, $0) }.joined(separator: ", ")
      return "Picture: \(links)"
    }
    let picture = image(file, alternative: alternative)
    guard !others.isEmpty else { return picture }
    let links = others.map {
      link($0, $0.split(separator: ".").last.map(String.init)?.uppercased() ?? $0)
    }
    return picture + "\n\n<sub>Also as \(links.joined(separator: ", "))</sub>"
  }

  private static func longestBackticks(_ text: String) -> Int {
    text.split { $0 != "`" }.map(\.count).max() ?? 0
  }
}

extension Character {
  fileprivate var isWordPart: Bool { isLetter || isNumber }
}
