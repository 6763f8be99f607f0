// SPDX-License-Identifier: Apache-2.0

import Tensors
import TestSupport
import Testing

@testable import NeuralNetworks

/// What layers do beyond formulas: dropout's mask, carried states, reshaping, fused forms.
@Suite struct LayerBehaviourTests {
  private func dropped(
    training: Bool,
    step: UInt64 = 3,
    path: LayerPath = "1",
    seed: Int = 5,
    probability: Double = 0.3
  ) throws -> [Float] {
    let tape = Tape(threadCount: 1)
    tape.reset(training: training)
    let x = tape.constant([40, 100], [Float](repeating: 1, count: 4000))
    let layer = try Dropout(path: path, input: .values([100]), probability: probability)
    let pass = Pass(tape: tape, seed: seed, step: step)
    return tape.array(of: values(layer(.values(x), pass)))
  }

  @Test func `dropout zeroes and scales while training only`() throws {
    #expect(try dropped(training: false) == [Float](repeating: 1, count: 4000))
    let trained = try dropped(training: true)
    let kept = Float(1 / 0.7)
    #expect(trained.allSatisfy { $0 == 0 || abs($0 - kept) <= kept.ulp })
    let zeros = trained.filter { $0 == 0 }.count
    // Five standard deviations of a binomial of 4,000 draws.
    #expect(abs(Double(zeros) - 1200) < 5 * (4000 * 0.3 * 0.7).squareRoot())
    #expect(try dropped(training: true, probability: 0) == [Float](repeating: 1, count: 4000))
  }

  @Test func `a dropout mask follows seed, layer and step, and nothing else`() throws {
    let mask = try dropped(training: true)
    #expect(try dropped(training: true) == mask)
    #expect(try dropped(training: true, step: 4) != mask)
    #expect(try dropped(training: true, path: "2") != mask)
    #expect(try dropped(training: true, seed: 6) != mask)
  }

  private func recurrent(carriesState: Bool) throws -> Recurrent {
    let layer = try Recurrent(
      path: "0",
      input: .values([3, 4]),
      cell: .lstm,
      hiddenSize: 3,
      options: Recurrent.Options(carriesState: carriesState)
    )
    assignSines(layer)
    return layer
  }

  @Test func `without carry_state every batch starts from zeros and nothing is kept`() throws {
    let layer = try recurrent(carriesState: false)
    let first = trial(layer, .values([2, 3, 4], start: 0)).y
    #expect(layer.state == nil)
    #expect(trial(layer, .values([2, 3, 4], start: 0)).y == first)
  }

  @Test func `a carried state can be taken out, forgotten and put back`() throws {
    let layer = try recurrent(carriesState: true)
    let network = Sequential([layer])
    let first = trial(layer, .values([2, 3, 4], start: 0)).y
    let states = network.states
    #expect(states.first??.hidden.count == 6)
    #expect(states.first??.cell.count == 6)
    let second = trial(layer, .values([2, 3, 4], start: 0)).y
    #expect(second != first)
    network.clearStates()
    #expect(trial(layer, .values([2, 3, 4], start: 0)).y == first)
    network.states = states
    #expect(trial(layer, .values([2, 3, 4], start: 0)).y == second)
  }

  @Test func `a batch of another size starts from zeros`() throws {
    let layer = try recurrent(carriesState: true)
    let alone = trial(try recurrent(carriesState: true), .values([1, 3, 4], start: 2)).y
    _ = trial(layer, .values([2, 3, 4], start: 0))
    #expect(trial(layer, .values([1, 3, 4], start: 2)).y == alone)
  }

  @Test func `flatten, rows and last step keep their order`() throws {
    let tape = Tape(threadCount: 1)
    tape.reset(training: false)
    let pass = Pass(tape: tape)
    let x = tape.constant([1, 2, 2, 3], (0..<12).map { Float($0) })
    let flat = values(try Flatten(input: .values([2, 2, 3]))(.values(x), pass))
    #expect(tape.shape(of: flat) == [1, 12])
    #expect(tape.array(of: flat) == (0..<12).map { Float($0) })
    let rows = values(try RowsAsSequence(input: .values([2, 2, 3]))(.values(x), pass))
    #expect(tape.shape(of: rows) == [1, 2, 6])
    #expect(tape.array(of: rows) == [0, 1, 2, 6, 7, 8, 3, 4, 5, 9, 10, 11])
    let last = values(try LastStep(input: .values([2, 6]))(.values(rows), pass))
    #expect(tape.shape(of: last) == [1, 6])
    #expect(tape.array(of: last) == [3, 4, 5, 9, 10, 11])
  }

