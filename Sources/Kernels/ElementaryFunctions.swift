// SPDX-License-Identifier: Apache-2.0

// Elementary functions of 16 lanes, from + − × ÷ √, FMA and integer operations only: the same bits on every CPU.
// pointwiseMin/Max would erase NaN, so limits are set by compare-and-replace, which keeps it.

/// The exponential function; about 1 ulp, 0 below −103.98, infinity above 88.73, subnormal results included.
///
/// x = n ln 2 + r, |r| ≤ ln 2 / 2; Taylor polynomial of degree 7 (remainder 5·10⁻⁹); 2ⁿ in two exact factors.
@inline(__always)
func exp(_ input: Lanes) -> Lanes {
  var x = input.replacing(with: Lanes(repeating: 89), where: input .> 89)
  x = x.replacing(with: Lanes(repeating: -104.5), where: x .< -104.5)
  // Adding 1.5 · 2²³ rounds to a whole number that stands in the lowest bits.
  let shifter = Lanes(repeating: 12_582_912)
  let shifted = shifter.addingProduct(x, Lanes(repeating: 1.442695041))
  let n = shifted - shifter
  var r = x.addingProduct(n, Lanes(repeating: -0.693145752))
  r = r.addingProduct(n, Lanes(repeating: -1.42860677e-6))
  var p = Lanes(repeating: 1.0 / 5040)
  p = Lanes(repeating: 1.0 / 720).addingProduct(p, r)
  p = Lanes(repeating: 1.0 / 120).addingProduct(p, r)
  p = Lanes(repeating: 1.0 / 24).addingProduct(p, r)
  p = Lanes(repeating: 1.0 / 6).addingProduct(p, r)
  p = Lanes(repeating: 0.5).addingProduct(p, r)
  let value = 1 + r.addingProduct(r * r, p)
  let whole =
    unsafeBitCast(shifted, to: SIMD16<Int32>.self) &- SIMD16<Int32>(repeating: 0x4B40_0000)
  let half = whole &>> 1
  return value * powerOfTwo(half) * powerOfTwo(whole &- half)
}

/// 2ⁿ for n in −126 … 127.
@inline(__always)
private func powerOfTwo(_ n: SIMD16<Int32>) -> Lanes {
  unsafeBitCast((n &+ 127) &<< 23, to: Lanes.self)
}

/// y[i] = exp x[i] on the calling thread; no SIMD value crosses the module's border.
func exponentials(_ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, count: Int) {
  mapLanes(x, y, count) { exp($0) }
}

/// 1 / (1 + exp(−x)) within 2 ulp, from e = exp(−|x|) ≤ 1, so that neither tail loses digits.
///
/// The quotient by d = 1 + e is corrected once, for the rounding of d (Fast2Sum) as well as its own.
@inline(__always)
func sigmoid(_ x: Lanes) -> Lanes {
  let e = exp(x.replacing(with: -x, where: x .> 0))
  let numerator = e.replacing(with: Lanes(repeating: 1), where: x .>= 0)
  let d = 1 + e
  let lost = e - (d - 1)
  let inverse = 1 / d
  let quotient = numerator * inverse
  let residue = numerator.addingProduct(-quotient, d).addingProduct(-quotient, lost)
  return quotient.addingProduct(residue, inverse)
}

/// The hyperbolic tangent: an odd polynomial below 0.625 (Moshier's Cephes, `tanhf`), 1 − 2 / (exp 2|x| + 1) above.
@inline(__always)
func tanh(_ x: Lanes) -> Lanes {
  let a = x.replacing(with: -x, where: x .< 0)
  let tail = 1 - 2 / (exp(a + a) + 1)
  let large = tail.replacing(with: -tail, where: x .< 0)
  let z = x * x
  var p = Lanes(repeating: -5.70498872745e-3)
  p = Lanes(repeating: 2.06390887954e-2).addingProduct(p, z)
  p = Lanes(repeating: -5.37397155531e-2).addingProduct(p, z)
  p = Lanes(repeating: 1.33314422036e-1).addingProduct(p, z)
  p = Lanes(repeating: -3.33332819422e-1).addingProduct(p, z)
  let small = x.addingProduct(x * z, p)
  return large.replacing(with: small, where: a .< 0.625)
}
