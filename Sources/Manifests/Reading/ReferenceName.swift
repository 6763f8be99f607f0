// SPDX-License-Identifier: Apache-2.0

internal import Diagnostics

/// What stands between `${` and `}` where no parameter has exactly this name.
struct ReferenceName {
  private let text: String

  init(_ text: String) { self.text = text }

  /// The text without white space at its ends.
  var trimmed: String {
    var rest = text[...]
    while rest.first?.isWhitespace == true { rest.removeFirst() }
    while rest.last?.isWhitespace == true { rest.removeLast() }
    return String(rest)
  }

  /// The names in it.
  var words: [String] {
    text.split { !Self.isInName($0) }.map(String.init)
  }

  private static func isInName(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || character == "_"
  }

  private func isArithmetic(_ name: String, _ known: [String]) -> Bool {
    if name.contains(where: "+*/^%()".contains) { return true }
    let isDifference = known.count > 1 || words.contains { Double($0) != nil }
    return name.contains("-") && !name.contains(":") && !known.isEmpty && isDifference
  }

  /// What to write in its place; nil if it looks like a name.
  func hint(declared: [String]) -> String? {
    let name = trimmed
    if name.isEmpty { return "write the name of a parameter between the braces" }
    if name.first?.isLetter != true, Double(name) != nil {
      return "write `\(name)` itself: `${…}` takes the name of a parameter"
    }
    let isName = name.allSatisfy(Self.isInName)
    if isName, name == text { return nil }
    if isName {
      let meant = declared.contains(name) ? name : nearestName(to: name, among: declared)
      return meant.map { "write `\"${\($0)}\"`: no spaces between the braces" }
        ?? "write `\"${\(name)}\"` without spaces, and declare it: `parameters: { \(name): [ … ] }`"
    }
    // `${parameters.lr}` and `${lr:-0.1}` are of other programs.
    let known = words.filter(declared.contains)
    if isArithmetic(name, known) {
      let first = known.first ?? "…"
      return
        "there is no arithmetic in `${…}`: declare another parameter with the results, and pair it with `\(first)` by `zip: [[\(first), …]]`"
    }
    if known.count == 1 { return "write `\"${\(known[0])}\"`: the name alone" }
    return nil
  }
}
