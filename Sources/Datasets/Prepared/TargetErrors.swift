// SPDX-License-Identifier: Apache-2.0

internal import DeterministicMath
internal import Vocabulary

/// Gross errors in the targets of some training examples: the contaminated normal distribution of Tukey (1960), in which a
/// share of the observations has many times the spread of the rest.
struct TargetErrors: Sendable {
  /// What is added to all elements of an example's target, by its id.
  let errors: [Int32: [Float]]

  /// Of the training examples `ids` exactly the share, rounded, is hit; which ones, and each error, is drawn with the
  /// data's `seed`. `spread` is the standard deviation of each element of the targets.
  init(_ outliers: Outliers, ids: [Int32], spread: [Float], seed: Int) {
    var order = RandomStream(seed: seed, purpose: .outliers, path: "examples")
    let count = Int((outliers.share * Double(ids.count)).rounded())
    var errors: [Int32: [Float]] = [:]
    for place in order.permutation(ids.count).prefix(count) {
      let id = ids[Int(place)]
      var stream = RandomStream(seed: seed, purpose: .outliers, path: "error", step: UInt64(id))
      errors[id] = spread.map { Float(outliers.deviation * stream.nextNormal() * Double($0)) }
    }
    self.errors = errors
  }

  /// Adds the errors to the rows of `targets` that have some.
  func add(to targets: UnsafeMutablePointer<Float>, _ ids: UnsafeBufferPointer<Int32>) {
    for row in 0..<ids.count {
      guard let error = unsafe errors[ids[row]] else { continue }
      let start = unsafe targets + row &* error.count
      for index in error.indices { unsafe start[index] += error[index] }
    }
  }
}
