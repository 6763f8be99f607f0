// SPDX-License-Identifier: Apache-2.0

import DeterministicMath

/// What label smoothing and weights of classes make of a row's cross-entropy.
struct ClassBalance {
  private let weights: UnsafePointer<Float>?
  /// 1 − ε, and ε / K.
  private let kept: Double
  private let share: Double
  /// Σ w_c.
  private let total: Double

  init(weights: UnsafePointer<Float>?, smoothing: Double, classes: Int) {
    self.weights = weights
    kept = 1 - smoothing
    share = smoothing / Double(classes)
    var total = 0.0
    for c in 0..<classes { total += weights.map { Double($0[c]) } ?? 1 }
    self.total = total
  }

  /// The row's loss; `dz`, if not nil, receives its gradient times `scale`.
  func loss(
    _ z: UnsafePointer<Float>,
    _ classes: Int,
    _ top: Float,
    _ target: Int,
    _ dz: UnsafeMutablePointer<Float>?,
    _ scale: Float
  ) -> Double {
    let sum = exponentials(z, classes, top, dz)
    let log = Elementary.log(Double(sum))
    let own = kept * weight(target)
    var loss = own * (log - (Double(z[target]) - Double(top)))
    if share > 0 {
      var all = 0.0
      for c in 0..<classes { all += weight(c) * (log - (Double(z[c]) - Double(top))) }
      loss += share * all
    }
    guard let dz else { return loss }
    let factor = Float(own + share * total)
    for c in 0..<classes {
      let wanted = Float(share * weight(c) + (c == target ? own : 0))
      dz[c] = (dz[c] / sum * factor - wanted) * scale
    }
    return loss
  }

  @inline(__always)
  private func weight(_ c: Int) -> Double { weights.map { Double($0[c]) } ?? 1 }

  /// Σ exp(z_c − top); `powers`, if not nil, receives the terms.
  private func exponentials(
    _ z: UnsafePointer<Float>,
    _ classes: Int,
    _ top: Float,
    _ powers: UnsafeMutablePointer<Float>?
  ) -> Float {
    var total = Lanes.zero
    eachSixteen(classes) { j, width in
      let some = width == 16 ? load(z + j) : loadPart(z + j, width, filler: -.infinity)
      let value = exponentialOfOpposite(top - some)
      if let powers { storeUpTo16(value, powers + j, width) }
      total += value
    }
    return treeSum(total)
  }
}

/// What the sum of `softmaxCrossEntropy` is divided by: the weights of all rows' targets, in order; rows with a negative
/// target are left out.
package func sumOfWeights(
  targets: UnsafePointer<Int32>,
  rows: Int,
  weights: UnsafePointer<Float>?
) -> Double {
  var sum = 0.0
  for row in 0..<rows where targets[row] >= 0 {
    sum += weights.map { Double($0[Int(targets[row])]) } ?? 1
  }
  return sum
}
