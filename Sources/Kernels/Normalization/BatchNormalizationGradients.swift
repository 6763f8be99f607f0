// SPDX-License-Identifier: Apache-2.0

/// The gradients of a batch normalisation from its result's, `dy`.
///
/// With m values in a channel and x̂ = (x − mean) · inverse: bias Σ dy, weight Σ dy · x̂, and
/// dx = weight · inverse · (dy − Σ dy / m − x̂ · Σ (dy · x̂) / m) where mean and deviation were the batch's own
/// (`isMeasured`), else weight · inverse · dy. Each is added to what is there if its flag says so; nil is not wanted. With
/// the `pooling` that followed, `dy` is of the pooled values.
package func normalizeChannelsGradient(
  _ x: UnsafePointer<Float>,
  gradient dy: UnsafePointer<Float>,
  shape: ChannelShape,
  scaling: ChannelScaling,
  isMeasured: Bool,
  pooling: ChannelPooling? = nil,
  into gradients: NormalizationGradients,
  context: KernelContext
) {
  let task = NormalizeGradientTask(
    x: x,
    dy: dy,
    shape: shape,
    scaling: scaling,
    isMeasured: isMeasured,
    gradients: gradients,
    pooled: pooling.map { PooledPlanes($0, context) }
  )
  context.pool.run(shape.pieces, task, multiplications: 6 &* shape.count)
}

/// Where the gradients of a normalisation go: nil if they are not wanted, and whether to add to what is there.
package struct NormalizationGradients {
  /// Of the input.
  package var x: (UnsafeMutablePointer<Float>, accumulating: Bool)?
  /// Of the factor.
  package var weight: (UnsafeMutablePointer<Float>, accumulating: Bool)?
  /// Of the term.
  package var bias: (UnsafeMutablePointer<Float>, accumulating: Bool)?

  /// Targets.
  package init(
    x: (UnsafeMutablePointer<Float>, accumulating: Bool)?,
    weight: (UnsafeMutablePointer<Float>, accumulating: Bool)?,
    bias: (UnsafeMutablePointer<Float>, accumulating: Bool)?
  ) {
    self.x = x
    self.weight = weight
    self.bias = bias
  }
}

/// target[i …] = (what is there if adding) + `value`, `width` lanes of it.
@inline(__always)
func put(
  _ value: Lanes,
  into target: (UnsafeMutablePointer<Float>, accumulating: Bool)?,
  at i: Int,
  _ width: Int
) {
  guard let (base, accumulating) = target else { return }
  let sum = accumulating ? loadUpTo16(base + i, width) + value : value
  storeUpTo16(sum, base + i, width)
}

private struct NormalizeGradientTask: ParallelTask {
  let x: UnsafePointer<Float>
  let dy: UnsafePointer<Float>
  let shape: ChannelShape
  let scaling: ChannelScaling
  let isMeasured: Bool
  let gradients: NormalizationGradients
  let pooled: PooledPlanes?

  func run(_ index: Int, thread: Int) {
    if shape.pixels == 1 {
      let width = min(16, shape.channels &- index &* 16)
      let lanes = scaling.channels(index &* 16, width)
      if scaling.rectifies {
        columns(index &* 16, width, lanes) { lanes.passed($0, $1) }
      } else {
        columns(index &* 16, width, lanes) { $1 }
      }
    } else {
      let lanes = scaling.channel(index)
      let plane = pooled?.planes[thread]
      if scaling.rectifies {
        channel(index, lanes, plane) { lanes.passed($0, $1) }
      } else {
        channel(index, lanes, plane) { $1 }
      }
    }
  }

  /// The gradients of a plane's results; made in `plane` if they were pooled.
  @inline(__always)
  private func gradient(_ number: Int, _ plane: UnsafeMutablePointer<Float>?)
    -> UnsafePointer<Float>
  {
    guard let pooled, let plane else { return dy + number &* shape.pixels }
    pooled.pooling.spread(dy, number: number, over: plane)
    return UnsafePointer(plane)
  }

  /// `slope` is the gradient of what was normalised, from x and dy.
  @inline(__always)
  private func channel(
    _ c: Int,
    _ lanes: LaneScaling,
    _ plane: UnsafeMutablePointer<Float>?,
    _ slope: (Lanes, Lanes) -> Lanes
  ) {
    let pixels = shape.pixels
    let (mean, inverse) = (scaling.mean[c], scaling.inverse[c])
    var (sum, product) = (0.0, 0.0)
    for n in 0..<shape.batch {
      let number = n &* shape.channels &+ c
      let dy = gradient(number, plane)
      let more = lineSums(x + number &* pixels, dy, pixels, filler: mean) { x, dy, _, _ in
        let slope = slope(x, dy)
        return (slope, slope * lanes.standard(x))
      }
      sum += more.0
      product += more.1
    }
    put(Lanes(repeating: Float(product)), into: gradients.weight, at: c, 1)
    put(Lanes(repeating: Float(sum)), into: gradients.bias, at: c, 1)
    guard let (dx, accumulating) = gradients.x else { return }
    let count = Double(shape.perChannel)
    let a = isMeasured ? Float(sum / count) : 0
    let b = isMeasured ? Float(product / count) : 0
    let factor = scaling.weight[c] * inverse
    for n in 0..<shape.batch {
      let number = n &* shape.channels &+ c
      let dy = gradient(number, plane)
      slopes(number &* pixels, dy, dx, accumulating) { x, dy in
        let slope = slope(x, dy)
        return isMeasured ? factor * (slope - a - lanes.standard(x) * b) : factor * slope
      }
    }
  }

  @inline(__always)
  private func slopes(
    _ place: Int,
    _ dy: UnsafePointer<Float>,
    _ dx: UnsafeMutablePointer<Float>,
    _ accumulating: Bool,
    _ f: (Lanes, Lanes) -> Lanes
  ) {
    if accumulating {
      zipLanes(x + place, dy, dx + place, shape.pixels) { $2 + f($0, $1) }
    } else {
      zipLanes(x + place, dy, dx + place, shape.pixels) { x, dy, _ in f(x, dy) }
    }
  }

  @inline(__always)
  private func columns(
    _ first: Int,
    _ width: Int,
    _ lanes: LaneScaling,
    _ slope: (Lanes, Lanes) -> Lanes
  ) {
    let step = shape.channels
    let (sum, product) = rowSums(shape.batch) { row in
      let place = row &* step &+ first
      let value = loadUpTo16(x + place, width)
      let slope = slope(value, loadUpTo16(dy + place, width))
      return (slope, slope * lanes.standard(value))
    }
    put(Lanes(product), into: gradients.weight, at: first, width)
    put(Lanes(sum), into: gradients.bias, at: first, width)
    guard gradients.x != nil else { return }
    let count = Double(shape.batch)
    let (a, b) = (Lanes(sum / count), Lanes(product / count))
    let factor = lanes.weight * lanes.inverse
    for row in 0..<shape.batch {
      let place = row &* step &+ first
      let value = loadUpTo16(x + place, width)
      let slope = slope(value, loadUpTo16(dy + place, width))
      let change = isMeasured ? slope - a - lanes.standard(value) * b : slope
      put(factor * change, into: gradients.x, at: place, width)
    }
  }
}
