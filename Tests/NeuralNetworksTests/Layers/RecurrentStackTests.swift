// SPDX-License-Identifier: Apache-2.0

import DeterministicMath
import Tensors
import TestSupport
import Testing

@testable import NeuralNetworks

/// Stacks of recurrent layers, both directions, dropout between them, sequences of several lengths.
@Suite struct RecurrentStackTests {
  private func stack(
    _ cell: RecurrentCell,
    _ options: Recurrent.Options,
    input: SignalShape = .values([3, 4])
  ) throws -> Recurrent {
    let layer = try Recurrent(path: "0", input: input, cell: cell, hiddenSize: 3, options: options)
    assignSines(layer)
    return layer
  }

  /// Result and gradients of x and of the parameters.
  private func run(
    _ layers: [any Layer],
    _ x: [Float],
    shape: Shape = [3, 3, 4],
    lengths: [Int32]? = nil,
    training: Bool = true,
    step: UInt64 = 3
  ) -> (shape: [Int], y: [Float], gradients: [[Float]]) {
    let tape = Tape(threadCount: 2)
    tape.reset(training: training)
    let parameters = layers.flatMap(\.parameters).map(\.parameter)
    for parameter in parameters { parameter.clearGradient() }
    let input = tape.variable(shape, x)
    let pass = Pass(
      tape: tape,
      seed: 5,
      step: step,
      lengths: lengths.map { SequenceLengths(tape.indices($0), steps: shape[1]) }
    )
    var signal = Signal.values(input)
    for layer in layers { signal = layer(signal, pass) }
    let y = values(signal)
    let result = tape.array(of: y)
    if training {
      tape.seedGradient(y, sines(result.count, start: 9, scale: 1))
      tape.backward()
    }
    return (
      tape.shape(of: y).array, result,
      [tape.gradientArray(of: input)] + parameters.map(\.gradientArray)
    )
  }

