// SPDX-License-Identifier: Apache-2.0

import Tensors
import TestSupport
import Testing

/// What NaN and infinity do in a recurrent layer, at sizes beside the register tile and 16 lanes.
@Suite struct RecurrentPropagationTests {
  private static let batches = [1, 5, 7, 13]
  private let steps = 4
  private let inputs = 3
  private let size = 17

  /// One layer's values [N, T, H] and the gradient [N, T, D] of x.
  private func run(
    _ cell: RecurrentCell,
    _ x: [Float],
    batch: Int,
    seed: [Float]
  ) -> (values: [Float], gradient: [Float]) {
    let tape = Tape(threadCount: 2)
    tape.reset(training: true)
    let width = cell.gates * size
    let weights = RecurrentWeights(
      inputWeight: tape.variable([width, inputs], awkward(width * inputs, start: 2)),
      hiddenWeight: tape.variable([width, size], awkward(width * size, start: 3)),
      inputBias: tape.variable([width], awkward(width, start: 4)),
      hiddenBias: tape.variable([width], awkward(width, start: 5))
    )
    var state: RecurrentState?
    let input = tape.variable([batch, steps, inputs], x)
    let y = tape.recurrent(input, cell, weights, state: &state)
    tape.seedGradient(y, seed)
    tape.backward()
    return (tape.array(of: y), tape.gradientArray(of: input))
  }

  @Test(arguments: [RecurrentCell.rnn, .gru, .lstm, .gruResetBefore, .rnnReLU], batches)
  func `a NaN input makes its example NaN from that step on and touches no other`(
    cell: RecurrentCell,
    batch: Int
  ) {
    let x = awkward(batch * steps * inputs)
    let seed = awkward(batch * steps * size, start: 7)
    let clean = run(cell, x, batch: batch, seed: seed)
    let (example, step) = (batch - 1, 2)
    var spoiled = x
    spoiled[(example * steps + step) * inputs + 1] = .nan
    let got = run(cell, spoiled, batch: batch, seed: seed)
    for i in got.values.indices {
      let isReached = i / (steps * size) == example && i / size % steps >= step
      #expect(isReached ? got.values[i].isNaN : got.values[i] == clean.values[i])
    }
    // Backwards NaN reaches the steps before, too, but again no other example.
    for i in got.gradient.indices {
      let isReached = i / (steps * inputs) == example
      #expect(isReached ? got.gradient[i].isNaN : got.gradient[i] == clean.gradient[i])
    }
  }

  @Test(arguments: [RecurrentCell.rnn, .gru, .lstm, .gruResetBefore], batches)
  func `an infinite input saturates the gates and stays finite`(cell: RecurrentCell, batch: Int) {
    var x = awkward(batch * steps * inputs)
    let seed = awkward(batch * steps * size, start: 7)
    let clean = run(cell, x, batch: batch, seed: seed)
    x[inputs + 1] = .infinity
    let got = run(cell, x, batch: batch, seed: seed)
    #expect(got.values.allSatisfy { $0.isFinite })
    #expect(got.values[size] != clean.values[size])
    #expect(bitMismatch(Array(got.values[..<size]), Array(clean.values[..<size])) == nil)
  }

  @Test(arguments: [RecurrentCell.rnn, .gru, .lstm, .gruResetBefore, .rnnReLU])
  func `a NaN gradient reaches its example's inputs up to its step and no other`(
    cell: RecurrentCell
  ) {
    let (batch, example, step) = (7, 4, 1)
    let x = awkward(batch * steps * inputs)
    var seed = awkward(batch * steps * size, start: 7)
    let clean = run(cell, x, batch: batch, seed: seed)
    seed[(example * steps + step) * size + 16] = .nan
    let got = run(cell, x, batch: batch, seed: seed)
    #expect(bitMismatch(got.values, clean.values) == nil)
    for i in got.gradient.indices {
      let isReached = i / (steps * inputs) == example && i / inputs % steps <= step
      #expect(isReached ? got.gradient[i].isNaN : got.gradient[i] == clean.gradient[i])
    }
  }
}
