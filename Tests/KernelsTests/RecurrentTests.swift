// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Kernels

extension Reference.Cell {
  var kernelCell: RecurrentCell {
    switch self {
    case .rnn: .rnn
    case .gru: .gru
    case .lstm: .lstm
    case .rnnReLU: .rnnReLU
    case .gruResetBefore: .gruResetBefore
    }
  }
}

/// N, T, D, H.
struct RecurrentSizes: CustomTestStringConvertible, Sendable {
  var batch: Int
  var steps: Int
  var inputs: Int
  var size: Int
  var testDescription: String { "N \(batch), T \(steps), D \(inputs), H \(size)" }
}

@Suite struct RecurrentTests {
  /// Rows around a tile and around what threads share, units around 16; some small, some worth sharing.
  static let sizes = [
    RecurrentSizes(batch: 1, steps: 1, inputs: 1, size: 1),
    RecurrentSizes(batch: 2, steps: 3, inputs: 2, size: 5),
    RecurrentSizes(batch: 0, steps: 2, inputs: 2, size: 3),
    RecurrentSizes(batch: 3, steps: 2, inputs: 4, size: 17),
    RecurrentSizes(batch: 1, steps: 40, inputs: 3, size: 64),
    RecurrentSizes(batch: 3, steps: 5, inputs: 17, size: 16),
    RecurrentSizes(batch: 4, steps: 40, inputs: 5, size: 33),
    RecurrentSizes(batch: 5, steps: 30, inputs: 1, size: 64),
    RecurrentSizes(batch: 13, steps: 60, inputs: 6, size: 15),
    RecurrentSizes(batch: 33, steps: 6, inputs: 25, size: 64),
    RecurrentSizes(batch: 9, steps: 2, inputs: 3, size: 130),
  ]

  @Test(arguments: Reference.Cell.bounded, sizes)
  func `forward matches the reference from a given state`(
    cell: Reference.Cell,
    sizes: RecurrentSizes
  ) {
    let one = Run(cell, sizes, threads: 1)
    // Each step's gates carry (D + H + 8) roundings of values below D + H + 3, and at most T steps pass errors on.
    let operations = (sizes.inputs + sizes.size + 8) * sizes.steps
    let bound = roundingBound(
      operations: operations,
      magnitude: Double(sizes.inputs + sizes.size + 3)
    )
    #expect(mismatch(one.result, one.reference) { _ in bound } == nil)
    #expect(bitMismatch(one.hidden, one.result) == nil)
    #expect(one.isIntact)
    for threads in 2...3 {
      let other = Run(cell, sizes, threads: threads)
      #expect(bitMismatch(other.result, one.result) == nil)
      #expect(bitMismatch(other.inputGradient, one.inputGradient) == nil)
      #expect(bitMismatch(other.productGradient, one.productGradient) == nil)
      #expect(other.isIntact)
    }
  }

  @Test(arguments: Reference.Cell.bounded, sizes.prefix(4))
  func `backward matches central differences of the reference`(
    cell: Reference.Cell,
    sizes: RecurrentSizes
  ) {
    let run = Run(cell, sizes, threads: 2)
    let expected = run.differences()
    let operations = (4 * (sizes.inputs + sizes.size) + 20) * sizes.steps
    let bound = roundingBound(operations: operations, magnitude: Double(sizes.size + 3)) + 1e-8
    #expect(mismatch(run.inputGradient, expected.input) { _ in bound } == nil)
    #expect(mismatch(run.productGradient, expected.product) { _ in bound } == nil)
  }

  @Test(arguments: Reference.Cell.bounded, sizes)
  func `tokens give the bits of their one-hot vectors`(cell: Reference.Cell, sizes: RecurrentSizes)
  {
    let tokens = awkwardIndices(sizes.batch * sizes.steps, below: sizes.inputs)
    let vectors = Reference.oneHot(tokens, count: sizes.inputs)
    let long = Run(cell, sizes, threads: 2, x: vectors)
    let short = Run(cell, sizes, threads: 2, x: vectors, tokens: tokens)
    #expect(bitMismatch(short.result, long.result) == nil)
    #expect(bitMismatch(short.inputGradient, long.inputGradient) == nil)
    #expect(short.isIntact)
  }

