// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Student's t distribution with `degreesOfFreedom` > 0, not necessarily a whole number.
///
/// Abramowitz & Stegun 26.7.1: P(|T| > t) = I_{ν/(ν+t²)}(ν/2, 1/2). It agrees with published tables
/// to 1e-10.
public struct StudentT: Hashable, Sendable {
  /// ν, positive and finite.
  public let degreesOfFreedom: Double

  /// The distribution with that many degrees of freedom.
  public init(degreesOfFreedom: Double) {
    precondition(
      degreesOfFreedom > 0 && degreesOfFreedom.isFinite,
      "t distribution: degrees of freedom are \(degreesOfFreedom), must be positive"
    )
    self.degreesOfFreedom = degreesOfFreedom
  }

  /// P(|T| > |t|), the two-sided p-value of `t`; 0 for an infinite `t`.
  public func twoSidedP(_ t: Double) -> Double {
    guard t.isFinite else { return t.isNaN ? .nan : 0 }
    let square = t * t
    let total = degreesOfFreedom + square
    guard total.isFinite else { return 0 }
    return regularizedIncompleteBeta(
      degreesOfFreedom / total,
      complement: square / total,
      a: degreesOfFreedom / 2,
      b: 0.5
    )
  }

  /// P(T ≤ t).
  public func cumulative(_ t: Double) -> Double {
    let tail = twoSidedP(t) / 2
    return t > 0 ? 1 - tail : tail
  }

  /// The t with P(T ≤ t) = `probability`, in (0, 1).
  ///
  /// Bisection of the tail until neighbouring numbers are left, with at most a few hundred
  /// evaluations.
  public func quantile(_ probability: Double) -> Double {
    precondition(
      probability > 0 && probability < 1,
      "t quantile: probability is \(probability), must lie in (0, 1)"
    )
    if probability == 0.5 { return 0 }
    let tail = 2 * min(probability, 1 - probability)
    var low = 0.0
    var high = 1.0
    while twoSidedP(high) > tail { (low, high) = (high, high * 2) }
    while true {
      let middle = low + (high - low) / 2
      if middle <= low || middle >= high { break }
      if twoSidedP(middle) > tail { low = middle } else { high = middle }
    }
    return probability < 0.5 ? -high : high
  }
}

/// t₀.₉₇₅ with n − 1 degrees of freedom: the factor of every 95 % interval over n ≥ 2 seeds.
public func intervalFactor(count: Int) -> Double {
  precondition(count >= 2, "interval factor: n is \(count), must be at least 2")
  return StudentT(degreesOfFreedom: Double(count - 1)).quantile(0.975)
}
