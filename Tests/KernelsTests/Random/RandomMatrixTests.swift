// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Kernels

/// Products and moves of rows of random sizes: exact, so bits are compared.
@Suite struct RandomMatrixTests {
  private func size(_ g: inout CaseGenerator) -> Int {
    switch g.pick(0...5) {
    case 0: g.pick(0...2)
    case 1: g.pick(1...420)
    default: g.pick(1...70)
    }
  }

  @Test(arguments: RandomCases.seeds(160, exhaustive: 4_000))
  func `a product of any size is its chains`(seed: Int) {
    var g = CaseGenerator(seed: seed)
    let (m, n) = (size(&g), size(&g))
    let k = g.once(in: 20) ? g.pick(380...1_000) : min(size(&g), 2_000_000 / max(1, m * n))
    let (a, b) = (g.values(m * k), g.values(k * n))
    let (turnsA, turnsB) = (g.once(in: 3), g.once(in: 3))
    let rowStride = n + (g.once(in: 3) ? g.pick(1...5) : 0)
    let (rowBias, columnBias) = (g.values(m), g.values(n))
    let (hasRowBias, hasColumnBias) = (g.once(in: 3), g.once(in: 3))
    let isAdded = g.once(in: 3)
    let old = g.values(m * n)
    let (first, difference) = results { context in
      let left = GuardedFloats(turnsA ? transposed(a, rows: m, columns: k) : a, offset: 1)
      let right = GuardedFloats(turnsB ? transposed(b, rows: k, columns: n) : b)
      let (rows, columns) = (GuardedFloats(rowBias), GuardedFloats(columnBias))
      let c = GuardedFloats(count: m * rowStride, filledWith: 7)
      for i in 0..<m * n { c.base[i / n * rowStride + i % n] = isAdded ? old[i] : .nan }
      multiply(
        m: m,
        n: n,
        k: k,
        turnsA ? Matrix(left.source, rowStride: m).transposed : Matrix(left.source, rowStride: k),
        turnsB ? Matrix(right.source, rowStride: k).transposed : Matrix(right.source, rowStride: n),
        into: c.base,
        rowStride: rowStride,
        accumulating: isAdded,
        epilogue: Epilogue(
          rowBias: hasRowBias ? rows.source : nil,
          columnBias: hasColumnBias ? columns.source : nil
        ),
        context: context
      )
      #expect(c.isIntact)
      return [c.array]
    }
    let chain = chainedProduct(
      m: m,
      n: n,
      k: k,
      a,
      b,
      start: isAdded ? old : nil,
      rowBias: hasRowBias ? rowBias : nil,
      columnBias: hasColumnBias ? columnBias : nil
    )
    var expected = [Float](repeating: 7, count: m * rowStride)
    for i in 0..<m * n { expected[i / n * rowStride + i % n] = chain[i] }
    let found = difference ?? bitMismatch(first[0], expected)
    #expect(
      found == nil,
      """
      [\(m), \(k)] · [\(k), \(n)], turned: \(turnsA), \(turnsB), added: \(isAdded). \
      Repeat with: \(RandomCases.command(seed, Self.self))
      """
    )
  }

  @Test(arguments: RandomCases.seeds(120, exhaustive: 3_000))
  func `a product with a matrix that is packed once is its chains`(seed: Int) {
    var g = CaseGenerator(seed: seed)
    let (m, n) = (g.once(in: 4) ? 1 : max(1, size(&g)), max(1, size(&g)))
    let k = max(1, g.once(in: 20) ? g.pick(380...1_000) : min(size(&g), 2_000_000 / (m * n)))
    let (a, b) = (g.values(m * k), g.values(k * n))
    let rowStrides = (k + (g.once(in: 3) ? 3 : 0), n + (g.once(in: 3) ? g.pick(1...5) : 0))
    let (bias, hasBias, rectifies) = (g.values(n), g.once(in: 2), g.once(in: 2))
    let (first, difference) = results { context in
      let left = GuardedFloats(count: m * rowStrides.0, offset: 1)
      for i in 0..<m * k { left.base[i / k * rowStrides.0 + i % k] = a[i] }
      let right = GuardedFloats(transposed(b, rows: k, columns: n), offset: 3)
      let panels = GuardedFloats(count: PackedMatrix.floats(columns: n, depth: k))
      let (columns, c) = (GuardedFloats(bias), GuardedFloats(count: m * rowStrides.1))
      PackedMatrix.pack(
        Matrix(right.source, rowStride: k).transposed,
        columns: n,
        depth: k,
        into: panels.base,
        context: context
      )
      #expect(panels.isIntact)
      for _ in 0..<2 {
        multiply(
          m: m,
          Matrix(left.source, rowStride: rowStrides.0),
          PackedMatrix(panels.source, columns: n, depth: k),
          into: c.base,
          rowStride: rowStrides.1,
          epilogue: Epilogue(
            columnBias: hasBias ? columns.source : nil,
            activation: rectifies ? .relu : .identity
          ),
          context: context
        )
      }
      #expect(c.isIntact)
      return [c.array]
    }
    let chain = chainedProduct(m: m, n: n, k: k, a, b, columnBias: hasBias ? bias : nil)
    var expected = [Float](repeating: .nan, count: m * rowStrides.1)
    for i in 0..<m * n {
      expected[i / n * rowStrides.1 + i % n] = rectifies && chain[i] <= 0 ? 0 : chain[i]
    }
    let found = difference ?? bitMismatch(first[0], expected)
    #expect(
      found == nil,
      "[\(m), \(k)] · [\(k), \(n)]. Repeat with: \(RandomCases.command(seed, Self.self))"
    )
  }

  @Test(arguments: RandomCases.seeds(80, exhaustive: 2_000))
  func `a matrix of any size is turned over`(seed: Int) {
    var g = CaseGenerator(seed: seed)
    let (rows, columns) = (size(&g), size(&g))
    let strides = (columns + g.pick(0...3), rows + g.pick(0...3))
    let x = g.values(rows * strides.0)
    let (from, to) = (
      GuardedFloats(x, offset: 1), GuardedFloats(count: columns * strides.1, filledWith: 7)
    )
    transpose(from.source, strides.0, into: to.base, strides.1, rows: rows, columns: columns)
    var expected = [Float](repeating: 7, count: columns * strides.1)
    for j in 0..<columns {
      for i in 0..<rows { expected[j * strides.1 + i] = x[i * strides.0 + j] }
    }
    #expect(to.isIntact)
    #expect(
      bitMismatch(to.array, expected) == nil,
      "[\(rows), \(columns)]. Repeat with: \(RandomCases.command(seed, Self.self))"
    )
  }

  @Test(arguments: RandomCases.seeds(60, exhaustive: 1_500))
  func `rows of any size are gathered, scattered and turned`(seed: Int) {
    var g = CaseGenerator(seed: seed)
    let (count, width, vocabulary) = (size(&g), max(1, size(&g)), g.pick(1...20))
    let tokens = g.indices(count, below: vocabulary)
    let (table, dy) = (g.values(vocabulary * width), g.values(count * width))
    let (first, difference) = results { context in
      let y = GuardedFloats(count: count * width, offset: 1)
      let (rows, slopes) = (GuardedFloats(table, offset: 3), GuardedFloats(dy))
      gatherRows(
        rows.source,
        tokens: tokens,
        count: count,
        width: width,
        bias: nil,
        into: y.base,
        context: context
      )
      scatterRows(
        slopes.source,
        rowStride: width,
        tokens: tokens,
        count: count,
        width: width,
        into: rows.base,
        context: context
      )
      let turned = GuardedFloats(count: count * width)
      transpose(
        slopes.source,
        rows: count,
        columns: width,
        into: turned.base,
        rowStride: count,
        context: context
      )
      #expect(y.isIntact && rows.isIntact && turned.isIntact)
      return [y.array, rows.array, turned.array]
    }
    var sums = table
    for i in dy.indices { sums[Int(tokens[i / width]) * width + i % width] += dy[i] }
    let gathered = tokens.flatMap { table[Int($0) * width..<(Int($0) + 1) * width] }
    let found =
      difference ?? bitMismatch(first[0], gathered) ?? bitMismatch(first[1], sums)
      ?? bitMismatch(first[2], transposed(dy, rows: count, columns: width))
    #expect(
      found == nil,
      "\(count) rows of \(width). Repeat with: \(RandomCases.command(seed, Self.self))"
    )
  }
}
