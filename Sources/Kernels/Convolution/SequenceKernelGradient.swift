// SPDX-License-Identifier: Apache-2.0

// The kernels' gradient of a convolution along sequences is a product over all windows of all examples. Windows of several
// examples are unrolled together, so that short sequences make no short products.

/// Windows that are unrolled at once, and floats of them if that is more: few hand-outs, and not much more than a cache.
private let windowsPerPass = 512
private let floatsPerPass = 1 << 18

extension SequenceShape {
  /// Floats that the kernels' gradient needs: unrolled windows, and the gradient [O, K, C] in their order.
  package var kernelGradientSpace: Int { unrolledSpace &+ outputChannels &* kernel &* channels }

  /// Windows of a pass.
  fileprivate var passWindows: Int {
    let width = max(1, kernel &* channels)
    return min(max(windowsPerPass, floatsPerPass / width), batch &* outputSteps)
  }

  fileprivate var unrolledSpace: Int {
    roundUp(passWindows &* kernel &* channels, to: cacheLine)
  }
}

/// dw [O, C, K], the gradient of `convolve` from that of its sums, `dy` [N, oT, O], which is 0 behind each example's own
/// windows: one chain over all windows of all examples. `space` has room for `shape.kernelGradientSpace` floats.
package func convolutionKernelGradient(
  _ x: UnsafePointer<Float>,
  gradient dy: UnsafePointer<Float>,
  into dw: UnsafeMutablePointer<Float>,
  accumulating: Bool,
  shape: SequenceShape,
  lengths: UnsafePointer<Int32>?,
  space: UnsafeMutablePointer<Float>,
  context: KernelContext
) {
  let s = shape
  let width = s.kernel &* s.channels
  let sums = space + s.unrolledSpace
  let count = s.batch &* s.outputSteps
  fill(sums, with: 0, count: s.outputChannels &* width, context: context)
  var first = 0
  while first < count {
    let rows = min(s.passWindows, count &- first)
    let task = UnrollTask(x: x, shape: s, lengths: lengths, first: first, rows: rows, into: space)
    context.pool.run(
      (rows &+ windowsPerPiece &- 1) / windowsPerPiece,
      task,
      multiplications: rows &* width
    )
    multiply(
      m: s.outputChannels,
      n: width,
      k: rows,
      Matrix(dy + first &* s.outputChannels, rowStride: s.outputChannels).transposed,
      Matrix(space, rowStride: width),
      into: sums,
      rowStride: width,
      accumulating: true,
      context: context
    )
    first &+= rows
  }
  let task = KernelOrderTask(shape: s, sums: sums, dw: dw, accumulating: accumulating)
  context.pool.run(s.outputChannels, task, multiplications: s.outputChannels &* width)
}

private let windowsPerPiece = 16

/// Copies windows, with zeros where they reach beyond their sequence; windows that are none of the example's are zeros.
private struct UnrollTask: ParallelTask {
  let x: UnsafePointer<Float>
  let shape: SequenceShape
  let lengths: UnsafePointer<Int32>?
  let first: Int
  let rows: Int
  let into: UnsafeMutablePointer<Float>

  func run(_ index: Int, thread: Int) {
    let s = shape
    let (steps, width) = (s.outputSteps, s.kernel &* s.channels)
    for row in index &* windowsPerPiece..<min(rows, (index &+ 1) &* windowsPerPiece) {
      let (n, t) = ((first &+ row) / steps, (first &+ row) % steps)
      let line = into + row &* width
      let length = lengths.map { Int($0[n]) } ?? s.steps
      let begin = t &* s.stride &- s.padding.front
      let (from, to) = (max(0, begin), min(begin &+ s.kernel, length))
      if from >= to || t >= s.windows(of: length) {
        fill(line, 0, width)
        continue
      }
      fill(line, 0, (from &- begin) &* s.channels)
      copyLine(
        x + (n &* s.steps &+ from) &* s.channels,
        line + (from &- begin) &* s.channels,
        (to &- from) &* s.channels
      )
      fill(line + (to &- begin) &* s.channels, 0, (begin &+ s.kernel &- to) &* s.channels)
    }
  }
}

/// Sums [O, K, C] into or onto dw [O, C, K], one output channel at a time.
private struct KernelOrderTask: ParallelTask {
  let shape: SequenceShape
  let sums: UnsafePointer<Float>
  let dw: UnsafeMutablePointer<Float>
  let accumulating: Bool

  func run(_ index: Int, thread: Int) {
    let (kernel, channels) = (shape.kernel, shape.channels)
    let sums = sums + index &* kernel &* channels
    let dw = dw + index &* kernel &* channels
    for c in 0..<channels {
      for k in 0..<kernel {
        let place = c &* kernel &+ k
        let sum = sums[k &* channels &+ c]
        dw[place] = accumulating ? dw[place] + sum : sum
      }
    }
  }
}
