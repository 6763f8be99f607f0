// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// One measured number with all that belongs to it: a line of `--json`.
public struct BenchmarkRecord: Hashable, Sendable {
  /// What was measured, such as `mlp` or `limit-fma`.
  public var workload: String
  /// `runexp`, or `limit` for what the machine can do at most.
  public var framework: String
  /// The program's version.
  public var version: String
  /// Threads at work, each on a core of its own.
  public var threads: Int
  /// The unit of `value`, `reps` and `wall`.
  public var unit: String
  /// The median of `reps`; of a limit the best.
  public var value: Double
  /// Each repetition that counts, the least disturbed first.
  public var reps: [Double]
  /// The same by wall time, where `reps` may be by CPU time.
  public var wall: [Double]?
  /// Cores that others used during each repetition; negative where CPU time was counted for it.
  public var others: [Double]?
  /// The loss of the first step.
  public var lossFirst: Double?
  /// The loss of the last step.
  public var lossLast: Double?
  /// Billions of floating-point operations per second.
  public var gflops: Double?
  /// `gflops` as a share of what as many threads reach without touching memory.
  public var peakFraction: Double?
  /// Heap allocations of one steady step.
  public var allocationsPerStep: Double?
  /// The most memory the process had at once while training.
  public var peakMemoryBytes: Int?
  /// Where the data came from.
  public var data: String?
  /// When the measurement ended.
  public var time: Date
}

extension BenchmarkRecord {
  init(_ limit: MachineLimit, version: String) {
    self.init(
      workload: limit.kind.rawValue,
      framework: "limit",
      version: version,
      threads: limit.threads,
      unit: limit.kind.unit,
      value: limit.value.rounded(digits: 6),
      reps: limit.samples.map { $0.rounded(digits: 6) },
      time: Date()
    )
  }

  /// `peak` is the multiply-add limit of as many threads, in GFLOP/s.
  init(_ workload: Workload, _ outcome: Outcome, version: String, threads: Int, peak: Double) {
    func value(_ seconds: Double) -> Double {
      let value = workload.unit == .microseconds ? 1e6 * seconds : outcome.work / seconds
      return value.rounded(digits: 6)
    }
    let reps = outcome.repetitions.map { value($0.seconds) }
    let gflops = median(outcome.repetitions.map { 1e-9 * outcome.operations / $0.seconds })
    self.init(
      workload: workload.name,
      framework: "runexp",
      version: version,
      threads: threads,
      unit: workload.unit.rawValue,
      value: median(reps).rounded(digits: 6),
      reps: reps,
      wall: outcome.repetitions.map { value($0.wall) },
      others: outcome.repetitions.map { $0.others.rounded(digits: 3) },
      lossFirst: outcome.firstLoss?.rounded(digits: 6),
      lossLast: outcome.lastLoss?.rounded(digits: 6),
      gflops: gflops.rounded(digits: 6),
      peakFraction: (gflops / peak).rounded(digits: 4),
      allocationsPerStep: outcome.allocationsPerStep,
      peakMemoryBytes: outcome.peakMemoryBytes,
      data: outcome.source,
      time: Date()
    )
  }
}

extension Double {
  /// Itself, or nil for NaN and infinities.
  fileprivate var finite: Double? { isFinite ? self : nil }

  /// The nearest number of so many significant decimal digits.
  fileprivate func rounded(digits: Int) -> Double {
    Double(String(format: "%.\(digits)g", self)) ?? self
  }
}

// MARK: - JSON

extension BenchmarkRecord: Encodable {
  private enum CodingKeys: String, CodingKey {
    case workload, framework, version, threads, unit, value, reps, wall, others, gflops, data, time
    case variant
    case lossFirst = "loss_first"
    case lossLast = "loss_last"
    case peakFraction = "peak_fraction"
    case allocationsPerStep = "allocations_per_step"
    case peakMemoryBytes = "peak_memory_bytes"
  }

  /// Every name is there, `null` for what does not apply or is not finite.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(workload, forKey: .workload)
    try container.encode(framework, forKey: .framework)
    try container.encode("", forKey: .variant)
    try container.encode(version, forKey: .version)
    try container.encode(threads, forKey: .threads)
    try container.encode(unit, forKey: .unit)
    try container.encode(value.finite, forKey: .value)
    try container.encode(reps.map(\.finite), forKey: .reps)
    try container.encode(wall?.map(\.finite), forKey: .wall)
    try container.encode(others?.map(\.finite), forKey: .others)
    try container.encode(lossFirst?.finite, forKey: .lossFirst)
    try container.encode(lossLast?.finite, forKey: .lossLast)
    try container.encode(gflops?.finite, forKey: .gflops)
    try container.encode(peakFraction?.finite, forKey: .peakFraction)
    try container.encode(allocationsPerStep?.finite, forKey: .allocationsPerStep)
    try container.encode(peakMemoryBytes, forKey: .peakMemoryBytes)
    try container.encode(data, forKey: .data)
    try container.encode(time, forKey: .time)
  }

  /// The record in one line, names sorted.
  public var jsonLine: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .iso8601
    return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }
}
