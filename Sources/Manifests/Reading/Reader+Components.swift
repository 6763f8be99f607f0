// SPDX-License-Identifier: Apache-2.0

internal import Diagnostics
internal import Experiments
internal import Vocabulary

extension Catalog.Family {
  /// What one component of the family is called.
  var noun: String {
    switch self {
    case .layers: "layer"
    case .activations: "activation"
    case .losses: "loss"
    case .optimizers: "optimizer"
    case .schedules: "schedule"
    case .initializers: "initializer"
    case .datasets: "data set"
    case .metrics: "metric"
    }
  }

  /// The families whose names may stand where this one is expected: every activation is also a layer.
  var accepted: [Self] { self == .layers ? [.layers, .activations] : [self] }

  /// The definitions that may stand where this family is expected.
  var definitions: [ComponentDefinition] { accepted.flatMap(Catalog.definitions) }
}

extension Reader {
  /// A component in any of its forms: `name`, `name: value`, `name: { … }`, `{ name: …, … }`.
  func component(_ node: SourceNode, _ family: Catalog.Family, label: String) -> Component? {
    guard let node = resolve(node) else { return nil }
    let expected = "a\(family == .activations || family == .initializers ? "n" : "") \(family.noun)"
    switch node.content {
    case .scalar(let scalar):
      guard self.scalar(node, expected: expected, label: label) != nil,
        let definition = definition(named: scalar.text, family, at: node)
      else { return nil }
      return component(definition, arguments: nil, at: node.place)
    case .mapping(let entries):
      return component(entries, family, label: label, at: node)
    case .sequence:
      findings.report(.wrongValue(label, expected: expected, got: node), at: node)
      return nil
    }
  }

  /// A list of layers with at least one element.
  func layers(_ node: SourceNode, label: String) -> [Component]? {
    guard let elements = items(node, expected: "a list of layers", label: label) else { return nil }
    guard !elements.isEmpty else {
      findings.report(.emptyList(label), at: node)
      return nil
    }
    return all(elements) { component($0, .layers, label: label) }
  }

  /// A mapping of at least one name to a list of layers, which may be empty.
  func namedLayers(_ node: SourceNode, label: String) -> ArgumentValue? {
    guard let node = resolve(node), let entries = entries(of: node, label: label) else {
      return nil
    }
    guard !entries.isEmpty else {
      findings.report(.emptyMapping(label), at: node)
      return nil
    }
    let named = entries.compactMap { entry -> (name: String, layers: [Component])? in
      guard ModelPlace.isBlockName(entry.key) else {
        findings.report(.branchName(entry.key, in: label), at: entry.keyPlace)
        return nil
      }
      let label = "\(label).\(entry.key)"
      guard let items = items(entry.value, expected: "a list of layers", label: label),
        let layers = all(items, { component($0, .layers, label: label) })
      else { return nil }
      return (entry.key, layers)
    }
    return named.count == entries.count ? .named(named) : nil
  }

  private func component(
    _ entries: [SourceEntry],
    _ family: Catalog.Family,
    label: String,
    at node: SourceNode
  ) -> Component? {
    if let name = node["name"] {
      return named(name, entries.filter { $0.key != "name" }, family, label: label, at: node.place)
    }
    guard entries.count == 1, let entry = entries.first else {
      findings.report(.severalNames(family, entries), at: node)
      return nil
    }
    let keyNode = SourceNode(text: entry.key, at: entry.keyPlace)
    guard let definition = definition(named: entry.key, family, at: keyNode) else { return nil }
    return component(definition, arguments: entry.value, at: entry.keyPlace)
  }

  /// The form `{ name: …, … }`.
  func named(
    _ nameNode: SourceNode,
    _ entries: [SourceEntry],
    _ family: Catalog.Family,
    label: String,
    at place: Place
  ) -> Component? {
    guard let resolved = resolve(nameNode),
      let name = scalar(resolved, expected: "a name", label: "\(label).name"),
      let definition = definition(named: name.text, family, at: resolved)
    else { return nil }
    let owner = owner(of: definition, in: family)
    guard let values = arguments(entries, definition.arguments, owner: owner, at: place) else {
      return nil
    }
    return checked(Component(definition.name, values), entries: entries, at: place)
  }

