// SPDX-License-Identifier: Apache-2.0

/// What GEMM promises bit by bit: a [m, k] · b [k, n] with each element one chain of `Float` FMAs over k in index order
/// from `start` (or zero), then the row's and the column's bias.
public func chainedProduct(
  m: Int,
  n: Int,
  k: Int,
  _ a: [Float],
  _ b: [Float],
  start: [Float]? = nil,
  rowBias: [Float]? = nil,
  columnBias: [Float]? = nil
) -> [Float] {
  var c = [Float](repeating: 0, count: m * n)
  for i in 0..<m {
    for j in 0..<n {
      var sum = start?[i * n + j] ?? 0
      for p in 0..<k { sum = sum.addingProduct(a[i * k + p], b[p * n + j]) }
      if let rowBias { sum += rowBias[i] }
      if let columnBias { sum += columnBias[j] }
      c[i * n + j] = sum
    }
  }
  return c
}

/// The matrix x [rows, columns] as [columns, rows].
public func transposed(_ x: [Float], rows: Int, columns: Int) -> [Float] {
  var y = [Float](repeating: 0, count: x.count)
  for i in 0..<rows {
    for j in 0..<columns { y[j * rows + i] = x[i * columns + j] }
  }
  return y
}
