// SPDX-License-Identifier: Apache-2.0

/// Values in channels: x[(n · channels + c) · pixels + p]. Features on the last axis are channels of one pixel.
package struct ChannelShape: Sendable {
  /// Examples, or rows.
  package let batch: Int
  /// Channels, or features.
  package let channels: Int
  /// Values of one channel of one example, side by side.
  package let pixels: Int

  /// Sizes.
  package init(batch: Int, channels: Int, pixels: Int) {
    self.batch = batch
    self.channels = channels
    self.pixels = pixels
  }

  /// Values of one channel.
  package var perChannel: Int { batch &* pixels }

  /// Every channel is a piece of work, or 16 of them where they lie side by side.
  var pieces: Int { pixels == 1 ? (channels &+ 15) / 16 : channels }

  var count: Int { perChannel &* channels }
}

/// What normalises each channel: y = (x − mean) · inverse · weight + bias, and then, if it rectifies, ReLU.
package struct ChannelScaling {
  /// The channels' means.
  package var mean: UnsafeMutablePointer<Float>
  /// The channels' 1 / √(variance + epsilon).
  package var inverse: UnsafeMutablePointer<Float>
  /// The learned factor.
  package var weight: UnsafePointer<Float>
  /// The learned term.
  package var bias: UnsafePointer<Float>
  /// Whether ReLU follows: its bits are those of a layer of its own, forward and backward.
  package var rectifies: Bool

  /// Pointers to one value for each channel.
  package init(
    mean: UnsafeMutablePointer<Float>,
    inverse: UnsafeMutablePointer<Float>,
    weight: UnsafePointer<Float>,
    bias: UnsafePointer<Float>,
    rectifies: Bool = false
  ) {
    self.mean = mean
    self.inverse = inverse
    self.weight = weight
    self.bias = bias
    self.rectifies = rectifies
  }

  /// Of one channel.
  @inline(__always)
  fileprivate func channel(_ c: Int) -> LaneScaling {
    LaneScaling(
      mean: Lanes(repeating: mean[c]),
      inverse: Lanes(repeating: inverse[c]),
      weight: Lanes(repeating: weight[c]),
      bias: Lanes(repeating: bias[c])
    )
  }

  /// y[i] = the scaled x[i], `count` values of one channel, on the calling thread; `x` and `y` may be the same.
  func scale(
    _ x: UnsafePointer<Float>,
    into y: UnsafeMutablePointer<Float>,
    _ count: Int,
    channel c: Int
  ) {
    let channel = channel(c)
    if rectifies {
      mapLanes(x, y, count) { rectified(channel.value($0)) }
    } else {
      mapLanes(x, y, count) { channel.value($0) }
    }
  }

  /// Of `width` channels side by side.
  @inline(__always)
  fileprivate func channels(_ first: Int, _ width: Int) -> LaneScaling {
    LaneScaling(
      mean: loadUpTo16(mean + first, width),
      inverse: loadUpTo16(inverse + first, width),
      weight: loadUpTo16(weight + first, width),
      bias: loadUpTo16(bias + first, width)
    )
  }
}

/// A pooling of normalised images, done on the way.
package struct ChannelPooling {
  /// The pooling.
  package var pooling: Pooling
  /// Rows of an image before it.
  package var height: Int
  /// Columns of an image before it.
  package var width: Int
  /// For the gradient of a maximum: for each pooled value row · `columns` + column of its place in the window.
  package var places: UnsafeMutablePointer<UInt8>?

  /// A pooling of images of this size; `places` is nil where no gradient will be asked for.
  package init(
    _ pooling: Pooling,
    height: Int,
    width: Int,
    places: UnsafeMutablePointer<UInt8>? = nil
  ) {
    self.pooling = pooling
    self.height = height
    self.width = width
    self.places = places
  }

  /// Pooled values of one plane.
  fileprivate var pixels: Int { (height / pooling.rows) &* (width / pooling.columns) }

  /// Floats that a plane takes before it is pooled.
  fileprivate var planeFloats: Int { roundUp(height &* width &+ rowSlack, to: 16) }

  /// Pools a plane.
  fileprivate func pool(
    _ plane: UnsafePointer<Float>,
    number: Int,
    into y: UnsafeMutablePointer<Float>
  ) {
    let place = number &* pixels
    pooling.pool(
      PooledRows(values: plane, rows: height, width: width, slack: rowSlack),
      into: y + place,
      places: places.map { $0 + place }
    )
  }

  /// The gradients of a plane's values from those of the pooled ones.
  fileprivate func spread(
    _ gradient: UnsafePointer<Float>,
    number: Int,
    over plane: UnsafeMutablePointer<Float>
  ) {
    let place = number &* pixels
    pooling.spread(
      gradient + place,
      places: places.map { $0 + place },
      over: plane,
      rows: height,
      width: width
    )
    let rows = height / pooling.rows &* pooling.rows
    fill(plane + rows &* width, 0, (height &- rows) &* width)
  }
}

/// What normalises sixteen values.
private struct LaneScaling {
  let mean: Lanes
  let inverse: Lanes
  let weight: Lanes
  let bias: Lanes

  /// (x − mean) · inverse
  @inline(__always)
  func standard(_ x: Lanes) -> Lanes { (x - mean) * inverse }

  @inline(__always)
  func value(_ x: Lanes) -> Lanes { standard(x) * weight + bias }

