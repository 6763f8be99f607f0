// SPDX-License-Identifier: Apache-2.0

// Elementary functions of 16 lanes, from + − × ÷, FMA and integer operations only: the same bits on every CPU.
//
// All exponentials stand on one kernel: y = n ln 2 + r with |r| ≤ ln 2 / 2, so that exp(−y) = 2⁻ⁿ (1 − w), w = 1 − exp(−r).
// Sigmoid and tanh are quotients of 2ⁿ and w with a single division; 1 − w is never rounded on its own.
// pointwiseMin/Max would erase NaN, so limits are set by compare-and-replace, which keeps it and costs one instruction.
// Polynomials are minimax fits whose coefficients were rounded to floats one by one, each before the rest were fitted
// again. Every error stated here is the largest over all 2³² arguments; `make test-exhaustive` measures them.
// The compiler gets these lines as 16 scalar operations each and finds the vectors again only where all operands stand in
// the same order: the running value is the first factor of an FMA throughout, and nothing is negated.

// MARK: - The exponential's parts

/// 1.5 · 2²³ + 127: adding it rounds to a whole number n that stands, as n + 127, in the lowest bits.
private let shifter: Float = 12_583_039

/// ln 2 rounded to a float; n times it minus y is exact, for both are multiples of 2⁻²⁵.
private let log2High: Float = 0x1.62e43p-1

/// ln 2 − `log2High`.
private let log2Low: Float = -0x1.05c61p-29

/// `shifter` + y / ln 2 with `sign` +1, `shifter` − y / ln 2 with −1.
@inline(__always)
private func shiftedQuotient(_ y: Lanes, sign: Float) -> Lanes {
  Lanes(repeating: shifter).addingProduct(y, Lanes(repeating: sign * 0x1.715476p+0))
}

/// y − `sign` · n ln 2 with n of a shifted quotient.
@inline(__always)
private func remainder(_ y: Lanes, _ shifted: Lanes, sign: Float) -> Lanes {
  let n = shifted - Lanes(repeating: shifter)
  return y.addingProduct(n, Lanes(repeating: -sign * log2High))
    .addingProduct(n, Lanes(repeating: -sign * log2Low))
}

/// 2ⁿ of a shifted quotient, for n in −126 … 127; 0 for −127.
@inline(__always)
private func powerOfTwo(_ shifted: Lanes) -> Lanes {
  unsafeBitCast(unsafeBitCast(shifted, to: SIMD16<UInt32>.self) &<< 23, to: Lanes.self)
}

/// `sign` · (exp(−r) − 1 + r) / r² for |r| ≤ ln 2 / 2, so accurate that exp(−r) − 1 has an error below 1.4 · 10⁻⁸ of it.
@inline(__always)
private func exponentialTail(_ r: Lanes, sign: Float) -> Lanes {
  var p = Lanes(repeating: sign * 0x1.6b9a26p-10)
  p = Lanes(repeating: sign * -0x1.12253ep-7).addingProduct(p, r)
  p = Lanes(repeating: sign * 0x1.5556f4p-5).addingProduct(p, r)
  p = Lanes(repeating: sign * -0x1.5554b4p-3).addingProduct(p, r)
  return Lanes(repeating: sign * 0x1.fffffep-2).addingProduct(p, r)
}

/// w = 1 − exp(−r).
@inline(__always)
private func oneMinusExponential(_ r: Lanes) -> Lanes {
  r.addingProduct(r * r, exponentialTail(r, sign: -1))
}

/// exp(−r).
@inline(__always)
private func smallExponential(_ r: Lanes) -> Lanes {
  let slope = Lanes(repeating: -1).addingProduct(exponentialTail(r, sign: 1), r)
  return Lanes(repeating: 1).addingProduct(slope, r)
}

// MARK: - Exponentials

