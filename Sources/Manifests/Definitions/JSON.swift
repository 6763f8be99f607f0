// SPDX-License-Identifier: Apache-2.0

internal import Experiments

/// A JSON value whose keys keep their order, so that generated files do not change by themselves.
indirect enum JSON: ExpressibleByStringLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral
{
  case object([(String, JSON)])
  case array([JSON])
  case string(String)
  case number(String)
  case boolean(Bool)
  case null

  init(stringLiteral value: String) { self = .string(value) }
  init(arrayLiteral elements: JSON...) { self = .array(elements) }
  init(dictionaryLiteral elements: (String, JSON)...) { self = .object(elements) }
  init(booleanLiteral value: Bool) { self = .boolean(value) }
  init(integerLiteral value: Int) { self = .number(String(value)) }

  init(_ value: Double) { self = .number(ParameterValue.real(value).description) }
  init(_ value: Int) { self = .number(String(value)) }
  init(strings: [String]) { self = .array(strings.map(JSON.string)) }

  /// The object with more keys at its end; other values stay as they are.
  func adding(_ key: String, _ value: JSON?) -> JSON {
    guard case .object(let entries) = self, let value else { return self }
    return .object(entries + [(key, value)])
  }

  /// Indented by two spaces; what fits on a line of 100 characters stands on one.
  func text(indentation: String = "") -> String {
    let line = compact
    guard line.count + indentation.count > 100 else { return line }
    let inner = indentation + "  "
    switch self {
    case .object(let entries):
      let lines = entries.map {
        "\(inner)\(Self.quoted($0.0)): \($0.1.text(indentation: inner))"
      }
      return "{\n" + lines.joined(separator: ",\n") + "\n\(indentation)}"
    case .array(let elements):
      let lines = elements.map { inner + $0.text(indentation: inner) }
      return "[\n" + lines.joined(separator: ",\n") + "\n\(indentation)]"
    default: return line
    }
  }

  private var compact: String {
    switch self {
    case .object(let entries):
      let parts = entries.map { "\(Self.quoted($0.0)): \($0.1.compact)" }
      return parts.isEmpty ? "{}" : "{ " + parts.joined(separator: ", ") + " }"
    case .array(let elements): return "[" + elements.map(\.compact).joined(separator: ", ") + "]"
    case .string(let text): return Self.quoted(text)
    case .number(let text): return text
    case .boolean(let value): return String(value)
    case .null: return "null"
    }
  }

  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for character in text {
      switch character {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      default: quoted.append(character)
      }
    }
    return quoted + "\""
  }
}
