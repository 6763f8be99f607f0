// SPDX-License-Identifier: Apache-2.0

internal import Experiments

/// A JSON value with exactly one text: keys sorted by their UTF-8 bytes, no spaces, the shortest text of each number.
///
/// Written by hand because content keys are made of it: no library's next version may move them.
indirect enum CanonicalJSON: Hashable, Sendable {
  case null
  case boolean(Bool)
  case integer(Int)
  case real(Double)
  case text(String)
  case list([CanonicalJSON])
  case object([String: CanonicalJSON])

  /// An object without the keys whose value is nil, so that a later optional field leaves old keys as they are.
  static func record(_ fields: [String: CanonicalJSON?]) -> CanonicalJSON {
    .object(fields.compactMapValues(\.self))
  }

  /// The one text.
  var encoded: String {
    switch self {
    case .null: "null"
    case .boolean(let value): value ? "true" : "false"
    case .integer(let value): String(value)
    case .real(let value): Self.encoded(value)
    case .text(let value): Self.quoted(value)
    case .list(let values): "[" + values.map(\.encoded).joined(separator: ",") + "]"
    case .object(let fields): Self.encoded(fields)
    }
  }

  private static func encoded(_ fields: [String: CanonicalJSON]) -> String {
    let sorted = fields.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    return "{" + sorted.map { quoted($0.key) + ":" + $0.value.encoded }.joined(separator: ",") + "}"
  }

  /// Whole numbers without a fraction, so that `1` and `1.0` are one value.
  private static func encoded(_ value: Double) -> String {
    precondition(value.isFinite, "JSON has no \(value)")
    return Int(exactly: value).map(String.init) ?? value.description
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\u{0}"..."\u{1F}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

extension CanonicalJSON {
  /// Every scalar by its dotted path, such as `model[1].units`, as `why` and `diff` show it.
  var flattened: [String: String] {
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
    default: leaves[path] = encoded
    }
  }
}

extension CanonicalJSON {
  /// A component as it stands in a manifest: the name and its arguments beside it.
  init(_ component: Component) {
    var fields = component.arguments.mapValues(CanonicalJSON.init)
    fields["name"] = .text(component.name)
    self = .object(fields)
  }

  /// The value of an argument; one that was left out is null.
  init(_ value: ArgumentValue) {
    self =
      switch value {
      case .none: .null
      case .boolean(let value): .boolean(value)
      case .integer(let value): .integer(value)
      case .real(let value): .real(value)
      case .text(let value): .text(value)
      case .list(let values): .list(values.map(CanonicalJSON.init))
      case .mapping(let fields): .object(fields.mapValues(CanonicalJSON.init))
      case .component(let component): CanonicalJSON(component)
      case .components(let components): .list(components.map { CanonicalJSON($0) })
      }
  }

  /// The value of a parameter.
  init(_ value: ParameterValue) {
    self =
      switch value {
      case .integer(let value): .integer(value)
      case .real(let value): .real(value)
      case .boolean(let value): .boolean(value)
      case .text(let value): .text(value)
      }
  }
}
