// SPDX-License-Identifier: Apache-2.0

internal import Diagnostics

/// The text of a condition, for the places of mistakes in it.
struct ConditionSource: Hashable, Sendable {
  var text: String
  var origin: String

  /// A mistake at a character of the text, counted from 1 over all its lines.
  func mistake(
    _ message: String,
    severity: Diagnostic.Severity = .error,
    column: Int,
    length: Int = 1,
    hints: [String] = []
  ) -> Diagnostic {
    let before = text.prefix(column - 1)
    let start = before.lastIndex(where: \.isNewline).map(before.index(after:)) ?? text.startIndex
    let line = text[start...].prefix { !$0.isNewline }
    let ownColumn = before[start...].count + 1
    return Diagnostic(
      message,
      severity: severity,
      at: SourceLocation(
        file: origin,
        line: 1 + before.count(where: \.isNewline),
        column: ownColumn
      ),
      excerpt: String(line),
      length: max(1, min(length, line.count - ownColumn + 1)),
      hints: hints
    )
  }
}

/// A word, a quoted text, an operator or a parenthesis.
struct ConditionToken: Hashable {
  enum Kind: Hashable {
    case word
    case quoted
    case comparison(Condition.Operator)
    case open
    case close
    case end
  }

  var kind: Kind
  var text: String
  /// From 1, in characters.
  var column: Int

  var length: Int { kind == .quoted ? text.count + 2 : text.count }

  func isKeyword(_ word: String) -> Bool { kind == .word && text.lowercased() == word }

  /// As a message names it.
  var quoted: String { kind == .end ? "the end" : "`\(text)`" }
}

/// Cuts a condition into tokens.
struct ConditionLexer {
  let source: ConditionSource
  private var characters: [Character]
  private var position = 0

  init(_ source: ConditionSource) {
    self.source = source
    characters = Array(source.text)
  }

  mutating func tokens() throws(Diagnostic) -> [ConditionToken] {
    var tokens: [ConditionToken] = []
    while let token = try next() { tokens.append(token) }
    let end = ConditionToken(kind: .end, text: "", column: characters.count + 1)
    return tokens + [end]
  }

  private mutating func next() throws(Diagnostic) -> ConditionToken? {
    while position < characters.count, characters[position].isWhitespace { position += 1 }
    guard position < characters.count else { return nil }
    let column = position + 1
    switch characters[position] {
    case "(", ")":
      position += 1
      let text = String(characters[position - 1])
      return ConditionToken(kind: text == "(" ? .open : .close, text: text, column: column)
    case "\"", "'": return try quoted(characters[position])
    case "=", "!", "<", ">": return try comparison()
    default: return word()
    }
  }

  private mutating func word() -> ConditionToken {
    let start = position
    while position < characters.count, !Self.endsWord(characters[position]) { position += 1 }
    return ConditionToken(
      kind: .word,
      text: String(characters[start..<position]),
      column: start + 1
    )
  }

  private static func endsWord(_ character: Character) -> Bool {
    character.isWhitespace || "()=!<>\"'".contains(character)
  }

  private mutating func quoted(_ quote: Character) throws(Diagnostic) -> ConditionToken {
    let start = position
    guard let end = characters[(start + 1)...].firstIndex(of: quote) else {
      throw source.mistake(
        "the quote is not closed",
        column: start + 1,
        length: characters.count - start
      )
    }
    position = end + 1
    return ConditionToken(
      kind: .quoted,
      text: String(characters[(start + 1)..<end]),
      column: start + 1
    )
  }

  private mutating func comparison() throws(Diagnostic) -> ConditionToken {
    let start = position
    while position < characters.count, "=!<>".contains(characters[position]) { position += 1 }
    let text = String(characters[start..<position])
    guard let known = Condition.Operator(rawValue: text) else {
      let hints = [
        "==": "equality is one `=`", "<>": "inequality is `!=`", "!": "negation is `not`",
      ]
      throw source.mistake(
        "unknown operator `\(text)`; expected one of \(Condition.Operator.list)",
        column: start + 1,
        length: text.count,
        hints: hints[text].map { [$0] } ?? []
      )
    }
    return ConditionToken(kind: .comparison(known), text: text, column: start + 1)
  }
}

