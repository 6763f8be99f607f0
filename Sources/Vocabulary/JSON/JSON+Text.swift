// SPDX-License-Identifier: Apache-2.0

extension JSON {
  /// The value in one line, without spaces. What is not finite is null.
  package var line: String {
    var text = ""
    write(to: &text, isCanonical: false)
    return text
  }

  /// The one text that a value has: keys sorted by their UTF-8 bytes, no spaces, the shortest digits of each number.
  ///
  /// Written by hand because content keys are made of it: no library's next version may move them. A number that is not
  /// finite is a programmer's mistake.
  package var canonical: String {
    var text = ""
    write(to: &text, isCanonical: true)
    return text
  }

  /// Indented by two spaces; what fits on a line of 100 characters stands on one.
  package func pretty(indentation: String = "") -> String {
    let line = spaced
    guard line.count + indentation.count > 100 else { return line }
    let inner = indentation + "  "
    switch self {
    case .object(let fields):
      let lines = fields.map { "\(inner)\(Self.quoted($0)): \($1.pretty(indentation: inner))" }
      return "{\n" + lines.joined(separator: ",\n") + "\n\(indentation)}"
    case .list(let values):
      let lines = values.map { inner + $0.pretty(indentation: inner) }
      return "[\n" + lines.joined(separator: ",\n") + "\n\(indentation)]"
    default: return line
    }
  }

  /// The value in one line, as one would type it.
  private var spaced: String {
    switch self {
    case .object(let fields):
      let parts = fields.map { "\(Self.quoted($0)): \($1.spaced)" }
      return parts.isEmpty ? "{}" : "{ " + parts.joined(separator: ", ") + " }"
    case .list(let values): return "[" + values.map(\.spaced).joined(separator: ", ") + "]"
    default: return line
    }
  }

  private func write(to text: inout String, isCanonical: Bool) {
    switch self {
    case .null: text += "null"
    case .boolean(let value): text += value ? "true" : "false"
    case .integer(let value): text += String(value)
    case .real(let value):
      precondition(value.isFinite || !isCanonical, "JSON has no \(value)")
      text += Self.number(value)
    case .text(let value): text += Self.quoted(value, isCanonical: isCanonical)
    case .list(let values):
      text += "["
      for (index, value) in values.enumerated() {
        if index > 0 { text += "," }
        value.write(to: &text, isCanonical: isCanonical)
      }
      text += "]"
    case .object(var fields):
      if isCanonical { fields.sort { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) } }
      text += "{"
      for (index, (key, value)) in fields.enumerated() {
        if index > 0 { text += "," }
        text += Self.quoted(key, isCanonical: isCanonical) + ":"
        value.write(to: &text, isCanonical: isCanonical)
      }
      text += "}"
    }
  }

  /// Whole numbers without a fraction, so that `1` and `1.0` are one value.
  private static func number(_ value: Double) -> String {
    guard value.isFinite else { return "null" }
    return Int(exactly: value).map(String.init) ?? value.description
  }

  /// A JSON string: control characters are escaped, every other character stays as it is.
  private static func quoted(_ text: String, isCanonical: Bool = false) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n" where !isCanonical: result += "\\n"
      case "\r" where !isCanonical: result += "\\r"
      case "\t" where !isCanonical: result += "\\t"
      case "\u{0}"..."\u{1F}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

extension JSON {
  /// Every scalar by its dotted path, such as `model[1].units`, as `why` and `diff` show it.
  package var flattened: [String: String] {
    var leaves: [String: String] = [:]
    collect(path: "", into: &leaves)
    return leaves
  }

  private func collect(path: String, into leaves: inout [String: String]) {
    switch self {
    case .object(let fields) where !fields.isEmpty:
      for (key, value) in fields {
        value.collect(path: path.isEmpty ? key : "\(path).\(key)", into: &leaves)
      }
    case .list(let values) where !values.isEmpty:
      for (index, value) in values.enumerated() {
        value.collect(path: "\(path)[\(index)]", into: &leaves)
      }
    case .text(let value): leaves[path] = value
    default: leaves[path] = canonical
    }
  }
}
