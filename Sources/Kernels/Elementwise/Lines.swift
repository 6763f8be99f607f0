// SPDX-License-Identifier: Apache-2.0

/// Copies `count` lines of `width` floats, line i from x + i · xStride to y + i · yStride; adds if `accumulating`. On all
/// threads if there is enough to copy.
package func copyLines(
  _ x: UnsafePointer<Float>,
  xStride: Int,
  into y: UnsafeMutablePointer<Float>,
  yStride: Int,
  count: Int,
  width: Int,
  accumulating: Bool = false,
  context: KernelContext
) {
  let perPiece = max(1, (1 << 14) / max(1, width))
  let task = CopyTask(
    x: x,
    xStride: xStride,
    y: y,
    yStride: yStride,
    count: count,
    width: width,
    accumulating: accumulating,
    perPiece: perPiece
  )
  context.pool.run(
    (count &+ perPiece &- 1) / perPiece,
    task,
    multiplications: count &* width
  )
}

private struct CopyTask: ParallelTask {
  let x: UnsafePointer<Float>
  let xStride: Int
  let y: UnsafeMutablePointer<Float>
  let yStride: Int
  let count: Int
  let width: Int
  let accumulating: Bool
  let perPiece: Int

  func run(_ index: Int, thread: Int) {
    let first = index &* perPiece
    copyLines(
      x + first &* xStride,
      xStride: xStride,
      into: y + first &* yStride,
      yStride: yStride,
      count: min(perPiece, count &- first),
      width: width,
      accumulating: accumulating
    )
  }
}
