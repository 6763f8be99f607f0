// SPDX-License-Identifier: Apache-2.0

/// x above 0, `slope` · x elsewhere (Maas, Hannun & Ng 2013); the slope at 0 is `slope`, as in PyTorch.
struct LeakyRelu: PointwiseFunction {
  let slope: Float

  @inline(__always)
  func value(_ x: Lanes) -> Lanes { x.replacing(with: x * slope, where: x .<= 0) }

  @inline(__always)
  func gradient(_ x: Lanes, _ dy: Lanes) -> Lanes {
    let passed = dy.replacing(with: dy * slope, where: x .<= 0)
    return passed.replacing(with: x, where: x .!= x)
  }
}
