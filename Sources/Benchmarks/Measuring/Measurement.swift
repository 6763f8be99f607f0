// SPDX-License-Identifier: Apache-2.0

/// How long and how often something is measured.
public struct Timing: Hashable, Sendable {
  /// Seconds of one repetition, about.
  public var seconds: Double
  /// Repetitions that count.
  public var repetitions: Int
  /// Whether a disturbed repetition counts its CPU time: right for one thread bound to one core, whose CPU time is the
  /// time it would have taken alone.
  public var countsCPUTime: Bool

  /// A timing.
  public init(seconds: Double, repetitions: Int, countsCPUTime: Bool) {
    self.seconds = seconds
    self.repetitions = repetitions
    self.countsCPUTime = countsCPUTime
  }
}

/// One repetition.
struct Repetition: Hashable, Sendable {
  /// Seconds of one call: wall time, or CPU time where that counts.
  var seconds: Double
  /// Seconds of one call by the clock on the wall.
  var wall: Double
  /// Cores that other processes used meanwhile; negative if CPU time was counted for it.
  var others: Double
}

/// Decides, call by call, how long something goes on, and keeps what the clocks said.
///
/// Warms up, finds how many calls take the wished time, then repeats that many. A repetition during which others used
/// more than 0.15 core is repeated, at most as often again as repetitions are wished; the least disturbed ones count.
struct Measurement {
  static let disturbance = 0.15

  private enum Phase {
    case warmingUp
    case calibrating(calls: Int)
    case repeating(calls: Int)
  }

  private let timing: Timing
  private let clock: () -> Moment
  private var phase = Phase.warmingUp
  private var callsLeft: Int
  private var start = Moment(wall: 0, cpu: 0, others: 0)
  private var all: [Repetition] = []

  init(_ timing: Timing, warmup: Int = 1, clock: @escaping () -> Moment = Moment.now) {
    self.timing = timing
    self.clock = clock
    callsLeft = warmup
    all.reserveCapacity(2 * timing.repetitions)
  }

  /// Whether another call is to be made; asked before each.
  mutating func continues() -> Bool {
    if callsLeft == 0, !beginPhase(at: clock()) { return false }
    callsLeft -= 1
    return true
  }

  /// The repetitions that count, the least disturbed first.
  var repetitions: [Repetition] {
    let ordered = all.enumerated().sorted {
      ($0.element.others, $0.offset) < ($1.element.others, $1.offset)
    }
    return ordered.prefix(timing.repetitions).map(\.element)
  }

  /// The calls of a phase are done: what comes next, if anything.
  private mutating func beginPhase(at moment: Moment) -> Bool {
    let spent = moment.wall - start.wall
    switch phase {
    case .warmingUp: begin(.calibrating(calls: 1), calls: 1)
    case .calibrating(let calls) where spent <= min(0.3, timing.seconds / 4):
      let more = calls * (spent > 0.05 ? 2 : 4)
      begin(.calibrating(calls: more), calls: more)
    case .calibrating(let calls):
      let wished = max(1, Int((Double(calls) * timing.seconds / spent).rounded()))
      begin(.repeating(calls: wished), calls: wished)
    case .repeating(let calls):
      all.append(repetition(until: moment, calls: calls))
      if isEnough { return false }
      begin(phase, calls: calls)
    }
    return true
  }

  private mutating func begin(_ phase: Phase, calls: Int) {
    self.phase = phase
    callsLeft = calls
    start = clock()
  }

  private func repetition(until end: Moment, calls: Int) -> Repetition {
    let wall = end.wall - start.wall
    let others = max(0, (end.others - start.others) / wall)
    guard timing.countsCPUTime, others > Self.disturbance else {
      return Repetition(seconds: wall / Double(calls), wall: wall / Double(calls), others: others)
    }
    return Repetition(
      seconds: min(wall, end.cpu - start.cpu) / Double(calls),
      wall: wall / Double(calls),
      others: -others
    )
  }

  private var isEnough: Bool {
    let quiet = all.count { $0.others < Self.disturbance }
    return quiet >= timing.repetitions || all.count >= 2 * timing.repetitions
  }
}

/// The middle value, or the mean of the two in the middle; `values` is not empty.
func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  let middle = sorted.count / 2
  return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
