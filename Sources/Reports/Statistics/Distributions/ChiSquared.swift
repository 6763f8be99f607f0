// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The χ² distribution with `degreesOfFreedom` > 0.
///
/// For normal numbers, (n − 1)·s²/σ² has this distribution with n − 1 degrees of freedom.
public struct ChiSquared: Hashable, Sendable {
  /// ν, positive and finite.
  public let degreesOfFreedom: Double

  /// The distribution with that many degrees of freedom.
  public init(degreesOfFreedom: Double) {
    precondition(
      degreesOfFreedom > 0 && degreesOfFreedom.isFinite,
      "χ² distribution: degrees of freedom are \(degreesOfFreedom), must be positive"
    )
    self.degreesOfFreedom = degreesOfFreedom
  }

  /// P(X ≤ x): the regularised incomplete gamma function P(ν/2, x/2) (Abramowitz & Stegun 26.4.19).
  public func cumulative(_ x: Double) -> Double {
    x <= 0 ? 0 : regularizedLowerGamma(a: degreesOfFreedom / 2, x: x / 2)
  }

  /// The x with P(X ≤ x) = `probability`, in (0, 1); bisection finds it to neighbouring numbers.
  public func quantile(_ probability: Double) -> Double {
    precondition(
      probability > 0 && probability < 1,
      "χ² quantile: probability is \(probability), must lie in (0, 1)"
    )
    var (low, high) = (0.0, max(1, degreesOfFreedom))
    while cumulative(high) < probability { (low, high) = (high, 2 * high) }
    while true {
      let middle = low + (high - low) / 2
      if middle <= low || middle >= high { return high }
      if cumulative(middle) < probability { low = middle } else { high = middle }
    }
  }
}

/// The regularised lower incomplete gamma function P(a, x) for a > 0 and x ≥ 0.
///
/// The series of DLMF 8.11.4 for x < a + 1, else 1 minus the continued fraction of DLMF 8.9.2 by Lentz' method.
func regularizedLowerGamma(a: Double, x: Double) -> Double {
  precondition(a > 0 && x >= 0, "incomplete gamma: a is \(a), x is \(x)")
  if x == 0 { return 0 }
  if !x.isFinite { return 1 }
  let front = exp(a * log(x) - x - logGamma(a))
  if x < a + 1 {
    var (term, sum, k) = (1 / a, 1 / a, a)
    while term > sum * 1e-17 {
      k += 1
      term *= x / k
      sum += term
    }
    return min(1, front * sum)
  }
  let tiny = 1e-300
  var b = x + 1 - a
  var c = 1 / tiny
  var d = 1 / b
  var result = d
  for step in 1...10_000 {
    let n = Double(step)
    let factor = -n * (n - a)
    b += 2
    d = factor * d + b
    d = 1 / (abs(d) < tiny ? tiny : d)
    c = b + factor / c
    c = abs(c) < tiny ? tiny : c
    result *= d * c
    if abs(d * c - 1) < 1e-16 { break }
  }
  return max(0, 1 - front * result)
}
