// SPDX-License-Identifier: Apache-2.0

/// y[i] = the mean of line i of x [lines, width], summed in a fixed order.
package func lineMeans(
  _ x: UnsafePointer<Float>,
  lines: Int,
  width: Int,
  into y: UnsafeMutablePointer<Float>,
  context: KernelContext
) {
  let task = MeanTask(x: x, lines: lines, width: width, y: y)
  context.pool.run((lines &+ 15) / 16, task, multiplications: lines &* width)
}

private struct MeanTask: ParallelTask {
  let x: UnsafePointer<Float>
  let lines: Int
  let width: Int
  let y: UnsafeMutablePointer<Float>

  func run(_ index: Int, thread: Int) {
    for line in index &* 16..<min(lines, index &* 16 &+ 16) {
      y[line] = Float(lineSum(x + line &* width, width) { $0 } / Double(width))
    }
  }
}

/// dx[i, :] = (dx if `accumulating`) + dy[i] / width.
package func lineMeansGradient(
  _ dy: UnsafePointer<Float>,
  lines: Int,
  width: Int,
  into dx: UnsafeMutablePointer<Float>,
  accumulating: Bool,
  context: KernelContext
) {
  let task = MeanGradientTask(
    dy: dy,
    lines: lines,
    width: width,
    dx: dx,
    accumulating: accumulating
  )
  context.pool.run((lines &+ 15) / 16, task, multiplications: lines &* width)
}

private struct MeanGradientTask: ParallelTask {
  let dy: UnsafePointer<Float>
  let lines: Int
  let width: Int
  let dx: UnsafeMutablePointer<Float>
  let accumulating: Bool

  func run(_ index: Int, thread: Int) {
    for line in index &* 16..<min(lines, index &* 16 &+ 16) {
      let share = Lanes(repeating: dy[line] / Float(width))
      let start = dx + line &* width
      if accumulating {
        mapLanes(start, start, width) { $0 + share }
      } else {
        mapLanes(start, start, width) { _ in share }
      }
    }
  }
}
