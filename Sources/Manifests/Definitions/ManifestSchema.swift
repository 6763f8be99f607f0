// SPDX-License-Identifier: Apache-2.0

internal import Experiments
internal import Vocabulary

/// The JSON Schema (2020-12) of manifests, for editors; made from the definitions that the parser reads.
public func manifestSchema() -> String { ManifestSchema().document.pretty() + "\n" }

/// Builds the schema. `${p}` is allowed in the sections into which parameters are put.
struct ManifestSchema {
  private static let reference: JSON = ["$ref": "#/$defs/reference"]

  var document: JSON {
    let head: JSON = [
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "title": "runexp manifest",
      "description": "A declarative neural-network experiment.",
      "type": "object",
    ]
    // Either of two keys is enough for the model and for the optimizer.
    func either(_ one: String, _ other: String) -> JSON {
      ["anyOf": [["required": [.text(one)]], ["required": [.text(other)]]]]
    }
    let required = ManifestKeys.top.filter { $0.isRequired && $0.name != "optimizer" }.map(\.name)
    return
      head
      .adding("required", JSON(strings: required))
      .adding("allOf", [either("model", "models"), either("optimizer", "optimizers")])
      .adding("properties", properties(ManifestKeys.top, isOpen: false))
      .adding("additionalProperties", false)
      .adding("$defs", definitions)
  }

  private var definitions: JSON {
    var entries: [(String, JSON)] = [
      (
        "reference",
        [
          "description": "The value of a parameter.", "type": "string",
          "pattern": "\\$\\{[A-Za-z_][A-Za-z0-9_]*\\}",
        ]
      ),
      ("layers", ["type": "array", "minItems": 1, "items": ["$ref": "#/$defs/layer"]]),
      ("layer", family(.layers)),
      ("network", network),
      ("weighted_losses", weightedLosses),
    ]
    for family in [
      Catalog.Family.activations, .losses, .schedules, .initializers, .metrics,
    ] {
      entries.append((family.rawValue, self.family(family)))
    }
    entries.append(("optimizer", optimizer))
    entries.append(("data", data))
    entries.append(("axis", axis))
    return .object(entries + arguments)
  }

  /// A list of layers, or blocks by name, each a list of layers or a mapping of its keys.
  private var network: JSON {
    let layers: JSON = ["$ref": "#/$defs/layers"]
    let blocks: JSON = [
      "type": "object", "minProperties": 1,
      "propertyNames": ["pattern": "^[A-Za-z][A-Za-z0-9_-]*$"],
      "additionalProperties": ["anyOf": [layers, mapping(ManifestKeys.block, isOpen: true)]],
    ]
    return ["anyOf": [layers, blocks]]
  }

  /// A loss, or a list of losses with their weights.
  private var weightedLosses: JSON {
    [
      "anyOf": [
        ["$ref": "#/$defs/losses"],
        [
          "type": "array", "minItems": 1,
          "items": mapping(ManifestKeys.weightedLoss, isOpen: true),
        ],
      ]
    ]
  }

  // MARK: - Keys

  private func properties(_ keys: [Key], isOpen: Bool) -> JSON {
    .object(
      keys.map { key in
        let isOpen = isOpen || SpecificationReader.sections.contains(key.name)
        return (key.name, described(key, isOpen: isOpen))
      }
    )
  }

  /// The schema of one key; `none` is allowed where it means the same as leaving the key out.
  func described(_ key: Key, isOpen: Bool) -> JSON {
    let schema = schema(key.kind, isOpen: isOpen)
    let whole: JSON = key.standard == "none" ? ["anyOf": [schema, ["const": "none"]]] : schema
    return whole.adding("description", .text(key.summary))
  }

  private func mapping(_ keys: [Key], isOpen: Bool) -> JSON {
    let required = keys.filter(\.isRequired).map(\.name)
    let head: JSON = ["type": "object"]
    return
      (required.isEmpty ? head : head.adding("required", JSON(strings: required)))
      .adding("properties", properties(keys, isOpen: isOpen))
      .adding("additionalProperties", false)
  }

