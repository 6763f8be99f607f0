// SPDX-License-Identifier: Apache-2.0

import Tensors
import TestSupport
import Testing

/// An input of an operation under test.
struct Input {
  let shape: Shape
  let values: [Float]

  init(_ shape: Shape, start: Int = 1, scale: Double = 1) {
    self.shape = shape
    values = awkward(shape.count, start: start, scale: scale)
  }

  init(_ shape: Shape, _ values: [Float]) {
    self.shape = shape
    self.values = values
  }
}

/// Checks values and gradients of an operation against its reference in Double: on 1, 2 and 3 threads (same bits), with
/// plain variables and with parameters, and with every input used twice, so that gradients must add up.
///
/// `operations` bounds the roundings on the longest path, `magnitude` what is summed there.
func checkGradients(
  _ inputs: [Input],
  operations: Int,
  magnitude: Double = 4,
  _ operation: (Tape, [Variable]) -> Variable,
  reference: ([[Double]]) -> [Double],
  sourceLocation: SourceLocation = #_sourceLocation
) {
  // Central differences themselves are off by about 10⁻⁹ here.
  let bound = roundingBound(operations: operations, magnitude: magnitude) + 1e-8
  let first = Pass(inputs, threads: 1, asParameters: false, operation)
  let points = inputs.map { wide($0.values) }
  let values = mismatch(first.values, reference(points)) { _ in bound }
  #expect(values == nil, "values", sourceLocation: sourceLocation)
  for (i, input) in inputs.enumerated() {
    let expected = centralDifferences(points[i]) { x in
      var moved = points
      moved[i] = x
      return zip(reference(moved), first.seed).reduce(0) { $0 + $1.0 * Double($1.1) }
    }
    let found = mismatch(first.gradients[i], expected) { _ in 2 * bound }
    #expect(found == nil, "gradient of input \(i) \(input.shape)", sourceLocation: sourceLocation)
  }
  for (threads, asParameters) in [(2, false), (3, true)] {
    let other = Pass(inputs, threads: threads, asParameters: asParameters, operation)
    #expect(bitMismatch(other.values, first.values) == nil, sourceLocation: sourceLocation)
    for i in inputs.indices {
      let found = bitMismatch(other.gradients[i], first.gradients[i])
      #expect(found == nil, "\(threads) threads, input \(i)", sourceLocation: sourceLocation)
    }
  }
}

/// One forward and backward pass of an operation applied twice to the same inputs; the two outputs get seeds that add
/// up to `seed`.
private struct Pass {
  let values: [Float]
  let seed: [Float]
  let gradients: [[Float]]

  init(
    _ inputs: [Input],
    threads: Int,
    asParameters: Bool,
    _ operation: (Tape, [Variable]) -> Variable
  ) {
    let tape = Tape(threadCount: threads)
    tape.reset(training: true)
    let parameters = inputs.map { input in
      let parameter = Parameter(name: "p", shape: input.shape)
      parameter.assign(input.values)
      return parameter
    }
    let variables = inputs.indices.map { i in
      asParameters
        ? tape.parameter(parameters[i]) : tape.variable(inputs[i].shape, inputs[i].values)
    }
    let y = operation(tape, variables)
    let again = operation(tape, variables)
    values = tape.array(of: y)
    let first = awkward(values.count, start: 11)
    let second = awkward(values.count, start: 12, scale: 0.5)
    tape.seedGradient(y, first)
    tape.seedGradient(again, second)
    tape.backward()
    seed = zip(first, second).map { $0 + $1 }
    gradients = inputs.indices.map { i in
      asParameters ? parameters[i].gradientArray : tape.gradientArray(of: variables[i])
    }
  }
}

/// Indices on a tape.
extension Tape {
  func indices(_ shape: Shape, _ values: [Int32]) -> Indices {
    unsafe indices(shape) { memory in
      for i in values.indices { unsafe memory[i] = values[i] }
    }
  }
}

extension Reference.Activation {
  var kernel: Activation {
    switch self {
    case .identity: .identity
    case .relu: .relu
    case .sigmoid: .sigmoid
    case .tanh: .tanh
    }
  }
}
