// SPDX-License-Identifier: Apache-2.0

internal import Diagnostics
internal import Experiments
internal import Vocabulary

/// Reads one axis of `parameters:`.
struct AxisReader {
  let reader: Reader
  let isRandom: Bool

  var findings: Findings { reader.findings }

  func axis(_ entry: SourceEntry) -> Axis? {
    let label = "parameters.\(entry.key)"
    guard isName(entry.key) else {
      findings.report(.wrongParameterName(entry.key), at: entry.keyPlace)
      return nil
    }
    switch entry.value.content {
    case .sequence(let values): return listed(values, probabilities: nil, entry, label: label)
    case .mapping: return mapping(entry, label: label)
    case .scalar:
      findings.report(.wrongAxis(label, got: entry.value), at: entry.value)
      return nil
    }
  }

  private func isName(_ text: String) -> Bool {
    guard let first = text.first, first.isASCII, first.isLetter || first == "_" else {
      return false
    }
    return text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
  }

  private func mapping(_ entry: SourceEntry, label: String) -> Axis? {
    let owner = Owner(label, words: ["parameters.*"])
    guard let keys = reader.fixed(entry.value, ManifestKeys.axis, owner: owner) else { return nil }
    let conditions = keys["when"].map { reader.conditions($0, label: "\(label).when") } ?? []
    var axis: Axis?
    if let node = keys["values"] ?? keys["value"] {
      axis = categorical(node, keys, entry, label: label)
    } else {
      axis = numeric(keys, entry, label: label)
    }
    guard let conditions else { return nil }
    axis?.conditions = conditions
    return axis
  }

  /// Refuses keys of an axis that say nothing in this form.
  func refuseKeys(
    _ keys: [String: SourceNode],
    besides allowed: [String],
    form: String,
    label: String
  ) {
    let allowed = allowed + ["distribution", "when"]
    for (key, node) in keys
    where !allowed.contains(key) && ManifestKeys.axis.contains(where: { $0.name == key }) {
      findings.report(.unfitKey(key, label, form: form), at: node)
    }
  }

  // MARK: - Listed values

  private func categorical(
    _ node: SourceNode,
    _ keys: [String: SourceNode],
    _ entry: SourceEntry,
    label: String
  ) -> Axis? {
    refuseKeys(keys, besides: ["values", "value", "probabilities"], form: "values", label: label)
    if let word = keys["distribution"], word.text != "categorical" {
      let names = Distribution.allNames
      if reader.choice(word, of: names, label: "\(label).distribution") != nil {
        findings.report(.unfitKey("distribution", label, form: "values"), at: word)
      }
      return nil
    }
    if let value = keys["value"] {
      guard keys["values"] == nil else {
        findings.report(.unfitKey("value", label, form: "values"), at: value)
        return nil
      }
      return listed([value], probabilities: nil, entry, label: label)
    }
    let expected = "a list of values"
    guard let values = reader.items(node, expected: expected, label: "\(label).values") else {
      return nil
    }
    return listed(values, probabilities: keys["probabilities"], entry, label: label)
  }

  private func listed(
    _ values: [SourceNode],
    probabilities: SourceNode?,
    _ entry: SourceEntry,
    label: String
  ) -> Axis? {
    guard !values.isEmpty else {
      findings.report(.emptyList(label), at: entry.value)
      return nil
    }
    let shares = probabilities.map { self.probabilities($0, count: values.count, label: label) }
    if case .some(.none) = shares { return nil }
    guard areValues(values, label: label) else { return nil }
    return Axis(
      name: entry.key,
      place: entry.keyPlace,
      origin: .listed(values, probabilities: shares ?? nil)
    )
  }

  private func areValues(_ values: [SourceNode], label: String) -> Bool {
    var isClean = true
    var seen: Set<ParameterValue> = []
    for node in values {
      guard let value = node.value, !node.isNull, node.text?.contains("${") == false else {
        findings.report(.wrongParameterValue(label, got: node), at: node)
        isClean = false
        continue
      }
      if !seen.insert(value).inserted {
        findings.report(.repeatedValue(label, value.description), at: node)
        isClean = false
      }
    }
    return isClean
  }

  private func probabilities(_ node: SourceNode, count: Int, label: String) -> [Double]? {
    let label = "\(label).probabilities"
    guard isRandom else {
      findings.report(.needsRandom(label), at: node)
      return nil
    }
    let unit = RealRange(from: 0, to: 1)
    guard let items = reader.items(node, expected: "a list of numbers", label: label),
      let shares = reader.all(items, { reader.real($0, unit, label: label) })
    else { return nil }
    guard shares.count == count else {
      findings.report(.probabilityCount(label, expected: count, got: shares.count), at: node)
      return nil
    }
    let sum = shares.reduce(0, +)
    guard abs(sum - 1) < 1e-6 else {
      findings.report(.probabilitySum(label, got: sum), at: node)
      return nil
    }
    return shares
  }
}
