// SPDX-License-Identifier: Apache-2.0

import Tensors
import TestSupport
import Testing

@Suite struct LossTests {
  @Test(arguments: [(1, 1), (3, 7), (65, 17)])
  func `cross-entropy is the mean per row with its gradient`(rows: Int, classes: Int) {
    let values = awkward(rows * classes, scale: 4)
    let targets = awkwardIndices(rows, below: classes)
    let tape = Tape(threadCount: 2)
    tape.reset(training: true)
    let logits = tape.variable([rows, classes], values)
    let loss = tape.crossEntropy(logits, classes: tape.indices([rows], targets))
    let bound = roundingBound(operations: classes + 6, magnitude: 1) + 1e-8
    let reference = Reference.crossEntropy(wide(values), targets, classes: classes)
    #expect(abs(loss.mean - reference / Double(rows)) <= bound)
    #expect(loss.weight == Double(rows) && loss.rows == rows)
    let expected = centralDifferences(wide(values)) {
      Reference.crossEntropy($0, targets, classes: classes) / Double(rows)
    }
    #expect(mismatch(tape.gradientArray(of: logits), expected) { _ in bound } == nil)
  }

  @Test func `logits of a sequence count per token`() {
    let tape = Tape(threadCount: 1)
    tape.reset(training: true)
    let logits = tape.variable([2, 3, 4], awkward(24))
    let targets = awkwardIndices(6, below: 4)
    let loss = tape.crossEntropy(logits, classes: tape.indices([2, 3], targets))
    #expect(loss.weight == 6 && loss.rows == 6)
    let reference = Reference.crossEntropy(wide(awkward(24)), targets, classes: 4)
    #expect(abs(loss.sum - reference) <= 6 * roundingBound(operations: 10, magnitude: 1))
  }

  @Test(arguments: [false, true])
  func `squared error is the mean over elements with its gradient`(isHalved: Bool) {
    let (values, targets) = (awkward(33, start: 1), awkward(33, start: 2))
    let tape = Tape(threadCount: 1)
    tape.reset(training: true)
    let y = tape.variable([11, 3], values)
    let loss = tape.squaredError(y, targets: tape.constant([11, 3], targets), halved: isHalved)
    let factor = isHalved ? 0.5 : 1
    func mean(_ y: [Double]) -> Double {
      factor * Reference.squaredError(y, wide(targets)) / 33
    }
    #expect(abs(loss.mean - mean(wide(values))) <= roundingBound(operations: 4, magnitude: 4))
    let expected = centralDifferences(wide(values)) { mean($0) }
    let bound = roundingBound(operations: 4, magnitude: 0.2) + 1e-8
    #expect(mismatch(tape.gradientArray(of: y), expected) { _ in bound } == nil)
  }

  @Test func `squared error on classes takes one-hot targets and counts`() {
    let tape = Tape(threadCount: 1)
    tape.reset(training: true)
    let y = tape.variable([2, 3], [0.5, 0, 0, 0, 0.25, 1])
    let predictions = unsafe tape.indices([2]) { _ in }
    let loss = tape.elementLoss(
      .squared,
      y,
      classes: tape.indices([2], [0, 1]),
      predictions: predictions
    )
    #expect(loss.sum == 0.25 + 0.5625 + 1 && loss.weight == 6)
    #expect(loss.correct == 1 && loss.rows == 2)
    #expect(predictions.array == [0, 2])
    #expect(
      mismatch(tape.gradientArray(of: y), [-1 / 6.0, 0, 0, 0, -0.25, 1 / 3.0]) { _ in 1e-7 } == nil
    )
  }

  @Test func `no gradient is made in evaluation`() {
    let tape = Tape(threadCount: 1)
    tape.reset(training: false)
    let logits = tape.variable([1, 2], [1, 2])
    _ = tape.crossEntropy(logits, classes: tape.indices([1], [0]))
    #expect(tape.gradientArray(of: logits) == [0, 0])
  }
}
