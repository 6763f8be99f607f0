// SPDX-License-Identifier: Apache-2.0

/// Absolute error; its slope at 0 is 0, as in PyTorch.
struct AbsoluteError: ElementLossFunction {
  @inline(__always)
  func value(_ y: Float, _ t: Float) -> Double { Double((y - t).magnitude) }

  @inline(__always)
  func slope(_ y: Float, _ t: Float) -> Float {
    let difference = y - t
    return difference > 0 ? 1 : difference < 0 ? -1 : difference
  }
}
