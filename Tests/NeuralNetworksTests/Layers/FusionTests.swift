// SPDX-License-Identifier: Apache-2.0

import Tensors
import TestSupport
import Testing

@testable import NeuralNetworks

/// What runs as one has the bits of layers that run by themselves, whatever follows what.
@Suite struct FusionTests {
  private static let kinds: [RandomLayer] = [
    .conv2d(channels: 3, RandomWindow(kernel: (2, 2), padding: (1, 1)), .identity, hasBias: true),
    .conv2d(channels: 2, RandomWindow(kernel: (1, 2)), .relu, hasBias: false),
    .batchNorm, .activation(.relu), .activation(.tanh),
    .maxPool2d(RandomWindow(kernel: (2, 1), stride: (2, 1))),
    .averagePool2d(RandomWindow(kernel: (1, 2), stride: (1, 2))),
    .residual([.batchNorm], shortcut: nil),
  ]

  private struct Results {
    var values: [Float]
    var gradients: [[Float]]
    var evaluated: [Float]
    /// All tensors, running statistics included.
    var tensors: [[Float]]
  }

  private func results(_ layers: [RandomLayer], isFused: Bool) throws -> Results {
    let shape: Shape = [3, 2, 18, 17]
    let network = try RandomLayer.network(layers, "", .values([2, 18, 17]))
    for (start, parameter) in network.parameters.enumerated() {
      parameter.parameter.clearGradient()
      parameter.parameter.assign(
        sines(parameter.parameter.count, start: Double(start)).map {
          parameter.isNormalization ? 1 + $0 : $0
        }
      )
    }
    let parts = isFused ? [network] : network.layers.map { Sequential([$0]) }
    let tape = Tape(threadCount: 2)
    func run(training: Bool) -> (Variable, Variable) {
      tape.reset(training: training)
      let x = tape.variable(shape, sines(shape.count, start: 2, scale: 1))
      let pass = Pass(tape: tape)
      return (x, parts.reduce(x) { $1(.values($0), pass) })
    }
    let (x, y) = run(training: true)
    let values = tape.array(of: y)
    tape.seedGradient(y, sines(tape.shape(of: y).count, start: 9, scale: 1))
    tape.backward()
    var gradients = [tape.gradientArray(of: x)]
    gradients += network.parameters.map { $0.parameter.gradientArray }
    let evaluated = tape.array(of: run(training: false).1)
    return Results(
      values: values,
      gradients: gradients,
      evaluated: evaluated,
      tensors: network.tensors.map(\.array)
    )
  }

  /// All chains of four: the longest that run as one, and all that is behind and between shorter ones.
  @Test(arguments: kinds.indices)
  func `every chain of layers has the bits of one at a time`(first: Int) throws {
    // Sums over a batch of images, of terms that add up to some hundreds.
    let bound = roundingBound(operations: 3 * 18 * 17, magnitude: 16)
    for second in Self.kinds {
      for third in Self.kinds {
        for fourth in Self.kinds {
          let layers = [Self.kinds[first], second, third, fourth]
          let (one, each) = try (results(layers, isFused: true), results(layers, isFused: false))
          // A convolution adds up its gradients strip by strip, and a pooling makes the strips.
          let found =
            bitMismatch(one.values, each.values) ?? bitMismatch(one.evaluated, each.evaluated)
            ?? zip(one.tensors, each.tensors).compactMap { bitMismatch($0, $1) }.first
            ?? zip(one.gradients, each.gradients)
            .compactMap { mismatch($0, wide($1)) { _ in bound } }.first
          #expect(found == nil, "\(layers)")
        }
      }
    }
  }

  /// What is fused keeps less: the larger results before a pooling take no memory.
  @Test func `a convolution, its normalisation, ReLU and pooling keep one large result`() throws {
    func memory(_ layers: [RandomLayer], training: Bool) throws -> Int {
      let network = try RandomLayer.network(layers, "", .values([2, 32, 32]))
      let tape = Tape(threadCount: 1)
      tape.reset(training: training)
      let shape: Shape = [64, 2, 32, 32]
      let x = tape.variable(shape, sines(shape.count, start: 2, scale: 1))
      _ = network(.values(x), Pass(tape: tape))
      return tape.memoryBytes
    }
    let window = RandomWindow(kernel: (2, 2), stride: (2, 2))
    let layers: [RandomLayer] = [
      .conv2d(channels: 16, RandomWindow(kernel: (1, 1)), .identity, hasBias: true), .batchNorm,
      .activation(.relu), .maxPool2d(window),
    ]
    let large = 4 * 64 * 16 * 32 * 32
    let (alone, all) = try (
      memory([layers[0]], training: true), memory(layers, training: true)
    )
    #expect(all - alone < large)
    #expect(try memory(layers, training: false) < alone)
  }
}
