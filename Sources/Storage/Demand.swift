// SPDX-License-Identifier: Apache-2.0

internal import Experiments
internal import Vocabulary

/// What a plan wants a run to leave behind, beyond its bits.
///
/// None of it is in the content key, so a stored run may have been trained for less; then it is trained again.
struct Demand: Hashable, Codable, Sendable {
  /// Epochs between evaluations; the last epoch is always evaluated.
  var evaluateEvery: Int
  /// Steps between points inside an epoch; nil for none.
  var logEverySteps: Int?
  /// Metrics by name that the plan reads or asks for.
  var metrics: Set<String>
  /// The extra metrics of the specification, sorted.
  var extraMetrics: [String]
  /// Which checkpoints are kept.
  var checkpoint: CheckpointPolicy
  /// The metric by which the best checkpoints are kept.
  var selection: MetricSelection

  private enum CodingKeys: String, CodingKey {
    case metrics, checkpoint
    case evaluateEvery = "evaluate_every"
    case logEverySteps = "log_every_steps"
    case extraMetrics = "extra_metrics"
    case selection = "metric"
  }

  init(experiment: Experiment, specification: RunSpecification) {
    evaluateEvery = specification.train.evaluateEvery
    logEverySteps = specification.train.logEverySteps
    var names = Set(specification.metrics + experiment.report.curves)
    names.formUnion([experiment.metric.name, experiment.report.metric])
    names.formUnion(experiment.expectations.map(\.metric) + experiment.references.map(\.metric))
    metrics = names
    extraMetrics = specification.metrics.sorted()
    checkpoint = experiment.checkpoint
    selection = experiment.metric
  }

  /// Why a run that was trained for `self` does not serve `wanted`; nil if it does.
  ///
  /// `recorded` are the names of its stored metrics. A metric that was asked for in vain, such as `val.loss` without a
  /// validation part, is not asked for twice.
  func lack(for wanted: Demand, epochs: Int, recorded: Set<String>) -> String? {
    let points = stride(from: wanted.evaluateEvery, to: epochs, by: wanted.evaluateEvery)
    if let epoch = points.first(where: { $0 % evaluateEvery != 0 }) {
      return "it lacks the evaluation after epoch \(epoch)"
    }
    if let steps = wanted.logEverySteps, logEverySteps.map({ steps % $0 != 0 }) ?? true {
      return "it lacks the points every \(steps) steps"
    }
    let missing = wanted.metrics.subtracting(metrics).subtracting(recorded)
    if let name = missing.min() { return "it lacks the metric `\(name)`" }
    return lackOfCheckpoints(for: wanted, epochs: epochs)
  }

  private func lackOfCheckpoints(for wanted: Demand, epochs: Int) -> String? {
    func kept(_ count: KeyPath<CheckpointPolicy, Int>, _ demand: Demand) -> Int {
      min(demand.checkpoint[keyPath: count], epochs / demand.checkpoint.everyEpochs)
    }
    if kept(\.keepLast, wanted) > kept(\.keepLast, self) {
      return "it lacks checkpoints: \(kept(\.keepLast, wanted)) are to be kept"
    }
    let best = kept(\.keepBest, wanted)
    let sameMetric =
      selection.name == wanted.selection.name && selection.goal == wanted.selection.goal
    if best > kept(\.keepBest, self) || best > 0 && !sameMetric {
      return "it lacks its best checkpoints by `\(wanted.selection.name)`"
    }
    return nil
  }

  /// A demand that serves both, so that two plans of the same runs do not take turns in repeating them.
  func merged(with other: Demand) -> Demand {
    var result = other
    result.evaluateEvery = greatestCommonDivisor(evaluateEvery, other.evaluateEvery)
    if let own = logEverySteps {
      result.logEverySteps = other.logEverySteps.map { greatestCommonDivisor(own, $0) } ?? own
    }
    result.metrics.formUnion(metrics)
    result.extraMetrics = Set(extraMetrics).union(other.extraMetrics).sorted()
    result.checkpoint = CheckpointPolicy(
      everyEpochs: greatestCommonDivisor(checkpoint.everyEpochs, other.checkpoint.everyEpochs),
      keepBest: max(checkpoint.keepBest, other.checkpoint.keepBest),
      keepLast: max(checkpoint.keepLast, other.checkpoint.keepLast)
    )
    if other.checkpoint.keepBest == 0 { result.selection = selection }
    return result
  }

  /// The specification with this demand's cadence and metrics, which is what a worker gets.
  func applied(to specification: RunSpecification) -> RunSpecification {
    var result = specification
    result.train.evaluateEvery = evaluateEvery
    result.train.logEverySteps = logEverySteps
    result.metrics = extraMetrics
    return result
  }
}

private func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
  var (a, b) = (a, b)
  while b != 0 { (a, b) = (b, a % b) }
  return max(1, a)
}
