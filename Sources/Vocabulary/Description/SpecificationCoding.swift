// SPDX-License-Identifier: Apache-2.0

/// A key of a JSON object.
struct WordKey: CodingKey {
  var stringValue: String
  var intValue: Int? { nil }

  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}

/// A specification is stored as JSON of a manifest's shape and words. JSON alone does not say whether `1` is a whole number
/// or a real one, or `{ … }` a component, so the description of each key is asked.
extension ArgumentValue: Encodable {
  /// Writes the plain value; a component as `name` with its arguments beside it.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .none:
      var container = encoder.singleValueContainer()
      try container.encodeNil()
    case .boolean(let value): try value.encode(to: encoder)
    case .integer(let value): try value.encode(to: encoder)
    case .real(let value): try value.encode(to: encoder)
    case .text(let value): try value.encode(to: encoder)
    case .list(let values): try values.encode(to: encoder)
    case .mapping(let fields): try fields.encode(to: encoder)
    case .component(let component): try component.encode(to: encoder)
    case .components(let components): try components.encode(to: encoder)
    }
  }
}

extension Component: Encodable {
  /// Writes `name` with the arguments beside it.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: WordKey.self)
    try container.encode(name, forKey: WordKey(stringValue: "name"))
    for (key, value) in arguments { try container.encode(value, forKey: WordKey(stringValue: key)) }
  }
}

extension ArgumentValue {
  /// The values of a section by key; what is null or absent was left out.
  static func section(_ decoder: any Decoder, _ keys: [FieldDescription]) throws -> ArgumentValue {
    let container = try decoder.container(keyedBy: WordKey.self)
    var values: [String: ArgumentValue] = [:]
    for key in keys {
      let word = WordKey(stringValue: key.name)
      guard container.contains(word), try !container.decodeNil(forKey: word) else { continue }
      values[key.name] = try value(container.superDecoder(forKey: word), key.kind)
    }
    return .mapping(values)
  }

  private static func value(_ decoder: any Decoder, _ kind: FieldKind) throws -> ArgumentValue {
    switch kind {
    case .argument(let kind): try value(decoder, kind)
    case .count(let range): try value(decoder, .integer(range))
    case .countOrFraction, .integerOr: try free(decoder)
    case .metricName: try value(decoder, .text)
    case .section(let keys, _): try section(decoder, keys)
    }
  }

  /// A value of another kind, as a word in place of a number, is what JSON tells.
  private static func value(_ decoder: any Decoder, _ kind: ArgumentKind) throws -> ArgumentValue {
    guard try !decoder.singleValueContainer().decodeNil() else { return .none }
    switch kind {
    case .boolean: return try (try? Bool(from: decoder)).map(Self.boolean) ?? free(decoder)
    case .integer: return try (try? Int(from: decoder)).map(Self.integer) ?? free(decoder)
    case .real: return try (try? Double(from: decoder)).map(Self.real) ?? free(decoder)
    case .text, .choice, .path, .folder, .block:
      return try (try? String(from: decoder)).map(Self.text) ?? free(decoder)
    case .size, .names, .paths: return try free(decoder)
    case .list(let kind): return .list(try elements(decoder) { try value($0, kind) })
    case .mapping(let definitions): return .mapping(try fields(decoder, definitions))
    case .component(let family): return .component(try component(decoder, family))
    case .layers: return .components(try layers(decoder))
    case .losses:
      guard (try? decoder.unkeyedContainer()) != nil else {
        return .component(try component(decoder, .losses))
      }
      return .list(try elements(decoder) { try section($0, LossSpecification.descriptions) })
    case .network:
      guard (try? decoder.unkeyedContainer()) == nil else {
        return .components(try layers(decoder))
      }
      return .mapping(
        try members(decoder) { try section($1, BlockSpecification.descriptions) }
      )
    case .namedLayers:
      return .list(
        try elements(decoder) { .mapping(try members($0) { .components(try layers($1)) }) }
      )
    }
  }

  private static func layers(_ decoder: any Decoder) throws -> [Component] {
    try elements(decoder) { try component($0, .layers) }
  }

  /// A component with the arguments that the catalog knows, each of its kind, and others as they stand.
  private static func component(
    _ decoder: any Decoder,
    _ family: Catalog.Family
  ) throws -> Component {
    let container = try decoder.container(keyedBy: WordKey.self)
    let name = try container.decode(String.self, forKey: WordKey(stringValue: "name"))
    var arguments = try fields(decoder, Self.definitions(name, family))
    arguments["name"] = nil
    return Component(name, arguments)
  }

  /// The arguments of a component; every activation is also a layer.
  private static func definitions(_ name: String, _ family: Catalog.Family) -> [ArgumentDefinition]
  {
    let families: [Catalog.Family] = family == .layers ? [.layers, .activations] : [family]
    return families.lazy.compactMap { Catalog.definition(name, in: $0) }.first?.arguments ?? []
  }

  private static func fields(
    _ decoder: any Decoder,
    _ definitions: [ArgumentDefinition]
  ) throws -> [String: ArgumentValue] {
    let kinds = Dictionary(uniqueKeysWithValues: definitions.map { ($0.name, $0.kind) })
    return try members(decoder) { name, value in
      try kinds[name].map { try Self.value(value, $0) } ?? free(value)
    }
  }

  // MARK: - Containers

  private static func elements<Element>(
    _ decoder: any Decoder,
    _ body: (any Decoder) throws -> Element
  ) throws -> [Element] {
    var container = try decoder.unkeyedContainer()
    var elements: [Element] = []
    while !container.isAtEnd { elements.append(try body(container.superDecoder())) }
    return elements
  }

  private static func members(
    _ decoder: any Decoder,
    _ body: (String, any Decoder) throws -> ArgumentValue
  ) throws -> [String: ArgumentValue] {
    let container = try decoder.container(keyedBy: WordKey.self)
    var members: [String: ArgumentValue] = [:]
    for key in container.allKeys {
      members[key.stringValue] = try body(key.stringValue, container.superDecoder(forKey: key))
    }
    return members
  }

  /// A value without a description, as JSON tells it.
  private static func free(_ decoder: any Decoder) throws -> ArgumentValue {
    ArgumentValue(try JSON(from: decoder))
  }

  /// A value as JSON tells it.
  private init(_ json: JSON) {
    self =
      switch json {
      case .null: .none
      case .boolean(let value): .boolean(value)
      case .integer(let value): .integer(value)
      case .real(let value): .real(value)
      case .text(let value): .text(value)
      case .list(let values): .list(values.map(ArgumentValue.init))
      case .object(let fields):
        .mapping(
          Dictionary(fields.map { ($0.0, ArgumentValue($0.1)) }, uniquingKeysWith: { $1 })
        )
      }
  }
}

extension RunSpecification: Codable {
  /// Reads what `encode` wrote, also by an older version: what it did not know of has its standard value.
  public init(from decoder: any Decoder) throws {
    let values = try ArgumentValue.section(decoder, Self.descriptions)
    guard let specification = Self.setting(values) else {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(
          codingPath: decoder.codingPath,
          debugDescription: "the keys of a specification do not have the values they may have"
        )
      )
    }
    self = specification
  }

  /// Writes the keys of a manifest with what was not left out.
  public func encode(to encoder: any Encoder) throws { try argument.encode(to: encoder) }
}
