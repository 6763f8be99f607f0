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

  @Test func `a walk from the end is trained beside a frozen one from the start`() {
    func gradient(isFrozen: Bool) -> [Float] {
      let tape = Tape(threadCount: 1)
      tape.reset(training: true)
      let parameters = (0..<4).map { weight("\($0)", 1 + Float($0)) }
      for parameter in parameters.prefix(2) { parameter.isFrozen = isFrozen }
      let bound = parameters.map { tape.parameter($0) }
      func walk(_ i: Int) -> RecurrentWeights {
        RecurrentWeights(
          inputWeight: bound[i],
          hiddenWeight: bound[i + 1],
          inputBias: nil,
          hiddenBias: nil
        )
      }
      var state: RecurrentState?
      let x = tape.constant([1, 2, 2], [0.1, -0.2, 0.3, 0.4])
      let y = tape.recurrent(x, .rnn, walk(0), reverse: walk(2), state: &state)
      tape.seedGradient(y, [1, 2, 3, 4, 5, 6, 7, 8])
      tape.backward()
      #expect(parameters[0].hasGradient != isFrozen)
      return parameters[2].gradientArray + parameters[3].gradientArray
    }
    let frozen = gradient(isFrozen: true)
    #expect(frozen == gradient(isFrozen: false))
    #expect(frozen.contains { $0 != 0 })
  }
}
