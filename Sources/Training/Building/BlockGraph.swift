// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Who reads whom among the blocks of a model, checked by names alone.
struct BlockGraph {
  /// The blocks, each behind those that it reads; the earlier name first where that leaves a choice.
  let order: [BlockSpecification]
  /// The blocks that no other reads, in the order of their names.
  let ends: [String]
  private let blocks: [String: BlockSpecification]
  private let inputs: [String]

  /// The graph of a model on data with these inputs; throws where a name leads nowhere or blocks read each other.
  init(_ model: ModelSpecification, inputs: [String]) throws(ModelError) {
    let blocks = Dictionary(model.blocks.map { ($0.name, $0) }, uniquingKeysWith: { one, _ in one })
    self.blocks = blocks
    self.inputs = inputs
    for block in model.blocks where inputs.contains(block.name) {
      throw ModelError(layer: [block.name], .blockIsInput(block.name))
    }
    let names = model.blocks.map(\.name)
    var reads: [String: Set<String>] = [:]
    var places: [String: [String: [String]]] = [:]
    for block in model.blocks {
      try Self.checkLike(block, blocks)
      var sources: Set<String> = []
      for (place, name) in block.from.map({ (["from"], $0) }) + Self.references(of: block, blocks) {
        guard name != block.name else {
          throw ModelError(layer: [block.name] + place, .cycle([name, name]))
        }
        if blocks[name] != nil {
          sources.insert(name)
          if places[block.name]?[name] == nil { places[block.name, default: [:]][name] = place }
        } else if !inputs.contains(name) {
          throw ModelError(
            layer: [block.name] + place,
            .unknownBlock(name, blocks: names.filter { $0 != block.name }, inputs: inputs)
          )
        }
      }
      reads[block.name] = sources
    }
    order = try Self.sorted(names, reads, places).compactMap { blocks[$0] }
    let read = reads.values.reduce(into: Set()) { $0.formUnion($1) }
    ends = names.filter { !read.contains($0) }
  }

  /// What a block reads, by name.
  func sources(of block: BlockSpecification) -> [String] {
    block.from.isEmpty ? [inputs[0]] : block.from
  }

  /// The blocks that the losses are taken of, in their order; throws where one is unknown or named twice, or a block is of
  /// no use to any of them.
  func ends(of losses: [LossSpecification]) throws(ModelError) -> [String] {
    var names: [String] = []
    for (index, term) in losses.enumerated() {
      guard let name = term.block else {
        guard losses.count == 1, ends.count == 1 else { throw ModelError(.severalEnds(ends)) }
        names.append(ends[0])
        continue
      }
      guard blocks[name] != nil else {
        throw ModelError(.unknownLossBlock(name, loss: index, blocks: order.map(\.name).sorted()))
      }
      guard !names.contains(name) else { throw ModelError(.repeatedLossBlock(name, loss: index)) }
      names.append(name)
    }
    if let unused = ends.first(where: { !names.contains($0) }) {
      throw ModelError(layer: [unused], .unusedBlock(unused))
    }
    return names
  }

  /// The block whose layers and weights a block uses: itself unless it is like another.
  func owner(of block: BlockSpecification) -> BlockSpecification {
    var owner = block
    while let name = owner.like, let next = blocks[name] { owner = next }
    return owner
  }

  /// Throws unless `like` leads to a block with layers.
  private static func checkLike(
    _ block: BlockSpecification,
    _ blocks: [String: BlockSpecification]
  ) throws(ModelError) {
    var way = [block.name]
    var current = block
    while let name = current.like {
      let place = [block.name, "like"]
      guard let next = blocks[name] else {
        throw ModelError(
          layer: place,
          .unknownBlock(name, blocks: blocks.keys.sorted().filter { $0 != block.name }, inputs: [])
        )
      }
      way.append(name)
      guard way.filter({ $0 == name }).count == 1 else {
        throw ModelError(layer: place, .likeCycle(way))
      }
      current = next
    }
    guard block.like == nil || !current.layers.isEmpty else {
      throw ModelError(layer: [block.name, "like"], .likeWithoutLayers(current.name))
    }
  }

  /// The blocks that a block's layers name in their arguments, with the arguments' places below the block.
  private static func references(
    of block: BlockSpecification,
    _ blocks: [String: BlockSpecification]
  ) -> [(place: [String], name: String)] {
    var owner = block
    while let name = owner.like, let next = blocks[name] { owner = next }
    return owner.layers.blockReferences.map { reference in
      (block.like == nil ? ["layers"] + reference.place : ["like"], reference.name)
    }
  }

  /// The names, each behind those it reads; the smallest of those that are ready first.
  private static func sorted(
    _ names: [String],
    _ reads: [String: Set<String>],
    _ places: [String: [String: [String]]]
  ) throws(ModelError) -> [String] {
    var order: [String] = []
    var left = Set(names)
    while !left.isEmpty {
      let ready = left.filter { name in (reads[name] ?? []).isDisjoint(with: left) }
      guard let next = ready.min() else {
        let cycle = Self.cycle(left, reads)
        let place = places[cycle[0]]?[cycle[1]] ?? ["from"]
        throw ModelError(layer: [cycle[0]] + place, .cycle(cycle))
      }
      order.append(next)
      left.remove(next)
    }
    return order
  }

  /// Blocks that read each other in a ring, the first one again at its end.
  private static func cycle(_ left: Set<String>, _ reads: [String: Set<String>]) -> [String] {
    var way: [String] = []
    var name = left.min() ?? ""
    while !way.contains(name) {
      way.append(name)
      name = (reads[name] ?? []).intersection(left).min() ?? name
    }
    let start = way.firstIndex(of: name) ?? 0
    return way[start...] + [name]
  }
}

extension [Component] {
  /// The blocks that arguments of these layers, and of those inside them, name, with the arguments' places.
  var blockReferences: [(place: [String], name: String)] {
    enumerated().flatMap { index, layer in
      layer.blockReferences.map { (["\(index)"] + $0.place, $0.name) }
    }
  }
}

extension Component {
  fileprivate var blockReferences: [(place: [String], name: String)] {
    let definitions = Catalog.definition(name, in: .layers)?.arguments ?? []
    return definitions.flatMap { definition -> [(place: [String], name: String)] in
      guard let value = arguments[definition.name] else { return [] }
      switch definition.kind {
      case .block: return value.text.map { [([definition.name], $0)] } ?? []
      case .layers:
        return (value.components ?? []).blockReferences.map {
          ([definition.name] + $0.place, $0.name)
        }
      case .namedLayers:
        return value.namedLayers.flatMap { name, layers in
          layers.blockReferences.map { ([definition.name, name] + $0.place, $0.name) }
        }
      default: return []
      }
    }
  }
}
