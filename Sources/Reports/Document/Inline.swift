// SPDX-License-Identifier: Apache-2.0

internal import Diagnostics

/// Words in a line of a report, as they are meant: what Markdown, HTML and a terminal are all written from.
///
/// Sentences are written as literals, `"\(strong: name) has the lowest \(code: metric)"`. Only renderers escape, so that
/// nothing is escaped twice or forgotten. A plain `String` cannot be interpolated: whoever writes the sentence says whether
/// it is the program's (`words:`), code (`code:`), or a user's (a `UserText`).
indirect enum Inline: Hashable, Sendable {
  /// The program's own words and numbers.
  case text(String)
  /// What a user wrote.
  case user(UserText)
  /// Names of metrics, parameters, commands and files, whoever wrote them.
  case code(String)
  case strong(Inline)
  case emphasis(Inline)
  case superscript(Inline)
  case link(Inline, to: LinkTarget)
  /// A place that links lead to.
  case anchor(String)
  case lineBreak
  case sequence([Inline])

  /// Text that shows as it is, whatever is in it.
  static func verbatim(_ text: String) -> Inline { .user(UserText(text)) }

  /// The words for a terminal, in one line.
  var plain: String {
    switch self {
    case .text(let text): text
    case .user(let text): text.line
    case .code(let text): visible(text)
    case .strong(let inner), .emphasis(let inner), .superscript(let inner), .link(let inner, _):
      inner.plain
    case .anchor: ""
    case .lineBreak: " "
    case .sequence(let parts): parts.map(\.plain).joined()
    }
  }

  static func + (left: Inline, right: Inline) -> Inline {
    switch (left, right) {
    case (.sequence(let first), .sequence(let rest)): .sequence(first + rest)
    case (.sequence(let first), _): .sequence(first + [right])
    case (_, .sequence(let rest)): .sequence([left] + rest)
    default: .sequence([left, right])
    }
  }
}

/// Where a link leads. A user's text is none of these but in notes, which are foreign.
enum LinkTarget: Hashable, Sendable {
  /// A place on the same page, as `anchor` names it.
  case place(String)
  /// An address in somebody's notes.
  case foreign(String)

  /// The address; nil for one that a page does not follow, such as a script.
  var address: String? {
    switch self {
    case .place(let name): return "#" + name
    case .foreign(let text):
      let scheme = text.prefix { $0 != "/" && $0 != "#" && $0 != "?" }.split(
        separator: ":",
        omittingEmptySubsequences: false
      )
      let isKnown = ["http", "https", "mailto"].contains(scheme[0].lowercased())
      return scheme.count < 2 || isKnown ? text : nil
    }
  }
}

extension Inline: ExpressibleByStringInterpolation {
  init(stringLiteral value: String) { self = .text(value) }

  init(stringInterpolation: StringInterpolation) {
    let parts = stringInterpolation.parts
    self = parts.count == 1 ? parts[0] : .sequence(parts)
  }

  /// What may stand inside a sentence.
  struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var parts: [Inline] = []

    init(literalCapacity: Int, interpolationCount: Int) {}

    mutating func appendLiteral(_ literal: String) {
      if !literal.isEmpty { parts.append(.text(literal)) }
    }

    mutating func appendInterpolation(_ inline: Inline) { parts.append(inline) }

    mutating func appendInterpolation(_ text: UserText) { parts.append(.user(text)) }

    mutating func appendInterpolation(_ number: Int) { parts.append(.text(String(number))) }

    /// The program's own words or numbers, never a user's.
    mutating func appendInterpolation(words: String) { appendLiteral(words) }

    mutating func appendInterpolation(code: String) { parts.append(.code(code)) }

    mutating func appendInterpolation(strong: Inline) { parts.append(.strong(strong)) }
  }
}

extension Sequence<Inline> {
  /// All behind each other, with something between two.
  func joined(_ separator: Inline) -> Inline {
    var parts: [Inline] = []
    for inline in self { parts += parts.isEmpty ? [inline] : [separator, inline] }
    return .sequence(parts)
  }
}

extension [Inline] {
  /// A handful, then how many more.
  var listed: Inline {
    guard count > 6 else { return joined(", ") }
    return "\(prefix(5).joined(", ")) and \(count - 5) more"
  }
}

// MARK: - Renderers

extension Inline {
  /// Where in a page of Markdown a line stands.
  enum Place {
    case line
    /// In a table, whose bars are seen before anything else.
    case cell
  }

  /// The words as Markdown.
  func markdown(_ place: Place = .line) -> String { markdown(place, inLink: false) }

  private func markdown(_ place: Place, inLink: Bool) -> String {
    func inner(_ inline: Inline) -> String { inline.markdown(place, inLink: inLink) }
    switch self {
    case .text(let text): return Markdown.words(text, place, inLink: inLink)
    case .user(let text): return Markdown.escaped(text.raw)
    case .code(let text): return Markdown.code(text, place)
    case .strong(let text): return "**\(inner(text))**"
    case .emphasis(let text): return "*\(inner(text))*"
    case .superscript(let text): return "<sup>\(inner(text))</sup>"
    case .link(let text, let target):
      let words = text.markdown(place, inLink: true)
      return target.address.map { "[\(words)](\($0))" } ?? words
    case .anchor(let name): return "<a id=\"\(name)\"></a>"
    case .lineBreak: return "<br>"
    case .sequence(let parts): return parts.map(inner).joined()
    }
  }

  /// The words as HTML.
  var html: String {
    switch self {
    case .text(let text): return HTMLText.escaped(text)
    case .user(let text): return HTMLText.escaped(text.line)
    case .code(let text): return "<code>\(HTMLText.escaped(visible(text)))</code>"
    case .strong(let text): return "<strong>\(text.html)</strong>"
    case .emphasis(let text): return "<em>\(text.html)</em>"
    case .superscript(let text): return "<sup>\(text.html)</sup>"
    case .link(let text, let target):
      guard let address = target.address else { return text.html }
      return "<a href=\"\(HTMLText.escaped(address))\">\(text.html)</a>"
    case .anchor(let name): return "<a id=\"\(name)\"></a>"
    case .lineBreak: return "<br>"
    case .sequence(let parts): return parts.map(\.html).joined()
    }
  }
}

/// Text inside HTML.
enum HTMLText {
  /// Text that shows as it is, between tags and in attributes; what does not show is written as numbers.
  static func escaped(_ text: String) -> String {
    // A mark with an accent behind it is another character, but the same byte.
    var result = String.UnicodeScalarView()
    for scalar in visible(text, breaks: .kept).unicodeScalars {
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
}
