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

  /// A rule on `count` values with remembered tensors that begin with `start`; the values after three steps.
  private func threeSteps(
    _ rule: some UpdateRule,
    count: Int,
    start: Float = 0,
    reference: (Double, Double, inout [Double]) -> Double
  ) -> String? {
    let x = GuardedFloats(awkward(count, start: 1), offset: 1)
    let states = (0..<3).map { GuardedFloats(count: count, filledWith: start, offset: $0) }
    var weights = wide(x.array)
    var remembered = [[Double]](
      repeating: [Double](repeating: Double(start), count: 3),
      count: count
    )
    for pass in 0..<3 {
      let g = GuardedFloats(awkward(count, start: 2 + pass), offset: 1)
      let isFinite = rule.apply(
        to: UpdateTensors(
          values: x.base,
          gradient: g.source,
          first: states[0].base,
          second: states[1].base,
          third: states[2].base,
          count: count
        ),
        context: KernelContext(threadCount: 2)
      )
      if !isFinite { return "not finite in pass \(pass)" }
      for (i, slope) in g.array.enumerated() {
        weights[i] = reference(weights[i], Double(slope), &remembered[i])
      }
    }
    guard x.isIntact, states.allSatisfy(\.isIntact) else { return "memory around was written" }
    // Three steps of at most 0.3, 40 roundings each, and a rounding of the value per step.
    let bound =
      roundingBound(operations: 3, magnitude: 2) + 3
      * roundingBound(operations: 40, magnitude: 0.3)
    return mismatch(x.array, weights) { _ in bound }
  }

  @Test(arguments: [0, 1, 16, 17, 70_001])
  func `three steps of the other rules follow their formulas`(count: Int) {
    let adagrad = AdagradStep(
      learningRate: 0.1,
      epsilon: 1e-3,
      isEpsilonInside: false,
      weightDecay: 0
    )
    let one = threeSteps(adagrad, count: count, start: 0.5) { x, g, state in
      state[0] += g * g
      return x - 0.1 * g / (state[0].squareRoot() + Double(Float(1e-3)))
    }
    #expect(one == nil)
    let adadelta = AdadeltaStep(learningRate: 0.5, rho: 0.9, epsilon: 0.01, weightDecay: 0.1)
    let two = threeSteps(adadelta, count: count) { x, g, state in
      let slope = g + Double(Float(0.1)) * x
      state[0] = 0.9 * state[0] + 0.1 * slope * slope
      let change = ((state[1] + 0.01) / (state[0] + 0.01)).squareRoot() * slope
      state[1] = 0.9 * state[1] + 0.1 * change * change
      return x - 0.5 * change
    }
    #expect(two == nil)
    let rmsprop = RMSpropStep(
      learningRate: 0.01,
      alpha: 0.9,
      epsilon: 0.01,
      isEpsilonInside: true,
      momentum: 0.5,
      weightDecay: 0
    )
    let three = threeSteps(CenteredRMSpropStep(rmsprop), count: count) { x, g, state in
      state[0] = 0.9 * state[0] + 0.1 * g * g
      state[2] = 0.9 * state[2] + 0.1 * g
      let root = (state[0] - state[2] * state[2] + 0.01).squareRoot()
      state[1] = 0.5 * state[1] + g / root
      return x - 0.01 * state[1]
    }
    #expect(three == nil)
  }

  @Test(arguments: [1, 5, 17])
  func `epsilon 0 is no division of 0 by 0 beside the values`(count: Int) {
    let context = KernelContext(threadCount: 1)
    let x = GuardedFloats(count: count, filledWith: 1)
    let g = GuardedFloats([Float](repeating: 0.5, count: count))
    let states = (0..<3).map { _ in GuardedFloats(count: count, filledWith: 0) }
    let tensors = UpdateTensors(
      values: x.base,
      gradient: g.source,
      first: states[0].base,
      second: states[1].base,
      third: states[2].base,
      count: count
    )
    let adam = AdamStep(
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 0,
      weightDecay: 0,
      correctedRate: 0.1,
      rootCorrection: 1
    )
    let adagrad = AdagradStep(
      learningRate: 0.1,
      epsilon: 0,
      isEpsilonInside: false,
      weightDecay: 0
    )
    let areFinite = [
      adam.apply(to: tensors, context: context), adagrad.apply(to: tensors, context: context),
    ]
    #expect(areFinite == [true, true])
  }

  @Test func `a second moment that is not a number stays the largest`() {
    let context = KernelContext(threadCount: 1)
    let x = GuardedFloats(count: 20, filledWith: 1)
    let states = (0..<3).map { _ in GuardedFloats(count: 20, filledWith: 0) }
    let numbers = AdamStep(
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      weightDecay: 0,
      correctedRate: 0.1,
      rootCorrection: 1
    )
    let rule = AMSGradStep(AdamFormStep(numbers, kept: 1, isEpsilonInside: false))
    for slope in [Float.nan, 1] {
      var slopes = [Float](repeating: 1, count: 20)
      slopes[18] = slope
      let g = GuardedFloats(slopes)
      let isFinite = rule.apply(
        to: UpdateTensors(
          values: x.base,
          gradient: g.source,
          first: states[0].base,
          second: states[1].base,
          third: states[2].base,
          count: 20
        ),
        context: context
      )
      #expect(!isFinite)
      #expect(states[2].array[18].isNaN && x.array[18].isNaN)
      #expect(states[2].array[17].isFinite && x.array[17].isFinite)
    }
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
