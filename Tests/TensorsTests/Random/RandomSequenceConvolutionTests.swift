// SPDX-License-Identifier: Apache-2.0

import Tensors
import TestSupport
import Testing

/// Convolutions along sequences of random shapes, against the slow side.
@Suite struct RandomSequenceConvolutionTests {
  /// Sizes and values of one case.
  private struct Case {
    let batch: Int
    let steps: Int
    let channels: Int
    let units: Int
    let kernel: Int
    let stride: Int
    let padding: (front: Int, back: Int)
    let lengths: [Int32]?
    let activation: Activation
    let hasBias: Bool

    init(_ g: inout CaseGenerator) {
      steps = g.once(in: 4) ? g.pick(60...200) : g.once(in: 5) ? 1 : g.pick(1...12)
      padding = g.once(in: 2) ? (0, 0) : (g.pick(0...5), g.pick(0...5))
      kernel = g.pick(1...min(7, steps + padding.front + padding.back))
      stride = g.once(in: 2) ? 1 : g.pick(1...8)
      let rows = JudgeTape.windows(of: steps, kernel, stride, padding)
      batch = g.once(in: 4) && rows < 10 ? g.pick(5...40) : g.pick(1...4)
      channels = min(
        g.once(in: 3) ? g.pick(1...40) : g.pick(1...6),
        max(1, 400_000 / (batch * rows * kernel))
      )
      let perUnit = batch * rows * kernel * channels
      units = min(g.once(in: 3) ? g.pick(1...60) : g.pick(1...6), max(1, 200_000 / perUnit))
      let (count, last) = (batch, steps)
      lengths = g.once(in: 2) ? (0..<count).map { _ in Int32(g.pick(0...last)) } : nil
      activation = g.pick([.identity, .identity, .relu, .sigmoid, .tanh])
      hasBias = g.once(in: 2)
    }
  }

  @Test(arguments: RandomCases.seeds(100, exhaustive: 3_000))
  func `values and gradients are the reference's`(seed: Int) {
    var g = CaseGenerator(seed: seed)
    let s = Case(&g)
    let rows = JudgeTape.windows(of: s.steps, s.kernel, s.stride, s.padding)
    var inputs = [
      Input(random: [s.batch, s.steps, s.channels], hiddenBehind: s.lengths, &g),
      Input(random: [s.units, s.channels, s.kernel], &g),
    ]
    if s.hasBias { inputs.append(Input(random: [s.units], &g)) }
    let run = OperationCase(inputs, results: [s.batch * rows * s.units], &g) { tape, x in
      [
        tape.conv1d(
          x[0],
          weight: x[1],
          bias: s.hasBias ? x[2] : nil,
          stride: s.stride,
          padding: s.padding,
          activation: s.activation,
          lengths: s.lengths.map { tape.indices([s.batch], $0) }
        )
      ]
    }
    let function: JudgedFunction =
      switch s.activation {
      case .identity: .identity
      case .relu: .relu
      case .sigmoid: .sigmoid
      case .tanh: .tanh
      }
    let misfit = run.misfit { tape, x in
      var y = tape.conv1d(
        x[0],
        x[1],
        stride: s.stride,
        padding: s.padding,
        lengths: s.lengths
      )
      if s.hasBias { y = tape.add(y, x[2]) { $0 % s.units } }
      y = tape.activated(y, function)
      guard let lengths = s.lengths else { return [y] }
      let places = (0..<y.count).filter { i in
        let (n, t) = (i / (rows * s.units), i / s.units % rows)
        return t < JudgeTape.windows(of: Int(lengths[n]), s.kernel, s.stride, s.padding)
      }
      return [tape.linear(y, y.shape) { body in for i in places { body(i, i, 1) } }]
    }
    #expect(misfit == nil, "\(s). Repeat with: \(RandomCases.command(seed, Self.self))")
  }

  @Test func `an example has the bits that it has alone`() {
    let lengths: [Int32] = [9, 4, 0, 6]
    let x = awkward(4 * 9 * 5)
    func run(_ x: [Float], _ shape: Shape, _ lengths: [Int32]?) -> (y: [Float], dx: [Float]) {
      let tape = Tape(threadCount: 2)
      tape.reset(training: true)
      let input = tape.variable(shape, x)
      let weight = tape.variable([7, 5, 3], awkward(105, start: 2))
      let y = tape.conv1d(
        input,
        weight: weight,
        bias: tape.variable([7], awkward(7, start: 3)),
        stride: 2,
        padding: (2, 1),
        activation: .tanh,
        lengths: lengths.map { tape.indices([shape[0]], $0) }
      )
      tape.seedGradient(y, [Float](repeating: 1, count: tape.shape(of: y).count))
      tape.backward()
      return (tape.array(of: y), tape.gradientArray(of: input))
    }
    let together = run(x, [4, 9, 5], lengths)
    for (n, length) in lengths.enumerated() where length > 0 {
      let (from, count) = (n * 45, Int(length) * 5)
      let alone = run(Array(x[from..<from + count]), [1, Int(length), 5], nil)
      let own = together.y[n * 35..<n * 35 + alone.y.count]
      #expect(bitMismatch(Array(own), alone.y) == nil)
      #expect(together.y[(n * 35 + alone.y.count)..<(n + 1) * 35].allSatisfy { $0 == 0 })
      #expect(bitMismatch(Array(together.dx[from..<from + count]), alone.dx) == nil)
    }
    let tape = Tape(threadCount: 1)
    tape.reset(training: false)
    let counts = tape.conv1dLengths(
      tape.indices([4], lengths),
      kernel: 3,
      stride: 2,
      padding: (2, 1)
    )
    #expect(counts.array == [5, 3, 0, 4])
  }
}
