// SPDX-License-Identifier: Apache-2.0

import Tensors
import TestSupport
import Testing

/// Walks from the end and sequences of several lengths.
@Suite struct RecurrentWalkTests {
  /// What is walked: both directions or one, sequences of these lengths or of one.
  struct Way: CustomTestStringConvertible, Sendable {
    var isBidirectional: Bool
    var lengths: [Int32]?
    var testDescription: String {
      "\(isBidirectional ? "both ways" : "forwards"), lengths \(lengths ?? [])"
    }
  }

  private static let ways = [
    Way(isBidirectional: true, lengths: nil), Way(isBidirectional: false, lengths: [2, 4, 1]),
    Way(isBidirectional: true, lengths: [4, 1, 3]), Way(isBidirectional: true, lengths: [2, 1, 2]),
    Way(isBidirectional: true, lengths: [0, 4, 2]),
    Way(isBidirectional: false, lengths: [0, 0, 0]),
  ]
  private let batch = 3
  private let steps = 4
  private let inputs = 3
  private let size = 5

  private func weights(_ w: ArraySlice<Variable>) -> RecurrentWeights {
    let w = Array(w)
    return RecurrentWeights(
      inputWeight: w[0],
      hiddenWeight: w[1],
      inputBias: w[2],
      hiddenBias: w[3]
    )
  }

  private func weightInputs(_ cell: Reference.Cell, start: Int) -> [Input] {
    let width = cell.gates * size
    return [
      Input([width, inputs], start: start, scale: 0.5),
      Input([width, size], start: start + 1, scale: 0.5),
      Input([width], start: start + 2), Input([width], start: start + 3),
    ]
  }

  private func layer(_ cell: Reference.Cell, _ w: ArraySlice<[Double]>) -> Reference.Recurrent {
    var layer = Reference.Recurrent(cell, batch: batch, steps: steps, inputs: inputs, size: size)
    let w = Array(w)
    (layer.inputWeight, layer.hiddenWeight, layer.inputBias, layer.hiddenBias) = (
      w[0], w[1], w[2], w[3]
    )
    return layer
  }

  @Test(arguments: Reference.Cell.allCases, ways)
  func `values and gradients match the reference`(cell: Reference.Cell, way: Way) {
    let reverse = way.isBidirectional ? weightInputs(cell, start: 6) : []
    checkGradients(
      [Input([batch, steps, inputs])] + weightInputs(cell, start: 2) + reverse,
      operations: 8 * steps * (inputs + size + batch + 8),
      magnitude: 8 * Double(size + inputs)
    ) { tape, x in
      var state: RecurrentState?
      return tape.recurrent(
        x[0],
        cell.kernel,
        weights(x[1...4]),
        reverse: way.isBidirectional ? weights(x[5...]) : nil,
        lengths: way.lengths.map { tape.indices([batch], $0) },
        state: &state
      )
    } reference: { x in
      Reference.walked(
        x[0],
        layer(cell, x[1...4]),
        reverse: way.isBidirectional ? layer(cell, x[5...]) : nil,
        lengths: way.lengths
      )
    }
  }

  // MARK: - What stands behind the end

  /// Results, gradients of x and of all weights, and the last state.
  private func run(
    _ cell: Reference.Cell,
    _ x: [Float],
    _ lengths: [Int32]?,
    seed: [Float],
    batch: Int? = nil,
    steps: Int? = nil
  ) -> (y: [Float], gradients: [[Float]], state: RecurrentState?) {
    let tape = Tape(threadCount: 2)
    tape.reset(training: true)
    let w = (weightInputs(cell, start: 2) + weightInputs(cell, start: 6)).map {
      tape.variable($0.shape, $0.values)
    }
    let shape: Shape = [batch ?? self.batch, steps ?? self.steps, inputs]
    let input = tape.variable(shape, x)
    var state: RecurrentState? = RecurrentState(hidden: [])
    let y = tape.recurrent(
      input,
      cell.kernel,
      weights(w[0...3]),
      reverse: weights(w[4...7]),
      lengths: lengths.map { tape.indices([shape[0]], $0) },
      state: &state
    )
    tape.seedGradient(y, seed)
    tape.backward()
    return (tape.array(of: y), ([input] + w).map { tape.gradientArray(of: $0) }, state)
  }

