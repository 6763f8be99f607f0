// SPDX-License-Identifier: Apache-2.0

// The linear maps of Winograd's minimal filtering F(2×2, 3×3) (Winograd 1980; Lavin & Gray, "Fast algorithms for
// convolutional neural networks", 2016, §4.1), each lane a channel of its own:
//
//   y = Aᵀ [ (G g Gᵀ) ⊙ (Bᵀ d B) ] A
//
// with a kernel g [3, 3], an input tile d [4, 4], the output tile y [2, 2]. A product of 4 × 4 elements takes the place of
// 2 · 2 · 9 multiplications. Gradients run through the transposed maps, backwards.

/// Four values along one axis.
typealias Four<V> = (V, V, V, V)

/// Bᵀ d
@inline(__always)
private func input<V: SIMD<Float>>(_ d: Four<V>) -> Four<V> {
  (d.0 - d.2, d.1 + d.2, d.2 - d.1, d.1 - d.3)
}

/// B v
@inline(__always)
private func inputAdjoint<V: SIMD<Float>>(_ v: Four<V>) -> Four<V> {
  (v.0, v.1 - v.2 + v.3, v.1 + v.2 - v.0, V.zero - v.3)
}

/// Aᵀ m
@inline(__always)
private func output<V: SIMD<Float>>(_ m: Four<V>) -> (V, V) {
  (m.0 + m.1 + m.2, m.1 - m.2 - m.3)
}

/// A y
@inline(__always)
private func outputAdjoint<V: SIMD<Float>>(_ y: (V, V)) -> Four<V> {
  (y.0, y.0 + y.1, y.0 - y.1, V.zero - y.1)
}

/// G g
@inline(__always)
private func kernel<V: SIMD<Float>>(_ g: (V, V, V)) -> Four<V> {
  let ends = g.0 + g.2
  return (g.0, 0.5 * (ends + g.1), 0.5 * (ends - g.1), g.2)
}

/// Gᵀ u
@inline(__always)
private func kernelAdjoint<V: SIMD<Float>>(_ u: Four<V>) -> (V, V, V) {
  let middle = 0.5 * (u.1 + u.2)
  return (u.0 + middle, 0.5 * (u.1 - u.2), middle + u.3)
}

/// Where the elements of a tile of vectors lie: element (i, j) at `first[i · rowStride + j · columnStride]`.
struct VectorGrid {
  let first: UnsafeMutablePointer<Float>
  let rowStride: Int
  let columnStride: Int

  @inline(__always)
  func load<V: SIMD<Float>>(_ i: Int, _ j: Int) -> V {
    UnsafeRawPointer(first + (i &* rowStride &+ j &* columnStride)).loadUnaligned(as: V.self)
  }

  @inline(__always)
  func store<V: SIMD<Float>>(_ value: V, _ i: Int, _ j: Int) {
    UnsafeMutableRawPointer(first + (i &* rowStride &+ j &* columnStride))
      .storeBytes(of: value, as: V.self)
  }

  @inline(__always)
  func column<V: SIMD<Float>>(_ j: Int) -> Four<V> {
    (load(0, j), load(1, j), load(2, j), load(3, j))
  }

  @inline(__always)
  func storeRow<V: SIMD<Float>>(_ row: Four<V>, _ i: Int) {
    store(row.0, i, 0)
    store(row.1, i, 1)
    store(row.2, i, 2)
    store(row.3, i, 3)
  }

  /// Adds a row to what is there.
  @inline(__always)
  func addRow<V: SIMD<Float>>(_ row: Four<V>, _ i: Int) {
    storeRow((load(i, 0) + row.0, load(i, 1) + row.1, load(i, 2) + row.2, load(i, 3) + row.3), i)
  }
}

/// v = Bᵀ d B
@inline(__always)
func transformInput(_ d: VectorGrid, _ v: VectorGrid) {
  let a: Four<Vector> = input(d.column(0))
  let b: Four<Vector> = input(d.column(1))
  let c: Four<Vector> = input(d.column(2))
  let e: Four<Vector> = input(d.column(3))
  v.storeRow(input((a.0, b.0, c.0, e.0)), 0)
  v.storeRow(input((a.1, b.1, c.1, e.1)), 1)
  v.storeRow(input((a.2, b.2, c.2, e.2)), 2)
  v.storeRow(input((a.3, b.3, c.3, e.3)), 3)
}

