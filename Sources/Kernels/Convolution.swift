// SPDX-License-Identifier: Apache-2.0

/// y[N, outputChannels, oH, oW] = w ⋆ x + bias, then the activation.
///
/// Each output is one FMA chain over (channel, kernel row, kernel column), bias last. The register tile of the matrix
/// product runs straight over the planes of `PlaneLayout`: its rows are output channels, its columns consecutive output
/// pixels, and each step of the depth reads on from the place of another kernel element (Georganas et al., "Anatomy of
/// high-performance deep learning convolutions on SIMD architectures", 2018; Zhang, Franchetti & Low, "High performance
/// zero-memory overhead direct convolutions", 2018). Neither windows nor kernels are packed.
public func convolve(
  _ x: UnsafePointer<Float>,
  weights: UnsafePointer<Float>,
  bias: UnsafePointer<Float>?,
  into y: UnsafeMutablePointer<Float>,
  shape s: ConvolutionShape,
  activation: Activation,
  context: KernelContext
) {
  if s.batch == 0 { return }
  let layout = PlaneLayout(s)
  let rows = roundUp(s.outputChannels, to: tileRows)
  let tables = roundUp(2 &* (s.windowCount &+ rows) &+ rows, to: 16)
  let scratch = context.scratch(tables &+ context.pool.threadCount &* layout.count)
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
  let perPiece = max(
    1,
    pieceWork / (layout.stripRows &* s.outputWidth &* s.outputChannels &* s.windowCount)
  )
  context.pool.run(
    (strips &+ perPiece &- 1) / perPiece,
    ForwardTask(
      x: x,
      weights: weights,
      bias: bias == nil ? nil : UnsafePointer(paddedBias),
      y: y,
      layout: layout,
      places: places,
      rowPlaces: rowPlaces,
      planes: scratch + (tables &+ layout.slack),
      strips: strips,
      perPiece: perPiece,
      activation: activation
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
  let y: UnsafeMutablePointer<Float>
  let layout: PlaneLayout
  let places: UnsafePointer<Int>
  let rowPlaces: UnsafePointer<Int>
  let planes: UnsafeMutablePointer<Float>
  let strips: Int
  let perPiece: Int
  let activation: Activation

  func run(_ index: Int, thread: Int) {
    let s = layout.shape
    let planes = planes + thread &* layout.count
    for strip in index &* perPiece..<min(strips, (index &+ 1) &* perPiece) {
      let image = strip / layout.strips
      let (first, count) = layout.outputRows(strip % layout.strips)
      if count == 0 { continue }
      layout.fill(
        planes,
        from: x + image &* s.channels &* s.pixels,
        end: x + s.batch &* s.channels &* s.pixels,
        firstRow: first,
        rowCount: count
      )
      let target = y + (image &* s.outputChannels &* s.outputPixels &+ first &* s.outputWidth)
      multiply(planes, target, count &* s.outputWidth)
      if activation != .relu, activation != .identity {
        for o in 0..<s.outputChannels {
          activate(activation, target + o &* s.outputPixels, count &* s.outputWidth)
        }
      }
    }
  }

  /// One strip of `pixels` output pixels, tile by tile; all channels of a tile's pixels before the next pixels.
  private func multiply(
    _ planes: UnsafePointer<Float>,
    _ target: UnsafeMutablePointer<Float>,
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
          k &+ depth < s.windowCount ? nil : TileEnd(bias: bias, rectifies: activation == .relu)
        var o = 0
        while o < s.outputChannels {
          multiplyTile(
            depth,
            ListedRows(weights + k, places: rowPlaces + o),
            ShiftedColumns(planes + pixel, shifts: places + k),
            target + (o &* s.outputPixels &+ pixel),
            s.outputPixels,
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
