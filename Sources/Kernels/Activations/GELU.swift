// SPDX-License-Identifier: Apache-2.0

/// x Φ(x) with the normal distribution function Φ (Hendrycks & Gimpel 2016), within 6 ulp, also far below 0.
///
/// Φ(−a) = exp(−a²/2) M(a), where (a + 2.75) M(a) is a polynomial in (a − 2.75) / (a + 2.75) with a relative error of
/// 2 · 10⁻⁸ up to a = 14; what Φ loses in a² by rounding is put back to first order. −infinity gives NaN, as in PyTorch.
struct GELU: PointwiseFunction {
  @inline(__always)
  func value(_ x: Lanes) -> Lanes {
    let (power, mills, _) = Self.tail(x)
    return (x * (1 - mills * power)).replacing(with: x * mills * power, where: x .< 0)
  }

  /// Φ(x) + x φ(x) within 10⁻⁶ of 1.
  @inline(__always)
  func gradient(_ x: Lanes, _ dy: Lanes) -> Lanes {
    let (power, mills, a) = Self.tail(x)
    // φ(x) is exp(−x²/2) / √(2π).
    let low = power * mills.addingProduct(a, Lanes(repeating: -0x1.988454p-2))
    let slope = (1 - low).replacing(with: low, where: x .< 0)
    return (dy * slope).replacing(with: x, where: x .!= x)
  }

  /// exp(−a²/2), M(a) and a = |x|, at most 14.
  @inline(__always)
  private static func tail(_ x: Lanes) -> (power: Lanes, mills: Lanes, a: Lanes) {
    let size = magnitude(x)
    let a = size.replacing(with: Lanes(repeating: 14), where: size .> 14)
    let square = a * a
    let lost = (Lanes.zero - square).addingProduct(a, a)
    let power = exponentialOfOpposite(square * 0.5)
    let r = 1 / (a + 2.75)
    let t = Lanes(repeating: 1).addingProduct(r, Lanes(repeating: -5.5))
    var p = Lanes(repeating: -0x1.3686f8p-14)
    p = Lanes(repeating: -0x1.b464d8p-12).addingProduct(p, t)
    p = Lanes(repeating: -0x1.02eff6p-12).addingProduct(p, t)
    p = Lanes(repeating: 0x1.465d60p-9).addingProduct(p, t)
    p = Lanes(repeating: 0x1.a21108p-9).addingProduct(p, t)
    p = Lanes(repeating: -0x1.0d663ep-6).addingProduct(p, t)
    p = Lanes(repeating: -0x1.0f5f04p-6).addingProduct(p, t)
    p = Lanes(repeating: 0x1.756ba4p-3).addingProduct(p, t)
    p = Lanes(repeating: -0x1.e5bd1cp-2).addingProduct(p, t)
    p = Lanes(repeating: 0x1.701ef0p-1).addingProduct(p, t)
    return (power.addingProduct(power, lost * -0.5), p * r, a)
  }
}

/// x · σ(2u), u = √(2/π) (x + 0.044715 x³): the tanh form of Hendrycks & Gimpel (2016), equation 2, as PyTorch's
/// `approximate="tanh"`.
///
/// Within 4 ulp above −1; far below, where the result is nearly 0, the rounding of u counts |2u|-fold.
struct GELUTanh: PointwiseFunction {
  @inline(__always)
  private func argument(_ x: Lanes) -> Lanes {
    // 2 √(2/π) and 0.044715 of it.
    x * Lanes(repeating: 0x1.988454p+0).addingProduct(x * x, Lanes(repeating: 0x1.2444f2p-4))
  }

  @inline(__always)
  func value(_ x: Lanes) -> Lanes { Logistic(argument(x)).times(x) }

  @inline(__always)
  func gradient(_ x: Lanes, _ dy: Lanes) -> Lanes {
    var limited = x.replacing(with: Lanes(repeating: 16), where: x .> 16)
    limited = limited.replacing(with: Lanes(repeating: -16), where: limited .< -16)
    let logistic = Logistic(argument(limited))
    let inner = Lanes(repeating: 0x1.988454p+0)
      .addingProduct(limited * limited, Lanes(repeating: 0x1.b6676cp-3))
    return dy * logistic.value.addingProduct(limited * inner, logistic.slope)
  }
}
