// SPDX-License-Identifier: Apache-2.0

import Datasets
import DeterministicMath
import Experiments
import NeuralNetworks
import Tensors
import Vocabulary

/// Adds up, layer by layer, what a run certainly takes of memory, while its model is built and before anything is taken.
///
/// Counted are the trained values with their gradients and with what the optimizer remembers of each, and the results
/// of layers for the examples of a batch. A run takes more: gradients of results, scratch memory and the data. So what
/// is refused cannot run here, and what is not refused may still run out of memory.
final class MemoryBudget {
  /// Bytes that there are.
  private let limit: Int
  /// Values kept for each trained one, itself included.
  private let copies: Int
  /// Networks trained side by side: the folds of cross-validation.
  private let networks: Int
  /// Examples of a batch.
  private let batch: Int
  private var bytes = 0

  init(_ specification: RunSpecification, _ description: DatasetDescription, limit: Int) {
    self.limit = limit
    copies = 2 + OptimizerBuilder.rememberedCount(specification.optimizer)
    networks = specification.data.folds ?? 1
    let count = max(1, description.trainCount)
    batch = min(specification.train.batchSize ?? count, count)
  }

  /// Takes a layer in; throws where the sum goes beyond the limit. `next` is the layer behind it.
  func add(
    _ layer: any Layer,
    _ component: Component,
    next: Component?,
    areWeightsShared: Bool
  ) throws(ModelError) {
    guard layer.children.isEmpty else { return }
    let count =
      areWeightsShared
      ? 0 : layer.parameters.reduce(0) { $0.saturatingSum($1.parameter.count) }
    let isFrozen = component.arguments["frozen"]?.boolean ?? false
    let kept = (isFrozen ? 1 : copies).saturatingProduct(networks).saturatingProduct(4)
    let weights = count.saturatingProduct(kept)
    let results = resultCount(layer, component, next: next)
    let activations = results.saturatingProduct(batch).saturatingProduct(4)
    bytes = bytes.saturatingSum(weights).saturatingSum(activations)
    guard bytes > limit else { return }
    throw ModelError(
      layer: [],
      .memory(
        MemoryNeed(
          layer: component.name,
          bytes: bytes,
          limit: limit,
          parameters: count,
          parameterBytes: weights,
          results: results,
          batch: batch,
          resultBytes: activations
        )
      )
    )
  }

  /// Values of one example that the layer certainly keeps.
  ///
  /// Layers that only name the same values anew keep none, nor does a convolution whose result is pooled on the way.
  private func resultCount(_ layer: any Layer, _ component: Component, next: Component?) -> Int {
    guard let sizes = layer.output.sizes else { return 0 }
    let kept = layer.keptPerExample
    let facts = Catalog.layer(component.name)
    let isPooled = next.flatMap { Catalog.layer($0.name) }?.isPooling == true
    return facts?.passes == .all || facts?.hasFilters == true && isPooled
      ? kept : kept.saturatingSum(sizes.saturatingProduct)
  }
}