  private func filled(_ x: [Float], _ value: Float, behind lengths: [Int32], width: Int) -> [Float]
  {
    x.indices.map { i in
      let (n, t) = (i / (steps * width), i / width % steps)
      return t < Int(lengths[n]) ? x[i] : value
    }
  }

  @Test(arguments: Reference.Cell.allCases)
  func `what stands behind the end does not matter, in inputs or in gradients`(
    cell: Reference.Cell
  ) {
    let lengths: [Int32] = [3, 0, 4]
    let x = awkward(batch * steps * inputs)
    let seed = awkward(batch * steps * 2 * size, start: 7)
    let zeros = run(
      cell,
      filled(x, 0, behind: lengths, width: inputs),
      lengths,
      seed: filled(seed, 0, behind: lengths, width: 2 * size)
    )
    let spoiled = run(
      cell,
      filled(x, .nan, behind: lengths, width: inputs),
      lengths,
      seed: filled(seed, .nan, behind: lengths, width: 2 * size)
    )
    #expect(bitMismatch(spoiled.y, zeros.y) == nil)
    #expect(spoiled.state == zeros.state)
    for (a, b) in zip(spoiled.gradients, zeros.gradients) { #expect(bitMismatch(a, b) == nil) }
    for i in zeros.y.indices where i / (2 * size) % steps >= Int(lengths[i / (steps * 2 * size)]) {
      #expect(zeros.y[i] == 0)
    }
    for i in x.indices where i / inputs % steps >= Int(lengths[i / (steps * inputs)]) {
      #expect(spoiled.gradients[0][i] == 0)
    }
  }

  @Test(arguments: Reference.Cell.allCases)
  func `an example has the bits that it has alone, and the state of its last real step`(
    cell: Reference.Cell
  ) {
    let lengths: [Int32] = [2, 4, 3]
    let x = awkward(batch * steps * inputs)
    let seed = awkward(batch * steps * 2 * size, start: 7)
    let together = run(cell, x, lengths, seed: seed)
    for n in 0..<batch {
      let length = Int(lengths[n])
      let (from, width) = (n * steps * inputs, 2 * size)
      let alone = run(
        cell,
        Array(x[from..<from + length * inputs]),
        nil,
        seed: Array(seed[n * steps * width..<(n * steps + length) * width]),
        batch: 1,
        steps: length
      )
      let own = Array(together.y[n * steps * width..<(n * steps + length) * width])
      #expect(bitMismatch(own, alone.y) == nil)
      let dx = Array(together.gradients[0][from..<from + length * inputs])
      #expect(bitMismatch(dx, alone.gradients[0]) == nil)
      let last = Array(own[(length - 1) * width..<(length - 1) * width + size])
      #expect(together.state.map { Array($0.hidden[n * size..<(n + 1) * size]) } == last)
      let memory = together.state.map { Array($0.cell.dropFirst(n * size).prefix(size)) }
      #expect(memory == alone.state?.cell)
    }
  }

  @Test(arguments: Reference.Cell.allCases)
  func `one-hot tokens have the bits of the explicit product, whatever is behind the end`(
    cell: Reference.Cell
  ) {
    let lengths: [Int32] = [2, 4, 0]
    var tokens = awkwardIndices(12, below: inputs)
    let hot = Reference.oneHot(tokens, count: inputs)
    for i in 0..<12 where i % steps >= Int(lengths[i / steps]) { tokens[i] = .max }
    func run(isExplicit: Bool) -> (y: [Float], gradients: [[Float]]) {
      let tape = Tape(threadCount: 2)
      tape.reset(training: true)
      let w = (weightInputs(cell, start: 2) + weightInputs(cell, start: 6)).map {
        tape.variable($0.shape, $0.values)
      }
      let (own, reverse) = (weights(w[0...3]), weights(w[4...7]))
      let lengths = tape.indices([batch], lengths)
      var state: RecurrentState?
      let y =
        isExplicit
        ? tape.recurrent(
          tape.constant([batch, steps, inputs], hot),
          cell.kernel,
          own,
          reverse: reverse,
          lengths: lengths,
          state: &state
        )
        : tape.recurrent(
          tape.indices([batch, steps], tokens),
          cell.kernel,
          own,
          reverse: reverse,
          lengths: lengths,
          state: &state
        )
      tape.seedGradient(y, awkward(tape.shape(of: y).count, start: 4))
      tape.backward()
      return (tape.array(of: y), w.map { tape.gradientArray(of: $0) })
    }
    let (short, explicit) = (run(isExplicit: false), run(isExplicit: true))
    #expect(bitMismatch(short.y, explicit.y) == nil)
    for (a, b) in zip(short.gradients, explicit.gradients) { #expect(bitMismatch(a, b) == nil) }
  }

  @Test func `work shared by threads keeps its bits`() {
    // Large enough for several pieces, each with another longest sequence.
    let (batch, steps, inputs, size) = (37, 12, 20, 48)
    func run(_ threads: Int) -> [[Float]] {
      let tape = Tape(threadCount: threads)
      tape.reset(training: true)
      func variable(_ shape: Shape, _ start: Int) -> Variable {
        tape.variable(shape, awkward(shape.count, start: start, scale: 0.2))
      }
      let w = [0, 4].flatMap { start in
        [
          variable([4 * size, inputs], start + 1), variable([4 * size, size], start + 2),
          variable([4 * size], start + 3), variable([4 * size], start + 4),
        ]
      }
      let x = variable([batch, steps, inputs], 0)
      let lengths = tape.indices([batch], (0..<batch).map { Int32(1 + $0 * $0 % steps) })
      var state: RecurrentState?
      let y = tape.recurrent(
        x,
        .lstm,
        weights(w[0...3]),
        reverse: weights(w[4...7]),
        lengths: lengths,
        state: &state
      )
      tape.seedGradient(y, awkward(tape.shape(of: y).count, start: 9))
      tape.backward()
      return [tape.array(of: y)] + ([x] + w).map { tape.gradientArray(of: $0) }
    }
    let one = run(1)
    for threads in 2...3 {
      for (a, b) in zip(run(threads), one) { #expect(bitMismatch(a, b) == nil) }
    }
  }
}

/// The last and the real steps of sequences of several lengths.
@Suite struct StepTests {
  private let lengths: [Int32] = [2, 4, 1]

  @Test(arguments: [[2, 4, 1], [0, 4, 1], [0, 0, 0]] as [[Int32]])
  func `the last step is the last real one, and zeros without one`(lengths: [Int32]) {
    checkGradients([Input([3, 4, 5])], operations: 4) { tape, x in
      tape.lastStep(x[0], lengths: tape.indices([3], lengths))
    } reference: { x in
      lengths.enumerated().flatMap { n, length -> [Double] in
        if length == 0 { return [0, 0, 0, 0, 0] }
        let place = (n * 4 + Int(length) - 1) * 5
        return Array(x[0][place..<place + 5])
      }
    }
  }

  @Test(arguments: [[2, 4, 1], nil, [0, 4, 1]] as [[Int32]?])
  func `the final state is the first half's last real step beside the second half's first step`(
    lengths: [Int32]?
  ) {
    let ends = lengths ?? [4, 4, 4]
    checkGradients([Input([3, 4, 6])], operations: 4) { tape, x in
      tape.finalState(x[0], lengths: lengths.map { tape.indices([3], $0) })
    } reference: { x in
      (0..<3).flatMap { n -> [Double] in
        if ends[n] == 0 { return [0, 0, 0, 0, 0, 0] }
        let (last, first) = ((n * 4 + Int(ends[n]) - 1) * 6, n * 4 * 6)
        return Array(x[0][last..<last + 3] + x[0][first + 3..<first + 6])
      }
    }
  }

  @Test(arguments: [[3, 4, 5], [3, 4]])
  func `an example without steps has no real ones`(sizes: [Int]) {
    let width = sizes.count == 3 ? 5 : 1
    for lengths in [[0, 4, 1], [0, 0, 0]] as [[Int32]] {
      checkGradients([Input(Shape(sizes))], operations: 4) { tape, x in
        tape.realSteps(x[0], lengths: tape.indices([3], lengths))
      } reference: { x in
        lengths.enumerated().flatMap { n, length in
          x[0][n * 4 * width..<(n * 4 + Int(length)) * width]
        }
      }
    }
  }

  @Test(arguments: [[3, 4, 5], [3, 4]])
  func `real steps stand one behind the other`(sizes: [Int]) {
    let width = sizes.count == 3 ? 5 : 1
    checkGradients([Input(Shape(sizes))], operations: 4) { tape, x in
      tape.realSteps(x[0], lengths: tape.indices([3], lengths))
    } reference: { x in
      lengths.enumerated().flatMap { n, length in
        x[0][n * 4 * width..<(n * 4 + Int(length)) * width]
      }
    }
    let tape = Tape(threadCount: 1)
    tape.reset(training: false)
    let y = tape.realSteps(
      tape.constant(Shape(sizes), awkward(12 * width)),
      lengths: tape.indices([3], lengths)
    )
    #expect(tape.shape(of: y) == (width == 5 ? [7, 5] : [7]))
    let numbers = tape.indices([3, 4], (0..<12).map { $0 })
    let found = tape.realSteps(numbers, lengths: tape.indices([3], lengths))
    #expect(found.array == [0, 1, 4, 5, 6, 7, 8])
    #expect(found.shape == [7])
  }

  @Test func `a loss of real steps has their mean, and no gradient behind the end`() {
    let tape = Tape(threadCount: 2)
    tape.reset(training: true)
    var logits = awkward(60)
    for i in 0..<60 where i / 5 % 4 >= Int(lengths[i / 20]) { logits[i] = .nan }
    let z = tape.variable([3, 4, 5], logits)
    let classes = awkwardIndices(12, below: 5)
    let bound = tape.indices([3], lengths)
    let loss = tape.crossEntropy(
      tape.realSteps(z, lengths: bound),
      classes: tape.realSteps(tape.indices([3, 4], classes), lengths: bound)
    )
    tape.backward()
    let rows = (0..<12).filter { $0 % 4 < Int(lengths[$0 / 4]) }
    #expect(loss.weight == 7 && loss.rows == 7)
    func mean(_ z: [Double]) -> Double {
      let real = rows.flatMap { z[$0 * 5..<($0 + 1) * 5] }
      return Reference.crossEntropy(real, rows.map { classes[$0] }, classes: 5) / 7
    }
    let point = wide(logits.map { $0.isNaN ? 0 : $0 })
    let tolerance = roundingBound(operations: 20, magnitude: 1) + 1e-8
    #expect(abs(loss.mean - mean(point)) <= tolerance)
    let got = tape.gradientArray(of: z)
    #expect(mismatch(got, centralDifferences(point, mean)) { _ in tolerance } == nil)
    for row in 0..<12 where !rows.contains(row) {
      #expect(got[row * 5..<(row + 1) * 5].allSatisfy { $0 == 0 })
    }
  }

  @Test func `a tape takes the same memory whatever the lengths`() {
    func bytes(_ tape: Tape, _ lengths: [Int32]) -> Int {
      for _ in 0..<2 {
        tape.reset(training: true)
        let bound = tape.indices([3], lengths)
        let x = tape.variable([3, 1000, 100], awkward(300_000))
        let targets = tape.constant([3, 1000, 100], awkward(300_000, start: 1))
        let numbers = tape.indices([3, 1000], [Int32](repeating: 7, count: 3000))
        let real = tape.realSteps(numbers, lengths: bound).array
        #expect(real == [Int32](repeating: 7, count: lengths.reduce(0) { $0 + Int($1) }))
        _ = tape.squaredError(
          tape.realSteps(x, lengths: bound),
          targets: tape.realSteps(targets, lengths: bound)
        )
        tape.backward()
      }
      return tape.memoryBytes
    }
    let (one, other) = (Tape(threadCount: 1), Tape(threadCount: 1))
    let whole = bytes(one, [1000, 1000, 1000])
    #expect(bytes(one, [1, 401, 7]) == whole)
    #expect(bytes(other, [1, 2, 3]) == whole)
    #expect(bytes(other, [1000, 1000, 999]) == whole)
  }
}
