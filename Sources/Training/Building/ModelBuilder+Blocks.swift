// SPDX-License-Identifier: Apache-2.0

import Datasets
import NeuralNetworks
import Tensors
import Vocabulary

extension ModelBuilder {
  /// The inputs of the data, by name.
  static func inputs(_ description: DatasetDescription) -> [Network.Input] {
    description.inputs.map { Network.Input($0.name, $0.shape) }
  }

  /// A network of named blocks, and the ends that its losses are taken of.
  static func graph(
    _ specification: RunSpecification,
    _ description: DatasetDescription,
    _ batches: BatchFacts
  ) throws(ModelError) -> (Network, [ModelEnd]) {
    let model = specification.model
    let graph = try BlockGraph(model, inputs: description.inputs.map(\.name))
    let names = try graph.ends(of: specification.losses)
    let network = Network(inputs: inputs(description))
    var builder = BlockBuilder(graph, network, batches, description)
    for block in graph.order { try builder.add(block) }
    network.outputs = names.compactMap { builder.blocks[$0]?.reference }
    let ends = names.compactMap(model.block).map { end in
      end.like == nil && !end.layers.isEmpty
        ? ModelEnd(layers: end.layers, place: [end.name, "layers"])
        : ModelEnd(layers: [], place: [end.name])
    }
    return (network, ends)
  }
}

/// Makes the blocks of a network, each behind those that it reads.
private struct BlockBuilder {
  /// What is known of what an input or a block gives.
  struct Made {
    let readable: ReadableBlock
    var hasLengths: Bool
    var backwardHalf: BackwardHalf

    var reference: BlockReference { readable.reference }
  }

  let network: Network
  private(set) var blocks: [String: Made] = [:]
  private let graph: BlockGraph
  private let batches: BatchFacts
  private var weights: [String: SharedWeights] = [:]

  init(
    _ graph: BlockGraph,
    _ network: Network,
    _ batches: BatchFacts,
    _ description: DatasetDescription
  ) {
    self.graph = graph
    self.network = network
    self.batches = batches
    for index in network.inputs.indices {
      blocks[network.inputs[index].name] = Made(
        readable: ReadableBlock(reference: network.reference(toInput: index)),
        hasLengths: description.inputs[index].hasLengths,
        backwardHalf: .absent
      )
    }
  }

  mutating func add(_ block: BlockSpecification) throws(ModelError) {
    let sources = graph.sources(of: block).compactMap { blocks[$0] }
    let join = try join(block, sources)
    let half = Self.backwardHalf(of: sources, block.combine)
    let owner = graph.owner(of: block)
    let layers = try layers(block, owner, input: join.output, sources, half)
    let reference = network.add(
      block.name,
      join,
      layers,
      layersRead: owner.layers.blockReferences.compactMap { blocks[$0.name]?.reference }
    )
    blocks[block.name] = Made(
      readable: ReadableBlock(
        reference: reference,
        recurrent: layers?.layers.last as? any StateGivingLayer,
        embedding: layers?.layers.first as? Embedding
      ),
      hasLengths: sources.contains(where: \.hasLengths) && reference.shape.sizes?.count == 2,
      backwardHalf: owner.layers.backwardHalf(behind: half)
    )
  }

  private func join(_ block: BlockSpecification, _ sources: [Made]) throws(ModelError) -> BlockJoin
  {
    do {
      return try BlockJoin(sources.map(\.reference), block.combine == .add ? .add : .concat)
    } catch { throw ModelError(layer: [block.name, "from"], .join(error.misfit)) }
  }

  private mutating func layers(
    _ block: BlockSpecification,
    _ owner: BlockSpecification,
    input: SignalShape,
    _ sources: [Made],
    _ half: BackwardHalf
  ) throws(ModelError) -> Sequential? {
    var batches = batches
    batches.hasLengths = sources.contains(where: \.hasLengths)
    batches.areWeightsShared = weights[owner.name] != nil
    batches.blocks = blocks.mapValues(\.readable)
    let shared = weights[owner.name] ?? SharedWeights(of: owner.name)
    weights[owner.name] = shared
    let layers: Sequential?
    do {
      layers = try ModelBuilder.network(
        owner.layers,
        path: shared.path(of: block.name),
        input: input,
        batches: batches,
        backwardHalf: half
      )
    } catch {
      guard block.like != nil else { throw error.inside(block.name, "layers") }
      throw ModelError(layer: [block.name, "like"], error.fault)
    }
    if let misfit = shared.misfit {
      throw ModelError(layer: [block.name], .sharedWeights(misfit, owner: owner.name))
    }
    return layers
  }

  /// What several results as one hold of a backward walk.
  private static func backwardHalf(
    of sources: [Made],
    _ combine: BlockSpecification.Combination
  ) -> BackwardHalf {
    let halves = sources.map(\.backwardHalf)
    if halves.allSatisfy({ $0 == .absent }) { return .absent }
    let areEqual = halves.count == 1 || combine == .add
    return areEqual && halves.allSatisfy { $0 == .second } ? .second : .mixed
  }
}
