// SPDX-License-Identifier: Apache-2.0

import NeuralNetworks
import Tensors

/// Mean absolute error over all elements.
struct AbsoluteErrorMeasure: Measure {
  let quantity = "mae"
  let size = 2

  func add(_ batch: MeasuredBatch, to sums: inout [Double], at place: Int) {
    sums[place] += batch.tape.errorSums(batch.output, targets: batch.targets.values).absolute
    sums[place + 1] += Double(batch.tape.shape(of: batch.output).count)
  }

  func value(_ sums: ArraySlice<Double>) -> Double {
    sums[sums.startIndex] / sums[sums.startIndex + 1]
  }
}

/// Root of the mean squared error over all elements, for losses that are none.
struct SquaredErrorMeasure: Measure {
  let quantity = "rmse"
  let size = 2

  func add(_ batch: MeasuredBatch, to sums: inout [Double], at place: Int) {
    sums[place] += batch.tape.errorSums(batch.output, targets: batch.targets.values).squared
    sums[place + 1] += Double(batch.tape.shape(of: batch.output).count)
  }

  func value(_ sums: ArraySlice<Double>) -> Double {
    (sums[sums.startIndex] / sums[sums.startIndex + 1]).squareRoot()
  }
}

/// Root of the mean squared error of logarithms, values below 1 counting as 1: relative errors, as of prices.
struct LogErrorMeasure: Measure {
  let quantity = "log_rmse"
  let size = 2

  func add(_ batch: MeasuredBatch, to sums: inout [Double], at place: Int) {
    sums[place] += batch.tape.squaredLogErrors(batch.output, targets: batch.targets.values)
    sums[place + 1] += Double(batch.tape.shape(of: batch.output).count)
  }

  func value(_ sums: ArraySlice<Double>) -> Double {
    (sums[sums.startIndex] / sums[sums.startIndex + 1]).squareRoot()
  }
}

/// 1 − Σ (y − t)² / Σ (t − t̄)², t̄ the mean of each of an example's `columns` targets; not defined on constant targets.
struct ExplainedVariance: Measure {
  let quantity = "r2"
  let columns: Int
  /// Σ (y − t)², then count, mean and squared deviations of each column.
  var size: Int { 1 + 3 * columns }

  func add(_ batch: MeasuredBatch, to sums: inout [Double], at place: Int) {
    let targets = batch.targets.values
    sums[place] += batch.tape.errorSums(batch.output, targets: targets).squared
    batch.tape.addMoments(of: targets, to: &sums, at: place + 1)
  }

  func value(_ sums: ArraySlice<Double>) -> Double {
    var variation = 0.0
    for column in 0..<columns { variation += sums[sums.startIndex + 3 + 3 * column] }
    return variation > 0 ? 1 - sums[sums.startIndex] / variation : .nan
  }
}