/// exp(−y) for y ≥ 0 or NaN within 0.92 ulp; 0 below 2⁻¹²⁶·⁵.
///
/// What softmax needs, with half of `exp`'s work for limits and scale.
@inline(__always)
func exponentialOfOpposite(_ y: Lanes) -> Lanes {
  let limited = y.replacing(with: Lanes(repeating: 88), where: y .> 88)
  let shifted = shiftedQuotient(limited, sign: -1)
  return smallExponential(remainder(limited, shifted, sign: -1)) * powerOfTwo(shifted)
}

/// exp x within 0.93 ulp, subnormal results included; 0 below −103.98, infinity above 88.73.
@inline(__always)
func exp(_ x: Lanes) -> Lanes {
  let y = Lanes.zero - x
  var limited = y.replacing(with: Lanes(repeating: 104.5), where: y .> 104.5)
  limited = limited.replacing(with: Lanes(repeating: -89), where: limited .< -89)
  let shifted = shiftedQuotient(limited, sign: -1)
  let value = smallExponential(remainder(limited, shifted, sign: -1))
  // 2ⁿ in two factors, for n reaches from −151 to 128.
  let bits = unsafeBitCast(shifted, to: SIMD16<Int32>.self)
  let whole = bits &- SIMD16<Int32>(repeating: 0x4B40_007F)
  let half = whole &>> 1
  return value * scale(half) * scale(whole &- half)
}

/// exp(−y) and x · exp(−y) for y ≥ 0 or NaN; the product keeps its digits where exp(−y) alone is subnormal or 0.
@inline(__always)
func exponentialOfOpposite(_ y: Lanes, times x: Lanes) -> (power: Lanes, product: Lanes) {
  let limited = y.replacing(with: Lanes(repeating: 170), where: y .> 170)
  let shifted = shiftedQuotient(limited, sign: -1)
  let value = smallExponential(remainder(limited, shifted, sign: -1))
  let bits = unsafeBitCast(shifted, to: SIMD16<Int32>.self)
  let whole = bits &- SIMD16<Int32>(repeating: 0x4B40_007F)
  let half = whole &>> 1
  let (first, second) = (scale(half), scale(whole &- half))
  let product = x * value * first * second
  return (value * first * second, product.replacing(with: x * 0, where: y .> 170))
}

/// 2ⁿ for n in −126 … 127.
@inline(__always)
private func scale(_ n: SIMD16<Int32>) -> Lanes {
  unsafeBitCast((n &+ 127) &<< 23, to: Lanes.self)
}

/// 1 − exp(−y) for y ≥ 0 or NaN, within 1.5 ulp also where exp(−y) is nearly 1.
///
/// With exp(−y) = t (1 − w) it is (1 − t) + t w.
@inline(__always)
func oneMinusExponentialOfOpposite(_ y: Lanes) -> Lanes {
  let limited = y.replacing(with: Lanes(repeating: 88), where: y .> 88)
  let shifted = shiftedQuotient(limited, sign: -1)
  let w = oneMinusExponential(remainder(limited, shifted, sign: -1))
  let t = powerOfTwo(shifted)
  return (1 - t).addingProduct(t, w)
}

// MARK: - Sigmoid and tanh

/// 1 / (1 + exp(−x)) within 2 ulp (1.9991, just below ½).
///
/// With t = 2ⁿ it is t / (1 + (t − w)). The order of the sum matters: (1 + t) − w would lose the 1 at t = 2⁻²⁴, where it
/// counts, and 1 − w as one rounded number costs the second half ulp.
@inline(__always)
func sigmoid(_ x: Lanes) -> Lanes {
  var limited = x.replacing(with: Lanes(repeating: 88), where: x .> 88)
  limited = limited.replacing(with: Lanes(repeating: -88), where: limited .< -88)
  let shifted = shiftedQuotient(limited, sign: 1)
  let w = oneMinusExponential(remainder(limited, shifted, sign: 1))
  let t = powerOfTwo(shifted)
  return t / (1 + (t - w))
}

