// SPDX-License-Identifier: Apache-2.0

import Tensors
import TestSupport
import Testing

@Suite struct CombiningTests {
  @Test(arguments: [[1], [17], [2, 3, 4, 5]])
  func `a sum matches the reference, with gradients`(sizes: [Int]) {
    let shape = Shape(sizes)
    checkGradients([Input(shape), Input(shape, start: 2)], operations: 6) { tape, x in
      tape.add(x[0], x[1])
    } reference: { x in
      zip(x[0], x[1]).map { $0 + $1 }
    }
  }

  @Test func `a value added to itself takes the gradient twice`() {
    checkGradients([Input([3, 7])], operations: 6) { tape, x in
      tape.add(x[0], x[0])
    } reference: { x in
      x[0].map { 2 * $0 }
    }
  }

  @Test func `a result that is used twice gets the sum of both gradients`() {
    // y = tanh x is the input of a product and of the sum behind it, as in a residual block.
    checkGradients([Input([3, 5]), Input([5, 5], start: 2)], operations: 60) { tape, x in
      let y = tape.activation(x[0], .tanh)
      let body = tape.activation(tape.linear(y, weight: x[1], bias: nil), .sigmoid)
      return tape.add(body, y)
    } reference: { x in
      let y = Reference.activate(.tanh, x[0])
      let body = Reference.linear(y, x[1], nil, inputs: 5, units: 5)
      return zip(Reference.activate(.sigmoid, body), y).map { $0 + $1 }
    }
  }

  @Test(arguments: [Activation.relu, .tanh], [false, true])
  func `an activation on the way has the bits of its own layer, forward and backward`(
    activation: Activation,
    isTwice: Bool
  ) {
    func run(isFused: Bool) -> [[Float]] {
      let tape = Tape(threadCount: 2)
      tape.reset(training: true)
      let x = [
        tape.variable([3, 21], awkward(63, start: 1)),
        tape.variable([3, 21], awkward(63, start: 2)),
      ]
      // What is added has gradients from elsewhere, too.
      let before = x.map { tape.activation($0, .sigmoid) }
      let (a, b) = (before[0], before[isTwice ? 0 : 1])
      var y = tape.add(a, b, activation: isFused ? activation : .identity)
      if !isFused { y = tape.activation(y, activation) }
      let z = tape.add(y, a)
      tape.seedGradient(z, awkward(63, start: 3))
      tape.backward()
      return [tape.array(of: y), tape.array(of: z)] + x.map { tape.gradientArray(of: $0) }
    }
    for (fused, separate) in zip(run(isFused: true), run(isFused: false)) {
      #expect(bitMismatch(fused, separate) == nil)
    }
  }

  @Test func `a constant beside a variable, and a variable that is wanted itself`() {
    let tape = Tape(threadCount: 1)
    tape.reset(training: true)
    let (x, c) = (tape.variable([3], [1, -2, 3]), tape.constant([3], [1, 1, -5]))
    let sums = [tape.add(x, c), tape.add(c, x), tape.add(x, x)]
    for sum in sums { tape.seedGradient(sum, [1, 10, 100]) }
    tape.backward()
    #expect(tape.gradientArray(of: x) == [4, 40, 400])
    #expect(tape.gradientArray(of: c) == [0, 0, 0])
  }

  @Test(arguments: [
    [[2, 3, 2, 5], [2, 1, 2, 5], [2, 17, 2, 5]], [[3, 4], [3, 1]], [[2, 3, 4], [2, 3, 20]],
    [[2, 5]],
  ])
  func `parts lie side by side, and gradients find their part`(sizes: [[Int]]) {
    let inputs = sizes.enumerated().map { Input(Shape($1), start: $0 + 1) }
    let rows = sizes[0].count == 4 ? sizes[0][0] : sizes[0].dropLast().reduce(1, *)
    checkGradients(inputs, operations: 6) { tape, x in
      let y = tape.concatenate(x)
      var expected = sizes[0]
      let axis = expected.count == 4 ? 1 : expected.count - 1
      expected[axis] = sizes.reduce(0) { $0 + $1[axis] }
      #expect(tape.shape(of: y) == Shape(expected))
      return y
    } reference: { x in
      var y: [Double] = []
      for row in 0..<rows {
        for part in x {
          let width = part.count / rows
          y += part[row * width..<(row + 1) * width]
        }
      }
      return y
    }
  }

  @Test func `one value may be several parts`() {
    checkGradients([Input([3, 4])], operations: 6) { tape, x in
      tape.concatenate([x[0], tape.activation(x[0], .tanh), x[0]])
    } reference: { x in
      (0..<3).flatMap { row in
        let line = Array(x[0][row * 4..<row * 4 + 4])
        return line + Reference.activate(.tanh, line) + line
      }
    }
  }

  @Test func `constants beside variables take no gradient`() {
    let tape = Tape(threadCount: 1)
    tape.reset(training: true)
    let x = tape.variable([1, 2], [1, 2])
    let c = tape.constant([1, 2], [3, 4])
    let y = tape.add(tape.concatenate([c, x]), tape.constant([1, 4], [1, 1, 1, 1]))
    #expect(tape.array(of: y) == [4, 5, 2, 3])
    tape.seedGradient(y, [1, 2, 3, 4])
    tape.backward()
    #expect(tape.gradientArray(of: x) == [3, 4])
    #expect(tape.gradientArray(of: c) == [0, 0])
  }

  @Test func `NaN stays where it is`() {
    let tape = Tape(threadCount: 1)
    tape.reset(training: false)
    let x = tape.constant([1, 3], [.nan, 1, .infinity])
    let sum = tape.array(of: tape.add(x, tape.constant([1, 3], [1, .nan, 1])))
    #expect(sum.map(\.isNaN) == [true, true, false])
    #expect(sum[2] == .infinity)
    #expect(
      tape.array(of: tape.concatenate([x, x])).map(\.isNaN) == [
        true, false, false, true, false, false,
      ]
    )
  }

  @Test func `work large enough to be shared has the same bits on any number of threads`() {
    func run(_ threads: Int) -> [[Float]] {
      let tape = Tape(threadCount: threads)
      tape.reset(training: true)
      let x = tape.variable([40, 3, 30, 31], awkward(40 * 3 * 930))
      let y = tape.concatenate([x, tape.add(x, tape.activation(x, .sigmoid))])
      tape.seedGradient(y, awkward(40 * 6 * 930, start: 2))
      tape.backward()
      return [tape.array(of: y), tape.gradientArray(of: x)]
    }
    let (one, three) = (run(1), run(3))
    for i in 0..<2 { #expect(bitMismatch(one[i], three[i]) == nil) }
  }
}
