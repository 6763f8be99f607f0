// SPDX-License-Identifier: Apache-2.0

import DeterministicMath
import Tensors
import Testing

@testable import Benchmarks

/// Heap allocations of operations that encoders and decoders need.
@Suite struct SteadyOperationTests {
  private static let isWatchable: Bool = AllocationCount.isAvailable

  /// In a process of its own, where nothing else allocates.
  @Test(.enabled(if: isWatchable, "this system's allocator cannot be watched"))
  func `a steady step of states, attention and convolutions along sequences takes nothing`() async {
    await #expect(processExitsWith: .success) {
      for threads in [1, 2] {
        let step = SteadyOperations(threads: threads)
        for _ in 0..<3 { step.run() }
        let count = AllocationCount.during { for _ in 0..<5 { step.run() } }
        precondition(count == 0, "\(count ?? -1) allocations with \(threads) threads")
      }
    }
  }
}

/// A step of an encoder and a decoder that look at each other in every way.
private struct SteadyOperations {
  private let tape: Tape
  private let sequences = Self.values(4 * 6 * 8)
  private let gates = Self.values(4 * 8 * 8)
  private let kernel = Self.values(8 * 8 * 3)
  private let vector = Self.values(8)
  private let lengths: [Int32] = [6, 0, 3, 5]
  private let dropout = AttentionDropout(
    probability: 0.2,
    stream: RandomStream(seed: 1, purpose: .dropout, path: "0")
  )

  init(threads: Int) { tape = Tape(threadCount: threads) }

  private static func values(_ count: Int) -> [Float] {
    (0..<count).map { Float($0 % 11) / 11 - 0.5 }
  }

  func run() {
    tape.reset(training: true)
    let ends = unsafe tape.indices(Shape(4)) { memory in
      for n in 0..<4 { unsafe memory[n] = lengths[n] }
    }
    let x = tape.conv1d(
      tape.variable(Shape(4, 6, 8), sequences),
      weight: tape.variable(Shape(8, 8, 3), kernel),
      bias: tape.variable(Shape(8), vector),
      padding: (2, 0),
      activation: .relu,
      lengths: ends
    )
    let weights = RecurrentWeights(
      inputWeight: tape.variable(Shape(32, 8), gates),
      hiddenWeight: tape.variable(Shape(32, 8), gates),
      inputBias: nil,
      hiddenBias: nil
    )
    let encoded = tape.recurrent(x, .lstm, weights, lengths: ends, initial: nil)
    let decoded = tape.recurrent(x, .lstm, weights, initial: encoded.last)
    let mixed = tape.additiveAttention(
      queries: decoded.steps,
      keys: encoded.steps,
      scoring: tape.variable(Shape(8), vector),
      values: encoded.steps,
      keyLengths: ends,
      dropout: dropout
    )
    let again = tape.attention(
      queries: mixed,
      keys: encoded.steps,
      values: encoded.steps,
      heads: 2,
      keyLengths: ends,
      dropout: dropout
    )
    let scores = tape.batchedProduct(again, encoded.steps, transposed: true)
    let y = tape.batchedProduct(tape.maskedSoftmax(scores, lengths: ends), encoded.steps)
    tape.seedGradient(y, sequences)
    tape.backward()
  }
}
