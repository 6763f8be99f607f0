// SPDX-License-Identifier: Apache-2.0

// How a convolution by tiles of 2 × 2 outputs (`WinogradTransforms`) lies in memory.
//
// Channels are the lanes: images are turned from [channel, pixel] to [pixel, channel] on the way in and back on the way
// out, a few rows at a time. The transformed tiles stand as 16 matrices [tile, channel], one for each element of a tile,
// which the register tile multiplies where they lie, by 16 matrices [channel, output channel] of the kernels.

/// Sizes and cuts; they depend on the shape and its pooling alone.
struct WinogradLayout {
  /// Elements of a tile of inputs.
  static let elements = 16

  let shape: ConvolutionShape
  /// Input and output channels, rounded up to whole vectors of every CPU.
  let channels: Int
  let outputs: Int
  /// Output rows and columns that are wanted, from the first ones.
  let outputRows: Int
  let outputColumns: Int
  /// Tiles beside and below each other in an image.
  let tilesAcross: Int
  let tilesDown: Int
  /// Rows of tiles that are worked on at a time; they may belong to several images.
  let rowsPerUnit: Int

  /// nil where a direct convolution does better: kernels of another size, few channels, a pooling that cuts tiles.
  init?(_ s: ConvolutionShape, _ pooling: Pooling?) {
    guard s.kernelHeight == 3, s.kernelWidth == 3, s.strideHeight == 1, s.strideWidth == 1,
      s.channels >= leastChannels, s.outputChannels >= leastChannels
    else { return nil }
    let (rows, columns) = (pooling?.rows ?? 1, pooling?.columns ?? 1)
    guard rows <= 2, s.outputHeight >= 4, s.outputWidth >= 4 else { return nil }
    shape = s
    channels = roundUp(s.channels, to: 16)
    outputs = roundUp(s.outputChannels, to: 16)
    outputRows = s.outputHeight / rows &* rows
    outputColumns = s.outputWidth / columns &* columns
    tilesAcross = (outputColumns &+ 1) / 2
    tilesDown = (outputRows &+ 1) / 2
    rowsPerUnit = Self.fittingRows(tilesAcross)
  }

  /// Rows of at most 64 tiles that leave the fewest places of eight-row register tiles empty, and of those the most.
  private static func fittingRows(_ tilesAcross: Int) -> Int {
    var best = 1
    for rows in 1...max(1, 64 / tilesAcross) {
      let (capacity, bestCapacity) = (
        roundUp(rows &* tilesAcross, to: 8), roundUp(best &* tilesAcross, to: 8)
      )
      if capacity &* best <= bestCapacity &* rows { best = rows }
    }
    return best
  }

  /// Tiles of a unit, in whole register tiles.
  var tileCapacity: Int { roundUp(rowsPerUnit &* tilesAcross, to: 8) }
  /// Floats of a unit's transformed inputs or outputs.
  func transformedFloats(_ channels: Int) -> Int { Self.elements &* tileCapacity &* channels }
  /// Floats of the transformed kernels.
  var kernelFloats: Int { Self.elements &* channels &* outputs }
  /// Columns of the input that all tiles of a row see, padding included.
  var patchWidth: Int { 2 &* tilesAcross &+ 2 }
  /// Floats of what a unit's tiles see of one image.
  var patchFloats: Int { (2 &* rowsPerUnit &+ 2) &* patchWidth &* channels }
  /// Output pixels of a unit.
  var unitPixels: Int { 2 &* rowsPerUnit &* shape.outputWidth }

  /// Calls `body` with each image's part of the rows of tiles `rows`, numbered through all images.
  @inline(__always)
  func eachSegment(_ rows: Range<Int>, _ body: (WinogradSegment) -> Void) {
    var row = rows.lowerBound
    while row < rows.upperBound {
      let (image, first) = (row / tilesDown, row % tilesDown)
      let count = min(tilesDown &- first, rows.upperBound &- row)
      let firstRow = 2 &* first
      let rowCount = min(2 &* count, outputRows &- firstRow)
      body(
        WinogradSegment(
          layout: self,
          strip: OutputStrip(
            shape: shape,
            image: image,
            firstRow: firstRow,
            rowCount: rowCount,
            isLast: first &+ count == tilesDown,
            wholePixels: unitPixels
          ),
          firstTile: (row &- rows.lowerBound) &* tilesAcross,
          tileRows: count
        )
      )
      row &+= count
    }
  }

  /// Element 0 of tile `tile` in transformed values of `channels` channels, from channel `channel` on.
  @inline(__always)
  func grid(
    _ values: UnsafeMutablePointer<Float>,
    _ channels: Int,
    tile: Int,
    channel: Int
  ) -> VectorGrid {
    let plane = tileCapacity &* channels
    return VectorGrid(
      first: values + (tile &* channels &+ channel),
      rowStride: 4 &* plane,
      columnStride: plane
    )
  }
}

