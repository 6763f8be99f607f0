// SPDX-License-Identifier: Apache-2.0

import Experiments
import TestSupport
import Testing
import Vocabulary

@testable import Reports

struct DetectionTests {
  @Test func `the spread of one seed's difference is pooled over cells with the same seeds`() throws
  {
    // Differences 0.1, 0.2, 0.3: a deviation of 0.1, whatever both cells share.
    let left: SeededValues = [0: 1.1, 1: 5.2, 2: -2.7]
    let right: SeededValues = [0: 1, 1: 5, 2: -3]
    let spread = try #require(SeedSpread([left, right]))
    #expect(abs(spread.deviation - 0.1) < 1e-12 && spread.degreesOfFreedom == 2)
    #expect(spread.cells == 2 && spread.runs == 6)
    // ν·s²/σ² at the 10 % point of χ² with 2 degrees of freedom, −2·log 0.9 = 0.2107.
    #expect(abs(spread.upperDeviation - 0.1 * (2 / 0.210721).squareRoot()) < 1e-6)
  }

  @Test func `other seeds give the deviation inside the cells, times the root of two`() throws {
    let spread = try #require(SeedSpread([[0: 1, 1: 3], [5: 2, 6: 4, 7: 6]]))
    // (2 + 8) / 3 within.
    #expect(abs(spread.deviation - (2.0 * 10 / 3).squareRoot()) < 1e-12)
    #expect(spread.degreesOfFreedom == 3 && spread.runs == 5)
    #expect(SeedSpread([[0: 1], [1: 2]]) == nil)
    let equal = try #require(SeedSpread([[0: 0.5, 1: 0.5]], resolution: 0.01))
    #expect(abs(equal.deviation - 0.01 / 6.0.squareRoot()) < 1e-15)
  }

  private func spread(_ deviation: Double) throws -> SeedSpread {
    // Residuals of ±a in two cells over 16 seeds.
    let half = deviation * (15.0 / 16).squareRoot() / 2
    return try #require(
      SeedSpread([
        Dictionary(uniqueKeysWithValues: (0..<16).map { ($0, $0 % 2 == 0 ? half : -half) }),
        Dictionary(uniqueKeysWithValues: (0..<16).map { ($0, $0 % 2 == 0 ? -half : half) }),
      ])
    )
  }

  @Test func `seeds are counted with the upper end of the deviation`() throws {
    let spread = try spread(0.01)
    #expect(abs(spread.deviation - 0.01) < 1e-12 && spread.degreesOfFreedom == 15)
    let detection = Detection(
      0.01,
      of: "test.accuracy",
      spread: spread,
      isSameCells: true,
      schedule: LookSchedule(firstPlanned: 5),
      isNew: true
    )
    #expect(
      detection.sentences == [
        "A difference of 0.01 in `test.accuracy` shows with 80 % power at `repeat: 55`, look 6 at these cells "
          + "(level 0.00067).",
        "A plan that begins with `repeat: 19` shows it at its first look (level 0.03).",
        "In 32 stored runs of these cells the difference of two cells varies from seed to seed by a standard "
          + "deviation of 0.01.",
        "The true value may be larger, so a standard deviation of 0.013 is counted with (exceeded in 10 % of "
          + "cases).",
      ]
    )
    let known = Detection(
      0.05,
      of: "test.loss",
      spread: spread,
      isSameCells: false,
      schedule: LookSchedule(firstPlanned: 5),
      isNew: false
    )
    #expect(known.fresh == nil && known.look?.number == 1)
    #expect(known.sentences[1].hasPrefix("In 32 stored runs of other cells of this experiment"))
  }

  @Test func `one look, too many seeds and no runs are said`() throws {
    func sentences(_ difference: Double, _ spread: SeedSpread?, _ schedule: LookSchedule)
      -> [String]
    {
      Detection(
        difference,
        of: "test.accuracy",
        spread: spread,
        isSameCells: true,
        schedule: schedule,
        isNew: false
      ).sentences
    }
    #expect(
      sentences(0.001, try spread(0.1), LookSchedule(firstPlanned: 3))[0]
        == "To show a difference of 0.001 in `test.accuracy` with 80 % power takes more than 1,000 seeds per cell."
    )
    #expect(
      sentences(0.001, try spread(0.1), LookSchedule(firstPlanned: 5, isSingle: true))[0]
        == "With one look at 5 seeds, a difference of 0.001 in `test.accuracy` does not show with 80 % power."
    )
    #expect(
      sentences(0.01, nil, LookSchedule(firstPlanned: 3)) == [
        "How many seeds show a difference of 0.01 in `test.accuracy` is not known: no stored run tells how much "
          + "`test.accuracy` varies from seed to seed.",
        "Train three seeds first, with `repeat: 3`, and ask again.",
      ]
    )
  }

  @Test func `perplexities are named by a ratio`() throws {
    let detection = Detection(
      1.02,
      of: "val.perplexity",
      spread: try spread(0.01),
      isSameCells: true,
      schedule: LookSchedule(firstPlanned: 3),
      isNew: false
    )
    #expect(
      detection.sentences[0].hasPrefix(
        "A ratio of 1.02 in `val.perplexity` shows with 80 % power at `repeat: 13`, look 4"
      )
    )
    #expect(detection.sentences[1].hasSuffix("varies from seed to seed by a factor of 1.010."))
  }

  @Test func `numbers that are no difference are refused`() {
    let least = "--detect takes a difference above 0 such as 0.01, got "
    #expect(Detection.refusal(0, of: "test.loss") == least + "0")
    #expect(Detection.refusal(-1, of: "test.accuracy") == least + "−1")
    #expect(Detection.refusal(.nan, of: "test.accuracy") == least + "NaN")
    #expect(Detection.refusal(.infinity, of: "test.loss") == least + "∞")
    #expect(
      Detection.refusal(2, of: "test.accuracy")
        == "--detect takes a difference below 1 for `test.accuracy`, which is a share from 0 to 1; got 2 "
        + "(2 per cent is 0.02)"
    )
    #expect(
      Detection.refusal(0.02, of: "val.perplexity")
        == "--detect takes the ratio of two perplexities for `val.perplexity`, a number above 1 such as 1.02; got "
        + "0.02"
    )
    #expect(Detection.refusal(2, of: "test.loss") == nil)
    #expect(Detection.refusal(0.02, of: "test.accuracy") == nil)
  }

  /// The power with which the difference is found at the look that is named, if the deviation is right.
  @Test(arguments: [3.5, 2, 1.2, 0.8])
  func `a difference is found in four of five tables at the look that is named`(_ size: Double)
    throws
  {
    for look in [
      SampleSize.look(
        showing: size,
        deviation: 1,
        schedule: LookSchedule(firstPlanned: 3),
        limit: 200
      ),
      SampleSize.firstLook(showing: size, deviation: 1, limit: 200),
    ] {
      let look = try #require(look)
      let rate = RuleSimulations.power(deviations: size, look: look, rounds: 2000)
      #expect(rate.isAtLeast(0.8), "\(size) deviations at \(look): \(rate.share)")
    }
  }
}
