// SPDX-License-Identifier: Apache-2.0

// What becomes of a convolution's sums while a strip of them is near: bias and activation in the register tile, then the
// pooling that follows, so that the large result in between never goes to memory. On the way back the strip of its
// gradients is made from the pooled ones, just before it is used.

/// Where a convolution's result goes and what is done to it on the way.
package struct ConvolutionOutput {
  /// The result, pooled if there is a pooling.
  package var values: UnsafeMutablePointer<Float>
  /// Applied after the bias.
  package var activation: Activation
  /// Applied to each channel then, where no gradient will be asked for.
  package var scaling: ChannelScaling?
  /// Applied last.
  package var pooling: Pooling?
  /// For the gradient of a maximum: for each pooled value row · `columns` + column of its place in the window.
  package var places: UnsafeMutablePointer<UInt8>?
  /// For the gradient where `needsUnpooled`: the values before the pooling.
  package var unpooled: UnsafeMutablePointer<Float>?

  /// An output; nil where no gradient will be asked for.
  package init(
    values: UnsafeMutablePointer<Float>,
    activation: Activation,
    scaling: ChannelScaling? = nil,
    pooling: Pooling? = nil,
    places: UnsafeMutablePointer<UInt8>? = nil,
    unpooled: UnsafeMutablePointer<Float>? = nil
  ) {
    self.values = values
    self.activation = activation
    self.scaling = scaling
    self.pooling = pooling
    self.places = places
    self.unpooled = unpooled
  }

  /// Whether the gradient needs the values before the pooling: a mean says nothing of the slopes of an activation.
  package static func needsUnpooled(_ activation: Activation, _ pooling: Pooling?) -> Bool {
    activation != .identity && pooling?.kind == .average
  }

  /// Whether a convolution of this shape can have `pooling` behind it and keep its own bits: convolutions by tiles take
  /// windows of at most two rows.
  package static func takes(_ pooling: Pooling, _ shape: ConvolutionShape) -> Bool {
    pooling.rows <= 2 || WinogradLayout(shape, nil) == nil
  }

  /// Rows that a strip's number of rows is a multiple of.
  var rowStep: Int { pooling?.rows ?? 1 }

  /// Floats of the values before the pooling that one strip of at most `pixels` output pixels keeps at hand.
  func stripFloats(_ shape: ConvolutionShape, pixels: Int) -> Int {
    pooling == nil ? 0 : shape.outputChannels &* pixels &+ rowSlack
  }

  /// Where a strip's values before the pooling go; the distance of channels.
  @inline(__always)
  func target(
    _ strip: OutputStrip,
    scratch: UnsafeMutablePointer<Float>
  ) -> (values: UnsafeMutablePointer<Float>, stride: Int) {
    let s = strip.shape
    let place = strip.image &* s.outputChannels &* s.outputPixels &+ strip.firstRow &* s.outputWidth
    if pooling == nil { return (values + place, s.outputPixels) }
    if let unpooled { return (unpooled + place, s.outputPixels) }
    return (scratch, strip.wholePixels)
  }

  /// What the register tile leaves to do for a strip of sums.
  func finish(_ strip: OutputStrip, _ x: UnsafeMutablePointer<Float>, stride: Int) {
    let s = strip.shape
    for channel in 0..<s.outputChannels {
      let line = x + channel &* stride
      if activation != .identity, activation != .relu { activate(activation, line, strip.pixels) }
      if let scaling { scaling.scale(line, into: line, strip.pixels, channel: channel) }
      if let pooling {
        let place = strip.pooledPlace(pooling, channel)
        pooling.pool(
          PooledRows(values: line, rows: strip.rowCount, width: s.outputWidth, slack: slack),
          into: values + place,
          places: places.map { $0 + place }
        )
      }
    }
  }

  /// Values that are only at hand for the strip have room behind them for whole vectors.
  private var slack: Int { unpooled == nil ? rowSlack : 0 }

  /// The gradients of a strip's sums from those of the result, `gradient`, which may be overwritten; where they lie and
  /// the distance of channels.
  func slopes(
    _ strip: OutputStrip,
    from gradient: UnsafeMutablePointer<Float>,
    scratch: UnsafeMutablePointer<Float>
  ) -> (values: UnsafePointer<Float>, stride: Int) {
    let s = strip.shape
    let place = strip.image &* s.outputChannels &* s.outputPixels &+ strip.firstRow &* s.outputWidth
    guard let pooling else {
      let (y, dy) = (values + place, gradient + place)
      for channel in 0..<s.outputChannels {
        let first = channel &* s.outputPixels
        activationGradient(activation, result: y + first, in: dy + first, strip.pixels)
      }
      return (UnsafePointer(dy), s.outputPixels)
    }
    let stride = strip.wholePixels
    let pooledWidth = s.outputWidth / pooling.columns
    let pooledRows = strip.rowCount / pooling.rows
    for channel in 0..<s.outputChannels {
      let pooled = strip.pooledPlace(pooling, channel)
      let line = scratch + channel &* stride
      let slopes = gradient + pooled
      if places != nil {
        activationGradient(
          activation,
          result: values + pooled,
          in: slopes,
          pooledRows &* pooledWidth
        )
      }
      pooling.spread(
        slopes,
        places: places.map { $0 + pooled },
        over: line,
        rows: strip.rowCount,
        width: s.outputWidth
      )
      if let unpooled {
        let y = unpooled + (place &+ channel &* s.outputPixels)
        activationGradient(activation, result: y, in: line, strip.pixels)
      }
    }
    return (UnsafePointer(scratch), stride)
  }
}

/// Some output rows of one image.
struct OutputStrip {
  let shape: ConvolutionShape
  let image: Int
  let firstRow: Int
  let rowCount: Int
  /// Whether it is the image's last one.
  let isLast: Bool
  /// Output pixels of the largest strip: the distance of channels where only a strip is kept.
  let wholePixels: Int

  /// Output pixels.
  var pixels: Int { rowCount &* shape.outputWidth }
  /// Whether it is the image's first one.
  var isFirst: Bool { firstRow == 0 }

  /// Where a channel's pooled values of this strip begin in the batch.
  @inline(__always)
  func pooledPlace(_ pooling: Pooling, _ channel: Int) -> Int {
    let s = shape
    let (height, width) = (s.outputHeight / pooling.rows, s.outputWidth / pooling.columns)
    return ((image &* s.outputChannels &+ channel) &* height &+ firstRow / pooling.rows) &* width
  }
}
