// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import NeuralNetworks
@testable import Tensors

/// What a network says of itself before it holds any memory is what it comes to: shapes, counts, values of an example.
@Suite struct ForetoldSizesTests {
  @Test(arguments: RandomCases.seeds(120, exhaustive: 4_000))
  func `shapes and counts are known before memory is taken`(seed: Int) throws {
    let kind = LayerKind.allCases[seed % LayerKind.allCases.count]
    let model = try RandomModel(seed: 130_000 + seed, count: 1 + seed % 4, kind: kind)
    let network = try RandomLayer.network(model.layers, "", model.input)
    let message = Comment(
      rawValue: "\(model). Repeat with: \(RandomCases.command(seed, Self.self))"
    )
    let (count, values) = (network.parameterCount, network.valuesPerExample)
    let shapes = network.tensors.map(\.shape.array)
    #expect(network.tensors.allSatisfy { !$0.holdsMemory }, message)

    let tape = Tape(threadCount: 1)
    tape.reset(training: true)
    let made = model.madeValues(network, tape)
    #expect(made.misfits.isEmpty, message)
    #expect(made.count == values, message)
    #expect(network.parameters.reduce(0) { $0 + $1.parameter.array.count } == count, message)
    for (tensor, shape) in zip(network.tensors, shapes) {
      #expect(tensor.array.count == shape.reduce(1, *), message)
      #expect(tensor.holdsMemory, message)
    }
  }
}

extension RandomModel {
  /// Values that each layer really makes of an example, inner layers included, and each layer whose result has another
  /// shape than it said.
  fileprivate func madeValues(
    _ network: Sequential,
    _ tape: Tape
  ) -> (count: Int, misfits: [String]) {
    var (count, misfits) = (0, [String]())
    let pass = fastPass(tape)
    func walk(_ network: Sequential, _ input: Signal) {
      var signal = input
      for layer in network.layers {
        for child in layer.children { walk(child, signal) }
        signal = layer(signal, pass)
        let made: [Int]
        let said: [Int]
        switch (signal, layer.output) {
        case (.values(let y), .values(let sizes)):
          (made, said) = (tape.shape(of: y).array, [batch] + sizes)
          count += made.reduce(1, *) / batch + layer.keptPerExample
        case (.tokens(let y), .tokens(_, let steps)):
          (made, said) = (y.shape.array, [batch, steps])
        case (.values, .tokens), (.tokens, .values): (made, said) = ([], [-1])
        }
        if made != said { misfits.append("\(type(of: layer)) makes \(made), said \(said)") }
      }
    }
    walk(network, signal(tape).0)
    return (count, misfits)
  }
}