  @Test(arguments: Reference.Cell.bounded)
  func `a NaN stays in its example and reaches all its later steps`(cell: Reference.Cell) {
    let sizes = RecurrentSizes(batch: 6, steps: 4, inputs: 3, size: 20)
    var x = awkward(sizes.batch * sizes.steps * sizes.inputs)
    x[(2 * sizes.steps + 1) * sizes.inputs] = .nan
    let run = Run(cell, sizes, threads: 2, x: x)
    for i in run.result.indices {
      let (example, step) = (i / (sizes.steps * sizes.size), i / sizes.size % sizes.steps)
      #expect(run.result[i].isNaN == (example == 2 && step >= 1))
    }
    #expect(run.inputGradient.contains { $0.isNaN })
  }
}

/// One layer run forward and backward on kernels, all buffers guarded; results and gradients batch first.
private struct Run {
  let sizes: RecurrentSizes
  let cell: Reference.Cell
  let x: [Float]
  let inputWeight: [Float]
  let hiddenWeight: [Float]
  let inputBias: [Float]
  let hiddenBias: [Float]
  let start: [Float]
  let memory: [Float]
  let gradient: [Float]
  var result: [Float] = []
  var hidden: [Float] = []
  var inputGradient: [Float] = []
  var productGradient: [Float] = []
  var isIntact = false

  private var lines: Int { sizes.batch * sizes.size }
  private var width: Int { cell.gates * sizes.size }

  init(
    _ cell: Reference.Cell,
    _ sizes: RecurrentSizes,
    threads: Int,
    x: [Float]? = nil,
    tokens: [Int32]? = nil
  ) {
    self.cell = cell
    self.sizes = sizes
    let width = cell.gates * sizes.size
    let lines = sizes.batch * sizes.size
    self.x = x ?? awkward(sizes.batch * sizes.steps * sizes.inputs)
    inputWeight = awkward(width * sizes.inputs, start: 1)
    hiddenWeight = awkward(width * sizes.size, start: 2)
    inputBias = awkward(width, start: 7)
    hiddenBias = awkward(width, start: 3)
    start = awkward(lines, start: 4)
    memory = awkward(lines, start: 5)
    gradient = awkward(sizes.steps * lines, start: 6)
    execute(tokens, KernelContext(threadCount: threads))
  }

