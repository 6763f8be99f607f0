// SPDX-License-Identifier: Apache-2.0

import Tensors
import TestSupport
import Testing

@Suite struct LinearTests {
  @Test(arguments: [(1, 1, 1), (3, 5, 2), (13, 17, 33)], Reference.Activation.allCases)
  func `values and gradients match the reference`(
    sizes: (Int, Int, Int),
    activation: Reference.Activation
  ) {
    let (rows, inputs, units) = sizes
    // For the kink of relu: keep every sum away from zero by its bias.
    let scale = activation == .relu ? 0.5 / Double(inputs) : 1
    let bias = (0..<units).map { Float($0 % 2 == 0 ? 1 : -1) }
    checkGradients(
      [
        Input([rows, inputs], start: 1), Input([units, inputs], start: 2, scale: scale),
        activation == .relu ? Input([units], bias) : Input([units], start: 3),
      ],
      operations: 2 * (inputs + rows + units) + 12,
      magnitude: Double(max(inputs, rows, units))
    ) { tape, x in
      tape.linear(x[0], weight: x[1], bias: x[2], activation: activation.kernel)
    } reference: { x in
      let y = Reference.linear(x[0], x[1], x[2], inputs: inputs, units: units)
      return Reference.activate(activation, y)
    }
  }

  @Test func `acts on the last axis of a sequence without a bias`() {
    checkGradients(
      [Input([2, 3, 4]), Input([5, 4], start: 2)],
      operations: 30
    ) { tape, x in
      tape.linear(x[0], weight: x[1], bias: nil)
    } reference: { x in
      Reference.linear(x[0], x[1], nil, inputs: 4, units: 5)
    }
  }

  @Test(arguments: [Activation.relu, .sigmoid, .tanh])
  func `a fused activation has the bits of its own layer, forward and backward`(
    activation: Activation
  ) {
    func run(isFused: Bool) -> (values: [Float], gradients: [[Float]]) {
      let tape = Tape(threadCount: 2)
      tape.reset(training: true)
      let x = tape.variable([9, 21], awkward(9 * 21, start: 1))
      let weight = tape.variable([35, 21], awkward(35 * 21, start: 2))
      let bias = tape.variable([35], awkward(35, start: 3))
      var y = tape.linear(
        x,
        weight: weight,
        bias: bias,
        activation: isFused ? activation : .identity
      )
      if !isFused { y = tape.activation(y, activation) }
      tape.seedGradient(y, awkward(9 * 35, start: 4))
      tape.backward()
      return (tape.array(of: y), [x, weight, bias].map { tape.gradientArray(of: $0) })
    }
    let (fused, separate) = (run(isFused: true), run(isFused: false))
    #expect(bitMismatch(fused.values, separate.values) == nil)
    for i in 0..<3 { #expect(bitMismatch(fused.gradients[i], separate.gradients[i]) == nil) }
  }

  @Test(arguments: Reference.Activation.allCases)
  func `an activation of its own matches the reference`(activation: Reference.Activation) {
    checkGradients([Input([35], separated(35))], operations: 12) { tape, x in
      tape.activation(x[0], activation.kernel)
    } reference: { x in
      Reference.activate(activation, x[0])
    }
  }

  @Test(arguments: [Activation.identity, .relu, .sigmoid, .tanh])
  func `one-hot tokens have the bits of the explicit product`(activation: Activation) {
    let tokens = awkwardIndices(14, below: 6)
    func run(isExplicit: Bool) -> (values: [Float], gradients: [[Float]]) {
      let tape = Tape(threadCount: 2)
      tape.reset(training: true)
      let weight = tape.variable([19, 6], awkward(19 * 6, start: 2))
      let bias = tape.variable([19], awkward(19, start: 3))
      let y: Variable
      if isExplicit {
        let x = tape.constant([2, 7, 6], Reference.oneHot(tokens, count: 6))
        y = tape.linear(x, weight: weight, bias: bias, activation: activation)
      } else {
        let x = tape.indices([2, 7], tokens)
        y = tape.oneHotLinear(x, weight: weight, bias: bias, activation: activation)
      }
      #expect(tape.shape(of: y) == [2, 7, 19])
      tape.seedGradient(y, awkward(14 * 19, start: 4))
      tape.backward()
      return (tape.array(of: y), [weight, bias].map { tape.gradientArray(of: $0) })
    }
    let (short, explicit) = (run(isExplicit: false), run(isExplicit: true))
    #expect(bitMismatch(short.values, explicit.values) == nil)
    for i in 0..<2 { #expect(bitMismatch(short.gradients[i], explicit.gradients[i]) == nil) }
  }

  @Test func `one-hot tokens match the reference`() {
    let tokens = awkwardIndices(6, below: 4)
    let hot = wide(Reference.oneHot(tokens, count: 4))
    checkGradients([Input([5, 4]), Input([5], start: 2)], operations: 20) { tape, x in
      tape.oneHotLinear(tape.indices([2, 3], tokens), weight: x[0], bias: x[1], activation: .tanh)
    } reference: { x in
      Reference.activate(.tanh, Reference.linear(hot, x[0], x[1], inputs: 4, units: 5))
    }
  }

  @Test func `an embedding gathers rows and adds their gradients`() {
    let tokens = awkwardIndices(6, below: 4)
    checkGradients([Input([4, 17])], operations: 20) { tape, x in
      tape.embedding(tape.indices([3, 2], tokens), table: x[0])
    } reference: { x in
      Reference.embedding(tokens, x[0], size: 17)
    }
  }
}
