// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Kernels

/// One or two rows against the transpose of a matrix, at sizes around its eights and fours.
@Suite struct MatrixVectorTests {
  @Test(arguments: 1...2, [1, 7, 8, 9, 15, 16, 17, 31, 33, 300])
  func `every result is the chain over k with the bias last`(m: Int, n: Int) {
    for k in [1, 2, 3, 4, 5, 8, 31, 400] {
      for gap in [0, 3] { check(m: m, n: n, k: k, rowStride: k + gap) }
    }
  }

  /// Lines 4 KiB apart share their place in a first-level cache, so such rows are taken in another order.
  @Test(arguments: [1, 9, 16, 35], [6, 1023, 1024])
  func `rows that compete for the cache keep their chains`(n: Int, k: Int) {
    check(m: 1, n: n, k: k, rowStride: 1024)
  }

  @Test func `NaN and infinity reach exactly their row`() {
    let (n, k) = (18, 9)
    for row in 0..<n {
      var w = awkward(n * k, start: 2)
      w[row * k + k - 1] = .nan
      w[row * k + 3] = .infinity
      let (x, right) = (GuardedFloats(awkward(k, start: 1)), GuardedFloats(w))
      let y = GuardedFloats(count: n)
      multiply(
        m: 1,
        n: n,
        k: k,
        Matrix(x.source, rowStride: k),
        Matrix(right.source, rowStride: k).transposed,
        into: y.base,
        rowStride: n,
        context: KernelContext(threadCount: 1)
      )
      #expect(y.array.indices.filter { !y.array[$0].isFinite } == [row])
    }
  }

  /// Compares with plain chains, from zero with biases and continued from C, x in one run and with a stride.
  private func check(m: Int, n: Int, k: Int, rowStride: Int) {
    let (a, b) = (awkward(m * k, start: 1), awkward(k * n, start: 2))
    let (rowBias, columnBias) = (awkward(m, start: 3), awkward(n, start: 4))
    let start = awkward(m * n, start: 5)
    let w = GuardedFloats(lines(transposed(b, rows: k, columns: n), n, k, rowStride), offset: 1)
    let (left, thin) = (GuardedFloats(a, offset: 3), GuardedFloats(thinned(a)))
    let (rows, columns) = (GuardedFloats(rowBias), GuardedFloats(columnBias, offset: 1))
    let (c, continued) = (GuardedFloats(count: m * n, offset: 1), GuardedFloats(start))
    let context = KernelContext(threadCount: 2)
    multiply(
      m: m,
      n: n,
      k: k,
      Matrix(left.source, rowStride: k),
      Matrix(w.source, rowStride: rowStride).transposed,
      into: c.base,
      rowStride: n,
      epilogue: Epilogue(rowBias: rows.source, columnBias: columns.source),
      context: context
    )
    multiply(
      m: m,
      n: n,
      k: k,
      Matrix(thin.source, rowStride: 3 * k, columnStride: 3),
      Matrix(w.source, rowStride: rowStride).transposed,
      into: continued.base,
      rowStride: n,
      accumulating: true,
      context: context
    )
    let chain = chainedProduct(
      m: m,
      n: n,
      k: k,
      a,
      b,
      rowBias: rowBias,
      columnBias: columnBias
    )
    let longer = chainedProduct(m: m, n: n, k: k, a, b, start: start)
    #expect(bitMismatch(c.array, chain) == nil, "k = \(k), row stride \(rowStride)")
    #expect(bitMismatch(continued.array, longer) == nil, "k = \(k), row stride \(rowStride)")
    #expect(c.isIntact && continued.isIntact)
  }

  /// The rows of a matrix at `rowStride`, NaN in between; nothing behind the last one.
  private func lines(_ matrix: [Float], _ rows: Int, _ columns: Int, _ rowStride: Int) -> [Float] {
    let gap = [Float](repeating: .nan, count: rowStride - columns)
    let padded = (0..<rows).flatMap { matrix[$0 * columns..<($0 + 1) * columns] + gap }
    return Array(padded.dropLast(gap.count))
  }

  /// Every element followed by two NaNs.
  private func thinned(_ matrix: [Float]) -> [Float] {
    matrix.flatMap { [$0, .nan, .nan] }
  }
}
