// SPDX-License-Identifier: Apache-2.0

internal import Experiments
internal import Vocabulary

/// Reads `expect:` and checks that each selects what it judges.
struct ExpectationReader {
  let reader: Reader
  let parameters: ParametersReader
  let parts: DataParts
  let experiment: Experiment
  /// The assignments of the plan, empty if it could not be made.
  let drafts: [Draft]

  private var findings: Findings { reader.findings }

  func expectations(_ node: SourceNode) -> [Expectation] {
    guard let items = reader.items(node, expected: "a list of mappings", label: "expect") else {
      return []
    }
    return items.compactMap(expectation)
  }

  private func expectation(_ node: SourceNode) -> Expectation? {
    guard let keys = reader.fixed(node, ManifestKeys.expectation, owner: Owner("expect")) else {
      return nil
    }
    let metric = keys["metric"].map {
      reader.metricName($0, label: "expect.metric", parts: parts)?.description
    }
    let judgesEvery = argument("of", keys)?.text == "every"
    let source = argument("source", keys)?.text
    let claim = claim(keys, at: node)
    let conditions = conditions(keys["where"])
    guard let claim, let conditions,
      let selection = selection(conditions, judgesEvery: judgesEvery, at: keys["where"] ?? node)
    else { return nil }
    if keys["metric"] == nil || metric != .some(.none) {
      checkRange(keys, metric: (metric ?? nil) ?? experiment.report.metric)
    }
    warnOfFewSeeds(claim, at: node)
    return Expectation(
      selection: selection,
      judgesEvery: judgesEvery,
      metric: (metric ?? nil) ?? experiment.report.metric,
      claim: claim,
      source: source
    )
  }

  private func argument(_ key: String, _ keys: [String: SourceNode]) -> ArgumentValue? {
    reader.value(key, of: ManifestKeys.expectation, in: keys, owner: "expect")
  }

  private func warnOfFewSeeds(_ claim: Expectation.Claim, at node: SourceNode) {
    if case .equals = claim { return }
    guard experiment.repeats < 3 else { return }
    findings.warn(.undecidable(repeats: experiment.repeats), at: node.place)
  }

  // MARK: - Claims

  private func claim(_ keys: [String: SourceNode], at node: SourceNode) -> Expectation.Claim? {
    let given = ManifestKeys.claims.filter { keys[$0] != nil }
    guard given.count == 1, let word = given.first, let value = keys[word] else {
      findings.report(.claimCount(given), at: node)
      return nil
    }
    if word != "value", let key = ["margin", "because"].first(where: { keys[$0] != nil }),
      let extra = keys[key]
    {
      findings.report(.marginWithoutValue(key), at: extra)
    }
    let label = "expect.\(word)"
    switch word {
    case "within": return interval(value, label: label)
    case "value": return self.value(keys)
    case "at_least": return argument(word, keys)?.real.map { .atLeast($0) }
    case "at_most": return argument(word, keys)?.real.map { .atMost($0) }
    default:
      return reader.real(value, RealRange(), label: label).flatMap { _ in
        value.text.map { .equals($0) }
      }
    }
  }

  /// Refuses numbers that the metric can never have.
  private func checkRange(_ keys: [String: SourceNode], metric: String) {
    guard let check = MetricRangeCheck(metric, findings) else { return }
    for key in ManifestKeys.claims {
      guard let node = keys[key] else { continue }
      for end in node.items ?? [node] {
        guard let value = end.text.flatMap(Scalars.real) else { continue }
        if !check.accepts(value, label: "expect.\(key)", at: end) { return }
      }
    }
    if let node = keys["margin"], let value = node.text.flatMap(Scalars.real) {
      check.accepts(margin: value, label: "expect.margin", at: node)
    }
  }

