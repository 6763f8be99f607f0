// SPDX-License-Identifier: Apache-2.0

// A product by way of its transpose, where that leaves the small operand to be packed instead of the large one.

/// C = (Bᵀ Aᵀ)ᵀ, the same chains.
func multiplyTransposed(
  _ product: Product,
  into c: UnsafeMutablePointer<Float>,
  rowStride: Int,
  _ epilogue: Epilogue,
  _ context: KernelContext
) {
  let turned = product.transposed
  let stride = roundUp(turned.n, to: 16)
  let count = turned.m &* stride
  let scratch = context.scratch(count &+ turned.scratchFloats)
  multiplyBlocks(
    turned,
    into: scratch,
    rowStride: stride,
    accumulating: false,
    epilogue: Epilogue(),
    scratch: scratch + count,
    context: context
  )
  let turn = TurnTask(
    turned: scratch,
    turnedStride: stride,
    m: product.m,
    n: product.n,
    c: c,
    rowStride: rowStride,
    epilogue: epilogue
  )
  context.pool.run(turn.pieces, turn, multiplications: product.m &* product.n &* product.k)
}

/// C from Cᵀ, some columns of C a piece, then the epilogue.
private struct TurnTask: ParallelTask {
  let turned: UnsafePointer<Float>
  let turnedStride: Int
  let m: Int
  let n: Int
  let c: UnsafeMutablePointer<Float>
  let rowStride: Int
  let epilogue: Epilogue

  var pieces: Int { (n &+ 63) / 64 }

  func run(_ index: Int, thread: Int) {
    let column = index &* 64
    let columns = min(64, n &- column)
    let first = c + column
    transpose(
      turned + column &* turnedStride,
      turnedStride,
      into: first,
      rowStride,
      rows: columns,
      columns: m
    )
    epilogue.apply(first, stride: rowStride, row: 0, column: column, rows: m, columns: columns)
  }
}