/// Fewest channels on either side that are worth it: the product has this depth.
private let leastChannels = 16

/// The rows of tiles of a unit that belong to one image.
struct WinogradSegment {
  let layout: WinogradLayout
  /// Their outputs.
  let strip: OutputStrip
  /// The number of its first tile in the unit.
  let firstTile: Int
  let tileRows: Int

  private var shape: ConvolutionShape { layout.shape }

  /// Calls `body` with each tile: its number in the unit, its row and column in the segment.
  @inline(__always)
  func eachTile(_ body: (_ tile: Int, _ row: Int, _ column: Int) -> Void) {
    for row in 0..<tileRows {
      for column in 0..<layout.tilesAcross {
        body(firstTile &+ row &* layout.tilesAcross &+ column, row, column)
      }
    }
  }

  /// The image row that row 0 of the patch shows.
  private var top: Int { strip.firstRow &- shape.paddingHeight }
  /// Rows of the patch: what the segment's tiles see.
  var patchRows: Int { 2 &* tileRows &+ 2 }

  /// The patch, [row, column, channel], as it is seen by tile (row, column).
  @inline(__always)
  func grid(
    _ patch: UnsafeMutablePointer<Float>,
    row: Int,
    column: Int,
    channel: Int
  ) -> VectorGrid {
    let place = (2 &* row &* layout.patchWidth &+ 2 &* column) &* layout.channels &+ channel
    return VectorGrid(
      first: patch + place,
      rowStride: layout.patchWidth &* layout.channels,
      columnStride: layout.channels
    )
  }

  /// The columns of the image that the patch shows, and the first one's place in the patch.
  private var shown: (count: Int, place: Int) {
    (min(shape.width, layout.patchWidth &- shape.paddingWidth), shape.paddingWidth)
  }

  /// Calls `body` with those of the patch's rows that are rows of the image: number in the patch, number in the image.
  @inline(__always)
  private func eachImageRow(_ rows: Range<Int>, _ body: (_ row: Int, _ imageRow: Int) -> Void) {
    for row in rows where top &+ row >= 0 && top &+ row < shape.height { body(row, top &+ row) }
  }

  /// Fills the patch from a batch of images, zeros where there is only padding.
  func fill(_ patch: UnsafeMutablePointer<Float>, from batch: UnsafePointer<Float>) {
    let image = batch + strip.image &* shape.channels &* shape.pixels
    let (width, channels) = (layout.patchWidth, layout.channels)
    let (count, place) = shown
    let isPadded = shape.channels < channels
    for row in 0..<patchRows {
      let line = patch + row &* width &* channels
      let isImage = top &+ row >= 0 && top &+ row < shape.height
      if !isImage || isPadded {
        Kernels.fill(line, 0, width &* channels)
      } else {
        Kernels.fill(line, 0, place &* channels)
        let behind = place &+ count
        Kernels.fill(line + behind &* channels, 0, (width &- behind) &* channels)
      }
    }
    eachImageRow(0..<patchRows) { row, imageRow in
      transpose(
        image + imageRow &* shape.width,
        shape.pixels,
        into: patch + (row &* width &+ place) &* channels,
        channels,
        rows: shape.channels,
        columns: count
      )
    }
  }

  /// Writes or adds the first `rows` rows of the patch to a batch of images; zeros to what no patch shows.
  func write(
    _ patch: UnsafePointer<Float>,
    rows: Int,
    to batch: UnsafeMutablePointer<Float>,
    accumulating: Bool
  ) {
    let image = batch + strip.image &* shape.channels &* shape.pixels
    let (count, place) = shown
    eachImageRow(0..<rows) { row, imageRow in
      let from = patch + (row &* layout.patchWidth &+ place) &* layout.channels
      let to = image + imageRow &* shape.width
      if accumulating {
        for channel in 0..<shape.channels {
          for j in 0..<count {
            to[channel &* shape.pixels &+ j] += from[j &* layout.channels &+ channel]
          }
        }
      } else {
        transpose(
          from,
          layout.channels,
          into: to,
          shape.pixels,
          rows: count,
          columns: shape.channels
        )
        for channel in 0..<shape.channels {
          let rest = shape.width &- count
          Kernels.fill(to + (channel &* shape.pixels &+ count), 0, rest)
        }
      }
    }
    if accumulating || !strip.isLast { return }
    let unseen = max(0, shape.height &- top &- patchRows) &* shape.width
    for channel in 0..<shape.channels {
      Kernels.fill(image + ((channel &+ 1) &* shape.pixels &- unseen), 0, unseen)
    }
  }
}
