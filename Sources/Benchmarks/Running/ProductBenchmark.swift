// SPDX-License-Identifier: Apache-2.0

import DeterministicMath
import Kernels
import Tensors

/// Times a matrix product by the kernel that every dense layer calls.
struct ProductBenchmark {
  let shape: ProductShape
  let threads: Int
  let timing: Timing

  func run() throws -> Outcome {
    let context = KernelContext(threadCount: threads)
    let (m, k, n) = (shape.m, shape.k, shape.n)
    let (a, b) = (Operand(values("a", m * k)), Operand(values("b", k * n)))
    let c = Operand([Float](repeating: .nan, count: m * n))
    multiply(a, b, into: c, context)
    try check(a.values, b.values, c.values)
    var measurement = Measurement(timing, warmup: 2)
    while measurement.continues() { multiply(a, b, into: c, context) }
    let allocations = AllocationCount.during { multiply(a, b, into: c, context) }
    return Outcome(
      repetitions: measurement.repetitions,
      operations: shape.operations,
      work: 1e-9 * shape.operations,
      allocationsPerStep: allocations.map { Double($0) }
    )
  }

  private func values(_ name: String, _ count: Int) -> [Float] {
    var values = [Float](repeating: 0, count: count)
    RandomStream(seed: 0, purpose: .data, path: "benchmark.\(name)")
      .fillNormal(&values, standardDeviation: 1)
    return values
  }

  private func multiply(_ a: Operand, _ b: Operand, into c: Operand, _ context: KernelContext) {
    unsafe Kernels.multiply(
      m: shape.m,
      n: shape.n,
      k: shape.k,
      shape.turnsA
        ? Matrix(a.first, rowStride: shape.m).transposed : Matrix(a.first, rowStride: shape.k),
      shape.turnsB
        ? Matrix(b.first, rowStride: shape.k).transposed : Matrix(b.first, rowStride: shape.n),
      into: c.first,
      rowStride: shape.n,
      context: context
    )
  }

  /// Some elements, corners among them, against sums in Double.
  ///
  /// A chain of k fused multiply-adds is off by at most k · 2⁻²⁴ · Σ|aᵢbᵢ| to first order (Higham 2002, §3.1); twice
  /// that covers the higher orders.
  func check(_ a: [Float], _ b: [Float], _ c: [Float]) throws {
    let (m, k, n) = (shape.m, shape.k, shape.n)
    for row in [0, m / 3, m - 1] {
      for column in [0, n / 2, n - 1] {
        var (sum, magnitude) = (0.0, 0.0)
        for index in 0..<k {
          let left = a[shape.turnsA ? index * m + row : row * k + index]
          let right = b[shape.turnsB ? column * k + index : index * n + column]
          let product = Double(left) * Double(right)
          sum += product
          magnitude += abs(product)
        }
        let got = Double(c[row * n + column])
        guard abs(got - sum) <= 2 * Double(k) * 0x1p-24 * magnitude else {
          throw BenchmarkError.wrongProduct(row: row, column: column, expected: sum, got: got)
        }
      }
    }
  }
}

/// A matrix in the kind of memory that parameters and activations have.
@safe private final class Operand {
  let first: UnsafeMutablePointer<Float>
  private let count: Int

  init(_ values: [Float]) {
    count = values.count
    unsafe first = allocateMemory(byteCount: count * MemoryLayout<Float>.stride)
      .bindMemory(to: Float.self, capacity: count)
    for (i, value) in values.enumerated() { unsafe first[i] = value }
  }

  deinit { unsafe first.deallocate() }

  var values: [Float] { unsafe Array(UnsafeBufferPointer(start: first, count: count)) }
}
