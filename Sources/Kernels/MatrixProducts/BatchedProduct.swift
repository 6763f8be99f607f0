// SPDX-License-Identifier: Apache-2.0

// Products of each example of a batch: of many small ones, each is done by one thread; a large one by all.

/// Operands of each example of a batch, or its results, `stride` floats apart.
package struct MatrixBatch {
  /// The first example's.
  package var first: Matrix
  /// Floats from one example to the next.
  package var stride: Int

  /// Matrices that lie one behind the other.
  package init(_ first: Matrix, stride: Int) {
    self.first = first
    self.stride = stride
  }

  /// All of them with rows and columns exchanged.
  package var transposed: MatrixBatch { MatrixBatch(first.transposed, stride: stride) }

  subscript(index: Int) -> Matrix {
    var matrix = first
    matrix.base += index &* stride
    return matrix
  }
}

/// C[m, n] = (C if `accumulating`, else 0) + A[m, k] · B[k, n] of each of `batch` examples; the results lie one behind the
/// other. Each element is the same chain as in `multiply`.
package func multiply(
  batch: Int,
  m: Int,
  n: Int,
  k: Int,
  _ a: MatrixBatch,
  _ b: MatrixBatch,
  into c: UnsafeMutablePointer<Float>,
  accumulating: Bool,
  context: KernelContext
) {
  if m &* n &* k >= largeProduct {
    for index in 0..<batch {
      multiply(
        m: m,
        n: n,
        k: k,
        a[index],
        b[index],
        into: c + index &* m &* n,
        rowStride: n,
        accumulating: accumulating,
        context: context
      )
    }
    return
  }
  let panels = OwnPanels.floats(columns: n, depth: k)
  let threads = context.pool.threadCount
  let task = BatchedProductTask(
    m: m,
    n: n,
    k: k,
    a: a,
    b: b,
    c: c,
    accumulating: accumulating,
    memory: OwnMemory(context.scratch(panels &* threads), panels, threads)
  )
  context.pool.run(batch, task, multiplications: batch &* m &* n &* k)
}

/// Multiplications of a product whose operands no longer lie near one core.
private let largeProduct = 1 << 20

/// One example.
private struct BatchedProductTask: ParallelTask {
  let m: Int
  let n: Int
  let k: Int
  let a: MatrixBatch
  let b: MatrixBatch
  let c: UnsafeMutablePointer<Float>
  let accumulating: Bool
  let memory: OwnMemory

  func run(_ index: Int, thread: Int) {
    OwnPanels(b[index], columns: n, depth: k, into: memory[thread]).multiply(
      a[index],
      rows: m,
      before: n,
      steps: 0..<k,
      into: c + index &* m &* n,
      rowStride: n,
      continues: accumulating
    )
  }
}
