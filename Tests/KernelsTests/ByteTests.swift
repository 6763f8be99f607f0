// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Kernels

@Suite struct ByteTests {
  @Test func `each of the 256 bytes becomes the quotient by 255 rounded once`() {
    let bytes = (0...255).map { UInt8($0) }
    let y = GuardedFloats(count: 256)
    bytesToUnitFloats(bytes, into: y.base, count: 256)
    #expect(bitMismatch(y.array, bytes.map { Float($0) / 255 }) == nil)
    // Double's quotient rounded to Float is the exact one's rounding, too: it is no tie.
    #expect(bitMismatch(y.array, bytes.map { Float(Double($0) / 255) }) == nil)
    #expect(y.isIntact)
  }

  @Test(arguments: [0, 1, 7, 8, 15, 16, 17, 31, 33, 784])
  func `writes exactly as many floats as asked, from and to any address`(count: Int) {
    let bytes = (0..<count + 3).map { UInt8(truncatingIfNeeded: $0 * 37 + 11) }
    for offset in 0..<3 {
      let y = GuardedFloats(count: count, offset: offset)
      bytes.withUnsafeBufferPointer { bytes in
        guard let base = bytes.baseAddress else { return }
        bytesToUnitFloats(base + offset, into: y.base, count: count)
      }
      #expect(bitMismatch(y.array, bytes[offset..<offset + count].map { Float($0) / 255 }) == nil)
      #expect(y.isIntact)
    }
  }
}
