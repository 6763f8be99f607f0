// SPDX-License-Identifier: Apache-2.0

/// y[N, outputChannels, oH, oW] = w ⋆ x + bias, then the activation.
///
/// 3 × 3 kernels with stride 1 between at least 16 channels on both sides go by tiles of outputs, see `convolveTiles`:
/// their error is that of a float32 sum, and an infinite value may come out as NaN, but in the windows over it and in no
/// other. In all other cases each output is one FMA chain over (channel, kernel row, kernel column), bias last. The
/// register tile of the matrix product runs straight over the planes of `PlaneLayout`: its rows are output channels, its
/// columns consecutive output pixels, and each step of the depth reads on from the place of another kernel element
/// (Georganas et al., "Anatomy of high-performance deep learning convolutions on SIMD architectures", 2018; Zhang,
/// Franchetti & Low, "High performance zero-memory overhead direct convolutions", 2018). Neither windows nor kernels are
/// packed.
package func convolve(
  _ x: UnsafePointer<Float>,
  weights: UnsafePointer<Float>,
  bias: UnsafePointer<Float>?,
  into y: UnsafeMutablePointer<Float>,
  shape: ConvolutionShape,
  activation: Activation,
  context: KernelContext
) {
  convolve(
    x,
    weights: weights,
    bias: bias,
    into: ConvolutionOutput(values: y, activation: activation),
    shape: shape,
    context: context
  )
}

/// The same with a pooling behind it, bit for bit as if that came by itself; `transformed` is what `TransformedKernels`
/// made of the weights, if that is there already.
package func convolve(
  _ x: UnsafePointer<Float>,
  weights: UnsafePointer<Float>,
  transformed: UnsafePointer<Float>? = nil,
  bias: UnsafePointer<Float>?,
  into output: ConvolutionOutput,
  shape s: ConvolutionShape,
  context: KernelContext
) {
  if s.batch == 0 { return }
  if let tiles = WinogradLayout(s, output.pooling) {
    return convolveTiles(
      x,
      weights: weights,
      transformed: transformed,
      bias: bias,
      into: output,
      tiles,
      context: context
    )
  }
  let layout = PlaneLayout(s, rowStep: output.rowStep)
  let rows = roundUp(s.outputChannels, to: tileRows)
  let tables = roundUp(2 &* (s.windowCount &+ rows) &+ rows, to: 16)
  let ownCount = layout.count &+ roundUp(output.stripFloats(s, pixels: layout.stripPixels), to: 16)
  let scratch = context.scratch(tables &+ context.pool.threadCount &* ownCount)
  let places = UnsafeMutableRawPointer(scratch)
    .bindMemory(to: Int.self, capacity: s.windowCount &+ rows)
  layout.writePlaces(places)
  let rowPlaces = places + s.windowCount
  let paddedBias = scratch + 2 &* (s.windowCount &+ rows)
  for o in 0..<rows {
    rowPlaces[o] = min(o, s.outputChannels &- 1) &* s.windowCount
    if let bias { paddedBias[o] = o < s.outputChannels ? bias[o] : 0 }
  }
  let strips = s.batch &* layout.strips
  let perPiece = max(1, pieceWork / (layout.stripPixels &* s.outputChannels &* s.windowCount))
  context.pool.run(
    (strips &+ perPiece &- 1) / perPiece,
    ForwardTask(
      x: x,
      weights: weights,
      bias: bias == nil ? nil : UnsafePointer(paddedBias),
      output: output,
      layout: layout,
      places: places,
      rowPlaces: rowPlaces,
      own: OwnMemory(scratch + tables, ownCount, context.pool.threadCount),
      strips: strips,
      perPiece: perPiece
    )
  )
}

/// Multiplications that are worth a piece of their own.
private let pieceWork = 1 << 20
/// Longest stretch of the depth that a tile runs over: its columns of the planes stay in a first-level cache.
private let depthBlock = 144

/// A few strips of images: fill the planes, multiply, finish.
private struct ForwardTask: ParallelTask {
  let x: UnsafePointer<Float>
  let weights: UnsafePointer<Float>
  let bias: UnsafePointer<Float>?
  let output: ConvolutionOutput
  let layout: PlaneLayout
  let places: UnsafePointer<Int>
  let rowPlaces: UnsafePointer<Int>
  let own: OwnMemory
  let strips: Int
  let perPiece: Int

  func run(_ index: Int, thread: Int) {
    let s = layout.shape
    let own = own[thread]
    let planes = own + layout.slack
    for number in index &* perPiece..<min(strips, (index &+ 1) &* perPiece) {
      let strip = layout.strip(number)
      layout.fill(planes, from: x, end: x + s.batch &* s.channels &* s.pixels, strip)
      let (target, stride) = output.target(strip, scratch: own + layout.count)
      multiply(planes, target, stride, strip.pixels)
      output.finish(strip, target, stride: stride)
    }
  }

  /// One strip of `pixels` output pixels, tile by tile; all channels of a tile's pixels before the next pixels.
  private func multiply(
    _ planes: UnsafePointer<Float>,
    _ target: UnsafeMutablePointer<Float>,
    _ stride: Int,
    _ pixels: Int
  ) {
    let s = layout.shape
    let blocks = (s.windowCount &+ depthBlock &- 1) / depthBlock
    let blockDepth = (s.windowCount &+ blocks &- 1) / blocks
    var pixel = 0
    while pixel < pixels {
      let width = tileSpan(pixels &- pixel)
      var k = 0
      while k < s.windowCount {
        let depth = min(blockDepth, s.windowCount &- k)
        let end =
          k &+ depth < s.windowCount
          ? nil : TileEnd(bias: bias, rectifies: output.activation == .relu)
        var o = 0
        while o < s.outputChannels {
          multiplyTile(
            depth,
            ListedRows(weights + k, places: rowPlaces + o),
            ShiftedColumns(planes + pixel, shifts: places + k),
            target + (o &* stride &+ pixel),
            stride,
            rows: min(tileRows, s.outputChannels &- o),
            columns: width,
            start: k == 0 ? .zero : .continuing,
            end: end?.forRows(o) ?? TileEnd()
          )
          o &+= tileRows
        }
        k &+= depth
      }
      pixel &+= width
    }
  }
}

/// Columns of the next tile where `columns` are left: three vectors, but the last four as two and two.
@inline(__always)
func tileSpan(_ columns: Int) -> Int {
  let vectors = (columns &+ vectorWidth &- 1) / vectorWidth
  return vectors == 4 ? 2 &* vectorWidth : min(columns, tileColumns)
}