  private func interval(_ node: SourceNode, label: String) -> Expectation.Claim? {
    let expected = "two numbers `[low, high]`"
    guard let items = reader.items(node, expected: expected, label: label) else { return nil }
    guard items.count == 2 else {
      findings.report(.wrongCount(label, expected: expected, "\(items.count)"), at: node)
      return nil
    }
    guard let ends = reader.all(items, { reader.real($0, RealRange(), label: label) }) else {
      return nil
    }
    guard ends[0] <= ends[1] else {
      findings.report(.reversedInterval(label, ends[0], ends[1]), at: node)
      return nil
    }
    return .within(low: ends[0], high: ends[1])
  }

  private func value(_ keys: [String: SourceNode]) -> Expectation.Claim? {
    let value = argument("value", keys)?.real
    let margin = argument("margin", keys)?.real
    let because = argument("because", keys)?.text
    if let node = keys["margin"], keys["because"] == nil {
      findings.report(.marginWithoutReason, at: node)
    }
    if let node = keys["because"], keys["margin"] == nil {
      findings.report(.reasonWithoutMargin, at: node)
    }
    return value.map { .value($0, margin: margin, because: because) }
  }

  // MARK: - Selection

  private func conditions(_ node: SourceNode?) -> [ValueCondition]? {
    var conditions: [ValueCondition] = []
    if let node {
      guard let entries = reader.entries(of: node, label: "expect.where") else { return nil }
      for entry in entries {
        guard let condition = condition(entry) else { return nil }
        conditions.append(condition)
      }
    }
    return conditions
  }

  private func selection(
    _ conditions: [ValueCondition],
    judgesEvery: Bool,
    at node: SourceNode
  ) -> [String: ParameterValue]? {
    let found = selectedCells(conditions)
    if !drafts.isEmpty, found.isEmpty, parameters.leavesOut {
      findings.warn(.expectationLeftOut, at: node.place)
      return nil
    }
    if !drafts.isEmpty, found.isEmpty || (found.count > 1 && !judgesEvery) {
      let open = openParameters(found, besides: conditions.map(\.name))
      findings.report(.selectedCells(found.count, open: open), at: node)
    }
    return Dictionary(
      conditions.compactMap { condition in
        takenValue(condition).map { (condition.name, $0) }
      },
      uniquingKeysWith: { first, _ in first }
    )
  }

  private func condition(_ entry: SourceEntry) -> ValueCondition? {
    let label = "expect.where"
    guard entry.value.scalar != nil, !entry.value.isNull else {
      let name = "\(label).\(entry.key)"
      findings.report(.wrongValue(name, expected: "one value", got: entry.value), at: entry.value)
      return nil
    }
    let condition = ValueCondition(
      name: entry.key,
      place: entry.keyPlace,
      accepted: [entry.value]
    )
    guard parameters.isKnown(condition, in: label) else { return nil }
    guard !experiment.tune.contains(entry.key) else {
      findings.report(.tunedAway(entry.key, in: label), at: entry.keyPlace)
      return nil
    }
    return condition
  }

  /// The value as the cells have it, whatever way it is written here.
  private func takenValue(_ condition: ValueCondition) -> ParameterValue? {
    let wanted = condition.accepted[0]
    let taken = drafts.lazy.compactMap { $0[condition.name] }.first { $0.means(wanted) }
    return (taken ?? wanted).value
  }

  /// The different cells after `tune` in which the conditions hold.
  private func selectedCells(_ conditions: [ValueCondition]) -> Set<[String: ParameterValue]> {
    Set(
      drafts.filter { draft in conditions.allSatisfy { $0.holds(in: draft) } }.map { draft in
        draft.filter { !experiment.tune.contains($0.key) }.compactMapValues(\.value)
      }
    )
  }

  /// Parameters in which the selected cells differ, in manifest order.
  private func openParameters(
    _ cells: Set<[String: ParameterValue]>,
    besides names: [String]
  ) -> [String] {
    experiment.parameters.map(\.name).filter { name in
      !names.contains(name) && Set(cells.map { $0[name] }).count > 1
    }
  }
}
