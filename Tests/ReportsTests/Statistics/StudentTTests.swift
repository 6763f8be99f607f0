// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Reports

/// Golden numbers: scipy 1.17.1, `stats.t.ppf(p, df)`, `2 * stats.t.sf(abs(t), df)`, `stats.t.cdf(t, df)`,
/// `special.betainc(a, b, x)`, printed with `.15g`.
struct StudentTTests {
  static let probabilities = [0.8, 0.95, 0.975, 0.995]
  static let quantiles: [(Double, [Double])] = [
    (1, [1.37638192047117, 6.31375151467504, 12.7062047361747, 63.6567411628715]),
    (2, [1.06066017177982, 2.91998558035372, 4.30265272974946, 9.92484320091829]),
    (3, [0.978472312363304, 2.35336343480182, 3.18244630528371, 5.84090930973336]),
    (4, [0.940964577235182, 2.13184678632665, 2.77644510519779, 4.60409487134999]),
    (7.5, [0.892209346939674, 1.87574747921129, 2.33303962686497, 3.42142268812404]),
    (9, [0.883403859685535, 1.83311293265624, 2.2621571627982, 3.24983554159213]),
    (30, [0.853767261471298, 1.69726088659396, 2.04227245630124, 2.74999565356723]),
    (120, [0.844626837743132, 1.65765089935524, 1.97993040508244, 2.61742114510687]),
    (999, [0.841981182258947, 1.64638034542753, 1.96234146113345, 2.58075963726764]),
  ]

  @Test(arguments: quantiles)
  func `quantiles agree with scipy to ten digits`(degrees: Double, expected: [Double]) {
    let distribution = StudentT(degreesOfFreedom: degrees)
    for (probability, value) in zip(Self.probabilities, expected) {
      #expect(abs(distribution.quantile(probability) - value) < 1e-10 * value)
      #expect(distribution.quantile(1 - probability) < 0)
    }
  }

  static let tails: [(Double, Double, Double, Double)] = [
    (0.1, 1, 0.936548965138893, 0.531725517430554),
    (1, 2, 0.422649730810374, 0.788675134594813),
    (-2.5, 4, 0.0667665448119881, 0.0333832724059941),
    (2.776, 4, 0.0500227783199764, 0.974988610840012),
    (3.3, 7.5, 0.0118916345622612, 0.994054182718869),
    (12, 3, 0.00124501580078934, 0.999377492099605),
    (1e-06, 5, 0.99999924078662, 0.50000037960669),
    (40, 9, 1.89829984493398e-11, 0.999999999990508),
  ]

  @Test(arguments: tails)
  func `p-values and the cumulative distribution agree with scipy`(
    t: Double,
    degrees: Double,
    p: Double,
    cumulative: Double
  ) {
    let distribution = StudentT(degreesOfFreedom: degrees)
    #expect(abs(distribution.twoSidedP(t) - p) < 1e-10 * p)
    #expect(abs(distribution.cumulative(t) - cumulative) < 1e-12)
  }

  @Test func `an infinite t has p 0, NaN stays NaN`() {
    let distribution = StudentT(degreesOfFreedom: 4)
    #expect(distribution.twoSidedP(.infinity) == 0)
    #expect(distribution.twoSidedP(1e200) == 0)
    #expect(distribution.twoSidedP(.nan).isNaN)
    #expect(distribution.quantile(0.5) == 0)
  }

  static let betas: [(Double, Double, Double, Double)] = [
    (0.1, 0.5, 0.5, 0.204832764699133),
    (0.5, 2, 3, 0.6875),
    (0.9, 10, 0.5, 0.15164090963471),
    (0.999, 50, 2.5, 0.999831445948223),
    (0.01, 0.5, 100, 0.843224134575559),
    (0, 2, 3, 0),
    (1, 2, 3, 1),
  ]

  @Test(arguments: betas)
  func `the incomplete beta function agrees with scipy`(
    x: Double,
    a: Double,
    b: Double,
    value: Double
  ) {
    #expect(abs(regularizedIncompleteBeta(x, complement: 1 - x, a: a, b: b) - value) < 1e-12)
  }

  @Test func `the gamma function's logarithm is right at known points`() {
    #expect(abs(logGamma(0.5) - 0.572_364_942_924_700_1) < 1e-14)
    #expect(abs(logGamma(1)) < 1e-14)
    #expect(abs(logGamma(10) - 12.801_827_480_081_469) < 1e-13)
    #expect(abs(logGamma(0.1) - 2.252_712_651_734_206) < 1e-13)
  }
}