  /// A scalar's schema, or a parameter's reference where that is allowed.
  private func open(_ schema: JSON, _ isOpen: Bool) -> JSON {
    isOpen ? ["anyOf": [schema, Self.reference]] : schema
  }

  func schema(_ kind: KeyKind, isOpen: Bool) -> JSON {
    switch kind {
    case .argument(let kind): argument(kind, isOpen: isOpen)
    case .countOrFraction: open(countOrFraction, isOpen)
    case .integerOr(let range, let word):
      ["anyOf": [integer(range), ["const": .text(word)], Self.reference]]
    case .experimentName: ["type": "string", "pattern": "^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$"]
    case .metricName: Self.metricName
    case .metricNames: ["type": "array", "items": Self.metricName]
    case .words(let words):
      [
        "anyOf": [
          ["enum": JSON(strings: words)],
          [
            "type": "array", "minItems": 1, "uniqueItems": true,
            "items": ["enum": JSON(strings: words)],
          ],
        ]
      ]
    case .mapping(let keys, nil): mapping(keys, isOpen: isOpen)
    case .mapping(let keys, let shorthand?):
      ["anyOf": .list([mapping(keys, isOpen: isOpen)] + shorthands(shorthand, keys))]
    case .entries(let keys): ["type": "array", "items": mapping(keys, isOpen: isOpen)]
    case .data: ["$ref": "#/$defs/data"]
    case .model: ["anyOf": [["$ref": "#/$defs/network"], ["type": "string"]]]
    case .models: Self.map(of: ["$ref": "#/$defs/network"])
    case .optimizer: ["$ref": "#/$defs/optimizer"]
    case .optimizers: Self.map(of: ["$ref": "#/$defs/optimizer"])
    case .parameters: Self.map(of: ["$ref": "#/$defs/axis"])
    case .parameter: ["type": "string"]
    case .parameterNames: ["type": "array", "items": ["type": "string"]]
    case .parameterGroups:
      [
        "type": "array",
        "items": ["type": "array", "minItems": 2, "items": ["type": "string"]],
      ]
    case .selection: Self.map(of: Self.scalar)
    case .condition: condition
    case .conditions: ["type": "array", "items": condition]
    case .value: Self.scalar
    case .values: Self.values
    case .probabilities: ["type": "array", "items": real(RealRange(from: 0, to: 1))]
    case .printedNumber: ["type": ["number", "string"]]
    case .interval:
      ["type": "array", "minItems": 2, "maxItems": 2, "items": ["type": "number"]]
    }
  }

  private static var metricName: JSON {
    let known: JSON = ["enum": JSON(strings: MetricName.all)]
    let patterns: [JSON] = MetricName.patterns.map { pattern in
      ["type": "string", "pattern": .text(pattern)]
    }
    return ["anyOf": .list([known] + patterns)]
  }

  private func shorthands(_ name: String, _ keys: [Key]) -> [JSON] {
    keys.filter { $0.name == name }.map { schema($0.kind, isOpen: false) }
  }

  private var countOrFraction: JSON {
    [
      "anyOf": [
        ["type": "integer", "minimum": 1, "maximum": JSON(SettingRange.count.upperBound)],
        ["type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1],
      ]
    ]
  }

  // MARK: - Parameters

  private static let scalar: JSON = ["type": ["string", "number", "boolean"]]
  private static let values: JSON = ["type": "array", "minItems": 1, "items": scalar]

  private static func map(of value: JSON) -> JSON {
    ["type": "object", "minProperties": 1, "additionalProperties": value]
  }

  private var condition: JSON { Self.map(of: ["anyOf": [Self.scalar, Self.values]]) }

  private var axis: JSON {
    ["anyOf": [Self.values, mapping(ManifestKeys.axis, isOpen: false)]]
  }
}
