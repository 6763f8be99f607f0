// SPDX-License-Identifier: Apache-2.0

import Experiments
import TestSupport
import Testing
import Vocabulary

@testable import Reports

struct SampleSizeTests {
  /// scipy: `(t.ppf(1 - a / 2, n - 1) + t.ppf(0.8, n - 1)) / n ** 0.5`.
  private static let known: [(Int, Double, Double)] = [
    (3, 0.05, 3.096510147446125),
    (5, 0.05, 1.6624761500272074),
    (5, 0.03, 1.8955569990609928),
    (8, 0.01, 1.5540485039220129),
    (40, 0.05, 0.45436015568030097),
  ]

  @Test(arguments: known)
  func `the separable difference agrees with scipy`(_ n: Int, _ level: Double, _ factor: Double)
    throws
  {
    let found = try #require(
      SampleSize.separableDifference(seeds: n, deviation: 0.01, level: level)
    )
    #expect(abs(found - 0.01 * factor) < 1e-11)
  }

  @Test func `nothing is promised below three seeds`() {
    #expect(SampleSize.separableDifference(seeds: 2, deviation: 1) == nil)
  }

  @Test func `the planned difference is found about four times in five`() throws {
    var random = TestRandom(seed: 11)
    let n = 8
    let truth = try #require(SampleSize.separableDifference(seeds: n, deviation: 1))
    let critical = intervalFactor(count: n)
    var found = 0
    let rounds = 4000
    for _ in 0..<rounds {
      let sample = Sample(random.normals(n).map { $0 + truth })
      let deviation = try #require(sample.standardDeviation)
      if sample.mean > critical * deviation / Double(n).squareRoot() { found += 1 }
    }
    let power = Double(found) / Double(rounds)
    #expect(abs(power - 0.8) < 0.04, "power is \(power)")
  }

  @Test func `a plan says what it can separate`() {
    #expect(
      SampleSize.planSentence(seeds: 5, metric: "test.accuracy")
        == "5 seeds per cell separate two cells that differ by about 2.7 standard deviations of "
        + "`test.accuracy` over seeds (paired t at 3 %, the level of the first look, 80 % power)"
    )
    #expect(
      SampleSize.planSentence(seeds: 5, metric: "test.accuracy", deviation: 0.002)
        == "5 seeds per cell separate two cells that differ by about 0.0054 in `test.accuracy`, "
        + "judging by earlier runs (paired t at 3 %, the level of the first look, 80 % power)"
    )
    #expect(
      SampleSize.planSentence(seeds: 5, metric: "val.perplexity", deviation: 0.01)
        .hasPrefix(
          "5 seeds per cell separate two cells that differ by a factor of about 1.027 in `val.perplexity`, judging"
        )
    )
    #expect(
      SampleSize.planSentence(seeds: 20, metric: "x")
        .contains("differ by about 1 standard deviation of `x`")
    )
    #expect(
      SampleSize.planSentence(seeds: 5, metric: "x", isSingleLook: true)
        .hasSuffix("(paired t at 5 %, the level of the only look, 80 % power)")
    )
    let stored = LookSchedule(firstPlanned: 3)
    #expect(
      SampleSize.planSentence(seeds: 5, metric: "x", schedule: stored)
        == "5 seeds per cell separate two cells that differ by about 3.5 standard deviations of `x` over "
        + "seeds (paired t at 1 %, the level of look 2, 80 % power)"
    )
    #expect(
      SampleSize.planSentence(seeds: 6, metric: "x", schedule: stored)
        .hasSuffix("(paired t at 1 %, the level of look 2 with 5 seeds, 80 % power)")
    )
    #expect(
      SampleSize.planSentence(seeds: 3, metric: "x", schedule: LookSchedule(firstPlanned: 5))
        == "3 seeds per cell: no difference can be claimed, because these cells are first compared at 5 seeds"
    )
    #expect(
      SampleSize.planSentence(seeds: 2, metric: "x")
        == "two seeds per cell: no difference can be claimed, which takes `repeat: 3` or more"
    )
  }
}
