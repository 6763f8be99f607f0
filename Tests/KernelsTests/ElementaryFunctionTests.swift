// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import Kernels

/// Every 10,007th bit pattern of a `Float`: 429,198 values, NaNs and infinities' neighbours among them.
@Suite struct ElementaryFunctionTests {
  private static let stride: UInt32 = 10_007
  private static let sweep = bitPatterns(every: stride)

  @Test func `exp is within 2 ulp on a sweep of all bit patterns`() {
    check(Foundation.exp) { exponentials($0, into: $1, count: $2) }
  }

  @Test func `sigmoid is within 2 ulp on a sweep of all bit patterns`() {
    check({ Reference.activate(.sigmoid, $0) }) { activated(.sigmoid, $0, $1, $2) }
  }

  @Test func `tanh is within 2 ulp on a sweep of all bit patterns`() {
    check(Foundation.tanh) { activated(.tanh, $0, $1, $2) }
  }

  @Test func `exp underflows gradually and overflows to infinity at the right places`() {
    let x = GuardedFloats([-103.98, -87.4, -103, 88.72, 88.73, -200, 89, 0, -0.0, .nan, -.infinity])
    let y = GuardedFloats(count: x.count)
    exponentials(x.source, into: y.base, count: x.count)
    let got = y.array
    #expect(worstUlps(got, wide(x.array).map { Foundation.exp($0) }).ulps <= 2)
    #expect(got[1].isSubnormal && got[2].isSubnormal)
    #expect(got[3].isFinite && got[4] == .infinity && got[5] == 0 && got[6] == .infinity)
    #expect(got[7] == 1 && got[8] == 1 && got[9].isNaN && got[10] == 0)
  }

  private func activated(
    _ activation: Activation,
    _ x: UnsafePointer<Float>,
    _ y: UnsafeMutablePointer<Float>,
    _ count: Int
  ) {
    activate(activation, x, into: y, count: count, context: KernelContext(threadCount: 1))
  }

  private func check(
    _ reference: (Double) -> Double,
    _ f: (UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void
  ) {
    let x = GuardedFloats(Self.sweep)
    let y = GuardedFloats(count: x.count)
    f(x.source, y.base, x.count)
    let worst = worstUlps(y.array, wide(Self.sweep, mappedBy: reference))
    #expect(worst.ulps <= 2, "of \(Self.sweep[worst.index]): \(worst.ulps) ulp")
  }
}
