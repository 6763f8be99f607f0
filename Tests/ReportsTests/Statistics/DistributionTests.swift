// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Reports

struct DistributionTests {
  /// scipy: `stats.chi2.ppf(p, df)`.
  @Test(arguments: [
    (2.0, 0.1, 0.21072103131565256), (2, 0.9, 4.605170185988092), (4, 0.1, 1.063623216792243),
    (4, 0.9, 7.779440339734858), (9, 0.5, 8.342832692252955), (0.5, 0.9, 1.5007857444736732),
    (99, 0.1, 81.44925275098248), (99, 0.9, 117.4068831867789),
  ])
  func `the χ² quantiles agree with scipy`(_ nu: Double, _ p: Double, _ expected: Double) {
    let found = ChiSquared(degreesOfFreedom: nu).quantile(p)
    #expect(abs(found - expected) < 1e-9 * expected, "\(found)")
    #expect(abs(ChiSquared(degreesOfFreedom: nu).cumulative(found) - p) < 1e-12)
  }

  @Test func `the χ² distribution of two degrees of freedom is the exponential one`() {
    for x in [1e-9, 0.3, 2.0, 3.999, 4.001, 30, 700] {
      let expected = 1 - exp(-x / 2)
      #expect(abs(ChiSquared(degreesOfFreedom: 2).cumulative(x) - expected) < 1e-14)
    }
    #expect(ChiSquared(degreesOfFreedom: 3).cumulative(-1) == 0)
    #expect(ChiSquared(degreesOfFreedom: 3).cumulative(.infinity) == 1)
  }

  /// R: `binom.test(k, n, alternative = "less")$conf.int`; never seen in n tries: 1 − 0.05^(1/n).
  @Test(arguments: [
    (0, 3, 0.6315968501359612), (0, 5, 0.4507197283469411), (1, 5, 0.6574083170222503),
    (2, 10, 0.5069013010632024), (3, 3, 1),
  ])
  func `the upper limit of a share is Clopper and Pearson's`(_ k: Int, _ n: Int, _ expected: Double)
  {
    #expect(
      abs(ShareOfSeeds.upperLimit(k, of: n) - expected) < 1e-9,
      "\(ShareOfSeeds.upperLimit(k, of: n))"
    )
  }
}
