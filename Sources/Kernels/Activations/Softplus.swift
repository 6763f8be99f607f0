// SPDX-License-Identifier: Apache-2.0

/// log(1 + exp(β x)) / β, x itself where β x is above `threshold` (PyTorch's form), within 3 ulp for β = 1.
struct Softplus: PointwiseFunction {
  let beta: Float
  let threshold: Float

  @inline(__always)
  func value(_ x: Lanes) -> Lanes {
    let z = x * beta
    let power = exponentialOfOpposite(magnitude(z))
    let above = z.replacing(with: Lanes.zero, where: z .< 0)
    let value = (above + logarithmOfOnePlus(power)) / beta
    return value.replacing(with: x, where: z .> threshold)
  }

  @inline(__always)
  func gradient(_ x: Lanes, _ dy: Lanes) -> Lanes {
    let z = x * beta
    return (dy * Logistic(z).value).replacing(with: dy, where: z .> threshold)
  }
}
