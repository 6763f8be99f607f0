// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Kernels

/// One function that runs behind a layer, its reference in `Double` and how far it may be from that.
struct PointwiseSubject: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let function: Pointwise
  let value: @Sendable (Double) -> Double
  let slope: @Sendable (Double) -> Double
  /// The largest error of a value in ulps where `isPrecise`, and of a slope in units of 2⁻²⁴ anywhere.
  var ulps = 2.0
  var isPrecise: @Sendable (Float) -> Bool = { _ in true }

  static func sigmoid(_ z: Double) -> Double { 1 / (1 + Foundation.exp(-z)) }
  static func normal(_ x: Double) -> Double { Foundation.erfc(-x / 2.0.squareRoot()) / 2 }
  static let lambda = 1.0507009873554804934
  static let lambdaAlpha = 1.6732632423543772848 * lambda
  static let root = 2 * (2 / Double.pi).squareRoot()

  static let all = [
    PointwiseSubject(
      testDescription: "leaky_relu",
      function: Pointwise(.leakyRelu, 0.125),
      value: { $0 <= 0 ? $0 / 8 : $0 },
      slope: { $0 <= 0 ? 0.125 : 1 }
    ),
    PointwiseSubject(
      testDescription: "elu",
      function: Pointwise(.elu, 1, 1),
      value: { $0 < 0 ? Foundation.expm1($0) : $0 },
      slope: { $0 <= 0 ? Foundation.exp($0) : 1 }
    ),
    PointwiseSubject(
      testDescription: "selu",
      function: Pointwise(.elu, Float(lambdaAlpha), Float(lambda)),
      value: { $0 < 0 ? lambdaAlpha * Foundation.expm1($0) : lambda * $0 },
      slope: { $0 <= 0 ? lambdaAlpha * Foundation.exp($0) : lambda },
      ulps: 3
    ),
    PointwiseSubject(
      testDescription: "gelu",
      function: Pointwise(.gelu),
      value: { $0 * normal($0) },
      slope: { normal($0) + $0 * Foundation.exp(-$0 * $0 / 2) / (2 * Double.pi).squareRoot() },
      ulps: 6
    ),
    PointwiseSubject(
      testDescription: "gelu by tanh",
      function: Pointwise(.geluTanh),
      value: { $0 / (1 + Foundation.exp(-root * ($0 + 0.044715 * $0 * $0 * $0))) },
      slope: { x in
        let s = sigmoid(root * (x + 0.044715 * x * x * x))
        return s + x * s * (1 - s) * root * (1 + 3 * 0.044715 * x * x)
      },
      ulps: 4,
      isPrecise: { !($0 < -1) }
    ),
    PointwiseSubject(
      testDescription: "silu",
      function: Pointwise(.silu),
      value: { $0 / (1 + Foundation.exp(-$0)) },
      slope: { sigmoid($0) * (1 + $0 * sigmoid(-$0)) },
      ulps: 4
    ),
    PointwiseSubject(
      testDescription: "softplus",
      function: Pointwise(.softplus, 1, 20),
      value: { $0 > 20 ? $0 : Foundation.log1p(Foundation.exp($0)) },
      slope: { $0 > 20 ? 1 : sigmoid($0) },
      ulps: 3
    ),
    PointwiseSubject(
      testDescription: "hard_sigmoid",
      function: Pointwise(.hardSigmoid),
      value: { $0 < -3 ? 0 : $0 > 3 ? 1 : ($0 + 3) / 6 },
      slope: { $0 <= -3 || $0 >= 3 ? 0 : 1.0 / 6 }
    ),
  ]

  func values(_ x: [Float], threads: Int = 1) -> [Float] {
    let (input, output) = (GuardedFloats(x, offset: 1), GuardedFloats(count: x.count, offset: 3))
    activate(
      function,
      input.source,
      into: output.base,
      count: x.count,
      context: KernelContext(threadCount: threads)
    )
    #expect(output.isIntact)
    return output.array
  }

  func gradients(_ x: [Float], _ dy: [Float], old: [Float]? = nil, threads: Int = 1) -> [Float] {
    let dx = old.map { GuardedFloats($0) } ?? GuardedFloats(count: x.count, offset: 1)
    let (input, gradient) = (GuardedFloats(x), GuardedFloats(dy))
    activationGradient(
      function,
      argument: input.source,
      gradient: gradient.source,
      into: dx.base,
      count: x.count,
      accumulating: old != nil,
      context: KernelContext(threadCount: threads)
    )
    #expect(dx.isIntact)
    return dx.array
  }
}