/// The hyperbolic tangent within 1.97 ulp.
///
/// With e = exp(−2|x|) = t (1 − w), t = 2⁻ⁿ, it is (1 − e) / (1 + e) = ((1 − t) + t w) / ((1 + t) − t w), where 1 ∓ t are
/// exact as long as they matter. Below 0.17 t is 1, the numerator w itself: no digit cancels, and no case is needed.
@inline(__always)
func tanh(_ x: Lanes) -> Lanes {
  let a = magnitude(x)
  let limited = a.replacing(with: Lanes(repeating: 10), where: a .> 10)
  let y = limited + limited
  let shifted = shiftedQuotient(y, sign: -1)
  let w = oneMinusExponential(remainder(y, shifted, sign: -1))
  let t = powerOfTwo(shifted)
  let product = t * w
  return withSign(of: x, ((1 - t) + product) / ((1 + t) - product))
}

/// |x|.
@inline(__always)
func magnitude(_ x: Lanes) -> Lanes {
  let bits = unsafeBitCast(x, to: SIMD16<UInt32>.self) & SIMD16(repeating: 0x7FFF_FFFF)
  return unsafeBitCast(bits, to: Lanes.self)
}

/// `y` ≥ +0 or NaN with the sign of x.
@inline(__always)
private func withSign(of x: Lanes, _ y: Lanes) -> Lanes {
  let sign = unsafeBitCast(x, to: SIMD16<UInt32>.self) & SIMD16(repeating: 0x8000_0000)
  return unsafeBitCast(unsafeBitCast(y, to: SIMD16<UInt32>.self) | sign, to: Lanes.self)
}

// MARK: - Logarithm

/// log(1 + f) + `k` log 2 for 1 + f in √½ … √2: f − f²/2 + f³ times a polynomial.
@inline(__always)
private func smallLogarithm(_ f: Lanes, _ k: Lanes) -> Lanes {
  var p = Lanes(repeating: -0x1.38b37ap-4)
  p = Lanes(repeating: 0x1.055a48p-3).addingProduct(p, f)
  p = Lanes(repeating: -0x1.0d83eep-3).addingProduct(p, f)
  p = Lanes(repeating: 0x1.22d9d8p-3).addingProduct(p, f)
  p = Lanes(repeating: -0x1.54727ap-3).addingProduct(p, f)
  p = Lanes(repeating: 0x1.99a016p-3).addingProduct(p, f)
  p = Lanes(repeating: -0x1.000226p-2).addingProduct(p, f)
  p = Lanes(repeating: 0x1.555554p-2).addingProduct(p, f)
  p = Lanes(repeating: -0.5).addingProduct(p, f)
  let small = f.addingProduct(f * f, p)
  let low = small.addingProduct(k, Lanes(repeating: log2Low))
  return low.addingProduct(k, Lanes(repeating: log2High))
}

/// log(1 + e) for e in 0 … 1 or NaN within 1.5 ulp, however small e is.
///
/// Above √2 − 1 it is log 2 + log(1 + f) with f = (e − 1) / 2.
@inline(__always)
func logarithmOfOnePlus(_ e: Lanes) -> Lanes {
  let isLarge = e .> 0.41421354
  let f = e.replacing(with: (e - 1) * 0.5, where: isLarge)
  return smallLogarithm(f, Lanes.zero.replacing(with: 1, where: isLarge))
}

