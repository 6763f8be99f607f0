// SPDX-License-Identifier: Apache-2.0

/// What k events in n tries say about their probability.
public enum ShareOfSeeds {
  /// The one-sided upper 95 % limit for the probability of an event that occurred `count` times in
  /// `total` tries.
  ///
  /// It is the exact limit of Clopper & Pearson (1934, Biometrika 26): the p with P(X ≤ k) = 0.05,
  /// which is a quantile of the Beta(k + 1, n − k) distribution. For 0 of 3 it is 1 − 0.05^(1/3) =
  /// 63 %.
  public static func upperLimit(_ count: Int, of total: Int) -> Double {
    precondition(total > 0 && (0...total).contains(count), "\(count) of \(total)")
    if count == total { return 1 }
    let (a, b) = (Double(count + 1), Double(total - count))
    var (low, high) = (0.0, 1.0)
    while true {
      let middle = low + (high - low) / 2
      if middle <= low || middle >= high { return high }
      let reached = regularizedIncompleteBeta(middle, complement: 1 - middle, a: a, b: b)
      if reached < 0.95 { low = middle } else { high = middle }
    }
  }
}