  private mutating func execute(_ tokens: [Int32]?, _ context: KernelContext) {
    let kernel = cell.kernelCell
    let stride = RecurrentBuffers.lineStride(kernel, size: sizes.size)
    let rows = sizes.batch * sizes.steps
    let kept = GuardedFloats(count: rows * stride, offset: 1)
    let inputs = tokens == nil ? sizes.inputs : 0
    let stateWidth = inputs + sizes.size
    let states = GuardedFloats(count: (sizes.steps + 1) * sizes.batch * stateWidth, offset: 1)
    let cells = GuardedFloats(count: cell == .lstm ? (sizes.steps + 1) * lines : 0)
    let squashed = GuardedFloats(count: cell == .lstm ? rows * sizes.size : 0, offset: 1)
    for i in 0..<lines {
      states.base[i / sizes.size * stateWidth + inputs + i % sizes.size] = start[i]
      if cell == .lstm { cells.base[i] = memory[i] }
    }
    let buffers = RecurrentBuffers(
      cell: kernel,
      batch: sizes.batch,
      steps: sizes.steps,
      size: sizes.size,
      inputs: inputs,
      lines: kept.base,
      states: states.base,
      cells: cell == .lstm ? cells.base : states.base,
      squashed: cell == .lstm ? squashed.base : states.base
    )
    let (w, u) = (GuardedFloats(inputWeight), GuardedFloats(hiddenWeight, offset: 1))
    let (b, b2) = (GuardedFloats(inputBias), GuardedFloats(hiddenBias))
    let (input, y) = (GuardedFloats(x, offset: 1), GuardedFloats(count: gradient.count, offset: 1))
    let parameters = RecurrentParameters(
      inputWeight: w.source,
      hiddenWeight: u.source,
      inputBias: b.source,
      hiddenBias: b2.source
    )
    (tokens ?? []).withUnsafeBufferPointer { numbers in
      var source = RecurrentInput.values(input.source)
      if tokens != nil, let base = numbers.baseAddress {
        source = .tokens(base, vocabulary: sizes.inputs)
      }
      recurrentForward(buffers, source, parameters, result: y.base, context: context)
    }
    result = y.array
    let slots = states.array.dropFirst(sizes.batch * stateWidth).map { $0 }
    let afterwards = (0..<rows).flatMap {
      slots[$0 * stateWidth + inputs..<($0 + 1) * stateWidth]
    }
    hidden = batchFirst(afterwards, sizes.size)
    let dy = GuardedFloats(gradient, offset: 1)
    recurrentBackward(buffers, gradient: dy.source, hiddenWeight: u.source, context: context)
    let (slopes, joined) = (kept.array, kernel.joinedGates * sizes.size)
    var (ofInput, ofProduct): ([Float], [Float]) = ([], [])
    for line in 0..<rows {
      let place = line * stride
      ofProduct += slopes[place..<place + width]
      ofInput += slopes[place..<place + joined]
      let apart = place + buffers.apartPlace
      ofInput += slopes[apart..<apart + width - joined]
    }
    (inputGradient, productGradient) = (batchFirst(ofInput, width), batchFirst(ofProduct, width))
    isIntact = [kept, states, cells, squashed, y].allSatisfy { $0.isIntact }
    withExtendedLifetime((w, u, b, b2, input)) {}
  }

  /// Lines [T, N] → [N, T].
  private func batchFirst<Value>(_ values: [Value], _ count: Int) -> [Value] {
    var ordered: [Value] = []
    for n in 0..<sizes.batch {
      for t in 0..<sizes.steps {
        let place = (t * sizes.batch + n) * count
        ordered += values[place..<place + count]
      }
    }
    return ordered
  }

  /// W x + b, [T, N, G · H].
  private var products: [Double] {
    var lines: [Double] = []
    for t in 0..<sizes.steps {
      for n in 0..<sizes.batch {
        let place = (n * sizes.steps + t) * sizes.inputs
        lines += Reference.linear(
          wide(Array(x[place..<place + sizes.inputs])),
          wide(inputWeight),
          wide(inputBias),
          inputs: sizes.inputs,
          units: width
        )
      }
    }
    return lines
  }

  private func values(_ input: [Double], shift: [Double]) -> [Double] {
    var layer = Reference.Recurrent(
      cell,
      batch: sizes.batch,
      steps: sizes.steps,
      inputs: sizes.inputs,
      size: sizes.size
    )
    layer.hiddenWeight = wide(hiddenWeight)
    layer.hiddenBias = wide(hiddenBias)
    layer.hidden = wide(start)
    layer.memory = wide(memory)
    return batchFirst(layer.run(products: input, shift: shift), sizes.size)
  }

  var reference: [Double] {
    values(products, shift: [Double](repeating: 0, count: sizes.batch * sizes.steps * width))
  }

  /// Gradients of Σ gradient · h from W x + b and from U h + b′, batch first.
  func differences() -> (input: [Double], product: [Double]) {
    func value(_ y: [Double]) -> Double {
      zip(y, gradient).reduce(0) { $0 + $1.0 * Double($1.1) }
    }
    let products = products
    let none = [Double](repeating: 0, count: products.count)
    return (
      batchFirst(centralDifferences(products) { value(values($0, shift: none)) }, width),
      batchFirst(centralDifferences(none) { value(values(products, shift: $0)) }, width)
    )
  }
}
