// SPDX-License-Identifier: Apache-2.0

/// Quadratic near the target, linear beyond `delta` (PyTorch's `HuberLoss`).
struct HuberError: ElementLossFunction {
  let delta: Float

  @inline(__always)
  func value(_ y: Float, _ t: Float) -> Double {
    let distance = Double((y - t).magnitude)
    let delta = Double(delta)
    // A NaN takes the second form and stays one.
    return distance <= delta ? distance * distance / 2 : delta * (distance - delta / 2)
  }

  @inline(__always)
  func slope(_ y: Float, _ t: Float) -> Float {
    let difference = y - t
    return difference > delta ? delta : difference < -delta ? -delta : difference
  }
}
