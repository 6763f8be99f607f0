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
    }
  }
}

/// N, T, H.
struct RecurrentSizes: CustomTestStringConvertible, Sendable {
  var batch: Int
  var steps: Int
  var size: Int
  var testDescription: String { "N \(batch), T \(steps), H \(size)" }
}

@Suite struct RecurrentTests {
  static let sizes = [
    RecurrentSizes(batch: 1, steps: 1, size: 1),
    RecurrentSizes(batch: 2, steps: 3, size: 5),
    RecurrentSizes(batch: 7, steps: 4, size: 16),
    RecurrentSizes(batch: 13, steps: 2, size: 17),
    RecurrentSizes(batch: 2, steps: 3, size: 33),
    RecurrentSizes(batch: 0, steps: 2, size: 3),
    RecurrentSizes(batch: 3, steps: 2, size: 17),
  ]

  @Test(arguments: Reference.Cell.allCases, sizes)
  func `forward matches the reference from a given state`(
    cell: Reference.Cell,
    sizes: RecurrentSizes
  ) {
    let one = Run(cell, sizes, threads: 1)
    // Each step's gates carry (H + 4) roundings of values below H + 3, and at most T steps pass errors on.
    let operations = (sizes.size + 8) * sizes.steps
    let bound = roundingBound(operations: operations, magnitude: Double(sizes.size + 3))
    #expect(mismatch(one.result, one.reference) { _ in bound } == nil)
    #expect(one.isIntact)
    for threads in 2...3 {
      let other = Run(cell, sizes, threads: threads)
      #expect(bitMismatch(other.result, one.result) == nil)
      #expect(bitMismatch(other.inputGradient, one.inputGradient) == nil)
      #expect(bitMismatch(other.productGradient, one.productGradient) == nil)
      #expect(other.isIntact)
    }
  }

  @Test(arguments: Reference.Cell.allCases, [sizes[0], sizes[1], sizes[5], sizes[6]])
  func `backward matches central differences of the reference`(
    cell: Reference.Cell,
    sizes: RecurrentSizes
  ) {
    let run = Run(cell, sizes, threads: 2)
    let expected = run.differences()
    let operations = (4 * sizes.size + 20) * sizes.steps
    let bound = roundingBound(operations: operations, magnitude: Double(sizes.size + 3)) + 1e-8
    #expect(mismatch(run.inputGradient, expected.input) { _ in bound } == nil)
    #expect(mismatch(run.productGradient, expected.product) { _ in bound } == nil)
  }
}

/// One layer run forward and backward on kernels, all buffers guarded. The products W x + b are given directly.
private struct Run {
  let sizes: RecurrentSizes
  let cell: Reference.Cell
  let products: [Float]
  let weights: [Float]
  let bias: [Float]
  let hidden: [Float]
  let memory: [Float]
  let gradient: [Float]
  var result: [Float] = []
  var inputGradient: [Float] = []
  var productGradient: [Float] = []
  var isIntact = false

  init(_ cell: Reference.Cell, _ sizes: RecurrentSizes, threads: Int) {
    self.cell = cell
    self.sizes = sizes
    let (lines, width) = (sizes.batch * sizes.size, cell.gates * sizes.size)
    products = awkward(sizes.steps * sizes.batch * width, start: 1, scale: 2)
    weights = awkward(width * sizes.size, start: 2)
    bias = awkward(width, start: 3)
    hidden = awkward(lines, start: 4)
    memory = awkward(lines, start: 5)
    gradient = awkward(sizes.steps * lines, start: 6)
    execute(lines, KernelContext(threadCount: threads))
  }

  private mutating func execute(_ lines: Int, _ context: KernelContext) {
    let gates = GuardedFloats(products, offset: 1)
    let states = GuardedFloats(count: (sizes.steps + 1) * lines, offset: 1)
    let cells = GuardedFloats(count: (sizes.steps + 1) * lines)
    let slopes = GuardedFloats(count: products.count)
    for i in 0..<lines {
      states.base[i] = hidden[i]
      if cell == .lstm { cells.base[i] = memory[i] }
    }
    let buffers = RecurrentBuffers(
      cell: cell.kernelCell,
      batch: sizes.batch,
      steps: sizes.steps,
      size: sizes.size,
      gates: gates.base,
      hidden: states.base,
      cells: cell == .rnn ? states.base : cells.base,
      products: cell == .gru ? slopes.base : gates.base
    )
    let (u, b) = (GuardedFloats(weights, offset: 1), GuardedFloats(bias))
    recurrentForward(buffers, weights: u.source, bias: b.source, context: context)
    result = Array(states.array.dropFirst(lines))
    let dy = GuardedFloats(gradient, offset: 1)
    recurrentBackward(buffers, gradient: dy.source, weights: u.source, context: context)
    inputGradient = gates.array
    productGradient = cell == .gru ? slopes.array : gates.array
    isIntact = gates.isIntact && states.isIntact && cells.isIntact && slopes.isIntact
    withExtendedLifetime((u, b)) {}
  }

  private func values(_ input: [Double], shift: [Double]) -> [Double] {
    var layer = Reference.Recurrent(
      cell,
      batch: sizes.batch,
      steps: sizes.steps,
      inputs: 0,
      size: sizes.size
    )
    layer.hiddenWeight = wide(weights)
    layer.hiddenBias = wide(bias)
    layer.hidden = wide(hidden)
    layer.memory = wide(memory)
    return layer.run(products: input, shift: shift)
  }

  var reference: [Double] {
    values(wide(products), shift: [Double](repeating: 0, count: products.count))
  }

  /// Gradients of Σ gradient · h from W x + b and from U h + b′.
  func differences() -> (input: [Double], product: [Double]) {
    func value(_ y: [Double]) -> Double {
      zip(y, gradient).reduce(0) { $0 + $1.0 * Double($1.1) }
    }
    let none = [Double](repeating: 0, count: products.count)
    return (
      centralDifferences(wide(products)) { value(values($0, shift: none)) },
      centralDifferences(none) { value(values(wide(products), shift: $0)) }
    )
  }
}
