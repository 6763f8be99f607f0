// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Kernels

/// Kernels that are judged through the tape write nothing around their results, on unaligned memory of random shapes, and
/// leave nothing of them unwritten.
@Suite struct RandomBoundsTests {
  /// Real steps of each example.
  private static func lengths(_ batch: Int, _ steps: Int, _ g: inout CaseGenerator) -> [Int32] {
    (0..<batch).map { _ in Int32(g.pick(0...steps)) }
  }

  /// Results in memory of their own, `offset` behind a boundary each.
  private static func targets(_ counts: [Int], _ g: inout CaseGenerator) -> [GuardedFloats] {
    counts.map { GuardedFloats(count: $0, offset: g.pick(0...3)) }
  }

  @Test(arguments: RandomCases.seeds(60, exhaustive: 2_000))
  func `a convolution along sequences stays inside`(seed: Int) {
    var g = CaseGenerator(seed: seed)
    let (steps, kernel, padding) = (g.pick(1...90), g.pick(1...5), (g.pick(0...3), g.pick(0...3)))
    let shape = SequenceShape(
      batch: g.pick(1...4),
      steps: max(steps, kernel),
      channels: g.pick(1...20),
      outputChannels: g.pick(1...60),
      kernel: kernel,
      stride: g.pick(1...6),
      padding: padding
    )
    let lengths = Self.lengths(shape.batch, shape.steps, &g)
    let x = GuardedFloats(g.values(shape.batch * shape.steps * shape.channels), offset: 1)
    let w = GuardedFloats(g.values(shape.outputChannels * shape.channels * kernel), offset: 2)
    let bias = GuardedFloats(g.values(shape.outputChannels), offset: 3)
    let place = g
    let (_, difference) = results { context in
      var g = place
      let count = shape.batch * shape.outputSteps * shape.outputChannels
      let all = Self.targets([count, x.count, w.count, shape.kernelGradientSpace], &g)
      lengths.withUnsafeBufferPointer { lengths in
        convolve(
          x.source,
          weights: w.source,
          bias: bias.source,
          activation: .tanh,
          into: all[0].base,
          shape: shape,
          lengths: lengths.baseAddress,
          context: context
        )
        convolutionInputGradient(
          all[0].source,
          weights: w.source,
          into: all[1].base,
          accumulating: false,
          shape: shape,
          lengths: lengths.baseAddress,
          context: context
        )
        convolutionKernelGradient(
          x.source,
          gradient: all[0].source,
          into: all[2].base,
          accumulating: false,
          shape: shape,
          lengths: lengths.baseAddress,
          space: all[3].base,
          context: context
        )
      }
      #expect((all + [x, w, bias]).allSatisfy { $0.isIntact })
      return all.prefix(3).map(\.array)
    }
    #expect(difference == nil, "\(shape). Repeat with: \(RandomCases.command(seed, Self.self))")
  }

  @Test(arguments: RandomCases.seeds(60, exhaustive: 2_000))
  func `additive attention stays inside`(seed: Int) {
    var g = CaseGenerator(seed: seed)
    let shape = AttentionShape(
      batch: g.pick(1...4),
      heads: 1,
      queries: g.pick(1...40),
      keys: g.pick(1...40),
      width: g.pick(1...140),
      valueWidth: g.pick(1...40),
      isCausal: false
    )
    let ends = (
      Self.lengths(shape.batch, shape.queries, &g), Self.lengths(shape.batch, shape.keys, &g)
    )
    let q = GuardedFloats(g.values(shape.batch * shape.queries * shape.width), offset: 1)
    let k = GuardedFloats(g.values(shape.batch * shape.keys * shape.width), offset: 2)
    let scoring = GuardedFloats(g.values(shape.width), offset: 3)
    let v = GuardedFloats(g.values(shape.batch * shape.keys * shape.valueWidth), offset: 1)
    let dy = GuardedFloats(g.values(shape.batch * shape.queries * shape.valueWidth))
    let place = g
    let (_, difference) = results { context in
      var g = place
      let all = Self.targets(
        [dy.count, shape.weightCount, v.count, q.count, k.count, scoring.count],
        &g
      )
      ends.0.withUnsafeBufferPointer { queryLengths in
        ends.1.withUnsafeBufferPointer { keyLengths in
          let lengths = AttentionLengths(
            queries: queryLengths.baseAddress,
            keys: keyLengths.baseAddress
          )
          let rows = (
            HeadRows(q.source, stride: shape.width), HeadRows(k.source, stride: shape.width),
            HeadRows(v.source, stride: shape.valueWidth)
          )
          additiveAttention(
            rows.0,
            rows.1,
            scoring: scoring.source,
            rows.2,
            shape: shape,
            lengths: lengths,
            weights: AttentionWeights(all[1].base),
            into: all[0].base,
            context: context
          )
          let targets = all.dropFirst(2).map { GradientTarget($0.base, accumulating: false) }
          additiveAttentionGradients(
            rows.0,
            rows.1,
            scoring: scoring.source,
            rows.2,
            shape: shape,
            lengths: lengths,
            weights: AttentionWeights(all[1].base),
            gradient: dy.source,
            into: AdditiveAttentionGradients(
              values: targets[0],
              queries: targets[1],
              keys: targets[2],
              scoring: targets[3]
            ),
            context: context
          )
        }
      }
      #expect((all + [q, k, scoring, v, dy]).allSatisfy { $0.isIntact })
      return all.map(\.array)
    }
    #expect(difference == nil, "\(shape). Repeat with: \(RandomCases.command(seed, Self.self))")
  }

  @Test(arguments: RandomCases.seeds(60, exhaustive: 2_000))
  func `products example by example and masked softmax stay inside`(seed: Int) {
    var g = CaseGenerator(seed: seed)
    let (batch, m, n, k) = (g.pick(1...5), g.pick(1...50), g.pick(1...50), g.pick(1...50))
    let isTurned = (g.once(in: 2), g.once(in: 2))
    let lengths = Self.lengths(batch, n, &g)
    let a = GuardedFloats(g.values(batch * m * k), offset: 1)
    let b = GuardedFloats(g.values(batch * k * n), offset: 2)
    let place = g
    let (_, difference) = results { context in
      var g = place
      let all = Self.targets([batch * m * n, batch * m * n, batch * m * n], &g)
      let left = Matrix(a.source, rowStride: isTurned.0 ? m : k)
      let right = Matrix(b.source, rowStride: isTurned.1 ? k : n)
      multiply(
        batch: batch,
        m: m,
        n: n,
        k: k,
        MatrixBatch(isTurned.0 ? left.transposed : left, stride: m * k),
        MatrixBatch(isTurned.1 ? right.transposed : right, stride: k * n),
        into: all[0].base,
        accumulating: false,
        context: context
      )
      lengths.withUnsafeBufferPointer { lengths in
        let ends = RowLengths(lengths.baseAddress, rows: m)
        softmax(
          all[0].source,
          rows: batch * m,
          width: n,
          lengths: ends,
          into: all[1].base,
          context: context
        )
        softmaxGradient(
          result: all[1].source,
          gradient: all[0].source,
          rows: batch * m,
          width: n,
          lengths: ends,
          into: all[2].base,
          accumulating: false,
          context: context
        )
      }
      #expect((all + [a, b]).allSatisfy { $0.isIntact })
      #expect(all.allSatisfy { $0.array.allSatisfy(\.isFinite) })
      return all.map(\.array)
    }
    #expect(
      difference == nil,
      "\((batch, m, n, k)). Repeat with: \(RandomCases.command(seed, Self.self))"
    )
  }
}
