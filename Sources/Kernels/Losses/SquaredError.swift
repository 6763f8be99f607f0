// SPDX-License-Identifier: Apache-2.0

/// Squared error; the slope is half of the derivative, as `half_mse` takes it.
struct SquaredError: ElementLossFunction {
  @inline(__always)
  func value(_ y: Float, _ t: Float) -> Double {
    let difference = y - t
    return Double(difference) * Double(difference)
  }

  @inline(__always)
  func slope(_ y: Float, _ t: Float) -> Float { y - t }
}

/// Squared error Σ (y − t)² of `count` elements in Double; `gradient`, if not nil, receives (y − t) · `scale`.
package func squaredError(
  _ y: UnsafePointer<Float>,
  targets t: UnsafePointer<Float>,
  count: Int,
  gradient: UnsafeMutablePointer<Float>?,
  scale: Float
) -> Double {
  elementLoss(.squared, y, targets: t, count: count, gradient: gradient, scale: scale)
}
