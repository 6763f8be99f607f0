// SPDX-License-Identifier: Apache-2.0

import DeterministicMath
import Foundation

/// Which seeds a test of random cases tries, and how one of them is tried alone.
public enum RandomCases {
  private static let environment = ProcessInfo.processInfo.environment

  /// `usual` seeds in `make test`, `exhaustive` of them in `make test-exhaustive`, one where `RUNEXP_CASE` names it.
  public static func seeds(_ usual: Int, exhaustive: Int) -> [Int] {
    if let one = environment["RUNEXP_CASE"].flatMap({ Int($0) }) { return [one] }
    return Array(0..<(environment["RUNEXP_EXHAUSTIVE"] == "1" ? exhaustive : usual))
  }

  /// The command that repeats exactly this case.
  public static func command(_ seed: Int, _ suite: Any.Type) -> String {
    "RUNEXP_CASE=\(seed) swift test --filter \(suite)"
  }
}

/// Random numbers of one case: the same from the same seed, on every machine.
public struct CaseGenerator: RandomNumberGenerator {
  private let philox: Philox
  private var counter: UInt32 = 0

  /// The numbers of case `seed`.
  public init(seed: Int) { philox = Philox(key: SIMD2(UInt32(truncatingIfNeeded: seed), 0x5EED)) }

  /// 64 random bits.
  public mutating func next() -> UInt64 {
    let block = philox.block(SIMD4(counter, 0, 0, 0))
    counter += 1
    return UInt64(block.x) << 32 | UInt64(block.y)
  }

  /// A number of the range.
  public mutating func pick(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + Int(next() >> 33) % range.count
  }

  /// One of these.
  public mutating func pick<T>(_ choices: [T]) -> T { choices[pick(0...choices.count - 1)] }

  /// True once in `n` times.
  public mutating func once(in n: Int) -> Bool { pick(1...n) == 1 }

  /// Uniform on ±1, a `Float`.
  public mutating func unit() -> Float { Float(Int(next() >> 40)) * 0x1p-23 - 1 }

  /// `count` values, uniform on ±`scale`.
  public mutating func values(_ count: Int, scale: Float = 1) -> [Float] {
    (0..<count).map { _ in unit() * scale }
  }

  /// `count` whole numbers below `bound`.
  public mutating func indices(_ count: Int, below bound: Int) -> [Int32] {
    (0..<count).map { _ in Int32(pick(0...bound - 1)) }
  }
}
