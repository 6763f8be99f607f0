// SPDX-License-Identifier: Apache-2.0

/// Normalises each row of x [rows, width] by its own mean and deviation (Ba, Kiros & Hinton 2016, eq. 3):
/// y = (x − mean) / √(variance + epsilon) · weight + bias, the variance biased and measured in two passes.
///
/// `mean` and `inverse` receive each row's mean and 1 / √(variance + epsilon). A NaN makes its row NaN.
package func normalizeRows(
  _ x: UnsafePointer<Float>,
  rows: Int,
  width: Int,
  into y: UnsafeMutablePointer<Float>,
  scaling: ChannelScaling,
  epsilon: Double,
  context: KernelContext
) {
  let task = RowsTask(x: x, rows: rows, width: width, y: y, scaling: scaling, epsilon: epsilon)
  context.pool.run(pieces(rows, width), task, multiplications: 4 &* rows &* width)
}

/// Rows of a piece of work.
private func rowsPerPiece(_ width: Int) -> Int { max(1, (1 << 13) / max(1, width)) }

private func pieces(_ rows: Int, _ width: Int) -> Int {
  (rows &+ rowsPerPiece(width) &- 1) / rowsPerPiece(width)
}

/// The rows of piece `index`.
private func range(_ index: Int, _ rows: Int, _ width: Int) -> Range<Int> {
  let first = index &* rowsPerPiece(width)
  return first..<min(rows, first &+ rowsPerPiece(width))
}

private struct RowsTask: ParallelTask {
  let x: UnsafePointer<Float>
  let rows: Int
  let width: Int
  let y: UnsafeMutablePointer<Float>
  let scaling: ChannelScaling
  let epsilon: Double

  func run(_ index: Int, thread: Int) {
    for row in range(index, rows, width) {
      let line = x + row &* width
      let mean = Float(lineSum(line, width) { $0 } / Double(width))
      let squares = lineSum(line, width, filler: mean) { ($0 - mean) * ($0 - mean) }
      let inverse = inverseDeviation(Float(squares / Double(width)), epsilon)
      scaling.mean[row] = mean
      scaling.inverse[row] = inverse
      let out = y + row &* width
      eachSixteen(width) { i, count in
        let value = (loadUpTo16(line + i, count) - mean) * inverse
        let scaled = value * loadUpTo16(scaling.weight + i, count)
        storeUpTo16(scaled + loadUpTo16(scaling.bias + i, count), out + i, count)
      }
    }
  }
}

/// The gradients of `normalizeRows` from its result's, `dy`.
///
/// With x̂ = (x − mean) · inverse and g = dy · weight: bias Σ dy and weight Σ dy · x̂ over the rows, and
/// dx = inverse · (g − Σ g / width − x̂ · Σ (g · x̂) / width) in each row. Each is added to what is there if its flag
/// says so; nil is not wanted.
package func normalizeRowsGradient(
  _ x: UnsafePointer<Float>,
  gradient dy: UnsafePointer<Float>,
  rows: Int,
  width: Int,
  scaling: ChannelScaling,
  into gradients: NormalizationGradients,
  context: KernelContext
) {
  let work = 6 &* rows &* width
  if gradients.weight != nil || gradients.bias != nil {
    let task = RowParametersTask(
      x: x,
      dy: dy,
      rows: rows,
      width: width,
      scaling: scaling,
      gradients: gradients
    )
    context.pool.run((width &+ 15) / 16, task, multiplications: work)
  }
  if let (dx, accumulating) = gradients.x {
    let task = RowsGradientTask(
      x: x,
      dy: dy,
      rows: rows,
      width: width,
      scaling: scaling,
      dx: dx,
      accumulating: accumulating
    )
    context.pool.run(pieces(rows, width), task, multiplications: work)
  }
}

/// The gradients of weight and bias, 16 columns at a time.
private struct RowParametersTask: ParallelTask {
  let x: UnsafePointer<Float>
  let dy: UnsafePointer<Float>
  let rows: Int
  let width: Int
  let scaling: ChannelScaling
  let gradients: NormalizationGradients

  func run(_ index: Int, thread: Int) {
    let first = index &* 16
    let count = min(16, width &- first)
    let (sum, product) = rowSums(rows) { row in
      let place = row &* width &+ first
      let slope = loadUpTo16(dy + place, count)
      let distance = loadUpTo16(x + place, count) - scaling.mean[row]
      return (slope, slope * (distance * scaling.inverse[row]))
    }
    put(Lanes(product), into: gradients.weight, at: first, count)
    put(Lanes(sum), into: gradients.bias, at: first, count)
  }
}

private struct RowsGradientTask: ParallelTask {
  let x: UnsafePointer<Float>
  let dy: UnsafePointer<Float>
  let rows: Int
  let width: Int
  let scaling: ChannelScaling
  let dx: UnsafeMutablePointer<Float>
  let accumulating: Bool

  func run(_ index: Int, thread: Int) {
    let weight = scaling.weight
    for row in range(index, rows, width) {
      let start = row &* width
      let (mean, inverse) = (scaling.mean[row], scaling.inverse[row])
      let (sum, product) = lineSums(x + start, dy + start, width, filler: mean) { x, dy, i, count in
        let slope = dy * loadUpTo16(weight + i, count)
        return (slope, slope * ((x - mean) * inverse))
      }
      let (a, b) = (Float(sum / Double(width)), Float(product / Double(width)))
      eachSixteen(width) { i, count in
        let slope = loadUpTo16(dy + (start &+ i), count) * loadUpTo16(weight + i, count)
        let value = (loadUpTo16(x + (start &+ i), count) - mean) * inverse
        put(inverse * (slope - a - value * b), into: (dx, accumulating), at: start &+ i, count)
      }
    }
  }
}
