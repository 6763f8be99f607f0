// SPDX-License-Identifier: Apache-2.0

internal import Diagnostics
internal import Experiments
internal import Vocabulary

/// Reads typed values from nodes; every method reports what is wrong and returns nil then.
///
/// Nil without a report means: depends on a parameter whose value is not known while only the structure is checked.
struct Reader {
  let findings: Findings
  let paths: PathRules
  var scope: Scope
  /// The loss's name, as far as it is known: one that takes logits refuses their softmax.
  var loss: String?
  /// The names of the losses that say of which block they are.
  var lossOfBlock: [String: String] = [:]

  func resolve(_ node: SourceNode) -> SourceNode? { scope.resolve(node, findings) }

  /// The scalar's text after `${}`; anything but a scalar is refused with what was `expected`.
  func scalar(_ node: SourceNode, expected: String, label: String) -> SourceNode.Scalar? {
    guard let scalar = node.scalar, !node.isNull else {
      findings.report(.wrongValue(label, expected: expected, got: node), at: node)
      return nil
    }
    return scalar
  }

  // MARK: - Plain values

  func boolean(_ node: SourceNode, label: String) -> Bool? {
    guard let node = resolve(node) else { return nil }
    guard let scalar = scalar(node, expected: "`true` or `false`", label: label) else { return nil }
    guard !scalar.isInterpolated, let value = Scalars.boolean(scalar.text) else {
      findings.report(.wrongBoolean(label, got: node), at: node)
      return nil
    }
    return value
  }

  func integer(_ node: SourceNode, _ range: ClosedRange<Int>, label: String) -> Int? {
    guard let node = resolve(node) else { return nil }
    let expected = words(for: range)
    guard let scalar = scalar(node, expected: expected, label: label) else { return nil }
    guard !scalar.isInterpolated, let value = Scalars.integer(scalar.text), range.contains(value)
    else {
      findings.report(.wrongValue(label, expected: expected, got: node), at: node)
      return nil
    }
    return value
  }

  func real(_ node: SourceNode, _ range: RealRange, label: String) -> Double? {
    guard let node = resolve(node) else { return nil }
    let expected = words(for: range, withEveryEnd: node.text.map(Scalars.isEndless) ?? false)
    guard let scalar = scalar(node, expected: expected, label: label) else { return nil }
    guard !scalar.isInterpolated, let value = Scalars.real(scalar.text), range.contains(value)
    else {
      findings.report(.wrongValue(label, expected: expected, got: node), at: node)
      return nil
    }
    return value
  }

  func text(_ node: SourceNode, label: String) -> String? {
    guard let node = resolve(node) else { return nil }
    return scalar(node, expected: "text", label: label)?.text
  }

  func choice(_ node: SourceNode, of words: [String], label: String) -> String? {
    guard let node = resolve(node) else { return nil }
    let expected = alternatives(words)
    guard let scalar = scalar(node, expected: expected, label: label) else { return nil }
    guard words.contains(scalar.text) else {
      findings.report(.wrongWord(label, words: words, got: scalar.text), at: node)
      return nil
    }
    return scalar.text
  }

  func file(_ node: SourceNode, label: String) -> String? {
    guard let node = resolve(node) else { return nil }
    guard let scalar = scalar(node, expected: "a file", label: label) else { return nil }
    switch paths.resolve(scalar.text) {
    case .success(let path): return path
    case .failure(let refusal):
      findings.report(.refusedPath(label, scalar.text, refusal), at: node)
      return nil
    }
  }

  func folder(_ node: SourceNode, label: String) -> String? {
    guard let node = resolve(node) else { return nil }
    guard let scalar = scalar(node, expected: "a folder", label: label) else { return nil }
    switch paths.resolve(scalar.text, wantsFolder: true) {
    case .success(let path): return path
    case .failure(let refusal):
      findings.report(.refusedPath(label, scalar.text, refusal), at: node)
      return nil
    }
  }

  /// The elements of a list; anything else is refused.
  func items(_ node: SourceNode, expected: String, label: String) -> [SourceNode]? {
    guard let node = resolve(node) else { return nil }
    guard let items = node.items else {
      findings.report(.wrongValue(label, expected: expected, got: node), at: node)
      return nil
    }
    return items
  }

  /// The results of `read` for every element, or nil if one has none.
  func all<T>(_ nodes: [SourceNode], _ read: (SourceNode) -> T?) -> [T]? {
    let values = nodes.map(read)
    let known = values.compactMap { $0 }
    return known.count == values.count ? known : nil
  }

  // MARK: - Arguments of components

