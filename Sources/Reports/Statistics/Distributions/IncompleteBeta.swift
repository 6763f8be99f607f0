// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The logarithm of the gamma function for x > 0.
///
/// Lanczos' approximation with g = 7 and nine coefficients (Godfrey 2001), relative error about 1e-15. The C library's
/// own `lgamma` is avoided because it writes a global.
func logGamma(_ x: Double) -> Double {
  precondition(x > 0, "logGamma: x is \(x), must be positive")
  if x < 0.5 { return log(Double.pi / sin(Double.pi * x)) - logGamma(1 - x) }
  let coefficients = [
    676.520_368_121_885_1, -1259.139_216_722_402_8, 771.323_428_777_653_1,
    -176.615_029_162_140_6, 12.507_343_278_686_905, -0.138_571_095_265_720_12,
    9.984_369_578_019_572e-6, 1.505_632_735_149_311_6e-7,
  ]
  let shifted = x - 1
  var sum = 0.999_999_999_999_809_9
  for (index, coefficient) in coefficients.enumerated() {
    sum += coefficient / (shifted + Double(index + 1))
  }
  let t = shifted + 7.5
  return 0.5 * log(2 * Double.pi) + (shifted + 0.5) * log(t) - t + log(sum)
}

/// The regularised incomplete beta function I_x(a, b) for a, b > 0 and x in [0, 1].
///
/// The continued fraction of DLMF 8.17.22, evaluated by Lentz' method as modified by Thompson and Barnett (1986); where
/// it converges slowly, x > (a + 1) / (a + b + 2), by the symmetry I_x(a, b) = 1 − I_{1−x}(b, a).
/// `complement` is 1 − x, given apart so that a caller who knows it exactly loses nothing near x = 1.
func regularizedIncompleteBeta(
  _ x: Double,
  complement: Double,
  a: Double,
  b: Double
) -> Double {
  precondition(a > 0 && b > 0, "incomplete beta: a is \(a), b is \(b), both must be positive")
  if x <= 0 { return 0 }
  if complement <= 0 { return 1 }
  if x > (a + 1) / (a + b + 2) {
    return 1 - regularizedIncompleteBeta(complement, complement: x, a: b, b: a)
  }
  let logFront =
    logGamma(a + b) - logGamma(a) - logGamma(b) + a * log(x) + b * log(complement)
  return exp(logFront) / a * betaContinuedFraction(x, a: a, b: b)
}

private func betaContinuedFraction(_ x: Double, a: Double, b: Double) -> Double {
  let tiny = 1e-300
  func kept(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
  var c = 1.0
  var d = 1 / kept(1 - (a + b) * x / (a + 1))
  var result = d
  for m in 1...10_000 {
    let m = Double(m)
    let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / kept(1 + even * d)
    c = kept(1 + even / c)
    result *= d * c
    let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / kept(1 + odd * d)
    c = kept(1 + odd / c)
    result *= d * c
    if abs(d * c - 1) < 1e-16 { break }
  }
  return result
}
