// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import NeuralNetworks

/// Schedules against PyTorch's and against their closed forms.
@Suite struct ScheduleTests {
  static let goldens: [(name: String, schedule: Schedule, rates: [Double])] = [
    ("step", Schedule(.step(every: 4, gamma: 0.5)), ScheduleGolden.step),
    (
      "multi_step", Schedule(.multiStep(milestones: [2, 5, 6], gamma: 0.2)),
      ScheduleGolden.multiStep
    ),
    (
      "exponential", Schedule(.exponential(gamma: 0.8, minimum: 0)), ScheduleGolden.exponential
    ),
    ("square_root", Schedule(.squareRoot), ScheduleGolden.squareRoot),
    ("cosine", Schedule(.cosine(end: 11, minimum: 0.02)), ScheduleGolden.cosine),
    (
      "warmed cosine", Schedule(.cosine(end: 11, minimum: 0.02), warmUp: 3),
      ScheduleGolden.warmedCosine
    ),
    (
      "warmed step", Schedule(.step(every: 4, gamma: 0.5), warmUp: 3, warmUpFrom: 0.1),
      ScheduleGolden.warmedStep
    ),
    ("warmed constant", Schedule(.constant, warmUp: 5), ScheduleGolden.warmedConstant),
    (
      "one_cycle",
      Schedule(.oneCycle(end: 12, rise: 0.3, divisor: 25, finalDivisor: 1e4)),
      ScheduleGolden.oneCycle
    ),
    (
      "another cycle",
      Schedule(.oneCycle(end: 12, rise: 0.5, divisor: 10, finalDivisor: 100)),
      ScheduleGolden.oneCycleOther
    ),
  ]

  @Test(arguments: goldens)
  func `twelve rates are PyTorch's`(name: String, schedule: Schedule, rates: [Double]) {
    #expect(rates.count == 12)
    for (time, rate) in rates.enumerated() {
      // Printed with ten digits.
      #expect(abs(schedule.rate(0.3, at: time) - rate) <= 1e-9 * rate, "\(name), time \(time)")
    }
  }

  @Test func `a constant schedule leaves the rate's bits`() {
    for rate in [0, 0.1, 1.0 / 3, 1e-300] {
      for time in [0, 1, 1000] { #expect(Schedule().rate(rate, at: time) == rate) }
    }
  }

  @Test(arguments: [0, 3]) func `a cosine stays at its minimum, which it meets exactly`(warmUp: Int)
  {
    let schedule = Schedule(.cosine(end: 20, minimum: 0.01), warmUp: warmUp, warmUpFrom: 0)
    #expect(schedule.rate(0.3, at: warmUp) == 0.3)
    for time in [20, 21, 1000] { #expect(schedule.rate(0.3, at: time) == 0.01) }
    // The scheduler of Zhang et al., "Dive into Deep Learning", 12.11.
    for time in warmUp..<20 {
      let share = Double(time - warmUp) / Double(20 - warmUp)
      let expected = 0.01 + (0.3 - 0.01) * (1 + cos(.pi * share)) / 2
      #expect(abs(schedule.rate(0.3, at: time) - expected) < 1e-14)
    }
  }

  @Test func `a warm-up may begin at 0 and takes a whole warm-up's time`() {
    let schedule = Schedule(.constant, warmUp: 4, warmUpFrom: 0)
    #expect((0..<6).map { schedule.rate(1, at: $0) } == [0, 0.25, 0.5, 0.75, 1, 1])
  }

  @Test func `milestones and ends are places in the whole training, steps count after the warm-up`()
  {
    let milestones = Schedule(.multiStep(milestones: [4, 6], gamma: 0.5), warmUp: 4)
    #expect((3...7).map { milestones.rate(1, at: $0) < 1 } == [true, true, true, true, true])
    #expect([4, 5, 6].map { milestones.rate(1, at: $0) } == [0.5, 0.5, 0.25])
    let root = Schedule(.squareRoot, warmUp: 4)
    #expect([4, 7].map { root.rate(1, at: $0) } == [1, 0.5])
  }

  @Test func `an exponential never falls below its minimum`() {
    let schedule = Schedule(.exponential(gamma: 0.5, minimum: 0.1))
    #expect((0..<5).map { schedule.rate(0.4, at: $0) } == [0.4, 0.2, 0.1, 0.1, 0.1])
  }

  @Test func `a minimum is a rate, not a share: a smaller base rises to it`() {
    let cosine = Schedule(.cosine(end: 4, minimum: 0.1))
    #expect(cosine.rate(0.01, at: 0) == 0.01 && cosine.rate(0.01, at: 4) == 0.1)
    #expect(cosine.rate(1, at: 4) == 0.1)
    #expect(Schedule(.exponential(gamma: 0.5, minimum: 0.1)).rate(0.01, at: 0) == 0.1)
  }

  @Test(arguments: goldens.map(\.schedule))
  func `every rate is a finite number from 0 on, at any time`(schedule: Schedule) {
    for time in [0, 1, 2, 11, 12, 13, 1_000_000] {
      for base in [0, 1e-6, 10] {
        let rate = schedule.rate(base, at: time)
        #expect(rate.isFinite && rate >= 0, "time \(time), base \(base)")
      }
    }
  }

  @Test(arguments: [1, 2, 3]) func `a cycle of few updates is a cycle still`(end: Int) {
    let schedule = Schedule(.oneCycle(end: end, rise: 0.3, divisor: 25, finalDivisor: 1e4))
    for time in 0..<(end + 2) { #expect(schedule.rate(1, at: time).isFinite) }
    if end > 1 { #expect(schedule.rate(1, at: end - 1) == 1 / 25 / 1e4) }
  }
}
