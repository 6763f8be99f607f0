// SPDX-License-Identifier: Apache-2.0

/// The counter-based generator Philox 4×32-10: a keyed bijection from counters to random blocks.
///
/// Salmon, Moraes, Dror & Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011). Any block can be had at any
/// time, on any thread, so that what a tensor's element draws never depends on who draws first.
public struct Philox: Hashable, Sendable {
  /// The two key words.
  public var key: SIMD2<UInt32>

  /// A generator with this key.
  public init(key: SIMD2<UInt32>) { self.key = key }

  /// The four random words of `counter`.
  @inlinable
  public func block(_ counter: SIMD4<UInt32>) -> SIMD4<UInt32> {
    var (c0, c1, c2, c3) = (counter.x, counter.y, counter.z, counter.w)
    var (k0, k1) = (key.x, key.y)
    for _ in 0..<10 {
      let first = UInt64(0xD251_1F53) &* UInt64(c0)
      let second = UInt64(0xCD9E_8D57) &* UInt64(c2)
      (c0, c1, c2, c3) = (
        UInt32(truncatingIfNeeded: second >> 32) ^ c1 ^ k0,
        UInt32(truncatingIfNeeded: second),
        UInt32(truncatingIfNeeded: first >> 32) ^ c3 ^ k1,
        UInt32(truncatingIfNeeded: first)
      )
      k0 &+= 0x9E37_79B9
      k1 &+= 0xBB67_AE85
    }
    return SIMD4(c0, c1, c2, c3)
  }
}
