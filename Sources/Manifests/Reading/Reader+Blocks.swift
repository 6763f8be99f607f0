// SPDX-License-Identifier: Apache-2.0

internal import Diagnostics
internal import Experiments
internal import Vocabulary

/// Models of named blocks.
extension Reader {
  /// A model in one of its forms: a list of layers, or a mapping of names to blocks.
  ///
  /// What ends a network leaves to the loss what the loss does itself.
  func model(_ node: SourceNode, label: String) -> ModelSpecification? {
    guard node.entries != nil else {
      if !findings.isOfStoredRun { checkEnd(of: node) }
      return layers(node, label: label).map { ModelSpecification($0) }
    }
    guard let entries = entries(of: node, label: label) else { return nil }
    guard !entries.isEmpty else {
      findings.report(.emptyMapping(label), at: node)
      return nil
    }
    if !findings.isOfStoredRun {
      for entry in entries {
        var own = self
        own.loss = lossOfBlock[entry.key] ?? (isEnd(entry.key, among: entries) ? loss : nil)
        if let layers = layersNode(of: entry.value) { own.checkEnd(of: layers) }
      }
    }
    let blocks = entries.compactMap { block($0, label: "\(label).\($0.key)", in: label) }
    return blocks.count == entries.count ? ModelSpecification(blocks: blocks) : nil
  }

  private func block(
    _ entry: SourceEntry,
    label: String,
    in model: String
  ) -> BlockSpecification? {
    guard ModelPlace.isBlockName(entry.key) else {
      findings.report(.blockName(entry.key, in: model), at: entry.keyPlace)
      return nil
    }
    guard let node = resolve(entry.value) else { return nil }
    if node.items != nil {
      return layers(node, label: label).map { BlockSpecification(name: entry.key, layers: $0) }
    }
    guard node.entries != nil else {
      findings.report(.noBlock(label, name: entry.key, got: node), at: node)
      return nil
    }
    guard var block: BlockSpecification = section(node, label: label) else { return nil }
    block.name = entry.key
    if block.like != nil, let layers = node["layers"] {
      findings.report(.likeWithLayers(label), at: layers)
      return nil
    }
    if block.like == nil, block.layers.isEmpty, block.from.count < 2 {
      findings.report(.emptyBlock(label), at: entry.keyPlace)
      return nil
    }
    return block
  }

  /// A loss, or a list of losses with their weights.
  func losses(_ node: SourceNode, label: String) -> [LossSpecification]? {
    guard let resolved = resolve(node), let items = resolved.items else {
      return component(node, .losses, label: label).map { [LossSpecification($0)] }
    }
    guard !items.isEmpty else {
      findings.report(.emptyList(label), at: resolved)
      return nil
    }
    let losses = items.indices.map { index -> LossSpecification? in
      resolve(items[index]).flatMap { section($0, label: "\(label)[\(index)]") }
    }
    let known = losses.compactMap { $0 }
    return known.count == losses.count ? known : nil
  }

  /// One name, or a list of at least one.
  func names(_ node: SourceNode, label: String) -> ArgumentValue? {
    guard let node = resolve(node) else { return nil }
    guard node.items != nil else {
      return scalar(node, expected: "a name or a list of names", label: label)
        .map { .text($0.text) }
    }
    return argument(node, .list(.text), label: label)
  }

  /// Whether no other block names this one as what it reads.
  private func isEnd(_ name: String, among entries: [SourceEntry]) -> Bool {
    !entries.contains { entry in
      guard let from = quietly(entry.value)?["from"].flatMap(quietly) else { return false }
      return (from.items ?? [from]).contains { quietly($0)?.text == name }
    }
  }

  private func layersNode(of block: SourceNode) -> SourceNode? {
    guard let block = quietly(block) else { return nil }
    return block.items != nil ? block : block["layers"].flatMap(quietly)
  }
}
