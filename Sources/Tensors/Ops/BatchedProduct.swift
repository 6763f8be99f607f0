// SPDX-License-Identifier: Apache-2.0

import Kernels

extension Tape {
  /// The product of two results, example by example: a [N, M, K] and b [N, K, L] → [N, M, L].
  ///
  /// If `transposed`, b is [N, L, K], and each of its matrices is turned.
  public func batchedProduct(_ a: Variable, _ b: Variable, transposed: Bool = false) -> Variable {
    let (s, t) = (shape(of: a), shape(of: b))
    precondition(
      s.rank == 3 && t.rank == 3 && s[0] == t[0] && s[2] == t[transposed ? 2 : 1],
      "batchedProduct: \(s) and \(t)\(transposed ? ", transposed" : "")"
    )
    let columns = t[transposed ? 1 : 2]
    let y = result(Shape(s[0], s[1], columns), of: a, b)
    unsafe multiply(
      batch: s[0],
      m: s[1],
      n: columns,
      k: s[2],
      matrices(a, values(a)),
      transposed ? matrices(b, values(b)).transposed : matrices(b, values(b)),
      into: values(y),
      accumulating: false,
      context: context
    )
    var node = unsafe Node(backward: batchedProductBackward, output: y)
    unsafe node.inputs = (a, b, nil, nil, nil)
    unsafe node.numbers[0] = transposed ? 1 : 0
    unsafe note(node)
    return y
  }

  /// The matrices of x [N, rows, columns], or of its gradient.
  fileprivate func matrices(_ x: Variable, _ base: UnsafePointer<Float>) -> MatrixBatch {
    let s = shape(of: x)
    return unsafe MatrixBatch(Matrix(base, rowStride: s[2]), stride: s[1] * s[2])
  }
}

/// Of C = A B: dA = dC Bᵀ, dB = Aᵀ dC; of C = A Bᵀ: dA = dC B, dB = dCᵀ A.
private func batchedProductBackward(
  _ tape: Tape,
  _ node: Node,
  _ dy: UnsafeMutablePointer<Float>
) {
  guard let a = unsafe node.inputs.0, let b = unsafe node.inputs.1 else { return }
  let isTransposed = unsafe node.numbers[0] == 1
  let (s, t) = (tape.shape(of: a), tape.shape(of: b))
  let left = unsafe tape.matrices(a, tape.values(a))
  let right = unsafe tape.matrices(b, tape.values(b))
  let slopes = unsafe tape.matrices(node.output, dy)
  let columns = t[isTransposed ? 1 : 2]
  if let (da, accumulating) = unsafe tape.gradientTarget(a) {
    unsafe multiply(
      batch: s[0],
      m: s[1],
      n: s[2],
      k: columns,
      slopes,
      isTransposed ? right : right.transposed,
      into: da,
      accumulating: accumulating,
      context: tape.context
    )
  }
  if let (db, accumulating) = unsafe tape.gradientTarget(b) {
    unsafe multiply(
      batch: s[0],
      m: t[1],
      n: t[2],
      k: s[1],
      isTransposed ? slopes.transposed : left.transposed,
      isTransposed ? left : slopes,
      into: db,
      accumulating: accumulating,
      context: tape.context
    )
  }
}
