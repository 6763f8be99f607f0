// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import Kernels

@Suite struct LossTests {
  @Test(arguments: [0, 1, 63, 64, 65, 200], [1, 2, 10, 16, 17, 40])
  func `cross-entropy and its gradient match the reference`(rows: Int, classes: Int) {
    let logits = awkward(rows * classes, scale: 8)
    let targets = awkwardIndices(rows, below: classes)
    let scale: Float = 0.25
    let expected = Reference.crossEntropyGradient(wide(logits), targets, classes: classes)
    var first: [Float]?
    for threads in 1...3 {
      let gradient = GuardedFloats(count: rows * classes, offset: 1)
      var predictions = [Int32](repeating: -1, count: rows)
      let result = crossEntropy(logits, targets, classes, gradient, scale, &predictions, threads)
      // Each row's sum of exponentials is a Float of K + 2 roundings.
      let bound = Double(rows) * roundingBound(operations: classes + 4, magnitude: 1)
      let reference = Reference.crossEntropy(wide(logits), targets, classes: classes)
      #expect(abs(result.sum - reference) <= bound)
      let found = mismatch(gradient.array, expected.map { $0 * 0.25 }) { _ in
        roundingBound(operations: classes + 6, magnitude: 0.25)
      }
      #expect(found == nil)
      let best = (0..<rows).map { largest(logits, $0, classes) }
      #expect(predictions == best)
      #expect(result.correct == zip(best, targets).filter { $0 == $1 }.count)
      #expect(gradient.isIntact)
      #expect(bitMismatch(gradient.array, first ?? gradient.array) == nil)
      first = gradient.array
    }
  }

  @Test func `huge logits neither overflow nor lose the target`() {
    let gradient = GuardedFloats(count: 6)
    var predictions: [Int32] = [0, 0]
    let logits: [Float] = [3e38, -3e38, 0, -1e30, -1e30, -1e30]
    let result = crossEntropy(logits, [0, 2], 3, gradient, 1, &predictions, 1)
    #expect(abs(result.sum - Foundation.log(3.0)) < 1e-6)
    #expect(predictions == [0, 0])
    let third = 1.0 / 3
    let found = mismatch(gradient.array, [0, 0, 0, third, third, third - 1]) { _ in 1e-7 }
    #expect(found == nil)
  }

  @Test(arguments: [0, 7, 17])
  func `a NaN logit makes its row's loss and gradient NaN`(place: Int) {
    var logits = awkward(36)
    logits[place] = .nan
    let gradient = GuardedFloats(count: 36)
    var predictions: [Int32] = [-1, -1]
    let result = crossEntropy(logits, [2, 3], 18, gradient, 1, &predictions, 1)
    #expect(result.sum.isNaN)
    #expect(gradient.array[..<18].allSatisfy { $0.isNaN })
    #expect(gradient.array[18...].allSatisfy { $0.isFinite })
    #expect(predictions[0] == Int32(place))
  }

  @Test(arguments: [0, 1, 17, 40_000])
  func `squared error and its gradient match the reference`(count: Int) {
    let (y, t) = (awkward(count, start: 1), awkward(count, start: 2))
    let gradient = GuardedFloats(count: count, offset: 1)
    let (outputs, targets) = (GuardedFloats(y), GuardedFloats(t))
    let sum = squaredError(
      outputs.source,
      targets: targets.source,
      count: count,
      gradient: gradient.base,
      scale: 0.5
    )
    let reference = Reference.squaredError(wide(y), wide(t))
    #expect(abs(sum - reference) <= roundingBound(operations: 2, magnitude: reference + 1))
    let found = mismatch(gradient.array, zip(y, t).map { 0.5 * (Double($0) - Double($1)) }) { _ in
      roundingBound(operations: 2, magnitude: 1)
    }
    #expect(found == nil)
    #expect(gradient.isIntact)
  }

  @Test func `one-hot rows and counts of correct rows`() {
    let targets: [Int32] = [2, 0, 1]
    let t = GuardedFloats(count: 9)
    writeOneHot(targets, rows: 3, count: 3, into: t.base)
    #expect(t.array == [0, 0, 1, 1, 0, 0, 0, 1, 0])
    let y = GuardedFloats([1, 2, 3, 5, 5, 1, .nan, 9, 0])
    var predictions: [Int32] = [-1, -1, -1]
    let correct = countCorrect(
      y.source,
      rows: 3,
      classes: 3,
      targets: targets,
      predictions: &predictions
    )
    #expect(correct == 2)
    #expect(predictions == [2, 0, 0])
  }

  private func crossEntropy(
    _ logits: [Float],
    _ targets: [Int32],
    _ classes: Int,
    _ gradient: GuardedFloats,
    _ scale: Float,
    _ predictions: inout [Int32],
    _ threads: Int
  ) -> LossResult {
    let z = GuardedFloats(logits, offset: 3)
    return softmaxCrossEntropy(
      logits: z.source,
      rows: targets.count,
      classes: classes,
      targets: targets,
      gradient: gradient.base,
      scale: scale,
      predictions: &predictions,
      context: KernelContext(threadCount: threads)
    )
  }

  private func largest(_ logits: [Float], _ row: Int, _ classes: Int) -> Int32 {
    var best = 0
    for j in 1..<max(1, classes) where logits[row * classes + j] > logits[row * classes + best] {
      best = j
    }
    return Int32(best)
  }
}
