// SPDX-License-Identifier: Apache-2.0

import Kernels

// What metrics are made of; nothing here is noted or has a gradient.
extension Tape {
  /// Σ |y − t| and Σ (y − t)² over all elements.
  public func errorSums(
    _ y: Variable,
    targets: Variable
  ) -> (absolute: Double, squared: Double) {
    unsafe Kernels.errorSums(values(y), targets: values(targets), count: shape(of: y).count)
  }

  /// Σ (log y − log t)² over all elements, where values below 1 count as 1.
  public func squaredLogErrors(_ y: Variable, targets: Variable) -> Double {
    unsafe Kernels.squaredLogErrors(values(y), targets: values(targets), count: shape(of: y).count)
  }

  /// Takes the rows of `values` [N, …] into running moments of each column: count, mean, sum of squared deviations, from
  /// `place` in `moments` on.
  public func addMoments(of variable: Variable, to moments: inout [Double], at place: Int) {
    let s = shape(of: variable)
    let width = s.count / max(1, s[0])
    precondition(place + 3 * width <= moments.count, "three moments for each of \(width) columns")
    unsafe moments.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      unsafe Kernels.addMoments(values(variable), rows: s[0], width: width, into: base + place)
    }
  }

  /// The number of rows whose class is among the `k` largest outputs [..., K]; of two classes one logit [..., 1] is enough.
  public func countTop(_ y: Variable, classes: Indices, k: Int) -> Int {
    let width = shape(of: y).last
    precondition(shape(of: y).count == classes.shape.count * width, "a row for each class")
    precondition(
      (0..<classes.shape.count).allSatisfy { unsafe classes.base[$0] < max(2, width) },
      "classes below \(max(2, width))"
    )
    return unsafe Kernels.countTop(
      values(y),
      rows: classes.shape.count,
      classes: width,
      targets: classes.base,
      k: k
    )
  }
}

/// Adds each row to three counts of each class from `place` on: found, predicted, there.
public func countClasses(
  _ classes: Indices,
  predictions: Indices,
  of count: Int,
  to counts: inout [Double],
  at place: Int
) {
  precondition(place + 3 * count <= counts.count, "three counts for each of \(count) classes")
  unsafe counts.withUnsafeMutableBufferPointer { buffer in
    guard let base = buffer.baseAddress else { return }
    unsafe Kernels.countClasses(
      targets: classes.base,
      predictions: predictions.base,
      rows: classes.shape.count,
      into: base + place
    )
  }
}
