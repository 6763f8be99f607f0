// SPDX-License-Identifier: Apache-2.0

import Experiments
import Vocabulary

/// Components made from the catalog alone, so that what is added there is tried without being named here.
struct ComponentSamples {
  /// A file and a folder that exist.
  let file: String
  let folder: String

  /// Arguments that must fit others, by component.
  private static let companions: [String: [String: ArgumentValue]] = [
    "uniform": ["low": .real(-1)], "sgd": ["momentum": .real(0.5)],
    "max_pool2d": ["kernel_size": .integer(9)], "avg_pool2d": ["kernel_size": .integer(9)],
  ]

  /// The component as it is with what is required, and once for each other argument with another value than the standard.
  func variants(of definition: ComponentDefinition) -> [Component] {
    let optional = definition.arguments.filter { $0.standard != nil }
    return [component(definition)]
      + optional.map { argument in
        var varied = component(definition)
        varied.arguments[argument.name] = value(argument.kind, unlike: argument.standard)
        return varied
      }
  }

  /// All variants of a family.
  func variants(of family: Catalog.Family) -> [Component] {
    Catalog.definitions(family).flatMap(variants)
  }

  /// The component of that name with every argument, as a manifest makes it; `given` differ from the standard.
  func component(
    _ name: String,
    in family: Catalog.Family,
    _ given: [String: ArgumentValue] = [:]
  ) -> Component {
    guard let definition = Catalog.definition(name, in: family) else { return Component(name) }
    return component(definition, given)
  }

  private func component(
    _ definition: ComponentDefinition,
    _ given: [String: ArgumentValue] = [:]
  ) -> Component {
    var arguments = given
    arguments.merge(Self.companions[definition.name] ?? [:]) { first, _ in first }
    for argument in definition.arguments where arguments[argument.name] == nil {
      arguments[argument.name] = argument.standard ?? value(argument.kind, unlike: nil)
    }
    return Component(definition.name, arguments)
  }

  // MARK: - Values

  private func value(_ kind: ArgumentKind, unlike standard: ArgumentValue?) -> ArgumentValue {
    switch kind {
    case .boolean: .boolean(standard != .boolean(true))
    case .integer(let range): integer(range, unlike: standard)
    case .real(let range): real(range, unlike: standard)
    case .block, .names: .text("encoder")
    case .losses: .component(variants(of: .losses)[0])
    case .text: .text("a \"column\": {1} # \\ 列\n\t${")
    case .choice(let words): words.map(ArgumentValue.text).first { $0 != standard } ?? .none
    case .path: .text(file)
    case .paths: .named([("right", file), ("left", file)])
    case .folder: .text(folder)
    case .size(let range): .list([integer(range, unlike: standard), integer(range, unlike: nil)])
    case .list(let element): .list([value(element, unlike: nil), value(element, unlike: nil)])
    case .mapping(let keys):
      .mapping(
        Dictionary(
          keys.map { ($0.name, value($0.kind, unlike: $0.standard)) },
          uniquingKeysWith: { first, _ in first }
        )
      )
    case .component(let family):
      variants(of: family).last { .component($0) != standard }.map(ArgumentValue.component) ?? .none
    case .layers, .network: .components(layers)
    case .namedLayers: .named([("b", layers), ("a", []), ("null", [nested])])
    }
  }

  private func integer(_ range: ClosedRange<Int>, unlike standard: ArgumentValue?) -> ArgumentValue
  {
    let fitting = [3, 4, range.lowerBound, range.upperBound].filter(range.contains)
    return fitting.map(ArgumentValue.integer).first { $0 != standard } ?? .none
  }

  private func real(_ range: RealRange, unlike standard: ArgumentValue?) -> ArgumentValue {
    let fitting = [1.0e-7, 0.25, 12.5].filter(range.contains)
    return fitting.map(ArgumentValue.real).first { $0 != standard } ?? .none
  }

  // MARK: - Layers in layers

  private var layers: [Component] {
    [component("relu", in: .activations), component("dense", in: .layers, ["units": .integer(2)])]
  }

  /// A block in a block: its ways are several and one of them is the input itself.
  var nested: Component {
    let inner = component(
      "branches",
      in: .layers,
      ["paths": .named([("z", layers), ("a", [])]), "combine": .text("add")]
    )
    return component(
      "residual",
      in: .layers,
      ["body": .components([inner] + layers), "shortcut": .components(layers)]
    )
  }
}
