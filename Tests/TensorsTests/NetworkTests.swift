// SPDX-License-Identifier: Apache-2.0

import Tensors
import TestSupport
import Testing

/// The introductory networks, computed by hand beside the tape.
@Suite struct NetworkTests {
  @Test func `the 2-2-2 network with relu gives 3.16 and 3.8`() {
    let tape = Tape(threadCount: 1)
    tape.reset(training: false)
    let x = tape.constant([1, 2], [1, 2])
    let hidden = tape.linear(
      x,
      weight: tape.constant([2, 2], [0.1, 0.2, 0.3, 0.4]),
      bias: tape.constant([2], [0.5, 0.6]),
      activation: .relu
    )
    let y = tape.linear(
      hidden,
      weight: tape.constant([2, 2], [0.7, 0.8, 0.9, 1.0]),
      bias: tape.constant([2], [1.1, 1.2])
    )
    let bound = roundingBound(operations: 8, magnitude: 4)
    #expect(mismatch(tape.array(of: y), [3.16, 3.8]) { _ in bound } == nil)
  }

  /// δ³ = 2 (y − t) / count, δˡ = (Wˡ⁺¹ᵀ δˡ⁺¹) ∘ σ′(aˡ), dWˡ = δˡ xˡᵀ, dbˡ = δˡ.
  @Test func `a 2-4-3-1 network with squared error has the gradients of the delta recursion`() {
    let sizes = [2, 4, 3, 1]
    let examples = 3
    let x = awkward(examples * 2, start: 1)
    let t = awkward(examples, start: 2)
    let weights = (0..<3).map { awkward(sizes[$0] * sizes[$0 + 1], start: 3 + $0) }
    let biases = (0..<3).map { awkward(sizes[$0 + 1], start: 6 + $0) }

    let tape = Tape(threadCount: 2)
    tape.reset(training: true)
    let w = (0..<3).map { tape.variable([sizes[$0 + 1], sizes[$0]], weights[$0]) }
    let b = (0..<3).map { tape.variable([sizes[$0 + 1]], biases[$0]) }
    var value = tape.constant([examples, 2], x)
    for l in 0..<3 {
      value = tape.linear(value, weight: w[l], bias: b[l], activation: l < 2 ? .sigmoid : .identity)
    }
    let loss = tape.squaredError(value, targets: tape.constant([examples, 1], t))
    tape.backward()

    let hand = deltaRecursion(
      sizes,
      wide(x),
      wide(t),
      weights.map { wide($0) },
      biases.map { wide($0) }
    )
    let bound = roundingBound(operations: 40, magnitude: 4)
    #expect(abs(loss.mean - hand.loss) <= bound)
    for l in 0..<3 {
      #expect(mismatch(tape.gradientArray(of: w[l]), hand.weights[l]) { _ in bound } == nil)
      #expect(mismatch(tape.gradientArray(of: b[l]), hand.biases[l]) { _ in bound } == nil)
    }
  }

  private func deltaRecursion(
    _ sizes: [Int],
    _ x: [Double],
    _ t: [Double],
    _ weights: [[Double]],
    _ biases: [[Double]]
  ) -> (loss: Double, weights: [[Double]], biases: [[Double]]) {
    var dW = weights.map { [Double](repeating: 0, count: $0.count) }
    var db = biases.map { [Double](repeating: 0, count: $0.count) }
    var loss = 0.0
    for n in t.indices {
      var z = [Array(x[2 * n..<2 * n + 2])]
      for l in 0..<3 {
        let a = Reference.linear(
          z[l],
          weights[l],
          biases[l],
          inputs: sizes[l],
          units: sizes[l + 1]
        )
        z.append(l < 2 ? Reference.activate(.sigmoid, a) : a)
      }
      loss += (z[3][0] - t[n]) * (z[3][0] - t[n]) / Double(t.count)
      var delta = [2 * (z[3][0] - t[n]) / Double(t.count)]
      for l in [2, 1, 0] {
        for i in delta.indices {
          db[l][i] += delta[i]
          for j in z[l].indices { dW[l][i * sizes[l] + j] += delta[i] * z[l][j] }
        }
        delta = z[l].indices.map { j in
          let sum = delta.indices.reduce(0) { $0 + weights[l][$1 * sizes[l] + j] * delta[$1] }
          return sum * z[l][j] * (1 - z[l][j])
        }
      }
    }
    return (loss, dW, db)
  }
}
