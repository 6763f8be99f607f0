// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Kernels

@Suite struct UpdateTests {
  static let steps = [
    SGDStep(learningRate: 0.1, momentum: 0, isNesterov: false, weightDecay: 0),
    SGDStep(learningRate: 0.1, momentum: 0, isNesterov: false, weightDecay: 0.3),
    SGDStep(learningRate: 0.1, momentum: 0.9, isNesterov: false, weightDecay: 0.3),
    SGDStep(learningRate: 0.1, momentum: 0.9, isNesterov: true, weightDecay: 0.3),
  ]

  @Test(arguments: [0, 1, 16, 17, 70_001], steps.indices)
  func `three steps of gradient descent follow the formulas`(count: Int, index: Int) {
    let step = Self.steps[index]
    let x = GuardedFloats(awkward(count, start: 1), offset: 1)
    let v = GuardedFloats(count: count, filledWith: 0)
    var (weight, velocity) = (wide(x.array), [Double](repeating: 0, count: count))
    let (rate, momentum) = (Double(step.learningRate), Double(step.momentum))
    for pass in 0..<3 {
      let g = GuardedFloats(awkward(count, start: 2 + pass), offset: 1)
      let isFinite = update(
        x.base,
        gradient: g.source,
        velocity: momentum == 0 ? nil : v.base,
        count: count,
        step: step,
        context: KernelContext(threadCount: 2)
      )
      #expect(isFinite)
      for (i, slope) in g.array.enumerated() {
        let decayed = Double(slope) + Double(step.weightDecay) * weight[i]
        velocity[i] = momentum * velocity[i] + decayed
        weight[i] -= rate * (step.isNesterov ? decayed + momentum * velocity[i] : velocity[i])
      }
    }
    let bound = roundingBound(operations: 15, magnitude: 4)
    #expect(mismatch(x.array, weight) { _ in bound } == nil)
    #expect(x.isIntact && v.isIntact)
  }

  @Test(arguments: [0, 1, 16, 17, 70_001])
  func `three steps of Adam follow the paper`(count: Int) {
    let (beta1, beta2, epsilon, decay) = (0.9, 0.999, 1e-8, 0.1)
    let x = GuardedFloats(awkward(count, start: 1), offset: 1)
    let m = GuardedFloats(count: count, filledWith: 0)
    let v = GuardedFloats(count: count, filledWith: 0, offset: 1)
    var weight = wide(x.array)
    var (first, second) = (
      [Double](repeating: 0, count: count), [Double](repeating: 0, count: count)
    )
    var (power1, power2) = (1.0, 1.0)
    for pass in 0..<3 {
      (power1, power2) = (power1 * beta1, power2 * beta2)
      let g = GuardedFloats(awkward(count, start: 2 + pass))
      let isFinite = update(
        x.base,
        gradient: g.source,
        first: m.base,
        second: v.base,
        count: count,
        step: AdamStep(
          beta1: beta1,
          beta2: beta2,
          epsilon: Float(epsilon),
          weightDecay: Float(decay),
          correctedRate: Float(0.01 / (1 - power1)),
          rootCorrection: Float(1 / (1 - power2).squareRoot())
        ),
        context: KernelContext(threadCount: 3)
      )
      #expect(isFinite)
      for (i, value) in g.array.enumerated() {
        let slope = Double(value) + decay * weight[i]
        first[i] = beta1 * first[i] + (1 - beta1) * slope
        second[i] = beta2 * second[i] + (1 - beta2) * slope * slope
        let root = (second[i] / (1 - power2)).squareRoot() + epsilon
        weight[i] -= 0.01 * first[i] / (1 - power1) / root
      }
    }
    // A weight has a rounding per step; a step of at most 0.03 has 30.
    let bound =
      roundingBound(operations: 3, magnitude: 2) + 3
      * roundingBound(operations: 30, magnitude: 0.03)
    #expect(mismatch(x.array, weight) { _ in bound } == nil)
    #expect(x.isIntact && m.isIntact && v.isIntact)
  }

  @Test(arguments: [Float.nan, .infinity], [0, 20, 40_000])
  func `a value that is not finite is reported`(bad: Float, place: Int) {
    var slopes = [Float](repeating: 0, count: 40_001)
    slopes[place] = bad
    let (x, g) = (GuardedFloats(count: 40_001, filledWith: 1), GuardedFloats(slopes))
    let context = KernelContext(threadCount: 2)
    let plain = update(
      x.base,
      gradient: g.source,
      velocity: nil,
      count: 40_001,
      step: Self.steps[0],
      context: context
    )
    #expect(!plain)
    #expect(!allFinite(x.source, count: 40_001))
    #expect(!allFinite(g.source, count: 40_001))
    #expect(allFinite(g.source, count: place))
  }

  @Test(arguments: [0, 1, 7, 8, 9, 40_000])
  func `sums of squares are Double sums`(count: Int) {
    let x = GuardedFloats(awkward(count, scale: 1e20), offset: 1)
    let expected = wide(x.array).reduce(0) { $0 + $1 * $1 }
    let sum = sumOfSquares(x.source, count: count)
    #expect(abs(sum - expected) <= Double(count) * 0x1p-53 * expected)
  }

  @Test(arguments: [0, 1, 5, 40], [1, 15, 16, 17, 64, 65, 130])
  func `column sums add the rows in order`(rows: Int, columns: Int) {
    let x = awkward(rows * columns)
    let old = awkward(columns, start: 1)
    let source = GuardedFloats(x, offset: 1)
    for (accumulating, threads) in [(false, 1), (true, 2), (false, 3)] {
      let sums = accumulating ? GuardedFloats(old) : GuardedFloats(count: columns, offset: 1)
      columnSums(
        source.source,
        rows: rows,
        columns: columns,
        rowStride: columns,
        into: sums.base,
        accumulating: accumulating,
        context: KernelContext(threadCount: threads)
      )
      let expected = (0..<columns).map { j in
        let sum = (0..<rows).reduce(Float(0)) { $0 + x[$1 * columns + j] }
        return accumulating ? old[j] + sum : sum
      }
      #expect(bitMismatch(sums.array, expected) == nil)
      #expect(sums.isIntact)
    }
  }
}
