// SPDX-License-Identifier: Apache-2.0

package import Datasets
package import Experiments
package import NeuralNetworks
import Tensors
package import Vocabulary

extension NetworkOutline {
  /// The outline of the network that was built of a specification; nil of a list of layers.
  package init?(_ specification: RunSpecification, _ network: Network) {
    let model = specification.model
    guard model.isGraph, !network.blocks.isEmpty else { return nil }
    self.init(
      inputs: network.inputs.indices.filter(network.reads).map { index in
        Input(name: network.inputs[index].name, shape: Self.text(network.inputs[index].shape))
      },
      blocks: network.blocks.map { Self.block($0, specification, network) },
      parameterCount: network.parameterCount
    )
  }

  private static func block(
    _ block: Network.Block,
    _ specification: RunSpecification,
    _ network: Network
  ) -> Block {
    let model = specification.model
    let own = model.block(block.name)
    var owner = own
    while let name = owner?.like { owner = model.block(name) }
    let layers = owner?.layers ?? []
    func read(as argument: String) -> [String] {
      var names: [String] = []
      for reference in layers.blockReferences
      where reference.place.last == argument && !names.contains(reference.name) {
        names.append(reference.name)
      }
      return names
    }
    let losses = zip(specification.losses, network.outputs).compactMap { term, output in
      output == block.output ? term.loss.name + (term.target.map { " to \($0)" } ?? "") : nil
    }
    return Block(
      name: block.name,
      sources: block.sources.map(\.name),
      addsSources: block.sources.count > 1 && own?.combine == .add,
      states: read(as: "state"),
      memories: read(as: "memory"),
      layers: layers.map(\.shortText),
      shape: text(block.output.shape),
      parameterCount: block.layers?.parameterCount ?? 0,
      owner: own?.like == nil ? nil : owner?.name,
      losses: losses
    )
  }

  /// Numbers alone: a drawing has little room.
  private static func text(_ shape: SignalShape) -> String {
    switch shape {
    case .values(let sizes): "\(sizes)"
    case .tokens(let vocabulary, let steps): "[\(steps)] of \(vocabulary)"
    }
  }
}

extension ModelBuilder {
  /// The outline of the network of a specification; nil of a list of layers.
  package static func outline(
    _ specification: RunSpecification,
    for description: DatasetDescription
  ) throws(ModelError) -> NetworkOutline? {
    guard specification.model.isGraph else { return nil }
    return NetworkOutline(specification, try build(specification, for: description))
  }
}
