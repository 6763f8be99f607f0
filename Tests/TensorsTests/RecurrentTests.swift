// SPDX-License-Identifier: Apache-2.0

import Tensors
import TestSupport
import Testing

extension Reference.Cell {
  var kernel: RecurrentCell {
    switch self {
    case .rnn: .rnn
    case .gru: .gru
    case .lstm: .lstm
    case .rnnReLU: .rnnReLU
    case .gruResetBefore: .gruResetBefore
    }
  }
}

@Suite struct RecurrentTests {
  private func weights(_ x: some Collection<Variable>) -> RecurrentWeights {
    let w = Array(x)
    return RecurrentWeights(
      inputWeight: w[0],
      hiddenWeight: w[1],
      inputBias: w.count > 2 ? w[2] : nil,
      hiddenBias: w.count > 2 ? w[3] : nil
    )
  }

  private func inputs(_ cell: Reference.Cell, inputs: Int, size: Int) -> [Input] {
    let width = cell.gates * size
    return [
      Input([width, inputs], start: 2), Input([width, size], start: 3), Input([width], start: 4),
      Input([width], start: 5),
    ]
  }

  private func reference(_ layer: Reference.Recurrent, _ w: ArraySlice<[Double]>)
    -> Reference
    .Recurrent
  {
    var layer = layer
    let w = Array(w)
    (layer.inputWeight, layer.hiddenWeight) = (w[0], w[1])
    let none = [Double](repeating: 0, count: layer.width)
    (layer.inputBias, layer.hiddenBias) = w.count > 2 ? (w[2], w[3]) : (none, none)
    return layer
  }

  @Test(arguments: Reference.Cell.bounded, [(1, 1, 1, 1), (2, 3, 4, 5), (3, 2, 2, 17)])
  func `values and gradients match the reference`(
    cell: Reference.Cell,
    sizes: (Int, Int, Int, Int)
  ) {
    let (batch, steps, inputs, size) = sizes
    let start = Reference.Recurrent(cell, batch: batch, steps: steps, inputs: inputs, size: size)
    checkGradients(
      [Input([batch, steps, inputs])] + self.inputs(cell, inputs: inputs, size: size),
      operations: 8 * steps * (inputs + size + batch + 8),
      magnitude: Double(size + inputs)
    ) { tape, x in
      var state: RecurrentState?
      return tape.recurrent(x[0], cell.kernel, weights(x[1...]), state: &state)
    } reference: { x in
      var layer = reference(start, x[1...])
      return layer.run(x[0])
    }
  }

  @Test(arguments: Reference.Cell.bounded)
  func `layers without biases match the reference`(cell: Reference.Cell) {
    let start = Reference.Recurrent(cell, batch: 2, steps: 3, inputs: 2, size: 3)
    checkGradients(
      [Input([2, 3, 2])] + inputs(cell, inputs: 2, size: 3).prefix(2),
      operations: 300
    ) { tape, x in
      var state: RecurrentState?
      return tape.recurrent(x[0], cell.kernel, weights(x[1...]), state: &state)
    } reference: { x in
      var layer = reference(start, x[1...])
      return layer.run(x[0])
    }
  }

