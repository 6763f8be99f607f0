// SPDX-License-Identifier: Apache-2.0

internal import Experiments
internal import Vocabulary

/// Reads what is not part of a run's content: names, what chooses, what is reported and expected.
struct ExperimentReader {
  let root: [String: SourceNode]
  let reader: Reader
  let parameters: ParametersReader
  let parts: DataParts
  /// Whether a cell is trained with `cross_entropy`, so that there are accuracies.
  let hasClasses: Bool

  var findings: Findings { reader.findings }

  /// The experiment; parts that are wrong are reported and left at their defaults.
  func experiment(method: SearchMethod) -> Experiment {
    let metric = metric()
    let report = report(metric: metric)
    return Experiment(
      name: name() ?? "",
      title: top("title")?.text,
      summary: top("description")?.text,
      tags: tags(),
      method: method,
      seed: parameters.seeds?.lowerBound ?? top("seed")?.integer ?? 0,
      repeats: parameters.seeds?.count ?? top("repeat")?.integer ?? 1,
      metric: metric,
      parameters: parameters.axes.map(\.parameter),
      tune: tune(),
      report: report,
      expectations: [],
      references: references(metric: report.metric),
      checkpoint: checkpoint()
    )
  }

  private func top(_ key: String) -> ArgumentValue? {
    reader.value(key, of: ManifestKeys.top, in: root, owner: "")
  }

  private func name() -> String? {
    guard let node = root["name"], let name = reader.text(node, label: "name") else { return nil }
    let isFit = name.allSatisfy { character in
      character.isASCII && (character.isLetter || character.isNumber || "._-".contains(character))
    }
    guard isFit, !name.isEmpty, name.count <= 100 else {
      findings.report(.wrongName(name), at: node)
      return nil
    }
    guard !name.hasPrefix("."), !name.hasPrefix("-"), name != "last" else {
      findings.report(.unusableName(name), at: node)
      return nil
    }
    return name
  }

  private func tags() -> [String] {
    guard let node = root["tags"], let items = node.items else {
      return top("tags")?.list?.compactMap(\.text) ?? []
    }
    for item in items {
      guard let text = item.text, !item.isNull else { continue }
      if text.isEmpty || text.contains(where: \.isWhitespace) {
        findings.report(.wrongTag(text), at: item)
      }
    }
    return top("tags")?.list?.compactMap(\.text) ?? []
  }

  // MARK: - Choosing

  private func metric() -> MetricSelection {
    let standard = MetricName(parts.hasValidation ? "val.loss" : "train.loss")
    guard let node = root["metric"] else { return selection(standard, nil, nil) }
    if node.scalar != nil, !node.isNull {
      let name = reader.metricName(node, label: "metric", parts: parts)
      warnOfTest(name, at: node)
      return selection(name ?? standard, nil, nil)
    }
    guard let keys = reader.fixed(node, ManifestKeys.metric, owner: Owner("metric")) else {
      return selection(standard, nil, nil)
    }
    let name = keys["name"].flatMap {
      reader.metricName($0, label: "metric.name", parts: parts)
    }
    warnOfTest(name, at: keys["name"] ?? node)
    let goal = reader.value("goal", of: ManifestKeys.metric, in: keys, owner: "metric")?.text
    let moment = reader.value("at", of: ManifestKeys.metric, in: keys, owner: "metric")?.text
    if moment == "best", let name, name.part != .val, let at = keys["at"] {
      findings.report(.bestWithoutValidation(name.description), at: at)
    }
    return selection(name ?? standard, goal, moment)
  }

  private func selection(
    _ name: MetricName?,
    _ goal: String?,
    _ moment: String?
  ) -> MetricSelection {
    MetricSelection(
      name: name?.description ?? "train.loss",
      goal: goal.flatMap(MetricGoal.init) ?? name?.goal ?? .minimize,
      moment: moment.flatMap(MetricSelection.Moment.init) ?? .last
    )
  }

  private func warnOfTest(_ name: MetricName?, at node: SourceNode) {
    if let name, name.part == .test {
      findings.warn(.choosesOnTest(name.description), at: node.place)
    }
  }

  private func tune() -> [String] {
    guard let node = root["tune"],
      let items = reader.items(node, expected: "a list of parameters", label: "tune")
    else { return [] }
    let names = items.filter { parameters.isDeclared($0.text ?? "", in: "tune", at: $0.place) }
    if root["metric"] == nil, !parts.hasValidation, !names.isEmpty {
      findings.warn(.tunesOnTraining, at: node.place)
    }
    return names.compactMap(\.text)
  }

  // MARK: - Checkpoints

  private func checkpoint() -> CheckpointPolicy {
    var policy = CheckpointPolicy()
    guard let node = root["checkpoint"],
      let keys = reader.fixed(node, ManifestKeys.checkpoint, owner: Owner("checkpoint"))
    else { return policy }
    func integer(_ key: String) -> Int? {
      reader.value(key, of: ManifestKeys.checkpoint, in: keys, owner: "checkpoint")?.integer
    }
    policy.everyEpochs = integer("every_epochs") ?? policy.everyEpochs
    policy.keepBest = integer("keep_best") ?? policy.keepBest
    policy.keepLast = integer("keep_last") ?? policy.keepLast
    return policy
  }
}
