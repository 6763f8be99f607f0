// SPDX-License-Identifier: Apache-2.0

import Experiments
import Testing
import Vocabulary

@testable import Reports

struct VerdictTests {
  /// Mean 0.9, s = 0.01581…, half-width 0.01963 at n = 5.
  let five = Sample([0.88, 0.89, 0.90, 0.91, 0.92])
  let three = Sample([0.89, 0.90, 0.91])
  let two = Sample([0.90, 0.90])

  @Test func `within is reproduced only if the whole interval lies inside, at five seeds`() {
    #expect(Verdict(.within(low: 0.88, high: 0.92), five) == .reproduced)
    #expect(Verdict(.within(low: 0.8, high: 1), three) == .consistent)
    #expect(Verdict(.within(low: 0.89, high: 0.95), five) == .consistent)
    #expect(Verdict(.within(low: 0.92, high: 0.95), five) == .differs)
    #expect(Verdict(.within(low: 0.905, high: 0.95), five) == .undecided)
  }

  @Test func `within is undecided if the interval is wider than the range`() {
    #expect(Verdict(.within(low: 0.895, high: 0.905), five) == .undecided)
  }

  @Test func `a published run is held against the interval of one further run`() {
    // t · s · √(1 + 1/5) = 2.7764 · 0.015811 · 1.0954 = 0.048088
    #expect(abs(Verdict.predictionHalfWidth(five) - 0.048_088) < 1e-5)
    #expect(Verdict(.value(0.948, margin: nil, because: nil), five) == .consistent)
    #expect(Verdict(.value(0.949, margin: nil, because: nil), five) == .differs)
    #expect(Verdict(.value(0.9, margin: nil, because: nil), five) == .consistent)
  }

  @Test func `a published run is reproduced only with a margin`() {
    #expect(Verdict(.value(0.9, margin: 0.02, because: "rounding"), five) == .reproduced)
    #expect(Verdict(.value(0.9, margin: 0.01, because: "rounding"), five) == .consistent)
    #expect(Verdict(.value(0.96, margin: 0.02, because: "rounding"), five) == .differs)
  }

  @Test(arguments: [
    (0.88, Verdict.reproduced), (0.89, .consistent), (0.91, .undecided), (0.92, .differs),
  ])
  func `at least compares the bound with both ends and the mean`(bound: Double, verdict: Verdict) {
    #expect(Verdict(.atLeast(bound), five) == verdict)
    let mirrored = Sample(five.values.map { 1.8 - $0 })
    #expect(Verdict(.atMost(1.8 - bound), mirrored) == verdict)
  }

  @Test func `below three seeds everything is undecided but an exact number`() {
    #expect(Verdict(.atLeast(0.1), two) == .undecided)
    #expect(Verdict(.within(low: 0, high: 1), two) == .undecided)
    #expect(Verdict(.value(0.9, margin: 0.5, because: "x"), two) == .undecided)
    #expect(Verdict(.equals("0.90"), two) == .reproduced)
    #expect(Verdict(.equals("0.90"), Sample([0.9])) == .reproduced)
    #expect(Verdict(.equals("0.90"), Sample([])) == .undecided)
  }

  @Test(arguments: [
    ("3.16", 3.160_000_1, true), ("3.16", 3.1649, true), ("3.16", 3.1651, false),
    ("0.8720", 0.87204, true), ("0.8720", 0.8721, false), ("-1.5", -1.5, true),
    ("1.20e-3", 0.001_204, true), ("1.20e-3", 0.001_206, false), ("7", 7.4, true),
  ])
  func `equals compares every printed digit`(text: String, value: Double, agrees: Bool) {
    #expect(Verdict(.equals(text), Sample([value])) == (agrees ? .reproduced : .differs))
  }

  @Test func `every seed must equal the printed number`() {
    #expect(Verdict(.equals("0.90"), Sample([0.90, 0.91, 0.90])) == .differs)
  }

  @Test func `without spread the mean alone decides`() {
    let constant = Sample([0.9, 0.9, 0.9])
    #expect(Verdict(.atLeast(0.9), constant) == .reproduced)
    #expect(Verdict(.atLeast(0.91), constant) == .differs)
    #expect(Verdict(.value(0.9, margin: nil, because: nil), constant) == .consistent)
    #expect(Verdict(.value(0.91, margin: nil, because: nil), constant) == .differs)
  }

  @Test func `a share's interval ends at 1, so that a range up to 1 can hold it`() {
    let high = Sample([0.99, 0.995, 1, 0.99, 0.995])
    #expect(Verdict(.within(low: 0.98, high: 1), high, scale: .share) == .reproduced)
    let higher = Sample([1, 1, 0.97, 1, 1])
    #expect(Verdict(.within(low: 0.9, high: 1), higher) == .consistent)
    #expect(Verdict(.within(low: 0.9, high: 1), higher, scale: .share) == .reproduced)
  }

  @Test func `reproduced and consistent are met`() {
    #expect(Verdict.allCases.filter(\.isMet) == [.reproduced, .consistent])
  }
}