/// The natural logarithm within 0.94 ulp, of subnormal numbers, too; −infinity of ±0, NaN of less.
///
/// x = 2ᵏ (1 + f) with 1 + f in √½ … √2; log(1 + f) = f − f²/2 + f³ times a polynomial.
@inline(__always)
func log(_ x: Lanes) -> Lanes {
  typealias Bits = SIMD16<Int32>
  let isSmall = x .< 0x1p-126
  let normal = x.replacing(with: x * 0x1p23, where: isSmall)
  let bits = unsafeBitCast(normal, to: Bits.self)
  let root = Bits(repeating: 0x3F35_04F3)
  let exponent = (bits &- root) &>> 23
  let f = unsafeBitCast(bits &- exponent &<< 23, to: Lanes.self) - 1
  let whole = unsafeBitCast(exponent &+ Bits(repeating: 0x4B40_0000), to: Lanes.self)
  let k = whole - Lanes(repeating: 12_582_912).replacing(with: 12_582_935, where: isSmall)
  let value = smallLogarithm(f, k)
  // Positive and finite arguments are done; infinity and NaN are their own logarithms.
  let upper = value.replacing(with: x, where: .!(x .< .infinity))
  let lower = upper.replacing(with: Lanes(repeating: .nan), where: x .< 0)
  return lower.replacing(with: Lanes(repeating: -.infinity), where: x .== 0)
}

// MARK: - Error function

/// The error function 2/√π ∫₀ˣ exp(−s²) ds within 1.11 ulp.
///
/// Below 0.875 x + x times a polynomial in x²; above 1 − exp(−q(|x|)), q a polynomial for −log erfc; ±1 from 3.92 on.
@inline(__always)
func erf(_ x: Lanes) -> Lanes {
  let a = magnitude(x)
  let t = a.replacing(with: Lanes(repeating: 4), where: a .> 4)
  var q = Lanes(repeating: 0x1.3a3a52p-17)
  q = Lanes(repeating: -0x1.3f1d22p-12).addingProduct(q, t)
  q = Lanes(repeating: 0x1.d3b2cep-9).addingProduct(q, t)
  q = Lanes(repeating: -0x1.82c7a0p-6).addingProduct(q, t)
  q = Lanes(repeating: 0x1.b26b80p-4).addingProduct(q, t)
  q = Lanes(repeating: 0x1.454066p-1).addingProduct(q, t)
  q = Lanes(repeating: 0x1.20ed6ep+0).addingProduct(q, t)
  let large = withSign(of: x, 1 - exponentialOfOpposite(q * t))
  let z = x * x
  var p = Lanes(repeating: -0x1.3cb530p-11)
  p = Lanes(repeating: 0x1.47d50ep-8).addingProduct(p, z)
  p = Lanes(repeating: -0x1.b6a3b4p-6).addingProduct(p, z)
  p = Lanes(repeating: 0x1.ce1bfap-4).addingProduct(p, z)
  p = Lanes(repeating: -0x1.8126eep-2).addingProduct(p, z)
  p = Lanes(repeating: 0x1.06eba6p-3).addingProduct(p, z)
  return large.replacing(with: x.addingProduct(x, p), where: a .< 0.875)
}

// MARK: - Arrays

/// y[i] = exp x[i] on the calling thread; no SIMD value crosses the module's border.
func exponentials(_ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, count: Int) {
  mapLanes(x, y, count) { exp($0) }
}

/// y[i] = exp(−x[i]) for x[i] ≥ 0.
func exponentialsOfOpposites(
  _ x: UnsafePointer<Float>,
  into y: UnsafeMutablePointer<Float>,
  count: Int
) {
  mapLanes(x, y, count) { exponentialOfOpposite($0) }
}

/// y[i] = 1 − exp(−x[i]) for x[i] ≥ 0.
func oneMinusExponentialsOfOpposites(
  _ x: UnsafePointer<Float>,
  into y: UnsafeMutablePointer<Float>,
  count: Int
) {
  mapLanes(x, y, count) { oneMinusExponentialOfOpposite($0) }
}

/// y[i] = log(1 + x[i]) for x[i] in 0 … 1.
func logarithmsOfOnePlus(
  _ x: UnsafePointer<Float>,
  into y: UnsafeMutablePointer<Float>,
  count: Int
) {
  mapLanes(x, y, count) { logarithmOfOnePlus($0) }
}

/// y[i] = log x[i].
func logarithms(_ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, count: Int) {
  mapLanes(x, y, count) { log($0) }
}

/// y[i] = erf x[i].
func errorFunctions(_ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, count: Int) {
  mapLanes(x, y, count) { erf($0) }
}
