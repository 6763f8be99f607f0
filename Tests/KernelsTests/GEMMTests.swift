// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Kernels

/// Sizes around the register tile, ragged ones, none and one.
private let awkwardSizes = [0, 1, 2, tileRows - 1, tileRows, tileRows + 1, 17, tileColumns + 1, 67]

@Suite struct GEMMTests {
  @Test(arguments: awkwardSizes, awkwardSizes)
  func `every element is the chain over k with the bias last`(m: Int, n: Int) {
    let context = KernelContext(threadCount: 1)
    for k in [0, 1, 5, 18] {
      let a = awkward(m * k, start: 1)
      let b = awkward(k * n, start: 2)
      let (rowBias, columnBias) = (awkward(m, start: 3), awkward(n, start: 4))
      let c = GuardedFloats(count: m * n, offset: 1)
      let left = GuardedFloats(a, offset: 1)
      let right = GuardedFloats(b, offset: 3)
      let (rows, columns) = (GuardedFloats(rowBias), GuardedFloats(columnBias, offset: 1))
      multiply(
        m: m,
        n: n,
        k: k,
        Matrix(left.source, rowStride: k),
        Matrix(right.source, rowStride: n),
        into: c.base,
        rowStride: n,
        epilogue: Epilogue(rowBias: rows.source, columnBias: columns.source),
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
      #expect(bitMismatch(c.array, chain) == nil, "k = \(k)")
      #expect(c.isIntact)
    }
  }

  /// 4285 is cut into blocks whose last one is a piece of packing shorter than the others.
  @Test(arguments: [511, 512, 513, 1024, 1101, 4285])
  func `chains continue across depth blocks`(k: Int) {
    let (m, n) = (tileRows + 1, tileColumns + 3)
    let a = awkward(m * k, start: 1)
    let b = awkward(k * n, start: 2)
    let c = product(m: m, n: n, k: k, a, b, threads: 2)
    #expect(bitMismatch(c, chainedProduct(m: m, n: n, k: k, a, b)) == nil)
    let reference = Reference.product(m: m, n: n, k: k, wide(a), wide(b))
    let sizes = Reference.product(
      m: m,
      n: n,
      k: k,
      wide(a).map { abs($0) },
      wide(b).map { abs($0) }
    )
    let found = mismatch(c, reference) { roundingBound(operations: k, magnitude: sizes[$0]) }
    #expect(found == nil)
  }

  /// Tiles read whole vectors, and the rows of a matrix that is used in place have no padding.
  @Test(
    arguments: [1, 5, tileRows, 21, 70],
    [tileColumns + 5, tileColumns + vectorWidth - 1, 100, 421]
  )
  func `nothing behind a matrix is read`(m: Int, n: Int) {
    for k in [3, 40, 400] {
      let (a, b) = (awkward(m * k, start: 1), awkward(k * n, start: 2))
      let chain = chainedProduct(m: m, n: n, k: k, a, b)
      let (left, right) = (FencedFloats(a), FencedFloats(b))
      let leftColumns = FencedFloats(transposed(a, rows: m, columns: k))
      let rightColumns = FencedFloats(transposed(b, rows: k, columns: n))
      for a in [
        Matrix(left.source, rowStride: k), Matrix(leftColumns.source, rowStride: m).transposed,
      ] {
        for b in [
          Matrix(right.source, rowStride: n), Matrix(rightColumns.source, rowStride: k).transposed,
        ] {
          let c = GuardedFloats(count: m * n)
          let context = KernelContext(threadCount: 2)
          multiply(m: m, n: n, k: k, a, b, into: c.base, rowStride: n, context: context)
          #expect(bitMismatch(c.array, chain) == nil, "k = \(k)")
          #expect(c.isIntact)
        }
      }
    }
  }

  /// Rows of B so far apart that a block of them is no longer near: each thread packs the columns of its pieces, the
  /// depth is cut into blocks and, from eight of them on, into passes.
  @Test(arguments: [3, tileRows, 70, 150], [400, 433, 448])
  func `a large matrix that threads pack for themselves has the same chains`(m: Int, n: Int) {
    for k in [390, 3100] {
      let a = awkward(m * k, start: 1)
      let b = awkward(k * n, start: 2)
      let bias = awkward(n, start: 5)
      let chain = chainedProduct(m: m, n: n, k: k, a, b, columnBias: bias)
      for threads in [1, 2, 5] {
        let c = product(m: m, n: n, k: k, a, b, columnBias: bias, threads: threads)
        #expect(bitMismatch(c, chain) == nil, "k = \(k), \(threads) threads")
      }
    }
  }

  /// Columns of B that lie along the depth, in more pieces than one, and rests of one to four vectors.
  @Test(arguments: [
    tileColumns + vectorWidth, 2 * tileColumns + vectorWidth - 1, 4 * tileColumns,
    4 * tileColumns + vectorWidth, 300,
  ])
  func `columns along the depth are packed once and serve all rows`(n: Int) {
    let (m, k) = (3 * 64 + 5, 420)
    let a = awkward(m * k, start: 1)
    let b = awkward(k * n, start: 2)
    let chain = chainedProduct(m: m, n: n, k: k, a, b)
    for threads in [1, 2, 5] {
      let c = product(m: m, n: n, k: k, a, b, turnsB: true, threads: threads)
      #expect(bitMismatch(c, chain) == nil, "\(threads) threads")
    }
  }

  @Test func `thousands of columns keep their chains and biases`() {
    let (m, n, k) = (3, 2048 + 65, 7)
    let a = awkward(m * k, start: 1)
    let b = awkward(k * n, start: 2)
    let bias = awkward(n, start: 5)
    let c = product(m: m, n: n, k: k, a, b, columnBias: bias, threads: 3)
    #expect(bitMismatch(c, chainedProduct(m: m, n: n, k: k, a, b, columnBias: bias)) == nil)
  }

  @Test(arguments: [(1, 1, 1), (13, 33, 600), (100, 70, 9), (250, 600, 530)])
  func `any number of threads gives the same bits`(m: Int, n: Int, k: Int) {
    let a = awkward(m * k, start: 1)
    let b = awkward(k * n, start: 2)
    let one = product(m: m, n: n, k: k, a, b, threads: 1)
    for threads in 2...3 {
      #expect(bitMismatch(product(m: m, n: n, k: k, a, b, threads: threads), one) == nil)
    }
  }

  @Test(arguments: [1, 12, 13, 40], [1, 31, 33, 70])
  func `accumulating continues the chain from C and respects strides`(m: Int, n: Int) {
    let k = 9
    let a = awkward(m * k, start: 1)
    let b = awkward(k * n, start: 2)
    let start = awkward(m * n, start: 3)
    // A transposed, B transposed, and C with two floats between its rows.
    let left = GuardedFloats(transposed(a, rows: m, columns: k), offset: 1)
    let right = GuardedFloats(transposed(b, rows: k, columns: n), offset: 2)
    let c = GuardedFloats(count: m * (n + 2), filledWith: 99)
    for i in 0..<m {
      for j in 0..<n { c.base[i * (n + 2) + j] = start[i * n + j] }
    }
    multiply(
      m: m,
      n: n,
      k: k,
      Matrix(left.source, rowStride: m).transposed,
      Matrix(right.source, rowStride: k).transposed,
      into: c.base,
      rowStride: n + 2,
      accumulating: true,
      context: KernelContext(threadCount: 2)
    )
    let chain = chainedProduct(m: m, n: n, k: k, a, b, start: start)
    let written = c.array
    var rows: [Float] = []
    for i in 0..<m {
      let start = i * (n + 2)
      rows += written[start..<start + n]
      #expect(written[start + n] == 99 && written[start + n + 1] == 99)
    }
    #expect(bitMismatch(rows, chain) == nil)
    #expect(c.isIntact)
  }

  /// A dense layer and a small batch: Cᵀ is computed and turned.
  @Test(arguments: [3, 9, 16, 33, 101], [70, 129, 300, 1100])
  func `a small batch and a weight have the same chains and the bias last`(m: Int, n: Int) {
    for k in [97, 400, 800] {
      let a = awkward(m * k, start: 1)
      let b = awkward(k * n, start: 2)
      let (rowBias, columnBias) = (awkward(m, start: 3), awkward(n, start: 4))
      let left = GuardedFloats(a, offset: 1)
      let right = GuardedFloats(transposed(b, rows: k, columns: n), offset: 3)
      let (rows, columns) = (GuardedFloats(rowBias), GuardedFloats(columnBias, offset: 1))
      let chain = chainedProduct(
        m: m,
        n: n,
        k: k,
        a,
        b,
        rowBias: rowBias,
        columnBias: columnBias
      )
      for threads in 1...3 {
        let c = GuardedFloats(count: m * n, offset: 1)
        multiply(
          m: m,
          n: n,
          k: k,
          Matrix(left.source, rowStride: k),
          Matrix(right.source, rowStride: k).transposed,
          into: c.base,
          rowStride: n,
          epilogue: Epilogue(rowBias: rows.source, columnBias: columns.source),
          context: KernelContext(threadCount: threads)
        )
        #expect(bitMismatch(c.array, chain) == nil, "k = \(k), \(threads) threads")
        #expect(c.isIntact)
      }
    }
  }

  @Test func `without depth an accumulating product leaves C alone`() {
    let c = GuardedFloats([1, 2, 3, 4, 5, 6])
    let empty = GuardedFloats(count: 0)
    multiply(
      m: 2,
      n: 3,
      k: 0,
      Matrix(empty.source, rowStride: 0),
      Matrix(empty.source, rowStride: 3),
      into: c.base,
      rowStride: 3,
      accumulating: true,
      context: KernelContext(threadCount: 1)
    )
    #expect(c.array == [1, 2, 3, 4, 5, 6])
  }

  @Test(arguments: [Activation.relu, .sigmoid, .tanh])
  func `an activation in the epilogue has the bits of the separate one`(activation: Activation) {
    let (m, n, k) = (29, 71, 11)
    let a = awkward(m * k, start: 1, scale: 2)
    let b = awkward(k * n, start: 2)
    let bias = awkward(n, start: 5)
    let fused = product(
      m: m,
      n: n,
      k: k,
      a,
      b,
      columnBias: bias,
      activation: activation,
      threads: 2
    )
    let plain = GuardedFloats(product(m: m, n: n, k: k, a, b, columnBias: bias, threads: 1))
    let separate = GuardedFloats(count: m * n)
    activate(
      activation,
      plain.source,
      into: separate.base,
      count: m * n,
      context: KernelContext(threadCount: 1)
    )
    #expect(bitMismatch(fused, separate.array) == nil)
  }

  @Test func `NaN and infinity reach exactly their row and column`() {
    let (m, n, k) = (14, 35, 6)
    var a = awkward(m * k, start: 1)
    var b = awkward(k * n, start: 2)
    a[3 * k + 2] = .nan
    b[4 * n + 33] = .infinity
    let c = product(m: m, n: n, k: k, a, b, threads: 1)
    for i in 0..<m {
      for j in 0..<n {
        let value = c[i * n + j]
        if i == 3 {
          #expect(value.isNaN)
        } else if j == 33 {
          #expect(value.isInfinite)
        } else {
          #expect(value.isFinite)
        }
      }
    }
  }

  private func product(
    m: Int,
    n: Int,
    k: Int,
    _ a: [Float],
    _ b: [Float],
    columnBias: [Float]? = nil,
    activation: Activation = .identity,
    turnsB: Bool = false,
    threads: Int
  ) -> [Float] {
    let left = GuardedFloats(a, offset: 1)
    let right = GuardedFloats(turnsB ? transposed(b, rows: k, columns: n) : b)
    let c = GuardedFloats(count: m * n, offset: 1)
    let bias = columnBias.map { GuardedFloats($0) }
    multiply(
      m: m,
      n: n,
      k: k,
      Matrix(left.source, rowStride: k),
      turnsB
        ? Matrix(right.source, rowStride: k).transposed : Matrix(right.source, rowStride: n),
      into: c.base,
      rowStride: n,
      epilogue: Epilogue(columnBias: bias?.source, activation: activation),
      context: KernelContext(threadCount: threads)
    )
    #expect(c.isIntact)
    withExtendedLifetime((left, right, bias)) {}
    return c.array
  }
}
