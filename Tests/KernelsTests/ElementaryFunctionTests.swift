// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Kernels

/// One function of `ElementaryFunctions.swift` with its reference.
private struct Subject: Sendable, CustomTestStringConvertible {
  typealias Kernel =
    @Sendable (UnsafePointer<Float>, UnsafeMutablePointer<Float>, _ count: Int) -> Void

  let testDescription: String
  let kernel: Kernel
  let reference: @Sendable (Double) -> Double
  /// The bit patterns of arguments that the function is made for.
  var domain: Range<UInt64> = 0..<1 << 32

  static let all = [
    Subject(
      testDescription: "exp",
      kernel: { exponentials($0, into: $1, count: $2) },
      reference: Foundation.exp
    ),
    Subject(
      testDescription: "exp of the opposite",
      kernel: { exponentialsOfOpposites($0, into: $1, count: $2) },
      reference: { Foundation.exp(-$0) },
      domain: 0..<1 << 31
    ),
    Subject(
      testDescription: "log",
      kernel: { logarithms($0, into: $1, count: $2) },
      reference: Foundation.log
    ),
    Subject(
      testDescription: "sigmoid",
      kernel: { activated(.sigmoid, $0, $1, $2) },
      reference: { 1 / (1 + Foundation.exp(-$0)) }
    ),
    Subject(
      testDescription: "tanh",
      kernel: { activated(.tanh, $0, $1, $2) },
      reference: Foundation.tanh
    ),
    Subject(
      testDescription: "erf",
      kernel: { errorFunctions($0, into: $1, count: $2) },
      reference: Foundation.erf
    ),
  ]

  /// The results of an array of arguments.
  func callAsFunction(_ arguments: [Float]) -> [Float] {
    let (x, y) = (GuardedFloats(arguments), GuardedFloats(count: arguments.count))
    kernel(x.source, y.base, x.count)
    return y.array
  }
}

private func activated(
  _ activation: Activation,
  _ x: UnsafePointer<Float>,
  _ y: UnsafeMutablePointer<Float>,
  _ count: Int
) {
  activate(activation, x, into: y, count: count, context: KernelContext(threadCount: 1))
}

@Suite struct ElementaryFunctionTests {
  /// Every 251st bit pattern of a `Float`, NaNs and infinities among them; all with `RUNEXP_EXHAUSTIVE=1`.
  private static let stride: UInt64 =
    ProcessInfo.processInfo.environment["RUNEXP_EXHAUSTIVE"] == "1" ? 1 : 251

  @Test(arguments: Subject.all)
  private func `is within 2 ulp on a sweep of all bit patterns`(function: Subject) {
    let block = (1 << 16) * Self.stride
    let end = function.domain.upperBound
    let worst = Mutex((ulps: 0.0, argument: Float(0)))
    DispatchQueue.concurrentPerform(iterations: Int((end + block - 1) / block)) { index in
      let start = UInt64(index) * block
      let x = bitPatterns(start..<min(end, start + block), every: Self.stride)
      let found = worstUlps(function(x), wide(x, mappedBy: function.reference))
      worst.withLock { if found.ulps > $0.ulps { $0 = (found.ulps, x[found.index]) } }
    }
    let (ulps, argument) = worst.withLock { $0 }
    if Self.stride == 1 { print("\(function.testDescription): \(ulps) ulp, of \(argument)") }
    #expect(ulps <= 2, "of \(argument): \(ulps) ulp")
  }

  @Test(arguments: Subject.all)
  private func `keeps NaN, limits and the sign of zero`(function: Subject) {
    let x: [Float] = [.nan, -.nan, .infinity, -.infinity, 0, -0.0, .leastNonzeroMagnitude]
    let y = function(x)
    for (x, y) in zip(x, y) where function.domain.contains(UInt64(x.bitPattern)) {
      let expected = Float(function.reference(Double(x)))
      #expect(y == expected || (y.isNaN && expected.isNaN), "of \(x): \(y) for \(expected)")
      if y == 0 { #expect(y.sign == expected.sign, "of \(x): \(y) for \(expected)") }
    }
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

  @Test func `tanh and erf of tiny arguments keep every digit, subnormal ones included`() {
    let x: [Float] = [0x1p-149, 0x3p-140, 0x5p-130, 0x1p-125, 1e-20, 1e-6, -1e-6, -0x5p-130]
    for function in Subject.all.filter({ ["tanh", "erf"].contains($0.testDescription) }) {
      let expected = wide(x, mappedBy: function.reference)
      // Below 2⁻¹²⁶ the unit is the smallest subnormal here.
      let wrong = mismatch(function(x), expected) { 2 * Double(Float(expected[$0]).ulp) }
      #expect(wrong == nil, "\(function.testDescription): \(wrong ?? "")")
    }
  }

  @Test func `log of subnormal numbers is as exact as of others, of negative ones NaN`() {
    let x: [Float] = [
      0x1p-149, 0x3p-140, Float(0x1p-126).nextDown, 0x1p-126, 1, -0x1p-149, -1, -.infinity,
    ]
    let y = Subject.all[2](x)
    let expected = wide(x, mappedBy: Foundation.log)
    #expect(worstUlps(y, expected).ulps <= 2)
    #expect(y[4] == 0 && y[5].isNaN && y[6].isNaN && y[7].isNaN)
  }
}