/// Recursive descent: `or` over `and` over `not` over a comparison or parentheses.
struct ConditionParser {
  /// Deeper nesting is a mistake, not a crash.
  static let depthLimit = 200

  let source: ConditionSource
  private let tokens: [ConditionToken]
  private var position = 0
  private var depth = 0

  init(_ source: ConditionSource) throws(Diagnostic) {
    self.source = source
    var lexer = ConditionLexer(source)
    tokens = try lexer.tokens()
  }

  mutating func condition() throws(Diagnostic) -> Condition.Node {
    guard current.kind != .end else {
      throw source.mistake(
        "the condition is empty",
        column: 1,
        hints: ["for example `state=failed and val.accuracy<0.5`"]
      )
    }
    let node = try disjunction()
    guard current.kind == .end else {
      throw unexpected("`and`, `or` or the end", hints: Self.joiningHints(current))
    }
    return node
  }

  private var current: ConditionToken { tokens[position] }

  private mutating func advance() -> ConditionToken {
    defer { position = min(position + 1, tokens.count - 1) }
    return current
  }

  private func unexpected(_ expected: String, hints: [String] = []) -> Diagnostic {
    source.mistake(
      "expected \(expected), got \(current.quoted)",
      column: current.column,
      length: current.length,
      hints: hints
    )
  }

  private mutating func disjunction() throws(Diagnostic) -> Condition.Node {
    var parts = [try conjunction()]
    while current.isKeyword("or") {
      _ = advance()
      parts.append(try conjunction())
    }
    return parts.count == 1 ? parts[0] : .or(parts)
  }

  private mutating func conjunction() throws(Diagnostic) -> Condition.Node {
    var parts = [try negation()]
    while current.isKeyword("and") {
      _ = advance()
      parts.append(try negation())
    }
    return parts.count == 1 ? parts[0] : .and(parts)
  }

  private mutating func negation() throws(Diagnostic) -> Condition.Node {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.depthLimit else {
      throw source.mistake("more than \(Self.depthLimit) levels deep", column: current.column)
    }
    if current.isKeyword("not") {
      _ = advance()
      return .not(try negation())
    }
    guard current.kind == .open else { return try comparison() }
    _ = advance()
    let node = try disjunction()
    guard current.kind == .close else { throw unexpected("`)`") }
    _ = advance()
    return node
  }

  private mutating func comparison() throws(Diagnostic) -> Condition.Node {
    guard isValue(current) else { throw unexpected("a name") }
    let name = advance()
    guard case .comparison(let comparison) = current.kind else {
      throw unexpected(
        "one of \(Condition.Operator.list) after `\(name.text)`",
        hints: Self.operatorHints(after: name, current)
      )
    }
    _ = advance()
    guard isValue(current) else { throw unexpected("a value") }
    let value = advance()
    return .comparison(
      Condition.Comparison(
        name: name.text,
        comparison: comparison,
        value: value.text,
        nameColumn: name.column,
        valueColumn: value.column
      )
    )
  }

  /// What other languages write between two comparisons.
  private static func joiningHints(_ token: ConditionToken) -> [String] {
    guard token.kind == .word || token.kind == .quoted else { return [] }
    if ["&&", "&", ",", ";"].contains(token.text) { return ["`and` joins comparisons"] }
    if ["||", "|"].contains(token.text) { return ["`or` joins comparisons"] }
    return ["join comparisons with `and` or `or`; quote values with spaces"]
  }

  /// What other languages write between a name and a value.
  private static func operatorHints(
    after name: ConditionToken,
    _ token: ConditionToken
  ) -> [String] {
    let parts = name.text.split(separator: ":", maxSplits: 1).map(String.init)
    if name.kind == .word, parts.count == 2 { return ["did you mean `\(parts[0])=\(parts[1])`?"] }
    switch token.text.lowercased() {
    case "is", "eq": return ["equality is `\(name.text)=…`"]
    case "in": return ["several values are `\(name.text)=a or \(name.text)=b`"]
    case "like", "contains", "~", "=~": return ["text is compared as a whole: `\(name.text)=…`"]
    default: return ["for example `\(name.text)=…`"]
    }
  }

  private func isValue(_ token: ConditionToken) -> Bool {
    token.kind == .quoted
      || token.kind == .word && !["and", "or", "not"].contains(token.text.lowercased())
  }
}