  @Test(arguments: Reference.Cell.bounded)
  func `a carried state goes on where the last batch ended and is detached`(cell: Reference.Cell) {
    let (batch, steps, inputs, size) = (2, 5, 3, 4)
    let x = awkward(batch * steps * inputs, start: 1)
    let cut = 3
    let values = self.inputs(cell, inputs: inputs, size: size)
    let tape = Tape(threadCount: 2)
    func run(_ from: Int, _ to: Int, _ state: inout RecurrentState?) -> (y: [Float], dx: [Float]) {
      tape.reset(training: true)
      var part: [Float] = []
      for n in 0..<batch {
        let (begin, end) = ((n * steps + from) * inputs, (n * steps + to) * inputs)
        part += x[begin..<end]
      }
      let input = tape.variable([batch, to - from, inputs], part)
      let w = values.map { tape.variable($0.shape, $0.values) }
      let y = tape.recurrent(input, cell.kernel, weights(w), state: &state)
      tape.seedGradient(y, awkward(batch * (to - from) * size, start: 7))
      tape.backward()
      return (tape.array(of: y), tape.gradientArray(of: input))
    }
    var none: RecurrentState?
    let whole = run(0, steps, &none).y
    #expect(none == nil)
    var state: RecurrentState? = RecurrentState(hidden: [])
    let first = run(0, cut, &state).y
    let carried = state
    let second = run(cut, steps, &state)
    for n in 0..<batch {
      let (width, rest) = (cut * size, (steps - cut) * size)
      let line = whole[n * steps * size..<(n + 1) * steps * size]
      let joined = first[n * width..<(n + 1) * width] + second.y[n * rest..<(n + 1) * rest]
      #expect(bitMismatch(Array(joined), Array(line)) == nil)
    }
    #expect(state?.cell.count == (cell == .lstm ? batch * size : 0))

    // Detached: the second part's gradient is that of a layer that starts at the carried numbers.
    var layer = Reference.Recurrent(
      cell,
      batch: batch,
      steps: steps - cut,
      inputs: inputs,
      size: size
    )
    layer = reference(layer, values.map { wide($0.values) }[...])
    layer.hidden = wide(carried?.hidden ?? [])
    if cell == .lstm { layer.memory = wide(carried?.cell ?? []) }
    var part: [Double] = []
    for n in 0..<batch {
      let (begin, end) = ((n * steps + cut) * inputs, (n + 1) * steps * inputs)
      part += wide(Array(x[begin..<end]))
    }
    let seed = awkward(batch * (steps - cut) * size, start: 7)
    let expected = centralDifferences(part) { x in
      var copy = layer
      return zip(copy.run(x), seed).reduce(0) { $0 + $1.0 * Double($1.1) }
    }
    let bound = roundingBound(operations: 300, magnitude: 8) + 1e-8
    #expect(mismatch(second.dx, expected) { _ in bound } == nil)
  }

  @Test func `a state of another batch size is not used`() {
    let tape = Tape(threadCount: 1)
    tape.reset(training: false)
    let values = inputs(.lstm, inputs: 2, size: 3)
    let w = values.map { tape.constant($0.shape, $0.values) }
    let x = tape.constant([2, 1, 2], awkward(4))
    var none: RecurrentState?
    var other: RecurrentState? = RecurrentState(hidden: [1, 2, 3], cell: [4, 5, 6])
    let fresh = tape.recurrent(x, .lstm, weights(w), state: &none)
    let given = tape.recurrent(x, .lstm, weights(w), state: &other)
    #expect(tape.array(of: given) == tape.array(of: fresh))
    #expect(other?.hidden == tape.array(of: given))
  }

  @Test(arguments: Reference.Cell.bounded)
  func `one-hot tokens have the bits of the explicit product`(cell: Reference.Cell) {
    let tokens = awkwardIndices(12, below: 5)
    let values = inputs(cell, inputs: 5, size: 6)
    func run(isExplicit: Bool) -> (values: [Float], gradients: [[Float]]) {
      let tape = Tape(threadCount: 2)
      tape.reset(training: true)
      let w = values.map { tape.variable($0.shape, $0.values) }
      var state: RecurrentState?
      let y: Variable
      if isExplicit {
        let x = tape.constant([3, 4, 5], Reference.oneHot(tokens, count: 5))
        y = tape.recurrent(x, cell.kernel, weights(w), state: &state)
      } else {
        y = tape.recurrent(tape.indices([3, 4], tokens), cell.kernel, weights(w), state: &state)
      }
      tape.seedGradient(y, awkward(72, start: 4))
      tape.backward()
      return (tape.array(of: y), w.map { tape.gradientArray(of: $0) })
    }
    let (short, explicit) = (run(isExplicit: false), run(isExplicit: true))
    #expect(bitMismatch(short.values, explicit.values) == nil)
    for i in 0..<4 { #expect(bitMismatch(short.gradients[i], explicit.gradients[i]) == nil) }
  }
}
