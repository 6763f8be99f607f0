// SPDX-License-Identifier: Apache-2.0

internal import Experiments

extension SpecificationReader {
  /// The loop; its keys' ranges stand in `ManifestKeys.train`.
  func train(
    _ node: SourceNode,
    logEverySteps: Int?,
    data: DataSpecification?
  ) -> TrainSpecification? {
    guard let values = reader.fixed(node, ManifestKeys.train, owner: Owner("train")) else {
      return nil
    }
    var arguments: [String: ArgumentValue] = [:]
    var isComplete = true
    var earlyStopping: EarlyStopping?
    if let node = values["early_stopping"], reader.resolve(node)?.text != "none" {
      earlyStopping = self.earlyStopping(node, data: data)
      if earlyStopping == nil { isComplete = false }
    }
    for key in ManifestKeys.train where key.name != "early_stopping" {
      guard let node = values[key.name] else { continue }
      let value = trainArgument(node, key)
      arguments[key.name] = value
      if value == nil { isComplete = false }
    }
    guard isComplete, let epochs = arguments["epochs"]?.integer,
      let batchSize = arguments["batch_size"]
    else { return nil }
    return TrainSpecification(
      epochs: epochs,
      batchSize: batchSize.integer,
      shuffle: arguments["shuffle"]?.boolean ?? true,
      clipNorm: arguments["clip_norm"]?.real,
      clipValue: arguments["clip_value"]?.real,
      evaluateEvery: arguments["evaluate_every"]?.integer ?? 1,
      logEverySteps: logEverySteps,
      earlyStopping: earlyStopping
    )
  }

  // MARK: - Early stopping

  private func earlyStopping(_ node: SourceNode, data: DataSpecification?) -> EarlyStopping? {
    let (label, keys) = ("train.early_stopping", ManifestKeys.earlyStopping)
    var values: [String: SourceNode]
    if node.scalar != nil, !node.isNull {
      values = ["patience": node]
    } else {
      guard let found = reader.fixed(node, keys, owner: Owner(label)) else { return nil }
      values = found
    }
    func read(_ key: String) -> ArgumentValue? {
      reader.value(key, of: keys, in: values, owner: label)
    }
    let (delta, restores) = (read("min_delta"), read("restore_best"))
    let metric = stoppingMetric(values["metric"], at: node, data: data)
    guard let patience = read("patience")?.integer, let metric,
      (delta == nil) == (values["min_delta"] == nil),
      (restores == nil) == (values["restore_best"] == nil)
    else { return nil }
    return EarlyStopping(
      metric: metric.name.description,
      goal: metric.goal,
      patience: patience,
      minimumDelta: delta?.real ?? 0,
      restoresBest: restores?.boolean ?? false
    )
  }

  /// The metric that is named, else the experiment's; of the test part it is refused.
  private func stoppingMetric(
    _ own: SourceNode?,
    at node: SourceNode,
    data: DataSpecification?
  ) -> (name: MetricName, goal: MetricGoal)? {
    // What is wrong with the data is told there.
    let hasValidation = data.map { $0.validation != nil || $0.folds != nil } ?? true
    let parts = DataParts(
      hasValidation: hasValidation,
      withoutTest: nil,
      metrics: reader.quietMetrics(root["metrics"])
    )
    let (chosen, goal) = chosenMetric
    var name: MetricName?
    if let own {
      let label = "train.early_stopping.metric"
      guard let node = reader.resolve(own) else { return nil }
      guard let named = reader.metricName(node, label: label, parts: parts) else { return nil }
      name = named
    } else {
      name = chosen ?? MetricName(hasValidation ? "val.loss" : "train.loss")
    }
    guard let name else { return nil }
    if name.part == .test {
      findings.report(.stopsOnTest(name.description, isOwn: own != nil), at: own ?? node)
      return nil
    }
    return (name, name == chosen ? goal ?? name.goal : name.goal)
  }

  /// The experiment's metric and its goal as far as they are written and right; what is wrong is told elsewhere.
  private var chosenMetric: (MetricName?, MetricGoal?) {
    guard let node = root["metric"] else { return (nil, nil) }
    let text = node["name"]?.text ?? node.text
    return (text.flatMap { MetricName($0) }, node["goal"]?.text.flatMap(MetricGoal.init))
  }

  private func trainArgument(_ node: SourceNode, _ key: Key) -> ArgumentValue? {
    let label = "train.\(key.name)"
    switch key.kind {
    case .argument(let kind):
      if !key.isRequired, let node = reader.resolve(node), node.text == "none" {
        return ArgumentValue.none
      }
      return reader.argument(node, kind, label: label)
    case .integerOr(let range, let word):
      return integer(node, range, orWord: word, label: label)
    default: preconditionFailure("`\(label)` has a kind that train does not read")
    }
  }

  private func integer(
    _ node: SourceNode,
    _ range: ClosedRange<Int>,
    orWord word: String,
    label: String
  ) -> ArgumentValue? {
    guard let node = reader.resolve(node) else { return nil }
    if node.text == word { return .text(word) }
    let expected = words(for: range) + ", or `\(word)`"
    guard let scalar = reader.scalar(node, expected: expected, label: label) else { return nil }
    guard !scalar.isInterpolated, let value = Scalars.integer(scalar.text), range.contains(value)
    else {
      findings.report(.wrongValue(label, expected: expected, got: node), at: node)
      return nil
    }
    return .integer(value)
  }
}
