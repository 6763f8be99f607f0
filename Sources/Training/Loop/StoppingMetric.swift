// SPDX-License-Identifier: Apache-2.0

package import Datasets
import Experiments
package import NeuralNetworks
import Tensors
package import Vocabulary

/// Whether the metric that early stopping watches ever has a value: without one a run would end after `patience`.
package enum StoppingMetric {
  /// Throws where such targets and such a loss do not have the metric; what `metrics:` asks for is checked there. Of a
  /// network that is given, metrics of its blocks are checked, too.
  package static func check(
    _ specification: RunSpecification,
    _ description: DatasetDescription,
    _ model: Network? = nil
  ) throws(ModelError) {
    guard let name = watched(specification) else { return }
    let source = try ModelBuilder.target(of: specification.losses[0], description, at: 0)
    try check(specification, ModelBuilder.shape(of: source, description), name)
    guard let model, !name.isExtra || name.block != nil, !name.facts.isOfTraining else { return }
    let quantities = try SupervisedProgram.quantities(specification, description, model, name.part)
    guard quantities.contains(name.quantity) else {
      throw ModelError(.stopping(name, .unmeasured(quantities)))
    }
  }

  private static func check(
    _ specification: RunSpecification,
    _ target: TargetShape,
    _ name: MetricName
  ) throws(ModelError) {
    guard !name.isExtra else { return }
    if let block = name.block {
      guard specification.losses.count > 1,
        specification.losses.contains(where: { $0.block == block })
      else { throw ModelError(.stopping(name, .noLoss(of: block))) }
      return
    }
    let need = name.facts.targets
    if need != .any, !target.has(need) { throw ModelError(.stopping(name, .needs(need))) }
    if name.facts.scale == .exponential, !lossFunction(specification.loss).hasPerplexity {
      throw ModelError(.stopping(name, .loss(specification.loss.name)))
    }
  }

  /// Whether the metric's value may be missing because of the targets themselves.
  package static func dependsOnTargets(_ specification: RunSpecification) -> Bool {
    watched(specification)?.facts.needsUnequalTargets == true && specification.data.folds == nil
  }

  /// Throws where the metric has no value on the part's targets: r2 where they do not differ.
  package static func check(
    _ specification: RunSpecification,
    _ data: PreparedData
  ) throws(ModelError) {
    guard dependsOnTargets(specification), let name = watched(specification),
      case .values(let shape) = data.description.target
    else { return }
    let part: DataPart = name.part == .train ? .train : .validation
    let columns = shape.reduce(1, *)
    let targets = data.targetValues(part)
    guard let first = targets.first else { return }
    let row = targets.prefix(columns)
    let isConstant =
      !first.isNaN && targets.indices.allSatisfy { targets[$0] == row[$0 % columns] }
    guard isConstant else { return }
    let count = targets.count / columns
    throw ModelError(.stopping(name, count == 1 ? .oneExample : .equalTargets(count)))
  }

  private static func watched(_ specification: RunSpecification) -> MetricName? {
    specification.train.earlyStopping.flatMap { MetricName($0.metric) }
  }
}