  private func check(
    _ layer: Recurrent,
    _ golden: LayerGolden.Case,
    lengths: [Int32]? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let shape: Shape = [golden.shape[0], 3, 4]
    let got = run([layer], sines(shape.count, start: 0, scale: 1), shape: shape, lengths: lengths)
    #expect(got.shape == golden.shape, sourceLocation: sourceLocation)
    #expect(
      layer.output == .values(Array(golden.shape.dropFirst())),
      sourceLocation: sourceLocation
    )
    #expect(disagreement(got.y, golden.y) == nil, sourceLocation: sourceLocation)
    let bound = roundingBound(operations: 200, magnitude: 50) + 5e-8
    #expect(got.gradients.count == golden.gradients.count, sourceLocation: sourceLocation)
    for (values, expected) in zip(got.gradients, golden.gradients) {
      #expect(abs(probe(values) - expected) <= bound, sourceLocation: sourceLocation)
    }
  }

  // MARK: - PyTorch

  @Test(arguments: [
    (RecurrentCell.rnn, RecurrentGolden.rnn), (.rnnReLU, RecurrentGolden.relu),
    (.gru, RecurrentGolden.gru), (.lstm, RecurrentGolden.lstm),
  ])
  func `two layers in both directions on packed sequences agree with PyTorch`(
    cell: RecurrentCell,
    golden: LayerGolden.Case
  ) throws {
    let options = Recurrent.Options(layers: 2, isBidirectional: true)
    check(try stack(cell, options), golden, lengths: [3, 1, 2])
  }

  @Test(arguments: [
    (RecurrentCell.rnn, RecurrentGolden.rnn), (.rnnReLU, RecurrentGolden.relu),
    (.gru, RecurrentGolden.gru), (.lstm, RecurrentGolden.lstm),
  ])
  func `final_state gives the last layer's h_n of PyTorch, both directions side by side`(
    cell: RecurrentCell,
    golden: LayerGolden.Case
  ) throws {
    let layer = try stack(cell, Recurrent.Options(layers: 2, isBidirectional: true))
    let lengths: [Int32] = [3, 1, 2]
    let ends = try FinalState(input: layer.output)
    #expect(ends.output == .values([6]))
    let got = run([layer, ends], sines(36, start: 0, scale: 1), lengths: lengths)
    #expect(got.shape == [3, 6])
    // PyTorch's outputs at the steps where the walks end are its final states.
    let expected = lengths.enumerated().flatMap { n, length -> [Double] in
      let (last, first) = ((n * 3 + Int(length) - 1) * 6, n * 3 * 6)
      return Array(golden.y[last..<last + 3] + golden.y[first + 3..<first + 6])
    }
    #expect(disagreement(got.y, expected) == nil)
  }

  @Test func `the backward half of final_state is a forward walk through the reversed sequence`()
    throws
  {
    let both = try stack(.gru, Recurrent.Options(isBidirectional: true))
    let alone = try stack(.gru, Recurrent.Options())
    for (own, other) in zip(alone.parameters, both.parameters.dropFirst(4)) {
      own.parameter.assign(other.parameter.array)
    }
    let x = sines(36, start: 0, scale: 1)
    let reversed = (0..<9).flatMap { row in
      let from = (row / 3 * 3 + 2 - row % 3) * 4
      return x[from..<from + 4]
    }
    let ends = run([both, try FinalState(input: both.output)], x).y
    let last = run([alone, try LastStep(input: alone.output)], Array(reversed)).y
    for n in 0..<3 {
      #expect(Array(ends[n * 6 + 3..<n * 6 + 6]) == Array(last[n * 3..<n * 3 + 3]))
    }
  }

  @Test func `layers without biases and the GRU of Cho et al. agree with PyTorch`() throws {
    let options = Recurrent.Options(layers: 2, isBidirectional: true, hasBias: false)
    check(try stack(.lstm, options), RecurrentGolden.unbiased)
    check(try stack(.gruResetBefore, Recurrent.Options()), RecurrentGolden.cho)
  }

  @Test func `the states carried on are those of the last real steps, layer by layer`() throws {
    let layer = try stack(.lstm, Recurrent.Options(layers: 2, carriesState: true))
    _ = run([layer], sines(36, start: 0, scale: 1), lengths: [3, 1, 2])
    let state = try #require(layer.state)
    #expect(disagreement(state.hidden, RecurrentGolden.hidden) == nil)
    #expect(disagreement(state.cell, RecurrentGolden.cell) == nil)
  }

  // MARK: - Names and states

  @Test func `tensors have PyTorch's names in PyTorch's order`() throws {
    let options = Recurrent.Options(layers: 2, isBidirectional: true)
    let names = try stack(.gru, options).parameters.map(\.parameter.name)
    #expect(
      names == [
        "0.weight_ih_l0", "0.weight_hh_l0", "0.bias_ih_l0", "0.bias_hh_l0",
        "0.weight_ih_l0_reverse", "0.weight_hh_l0_reverse", "0.bias_ih_l0_reverse",
        "0.bias_hh_l0_reverse", "0.weight_ih_l1", "0.weight_hh_l1", "0.bias_ih_l1",
        "0.bias_hh_l1", "0.weight_ih_l1_reverse", "0.weight_hh_l1_reverse", "0.bias_ih_l1_reverse",
        "0.bias_hh_l1_reverse",
      ]
    )
    let shapes = try stack(.gru, options).parameters.map(\.parameter.shape)
    #expect(shapes[0] == [9, 4] && shapes[8] == [9, 6] && shapes[13] == [9, 3])
  }

  @Test func `a stack's carried states can be taken out, forgotten and put back`() throws {
    let layer = try stack(.lstm, Recurrent.Options(layers: 3, carriesState: true))
    let network = Sequential([layer])
    let x = sines(36, start: 0, scale: 1)
    let first = run([layer], x).y
    let states = network.states
    #expect(states.first??.hidden.count == 27 && states.first??.cell.count == 27)
    let second = run([layer], x).y
    #expect(second != first)
    network.clearStates()
    #expect(layer.state == nil)
    #expect(run([layer], x).y == first)
    network.states = states
    #expect(run([layer], x).y == second)
  }

  @Test func `a state is not carried in both directions`() {
    #expect {
      _ = try stack(.gruResetBefore, Recurrent.Options(isBidirectional: true, carriesState: true))
    } throws: { error in
      (error as? LayerError)?.misfit == .carriedStateOfBothDirections
    }
  }

  @Test func `forget_bias needs a bias`() {
    #expect {
      _ = try stack(.lstm, Recurrent.Options(hasBias: false, forgetBias: 1))
    } throws: { error in
      (error as? LayerError)?.misfit == .forgetBiasWithoutBias
    }
  }

  // MARK: - Dropout

  private func single(_ index: Int, inputs: Int, of whole: Recurrent) throws -> Recurrent {
    let layer = try Recurrent(
      path: "\(index)",
      input: .values([3, inputs]),
      cell: .gru,
      hiddenSize: 3
    )
    let tensors = whole.parameters.map(\.parameter)
    for (own, theirs) in zip(layer.parameters.map(\.parameter), tensors[(4 * index)...]) {
      own.assign(theirs.array)
    }
    return layer
  }

  @Test func `dropout acts between layers, each with a mask of its own`() throws {
    let whole = try stack(.gru, Recurrent.Options(layers: 3, dropout: 0.4))
    let singles: [any Layer] = [
      try single(0, inputs: 4, of: whole),
      try Dropout(path: "0.dropout_l0", input: .values([3, 3]), probability: 0.4),
      try single(1, inputs: 3, of: whole),
      try Dropout(path: "0.dropout_l1", input: .values([3, 3]), probability: 0.4),
      try single(2, inputs: 3, of: whole),
    ]
    let x = sines(36, start: 0, scale: 1)
    for training in [true, false] {
      let (one, other) = (run([whole], x, training: training), run(singles, x, training: training))
      #expect(bitMismatch(one.y, other.y) == nil)
      for (a, b) in zip(one.gradients, other.gradients) { #expect(bitMismatch(a, b) == nil) }
    }
    let trained = run([whole], x).y
    #expect(run([whole], x).y == trained)
    #expect(run([whole], x, step: 4).y != trained)
    #expect(run([whole], x, training: false).y != trained)
  }

  @Test func `one layer has no dropout`() throws {
    let x = sines(36, start: 0, scale: 1)
    let plain = run([try stack(.lstm, Recurrent.Options())], x).y
    #expect(run([try stack(.lstm, Recurrent.Options(dropout: 0.9))], x).y == plain)
  }

  // MARK: - Lengths

  @Test func `NaN behind the end changes no bit of a stack and its last step`() throws {
    let lengths: [Int32] = [2, 3, 1]
    func result(_ filler: Float) throws -> (shape: [Int], y: [Float], gradients: [[Float]]) {
      var x = sines(36, start: 0, scale: 1)
      for i in 0..<36 where i / 4 % 3 >= Int(lengths[i / 12]) { x[i] = filler }
      let options = Recurrent.Options(layers: 2, isBidirectional: true, dropout: 0.3)
      let layers: [any Layer] = [try stack(.lstm, options), try LastStep(input: .values([3, 6]))]
      return run(layers, x, lengths: lengths)
    }
    let (zeros, spoiled) = (try result(0), try result(.nan))
    #expect(zeros.shape == [3, 6])
    #expect(bitMismatch(spoiled.y, zeros.y) == nil)
    for (a, b) in zip(spoiled.gradients, zeros.gradients) { #expect(bitMismatch(a, b) == nil) }
    #expect(zeros.gradients[0].contains { $0 != 0 })
  }

  @Test func `lengths of other sequences than the data's do not count`() {
    let tape = Tape(threadCount: 1)
    tape.reset(training: false)
    let pass = Pass(tape: tape, lengths: SequenceLengths(tape.indices([2, 1]), steps: 3))
    #expect(pass.lengths(steps: 3) != nil)
    #expect(pass.lengths(steps: 4) == nil)
    #expect(Pass(tape: tape).lengths(steps: 3) == nil)
  }
}

extension Tape {
  fileprivate func indices(_ values: [Int32]) -> Indices {
    unsafe indices([values.count]) { memory in
      for i in values.indices { unsafe memory[i] = values[i] }
    }
  }
}
