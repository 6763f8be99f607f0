// SPDX-License-Identifier: Apache-2.0

/// A JSON value. The keys of an object keep their order, which does not count when values are compared.
package indirect enum JSON: Sendable {
  case null
  case boolean(Bool)
  case integer(Int)
  case real(Double)
  case text(String)
  case list([JSON])
  case object([(String, JSON)])

  /// An object without those keys whose value is nil.
  package static func record(_ fields: [(String, JSON?)]) -> JSON {
    .object(fields.compactMap { key, value in value.map { (key, $0) } })
  }

  /// An object of these values, sorted by key.
  package static func sorted(_ fields: [String: JSON]) -> JSON {
    .object(fields.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
  }

  /// The value of an object's key; nil has none. Of anything but an object there is none to set.
  package subscript(key: String) -> JSON? {
    get {
      guard case .object(let fields) = self else { return nil }
      return fields.first { $0.0 == key }?.1
    }
    set {
      guard case .object(var fields) = self else { preconditionFailure("no object has `\(key)`") }
      let place = fields.firstIndex { $0.0 == key }
      switch (place, newValue) {
      case (let place?, let value?): fields[place].1 = value
      case (let place?, nil): fields.remove(at: place)
      case (nil, let value?): fields.append((key, value))
      case (nil, nil): break
      }
      self = .object(fields)
    }
  }
}

extension JSON: Hashable {
  package static func == (left: JSON, right: JSON) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.boolean(let a), .boolean(let b)): a == b
    case (.integer(let a), .integer(let b)): a == b
    case (.real(let a), .real(let b)): a == b
    case (.integer(let a), .real(let b)), (.real(let b), .integer(let a)): Double(a) == b
    case (.text(let a), .text(let b)): a == b
    case (.list(let a), .list(let b)): a == b
    case (.object(let a), .object(let b)):
      a.count == b.count
        && zip(a.sorted { $0.0 < $1.0 }, b.sorted { $0.0 < $1.0 }).allSatisfy { $0 == $1 }
    default: false
    }
  }

  package func hash(into hasher: inout Hasher) {
    switch self {
    case .null: hasher.combine(0)
    case .boolean(let value): hasher.combine(value)
    case .integer(let value): hasher.combine(Double(value))
    case .real(let value): hasher.combine(value)
    case .text(let value): hasher.combine(value)
    case .list(let values): hasher.combine(values)
    case .object(let fields):
      for (key, value) in fields.sorted(by: { $0.0 < $1.0 }) {
        hasher.combine(key)
        hasher.combine(value)
      }
    }
  }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral
{
  package init(stringLiteral value: String) { self = .text(value) }
  package init(arrayLiteral elements: JSON...) { self = .list(elements) }
  package init(dictionaryLiteral elements: (String, JSON)...) { self = .object(elements) }
  package init(booleanLiteral value: Bool) { self = .boolean(value) }
  package init(integerLiteral value: Int) { self = .integer(value) }
}

extension JSON {
  package init(_ value: String?) { self = value.map { .text($0) } ?? .null }
  package init(_ value: Int?) { self = value.map { .integer($0) } ?? .null }
  package init(_ value: Double?) { self = value.map { .real($0) } ?? .null }
  package init(strings: [String]) { self = .list(strings.map(JSON.text)) }

  /// The number with the fewest digits that give the same Float again; null for what is not finite.
  package init(_ value: Float) {
    self = value.isFinite ? JSON(Double(value.description)) : .null
  }

  /// The value of a parameter.
  package init(_ value: ParameterValue) {
    self =
      switch value {
      case .integer(let value): .integer(value)
      case .real(let value): .real(value)
      case .boolean(let value): .boolean(value)
      case .text(let value): .text(value)
      }
  }

  /// A component in a manifest's long form: `name`, and its arguments beside it.
  package init(_ component: Component) {
    self = .object(
      [("name", .text(component.name))]
        + component.arguments.sorted { $0.key < $1.key }.map { ($0.key, JSON($0.value)) }
    )
  }

  /// The value of an argument; one that was left out is null.
  package init(_ value: ArgumentValue) {
    self =
      switch value {
      case .none: .null
      case .boolean(let value): .boolean(value)
      case .integer(let value): .integer(value)
      case .real(let value): .real(value)
      case .text(let value): .text(value)
      case .list(let values): .list(values.map(JSON.init))
      case .mapping(let fields): .sorted(fields.mapValues(JSON.init))
      case .component(let component): JSON(component)
      case .components(let components): .list(components.map { JSON($0) })
      }
  }
}

extension JSON: Decodable {
  /// Reads any JSON value.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if let value = try? container.decode(Int.self) {
      self = .integer(value)
    } else if let value = try? container.decode(Double.self) {
      self = .real(value)
    } else if let value = try? container.decode(Bool.self) {
      self = .boolean(value)
    } else if let values = try? container.decode([JSON].self) {
      self = .list(values)
    } else {
      self = .sorted(try container.decode([String: JSON].self))
    }
  }
}
