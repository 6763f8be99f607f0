// SPDX-License-Identifier: Apache-2.0

internal import Experiments
internal import Vocabulary

/// Described sections, key by key.
extension Reader {
  /// A section of fixed keys; nil if one is wrong or not known.
  func section<Section: Described>(_ node: SourceNode, label: String) -> Section? {
    settings(node, Section.descriptions, shorthand: nil, label: label)
      .flatMap { Section.setting(.mapping($0)) }
  }

  /// The values of a mapping by key; a bare value stands for `shorthand`.
  func settings(
    _ node: SourceNode,
    _ keys: [FieldDescription],
    shorthand: String?,
    label: String,
    with own: [String: (SourceNode) -> ArgumentValue?] = [:]
  ) -> [String: ArgumentValue]? {
    if let shorthand, node.scalar != nil, !node.isNull {
      return settings([shorthand: node], keys, label: label, with: own)
    }
    guard let values = fixed(node, keys.filter(\.isKey).map { Key($0) }, owner: Owner(label)) else {
      return nil
    }
    return settings(values, keys, label: label, with: own)
  }

  /// The values of these nodes by key, `own` readers before those of the keys' kinds; nil if one is wrong, not known or
  /// missing. What is missing was told before.
  func settings(
    _ nodes: [String: SourceNode],
    _ keys: [FieldDescription],
    label: String,
    with own: [String: (SourceNode) -> ArgumentValue?] = [:]
  ) -> [String: ArgumentValue]? {
    var settings: [String: ArgumentValue] = [:]
    var isComplete = true
    for key in keys where key.isKey {
      guard let node = nodes[key.name] else {
        if key.isRequired { isComplete = false }
        continue
      }
      if key.allowsNone, resolve(node)?.text == "none" { continue }
      let value =
        own[key.name].map { $0(node) } ?? setting(node, key.kind, label: "\(label).\(key.name)")
      settings[key.name] = value
      if value == nil { isComplete = false }
    }
    return isComplete ? settings : nil
  }

  private func setting(_ node: SourceNode, _ kind: FieldKind, label: String) -> ArgumentValue? {
    switch kind {
    case .argument(let kind): argument(node, kind, label: label)
    case .count(let range): count(node, range, label: label)
    case .countOrFraction(let range): countOrFraction(node, range, label: label)
    case .integerOr(let range, let word): integer(node, range, orWord: word, label: label)
    case .metricName: preconditionFailure("`\(label)` needs a reader of its own")
    case .section(let keys, let shorthand):
      resolve(node).flatMap { settings($0, keys, shorthand: shorthand, label: label) }
        .map(ArgumentValue.mapping)
    }
  }

  /// A count; `1.0` is none, for it may stand for all.
  private func count(
    _ node: SourceNode,
    _ range: ClosedRange<Int>,
    label: String
  ) -> ArgumentValue? {
    if let resolved = resolve(node), isOneAsShare(resolved) {
      findings.report(.oneAsShare(label), at: resolved)
      return nil
    }
    return integer(node, range, label: label).map(ArgumentValue.integer)
  }

  private func countOrFraction(
    _ node: SourceNode,
    _ range: ClosedRange<Int>,
    label: String
  ) -> ArgumentValue? {
    guard let node = resolve(node) else { return nil }
    let expected = words(for: range) + ", or a fraction between 0 and 1"
    guard let scalar = scalar(node, expected: expected, label: label) else { return nil }
    if isOneAsShare(node) {
      findings.report(.oneAsShare(label), at: node)
      return nil
    }
    if !scalar.isInterpolated {
      if let count = Scalars.integer(scalar.text), range.contains(count) { return .integer(count) }
      if let share = Scalars.real(scalar.text), share > 0, share < 1 { return .real(share) }
    }
    findings.report(.wrongValidation(expected: expected, got: node), at: node)
    return nil
  }

  /// Whether the text is 1, written like a fraction.
  private func isOneAsShare(_ node: SourceNode) -> Bool {
    guard let text = node.text else { return false }
    return Scalars.real(text) == 1 && Scalars.plainInteger(text) == nil
  }

  private func integer(
    _ node: SourceNode,
    _ range: ClosedRange<Int>,
    orWord word: String,
    label: String
  ) -> ArgumentValue? {
    guard let node = resolve(node) else { return nil }
    if node.text == word { return .text(word) }
    let expected = words(for: range) + ", or `\(word)`"
    guard let scalar = scalar(node, expected: expected, label: label) else { return nil }
    guard !scalar.isInterpolated, let value = Scalars.integer(scalar.text), range.contains(value)
    else {
      findings.report(.wrongValue(label, expected: expected, got: node), at: node)
      return nil
    }
    return .integer(value)
  }
}
