// SPDX-License-Identifier: Apache-2.0

import NeuralNetworks
import Tensors

/// Share of rows whose class is among the `k` largest outputs.
struct TopMeasure: Measure {
  let k: Int
  var quantity: String { "top_\(k)" }
  let size = 2

  func add(_ batch: MeasuredBatch, to sums: inout [Double], at place: Int) {
    let classes = batch.targets.classes
    sums[place] += Double(batch.tape.countTop(batch.output, classes: classes, k: k))
    sums[place + 1] += Double(classes.classifiedCount)
  }

  func value(_ sums: ArraySlice<Double>) -> Double {
    sums[sums.startIndex] / sums[sums.startIndex + 1]
  }
}

/// Precision, recall or F1, the mean over classes: each class counts the same, however rare.
///
/// A class that is neither there nor ever predicted is left out; of others 0 ÷ 0 counts as 0.
struct ClassMeasure: Measure {
  enum Kind: String {
    /// Of the rows given a class, the share that is of it.
    case precision
    /// Of the rows of a class, the share that was found.
    case recall
    /// The harmonic mean of both, class by class.
    case f1
  }

  let kind: Kind
  let classes: Int

  init(_ kind: Kind, classes: Int) {
    self.kind = kind
    self.classes = classes
  }

  var quantity: String { kind.rawValue }
  /// Found, predicted and there, for each class.
  var size: Int { 3 * classes }
  let readsPredictions = true

  func add(_ batch: MeasuredBatch, to sums: inout [Double], at place: Int) {
    guard let predictions = batch.predictions else {
      preconditionFailure("a measure of classes reads predictions")
    }
    countClasses(
      batch.targets.classes,
      predictions: predictions,
      of: classes,
      to: &sums,
      at: place
    )
  }

  func value(_ sums: ArraySlice<Double>) -> Double {
    var (total, count) = (0.0, 0.0)
    for start in stride(from: sums.startIndex, to: sums.endIndex, by: 3) {
      let (found, predicted, there) = (sums[start], sums[start + 1], sums[start + 2])
      guard predicted + there > 0 else { continue }
      count += 1
      switch kind {
      case .precision: total += predicted > 0 ? found / predicted : 0
      case .recall: total += there > 0 ? found / there : 0
      case .f1: total += 2 * found / (predicted + there)
      }
    }
    return total / count
  }
}
