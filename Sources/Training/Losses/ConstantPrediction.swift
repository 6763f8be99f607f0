// SPDX-License-Identifier: Apache-2.0

package import Datasets
package import Experiments
import Foundation
import NeuralNetworks
import Tensors
package import Vocabulary

/// The best prediction that does not look at the input: what a network that learned nothing comes to.
package enum ConstantPrediction {
  /// Its loss on the training part; nil for losses without a closed form and for classes at each step of a sequence.
  ///
  /// For a cross-entropy the entropy of the classes, weighted and smoothed as the loss is; for a squared error the mean
  /// variance of the targets; for an absolute error their mean distance from the median.
  package static func loss(_ specification: RunSpecification, _ data: PreparedData) -> Double? {
    guard specification.losses == [LossSpecification(specification.loss)] else { return nil }
    let form = lossFunction(specification.loss).constantForm
    switch (form, data.description.target) {
    case (.entropy, .classes(let count)):
      return entropy(specification.loss, data.trainClasses, count: count)
    case (.variance(let factor), .values(let shape)):
      return meanOfOutputs(data.targetValues(.train), width: shape.reduce(1, *), of: variance)
        .map { factor * $0 }
    case (.medianDistance, .values(let shape)):
      return meanOfOutputs(
        data.targetValues(.train),
        width: shape.reduce(1, *),
        of: medianDistance
      )
    default: return nil
    }
  }

  /// The cross-entropy is least where the prediction is the distribution of the smoothed and weighted targets itself.
  private static func entropy(_ loss: Component, _ classes: [Int32], count: Int) -> Double? {
    guard !classes.isEmpty else { return nil }
    let smoothing = loss["label_smoothing"].real ?? 0
    let weights = loss["class_weights"].list?.map { $0.real ?? 1 }
    var shares = [Double](repeating: 0, count: count)
    for value in classes where value >= 0 && Int(value) < count {
      shares[Int(value)] += weights.flatMap { Int(value) < $0.count ? $0[Int(value)] : nil } ?? 1
    }
    let total = shares.reduce(0, +)
    // Smoothing inside weights is weighted class by class; that has no such form.
    guard total > 0, weights == nil || smoothing == 0 else { return nil }
    return shares.reduce(0) { sum, share in
      let q = (1 - smoothing) * share / total + smoothing / Double(count)
      return q > 0 ? sum - q * log(q) : sum
    }
  }

  private static func meanOfOutputs(
    _ values: [Float],
    width: Int,
    of spread: ([Double]) -> Double
  ) -> Double? {
    guard width > 0, values.count >= width else { return nil }
    let columns = (0..<width).map { column in
      spread(stride(from: column, to: values.count, by: width).map { Double(values[$0]) })
    }
    let mean = columns.reduce(0, +) / Double(width)
    return mean.isFinite ? mean : nil
  }

  private static func variance(_ values: [Double]) -> Double {
    let mean = values.reduce(0, +) / Double(values.count)
    return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
  }

  private static func medianDistance(_ values: [Double]) -> Double {
    let median = values.sorted()[values.count / 2]
    return values.reduce(0) { $0 + abs($1 - median) } / Double(values.count)
  }
}

extension DataFacts {
  /// What there is to know of a run's data.
  package init(_ specification: RunSpecification, _ data: PreparedData) {
    self.init(
      trainCount: data.description.trainCount,
      validationCount: data.description.validationCount,
      testCount: data.description.testCount,
      constantLoss: ConstantPrediction.loss(specification, data)
    )
  }
}

extension PreparedData {
  /// The class of every training example.
  fileprivate var trainClasses: [Int32] {
    let ids = order(.train, batchSize: nil, shuffle: false).ids
    return unsafe [Int32](unsafeUninitializedCapacity: ids.count) { buffer, count in
      guard let base = buffer.baseAddress else { return }
      unsafe MemoryFill.current?.write(to: UnsafeMutableRawBufferPointer(buffer))
      unsafe ids.withUnsafeBufferPointer { ids in
        unsafe gatherClasses(.train, ids: ids, into: base)
      }
      count = ids.count
    }
  }
}
