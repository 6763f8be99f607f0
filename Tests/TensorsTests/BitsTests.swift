// SPDX-License-Identifier: Apache-2.0

import DeterministicMath
import Tensors
import TestSupport
import Testing

/// One step through every kind of kernel, its bits pinned: run it for each CPU the program is built for
/// (`RUNEXP_CPU=x86-64`, `haswell`, `znver4`), the numbers below hold on all of them.
@Suite struct BitsTests {
  @Test(arguments: [1, 2, 3])
  func `values and gradients have the same bits on every CPU`(threads: Int) {
    let image = imageStep(threads)
    #expect(image.joined().allSatisfy { $0.isFinite })
    #expect(digest(image) == 12_903_722_187_588_140_414)
    let expected: [(RecurrentCell, UInt64)] = [
      (.rnn, 12_080_605_423_310_570_549), (.gru, 6_754_261_109_800_087_754),
      (.lstm, 15_026_118_918_103_404_068),
    ]
    for (cell, hash) in expected {
      let sequence = sequenceStep(cell, threads)
      #expect(sequence.joined().allSatisfy { $0.isFinite })
      #expect(digest(sequence) == hash, "\(cell)")
    }
  }

  /// conv – max pool – conv – average pool – dropout – dense – cross-entropy.
  private func imageStep(_ threads: Int) -> [[Float]] {
    let tape = Tape(threadCount: threads)
    tape.reset(training: true)
    let x = variable(tape, [19, 3, 13, 11], "x")
    let weights = [
      variable(tape, [7, 3, 3, 3], "w1"), variable(tape, [7], "b1"),
      variable(tape, [9, 7, 2, 3], "w2"), variable(tape, [9], "b2"),
      variable(tape, [10], "b3"),
    ]
    var y = tape.conv2d(x, weight: weights[0], bias: weights[1], padding: (1, 1), activation: .relu)
    y = tape.maxPool2d(y, kernel: (2, 2), stride: (2, 2))
    y = tape.conv2d(
      y,
      weight: weights[2],
      bias: weights[3],
      stride: (1, 2),
      padding: (0, 1),
      activation: .tanh
    )
    y = tape.averagePool2d(y, kernel: (2, 2), stride: (2, 1), padding: (1, 1))
    let shape = tape.shape(of: y)
    y = tape.reshape(y, [19, shape.count / 19])
    let stream = RandomStream(seed: 1, purpose: .dropout)
    y = tape.dropout(y, probability: 0.3, stream: stream)
    let third = variable(tape, [10, shape.count / 19], "w4")
    y = tape.linear(y, weight: third, bias: weights[4], activation: .sigmoid)
    let classes = tape.indices([19], awkwardIndices(19, below: 10))
    let loss = tape.crossEntropy(y, classes: classes)
    tape.backward()
    return [tape.array(of: y), [Float(loss.sum)]]
      + ([x, third] + weights).map { tape.gradientArray(of: $0) }
  }

  /// A recurrent layer on values, one on tokens, dense per step, squared error.
  private func sequenceStep(_ cell: RecurrentCell, _ threads: Int) -> [[Float]] {
    let tape = Tape(threadCount: threads)
    tape.reset(training: true)
    let width = cell.gates * 21
    let x = variable(tape, [14, 5, 6], "x")
    let w = [
      variable(tape, [width, 6], "w"), variable(tape, [width, 21], "u"),
      variable(tape, [width], "b"), variable(tape, [width], "b2"), variable(tape, [3, 21], "v"),
    ]
    let bound = RecurrentWeights(
      inputWeight: w[0],
      hiddenWeight: w[1],
      inputBias: w[2],
      hiddenBias: w[3]
    )
    var state: RecurrentState?
    let tokens = tape.indices([14, 5], awkwardIndices(70, below: 6))
    let ys = [
      tape.recurrent(x, cell, bound, state: &state),
      tape.recurrent(tokens, cell, bound, state: &state),
    ].map { tape.linear($0, weight: w[4], bias: nil) }
    let losses = ys.map { tape.squaredError($0, targets: variable(tape, [14, 5, 3], "t")).sum }
    tape.backward()
    return ys.map { tape.array(of: $0) } + [losses.map { Float($0) }]
      + ([x] + w).map { tape.gradientArray(of: $0) }
  }

  /// Uniform on ±0.7, from our own generator: no libm in the inputs.
  private func variable(_ tape: Tape, _ shape: Shape, _ path: String) -> Variable {
    var values = [Float](repeating: 0, count: shape.count)
    let stream = RandomStream(seed: 5, purpose: .initialization, path: path)
    stream.fillUniform(&values, low: -0.7, high: 0.7)
    return tape.variable(shape, values)
  }

  /// FNV-1a over the bits of all values.
  private func digest(_ arrays: [[Float]]) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for array in arrays {
      for value in array { hash = (hash ^ UInt64(value.bitPattern)) &* 0x100_0000_01B3 }
    }
    return hash
  }
}
