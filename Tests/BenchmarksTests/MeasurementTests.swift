// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Benchmarks

/// Clocks that only a test moves.
private final class FakeClock {
  private(set) var moment = Moment(wall: 100, cpu: 10, others: 50)

  func advance(wall: Double, cpu: Double, others: Double = 0) {
    moment.wall += wall
    moment.cpu += cpu
    moment.others += others
  }
}

@Suite struct MeasurementTests {
  private let clock = FakeClock()

  private func measurement(
    seconds: Double = 1,
    repetitions: Int = 3,
    countsCPUTime: Bool = false
  ) -> Measurement {
    let timing = Timing(
      seconds: seconds,
      repetitions: repetitions,
      countsCPUTime: countsCPUTime
    )
    return Measurement(timing, clock: { [clock] in clock.moment })
  }

  /// Whether two durations differ by no more than rounding of sums.
  private func areEqual(_ a: Double, _ b: Double) -> Bool { abs(a - b) < 1e-9 * abs(b) }

  @Test func `a repetition takes about the wished time`() {
    var measurement = measurement()
    var calls = 0
    while measurement.continues() {
      calls += 1
      clock.advance(wall: 0.001, cpu: 0.001)
    }
    // One to warm up; 1, 4, 16, 64, 128 and 256 to find the number, the last of which took more than a quarter of a
    // second; then three times a thousand.
    #expect(calls == 1 + 1 + 4 + 16 + 64 + 128 + 256 + 3 * 1000)
    #expect(measurement.repetitions.count == 3)
    for repetition in measurement.repetitions {
      #expect(areEqual(repetition.seconds, 0.001) && areEqual(repetition.wall, 0.001))
      #expect(repetition.others == 0)
    }
  }

  @Test func `a call longer than the wished time is a repetition`() {
    var measurement = measurement(repetitions: 2)
    var calls = 0
    while measurement.continues() {
      calls += 1
      clock.advance(wall: 5, cpu: 5)
    }
    #expect(calls == 1 + 1 + 2)
  }

  @Test func `a disturbed repetition is repeated, at most as often again`() {
    var measurement = measurement(repetitions: 2)
    var calls = 0
    while measurement.continues() {
      calls += 1
      clock.advance(wall: 1, cpu: 0.8, others: 0.2)
    }
    #expect(calls == 1 + 1 + 4)
    #expect(measurement.repetitions.count == 2)
    for repetition in measurement.repetitions {
      #expect(areEqual(repetition.seconds, 1) && areEqual(repetition.others, 0.2))
    }
  }

  @Test func `the least disturbed repetitions count`() {
    var measurement = measurement(repetitions: 2)
    var calls = 0
    while measurement.continues() {
      calls += 1
      // Calls 3 to 6 are repetitions; 4 and 6 are quiet.
      let isDisturbed = calls == 3 || calls == 5
      clock.advance(wall: isDisturbed ? 2 : 1, cpu: 1, others: isDisturbed ? 1 : 0)
    }
    #expect(calls == 6)
    #expect(measurement.repetitions.map(\.others) == [0, 0])
    #expect(measurement.repetitions.allSatisfy { areEqual($0.seconds, 1) })
  }

  @Test func `one thread's disturbed repetition counts its CPU time and is not repeated`() {
    var measurement = measurement(repetitions: 2, countsCPUTime: true)
    var calls = 0
    while measurement.continues() {
      calls += 1
      clock.advance(wall: 2, cpu: 1.5, others: 1)
    }
    #expect(calls == 1 + 1 + 2)
    for repetition in measurement.repetitions {
      #expect(areEqual(repetition.seconds, 1.5) && areEqual(repetition.wall, 2))
      #expect(areEqual(repetition.others, -0.5))
    }
  }

  @Test func `CPU time is never more than the time that passed`() {
    var measurement = measurement(repetitions: 1, countsCPUTime: true)
    while measurement.continues() { clock.advance(wall: 1, cpu: 1.1, others: 0.5) }
    #expect(areEqual(measurement.repetitions[0].seconds, 1))
  }

  @Test(arguments: [([3.0], 3.0), ([1.0, 5, 2], 2.0), ([4.0, 1, 2, 3], 2.5)])
  func `the median is the middle`(values: [Double], expected: Double) {
    #expect(median(values) == expected)
  }

  @Test func `the system's clocks move forward`() {
    let first = Moment.now()
    var sum = 0.0
    for i in 0..<1_000_000 { sum += Double(i).squareRoot() }
    let second = Moment.now()
    #expect(sum > 0)
    #expect(second.wall > first.wall && second.cpu > first.cpu)
  }
}
