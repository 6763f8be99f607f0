// SPDX-License-Identifier: Apache-2.0

import DeterministicMath

/// A random matrix whose shorter side's vectors are orthonormal, evenly distributed among all of these.
///
/// Normal draws made orthonormal by modified Gram–Schmidt in Double. Its triangular factor has a positive diagonal, which
/// is the sign that `torch.nn.init.orthogonal_` gives to its own (Mezzadri 2007, "How to generate random matrices from the
/// classical compact groups"). Normal draws are well enough conditioned that one pass keeps products below 10⁻⁹.
struct OrthogonalMatrix {
  /// Row-major [rows, columns].
  let values: [Double]

  /// Time grows with the longer side times the shorter one squared.
  init(rows: Int, columns: Int, from stream: RandomStream) {
    let (count, length) = (min(rows, columns), max(rows, columns))
    var stream = stream
    // The vectors lie one after the other, whichever side they are.
    var vectors = (0..<count).map { _ in (0..<length).map { _ in stream.nextNormal() } }
    for i in 0..<count {
      let norm = Self.product(vectors[i], vectors[i]).squareRoot()
      for k in 0..<length { vectors[i][k] /= norm }
      for j in (i + 1)..<max(i + 1, count) {
        Self.remove(vectors[i], from: &vectors[j], Self.product(vectors[i], vectors[j]))
      }
    }
    if rows <= columns {
      values = vectors.flatMap { $0 }
    } else {
      values = (0..<rows).flatMap { row in vectors.map { $0[row] } }
    }
  }

  /// The scalar product, summed in eight lanes that are added in order.
  private static func product(_ a: [Double], _ b: [Double]) -> Double {
    var lanes = SIMD8<Double>.zero
    var k = 0
    while k + 8 <= a.count {
      lanes += eight(a, k) * eight(b, k)
      k += 8
    }
    var sum = 0.0
    for lane in 0..<8 { sum += lanes[lane] }
    while k < a.count {
      sum += a[k] * b[k]
      k += 1
    }
    return sum
  }

  private static func eight(_ x: [Double], _ k: Int) -> SIMD8<Double> {
    SIMD8(x[k], x[k + 1], x[k + 2], x[k + 3], x[k + 4], x[k + 5], x[k + 6], x[k + 7])
  }

  private static func remove(_ a: [Double], from b: inout [Double], _ share: Double) {
    for k in b.indices { b[k] -= share * a[k] }
  }
}
