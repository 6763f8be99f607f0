// SPDX-License-Identifier: Apache-2.0

import DeterministicMath

/// Binary cross-entropy of a logit z against t in 0 … 1: max(z, 0) − z t + log(1 + exp(−|z|)), which never overflows.
struct BinaryCrossEntropy: ElementLossFunction {
  @inline(__always)
  func value(_ y: Float, _ t: Float) -> Double {
    let z = Double(y)
    let above = z < 0 ? 0 : z
    return above - z * Double(t) + Self.logarithmOfOnePlus(Elementary.exp(-z.magnitude))
  }

  /// σ(z) − t.
  @inline(__always)
  func slope(_ y: Float, _ t: Float) -> Float {
    let z = Double(y)
    let power = Elementary.exp(-z.magnitude)
    return Float((z < 0 ? power : 1) / (1 + power) - Double(t))
  }

  /// log(1 + e) for e in 0 … 1 with the digits of small e: the rounding of 1 + e is divided out again.
  @inline(__always)
  private static func logarithmOfOnePlus(_ e: Double) -> Double {
    let sum = 1 + e
    return sum == 1 ? e : Elementary.log(sum) * (e / (sum - 1))
  }
}
