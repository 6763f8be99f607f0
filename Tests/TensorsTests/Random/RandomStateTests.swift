// SPDX-License-Identifier: Apache-2.0

import Tensors
import TestSupport
import Testing

/// Recurrent layers that start from states and give their last ones, of random shapes, against the slow side.
@Suite struct RandomStateTests {
  @Test(arguments: RandomCases.seeds(60, exhaustive: 2_000))
  func `steps, last states and all gradients are the reference's`(seed: Int) {
    var g = CaseGenerator(seed: seed)
    let cell = g.pick(Reference.Cell.allCases)
    let (batch, steps) = (g.pick(1...5), g.pick(1...5))
    let (inputs, size) = (g.pick(1...6), g.once(in: 3) ? g.pick(1...36) : g.pick(1...6))
    let directions = g.pick(1...2)
    let hasBias = g.once(in: 2)
    let lengths = g.once(in: 2) ? (0..<batch).map { _ in Int32(g.pick(0...steps)) } : nil
    // Tokens are no input: they have no gradient.
    let tokens = g.once(in: 4) ? g.indices(batch * steps, below: inputs) : nil
    let starts = (0..<directions).map { _ in !g.once(in: 3) }
    let statesPerWalk = cell == .lstm ? 2 : 1

    func input(_ shape: Shape, scale: Float = 1) -> Input {
      Input(random: shape, scale: scale, &g)
    }
    let width = cell.gates * size
    var all: [Input] = []
    if tokens == nil {
      all.append(Input(random: [batch, steps, inputs], hiddenBehind: lengths, &g))
    }
    let firstWalk = all.count
    let weightsPerWalk = hasBias ? 4 : 2
    for _ in 0..<directions {
      all += [input([width, inputs]), input([width, size], scale: 0.5)]
      if hasBias { all += [input([width]), input([width])] }
    }
    var places: [Int?] = []
    for start in starts {
      places.append(start ? all.count : nil)
      if start { all += (0..<statesPerWalk).map { _ in input([batch, size]) } }
    }
    /// The weights and states of a walk among all inputs.
    func weights<T>(_ x: [T], _ walk: Int) -> [T] {
      Array(x[firstWalk + walk * weightsPerWalk..<firstWalk + (walk + 1) * weightsPerWalk])
    }

    let sizes =
      [batch * steps * size * directions]
      + [Int](repeating: batch * size, count: directions * statesPerWalk)
    let run = OperationCase(all, results: sizes, &g) { tape, x in
      func walk(_ index: Int) -> RecurrentWeights {
        let w = weights(x, index)
        return RecurrentWeights(
          inputWeight: w[0],
          hiddenWeight: w[1],
          inputBias: hasBias ? w[2] : nil,
          hiddenBias: hasBias ? w[3] : nil
        )
      }
      func state(_ index: Int) -> RecurrentStateVariables? {
        places[index].map {
          RecurrentStateVariables(hidden: x[$0], cell: cell == .lstm ? x[$0 + 1] : nil)
        }
      }
      let numbers = lengths.map { tape.indices([batch], $0) }
      let (reverse, other) = directions == 2 ? (walk(1), state(1)) : (nil, nil)
      let found: RecurrentResult
      if let tokens {
        found = tape.recurrent(
          tape.indices([batch, steps], tokens),
          cell.kernel,
          walk(0),
          reverse: reverse,
          lengths: numbers,
          initial: state(0),
          reverseInitial: other
        )
      } else {
        found = tape.recurrent(
          x[0],
          cell.kernel,
          walk(0),
          reverse: reverse,
          lengths: numbers,
          initial: state(0),
          reverseInitial: other
        )
      }
      return [found.steps]
        + [found.last, found.reverseLast].compactMap { $0 }.flatMap {
          [$0.hidden] + ($0.cell.map { [$0] } ?? [])
        }
    }
    let misfit = run.misfit { tape, x in
      let walks = (0..<directions).map { index in
        let w = weights(x, index)
        return JudgeTape.Walk(w[0], w[1], hasBias ? (w[2], w[3]) : nil)
      }
      let initial: [(hidden: Judged, memory: Judged?)?] = places.map { place in
        place.map { (x[$0], cell == .lstm ? x[$0 + 1] : nil) }
      }
      let values =
        tokens.map {
          tape.constant([batch, steps, inputs], Reference.oneHot($0, count: inputs))
        } ?? x[0]
      let found = tape.recurrent(values, cell, walks, lengths: lengths, initial: initial)
      return [found.steps]
        + found.last.flatMap { cell == .lstm ? [$0.hidden, $0.memory] : [$0.hidden] }
    }
    #expect(
      misfit == nil,
      """
      \(cell), N \(batch), T \(steps), D \(inputs), H \(size), \(directions) walks, \
      lengths \(lengths ?? []), starts \(starts). \
      Repeat with: \(RandomCases.command(seed, Self.self))
      """
    )
  }
  @Test(arguments: Reference.Cell.allCases)
  func `a state as a variable gives the bits of a detached one`(cell: Reference.Cell) {
    let (batch, steps, inputs, size) = (3, 4, 5, 6)
    let rows = cell.gates * size
    let tape = Tape(threadCount: 2)
    tape.reset(training: false)
    func constant(_ shape: Shape, _ start: Int) -> Variable {
      tape.constant(shape, awkward(shape.count, start: start))
    }
    let x = constant([batch, steps, inputs], 1)
    let weights = RecurrentWeights(
      inputWeight: constant([rows, inputs], 2),
      hiddenWeight: constant([rows, size], 3),
      inputBias: constant([rows], 4),
      hiddenBias: nil
    )
    let lengths = tape.indices([batch], [4, 0, 2])
    let (hidden, memory) = (awkward(batch * size, start: 5), awkward(batch * size, start: 6))
    var state: RecurrentState? = RecurrentState(hidden: hidden, cell: cell == .lstm ? memory : [])
    let y = tape.recurrent(x, cell.kernel, weights, lengths: lengths, state: &state)
    let found = tape.recurrent(
      x,
      cell.kernel,
      weights,
      lengths: lengths,
      initial: RecurrentStateVariables(
        hidden: tape.constant([batch, size], hidden),
        cell: cell == .lstm ? tape.constant([batch, size], memory) : nil
      )
    )
    #expect(bitMismatch(tape.array(of: found.steps), tape.array(of: y)) == nil)
    #expect(tape.array(of: found.last.hidden) == state?.hidden)
    #expect((found.last.cell.map { tape.array(of: $0) } ?? []) == state?.cell)
    #expect(found.reverseLast == nil)
    // Example 1 has no step: it keeps its state.
    #expect(
      Array(tape.array(of: found.last.hidden)[size..<2 * size]) == Array(hidden[size..<2 * size])
    )
  }
}
