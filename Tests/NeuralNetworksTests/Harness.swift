// SPDX-License-Identifier: Apache-2.0

import Foundation
import Tensors
import TestSupport

@testable import NeuralNetworks

/// The golden scripts' numbers: scale · sin(0.7 i + start).
func sines(_ count: Int, start: Double, scale: Double = 0.5) -> [Float] {
  (0..<count).map { Float(scale * sin(0.7 * Double($0) + start)) }
}

/// The golden scripts' fingerprint of a tensor: Σ v[i] cos(0.1 i).
func probe(_ values: [Float]) -> Double {
  values.indices.reduce(0) { $0 + Double(values[$1]) * cos(0.1 * Double($1)) }
}

/// What a layer is tried on.
enum TestInput: Sendable {
  case values([Int], start: Double)
  case tokens([Int32], rows: Int)

  func signal(on tape: Tape) -> Signal {
    switch self {
    case .values(let shape, let start):
      let shape = Shape(shape)
      return .values(tape.variable(shape, sines(shape.count, start: start, scale: 1)))
    case .tokens(let tokens, let rows):
      let indices = unsafe tape.indices([rows, tokens.count / rows]) { memory in
        for i in tokens.indices { unsafe memory[i] = tokens[i] }
      }
      return .tokens(indices)
    }
  }
}

/// Gives the parameters the golden scripts' values.
func assignSines(_ layer: any Layer) {
  for (index, parameter) in layer.parameters.map(\.parameter).enumerated() {
    parameter.assign(sines(parameter.count, start: Double(index + 1)))
  }
}

/// Result and gradient probes of a layer under the golden scripts' upstream gradient.
func trial(_ layer: any Layer, _ input: TestInput, threads: Int = 2) -> (
  shape: [Int], y: [Float], gradients: [Double]
) {
  let tape = Tape(threadCount: threads)
  tape.reset(training: true)
  let parameters = layer.parameters.map(\.parameter)
  for parameter in parameters { parameter.clearGradient() }
  let signal = input.signal(on: tape)
  let y = values(layer(signal, Pass(tape: tape)))
  let shape = tape.shape(of: y)
  tape.seedGradient(y, sines(shape.count, start: 9, scale: 1))
  tape.backward()
  var gradients = parameters.map { probe($0.gradientArray) }
  if case .values(let x) = signal { gradients.insert(probe(tape.gradientArray(of: x)), at: 0) }
  return (shape.array, tape.array(of: y), gradients)
}

/// Where two Float computations differ by more than their roundings may; nil if nowhere.
///
/// 100 roundings of sums whose terms add up to about 8, and the printing with seven decimals.
func disagreement(_ got: [Float], _ expected: [Double]) -> String? {
  mismatch(got, expected) { _ in roundingBound(operations: 100, magnitude: 8) + 5e-8 }
}
