// SPDX-License-Identifier: Apache-2.0

/// Sizes of a pooling of `planes` images: as a convolution's, one channel each.
public typealias PoolingShape = ConvolutionShape

/// The largest value of each window; `indices` receives its place in the input plane, −1 never occurs.
///
/// `shape.batch` counts planes (N · C), `channels` is 1. The first of equal values wins, the last NaN wins always (as in
/// PyTorch); padding never wins.
public func maxPool(
  _ x: UnsafePointer<Float>,
  into y: UnsafeMutablePointer<Float>,
  indices: UnsafeMutablePointer<Int32>,
  shape: PoolingShape,
  context: KernelContext
) {
  context.pool.run(shape.batch, MaxPoolTask(x: x, y: y, indices: indices, shape: shape))
}

/// dx = (dx if `accumulating`, else 0) + dy at the places of the largest values.
public func maxPoolGradient(
  _ dy: UnsafePointer<Float>,
  indices: UnsafePointer<Int32>,
  into dx: UnsafeMutablePointer<Float>,
  shape: PoolingShape,
  accumulating: Bool,
  context: KernelContext
) {
  context.pool.run(
    shape.batch,
    MaxPoolGradientTask(
      dy: dy,
      indices: indices,
      dx: dx,
      shape: shape,
      accumulating: accumulating
    )
  )
}

/// The mean of each window over kH · kW values, padding counted as zeros; summed row by row.
public func averagePool(
  _ x: UnsafePointer<Float>,
  into y: UnsafeMutablePointer<Float>,
  shape: PoolingShape,
  context: KernelContext
) {
  context.pool.run(shape.batch, AveragePoolTask(x: x, y: y, shape: shape))
}

/// dx = (dx if `accumulating`, else 0) + dy / (kH · kW) for every value of the window.
public func averagePoolGradient(
  _ dy: UnsafePointer<Float>,
  into dx: UnsafeMutablePointer<Float>,
  shape: PoolingShape,
  accumulating: Bool,
  context: KernelContext
) {
  context.pool.run(
    shape.batch,
    AveragePoolGradientTask(dy: dy, dx: dx, shape: shape, accumulating: accumulating)
  )
}

extension ConvolutionShape {
  /// The input rows and columns under the window at (row, column), without padding.
  @inline(__always)
  func window(_ row: Int, _ column: Int) -> (rows: Range<Int>, columns: Range<Int>) {
    let top = row &* strideHeight &- paddingHeight
    let left = column &* strideWidth &- paddingWidth
    return (
      max(0, top)..<min(height, top &+ kernelHeight), max(0, left)..<min(width, left &+ kernelWidth)
    )
  }
}

private struct MaxPoolTask: ParallelTask {
  let x: UnsafePointer<Float>
  let y: UnsafeMutablePointer<Float>
  let indices: UnsafeMutablePointer<Int32>
  let shape: PoolingShape

  func run(_ index: Int, thread: Int) {
    let plane = x + index &* shape.pixels
    var out = index &* shape.outputPixels
    for row in 0..<shape.outputHeight {
      for column in 0..<shape.outputWidth {
        let (rows, columns) = shape.window(row, column)
        var place = rows.lowerBound &* shape.width &+ columns.lowerBound
        var best = plane[place]
        var i = rows.lowerBound
        while i < rows.upperBound {
          let line = i &* shape.width
          var at = line &+ columns.lowerBound
          let end = line &+ columns.upperBound
          while at < end {
            let value = plane[at]
            // A NaN compares with nothing: taken whenever it comes, it is never replaced by a number.
            if value > best || value != value {
              best = value
              place = at
            }
            at &+= 1
          }
          i &+= 1
        }
        y[out] = best
        indices[out] = Int32(truncatingIfNeeded: place)
        out &+= 1
      }
    }
  }
}

private struct MaxPoolGradientTask: ParallelTask {
  let dy: UnsafePointer<Float>
  let indices: UnsafePointer<Int32>
  let dx: UnsafeMutablePointer<Float>
  let shape: PoolingShape
  let accumulating: Bool

  func run(_ index: Int, thread: Int) {
    let plane = dx + index &* shape.pixels
    if !accumulating { fill(plane, 0, shape.pixels) }
    let first = index &* shape.outputPixels
    for i in first..<first &+ shape.outputPixels { plane[Int(indices[i])] += dy[i] }
  }
}

private struct AveragePoolTask: ParallelTask {
  let x: UnsafePointer<Float>
  let y: UnsafeMutablePointer<Float>
  let shape: PoolingShape

  func run(_ index: Int, thread: Int) {
    let plane = x + index &* shape.pixels
    var out = index &* shape.outputPixels
    let area = Float(shape.kernelArea)
    for row in 0..<shape.outputHeight {
      for column in 0..<shape.outputWidth {
        let (rows, columns) = shape.window(row, column)
        var sum: Float = 0
        for i in rows {
          for j in columns { sum += plane[i &* shape.width &+ j] }
        }
        y[out] = sum / area
        out &+= 1
      }
    }
  }
}

private struct AveragePoolGradientTask: ParallelTask {
  let dy: UnsafePointer<Float>
  let dx: UnsafeMutablePointer<Float>
  let shape: PoolingShape
  let accumulating: Bool

  func run(_ index: Int, thread: Int) {
    let plane = dx + index &* shape.pixels
    if !accumulating { fill(plane, 0, shape.pixels) }
    var out = index &* shape.outputPixels
    let area = Float(shape.kernelArea)
    for row in 0..<shape.outputHeight {
      for column in 0..<shape.outputWidth {
        let (rows, columns) = shape.window(row, column)
        let share = dy[out] / area
        for i in rows {
          for j in columns { plane[i &* shape.width &+ j] += share }
        }
        out &+= 1
      }
    }
  }
}
