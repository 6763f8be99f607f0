// SPDX-License-Identifier: Apache-2.0

import Experiments
package import Vocabulary

/// The values of a specification as YAML that a manifest may hold, in the flow style of one line.
package enum ManifestFlow {
  /// `{ a: 1, b: 2 }`.
  package static func mapping(_ pairs: [(String, String)]) -> String {
    pairs.isEmpty ? "{}" : "{ " + pairs.map { "\($0.0): \($0.1)" }.joined(separator: ", ") + " }"
  }

  /// `[a, b]`.
  package static func list(_ elements: [String]) -> String {
    "[" + elements.joined(separator: ", ") + "]"
  }

  // MARK: - Sections

  /// The value of a described key; of a section the keys whose value is not the standard one.
  package static func setting(_ value: ArgumentValue, _ kind: FieldKind) -> String {
    guard case .section(let keys, _) = kind, let values = value.mapping else {
      if case .argument(let kind) = kind { return text(value, kind) }
      return text(value, nil)
    }
    return mapping(
      keys.filter(\.isKey).flatMap { key -> [(String, String)] in
        guard let value = values[key.name], value != key.standard else { return [] }
        // A data set's arguments stand beside the other keys.
        if case .argument(.component(.datasets)) = key.kind, let data = value.component {
          return [(key.name, data.name)] + arguments(data)
        }
        return [(key.name, setting(value, key.kind))]
      }
    )
  }

  // MARK: - Components

  /// `dense: { units: 8 }`, or the name alone where every argument has its standard: an element of a block list.
  package static func entry(_ component: Component) -> String {
    let pairs = arguments(component)
    return component.name + (pairs.isEmpty ? "" : ": " + mapping(pairs))
  }

  /// `{ name: huber, delta: 2.0 }`, or the name alone where every argument has its standard.
  package static func component(_ component: Component) -> String {
    arguments(component).isEmpty ? component.name : mapping(named(component))
  }

  /// The name and the arguments whose value is not the standard one.
  package static func named(_ component: Component) -> [(String, String)] {
    [("name", component.name)] + arguments(component)
  }

  /// The arguments whose value is not the standard one, sorted by name.
  package static func arguments(_ component: Component) -> [(String, String)] {
    let definition = component.definition
    return pairs(component.arguments) { definition?.argument($0) }
  }

  private static func pairs(
    _ values: [String: ArgumentValue],
    _ definition: (String) -> ArgumentDefinition?
  ) -> [(String, String)] {
    values.sorted { $0.key < $1.key }.compactMap { key, value in
      let definition = definition(key)
      return definition?.standard == value ? nil : (key, text(value, definition?.kind))
    }
  }

  /// `kind` tells apart what has one form as a value and two in a manifest.
  private static func text(_ value: ArgumentValue, _ kind: ArgumentKind?) -> String {
    switch value {
    case .none: "none"
    case .boolean(let flag): "\(flag)"
    case .integer(let number): "\(number)"
    case .real(let number): "\(number)"
    case .text(let text): scalar(text)
    case .list(let values): list(value, of: values, kind)
    case .mapping(let values): mapping(pairs(values) { key in kind?.definition(of: key) })
    case .component(let nested): component(nested)
    case .components(let layers): list(layers.map(component))
    }
  }

  private static func list(
    _ value: ArgumentValue,
    of elements: [ArgumentValue],
    _ kind: ArgumentKind?
  ) -> String {
    switch kind {
    case .namedLayers:
      mapping(value.namedLayers.map { (scalar($0.name), list($0.layers.map(component))) })
    case .paths: mapping(value.namedFiles.map { (scalar($0.name), scalar($0.path)) })
    case .list(let element): list(elements.map { text($0, element) })
    default: list(elements.map { text($0, nil) })
    }
  }

  // MARK: - Text

  /// Words stay bare, all other text is quoted.
  package static func scalar(_ text: String) -> String {
    let isWord = text.allSatisfy {
      ($0.isASCII && ($0.isLetter || $0.isNumber)) || $0 == "_"
    }
    if isWord, text.first?.isLetter == true, !reserved.contains(text.lowercased()) { return text }
    return "\"" + text.unicodeScalars.map(escaped).joined() + "\""
  }

  /// What YAML takes for something else than text.
  private static let reserved: Set<String> = ["null", "true", "false"]

  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator:
      let digits = String(scalar.value, radix: 16)
      return "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
    default: return scalar == "\"" || scalar == "\\" ? "\\\(scalar)" : "\(scalar)"
    }
  }
}

extension ArgumentKind {
  /// The definition of a mapping's key.
  fileprivate func definition(of key: String) -> ArgumentDefinition? {
    guard case .mapping(let keys) = self else { return nil }
    return keys.first { $0.name == key }
  }
}
