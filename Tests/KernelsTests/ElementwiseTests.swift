// SPDX-License-Identifier: Apache-2.0

import DeterministicMath
import Foundation
import TestSupport
import Testing

@testable import Kernels

/// Counts around a vector of 16 and around a chunk of elementwise work.
let awkwardCounts = [0, 1, 15, 16, 17, 31, 33, 100, 1 << 15, 1 << 15 + 1, 70_001]

private let specials: [Float] = [
  .nan, .infinity, -.infinity, 0, -0.0, 1, -1, 0x1p-149, -0x1p-149, 3e38, -3e38, 104, -104, 0.625,
]

extension Activation {
  static let all: [(Activation, Reference.Activation)] = [
    (.identity, .identity), (.relu, .relu), (.sigmoid, .sigmoid), (.tanh, .tanh),
  ]
}

@Suite struct ElementwiseTests {
  @Test(arguments: awkwardCounts)
  func `activations match the reference at awkward counts`(count: Int) {
    let x = GuardedFloats(awkward(count, scale: 3), offset: 1)
    for (activation, reference) in Activation.all {
      let y = GuardedFloats(count: count, offset: 3)
      let context = KernelContext(threadCount: 2)
      activate(activation, x.source, into: y.base, count: count, context: context)
      let worst = worstUlps(y.array, Reference.activate(reference, wide(x.array)))
      #expect(worst.ulps <= 2, "\(activation) at \(worst.index)")
      #expect(y.isIntact)
    }
  }

  @Test func `activations treat special values like the reference`() {
    // Every special value in every place of a vector and of its rest.
    for shift in 0..<17 {
      let values = awkward(shift) + specials + specials
      let x = GuardedFloats(values)
      for (activation, reference) in Activation.all {
        let y = GuardedFloats(count: values.count)
        let context = KernelContext(threadCount: 1)
        activate(activation, x.source, into: y.base, count: values.count, context: context)
        let worst = worstUlps(y.array, Reference.activate(reference, wide(values)))
        #expect(worst.ulps <= 2, "\(activation) of \(values[worst.index])")
      }
    }
  }

  @Test(arguments: [0, 1, 15, 16, 17, 70_001], [false, true])
  func `gradients of activations follow from the result`(count: Int, accumulating: Bool) {
    let (x, dy) = (awkward(count, start: 1, scale: 3), awkward(count, start: 2))
    let old = awkward(count, start: 3)
    for (activation, reference) in Activation.all {
      let y = GuardedFloats(Reference.activate(reference, wide(x)).map { Float($0) }, offset: 1)
      let gradient = GuardedFloats(dy)
      let dx = accumulating ? GuardedFloats(old) : GuardedFloats(count: count, offset: 1)
      activationGradient(
        activation,
        result: y.source,
        gradient: gradient.source,
        into: dx.base,
        count: count,
        accumulating: accumulating,
        context: KernelContext(threadCount: 2)
      )
      let slopes = y.array.map { slope(reference, Double($0)) }
      let expected = (0..<count).map { slopes[$0] * Double(dy[$0]) }
      let start = accumulating ? wide(old) : [Double](repeating: 0, count: count)
      // Three roundings of values below 1, one of the sum.
      let found = mismatch(dx.array, zip(expected, start).map { $0 + $1 }) {
        roundingBound(operations: 4, magnitude: 1 + abs(start[$0]))
      }
      #expect(found == nil, "\(activation)")
      #expect(dx.isIntact)
    }
  }

  @Test func `a NaN result or gradient gives a NaN gradient in place`() {
    for (activation, _) in Activation.all where activation != .identity {
      let y = GuardedFloats([0.5, .nan, 0.25, 1])
      let dy = GuardedFloats([.nan, 1, 2, 0])
      activationGradient(
        activation,
        result: y.source,
        gradient: dy.source,
        into: dy.base,
        count: 4,
        accumulating: false,
        context: KernelContext(threadCount: 1)
      )
      #expect(dy.array.map(\.isNaN) == [true, true, false, false], "\(activation)")
    }
  }

  @Test func `relu stops an infinite gradient where it is closed`() {
    let y = GuardedFloats([0, 1])
    let dy = GuardedFloats([.infinity, .infinity])
    let context = KernelContext(threadCount: 1)
    activationGradient(
      .relu,
      result: y.source,
      gradient: dy.source,
      into: dy.base,
      count: 2,
      accumulating: false,
      context: context
    )
    #expect(dy.array == [0, .infinity])
  }

  @Test(arguments: awkwardCounts)
  func `fill, add, scale and clamp touch all elements and no more`(count: Int) {
    let context = KernelContext(threadCount: 3)
    let x = awkward(count, scale: 2)
    let y = GuardedFloats(count: count, offset: 1)
    let source = GuardedFloats(x)
    add(source.source, into: y.base, count: count, accumulating: false, context: context)
    #expect(bitMismatch(y.array, x) == nil)
    add(source.source, into: y.base, count: count, accumulating: true, context: context)
    #expect(bitMismatch(y.array, x.map { $0 + $0 }) == nil)
    scale(y.base, by: 0.75, count: count, context: context)
    #expect(bitMismatch(y.array, x.map { ($0 + $0) * 0.75 }) == nil)
    clamp(y.base, to: 0.5, count: count, context: context)
    #expect(bitMismatch(y.array, x.map { min(0.5, max(-0.5, ($0 + $0) * 0.75)) }) == nil)
    fill(y.base, with: 7, count: count, context: context)
    #expect(y.array == [Float](repeating: 7, count: count))
    #expect(y.isIntact)
  }

  @Test func `clamp, scale and add keep NaN and treat infinities as numbers`() {
    let context = KernelContext(threadCount: 1)
    let x = GuardedFloats([.nan, .infinity, -.infinity, 2])
    clamp(x.base, to: 1, count: 4, context: context)
    #expect(bitMismatch(x.array, [.nan, 1, -1, 1]) == nil)
    let y = GuardedFloats([.nan, .infinity, -.infinity, 2])
    scale(y.base, by: 0, count: 4, context: context)
    #expect(bitMismatch(y.array, [.nan, .nan, .nan, 0]) == nil)
    add(y.source, into: x.base, count: 4, accumulating: true, context: context)
    #expect(bitMismatch(x.array, [.nan, .nan, .nan, 1]) == nil)
  }

  @Test(arguments: [0, 1, 3, 4, 5, 1 << 15 + 6])
  func `dropout keeps or drops by the stream's words`(count: Int) {
    let stream = RandomStream(seed: 3, purpose: .dropout, path: "1", step: 9)
    let x = awkward(count, start: 1)
    let old = awkward(count, start: 2)
    for threads in 1...3 {
      let y = GuardedFloats(old, offset: 1)
      let source = GuardedFloats(x)
      dropout(
        source.source,
        into: y.base,
        count: count,
        probability: 0.25,
        stream: stream,
        accumulating: true,
        context: KernelContext(threadCount: threads)
      )
      let expected = (0..<count).map { i in
        let isKept = stream.block(UInt64(i / 4))[i % 4] >= 1 << 30
        return old[i] + (isKept ? x[i] * Float(1 / 0.75) : 0)
      }
      #expect(bitMismatch(y.array, expected) == nil)
      #expect(y.isIntact)
    }
  }

  private func slope(_ activation: Reference.Activation, _ y: Double) -> Double {
    switch activation {
    case .identity: 1
    case .relu: y > 0 ? 1 : 0
    case .sigmoid: y * (1 - y)
    case .tanh: 1 - y * y
    }
  }
}