/// d += B v Bᵀ
@inline(__always)
func transformInputAdjoint(_ v: VectorGrid, addingTo d: VectorGrid) {
  let a: Four<Vector> = inputAdjoint(v.column(0))
  let b: Four<Vector> = inputAdjoint(v.column(1))
  let c: Four<Vector> = inputAdjoint(v.column(2))
  let e: Four<Vector> = inputAdjoint(v.column(3))
  d.addRow(inputAdjoint((a.0, b.0, c.0, e.0)), 0)
  d.addRow(inputAdjoint((a.1, b.1, c.1, e.1)), 1)
  d.addRow(inputAdjoint((a.2, b.2, c.2, e.2)), 2)
  d.addRow(inputAdjoint((a.3, b.3, c.3, e.3)), 3)
}

/// Aᵀ m A, row by row.
@inline(__always)
func transformOutput(_ m: VectorGrid) -> Four<Vector> {
  let a: (Vector, Vector) = output(m.column(0))
  let b: (Vector, Vector) = output(m.column(1))
  let c: (Vector, Vector) = output(m.column(2))
  let e: (Vector, Vector) = output(m.column(3))
  let top = output((a.0, b.0, c.0, e.0))
  let bottom = output((a.1, b.1, c.1, e.1))
  return (top.0, top.1, bottom.0, bottom.1)
}

/// m = A y Aᵀ, with y row by row.
@inline(__always)
func transformOutputAdjoint(_ y: Four<Vector>, _ m: VectorGrid) {
  let left = outputAdjoint((y.0, y.2))
  let right = outputAdjoint((y.1, y.3))
  m.storeRow(outputAdjoint((left.0, right.0)), 0)
  m.storeRow(outputAdjoint((left.1, right.1)), 1)
  m.storeRow(outputAdjoint((left.2, right.2)), 2)
  m.storeRow(outputAdjoint((left.3, right.3)), 3)
}

/// u = G g Gᵀ
@inline(__always)
func transformKernel(_ g: VectorGrid, _ u: VectorGrid) {
  let a: Four<Lanes> = kernel((g.load(0, 0), g.load(1, 0), g.load(2, 0)))
  let b: Four<Lanes> = kernel((g.load(0, 1), g.load(1, 1), g.load(2, 1)))
  let c: Four<Lanes> = kernel((g.load(0, 2), g.load(1, 2), g.load(2, 2)))
  u.storeRow(kernel((a.0, b.0, c.0)), 0)
  u.storeRow(kernel((a.1, b.1, c.1)), 1)
  u.storeRow(kernel((a.2, b.2, c.2)), 2)
  u.storeRow(kernel((a.3, b.3, c.3)), 3)
}

/// g = Gᵀ u G
@inline(__always)
func transformKernelAdjoint(_ u: VectorGrid, _ g: VectorGrid) {
  let a: (Lanes, Lanes, Lanes) = kernelAdjoint(u.column(0))
  let b: (Lanes, Lanes, Lanes) = kernelAdjoint(u.column(1))
  let c: (Lanes, Lanes, Lanes) = kernelAdjoint(u.column(2))
  let e: (Lanes, Lanes, Lanes) = kernelAdjoint(u.column(3))
  let rows = (
    kernelAdjoint((a.0, b.0, c.0, e.0)),
    kernelAdjoint((a.1, b.1, c.1, e.1)),
    kernelAdjoint((a.2, b.2, c.2, e.2))
  )
  g.store(rows.0.0, 0, 0)
  g.store(rows.0.1, 0, 1)
  g.store(rows.0.2, 0, 2)
  g.store(rows.1.0, 1, 0)
  g.store(rows.1.1, 1, 1)
  g.store(rows.1.2, 1, 2)
  g.store(rows.2.0, 2, 0)
  g.store(rows.2.1, 2, 1)
  g.store(rows.2.2, 2, 2)
}
