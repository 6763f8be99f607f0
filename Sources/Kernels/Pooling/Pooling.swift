// SPDX-License-Identifier: Apache-2.0

/// Sizes of a pooling of `planes` images: as a convolution's, one channel each.
package typealias PoolingShape = ConvolutionShape

/// The largest value of each window; `indices` receives its place in the input plane, −1 never occurs.
///
/// `shape.batch` counts planes (N · C), `channels` is 1. The first of equal values wins, the last NaN wins always (as in
/// PyTorch); padding never wins.
package func maxPool(
  _ x: UnsafePointer<Float>,
  into y: UnsafeMutablePointer<Float>,
  indices: UnsafeMutablePointer<Int32>,
  shape: PoolingShape,
  context: KernelContext
) {
  context.pool.run(pieces(shape), MaxPoolTask(x: x, y: y, indices: indices, shape: shape))
}

/// dx = (dx if `accumulating`, else 0) + dy at the places of the largest values.
package func maxPoolGradient(
  _ dy: UnsafePointer<Float>,
  indices: UnsafePointer<Int32>,
  into dx: UnsafeMutablePointer<Float>,
  shape: PoolingShape,
  accumulating: Bool,
  context: KernelContext
) {
  context.pool.run(
    pieces(shape),
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
package func averagePool(
  _ x: UnsafePointer<Float>,
  into y: UnsafeMutablePointer<Float>,
  shape: PoolingShape,
  context: KernelContext
) {
  context.pool.run(pieces(shape), AveragePoolTask(x: x, y: y, shape: shape))
}

/// dx = (dx if `accumulating`, else 0) + dy / (kH · kW) for every value of the window.
package func averagePoolGradient(
  _ dy: UnsafePointer<Float>,
  into dx: UnsafeMutablePointer<Float>,
  shape: PoolingShape,
  accumulating: Bool,
  context: KernelContext
) {
  context.pool.run(
    pieces(shape),
    AveragePoolGradientTask(dy: dy, dx: dx, shape: shape, accumulating: accumulating)
  )
}

/// Planes that make a piece of work.
private func planesPerPiece(_ s: PoolingShape) -> Int { max(1, (1 << 15) / max(1, s.pixels)) }

private func pieces(_ s: PoolingShape) -> Int {
  (s.batch &+ planesPerPiece(s) &- 1) / planesPerPiece(s)
}

/// The planes of piece `index`.
private func planes(_ index: Int, _ s: PoolingShape) -> Range<Int> {
  let first = index &* planesPerPiece(s)
  return first..<min(s.batch, first &+ planesPerPiece(s))
}

extension ConvolutionShape {
  /// The input rows and columns under the window at (row, column), without padding.
  @inline(__always)
  fileprivate func window(_ row: Int, _ column: Int) -> (rows: Range<Int>, columns: Range<Int>) {
    let top = row &* strideHeight &- paddingHeight
    let left = column &* strideWidth &- paddingWidth
    return (
      max(0, top)..<min(height, top &+ kernelHeight), max(0, left)..<min(width, left &+ kernelWidth)
    )
  }

  /// Calls `body` with runs of windows of one output row, their first column and the place of their first value in the
  /// plane: those that the image's sides cut one by one, those between together.
  @inline(__always)
  fileprivate func eachRun(
    _ plane: UnsafePointer<Float>,
    end: UnsafePointer<Float>,
    row: Int,
    _ body: (WindowRow<AnyWindow>, _ column: Int, _ place: Int) -> Void
  ) {
    let low = min(outputWidth, (paddingWidth &+ strideWidth &- 1) / strideWidth)
    let last = width &+ paddingWidth &- kernelWidth
    let high = last < 0 ? low : max(low, min(outputWidth, last / strideWidth &+ 1))
    var column = 0
    while column < outputWidth {
      let (rows, columns) = window(row, column)
      let place = rows.lowerBound &* width &+ columns.lowerBound
      let count = column == low ? max(1, high &- low) : 1
      let windows = WindowRow(
        first: plane + place,
        end: end,
        lineStride: width,
        size: AnyWindow(rows: rows.count, columns: columns.count, step: strideWidth),
        count: count
      )
      body(windows, column, place)
      column &+= count
    }
  }
}

private struct MaxPoolTask: ParallelTask {
  let x: UnsafePointer<Float>
  let y: UnsafeMutablePointer<Float>
  let indices: UnsafeMutablePointer<Int32>
  let shape: PoolingShape

  func run(_ index: Int, thread: Int) {
    for plane in planes(index, shape) {
      for row in 0..<shape.outputHeight {
        let out = plane &* shape.outputPixels &+ row &* shape.outputWidth
        shape.eachRun(x + plane &* shape.pixels, end: x + shape.batch &* shape.pixels, row: row) {
          windows,
          column,
          place in
          if windows.size.isTwo {
            maximum(windows.sized(WindowOfTwo()), out &+ column, place)
          } else {
            maximum(windows, out &+ column, place)
          }
        }
      }
    }
  }

  @inline(__always)
  private func maximum(_ windows: WindowRow<some WindowSize>, _ out: Int, _ place: Int) {
    let places = PlanePlaces(places: indices + out, first: place, step: windows.size.step)
    windows.maximum(into: y + out, rowCode: shape.width, places: places)
  }
}

private struct MaxPoolGradientTask: ParallelTask {
  let dy: UnsafePointer<Float>
  let indices: UnsafePointer<Int32>
  let dx: UnsafeMutablePointer<Float>
  let shape: PoolingShape
  let accumulating: Bool

  func run(_ index: Int, thread: Int) {
    for number in planes(index, shape) {
      let plane = dx + number &* shape.pixels
      if !accumulating { fill(plane, 0, shape.pixels) }
      let first = number &* shape.outputPixels
      for i in first..<first &+ shape.outputPixels { plane[Int(indices[i])] += dy[i] }
    }
  }
}

private struct AveragePoolTask: ParallelTask {
  let x: UnsafePointer<Float>
  let y: UnsafeMutablePointer<Float>
  let shape: PoolingShape

  func run(_ index: Int, thread: Int) {
    let area = Float(shape.kernelArea)
    for plane in planes(index, shape) {
      for row in 0..<shape.outputHeight {
        let out = plane &* shape.outputPixels &+ row &* shape.outputWidth
        shape.eachRun(x + plane &* shape.pixels, end: x + shape.batch &* shape.pixels, row: row) {
          windows,
          column,
          _ in
          if windows.size.isTwo {
            windows.sized(WindowOfTwo()).mean(into: y + (out &+ column), area: area)
          } else {
            windows.mean(into: y + (out &+ column), area: area)
          }
        }
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
    let s = shape
    let meets =
      s.kernelHeight == s.strideHeight && s.kernelWidth == s.strideWidth
      && s.paddingHeight == 0 && s.paddingWidth == 0
    for number in planes(index, s) {
      let plane = dx + number &* s.pixels
      let slopes = dy + number &* s.outputPixels
      if meets, !accumulating { spread(slopes, plane) } else { addShares(slopes, plane) }
    }
  }

  private func spread(_ slopes: UnsafePointer<Float>, _ plane: UnsafeMutablePointer<Float>) {
    for row in 0..<shape.outputHeight {
      spreadMeans(
        slopes + row &* shape.outputWidth,
        count: shape.outputWidth,
        into: plane + row &* shape.kernelHeight &* shape.width,
        width: shape.width,
        rows: shape.kernelHeight,
        columns: shape.kernelWidth
      )
    }
    let done = shape.outputHeight &* shape.kernelHeight &* shape.width
    fill(plane + done, 0, shape.pixels &- done)
  }

  private func addShares(_ slopes: UnsafePointer<Float>, _ plane: UnsafeMutablePointer<Float>) {
    if !accumulating { fill(plane, 0, shape.pixels) }
    let area = Float(shape.kernelArea)
    var out = 0
    for row in 0..<shape.outputHeight {
      for column in 0..<shape.outputWidth {
        let (rows, columns) = shape.window(row, column)
        let share = slopes[out] / area
        for i in rows {
          for j in columns { plane[i &* shape.width &+ j] += share }
        }
        out &+= 1
      }
    }
  }
}
