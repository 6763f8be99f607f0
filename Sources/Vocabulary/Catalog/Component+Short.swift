// SPDX-License-Identifier: Apache-2.0

extension Component {
  /// The layer in a few words, for a drawing: `dense 64 relu`, `gru 32 bidirectional`.
  ///
  /// Left out are standard values, initial values, and the blocks that a drawing shows by arrows; of layers inside only the
  /// number is told.
  public var shortText: String {
    guard let definition else { return name }
    let words = definition.arguments.compactMap { argument -> String? in
      guard let value = arguments[argument.name], value != argument.standard else { return nil }
      return Self.shortText(argument, value, isPrincipal: argument.name == definition.shorthand)
    }
    return ([name] + words).joined(separator: " ")
  }

  private static func shortText(
    _ argument: ArgumentDefinition,
    _ value: ArgumentValue,
    isPrincipal: Bool
  ) -> String? {
    switch (argument.kind, value) {
    case (.block, _), (.mapping, _): return nil
    case (.layers, .components(let layers)): return "(\(layers.leafCount))"
    case (.namedLayers, _):
      let branches = value.namedLayers.map { String($0.layers.leafCount) }
      return "(\(branches.joined(separator: " | ")))"
    case (_, .boolean(let holds)): return (holds ? "" : "no ") + argument.name
    case (_, .component(let component)): return component.shortText
    default:
      guard let text = plain(value) else { return nil }
      return isPrincipal ? text : "\(argument.name) \(text)"
    }
  }

  private static func plain(_ value: ArgumentValue) -> String? {
    if let list = value.list { return list.compactMap(plain).joined(separator: "×") }
    return value.scalarText
  }

  /// The component without what a drawing's arrows do not show: its numbers and words.
  var wiring: Component {
    var kept = Component(name)
    for argument in definition?.arguments ?? [] {
      guard let value = arguments[argument.name] else { continue }
      switch argument.kind {
      case .block: kept.arguments[argument.name] = value
      case .layers: kept.arguments[argument.name] = value.components.map { .components($0.wiring) }
      case .namedLayers:
        kept.arguments[argument.name] = .named(value.namedLayers.map { ($0, $1.wiring) })
      default: break
      }
    }
    return kept
  }
}

extension [Component] {
  /// Layers without their numbers and words.
  var wiring: [Component] { map(\.wiring) }

  /// Layers, those inside of others in their place.
  fileprivate var leafCount: Int {
    reduce(0) { total, layer in
      let inside = layer.arguments.values.reduce(0) { count, value in
        count + (value.components?.leafCount ?? 0)
          + value.namedLayers.reduce(0) { $0 + $1.layers.leafCount }
      }
      return total + Swift.max(1, inside)
    }
  }
}

extension ModelSpecification {
  /// The blocks, what they read and the names of their layers: equal for models whose drawings differ in numbers only.
  public var wiring: ModelSpecification { mapLayers(\.wiring) }
}