  private func owner(of definition: ComponentDefinition, in family: Catalog.Family) -> Owner {
    switch family {
    case .optimizers: Owner("optimizer")
    case .layers, .activations: Owner(definition.name, words: [definition.name, "layer"])
    default: Owner(definition.name)
    }
  }

  private func component(
    _ definition: ComponentDefinition,
    arguments node: SourceNode?,
    at place: Place
  ) -> Component? {
    let owner = Owner(definition.name, words: [definition.name, "layer"])
    guard let entries = entries(of: node, definition, owner: owner) else { return nil }
    guard let values = arguments(entries, definition.arguments, owner: owner, at: place) else {
      return nil
    }
    return checked(Component(definition.name, values), entries: entries, at: place)
  }

  /// The arguments as entries; a bare value stands for the shorthand's.
  private func entries(
    of node: SourceNode?,
    _ definition: ComponentDefinition,
    owner: Owner
  ) -> [SourceEntry]? {
    guard let node, !node.isNull else { return [] }
    if let entries = node.entries { return entries }
    if let shorthand = definition.shorthand {
      if let text = node.text, let colon = text.firstIndex(of: ":"),
        definition.arguments.contains(where: { $0.name == text[..<colon] })
      {
        findings.report(.missingSpace(afterKey: String(text[..<colon])), at: node)
        return nil
      }
      return [SourceEntry(key: shorthand, keyPlace: node.place, value: node)]
    }
    let names = definition.arguments.map(\.name)
    findings.report(.noShorthand(definition.name, arguments: names, got: node), at: node)
    return nil
  }

  /// The definition of a name; an unknown one is reported with what is near.
  func definition(
    named name: String,
    _ family: Catalog.Family,
    at node: SourceNode
  ) -> ComponentDefinition? {
    let known = family.definitions
    if let definition = known.first(where: { $0.name == name }) { return definition }
    if let colon = name.firstIndex(of: ":"), known.contains(where: { $0.name == name[..<colon] }) {
      findings.report(.missingSpace(afterKey: String(name[..<colon])), at: node)
      return nil
    }
    let answer = family.accepted.lazy.compactMap { ForeignWords.answer(to: name, in: $0) }.first
    if let answer = answer ?? (family == .metrics ? MetricWords.answer(toEntry: name) : nil) {
      findings.report(.unknownComponent(family, name, answer: answer), at: node)
      return nil
    }
    let foreign = family.accepted.lazy.compactMap { ForeignWords.component(name, in: $0) }.first
    let near = foreign ?? nearestName(to: name, among: known.map(\.name))
    findings.report(.unknownComponent(family, name, near: near, known: known.map(\.name)), at: node)
    return nil
  }

  // MARK: - Rules between arguments

  /// The component, or nil where its arguments break the rule of its definition.
  func checked(
    _ component: Component,
    entries: [SourceEntry],
    at place: Place
  ) -> Component? {
    guard let (key, mistake) = conflict(in: component) else { return component }
    guard let node = entries.first(where: { $0.key == key })?.value, let value = resolve(node)
    else {
      findings.report(mistake, at: place)
      return nil
    }
    findings.report(mistake, at: value)
    return nil
  }

  private func conflict(in component: Component) -> (key: String, mistake: Mistake)? {
    let name = component.name
    switch component.definition?.rule {
    case .below(let low, let high):
      guard let least = component[low].real, let most = component[high].real, least >= most
      else { return nil }
      return (high, .reversedEnds("\(name).\(high)", "\(name).\(low)", high: most, low: least))
    case .atMost(let low, let high):
      guard let least = component[low].real, let most = component[high].real, least > most
      else { return nil }
      return (high, .lowEnd("\(name).\(high)", "\(name).\(low)", high: most, low: least))
    case .onlyWith(let flag, let number):
      guard component[flag].boolean == true, component[number].real == 0 else { return nil }
      return (flag, .flagWithout(flag, number))
    case .atMostHalf(let size, let whole):
      guard let half = component[size].size, let all = component[whole].size,
        2 * half.height > all.height || 2 * half.width > all.width
      else { return nil }
      return (size, .poolPadding(name))
    case nil: return nil
    }
  }
}
