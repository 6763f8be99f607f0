// SPDX-License-Identifier: Apache-2.0

/// x / (1 + exp(−x)) (Elfwing, Uchibe & Doya 2018; "swish"), within 4 ulp; −infinity gives NaN, as in PyTorch.
struct SiLU: PointwiseFunction {
  @inline(__always)
  func value(_ x: Lanes) -> Lanes { Logistic(x).times(x) }

  @inline(__always)
  func gradient(_ x: Lanes, _ dy: Lanes) -> Lanes {
    let logistic = Logistic(x)
    return dy * logistic.value.addingProduct(x, logistic.slope)
  }
}

/// 1 / (1 + exp(−z)) in parts that keep their digits wherever z is, unlike the fused sigmoid far below 0.
struct Logistic {
  /// |z|.
  private let size: Lanes
  /// exp(−|z|).
  private let power: Lanes
  /// 1 / (1 + exp(−|z|)).
  private let share: Lanes
  private let isNegative: SIMDMask<SIMD16<Int32>>

  @inline(__always)
  init(_ z: Lanes) {
    size = magnitude(z)
    power = exponentialOfOpposite(size)
    share = 1 / (1 + power)
    isNegative = z .< 0
  }

  /// σ(z).
  @inline(__always)
  var value: Lanes { share.replacing(with: power * share, where: isNegative) }

  /// σ′(z).
  @inline(__always)
  var slope: Lanes { power * share * share }

  /// x σ(z), with one rounding less, also where σ(z) alone is subnormal.
  @inline(__always)
  func times(_ x: Lanes) -> Lanes {
    let (power, product) = exponentialOfOpposite(size, times: x)
    return x.replacing(with: product, where: isNegative) / (1 + power)
  }
}