  /// A value of any kind of the catalog.
  func argument(_ node: SourceNode, _ kind: ArgumentKind, label: String) -> ArgumentValue? {
    switch kind {
    case .boolean: boolean(node, label: label).map(ArgumentValue.boolean)
    case .integer(let range): integer(node, range, label: label).map(ArgumentValue.integer)
    case .real(let range): real(node, range, label: label).map(ArgumentValue.real)
    case .text, .block: text(node, label: label).map(ArgumentValue.text)
    case .choice(let words): choice(node, of: words, label: label).map(ArgumentValue.text)
    case .path: file(node, label: label).map(ArgumentValue.text)
    case .paths: files(node, label: label)
    case .folder: folder(node, label: label).map(ArgumentValue.text)
    case .size(let range): size(node, range, label: label)
    case .list(let element): list(node, of: element, label: label)
    case .mapping(let definitions):
      fields(node, definitions, label: label).map(ArgumentValue.mapping)
    case .component(let family):
      component(node, family, label: label).map(ArgumentValue.component)
    case .layers: layers(node, label: label).map(ArgumentValue.components)
    case .namedLayers: namedLayers(node, label: label)
    case .names: names(node, label: label)
    case .network: model(node, label: label)?.argument
    case .losses: losses(node, label: label)?.argument
    }
  }

  /// A file, or a mapping of at least one name to a file.
  private func files(_ node: SourceNode, label: String) -> ArgumentValue? {
    guard let node = resolve(node) else { return nil }
    guard case .mapping = node.content, let entries = entries(of: node, label: label) else {
      return file(node, label: label).map(ArgumentValue.text)
    }
    guard !entries.isEmpty else {
      findings.report(.emptyMapping(label), at: node)
      return nil
    }
    let named = entries.compactMap { entry -> (name: String, path: String)? in
      guard ModelPlace.isBlockName(entry.key) else {
        findings.report(.signalName(entry.key, in: label), at: entry.keyPlace)
        return nil
      }
      return file(entry.value, label: "\(label).\(entry.key)").map { (entry.key, $0) }
    }
    return named.count == entries.count ? .named(named) : nil
  }

  private func size(
    _ node: SourceNode,
    _ range: ClosedRange<Int>,
    label: String
  ) -> ArgumentValue? {
    guard let node = resolve(node) else { return nil }
    guard let sides = node.items else {
      return integer(node, range, label: label).map(ArgumentValue.integer)
    }
    guard sides.count == 2 else {
      let got = "a list of \(sides.count)"
      findings.report(.wrongCount(label, expected: "a number or `[height, width]`", got), at: node)
      return nil
    }
    return all(sides) { integer($0, range, label: label).map(ArgumentValue.integer) }
      .map(ArgumentValue.list)
  }

  private func list(_ node: SourceNode, of kind: ArgumentKind, label: String) -> ArgumentValue? {
    guard let node = resolve(node) else { return nil }
    if let answer = node.text.flatMap({ ForeignWords.valueAnswers[label]?[$0] }) {
      let mistake = Mistake.wrongValue(label, expected: "a list of numbers", got: node)
      findings.report(Mistake(mistake.message, hints: answer), at: node)
      return nil
    }
    guard let elements = items(node, expected: "a list", label: label) else { return nil }
    guard !elements.isEmpty else {
      findings.report(.emptyList(label), at: node)
      return nil
    }
    return all(elements) { argument($0, kind, label: label) }.map(ArgumentValue.list)
  }

  /// A mapping with fixed keys, defaults filled in.
  private func fields(
    _ node: SourceNode,
    _ definitions: [ArgumentDefinition],
    label: String
  ) -> [String: ArgumentValue]? {
    guard let node = resolve(node),
      let entries = entries(of: node, label: label, keys: definitions.map(\.name))
    else { return nil }
    let owner = Owner(label)
    return arguments(entries, definitions, owner: owner, at: node.place)
  }

  /// The arguments by name with defaults filled in; nil if one is wrong, missing or unknown.
  func arguments(
    _ entries: [SourceEntry],
    _ definitions: [ArgumentDefinition],
    alsoKnown: [String] = [],
    owner: Owner,
    at place: Place
  ) -> [String: ArgumentValue]? {
    let isComplete = checkKeys(
      entries,
      known: definitions.map(\.name) + alsoKnown,
      required: definitions.filter { $0.standard == nil }.map(\.name),
      owner: owner,
      at: place
    )
    var values: [String: ArgumentValue] = [:]
    for definition in definitions {
      let label = owner.label(of: definition.name)
      if let node = entries.first(where: { $0.key == definition.name })?.value {
        values[definition.name] = optional(node, definition, label: label)
      } else {
        values[definition.name] = definition.standard
      }
    }
    return isComplete && values.count == definitions.count ? values : nil
  }

  /// A value, or `none` where leaving out has a meaning of its own.
  private func optional(
    _ node: SourceNode,
    _ definition: ArgumentDefinition,
    label: String
  ) -> ArgumentValue? {
    if case .some(.none) = definition.standard, let node = resolve(node),
      node.isNull || node.text == "none"
    {
      return ArgumentValue.none
    }
    return argument(node, definition.kind, label: label)
  }
}
