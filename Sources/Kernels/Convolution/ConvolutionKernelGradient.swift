// SPDX-License-Identifier: Apache-2.0

/// The gradients of kernels and bias: a product over the pixels.
///
/// Rows are kernel elements, read straight from the planes of the input (`PlaneLayout`), columns are output channels,
/// packed from the strip of slopes. The bias is one more kernel element, which sees nothing but ones.
struct KernelGradient {
  let x: UnsafePointer<Float>
  let layout: PlaneLayout
  let target: UnsafeMutablePointer<Float>
  let bias: UnsafeMutablePointer<Float>?
  let accumulating: Bool
  /// Rows of a group's sums: kernel elements, then the bias, in whole tiles.
  fileprivate let sumRows: Int
  /// Columns of a group's sums: output channels in whole vectors.
  fileprivate let sumColumns: Int
  // Places in scratch memory.
  private let places: Int
  fileprivate let sums: Int
  private let planes: Int
  private let ones: Int
  private let panels: Int

  init(
    x: UnsafePointer<Float>,
    layout: PlaneLayout,
    target: UnsafeMutablePointer<Float>,
    bias: UnsafeMutablePointer<Float>?,
    accumulating: Bool,
    groups: Int,
    shared: inout ScratchLayout,
    own: inout ScratchLayout
  ) {
    self.x = x
    self.layout = layout
    self.target = target
    self.bias = bias
    self.accumulating = accumulating
    let s = layout.shape
    sumRows = roundUp(s.windowCount &+ 1, to: tileRows)
    sumColumns = roundUp(s.outputChannels, to: vectorWidth)
    places = shared.place(2 &* sumRows)
    sums = shared.place(groups &* sumRows &* sumColumns)
    planes = own.place(layout.count) &+ layout.slack
    ones = own.place(layout.stripPixels)
    panels = own.place(stretch &* tileColumns)
  }

  fileprivate var shape: ConvolutionShape { layout.shape }

  /// Writes the places of the sums' rows in a thread's planes.
  func begin(_ scratch: UnsafeMutablePointer<Float>) {
    let list = placeList(scratch)
    layout.writePlaces(list)
    for row in shape.windowCount..<sumRows { list[row] = ones &- planes }
  }

  private func placeList(_ scratch: UnsafeMutablePointer<Float>) -> UnsafeMutablePointer<Int> {
    UnsafeMutableRawPointer(scratch + places).bindMemory(to: Int.self, capacity: sumRows)
  }

  func add(
    _ slopes: SlopeStrip,
    group: Int,
    isFirst: Bool,
    _ scratch: UnsafeMutablePointer<Float>,
    _ own: UnsafeMutablePointer<Float>
  ) {
    let s = shape
    layout.fill(own + planes, from: x, end: x + s.batch &* s.channels &* s.pixels, slopes.strip)
    if isFirst { fill(own + ones, 1, layout.stripPixels) }
    let target = scratch + (sums &+ group &* sumRows &* sumColumns)
    let pixels = slopes.strip.pixels
    let pieces = (pixels &+ stretch &- 1) / stretch
    let longest = (pixels &+ pieces &- 1) / pieces
    var pixel = 0
    while pixel < pixels {
      multiply(
        slopes,
        pixel,
        min(longest, pixels &- pixel),
        placeList(scratch),
        own,
        target,
        isFirst && pixel == 0 ? .zero : .adding
      )
      pixel &+= longest
    }
  }

  /// One stretch of pixels: packs its slopes as [pixel, output channel], multiplies them with what all kernel elements
  /// saw.
  private func multiply(
    _ slopes: SlopeStrip,
    _ pixel: Int,
    _ count: Int,
    _ places: UnsafePointer<Int>,
    _ own: UnsafeMutablePointer<Float>,
    _ target: UnsafeMutablePointer<Float>,
    _ start: TileStart
  ) {
    let source = StridedSource(
      base: slopes.values + pixel,
      indexStride: slopes.stride,
      depthStride: 1
    )
    var o = 0
    while o < sumColumns {
      let width = tileSpan(sumColumns &- o)
      source.pack(
        into: own + panels,
        width: width,
        start: o,
        valid: min(width, shape.outputChannels &- o),
        depthStart: 0,
        depth: count
      )
      var row = 0
      while row < sumRows {
        multiplyTile(
          count,
          ListedRows(own + (planes &+ pixel), places: places + row),
          SteadyColumns(own + panels, stride: width),
          target + (row &* sumColumns &+ o),
          sumColumns,
          rows: tileRows,
          columns: width,
          start: start
        )
        row &+= tileRows
      }
      o &+= width
    }
  }
}

/// Longest stretch of pixels that one chain runs over: a panel of slopes stays in a first-level cache.
private let stretch = 256

/// Adds the groups' sums in order, a block of kernel elements a piece.
struct GroupSumTask: ParallelTask {
  let kernels: KernelGradient
  let groups: Int
  let scratch: UnsafeMutablePointer<Float>

  private var shape: ConvolutionShape { kernels.shape }
  var pieces: Int { (shape.windowCount &+ 1 &+ 15) / 16 }

  func run(_ index: Int, thread: Int) {
    let columns = kernels.sumColumns
    for row in index &* 16..<min(shape.windowCount &+ 1, (index &+ 1) &* 16) {
      let line = scratch + (kernels.sums &+ row &* columns)
      for group in 1..<max(1, groups) {
        addLine(line, line + group &* kernels.sumRows &* columns, columns)
      }
      if row < shape.windowCount {
        finish(line, kernels.target + row, stride: shape.windowCount)
      } else if let bias = kernels.bias {
        finish(line, bias, stride: 1)
      }
    }
  }

  private func finish(
    _ line: UnsafePointer<Float>,
    _ target: UnsafeMutablePointer<Float>,
    stride: Int
  ) {
    for o in 0..<shape.outputChannels {
      target[o &* stride] = kernels.accumulating ? target[o &* stride] + line[o] : line[o]
    }
  }
}
