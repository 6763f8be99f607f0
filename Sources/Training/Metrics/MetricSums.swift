// SPDX-License-Identifier: Apache-2.0

import Tensors

/// Sums over batches, from which a part's metrics follow. All sums are exact to restore.
struct MetricSums: Hashable {
  var loss = 0.0
  /// What `loss` is divided by: rows, elements or the sum of their weights.
  var weight = 0.0
  var correct = 0
  /// Rows that have a class.
  var rows = 0
  var examples = 0
  /// The sums of the set's measures, side by side.
  var measures: [Double]

  init(measures: Int) { self.measures = [Double](repeating: 0, count: measures) }

  mutating func add(_ batch: Loss, examples: Int) {
    loss += batch.sum
    weight += batch.weight
    correct += batch.correct
    rows += batch.rows
    self.examples += examples
  }

  var meanLoss: Double { loss / weight }

  /// Starts anew, in the memory that is there.
  mutating func clear() {
    (loss, weight, correct, rows, examples) = (0, 0, 0, 0, 0)
    for place in measures.indices { measures[place] = 0 }
  }
}