@Suite struct PointwiseTests {
  /// Every 1021st bit pattern of a `Float`, NaNs and infinities among them; all with `RUNEXP_EXHAUSTIVE=1`.
  private static let stride: UInt64 =
    ProcessInfo.processInfo.environment["RUNEXP_EXHAUSTIVE"] == "1" ? 1 : 1021

  @Test(arguments: PointwiseSubject.all)
  func `values are as exact as stated on a sweep of all bit patterns`(
    subject: PointwiseSubject
  ) {
    let block = (1 << 15) * Self.stride
    let worst = Mutex((ulps: 0.0, argument: Float(0)))
    DispatchQueue.concurrentPerform(iterations: Int(((1 << 32) + block - 1) / block)) { index in
      let start = UInt64(index) * block
      let all = bitPatterns(start..<min(1 << 32, start + block), every: Self.stride)
      let x = all.filter(subject.isPrecise)
      let found = worstUlps(subject.values(x), wide(x).map(subject.value))
      worst.withLock { if found.ulps > $0.ulps { $0 = (found.ulps, x[found.index]) } }
    }
    let (ulps, argument) = worst.withLock { $0 }
    if Self.stride == 1 { print("\(subject.testDescription): \(ulps) ulp, of \(argument)") }
    #expect(ulps <= subject.ulps, "of \(argument): \(ulps) ulp")
  }

  @Test func `gelu by tanh is right to the last digit of 1 everywhere`() throws {
    let subject = try #require(PointwiseSubject.all.first { $0.function.kind == .geluTanh })
    let x = (0..<200_000).map { Float(-20 + 1e-4 * Double($0)) }
    #expect(mismatch(subject.values(x), wide(x).map(subject.value)) { _ in 0x1p-24 } == nil)
  }

  @Test(arguments: PointwiseSubject.all)
  func `slopes are right to a few units of the last digit of 1`(subject: PointwiseSubject) {
    let x = (0..<100_003).map { Float(-15 + 3e-4 * Double($0)) }
    let slopes = subject.gradients(x, [Float](repeating: 1, count: x.count), threads: 2)
    let found = mismatch(slopes, wide(x).map(subject.slope)) { _ in 16 * 0x1p-24 }
    #expect(found == nil)
  }

  @Test(arguments: PointwiseSubject.all, awkwardCounts)
  func `any count has the bits of one thread, and gradients add up`(
    subject: PointwiseSubject,
    count: Int
  ) {
    let (x, dy) = (awkward(count, scale: 6), awkward(count, start: 2))
    let old = awkward(count, start: 3)
    let values = subject.values(x)
    let precise = x.indices.filter { subject.isPrecise(x[$0]) }
    let worst = worstUlps(precise.map { values[$0] }, precise.map { subject.value(Double(x[$0])) })
    #expect(worst.ulps <= subject.ulps)
    #expect(bitMismatch(subject.values(x, threads: 3), values) == nil)
    let gradients = subject.gradients(x, dy)
    #expect(bitMismatch(subject.gradients(x, dy, threads: 3), gradients) == nil)
    let expected = (0..<count).map { subject.slope(Double(x[$0])) * Double(dy[$0]) }
    #expect(mismatch(gradients, expected) { _ in 17 * 0x1p-24 } == nil)
    let sums = (0..<count).map { expected[$0] + Double(old[$0]) }
    #expect(mismatch(subject.gradients(x, dy, old: old), sums) { _ in 19 * 0x1p-24 } == nil)
  }

  @Test(arguments: PointwiseSubject.all)
  func `NaN stays NaN forwards and backwards, the sign of zero stays`(subject: PointwiseSubject) {
    let x: [Float] = [.nan, 1, -1, 0, -0.0]
    let y = subject.values(x)
    #expect(y[0].isNaN && y[1...].allSatisfy { $0.isFinite })
    #expect(subject.gradients(x, [1, .nan, .nan, 1, 1])[..<3].allSatisfy { $0.isNaN })
    let zeros: [Pointwise.Kind] = [.leakyRelu, .elu, .gelu, .geluTanh, .silu]
    if zeros.contains(subject.function.kind) {
      #expect(y[3] == 0 && y[3].sign == .plus && y[4] == 0 && y[4].sign == .minus)
    }
  }

