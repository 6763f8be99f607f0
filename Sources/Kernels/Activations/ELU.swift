// SPDX-License-Identifier: Apache-2.0

/// `high` · x above 0, `low` · (exp x − 1) elsewhere, within 2 ulp where `high` and `low` are 1, else 3.
///
/// ELU (Clevert, Unterthiner & Hochreiter 2016) has 1 and α, SELU (Klambauer et al. 2017) λ and λα.
struct ELU: PointwiseFunction {
  let low: Float
  let high: Float

  @inline(__always)
  func value(_ x: Lanes) -> Lanes {
    (x * high).replacing(with: oneMinusExponentialOfOpposite(magnitude(x)) * -low, where: x .< 0)
  }

  /// The slope at 0 is `low`, as in PyTorch.
  @inline(__always)
  func gradient(_ x: Lanes, _ dy: Lanes) -> Lanes {
    let below = dy * (exponentialOfOpposite(magnitude(x)) * low)
    let passed = (dy * high).replacing(with: below, where: x .<= 0)
    return passed.replacing(with: x, where: x .!= x)
  }
}
