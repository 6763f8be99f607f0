// SPDX-License-Identifier: Apache-2.0

/// z[i] = x[i] + y[i].
package func add(
  _ x: UnsafePointer<Float>,
  _ y: UnsafePointer<Float>,
  into z: UnsafeMutablePointer<Float>,
  count: Int,
  context: KernelContext
) {
  context.pool.run(chunks(count), SumTask(x: x, y: y, z: z, count: count))
}

private struct SumTask: ParallelTask {
  let x: UnsafePointer<Float>
  let y: UnsafePointer<Float>
  let z: UnsafeMutablePointer<Float>
  let count: Int

  func run(_ index: Int, thread: Int) {
    let (start, count) = chunkRange(index, count)
    zipLanes(x + start, y + start, z + start, count) { x, y, _ in x + y }
  }
}
