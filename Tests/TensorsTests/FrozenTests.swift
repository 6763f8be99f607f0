// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Tensors

/// Parameters that stay as they are cost no gradient.
@Suite struct FrozenTests {
  private func weight(_ name: String, _ start: Float) -> Parameter {
    let parameter = Parameter(name: name, shape: [2, 2])
    parameter.assign([start, 1, -1, 0.5])
    return parameter
  }

  @Test func `below a trained layer nothing frozen is walked back through`() {
    let tape = Tape(threadCount: 1)
    let (first, second) = (weight("0.weight", 1), weight("1.weight", 2))
    first.isFrozen = true
    tape.reset(training: true)
    let x = tape.constant([1, 2], [1, 2])
    let hidden = tape.linear(x, weight: tape.parameter(first), bias: nil, activation: .tanh)
    let y = tape.linear(hidden, weight: tape.parameter(second), bias: nil)
    tape.seedGradient(y, [1, 1])
    tape.backward()
    #expect(!tape.needsGradient(hidden))
    #expect(tape.gradientArray(of: hidden) == [0, 0])
    #expect(!first.hasGradient)
    #expect(second.hasGradient)
    #expect(second.gradientArray == tape.array(of: hidden) + tape.array(of: hidden))
  }

  @Test func `above a trained layer a frozen one passes the gradient on`() {
    let tape = Tape(threadCount: 1)
    func gradient(isFrozen: Bool) -> [Float] {
      let (first, second) = (weight("0.weight", 1), weight("1.weight", 2))
      second.isFrozen = isFrozen
      tape.reset(training: true)
      let x = tape.constant([1, 2], [1, 2])
      let hidden = tape.linear(x, weight: tape.parameter(first), bias: nil)
      let y = tape.linear(hidden, weight: tape.parameter(second), bias: nil)
      tape.seedGradient(y, [1, 1])
      tape.backward()
      #expect(second.hasGradient != isFrozen)
      return first.gradientArray
    }
    let frozen = gradient(isFrozen: true)
    #expect(frozen == gradient(isFrozen: false))
    #expect(frozen != [0, 0, 0, 0])
  }
}
