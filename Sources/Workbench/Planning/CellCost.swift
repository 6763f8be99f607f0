// SPDX-License-Identifier: Apache-2.0

import Datasets
import DeterministicMath
import Experiments
package import Storage
import Training
import Vocabulary

/// What a run of a cell takes, about.
package struct CellCost {
  /// Trained values.
  package let parameterCount: Int
  /// Bytes of memory: parameters, gradients, optimizer and activations.
  package let memoryBytes: Int
  /// Bytes of one checkpoint.
  package let diskBytes: Int
  /// Examples that it trains on, over all epochs and folds.
  package let examples: Int

  package init(_ cell: PlannedCell, in checked: CheckedPlan) {
    let specification = cell.cell.specification
    let count = cell.parameterCount ?? 0
    let description = checked.descriptions[specification.data]
    let train = description?.trainCount ?? 0
    // A batch holds no more than there is.
    let batch = min(specification.train.batchSize ?? train, train)
    let held =
      (try? description.map { try ModelBuilder.stepValueCount(specification, for: $0) } ?? 0) ?? 0
    let states = OptimizerBuilder.rememberedCount(specification.optimizer)
    let kept = count.saturatingProduct(4 * (2 + states))
    let results = held.saturatingProduct(batch).saturatingProduct(4)
    parameterCount = count
    memoryBytes = kept.saturatingSum(results)
    diskBytes = kept
    examples = train.saturatingProduct(specification.train.epochs)
      .saturatingProduct(specification.data.folds ?? 1)
  }
}
