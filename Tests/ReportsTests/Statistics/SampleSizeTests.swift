// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Reports

struct SampleSizeTests {
  @Test func `the two directions agree`() throws {
    for n in [3, 5, 10, 40] {
      let difference = try #require(SampleSize.separableDifference(seeds: n, deviation: 0.01))
      #expect(SampleSize.seeds(toSeparate: difference, deviation: 0.01) == n)
      #expect(SampleSize.seeds(toSeparate: -difference * 0.999, deviation: 0.01) == n + 1)
    }
  }

  @Test func `nothing is promised below three seeds or for no difference`() {
    #expect(SampleSize.separableDifference(seeds: 2, deviation: 1) == nil)
    #expect(SampleSize.seeds(toSeparate: 0, deviation: 1) == nil)
    #expect(SampleSize.seeds(toSeparate: 1e-9, deviation: 1) == nil)
    #expect(SampleSize.seeds(toSeparate: 5, deviation: 0) == 3)
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
      SampleSize.planSentence(seeds: 2, metric: "x")
        == "two seeds per cell: no difference can be claimed, which takes `repeat: 3` or more"
    )
  }
}
