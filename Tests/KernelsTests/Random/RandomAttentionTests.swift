// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Kernels

/// Attention of random shapes against the slow side.
@Suite struct RandomAttentionTests {
  private static func steps(_ g: inout CaseGenerator) -> Int {
    g.once(in: 4) ? 1 : g.once(in: 4) ? g.pick(30...70) : g.pick(1...20)
  }

  /// Values of [batch, steps, width] that are NaN behind an example's end.
  private static func hidden(_ x: [Float], _ lengths: [Int32]?, steps: Int) -> [Float] {
    guard let lengths else { return x }
    let width = x.count / (lengths.count * steps)
    return x.indices.map { $0 / width % steps < lengths[$0 / (steps * width)] ? x[$0] : .nan }
  }

  @Test(arguments: RandomCases.seeds(80, exhaustive: 2_000))
  func `attention of any shape is the reference's`(seed: Int) {
    var g = CaseGenerator(seed: seed)
    let isCausal = g.once(in: 3)
    let queries = Self.steps(&g)
    let keys = isCausal ? queries : Self.steps(&g)
    let (width, valueWidth) = (g.pick(1...24), g.once(in: 2) ? g.pick(1...40) : g.pick(1...6))
    let heads = g.pick(1...3)
    let batch = max(1, min(g.pick(1...4), 60_000 / (queries * keys * heads * (width + valueWidth))))
    let shape = AttentionShape(
      batch: batch,
      heads: heads,
      queries: queries,
      keys: keys,
      width: width,
      valueWidth: valueWidth,
      isCausal: isCausal
    )
    func lengths(_ steps: Int) -> [Int32]? {
      g.once(in: 2) ? (0..<batch).map { _ in Int32(g.pick(0...steps)) } : nil
    }
    let keyLengths = lengths(keys)
    let queryLengths = isCausal ? keyLengths : lengths(queries)
    let (q, k, v) = (
      g.values(batch * queries * heads * width, scale: 3),
      g.values(batch * keys * heads * width, scale: 3),
      g.values(batch * keys * heads * valueWidth)
    )
    let dy = g.values(batch * queries * heads * valueWidth)
    let isAdded = g.once(in: 3)
    let old = [q.count, k.count, v.count].map { target($0, isAdded, &g) }
    // Rows of a result are further apart than they are long.
    let gap = g.once(in: 3) ? g.pick(1...5) : 0
    let row = heads * valueWidth
    let (first, difference) = results { context in
      let operands = [
        GuardedFloats(Self.hidden(q, queryLengths, steps: queries), offset: 1),
        GuardedFloats(Self.hidden(k, keyLengths, steps: keys)),
        GuardedFloats(Self.hidden(v, keyLengths, steps: keys), offset: 3),
      ]
      let weights = GuardedFloats(count: shape.weightCount)
      let y = GuardedFloats(count: batch * queries * (row + gap), filledWith: 7)
      let slopes = GuardedFloats(count: batch * queries * (row + gap))
      for i in dy.indices { slopes.base[i / row * (row + gap) + i % row] = dy[i] }
      let gradients = old.map { GuardedFloats($0, offset: 1) }
      withLengths(queryLengths, keyLengths) { lengths in
        let rows = (
          HeadRows(operands[0].source, stride: heads * width),
          HeadRows(operands[1].source, stride: heads * width),
          HeadRows(operands[2].source, stride: row)
        )
        attention(
          rows.0,
          rows.1,
          rows.2,
          shape: shape,
          lengths: lengths,
          weights: AttentionWeights(weights.base),
          into: y.base,
          rowStride: row + gap,
          context: context
        )
        let targets = gradients.map {
          GradientTarget($0.base, accumulating: isAdded)
        }
        attentionGradients(
          rows.0,
          rows.1,
          rows.2,
          shape: shape,
          lengths: lengths,
          weights: AttentionWeights(weights.base),
          gradient: slopes.source,
          rowStride: row + gap,
          into: AttentionGradients(queries: targets[0], keys: targets[1], values: targets[2]),
          context: context
        )
      }
      #expect((operands + gradients + [weights, y]).allSatisfy { $0.isIntact })
      let all = y.array
      #expect(all.indices.allSatisfy { $0 % (row + gap) < row || all[$0] == 7 })
      let result = all.indices.filter { $0 % (row + gap) < row }.map { all[$0] }
      return [result, weights.array] + gradients.map(\.array)
    }
    let tape = JudgeTape()
    let judged = [
      tape.constant([batch, queries, heads * width], q),
      tape.constant([batch, keys, heads * width], k),
      tape.constant([batch, keys, row], v),
    ]
    let y = tape.attention(
      judged[0],
      judged[1],
      judged[2],
      heads: heads,
      isCausal: isCausal,
      queryLengths: queryLengths,
      keyLengths: keyLengths
    )
    if isAdded { for (part, old) in zip(judged, old) { tape.seed(part, old) } }
    tape.seed(y, dy)
    tape.backward()
    let found =
      difference ?? y.misfit(values: first[0]) ?? judged[0].misfit(gradient: first[2])
      ?? judged[1].misfit(gradient: first[3]) ?? judged[2].misfit(gradient: first[4])
      ?? weightMisfit(first[1], shape, queryLengths, keyLengths)
    #expect(
      found == nil,
      """
      \(shape), lengths \(queryLengths ?? []), \(keyLengths ?? []), added: \(isAdded). \
      Repeat with: \(RandomCases.command(seed, Self.self))
      """
    )
  }

  /// Weights of a query that sees a key add up to 1, all others are 0.
  private func weightMisfit(
    _ weights: [Float],
    _ shape: AttentionShape,
    _ queryLengths: [Int32]?,
    _ keyLengths: [Int32]?
  ) -> String? {
    for row in 0..<weights.count / shape.keys {
      let (n, i) = (row / (shape.heads * shape.queries), row % shape.queries)
      let length = keyLengths.map { Int($0[n]) } ?? shape.keys
      let isReal = queryLengths.map { i < Int($0[n]) } ?? true
      let count = isReal ? (shape.isCausal ? min(length, i + 1) : length) : 0
      let line = weights[row * shape.keys..<(row + 1) * shape.keys]
      let sum = line.prefix(count).reduce(0.0) { $0 + Double($1) }
      if abs(sum - (count == 0 ? 0 : 1)) > 1e-5 { return "row \(row) adds up to \(sum)" }
      if line.dropFirst(count).contains(where: { $0 != 0 }) { return "row \(row) sees too much" }
    }
    return nil
  }

  private func withLengths(
    _ queries: [Int32]?,
    _ keys: [Int32]?,
    _ body: (AttentionLengths) -> Void
  ) {
    (queries ?? []).withUnsafeBufferPointer { queryBuffer in
      (keys ?? []).withUnsafeBufferPointer { keyBuffer in
        body(
          AttentionLengths(
            queries: queries == nil ? nil : queryBuffer.baseAddress,
            keys: keys == nil ? nil : keyBuffer.baseAddress
          )
        )
      }
    }
  }

  @Test func `NaN in a query, a key or a value reaches who sees it`() {
    let context = KernelContext(threadCount: 1)
    let shape = AttentionShape(
      batch: 1,
      heads: 1,
      queries: 3,
      keys: 3,
      width: 2,
      valueWidth: 2,
      isCausal: true
    )
    for place in 0..<3 {
      var operands = [[Float]](repeating: [1, 2, 3, 4, 5, 6], count: 3)
      operands[place][2] = .nan
      let memory = operands.map { GuardedFloats($0) }
      let (weights, y) = (GuardedFloats(count: 9), GuardedFloats(count: 6))
      attention(
        HeadRows(memory[0].source, stride: 2),
        HeadRows(memory[1].source, stride: 2),
        HeadRows(memory[2].source, stride: 2),
        shape: shape,
        lengths: AttentionLengths(),
        weights: AttentionWeights(weights.base),
        into: y.base,
        rowStride: 2,
        context: context
      )
      #expect(y.array[2].isNaN, "operand \(place)")
      #expect(y.array[4].isNaN == (place > 0), "operand \(place)")
    }
  }
}
