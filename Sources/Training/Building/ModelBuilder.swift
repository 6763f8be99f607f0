// SPDX-License-Identifier: Apache-2.0

package import Datasets
import Experiments
package import NeuralNetworks
import Tensors
package import Vocabulary

/// Makes networks of manifests' components.
package enum ModelBuilder {
  /// Bytes that no machine has, so that sizes below can be multiplied without care.
  package static let endlessMemory = 1 << 46

  /// The network for data of this description, checked against the loss; parameters are zero until initialised.
  ///
  /// Takes no memory for parameters: that comes with their first use. A model that certainly needs more than
  /// `memoryBytes` to be trained is refused at the layer with which it does.
  package static func build(
    _ specification: RunSpecification,
    for description: DatasetDescription,
    memoryBytes: Int = endlessMemory
  ) throws(ModelError) -> Network {
    try check(description.input)
    let batches = BatchFacts(
      batchSize: specification.train.batchSize,
      hasLengths: description.hasLengths,
      tokensMayBeNumbers: tokensMayBeNumbers(description),
      budget: MemoryBudget(
        specification,
        description,
        limit: min(memoryBytes, endlessMemory)
      )
    )
    let model: Network
    let ends: [ModelEnd]
    if let layers = specification.model.layers {
      let input = description.input
      guard let chain = try network(layers, path: nil, input: input, batches: batches) else {
        throw ModelError(.noLayers)
      }
      guard specification.losses.count == 1, specification.losses[0].block == nil else {
        throw ModelError(.lossesOfList)
      }
      model = Network(chain, inputs: inputs(description))
      ends = [ModelEnd(layers: layers, place: [])]
    } else {
      (model, ends) = try graph(specification, description, batches)
    }
    try checkLosses(specification, description, model, ends)
    model.wantedInputs = try wantedInputs(specification, description)
    try checkUnits(specification)
    try checkSchedule(specification.optimizer["schedule"].component)
    try ParameterSettings(specification.model).check()
    return model
  }
}

// MARK: - Initializers

extension ModelBuilder {
  /// The initializer that a component means.
  package static func initializer(_ component: Component) -> Initializer {
    func number(_ key: String) -> Double { component[key].real ?? 0 }
    var fan: Initializer.Fan { component["fan"].text == "out" ? .output : .input }
    return switch component.name {
    case "zeros": .zeros
    case "constant": .constant(number("value"))
    case "normal": .normal(standardDeviation: number("sd"))
    case "truncated_normal": .truncatedNormal(standardDeviation: number("sd"))
    case "uniform": .uniform(low: number("low"), high: number("high"))
    case "xavier_uniform": .xavierUniform
    case "xavier_normal": .xavierNormal
    case "kaiming_uniform": .kaimingUniform(fan: fan, gain: number("gain"))
    case "kaiming_normal": .kaimingNormal(fan: fan, gain: number("gain"))
    case "orthogonal": .orthogonal(gain: number("gain"))
    default: .standard
    }
  }

  /// The layer with its own `init:`, if it has one.
  static func initialized<L: InitializableLayer>(
    _ layer: L,
    by component: Component
  ) -> L {
    guard case .mapping(let own) = component["init"] else { return layer }
    layer.weightInitializer = own["weights"]?.component.map { initializer($0) }
    layer.biasInitializer = own["biases"]?.component.map { initializer($0) }
    return layer
  }
}

extension ModelBuilder {
  /// Values that a training step holds of one example, gradients included.
  package static func stepValueCount(
    _ specification: RunSpecification,
    for description: DatasetDescription
  ) throws(ModelError) -> Int {
    try build(specification, for: description).stepValuesPerExample
  }
}
