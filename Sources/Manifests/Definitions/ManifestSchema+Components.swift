// SPDX-License-Identifier: Apache-2.0

internal import Experiments
internal import Vocabulary

extension ManifestSchema {
  private static let reference: JSON = ["$ref": "#/$defs/reference"]
  /// Of branches, and of inputs and targets.
  private static let names: JSON = ["pattern": "^[A-Za-z][A-Za-z0-9_-]*$"]

  // MARK: - Arguments

  func argument(_ kind: ArgumentKind, isOpen: Bool) -> JSON {
    switch kind {
    case .boolean: open(["type": "boolean"], isOpen)
    case .integer(let range): open(integer(range), isOpen)
    case .real(let range): open(real(range), isOpen)
    case .text, .path, .folder, .block: ["type": "string"]
    case .paths:
      [
        "anyOf": [
          ["type": "string"],
          [
            "type": "object", "minProperties": 1, "propertyNames": Self.names,
            "additionalProperties": ["type": "string"],
          ],
        ]
      ]
    case .choice(let words): open(["enum": JSON(strings: words)], isOpen)
    case .size(let range):
      [
        "anyOf": [
          integer(range), Self.reference,
          [
            "type": "array", "minItems": 2, "maxItems": 2,
            "items": ["anyOf": [integer(range), Self.reference]],
          ],
        ]
      ]
    case .list(let kind):
      ["type": "array", "minItems": 1, "items": argument(kind, isOpen: isOpen)]
    case .mapping(let definitions): object(definitions)
    case .component(.layers): ["$ref": "#/$defs/layer"]
    case .component(.optimizers): ["$ref": "#/$defs/optimizer"]
    case .component(let family): ["$ref": .text("#/$defs/\(family.rawValue)")]
    case .layers: ["$ref": "#/$defs/layers"]
    case .names:
      ["anyOf": [["type": "string"], ["type": "array", "items": ["type": "string"]]]]
    case .network: ["$ref": "#/$defs/network"]
    case .losses: ["$ref": "#/$defs/weighted_losses"]
    case .namedLayers:
      [
        "type": "object", "minProperties": 1,
        "propertyNames": Self.names,
        "additionalProperties": ["type": "array", "items": ["$ref": "#/$defs/layer"]],
      ]
    }
  }

  private func open(_ schema: JSON, _ isOpen: Bool) -> JSON {
    isOpen ? ["anyOf": [schema, Self.reference]] : schema
  }

  func integer(_ range: ClosedRange<Int>) -> JSON {
    ["type": "integer", "minimum": JSON(range.lowerBound), "maximum": JSON(range.upperBound)]
  }

  func real(_ range: RealRange) -> JSON {
    let head: JSON = ["type": "number"]
    let low = range.minimum == -.greatestFiniteMagnitude ? nil : JSON(range.minimum)
    let high = range.maximum == .greatestFiniteMagnitude ? nil : JSON(range.maximum)
    return
      head
      .adding(range.excludesMinimum ? "exclusiveMinimum" : "minimum", low)
      .adding(range.excludesMaximum ? "exclusiveMaximum" : "maximum", high)
  }

  // MARK: - Components

  /// Every argument of every component and every key of `data`, so that each is written once.
  var arguments: [(String, JSON)] {
    let keys = ManifestKeys.data.map { key in
      ("data.\(key.name)", described(key, isOpen: true))
    }
    return keys
      + Catalog.Family.allCases.flatMap { family in
        Catalog.definitions(family).flatMap { definition in
          definition.arguments.map { ("\(definition.name).\($0.name)", argument($0)) }
        }
      }
  }

  private static func pointer(_ owner: String, _ name: String) -> JSON {
    ["$ref": .text("#/$defs/\(owner).\(name)")]
  }

  /// A mapping of an argument's own keys.
  private func object(_ arguments: [ArgumentDefinition]) -> JSON {
    let required = arguments.filter { $0.standard == nil }.map(\.name)
    let head: JSON = ["type": "object"]
    return
      (required.isEmpty ? head : head.adding("required", JSON(strings: required)))
      .adding("properties", .object(arguments.map { ($0.name, argument($0)) }))
      .adding("additionalProperties", false)
  }