  /// What passes of the gradient of ReLU's result: the value before it says the same as its result.
  @inline(__always)
  func passed(_ x: Lanes, _ dy: Lanes) -> Lanes { rectifiedSlope(value(x), dy) }
}

/// Normalises each channel (Ioffe & Szegedy 2015, algorithm 1).
///
/// With `variance`, the channel's mean and its biased variance are measured first, in two passes, and written to
/// `scaling.mean`, `scaling.inverse` and `variance`; without, `scaling` is read. A NaN makes its whole channel NaN while
/// measuring, else itself alone. A `pooling` of images follows bit for bit as if it came by itself, and `y` is pooled.
package func normalizeChannels(
  _ x: UnsafePointer<Float>,
  into y: UnsafeMutablePointer<Float>,
  shape: ChannelShape,
  scaling: ChannelScaling,
  variance: UnsafeMutablePointer<Float>?,
  epsilon: Double,
  pooling: ChannelPooling? = nil,
  context: KernelContext
) {
  let task = NormalizeTask(
    x: x,
    y: y,
    shape: shape,
    scaling: scaling,
    variance: variance,
    epsilon: epsilon,
    pooled: pooling.map { PooledPlanes($0, shape, context) }
  )
  context.pool.run(shape.pieces, task, multiplications: 4 &* shape.count)
}

/// A pooling, and for each thread memory for one plane before it.
private struct PooledPlanes {
  let pooling: ChannelPooling
  let planes: OwnMemory

  init(_ pooling: ChannelPooling, _ shape: ChannelShape, _ context: KernelContext) {
    precondition(
      shape.pixels > 1 && shape.pixels == pooling.height &* pooling.width,
      "images of more than one pixel are pooled"
    )
    self.pooling = pooling
    let threads = context.pool.threadCount
    let memory = context.scratch(threads &* pooling.planeFloats)
    planes = OwnMemory(memory, pooling.planeFloats, threads)
  }
}

private struct NormalizeTask: ParallelTask {
  let x: UnsafePointer<Float>
  let y: UnsafeMutablePointer<Float>
  let shape: ChannelShape
  let scaling: ChannelScaling
  let variance: UnsafeMutablePointer<Float>?
  let epsilon: Double
  let pooled: PooledPlanes?

  func run(_ index: Int, thread: Int) {
    if shape.pixels == 1 { columns(index &* 16) } else { channel(index, pooled?.planes[thread]) }
  }

  private func channel(_ c: Int, _ plane: UnsafeMutablePointer<Float>?) {
    if let variance { measure(c, variance) }
    for n in 0..<shape.batch {
      let number = n &* shape.channels &+ c
      let place = number &* shape.pixels
      scaling.scale(x + place, into: plane ?? y + place, shape.pixels, channel: c)
      if let pooled, let plane { pooled.pooling.pool(plane, number: number, into: y) }
    }
  }

  private func measure(_ c: Int, _ variance: UnsafeMutablePointer<Float>) {
    let start = x + c &* shape.pixels
    let mean = Float(sum(start, filler: 0) { $0 } / Double(shape.perChannel))
    let squares = sum(start, filler: mean) { ($0 - mean) * ($0 - mean) }
    scaling.mean[c] = mean
    variance[c] = Float(squares / Double(shape.perChannel))
    scaling.inverse[c] = inverseDeviation(variance[c], epsilon)
  }

  /// Σ f over a channel, image by image: two at once, for the sums of one alone wait for each other.
  @inline(__always)
  private func sum(
    _ start: UnsafePointer<Float>,
    filler: Float,
    _ f: (Lanes) -> Lanes
  ) -> Double {
    let (pixels, step) = (shape.pixels, shape.channels &* shape.pixels)
    var sum = 0.0
    var n = 0
    while n &+ 2 <= shape.batch {
      let line = start + n &* step
      let two = lineSums(line, line + step, pixels, filler: filler, secondFiller: filler) {
        x,
        y,
        _,
        _ in (f(x), f(y))
      }
      sum += two.0
      sum += two.1
      n &+= 2
    }
    if n < shape.batch { sum += lineSum(start + n &* step, pixels, filler: filler, f) }
    return sum
  }

  private func columns(_ first: Int) {
    let width = min(16, shape.channels &- first)
    let step = shape.channels
    let start = x + first
    if let variance {
      let count = Double(shape.batch)
      let mean = Lanes(rowSum(shape.batch) { loadUpTo16(start + $0 &* step, width) } / count)
      let squares = rowSum(shape.batch) { row in
        let distance = loadUpTo16(start + row &* step, width) - mean
        return distance * distance
      }
      storeUpTo16(mean, scaling.mean + first, width)
      storeUpTo16(Lanes(squares / count), variance + first, width)
      for c in first..<first &+ width {
        scaling.inverse[c] = inverseDeviation(variance[c], epsilon)
      }
    }
    let channels = scaling.channels(first, width)
    for row in 0..<shape.batch {
      let place = row &* step
      let value = channels.value(loadUpTo16(start + place, width))
      let result = scaling.rectifies ? rectified(value) : value
      storeUpTo16(result, y + (first &+ place), width)
    }
  }
}

/// 1 / √(variance + epsilon), rounded once.
@inline(__always)
package func inverseDeviation(_ variance: Float, _ epsilon: Double) -> Float {
  Float(1 / (Double(variance) + epsilon).squareRoot())
}

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
    pooled: pooling.map { PooledPlanes($0, shape, context) }
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
