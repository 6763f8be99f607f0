// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Experiments
import Foundation
import NeuralNetworks
import Synchronization
import TestSupport
import Testing
import Vocabulary

@testable import Kernels
@testable import Training

/// One activation that runs behind a layer, its formula in `Double` and how far it may be from that.
struct PointwiseSubject: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let name: String
  let function: Pointwise
  let formula: ActivationFormula

  /// Nil of an activation that is part of a product's last step, or takes a whole vector.
  init?(_ component: Component) {
    guard let facts = Catalog.definition(component.name, in: .activations)?.activation,
      case .pointwise(let function) = ModelBuilder.activationFunction(component)
    else { return nil }
    let arguments = component.arguments.sorted { $0.key < $1.key }
      .compactMap { key, value in value.scalarText.map { "\(key) \($0)" } }
    testDescription = ([component.name] + arguments).joined(separator: ", ")
    name = component.name
    self.function = function
    formula = facts.formula(component)
  }

  /// Every activation of the catalog, with each word of a choice, or two numbers for its first argument.
  static let all = Catalog.definitions(.activations).flatMap { definition in
    let argument = definition.arguments.first
    let values: [ArgumentValue] =
      switch argument?.kind {
      case .choice(let words)?: words.map(ArgumentValue.text)
      // Powers of two are the same numbers as a Float.
      case .real?: [.real(1), .real(0.125)]
      default: [.none]
      }
    return values.compactMap { value in
      PointwiseSubject(Component(definition.name, argument.map { [$0.name: value] } ?? [:]))
    }
  }

  /// The largest error of a value in ulps where `isPrecise`, as the kernel's own comment states it.
  var ulps: Double {
    switch name {
    case "gelu": function.kind == .geluTanh ? 4 : 6
    case "silu": 4
    case "selu", "softplus": 3
    default: 2
    }
  }

  /// Whether a value is exact to its own last digits, not to those of 1.
  func isPrecise(_ x: Float) -> Bool {
    switch function.kind {
    // The form by the hyperbolic tangent.
    case .geluTanh: !(x < -1)
    // exp(beta · x) is below the normal numbers there, and what beta < 1 makes of it is not.
    case .softplus: !(function.first < 1 && function.first * x < -87)
    default: true
    }
  }

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
      let found = worstUlps(subject.values(x), wide(x).map(subject.formula.value))
      worst.withLock { if found.ulps > $0.ulps { $0 = (found.ulps, x[found.index]) } }
    }
    let (ulps, argument) = worst.withLock { $0 }
    if Self.stride == 1 { print("\(subject.testDescription): \(ulps) ulp, of \(argument)") }
    #expect(ulps <= subject.ulps, "of \(argument): \(ulps) ulp")
  }

  @Test func `gelu by tanh is right to the last digit of 1 everywhere`() throws {
    let subject = try #require(PointwiseSubject.all.first { $0.function.kind == .geluTanh })
    let x = (0..<200_000).map { Float(-20 + 1e-4 * Double($0)) }
    #expect(mismatch(subject.values(x), wide(x).map(subject.formula.value)) { _ in 0x1p-24 } == nil)
  }

  @Test(arguments: PointwiseSubject.all)
  func `slopes are right to a few units of the last digit of 1`(subject: PointwiseSubject) {
    let x = (0..<100_003).map { Float(-15 + 3e-4 * Double($0)) }
    let slopes = subject.gradients(x, [Float](repeating: 1, count: x.count), threads: 2)
    let smooth = x.indices.filter { !subject.formula.kinks.contains(Double(x[$0])) }
    let expected = smooth.map { subject.formula.slope(Double(x[$0])) }
    let found = mismatch(smooth.map { slopes[$0] }, expected) { _ in 16 * 0x1p-24 }
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
    let worst = worstUlps(
      precise.map { values[$0] },
      precise.map { subject.formula.value(Double(x[$0])) }
    )
    #expect(worst.ulps <= subject.ulps)
    #expect(bitMismatch(subject.values(x, threads: 3), values) == nil)
    let gradients = subject.gradients(x, dy)
    #expect(bitMismatch(subject.gradients(x, dy, threads: 3), gradients) == nil)
    let expected = (0..<count).map { subject.formula.slope(Double(x[$0])) * Double(dy[$0]) }
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
    if subject.formula.value(0) == 0 {
      #expect(y[3] == 0 && y[3].sign == .plus && y[4] == 0 && y[4].sign == .minus)
    }
  }

  @Test(arguments: PointwiseSubject.all)
  func `limits are the formula's`(subject: PointwiseSubject) {
    let x = [Float.infinity, -.infinity]
    let limits = wide(x).map { Float(subject.formula.value($0)) }
    // selu's is a product of two constants, which the kernel takes rounded.
    let found = worstUlps(subject.values(x), wide(limits))
    #expect(found.ulps <= 1, "\(limits)")
  }

  @Test func `an infinite gradient stops where hard_sigmoid is constant`() throws {
    let closed = try #require(PointwiseSubject(Component("hard_sigmoid")))
    #expect(closed.gradients([4, -4, 3, 0], [.infinity, .infinity, 1, 6]) == [0, 0, 0, 1])
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
