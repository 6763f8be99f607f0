// SPDX-License-Identifier: Apache-2.0

internal import Experiments
internal import Vocabulary

extension SpecificationReader {
  /// The loop.
  func train(
    _ node: SourceNode,
    logEverySteps: Int?,
    data: DataSpecification?
  ) -> TrainSpecification? {
    let settings = reader.settings(
      node,
      TrainSpecification.descriptions,
      shorthand: nil,
      label: "train",
      with: ["early_stopping": { earlyStopping($0, data: data)?.argument }]
    )
    var train = settings.flatMap { TrainSpecification.setting(.mapping($0)) }
    train?.logEverySteps = logEverySteps
    return train
  }

  // MARK: - Early stopping

  /// The rule with the metric and goal that it takes from the experiment.
  private func earlyStopping(_ node: SourceNode, data: DataSpecification?) -> EarlyStopping? {
    var own: SourceNode?
    let settings = reader.settings(
      node,
      EarlyStopping.descriptions,
      shorthand: "patience",
      label: "train.early_stopping",
      with: [
        "metric": { node in
          own = node
          return .text("")
        }
      ]
    )
    let metric = stoppingMetric(own, at: node, data: data)
    guard var settings, let metric else { return nil }
    settings["metric"] = .text(metric.name.description)
    settings["goal"] = metric.goal.argument
    return EarlyStopping.setting(.mapping(settings))
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
}