  @Test(arguments: [Activation.relu, .sigmoid, .tanh])
  func `a fused activation has the bits of the layer of its own`(activation: Activation) throws {
    let fused = try Dense(path: "0", input: .values([37]), units: 53, activation: activation)
    let plain = try Dense(path: "0", input: .values([37]), units: 53)
    let own = try ActivationLayer(input: plain.output, activation: activation)
    assignSines(fused)
    assignSines(plain)
    func result(_ network: Sequential) -> (y: [Float], gradients: [[Float]]) {
      let tape = Tape(threadCount: 1)
      tape.reset(training: true)
      let x = tape.variable([29, 37], sines(29 * 37, start: 0))
      let y = network(.values(x), Pass(tape: tape))
      tape.seedGradient(y, sines(29 * 53, start: 1))
      tape.backward()
      let parameters = network.parameters.map(\.parameter.gradientArray)
      return (tape.array(of: y), parameters + [tape.gradientArray(of: x)])
    }
    let (one, two) = (result(Sequential([fused])), result(Sequential([plain, own])))
    #expect(bitMismatch(one.y, two.y) == nil)
    for (a, b) in zip(one.gradients, two.gradients) { #expect(bitMismatch(a, b) == nil) }
  }

  @Test(arguments: [Pool2d.Kind.maximum, .average], [(2, 2), (3, 2)])
  func `a network pools on the way what its layers pool one by one`(
    kind: Pool2d.Kind,
    stride: (Int, Int)
  ) throws {
    let convolution = try Conv2d(
      path: "0",
      input: .values([2, 9, 24]),
      channels: 3,
      kernel: (3, 3),
      stride: (1, 1),
      padding: (1, 0),
      activation: .tanh
    )
    // A window that meets the next one is fused, one that leaves a gap is not.
    let pool = try Pool2d(
      input: convolution.output,
      kind: kind,
      kernel: (2, 2),
      stride: stride,
      padding: (0, 0)
    )
    #expect((pool.fused == nil) == (stride != (2, 2)))
    assignSines(convolution)
    let network = Sequential([convolution, pool])
    let tape = Tape(threadCount: 1)
    tape.reset(training: true)
    let x = Signal.values(tape.variable([3, 2, 9, 24], sines(1296, start: 0)))
    let together = network(x, Pass(tape: tape))
    let singly = values(pool(convolution(x, Pass(tape: tape)), Pass(tape: tape)))
    #expect(tape.shape(of: together) == tape.shape(of: singly))
    #expect(bitMismatch(tape.array(of: together), tape.array(of: singly)) == nil)
  }

  @Test func `a network rectifies on the way what its layers rectify one by one`() throws {
    let input = SignalShape.values([3, 6, 5])
    func block() throws -> [any Layer] {
      let norm = try BatchNorm(path: "0", input: input)
      let relu = try ActivationLayer(input: input, activation: .relu)
      let body = Sequential([try BatchNorm(path: "2.body.0", input: input)])
      let residual = try Residual(input: input, body: body, shortcut: nil)
      return [norm, relu, residual, relu]
    }
    func results(_ run: ([any Layer], Signal, Pass) -> Variable) throws -> [[Float]] {
      let layers = try block()
      for layer in layers { assignSines(layer) }
      let tape = Tape(threadCount: 2)
      tape.reset(training: true)
      let x = tape.variable([4, 3, 6, 5], sines(360, start: 0))
      let y = run(layers, .values(x), Pass(tape: tape))
      tape.seedGradient(y, sines(360, start: 5))
      tape.backward()
      let parameters = layers.flatMap(\.parameters).map(\.parameter.gradientArray)
      return [tape.array(of: y), tape.gradientArray(of: x)] + parameters
    }
    let together = try results { layers, x, pass in Sequential(layers)(x, pass) }
    let singly = try results { layers, x, pass in
      values(layers.reduce(x) { signal, layer in layer(signal, pass) })
    }
    #expect(together.count == 6)
    for (a, b) in zip(together, singly) { #expect(bitMismatch(a, b) == nil) }
  }
}
