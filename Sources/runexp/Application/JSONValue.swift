// SPDX-License-Identifier: Apache-2.0

import Experiments

/// A JSON value for scripts: keys keep their order, nulls are written, what is not finite is null.
indirect enum JSONValue {
  case null
  case boolean(Bool)
  case integer(Int)
  case real(Double)
  /// The shortest digits that give the same Float again.
  case number(Float)
  case text(String)
  case list([JSONValue])
  case object([(String, JSONValue)])

  /// The value in one line.
  var line: String {
    var text = ""
    write(to: &text)
    return JSONText.safe(text)
  }

  private func write(to text: inout String) {
    switch self {
    case .null: text += "null"
    case .boolean(let value): text += String(value)
    case .integer(let value): text += String(value)
    case .real(let value): text += value.isFinite ? String(value) : "null"
    case .number(let value): text += value.isFinite ? String(value) : "null"
    case .text(let value): text += Self.quoted(value)
    case .list(let values):
      text += "["
      for (index, value) in values.enumerated() {
        if index > 0 { text += "," }
        value.write(to: &text)
      }
      text += "]"
    case .object(let members):
      text += "{"
      for (index, (key, value)) in members.enumerated() {
        if index > 0 { text += "," }
        text += Self.quoted(key) + ":"
        value.write(to: &text)
      }
      text += "}"
    }
  }

  /// A JSON string; control characters are escaped, every other character stays as it is.
  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

extension JSONValue {
  init(_ value: String?) { self = value.map { .text($0) } ?? .null }
  init(_ value: Int?) { self = value.map { .integer($0) } ?? .null }
  init(_ value: Double?) { self = value.map { .real($0) } ?? .null }

  /// A parameter's value as the plain scalar.
  init(_ value: ParameterValue) {
    switch value {
    case .integer(let number): self = .integer(number)
    case .real(let number): self = .real(number)
    case .boolean(let flag): self = .boolean(flag)
    case .text(let text): self = .text(text)
    }
  }
}
