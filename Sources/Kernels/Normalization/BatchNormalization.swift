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
  func channel(_ c: Int) -> LaneScaling {
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
  func channels(_ first: Int, _ width: Int) -> LaneScaling {
    LaneScaling(
      mean: loadUpTo16(mean + first, width),
      inverse: loadUpTo16(inverse + first, width),
      weight: loadUpTo16(weight + first, width),
      bias: loadUpTo16(bias + first, width)
    )
  }
}

/// What normalises sixteen values.
struct LaneScaling {
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
    pooled: pooling.map { PooledPlanes($0, context) }
  )
  context.pool.run(shape.pieces, task, multiplications: 4 &* shape.count)
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
