// SPDX-License-Identifier: Apache-2.0

/// A quick checksum that finds any damage by accident, at the speed of memory.
///
/// Fletcher's scheme on eight lanes of 64 bits: `sum` of the words and the running `sum` of sums, so that changed,
/// swapped and missing words all show. No defence against intent; contents are identified by SHA-256 instead.
func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
  var sum = SIMD8<UInt64>(repeating: 1)
  var sums = SIMD8<UInt64>(repeating: 0)
  let blocks = bytes.count / 64
  if let base = bytes.baseAddress {
    for block in 0..<blocks {
      let words = unsafe (base + block &* 64).loadUnaligned(as: SIMD8<UInt64>.self)
      sum &+= words
      sums &+= sum
    }
  }
  var hash: UInt64 = 0xCBF2_9CE4_8422_2325
  func absorb(_ word: UInt64) {
    hash = (hash ^ word) &* 0x100_0000_01B3
    hash ^= hash >> 29
  }
  for lane in 0..<8 {
    absorb(sum[lane])
    absorb(sums[lane])
  }
  for index in (blocks * 64)..<bytes.count { unsafe absorb(UInt64(bytes[index])) }
  absorb(UInt64(bytes.count))
  return hash
}
