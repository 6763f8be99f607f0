// SPDX-License-Identifier: Apache-2.0

import Kernels
import TestSupport
import Testing

@testable import Tensors

/// What reads weights in a kernel's own order.
private enum Packing: CaseIterable {
  case linear
  case tiles

  var shape: Shape { self == .linear ? [50, 30] : [17, 16, 3, 3] }

  func evaluated(_ weight: Parameter, _ tape: Tape) -> [Float] {
    tape.reset(training: false)
    return tape.array(of: result(weight, tape))
  }

  func result(_ weight: Parameter, _ tape: Tape) -> Variable {
    let weight = tape.parameter(weight)
    switch self {
    case .linear:
      return tape.linear(tape.constant([4, 30], awkward(120)), weight: weight, bias: nil)
    case .tiles:
      let x = tape.constant([1, 16, 6, 6], awkward(576))
      return tape.conv2d(x, weight: weight, bias: nil)
    }
  }

  /// Of a weight that is used for the first time.
  func expected(_ values: [Float]) -> [Float] {
    evaluated(weight(values), Tape(threadCount: 1))
  }

  func weight(_ values: [Float]) -> Parameter {
    let weight = Parameter(name: "weight", shape: shape)
    weight.assign(values)
    return weight
  }
}

/// Weights that stay as they are, are kept in a kernel's order; those that change, are not.
@Suite struct PackedTests {
  private let tape = Tape(threadCount: 2)

  private func settle(_ packing: Packing, _ weight: Parameter) {
    for _ in 0..<3 { _ = packing.evaluated(weight, tape) }
    #expect(weight.holdsPacked)
  }

  /// Walks of one step after another, as a decoder takes them, from weights that are packed once or each time.
  @Test(arguments: [RecurrentCell.rnn, .gru, .lstm, .rnnReLU, .gruResetBefore], [1, 17, 40])
  func `walks that share packed weights have the bits of those that pack`(
    cell: RecurrentCell,
    size: Int
  ) {
    let (batch, inputs, steps) = (21, 9, 3)
    let width = cell.gates * size
    func run(isPacked: Bool, threads: Int) -> [[Float]] {
      let tape = Tape(threadCount: threads)
      tape.reset(training: true)
      func variable(_ shape: Shape, _ start: Int) -> Variable {
        tape.variable(shape, awkward(shape.count, start: start).map { $0 / 8 })
      }
      let x = variable([batch, steps, inputs], 1)
      let weights = [
        variable([width, inputs], 2), variable([width, size], 3), variable([width], 4),
        variable([width], 5),
      ]
      var bound = RecurrentWeights(
        inputWeight: weights[0],
        hiddenWeight: weights[1],
        inputBias: weights[2],
        hiddenBias: weights[3]
      )
      if isPacked { bound = tape.packed(bound, cell) }
      var state = RecurrentStateVariables(
        hidden: variable([batch, size], 6),
        cell: cell == .lstm ? variable([batch, size], 7) : nil
      )
      let first = state.hidden
      var outputs: [Variable] = []
      for t in 0..<steps {
        let result = tape.recurrent(tape.step(t, of: x), cell, bound, initial: state)
        state = result.last
        outputs.append(result.steps)
      }
      let y = tape.sequence(outputs)
      tape.seedGradient(y, awkward(tape.shape(of: y).count, start: 8))
      tape.backward()
      return [tape.array(of: y)] + ([x, first] + weights).map { tape.gradientArray(of: $0) }
    }
    let expected = run(isPacked: false, threads: 1)
    for threads in 1...3 {
      for (one, other) in zip(run(isPacked: true, threads: threads), expected) {
        #expect(bitMismatch(one, other) == nil)
      }
    }
  }

  @Test(arguments: Packing.allCases)
  fileprivate func `evaluations give the same bits, packed or not`(packing: Packing) {
    let weight = packing.weight(awkward(packing.shape.count, start: 1))
    let expected = packing.expected(weight.array)
    for use in 1...4 {
      #expect(bitMismatch(packing.evaluated(weight, tape), expected) == nil)
      #expect(weight.holdsPacked == (use > 1))
    }
  }

  @Test(arguments: Packing.allCases)
  fileprivate func `assigned values are read`(packing: Packing) {
    let weight = packing.weight(awkward(packing.shape.count, start: 1))
    settle(packing, weight)
    weight.assign(awkward(packing.shape.count, start: 2))
    for _ in 0..<3 {
      let found = packing.evaluated(weight, tape)
      #expect(bitMismatch(found, packing.expected(weight.array)) == nil)
    }
  }

  @Test(arguments: Packing.allCases)
  fileprivate func `an optimizer's step is seen`(packing: Packing) {
    let weight = packing.weight(awkward(packing.shape.count, start: 1))
    tape.reset(training: true)
    tape.seedGradient(packing.result(weight, tape), packing.expected(weight.array))
    tape.backward()
    settle(packing, weight)
    let before = weight.array
    let step = SGDStep(learningRate: 0.1, momentum: 0, isNesterov: false, weightDecay: 0)
    #expect(weight.apply(step, context: tape.context))
    #expect(weight.array != before)
    #expect(!weight.holdsPacked)
    let found = packing.evaluated(weight, tape)
    #expect(bitMismatch(found, packing.expected(weight.array)) == nil)
  }

  @Test(arguments: Packing.allCases, [false, true])
  fileprivate func `training holds no second copy`(packing: Packing, isFrozen: Bool) {
    let weight = packing.weight(awkward(packing.shape.count, start: 1))
    weight.isFrozen = isFrozen
    settle(packing, weight)
    for _ in 0..<3 {
      tape.reset(training: true)
      let result = tape.array(of: packing.result(weight, tape))
      #expect(bitMismatch(result, packing.expected(weight.array)) == nil)
      #expect(!weight.holdsPacked)
    }
  }

  @Test func `a weight under another shape is not taken for itself`() {
    let weight = Parameter(name: "weight", shape: [6, 4])
    weight.assign(awkward(24))
    tape.reset(training: false)
    let (x, y) = (tape.constant([2, 4], awkward(8)), tape.constant([2, 6], awkward(12)))
    func product(_ shape: Shape, _ x: Variable) -> [Float] {
      let view = tape.reshape(tape.parameter(weight), shape)
      return tape.array(of: tape.linear(x, weight: view, bias: nil))
    }
    let expected = (product([6, 4], x), product([4, 6], y))
    for _ in 0..<3 {
      #expect(product([6, 4], x) == expected.0)
      #expect(product([4, 6], y) == expected.1)
    }
  }
}
