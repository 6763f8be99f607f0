// SPDX-License-Identifier: Apache-2.0

import Tensors
import TestSupport
import Testing

/// Additive attention of random shapes against the slow side.
@Suite struct RandomAdditiveAttentionTests {
  private static func steps(_ g: inout CaseGenerator) -> Int {
    g.once(in: 4) ? 1 : g.once(in: 6) ? g.pick(30...40) : g.pick(1...8)
  }

  @Test(arguments: RandomCases.seeds(80, exhaustive: 2_000))
  func `values and gradients are the reference's`(seed: Int) {
    var g = CaseGenerator(seed: seed)
    let (queries, keys) = (Self.steps(&g), Self.steps(&g))
    let width = g.once(in: 4) ? g.pick(60...140) : g.pick(1...20)
    let valueWidth = g.once(in: 3) ? g.pick(1...40) : g.pick(1...6)
    let batch = max(1, min(g.pick(1...4), 30_000 / (queries * keys * (width + valueWidth))))
    func lengths(_ steps: Int) -> [Int32]? {
      g.once(in: 2) ? (0..<batch).map { _ in Int32(g.pick(0...steps)) } : nil
    }
    let (queryLengths, keyLengths) = (lengths(queries), lengths(keys))
    let inputs = [
      Input(random: [batch, queries, width], scale: 2, hiddenBehind: queryLengths, &g),
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
          queryLengths: queryLengths.map { tape.indices([batch], $0) },
          keyLengths: keyLengths.map { tape.indices([batch], $0) }
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
          queryLengths: queryLengths,
          keyLengths: keyLengths
        )
      ]
    }
    #expect(
      misfit == nil,
      """
      N \(batch), \(queries) queries, \(keys) keys, H \(width), E \(valueWidth), \
      lengths \(queryLengths ?? []), \(keyLengths ?? []). \
      Repeat with: \(RandomCases.command(seed, Self.self))
      """
    )
  }

  @Test func `one tensor may be queries, keys and values`() {
    var g = CaseGenerator(seed: 1)
    let inputs = [Input(random: [2, 5, 7], &g), Input(random: [7], &g)]
    let run = OperationCase(inputs, results: [70], &g) { tape, x in
      [tape.additiveAttention(queries: x[0], keys: x[0], scoring: x[1], values: x[0])]
    }
    let misfit = run.misfit { tape, x in [tape.additiveAttention(x[0], x[0], x[1], x[0])] }
    #expect(misfit == nil)
  }
}