  /// A mapping of a component's arguments, with more properties put before and after them.
  private func object(
    _ definition: ComponentDefinition,
    before: [(String, JSON)] = [],
    required: [String] = [],
    after: [(String, JSON)] = []
  ) -> JSON {
    let arguments = definition.arguments
    let names = required + arguments.filter { $0.standard == nil }.map(\.name)
    let properties =
      before + arguments.map { ($0.name, Self.pointer(definition.name, $0.name)) } + after
    let head: JSON = ["type": "object"]
    return
      (names.isEmpty ? head : head.adding("required", JSON(strings: names)))
      .adding("properties", .object(properties))
      .adding("additionalProperties", false)
  }

  /// One argument with its default; `none` where leaving it out has a meaning of its own.
  private func argument(_ definition: ArgumentDefinition) -> JSON {
    var schema = argument(definition.kind, isOpen: true)
    if case .some(.none) = definition.standard {
      schema = ["anyOf": [schema, ["enum": ["none", .null]]]]
    }
    return
      schema
      .adding("description", .text(definition.summary))
      .adding("default", definition.standard.flatMap(Self.json))
  }

  private static func json(_ value: ArgumentValue) -> JSON? {
    switch value {
    case .boolean(let value): .boolean(value)
    case .integer(let value): JSON(value)
    case .real(let value): JSON(value)
    case .text(let text): .text(text)
    case .component(let component): .text(component.name)
    case .list(let values): .list(values.compactMap(json))
    case .none, .mapping, .components: nil
    }
  }

  /// All forms of a family's components: a bare name, `{ name: arguments }`, `{ name: …, … }`, a parameter.
  func family(_ family: Catalog.Family) -> JSON {
    let known = family.definitions
    let bare = known.filter { $0.arguments.allSatisfy { $0.standard != nil } }.map(\.name)
    let single: JSON = [
      "type": "object", "minProperties": 1, "maxProperties": 1,
      "properties": .object(known.map { ($0.name, short($0)) }), "additionalProperties": false,
    ]
    let named = known.map { definition in
      object(
        definition,
        before: [("name", ["const": .text(definition.name)])],
        required: ["name"]
      )
    }
    return ["anyOf": .list([["enum": JSON(strings: bare)], single, Self.reference] + named)]
  }

  /// What may follow a component's name: its arguments, the shorthand's value, or nothing.
  private func short(_ definition: ComponentDefinition) -> JSON {
    var forms = [object(definition)]
    forms += definition.arguments.filter { $0.name == definition.shorthand }
      .map { Self.pointer(definition.name, $0.name) }
    if definition.arguments.allSatisfy({ $0.standard != nil }) { forms.append(["type": "null"]) }
    return ["anyOf": .list(forms), "description": .text(definition.summary)]
  }

  var optimizer: JSON {
    let named = Catalog.definitions(.optimizers).map { definition in
      object(
        definition,
        before: [("name", ["const": .text(definition.name)])],
        required: ["name"]
      ).adding("description", .text(definition.summary))
    }
    return ["anyOf": .list(named + [open(key: "name")])]
  }

  var data: JSON {
    let known = Catalog.definitions(.datasets)
    let own = ManifestKeys.data.map { ($0.name, Self.pointer("data", $0.name)) }
    let sets = known.map { definition in
      object(
        definition,
        before: [("dataset", ["const": .text(definition.name)])],
        required: ["dataset"],
        after: own
      ).adding("description", .text(definition.summary))
    }
    let bare = known.filter { $0.arguments.allSatisfy { $0.standard != nil } }.map(\.name)
    let forms = sets + [open(key: "dataset"), ["enum": JSON(strings: bare)]]
    return ["anyOf": .list(forms)]
  }

  /// A mapping whose component is a parameter's value, so that its arguments are not known.
  private func open(key: String) -> JSON {
    [
      "type": "object", "required": [.text(key)],
      "properties": .object([(key, Self.reference)]),
    ]
  }
}

extension JSON {
  /// The object with one more key at its end; other values stay as they are.
  func adding(_ key: String, _ value: JSON?) -> JSON {
    guard case .object(let fields) = self, let value else { return self }
    return .object(fields + [(key, value)])
  }
}
