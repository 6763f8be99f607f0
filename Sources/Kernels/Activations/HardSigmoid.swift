// SPDX-License-Identifier: Apache-2.0

/// (x + 3) / 6, limited to 0 … 1, as in PyTorch.
struct HardSigmoid: PointwiseFunction {
  @inline(__always)
  func value(_ x: Lanes) -> Lanes {
    let y = x + 3
    let low = y.replacing(with: Lanes.zero, where: y .< 0)
    return low.replacing(with: Lanes(repeating: 6), where: low .> 6) / 6
  }

  /// 0 at ±3 and beyond: chosen, not multiplied, so that an infinite gradient stops there.
  @inline(__always)
  func gradient(_ x: Lanes, _ dy: Lanes) -> Lanes {
    let passed = (dy / 6).replacing(with: Lanes.zero, where: (x .<= -3) .| (x .>= 3))
    return passed.replacing(with: x, where: x .!= x)
  }
}
