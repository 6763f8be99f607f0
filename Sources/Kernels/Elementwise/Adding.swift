// SPDX-License-Identifier: Apache-2.0

/// z[i] = f(x[i] + y[i]).
package func add(
  _ x: UnsafePointer<Float>,
  _ y: UnsafePointer<Float>,
  into z: UnsafeMutablePointer<Float>,
  count: Int,
  activation: Activation = .identity,
  context: KernelContext
) {
  let task = SumTask(x: x, y: y, z: z, count: count, activation: activation)
  context.pool.run(chunks(count), task)
}

private struct SumTask: ParallelTask {
  let x: UnsafePointer<Float>
  let y: UnsafePointer<Float>
  let z: UnsafeMutablePointer<Float>
  let count: Int
  let activation: Activation

  func run(_ index: Int, thread: Int) {
    let (start, count) = chunkRange(index, count)
    let (x, y, z) = (x + start, y + start, z + start)
    if activation == .relu {
      zipLanes(x, y, z, count) { x, y, _ in rectified(x + y) }
    } else {
      zipLanes(x, y, z, count) { x, y, _ in x + y }
      if activation != .identity { activate(activation, z, count) }
    }
  }
}
