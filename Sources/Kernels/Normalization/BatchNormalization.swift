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

/// What normalises each channel: y = (x − mean) · inverse · weight + bias.
package struct ChannelScaling {
  /// The channels' means.
  package var mean: UnsafeMutablePointer<Float>
  /// The channels' 1 / √(variance + epsilon).
  package var inverse: UnsafeMutablePointer<Float>
  /// The learned factor.
  package var weight: UnsafePointer<Float>
  /// The learned term.
  package var bias: UnsafePointer<Float>

  /// Pointers to one value for each channel.
  package init(
    mean: UnsafeMutablePointer<Float>,
    inverse: UnsafeMutablePointer<Float>,
    weight: UnsafePointer<Float>,
    bias: UnsafePointer<Float>
  ) {
    self.mean = mean
    self.inverse = inverse
    self.weight = weight
    self.bias = bias
  }
}

/// Normalises each channel (Ioffe & Szegedy 2015, algorithm 1).
///
/// With `variance`, the channel's mean and its biased variance are measured first, in two passes, and written to
/// `scaling.mean`, `scaling.inverse` and `variance`; without, `scaling` is read. A NaN makes its whole channel NaN while
/// measuring, else itself alone.
package func normalizeChannels(
  _ x: UnsafePointer<Float>,
  into y: UnsafeMutablePointer<Float>,
  shape: ChannelShape,
  scaling: ChannelScaling,
  variance: UnsafeMutablePointer<Float>?,
  epsilon: Double,
  context: KernelContext
) {
  let task = NormalizeTask(
    x: x,
    y: y,
    shape: shape,
    scaling: scaling,
    variance: variance,
    epsilon: epsilon
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

  func run(_ index: Int, thread: Int) {
    if shape.pixels == 1 { columns(index &* 16) } else { channel(index) }
  }

  private func channel(_ c: Int) {
    let (pixels, step) = (shape.pixels, shape.channels &* shape.pixels)
    if let variance { measure(c, variance) }
    let (mean, inverse) = (Lanes(repeating: scaling.mean[c]), Lanes(repeating: scaling.inverse[c]))
    let (weight, bias) = (Lanes(repeating: scaling.weight[c]), Lanes(repeating: scaling.bias[c]))
    for n in 0..<shape.batch {
      let place = n &* step &+ c &* pixels
      mapLanes(x + place, y + place, pixels) { ($0 - mean) * inverse * weight + bias }
    }
  }

  private func measure(_ c: Int, _ variance: UnsafeMutablePointer<Float>) {
    let (pixels, step) = (shape.pixels, shape.channels &* shape.pixels)
    let start = x + c &* pixels
    var sum = 0.0
    for n in 0..<shape.batch { sum += lineSum(start + n &* step, pixels) { $0 } }
    let mean = Float(sum / Double(shape.perChannel))
    var squares = 0.0
    for n in 0..<shape.batch {
      squares += lineSum(start + n &* step, pixels, filler: mean) { ($0 - mean) * ($0 - mean) }
    }
    scaling.mean[c] = mean
    variance[c] = Float(squares / Double(shape.perChannel))
    scaling.inverse[c] = inverseDeviation(variance[c], epsilon)
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
    let mean = loadUpTo16(scaling.mean + first, width)
    let inverse = loadUpTo16(scaling.inverse + first, width)
    let weight = loadUpTo16(scaling.weight + first, width)
    let bias = loadUpTo16(scaling.bias + first, width)
    for row in 0..<shape.batch {
      let place = row &* step
      let value = loadUpTo16(start + place, width)
      storeUpTo16((value - mean) * inverse * weight + bias, y + (first &+ place), width)
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
/// (`isMeasured`), else weight · inverse · dy. Each is added to what is there if its flag says so; nil is not wanted.
package func normalizeChannelsGradient(
  _ x: UnsafePointer<Float>,
  gradient dy: UnsafePointer<Float>,
  shape: ChannelShape,
  scaling: ChannelScaling,
  isMeasured: Bool,
  into gradients: NormalizationGradients,
  context: KernelContext
) {
  let task = NormalizeGradientTask(
    x: x,
    dy: dy,
    shape: shape,
    scaling: scaling,
    isMeasured: isMeasured,
    gradients: gradients
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

  func run(_ index: Int, thread: Int) {
    if shape.pixels == 1 { columns(index &* 16) } else { channel(index) }
  }

  private func channel(_ c: Int) {
    let (pixels, step) = (shape.pixels, shape.channels &* shape.pixels)
    let (mean, inverse) = (scaling.mean[c], scaling.inverse[c])
    var (sum, product) = (0.0, 0.0)
    for n in 0..<shape.batch {
      let place = n &* step &+ c &* pixels
      let more = lineSums(x + place, dy + place, pixels, filler: mean) { x, dy, _, _ in
        (dy, dy * ((x - mean) * inverse))
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
      let place = n &* step &+ c &* pixels
      slopes(place, dx, accumulating) { x, dy in
        isMeasured ? factor * (dy - a - (x - mean) * inverse * b) : factor * dy
      }
    }
  }

  @inline(__always)
  private func slopes(
    _ place: Int,
    _ dx: UnsafeMutablePointer<Float>,
    _ accumulating: Bool,
    _ f: (Lanes, Lanes) -> Lanes
  ) {
    if accumulating {
      zipLanes(x + place, dy + place, dx + place, shape.pixels) { $2 + f($0, $1) }
    } else {
      zipLanes(x + place, dy + place, dx + place, shape.pixels) { x, dy, _ in f(x, dy) }
    }
  }

  private func columns(_ first: Int) {
    let width = min(16, shape.channels &- first)
    let step = shape.channels
    let mean = loadUpTo16(scaling.mean + first, width)
    let inverse = loadUpTo16(scaling.inverse + first, width)
    let (sum, product) = rowSums(shape.batch) { row in
      let place = row &* step &+ first
      let slope = loadUpTo16(dy + place, width)
      return (slope, slope * ((loadUpTo16(x + place, width) - mean) * inverse))
    }
    put(Lanes(product), into: gradients.weight, at: first, width)
    put(Lanes(sum), into: gradients.bias, at: first, width)
    guard gradients.x != nil else { return }
    let count = Double(shape.batch)
    let (a, b) = (Lanes(sum / count), Lanes(product / count))
    let factor = loadUpTo16(scaling.weight + first, width) * inverse
    for row in 0..<shape.batch {
      let place = row &* step &+ first
      let slope = loadUpTo16(dy + place, width)
      let value = loadUpTo16(x + place, width)
      let change = isMeasured ? slope - a - (value - mean) * inverse * b : slope
      put(factor * change, into: gradients.x, at: place, width)
    }
  }
}
