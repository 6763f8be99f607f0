// SPDX-License-Identifier: Apache-2.0

import Foundation

/// SplitMix64 with normal numbers by Box–Muller: for simulations of tests only.
public struct TestRandom: RandomNumberGenerator {
  private var state: UInt64

  /// The same numbers for the same seed.
  public init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 0x1234_5678 }

  /// The next word.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// In (0, 1].
  public mutating func uniform() -> Double { (Double(next() >> 11) + 1) / 9_007_199_254_740_992 }

  /// Of mean 0 and deviation 1.
  public mutating func normal() -> Double {
    (-2 * log(uniform())).squareRoot() * cos(2 * Double.pi * uniform())
  }

  /// So many of them.
  public mutating func normals(_ count: Int) -> [Double] { (0..<count).map { _ in normal() } }
}
