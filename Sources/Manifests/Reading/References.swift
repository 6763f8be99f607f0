// SPDX-License-Identifier: Apache-2.0

/// A piece of a scalar's text: literal, or the name in `${name}`.
enum TextPiece: Equatable {
  case literal(String)
  case reference(String)
}

/// The pieces of `text`; an unfinished `${` is literal.
func pieces(of text: String) -> [TextPiece] {
  guard text.contains("${") else { return [.literal(text)] }
  var pieces: [TextPiece] = []
  var literal = ""
  var rest = text[...]
  while let character = rest.first {
    if rest.hasPrefix("${"), let end = rest.firstIndex(of: "}") {
      if !literal.isEmpty { pieces.append(.literal(literal)) }
      literal = ""
      pieces.append(.reference(String(rest[rest.index(rest.startIndex, offsetBy: 2)..<end])))
      rest = rest[rest.index(after: end)...]
    } else {
      literal.append(character)
      rest = rest.dropFirst()
    }
  }
  if !literal.isEmpty { pieces.append(.literal(literal)) }
  return pieces
}

/// The names in `${name}` of a text.
func references(in text: String) -> [String] {
  pieces(of: text).compactMap { if case .reference(let name) = $0 { name } else { nil } }
}

/// What `${p}` stands for while a part of the manifest is read.
struct Scope {
  /// All declared parameters.
  var declared: Set<String> = []
  /// The values of one cell's active parameters; nil while only the structure is checked.
  var bindings: [String: SourceNode]?
  /// Whether parameters are put in at all: not outside of `SpecificationReader.sections`.
  var isOpen = true

  /// For keys in which `${p}` stands for nothing.
  static let closed = Scope(isOpen: false)

  /// The node with parameters put in, or nil if a value is not known.
  ///
  /// `${p}` alone takes p's value; in longer text it makes text. Undeclared names are reported elsewhere, once.
  func resolve(_ node: SourceNode, _ findings: Findings) -> SourceNode? {
    guard isOpen, let scalar = node.scalar, scalar.text.contains("${") else { return node }
    let parts = pieces(of: scalar.text)
    if parts.count == 1, case .literal = parts[0] { return node }
    var text = ""
    for part in parts {
      switch part {
      case .literal(let piece): text += piece
      case .reference(let name):
        guard let value = value(of: name, at: node, findings) else { return nil }
        if parts.count == 1 {
          return SourceNode(value.content, at: value.place, usedAt: node.place)
        }
        text += value.text ?? ""
      }
    }
    let scalarValue = SourceNode.Scalar(text: text, isQuoted: true, isInterpolated: true)
    return SourceNode(.scalar(scalarValue), at: node.place, usedAt: node.place)
  }

  private func value(of name: String, at node: SourceNode, _ findings: Findings) -> SourceNode? {
    guard declared.contains(name), let bindings else { return nil }
    if let value = bindings[name] { return value }
    findings.report(.inactiveParameter(name), at: node.place)
    return nil
  }
}
