// SPDX-License-Identifier: Apache-2.0

/// How an image's values between its pixels are found.
public enum Interpolation: Int32, Sendable {
  /// From the four pixels around, as PyTorch's `interpolate(mode="bilinear", align_corners=False)`.
  case bilinear
  /// The pixel at ⌊i · in / out⌋, as PyTorch's `interpolate(mode="nearest")`.
  case nearest
}

/// Sizes of a change of size of `planes` images.
package struct ResizingShape: Sendable {
  /// N · C.
  package let planes: Int
  /// Rows and columns before.
  package let input: (height: Int, width: Int)
  /// Rows and columns after.
  package let output: (height: Int, width: Int)

  /// Sizes, each at least 1.
  package init(
    planes: Int,
    input: (height: Int, width: Int),
    output: (height: Int, width: Int)
  ) {
    self.planes = planes
    self.input = input
    self.output = output
  }

  fileprivate var work: Int { 4 &* planes &* output.height &* output.width }
}

/// y = x [planes, h, w] with another number of rows and columns; there is no smoothing before a reduction.
package func resize(
  _ x: UnsafePointer<Float>,
  into y: UnsafeMutablePointer<Float>,
  shape: ResizingShape,
  _ interpolation: Interpolation,
  context: KernelContext
) {
  let task = ResizeTask(x: x, y: y, shape: shape, interpolation: interpolation)
  context.pool.run(shape.planes, task, multiplications: shape.work)
}

/// dx = (dx if `accumulating`, else 0) + each dy by the shares of the pixels it came from, in the order of dy.
package func resizeGradient(
  _ dy: UnsafePointer<Float>,
  into dx: UnsafeMutablePointer<Float>,
  shape: ResizingShape,
  _ interpolation: Interpolation,
  accumulating: Bool,
  context: KernelContext
) {
  let task = ResizeGradientTask(
    dy: dy,
    dx: dx,
    shape: shape,
    interpolation: interpolation,
    accumulating: accumulating
  )
  context.pool.run(shape.planes, task, multiplications: shape.work)
}

/// Two neighbours on an axis and the share of the second one.
private struct Neighbours {
  var first: Int
  var second: Int
  var share: Float

  /// The pixels around the place in `input` pixels where the middle of pixel `i` of `output` lies.
  @inline(__always)
  init(_ i: Int, _ input: Int, _ output: Int, _ interpolation: Interpolation) {
    guard interpolation == .bilinear else {
      (first, second, share) = (i &* input / output, i &* input / output, 0)
      return
    }
    let place = max(0, (Double(i) + 0.5) * (Double(input) / Double(output)) - 0.5)
    first = min(Int(place), input &- 1)
    second = min(first &+ 1, input &- 1)
    share = Float(place - Double(first))
  }

  /// a and b by their shares; b alone decides nothing where it has no share, not even as NaN or infinity.
  @inline(__always)
  func mixed(_ a: Float, _ b: Float) -> Float { share == 0 ? a : (1 - share) * a + share * b }
}

private struct ResizeTask: ParallelTask {
  let x: UnsafePointer<Float>
  let y: UnsafeMutablePointer<Float>
  let shape: ResizingShape
  let interpolation: Interpolation

  func run(_ plane: Int, thread: Int) {
    let (input, output) = (shape.input, shape.output)
    let from = x + plane &* input.height &* input.width
    var out = y + plane &* output.height &* output.width
    for i in 0..<output.height {
      let rows = Neighbours(i, input.height, output.height, interpolation)
      let (above, below) = (from + rows.first &* input.width, from + rows.second &* input.width)
      for j in 0..<output.width {
        let columns = Neighbours(j, input.width, output.width, interpolation)
        out[j] = rows.mixed(
          columns.mixed(above[columns.first], above[columns.second]),
          columns.mixed(below[columns.first], below[columns.second])
        )
      }
      out += output.width
    }
  }
}

private struct ResizeGradientTask: ParallelTask {
  let dy: UnsafePointer<Float>
  let dx: UnsafeMutablePointer<Float>
  let shape: ResizingShape
  let interpolation: Interpolation
  let accumulating: Bool

  func run(_ plane: Int, thread: Int) {
    let (input, output) = (shape.input, shape.output)
    let to = dx + plane &* input.height &* input.width
    var slope = dy + plane &* output.height &* output.width
    if !accumulating { fill(to, 0, input.height &* input.width) }
    for i in 0..<output.height {
      let rows = Neighbours(i, input.height, output.height, interpolation)
      for j in 0..<output.width {
        let columns = Neighbours(j, input.width, output.width, interpolation)
        if rows.share == 0 {
          share(slope[j], to + rows.first &* input.width, columns)
        } else {
          share((1 - rows.share) * slope[j], to + rows.first &* input.width, columns)
          share(rows.share * slope[j], to + rows.second &* input.width, columns)
        }
      }
      slope += output.width
    }
  }

  @inline(__always)
  private func share(_ slope: Float, _ row: UnsafeMutablePointer<Float>, _ columns: Neighbours) {
    if columns.share == 0 {
      row[columns.first] += slope
    } else {
      row[columns.first] += (1 - columns.share) * slope
      row[columns.second] += columns.share * slope
    }
  }
}
