// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Reports

struct SampleTests {
  @Test func `one value has no deviation and no interval`() {
    let sample = Sample([0.5])
    #expect(sample.mean == 0.5)
    #expect(sample.standardDeviation == nil)
    #expect(sample.interval() == nil)
    #expect(!sample.isConstant)
  }

  @Test func `two values have an interval with t of one degree of freedom`() throws {
    let interval = try #require(Sample([1, 3]).interval())
    #expect(abs(interval.high - (2 + 12.706_204_736_174_7)) < 1e-9)
    #expect(abs(interval.low - (2 - 12.706_204_736_174_7)) < 1e-9)
  }

  /// scipy: `stats.t.interval(0.95, 4, loc=m, scale=stats.sem(a))` of the five values.
  @Test func `five values agree with the textbook formula`() throws {
    let sample = Sample([0.871, 0.874, 0.869, 0.880, 0.872])
    #expect(abs(sample.mean - 0.8732) < 1e-15)
    let deviation = try #require(sample.standardDeviation)
    #expect(abs(deviation - 0.004_207_136_793_592_55) < 1e-15)
    let half = try #require(sample.halfWidth)
    #expect(abs(half - 2.776_445_105_197_79 * 0.004_207_136_793_592_55 / 5.0.squareRoot()) < 1e-12)
  }

  @Test func `a half-width inside a Double's range is finite`() throws {
    let half = try #require(Sample([-6e307, 0, 6e307]).halfWidth)
    #expect(abs(half / 6e307 - 2.484_138) < 1e-5)
  }

  @Test func `equal values are constant even if the mean is rounded`() {
    let sample = Sample([0.1, 0.1, 0.1])
    #expect(sample.isConstant)
    #expect(sample.halfWidth == 0)
  }

  @Test func `a large common offset does not swallow the deviation`() {
    let deviation = Sample([1e9 + 1, 1e9 + 2, 1e9 + 3]).standardDeviation
    #expect(deviation == 1)
  }

  @Test func `a share is cut at its ends and says so`() throws {
    let high = try #require(Sample([0.99, 1.0, 0.98]).interval(.share))
    #expect(high.high == 1)
    #expect(high.isCutAtOne && !high.isCutAtZero && high.isCut)
    let low = try #require(Sample([0.0, 0.01, 0.02]).interval(.share))
    #expect(low.low == 0 && low.isCutAtZero)
    let inside = try #require(Sample([0.5, 0.51, 0.52]).interval(.share))
    #expect(!inside.isCut)
    let exact = try #require(Sample([1, 1, 1]).interval(.share))
    #expect(!exact.isCut && exact.low == 1)
  }

  @Test func `what cannot be negative is cut at 0 alone`() throws {
    let wide = try #require(Sample([1, 1.2, 9]).interval(.nonNegative))
    let plain = try #require(Sample([1, 1.2, 9]).interval())
    #expect(wide.low == 0 && wide.isCutAtZero && wide.high == plain.high && !wide.isCutAtOne)
    #expect(Sample([5, 5.1, 5.2]).interval(.nonNegative) == Sample([5, 5.1, 5.2]).interval())
  }

  @Test func `a loss on a log axis has an interval around the geometric mean`() throws {
    let sample = Sample([0.1, 1, 10])
    let interval = try #require(sample.interval(.logarithmic))
    #expect(interval.low > 0)
    #expect(abs(interval.low * interval.high - 1) < 1e-9)
    #expect(abs(sample.center(.logarithmic) - 1) < 1e-12)
    #expect(Sample([0, 1, 2]).interval(.logarithmic) == nil)
  }
}
