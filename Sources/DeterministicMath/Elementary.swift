// SPDX-License-Identifier: Apache-2.0

/// Elementary functions of Double, the same bits on every machine.
///
/// A C library's own results differ between versions and CPUs (with and without FMA), so everything that leads to a
/// weight, datum, parameter value or schedule uses these: only `+ − × ÷ √` and exact integer operations, each rounded
/// as IEEE 754 says, in a written order. Errors stay below 2 ulp except where noted. NaN gives NaN.
public enum Elementary {
  private static let log2OfE = 1.4426950408889634
  /// ln 2 in two parts: the first has 21 trailing zero bits, so its product with |n| < 2²⁰ is exact.
  private static let ln2High = 6.93147180369123816490e-01
  private static let ln2Low = 1.90821492927058770002e-10

  /// The exponential function: 0 below about −745.1, infinity above about 709.8.
  ///
  /// x = n ln 2 + r with |r| ≤ ln 2 / 2, then the Taylor polynomial of degree 13 (remainder below 2⁻⁵⁷).
  public static func exp(_ x: Double) -> Double {
    if x.isNaN { return x }
    if x > 709.8 { return .infinity }
    if x < -745.2 { return 0 }
    let n = (x * log2OfE).rounded(.toNearestOrEven)
    let r = (x - n * ln2High) - n * ln2Low
    let value = 1 + exponentialMinusOne(r)
    // Two exact steps, so that results near the ends of the range neither overflow nor vanish too early.
    let half = Int(n) / 2
    return value * powerOfTwo(half) * powerOfTwo(Int(n) - half)
  }

  /// The natural logarithm: −infinity at 0, NaN below.
  ///
  /// x = 2ⁿ m with m in [√½, √2); log m = 2 artanh s with s = (m − 1) / (m + 1), by its series.
  public static func log(_ x: Double) -> Double {
    if x.isNaN || x < 0 { return .nan }
    if x == 0 { return -.infinity }
    if x == .infinity { return x }
    var m = x.significand
    var n = Int(x.exponent)
    if m > 1.4142135623730951 {
      m *= 0.5
      n += 1
    }
    let f = m - 1
    let s = f / (2 + f)
    let z = s * s
    var p = 1.0 / 25
    for divisor in stride(from: 23.0, through: 3, by: -2) { p = p * z + 1 / divisor }
    // log(1 + f) = f − s (f − R) with R = 2 z p, which keeps the leading term exact.
    let logM = f - s * (f - 2 * z * p)
    let exponent = Double(n)
    return exponent * ln2High + (logM + exponent * ln2Low)
  }

  /// `base` to the `exponent`: exact products for whole exponents up to 1024, else exp(exponent · log base).
  ///
  /// The second form's relative error is about |exponent · log base| ulp. A negative base needs a whole exponent.
  public static func pow(_ base: Double, _ exponent: Double) -> Double {
    if exponent == exponent.rounded(), abs(exponent) <= 1024 {
      let power = wholePower(base, Int(abs(exponent)))
      return exponent < 0 ? 1 / power : power
    }
    return exp(exponent * log(base))
  }

  /// The sine; exact reduction up to |x| of about 10⁶, NaN for infinities.
  public static func sin(_ x: Double) -> Double {
    guard x.isFinite else { return .nan }
    let (r, quadrant) = reduced(x)
    let value = quadrant & 1 == 0 ? sinePolynomial(r) : cosinePolynomial(r)
    return quadrant & 2 == 0 ? value : -value
  }

  /// The cosine; exact reduction up to |x| of about 10⁶, NaN for infinities.
  public static func cos(_ x: Double) -> Double {
    guard x.isFinite else { return .nan }
    let (r, quadrant) = reduced(x)
    let value = quadrant & 1 == 0 ? cosinePolynomial(r) : sinePolynomial(r)
    return (quadrant + 1) & 2 == 0 ? value : -value
  }

  /// The hyperbolic tangent; its error stays below 4 ulp.
  public static func tanh(_ x: Double) -> Double {
    let a = abs(x)
    if a < 0.34 {
      // tanh a = 2t / (1 + t²) with t = tanh(a / 2) = m / (m + 2), m = exp(a) − 1: nothing cancels.
      let m = exponentialMinusOne(a)
      let t = m / (m + 2)
      let value = 2 * t / (1 + t * t)
      return x < 0 ? -value : (x == 0 ? x : value)
    }
    if a > 20 { return x.isNaN ? x : (x < 0 ? -1 : 1) }
    let e = exp(2 * a)
    let value = 1 - 2 / (e + 1)
    return x < 0 ? -value : value
  }

  /// exp(x) − 1, to the last digits of a small x as well.
  public static func expMinusOne(_ x: Double) -> Double {
    abs(x) <= 0.34 ? exponentialMinusOne(x) : exp(x) - 1
  }

  // MARK: - Parts

  /// exp(r) − 1 for |r| ≤ ln 2 / 2.
  private static func exponentialMinusOne(_ r: Double) -> Double {
    var p = 1.0 / 6_227_020_800
    p = p * r + 1.0 / 479_001_600
    p = p * r + 1.0 / 39_916_800
    p = p * r + 1.0 / 3_628_800
    p = p * r + 1.0 / 362_880
    p = p * r + 1.0 / 40_320
    p = p * r + 1.0 / 5_040
    p = p * r + 1.0 / 720
    p = p * r + 1.0 / 120
    p = p * r + 1.0 / 24
    p = p * r + 1.0 / 6
    p = p * r + 0.5
    return r + r * r * p
  }

  private static func powerOfTwo(_ n: Int) -> Double {
    Double(sign: .plus, exponent: n, significand: 1)
  }

  private static func wholePower(_ base: Double, _ exponent: Int) -> Double {
    var (result, square, rest) = (1.0, base, exponent)
    while rest > 0 {
      if rest & 1 == 1 { result *= square }
      square *= square
      rest >>= 1
    }
    return result
  }

  /// x − n π/2 in [−π/4, π/4] and n mod 4, by Cody & Waite's three-part π/2 (33 bits in each of the first two parts).
  private static func reduced(_ x: Double) -> (Double, Int) {
    let n = (x * 6.36619772367581382433e-01).rounded(.toNearestOrEven)
    let first = x - n * 1.57079632673412561417e+00
    let second = first - n * 6.07710050630396597660e-11
    return (second - n * 2.02226624879595063154e-21, Int(n.truncatingRemainder(dividingBy: 4)) & 3)
  }

  private static func sinePolynomial(_ r: Double) -> Double {
    let z = r * r
    var p = 1.0 / 355_687_428_096_000
    p = p * z - 1.0 / 1_307_674_368_000
    p = p * z + 1.0 / 6_227_020_800
    p = p * z - 1.0 / 39_916_800
    p = p * z + 1.0 / 362_880
    p = p * z - 1.0 / 5_040
    p = p * z + 1.0 / 120
    p = p * z - 1.0 / 6
    return r + r * z * p
  }

  private static func cosinePolynomial(_ r: Double) -> Double {
    let z = r * r
    var p = 1.0 / 20_922_789_888_000
    p = p * z - 1.0 / 87_178_291_200
    p = p * z + 1.0 / 479_001_600
    p = p * z - 1.0 / 3_628_800
    p = p * z + 1.0 / 40_320
    p = p * z - 1.0 / 720
    p = p * z + 1.0 / 24
    let half = 0.5 * z
    let rounded = 1 - half
    return rounded + ((1 - rounded) - half + z * z * p)
  }
}
