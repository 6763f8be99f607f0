// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Reports

struct NumberTextTests {
  @Test(arguments: [
    (0.0023, 4), (0.023, 3), (0.23, 2), (2.3, 1), (23, 0), (230, 0), (0.0996, 2), (0.00999, 3),
    (0.0994, 3), (1e-7, 8), (9.96, 0), (0.1, 2),
  ])
  func `decimals show two digits of the half-width`(half: Double, decimals: Int) {
    #expect(NumberText.decimals(forHalfWidth: half) == decimals)
  }

  @Test func `no half-width gives no decimals`() {
    #expect(NumberText.decimals(forHalfWidth: 0) == nil)
    #expect(NumberText.decimals(forHalfWidth: .infinity) == nil)
    #expect(NumberText.decimals(forHalfWidth: .nan) == nil)
  }

  @Test func `a mean is written with the decimals of its interval`() {
    #expect(Sample([0.871, 0.874, 0.869, 0.880, 0.872]).text(.share) == "0.8732 ± 0.0052")
    #expect(Sample([100, 120, 140]).text(.linear) == "120 ± 50")
  }

  @Test func `few or equal values say so`() {
    #expect(Sample([0.87]).text(.share) == "0.87 (n = 1)")
    #expect(Sample([0.87]).text(.share, showsCount: false) == "0.87")
    #expect(Sample([0.9, 0.9, 0.9]).text(.share) == "0.9 (all 3 equal)")
    #expect(Sample([]).text(.linear) == "–")
  }

  @Test func `a cut interval is marked`() {
    #expect(Sample([0.99, 1, 0.98]).text(.share) == "0.990 ± 0.025 †")
    #expect(Sample([0.99, 1, 0.98]).text(.linear) == "0.990 ± 0.025")
  }

  @Test(arguments: [
    (0.123456, "0.1235"), (12345.678, "12346"), (0, "0"), (-0.5, "−0.5"), (1e-9, "1e-9"),
    (1.5e12, "1.5e12"), (Double.nan, "NaN"), (Double.infinity, "∞"), (100, "100"),
    (-Double.infinity, "−∞"),
  ])
  func `short numbers have four digits and no trailing zeros`(value: Double, text: String) {
    #expect(NumberText.short(value) == text)
  }

  @Test func `zero has no sign`() {
    #expect(NumberText.fixed(-0.0001, decimals: 2) == "0.00")
    #expect(NumberText.fixed(-0.006, decimals: 2) == "−0.01")
  }

  @Test(arguments: [
    (0.034, "0.034"), (0.5, "0.50"), (0.00001, "< 0.0001"), (1, "1.00"), (0.00012, "0.00012"),
    (0, "< 0.0001"),
  ])
  func `p-values have two digits`(p: Double, text: String) {
    #expect(NumberText.p(p) == text)
  }

  @Test(arguments: [
    (0.344, "0.34 s"), (12.34, "12.3 s"), (59.97, "1 min 00 s"), (245, "4 min 05 s"),
    (7385, "2 h 03 min"), (9.996, "10.0 s"),
  ])
  func `durations change their unit`(seconds: Double, text: String) {
    #expect(NumberText.duration(seconds: seconds) == text)
  }

  @Test(arguments: [
    (0.04, "0.0 s", "0 s"), (9.94, "9.9 s", "10 s"), (9.96, "10 s", "10 s"),
    (59.4, "59 s", "59 s"), (59.6, "1 min 00 s", "1 min 00 s"), (245, "4 min 05 s", "4 min 05 s"),
    (Double.infinity, "–", "–"), (-1, "–", "–"), (Double.nan, "–", "–"),
  ])
  func `estimates have fewer digits`(seconds: Double, estimated: String, waiting: String) {
    #expect(NumberText.duration(seconds: seconds, .estimated) == estimated)
    #expect(NumberText.duration(seconds: seconds, .waiting) == waiting)
  }

  @Test func `a half-width keeps its second digit`() {
    #expect(NumberText.twoDigits(0.01) == "0.010")
    #expect(NumberText.twoDigits(0.0078) == "0.0078")
    #expect(NumberText.twoDigits(0) == "0")
  }

  @Test func `a column has the same decimals`() {
    #expect(NumberText.column([0.94, 0.9365, 1]) == ["0.9400", "0.9365", "1.0000"])
    #expect(NumberText.column([1e-9, 0.5]) == ["1e-9", "0.5"])
    #expect(NumberText.column([]).isEmpty)
  }
}

struct NumberStyleTests {
  private static let samples: [[Double]] = [
    [1.1e-20, 1.2e-20, 1.3e-20], [1e160, 2e160, 4e160], [2e-300, 3e-300, 5e-300],
    [1e7, 1.1e7, 1.2e7], [1e6, 1.1e6, 1.2e6], [1e307, 1.1e307, 1.2e307],
  ]
  private static let texts: [String] = [
    "1.20e-20 ± 0.25e-20", "2.3e160 ± 3.8e160", "3.3e-300 ± 3.8e-300", "1.10e7 ± 0.25e7",
    "1100000 ± 248414", "1.10e307 ± 0.25e307",
  ]

  @Test(arguments: zip(samples, texts))
  func `very small and large numbers have an exponent`(values: [Double], text: String) {
    #expect(Sample(values).text(.linear) == text)
  }

  private static let rests: [Double] = [
    0.05, 0.03, 0.01, 0.02 / 6, 0.02 / 12, 0.02 / 20, 0.02 / 42,
  ]
  private static let percents: [String] = [
    "95 %", "97 %", "99 %", "99.67 %", "99.83 %", "99.9 %", "99.952 %",
  ]

  @Test(arguments: zip(rests, percents))
  func `a share that is nearly 1 keeps what tells it from 1`(rest: Double, text: String) {
    #expect(NumberText.percent(1 - rest) == text)
  }
}