  @Test func `limits are PyTorch's`() {
    for subject in PointwiseSubject.all {
      let y = subject.values([.infinity, -.infinity])
      switch subject.function.kind {
      case .leakyRelu: #expect(y == [.infinity, -.infinity])
      case .elu: #expect(y[0] == .infinity && y[1] == -subject.function.first)
      case .gelu, .geluTanh, .silu: #expect(y[0] == .infinity && y[1].isNaN)
      case .softplus: #expect(y == [.infinity, 0])
      case .hardSigmoid: #expect(y == [1, 0])
      }
    }
    let closed = PointwiseSubject.all.last
    #expect(closed?.gradients([4, -4, 3, 0], [.infinity, .infinity, 1, 6]) == [0, 0, 0, 1])
  }

  @Test func `parts of the functions stay exact near 0 and 1`() {
    let stride = 4099
    let bits = Swift.stride(from: UInt32(0), through: Float(200).bitPattern, by: stride)
    let y = GuardedFloats(bits.map { Float(bitPattern: $0) })
    let result = GuardedFloats(count: y.count)
    oneMinusExponentialsOfOpposites(y.source, into: result.base, count: y.count)
    #expect(worstUlps(result.array, wide(y.array).map { -Foundation.expm1(-$0) }).ulps <= 2)
    let shares = Swift.stride(from: UInt32(0), through: Float(1).bitPattern, by: stride)
    let e = GuardedFloats(shares.map { Float(bitPattern: $0) } + [1])
    let logs = GuardedFloats(count: e.count)
    logarithmsOfOnePlus(e.source, into: logs.base, count: e.count)
    #expect(worstUlps(logs.array, wide(e.array).map { Foundation.log1p($0) }).ulps <= 2)
  }
}

@Suite struct SoftmaxTests {
  private func softmax(_ x: [Float], _ width: Int, threads: Int = 1) -> [Float] {
    let (input, y) = (GuardedFloats(x, offset: 1), GuardedFloats(count: x.count, offset: 3))
    Kernels.softmax(
      input.source,
      rows: width == 0 ? 0 : x.count / width,
      width: width,
      into: y.base,
      context: KernelContext(threadCount: threads)
    )
    #expect(y.isIntact)
    return y.array
  }

  static func reference(_ x: [Double], _ width: Int) -> [Double] {
    stride(from: 0, to: x.count, by: max(1, width)).flatMap { start in
      let row = x[start..<start + width]
      let top = row.max() ?? 0
      let sum = row.reduce(0) { $0 + Foundation.exp($1 - top) }
      return row.map { Foundation.exp($0 - top) / sum }
    }
  }

  @Test(arguments: [0, 1, 63, 65, 200], [1, 2, 15, 16, 17, 40])
  func `each row's softmax and gradient match the reference`(rows: Int, width: Int) {
    let (x, dy) = (awkward(rows * width, scale: 8), awkward(rows * width, start: 1))
    let y = softmax(x, width)
    let expected = Self.reference(wide(x), width)
    let bound = roundingBound(operations: width + 6, magnitude: 1)
    #expect(mismatch(y, expected) { _ in bound } == nil)
    #expect(bitMismatch(softmax(x, width, threads: 3), y) == nil)
    for accumulating in [false, true] {
      let dx =
        accumulating ? GuardedFloats(awkward(x.count, start: 4)) : GuardedFloats(count: x.count)
      let (result, gradient) = (GuardedFloats(y), GuardedFloats(dy))
      softmaxGradient(
        result: result.source,
        gradient: gradient.source,
        rows: rows,
        width: width,
        into: dx.base,
        accumulating: accumulating,
        context: KernelContext(threadCount: 2)
      )
      let wanted = x.indices.map { i in
        let start = i / width * width
        let mean = (start..<start + width).reduce(0.0) { $0 + Double(y[$1]) * Double(dy[$1]) }
        let old = accumulating ? Double(awkward(x.count, start: 4)[i]) : 0
        return old + Double(y[i]) * (Double(dy[i]) - mean)
      }
      #expect(mismatch(dx.array, wanted) { _ in 2 * bound } == nil)
      #expect(dx.isIntact)
    }
  }

  @Test func `NaN fills its row only, huge values do not overflow`() {
    let y = softmax([1, .nan, 2, 3e38, 3e38, -3e38], 3)
    #expect(y[..<3].allSatisfy { $0.isNaN })
    #expect(y[3...] == [0.5, 0.5, 0])
  }
}
