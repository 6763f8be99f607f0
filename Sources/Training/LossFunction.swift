// SPDX-License-Identifier: Apache-2.0

import Experiments
import Numerics
import Tensors

/// The loss that a manifest names.
enum LossFunction: String {
  case crossEntropy = "cross_entropy"
  case meanSquaredError = "mse"
  case halfMeanSquaredError = "half_mse"

  init(_ component: Component) {
    guard let loss = LossFunction(rawValue: component.name) else {
      preconditionFailure("no loss is called `\(component.name)`")
    }
    self = loss
  }

  /// The loss of a batch; while training, its gradient is put in place.
  func callAsFunction(
    _ output: Variable,
    _ targets: Targets,
    on tape: Tape,
    predictions: inout [Int32]?
  ) -> Loss {
    switch targets {
    case .values(let values):
      return tape.squaredError(output, targets: values, halved: self == .halfMeanSquaredError)
    case .classes(let classes):
      guard predictions != nil else { return unsafe loss(output, classes, tape, nil) }
      var batch = [Int32](repeating: 0, count: classes.shape.count)
      let result = unsafe batch.withUnsafeMutableBufferPointer { memory in
        unsafe loss(output, classes, tape, memory.baseAddress)
      }
      predictions?.append(contentsOf: batch)
      return result
    }
  }

  private func loss(
    _ output: Variable,
    _ classes: Indices,
    _ tape: Tape,
    _ predictions: UnsafeMutablePointer<Int32>?
  ) -> Loss {
    if self == .crossEntropy {
      return unsafe tape.crossEntropy(output, classes: classes, predictions: predictions)
    }
    return unsafe tape.squaredError(
      output,
      classes: classes,
      halved: self == .halfMeanSquaredError,
      predictions: predictions
    )
  }
}

/// Sums over batches, from which a part's metrics follow. All sums are exact to restore.
struct MetricSums: Hashable, Codable {
  var loss = 0.0
  /// What `loss` is divided by: rows or elements.
  var count = 0
  var correct = 0
  /// Rows that have a class.
  var rows = 0
  var examples = 0

  mutating func add(_ batch: Loss, rows: Int, examples: Int) {
    loss += batch.sum
    count += batch.count
    correct += batch.correct
    self.rows += rows
    self.examples += examples
  }

  var meanLoss: Double { loss / Double(count) }
}

/// Which quantities a task has, and their values from sums.
struct MetricSet {
  let loss: LossFunction
  let hasClasses: Bool
  let hasTokens: Bool

  func points(_ part: MetricName.Part, _ sums: MetricSums, step: Int, epoch: Double)
    -> [MetricPoint]
  {
    var values: [(String, Double)] = [("loss", sums.meanLoss)]
    if hasClasses { values.append(("accuracy", Double(sums.correct) / Double(sums.rows))) }
    if hasTokens, loss == .crossEntropy {
      values.append(("perplexity", Elementary.exp(sums.meanLoss)))
    }
    if !hasClasses {
      let square = loss == .halfMeanSquaredError ? 2 * sums.meanLoss : sums.meanLoss
      values.append(("rmse", square.squareRoot()))
    }
    return values.map { name, value in
      MetricPoint(name: "\(part.rawValue).\(name)", step: step, epoch: epoch, value: value)
    }
  }
}
