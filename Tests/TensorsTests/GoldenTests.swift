// SPDX-License-Identifier: Apache-2.0

import Foundation
import Tensors
import TestSupport
import Testing

/// Layers against PyTorch; PyTorch's own numbers are Float computations, printed with seven decimals.
@Suite struct GoldenTests {
  /// sin(0.7 i + start), the script's `w`.
  private func w(_ count: Int, start: Double) -> [Float] {
    (0..<count).map { Float(sin(0.7 * Double($0) + start)) }
  }

  private func agree(_ got: [Float], _ expected: [Double]) -> String? {
    // Two Float computations of up to 60 roundings of sums of about 8, and the printing.
    mismatch(got, expected) { _ in 2 * roundingBound(operations: 60, magnitude: 8) + 5e-8 }
  }

  @Test(arguments: [
    (RecurrentCell.rnn, Golden.rnn), (.gru, Golden.gru), (.lstm, Golden.lstm),
  ])
  func `recurrent layers agree with PyTorch`(cell: RecurrentCell, golden: Golden.Recurrent) {
    let width = cell.gates * 3
    let tape = Tape(threadCount: 2)
    tape.reset(training: true)
    let x = tape.variable([2, 3, 4], w(24, start: 5))
    let weights = [
      tape.variable([width, 4], w(width * 4, start: 1)),
      tape.variable([width, 3], w(width * 3, start: 2)),
      tape.variable([width], w(width, start: 3)), tape.variable([width], w(width, start: 4)),
    ]
    var state: RecurrentState?
    let bound = RecurrentWeights(
      inputWeight: weights[0],
      hiddenWeight: weights[1],
      inputBias: weights[2],
      hiddenBias: weights[3]
    )
    let y = tape.recurrent(x, cell, bound, state: &state)
    tape.seedGradient(y, w(18, start: 6))
    tape.backward()
    #expect(agree(tape.array(of: y), golden.y) == nil)
    #expect(agree(tape.gradientArray(of: x), golden.dx) == nil)
    let expected = [golden.dW, golden.dU, golden.db, golden.db2]
    for (weight, gradient) in zip(weights, expected) {
      #expect(agree(tape.gradientArray(of: weight), gradient) == nil)
    }
  }

  @Test func `a convolution agrees with PyTorch`() {
    let tape = Tape(threadCount: 2)
    tape.reset(training: true)
    let x = tape.variable([1, 2, 4, 5], w(40, start: 1))
    let weight = tape.variable([3, 2, 3, 2], w(36, start: 2))
    let bias = tape.variable([3], w(3, start: 3))
    let y = tape.conv2d(x, weight: weight, bias: bias, stride: (2, 1), padding: (1, 1))
    #expect(tape.shape(of: y) == [1, 3, 2, 6])
    tape.seedGradient(y, w(36, start: 4))
    tape.backward()
    #expect(agree(tape.array(of: y), Golden.convolution) == nil)
    #expect(agree(tape.gradientArray(of: x), Golden.convolutionInputGradient) == nil)
    #expect(agree(tape.gradientArray(of: weight), Golden.convolutionWeightGradient) == nil)
    #expect(agree(tape.gradientArray(of: bias), Golden.convolutionBiasGradient) == nil)
  }

  @Test func `cross-entropy agrees with PyTorch`() {
    let tape = Tape(threadCount: 2)
    tape.reset(training: true)
    let logits = tape.variable([4, 3], w(12, start: 1).map { 3 * $0 })
    let loss = tape.crossEntropy(logits, classes: tape.indices([4], [2, 0, 1, 2]))
    #expect(abs(loss.mean - Golden.crossEntropy) < 1e-6)
    #expect(agree(tape.gradientArray(of: logits), Golden.crossEntropyGradient) == nil)
  }
}
