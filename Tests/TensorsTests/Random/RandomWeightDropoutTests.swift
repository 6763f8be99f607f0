// SPDX-License-Identifier: Apache-2.0

import DeterministicMath
import Tensors
import TestSupport
import Testing

/// Dropout of attention weights, of random shapes, against the slow side; and copies of weights.
@Suite struct RandomWeightDropoutTests {
  /// What `Tape.dropout` makes of ones.
  private static func mask(_ count: Int, _ dropout: AttentionDropout) -> [Float] {
    let tape = Tape(threadCount: 1)
    tape.reset(training: true)
    let ones = tape.constant(Shape(count), [Float](repeating: 1, count: count))
    return tape.array(
      of: tape.dropout(ones, probability: dropout.probability, stream: dropout.stream)
    )
  }

  private static func dropout(_ g: inout CaseGenerator) -> AttentionDropout {
    AttentionDropout(
      probability: g.pick([0.1, 0.5, 0.9]),
      stream: RandomStream(seed: g.pick(0...99), purpose: .dropout, path: "a", step: 7)
    )
  }

  private static func steps(_ g: inout CaseGenerator) -> Int {
    g.once(in: 4) ? 1 : g.once(in: 4) ? g.pick(30...70) : g.pick(1...9)
  }

  @Test(arguments: RandomCases.seeds(60, exhaustive: 1_500))
  func `scaled dot products are the reference's under the mask`(seed: Int) {
    var g = CaseGenerator(seed: seed)
    let isCausal = g.once(in: 3)
    let queries = Self.steps(&g)
    let keys = isCausal ? queries : Self.steps(&g)
    let (width, valueWidth, heads) = (g.pick(1...20), g.pick(1...20), g.pick(1...3))
    let batch = max(1, min(g.pick(1...3), 40_000 / (queries * keys * heads * (width + valueWidth))))
    func lengths(_ steps: Int) -> [Int32]? {
      g.once(in: 2) ? (0..<batch).map { _ in Int32(g.pick(0...steps)) } : nil
    }
    let keyLengths = lengths(keys)
    let queryLengths = isCausal ? keyLengths : lengths(queries)
    let dropout = Self.dropout(&g)
    let inputs = [
      Input(random: [batch, queries, heads * width], scale: 2, hiddenBehind: queryLengths, &g),
      Input(random: [batch, keys, heads * width], scale: 2, hiddenBehind: keyLengths, &g),
      Input(random: [batch, keys, heads * valueWidth], hiddenBehind: keyLengths, &g),
    ]
    let sizes = [batch * queries * heads * valueWidth]
    let run = OperationCase(inputs, results: sizes, &g) { tape, x in
      [
        tape.attention(
          queries: x[0],
          keys: x[1],
          values: x[2],
          heads: heads,
          isCausal: isCausal,
          queryLengths: queryLengths.map { tape.indices([batch], $0) },
          keyLengths: keyLengths.map { tape.indices([batch], $0) },
          dropout: dropout
        )
      ]
    }
    let misfit = run.misfit { tape, x in
      [
        tape.attention(
          x[0],
          x[1],
          x[2],
          heads: heads,
          isCausal: isCausal,
          queryLengths: queryLengths,
          keyLengths: keyLengths,
          mask: Self.mask(batch * heads * queries * keys, dropout)
        )
      ]
    }
    #expect(
      misfit == nil,
      """
      N \(batch), \(heads) heads, \(queries) queries, \(keys) keys, D \(width), E \(valueWidth), causal \(isCausal), \
      lengths \(queryLengths ?? []), \(keyLengths ?? []). \
      Repeat with: \(RandomCases.command(seed, Self.self))
      """
    )
  }

  @Test(arguments: RandomCases.seeds(40, exhaustive: 1_000))
  func `additive attention is the reference's under the mask`(seed: Int) {
    var g = CaseGenerator(seed: seed)
    let (queries, keys) = (Self.steps(&g), Self.steps(&g))
    let (width, valueWidth) = (g.pick(1...20), g.pick(1...6))
    let batch = max(1, min(g.pick(1...3), 20_000 / (queries * keys * (width + valueWidth))))
    let keyLengths = (0..<batch).map { _ in Int32(g.pick(0...keys)) }
    let dropout = Self.dropout(&g)
    let inputs = [
      Input(random: [batch, queries, width], scale: 2, &g),
      Input(random: [batch, keys, width], scale: 2, hiddenBehind: keyLengths, &g),
      Input(random: [width], &g),
      Input(random: [batch, keys, valueWidth], hiddenBehind: keyLengths, &g),
    ]
    let sizes = [batch * queries * valueWidth]
    let run = OperationCase(inputs, results: sizes, &g) { tape, x in
      [
        tape.additiveAttention(
          queries: x[0],
          keys: x[1],
          scoring: x[2],
          values: x[3],
          keyLengths: tape.indices([batch], keyLengths),
          dropout: dropout
        )
      ]
    }
    let misfit = run.misfit { tape, x in
      [
        tape.additiveAttention(
          x[0],
          x[1],
          x[2],
          x[3],
          keyLengths: keyLengths,
          mask: Self.mask(batch * queries * keys, dropout)
        )
      ]
    }
    #expect(
      misfit == nil,
      """
      N \(batch), \(queries) queries, \(keys) keys, H \(width), E \(valueWidth), lengths \(keyLengths). \
      Repeat with: \(RandomCases.command(seed, Self.self))
      """
    )
  }

  // MARK: - Copies of weights

  /// What is captured of both attentions on the same sequences.
  private func captured(isTraining: Bool, dropout: AttentionDropout? = nil) -> (
    attentions: [CapturedAttention], results: [[Float]]
  ) {
    let tape = Tape(threadCount: 2)
    tape.reset(training: isTraining)
    let x = tape.constant([2, 5, 6], awkward(60))
    let (queries, scoring) = (
      tape.constant([2, 3, 6], awkward(36, start: 2)), tape.constant([6], awkward(6, start: 3))
    )
    let lengths = tape.indices([2], [5, 2])
    let capture = AttentionCapture()
    let scaled = tape.attention(
      queries: queries,
      keys: x,
      values: x,
      heads: 2,
      keyLengths: lengths,
      dropout: dropout,
      capture: capture
    )
    let additive = tape.additiveAttention(
      queries: queries,
      keys: x,
      scoring: scoring,
      values: x,
      keyLengths: lengths,
      dropout: dropout,
      capture: capture
    )
    let all = tape.constant([2, 5, 18], awkward(180, start: 4))
    let own = tape.selfAttention(
      all,
      heads: 3,
      isCausal: true,
      lengths: lengths,
      dropout: dropout,
      capture: capture
    )
    return (capture.attentions, [scaled, additive, own].map { tape.array(of: $0) })
  }

  @Test func `weights of each attention can be looked at`() {
    let found = captured(isTraining: false)
    #expect(found.attentions.map(\.shape) == [[2, 2, 3, 5], [2, 1, 3, 5], [2, 3, 5, 5]])
    for attention in found.attentions {
      let (s, weights) = (attention.shape, attention.weights)
      for row in 0..<s[0] * s[1] * s[2] {
        let (n, i) = (row / (s[1] * s[2]), row % s[2])
        let isOwn = s[1] == 3
        let end = n == 0 ? 5 : 2
        let seen = isOwn ? (i < end ? i + 1 : 0) : end
        let line = weights[row * s[3]..<(row + 1) * s[3]]
        #expect(abs(line.reduce(0) { $0 + $1 } - (seen == 0 ? 0 : 1)) < 1e-6)
        #expect(line.prefix(seen).allSatisfy { $0 > 0 })
        #expect(line.dropFirst(seen).allSatisfy { $0 == 0 })
      }
    }
    // They are the weights that made the result: head 1 mixes elements 3 ..< 6 of the values.
    let x = awkward(60)
    let weights = found.attentions[0].weights
    for n in 0..<2 {
      for i in 0..<3 {
        for e in 3..<6 {
          let mixed = (0..<5).reduce(0.0) { sum, j in
            let weight = weights[((n * 2 + 1) * 3 + i) * 5 + j]
            return sum + Double(weight) * Double(x[(n * 5 + j) * 6 + e])
          }
          #expect(abs(Double(found.results[0][(n * 3 + i) * 6 + e]) - mixed) < 1e-6)
        }
      }
    }
  }

  @Test func `weights are captured before dropout, which acts only while training`() {
    let dropout = AttentionDropout(
      probability: 0.5,
      stream: RandomStream(seed: 1, purpose: .dropout, path: "a")
    )
    let plain = captured(isTraining: false)
    let evaluated = captured(isTraining: false, dropout: dropout)
    let trained = captured(isTraining: true, dropout: dropout)
    #expect(evaluated.attentions == plain.attentions && trained.attentions == plain.attentions)
    #expect(evaluated.results == plain.results)
    for (a, b) in zip(trained.results, plain.results) { #expect(a != b) }
  }
}
