// SPDX-License-Identifier: Apache-2.0

/// A matrix operand in memory: element (i, j) at `base[i · rowStride + j · columnStride]`.
package struct Matrix {
  /// The first element.
  package var base: UnsafePointer<Float>
  /// Elements between rows.
  package var rowStride: Int
  /// Elements between columns.
  package var columnStride: Int

  /// A row-major matrix with `columns` elements a row unless strides are given.
  package init(_ base: UnsafePointer<Float>, rowStride: Int, columnStride: Int = 1) {
    self.base = base
    self.rowStride = rowStride
    self.columnStride = columnStride
  }

  /// The same elements, rows and columns exchanged.
  package var transposed: Matrix {
    Matrix(base, rowStride: columnStride, columnStride: rowStride)
  }
}

/// Longest stretch of the summation index between two turns of a tile: its rows of A stay in a first-level cache, all
/// panels of B of a piece in a second-level cache of 512 KiB. Free to choose: chains continue from C.
private let depthBlock = 384
/// Blocks of depth that are packed at once.
private let blocksPerPass = 8
/// Elements that stay in a second-level cache of 512 KiB.
let nearElements = 1 << 17
/// Longest summation index of a product that is turned, which takes it in one pass.
private let longestTurned = 1 << 13

/// Steps of a block of a sum over `k`: blocks of nearly the same depth, for a short last one would pay as much for its
/// tiles' borders as a full one.
func blockDepth(_ k: Int) -> Int {
  let blocks = (k &+ depthBlock &- 1) / depthBlock
  return min(k, roundUp((k &+ blocks &- 1) / blocks, to: 4))
}

/// C[m, n] = (C if `accumulating`, else 0) + A[m, k] · B[k, n], then the epilogue.
///
/// Each element is one FMA chain over k in index order, so tile and block sizes never show in the bits. Blocked and
/// packed after Goto & van de Geijn, "Anatomy of high-performance matrix multiplication" (2008); rows of A that lie
/// contiguous along k, and the rows of a small B, are used in place. `c` has unit column stride and must not overlap A or
/// B; without `accumulating` it is not read. k = 0 gives zeros.
package func multiply(
  m: Int,
  n: Int,
  k: Int,
  _ a: Matrix,
  _ b: Matrix,
  into c: UnsafeMutablePointer<Float>,
  rowStride: Int,
  accumulating: Bool = false,
  epilogue: Epilogue = Epilogue(),
  context: KernelContext
) {
  if m == 0 || n == 0 { return }
  if k == 0 {
    for i in 0..<m {
      if !accumulating { fill(c + i &* rowStride, 0, n) }
    }
    epilogue.apply(c, stride: rowStride, row: 0, column: 0, rows: m, columns: n)
  } else if m <= fewRows && b.rowStride == 1 {
    for i in 0..<m {
      let task = RowTimesMatrix(
        x: a.base + i &* a.rowStride,
        xStride: a.columnStride,
        w: b.base,
        wStride: b.columnStride,
        n: n,
        k: k,
        y: c + i &* rowStride,
        accumulating: accumulating,
        epilogue: epilogue,
        row: i
      )
      context.pool.run(task.pieces, task, multiplications: n &* k)
    }
  } else if isSmallProduct(m: m, n: n, k: k) {
    multiplySmall(
      m: m,
      n: n,
      k: k,
      a,
      b,
      into: c,
      rowStride: rowStride,
      accumulating: accumulating,
      epilogue: epilogue,
      scratch: context.scratch(smallScratch(k: k))
    )
  } else {
    let product = Product(
      m: m,
      n: n,
      k: k,
      a: StridedSource(base: a.base, indexStride: a.rowStride, depthStride: a.columnStride),
      b: StridedSource(base: b.base, indexStride: b.columnStride, depthStride: b.rowStride)
    )
    let isTurned = !accumulating && product.isBetterTransposed
    multiplyBlocks(
      isTurned ? product.transposed : product,
      into: c,
      rowStride: rowStride,
      isTurned: isTurned,
      accumulating: accumulating,
      epilogue: epilogue,
      context: context
    )
  }
}

/// So many rows are taken one by one: packing the matrix would cost more than reading it again.
private let fewRows = 2

/// Two operands.
struct Product {
  let m: Int
  let n: Int
  let k: Int
  let a: StridedSource
  let b: StridedSource

  /// Bᵀ Aᵀ.
  var transposed: Product { Product(m: n, n: m, k: k, a: b, b: a) }

  /// Whether to compute Cᵀ: both operands lie along k, so that B must be packed and A must not, and packing A instead
  /// saves more than turning C costs. That is a dense layer and a small batch.
  var isBetterTransposed: Bool {
    a.depthStride == 1 && b.depthStride == 1 && b.indexStride != 1 && k <= longestTurned
      && (n &- m) &* k >= 2 &* m &* n
  }

  /// Steps of a block.
  var blockDepth: Int { Kernels.blockDepth(k) }

  /// Whether columns of B are used in place, which pays while all rows of a block are near, and longer where few rows of A
  /// would have to earn a copy; but rows whole multiples of 8 KiB apart fall into few places of a cache.
  var usesBInPlace: Bool {
    let reach = m <= 32 && b.depthStride % 2048 != 0 ? 6 : m <= 128 ? 4 : 2
    return b.indexStride == 1 && blockDepth &* b.depthStride <= reach &* nearElements
  }
}

/// `isTurned`: the product is Cᵀ.
private func multiplyBlocks(
  _ product: Product,
  into c: UnsafeMutablePointer<Float>,
  rowStride: Int,
  isTurned: Bool,
  accumulating: Bool,
  epilogue: Epilogue,
  context: KernelContext
) {
  let k = product.k
  var block = BlockProduct(
    product,
    c: c,
    rowStride: rowStride,
    isTurned: isTurned,
    passDepth: isTurned ? k : min(k, blocksPerPass &* product.blockDepth),
    threads: context.pool.threadCount
  )
  block.packed = context.scratch(block.scratchFloats)
  while block.depthStart < k {
    block.depth = min(block.passDepth, k &- block.depthStart)
    block.continues = accumulating || block.depthStart > 0
    if block.depthStart &+ block.depth == k { block.epilogue = epilogue }
    let work = product.m &* product.n &* block.depth
    let packing = PackTask(product: block)
    context.pool.run(packing.pieces, packing, multiplications: work)
    block.forgetOwnColumns()
    context.pool.run(block.tilePieces, TileTask(product: block), multiplications: work)
    block.depthStart &+= block.depth
  }
}
