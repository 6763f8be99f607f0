// SPDX-License-Identifier: Apache-2.0

// Both gradients of a convolution, strip by strip, while the strip of output gradients is near.
//
// The kernels' gradient is a product over the pixels: rows are kernel elements, read straight from the planes of the
// input (`PlaneLayout`), columns are output channels, packed from the strip. The input's gradient is the transposed
// walk: a product over the output channels gives what each (channel, kernel column) adds to its plane, read on from the
// kernel row's place as in the forward pass; at last the planes of the kernel columns are added up, moved by a column
// each. Nothing is multiplied by a padding's or a stride's zeros.

/// dx[N, C, H, W] = (dx if `accumulating`) + the gradient of the inputs from dy[N, outputChannels, oH, oW].
///
/// For each kernel column one FMA chain over (output row, output channel), upwards; these are added in order.
public func convolutionInputGradient(
  _ dy: UnsafePointer<Float>,
  weights: UnsafePointer<Float>,
  into dx: UnsafeMutablePointer<Float>,
  shape s: ConvolutionShape,
  accumulating: Bool,
  context: KernelContext
) {
  if s.batch == 0 { return }
  let input = InputGradient(
    weights: weights,
    target: dx,
    layout: PlaneLayout(s),
    accumulating: accumulating
  )
  run(GradientTask(shape: s, gradient: dy, kernels: nil, input: input), context)
}

/// dw[outputChannels, C, kH, kW] and dbias[outputChannels], added to what is there if `accumulating`.
///
/// Each is a sum over all pixels of all images: one FMA chain over a stretch of at most 256 pixels of a strip, stretches
/// added in index order within at most 16 groups of images, then the groups' sums in order. The cut depends on the shape
/// alone. The bias is the kernel element that sees nothing but ones.
public func convolutionWeightGradient(
  _ x: UnsafePointer<Float>,
  gradient dy: UnsafePointer<Float>,
  into dw: UnsafeMutablePointer<Float>,
  bias db: UnsafeMutablePointer<Float>?,
  shape s: ConvolutionShape,
  accumulating: Bool,
  context: KernelContext
) {
  if s.batch == 0 {
    if accumulating { return }
    fill(dw, 0, s.outputChannels &* s.windowCount)
    if let db { fill(db, 0, s.outputChannels) }
    return
  }
  let kernels = KernelGradient(
    x: x,
    layout: PlaneLayout(s),
    target: dw,
    bias: db,
    accumulating: accumulating
  )
  run(GradientTask(shape: s, gradient: dy, kernels: kernels, input: nil), context)
}

/// Runs the task's groups of images and adds up their sums.
private func run(_ task: GradientTask, _ context: KernelContext) {
  var task = task
  var layout = ScratchLayout()
  let groups = task.groups
  task.kernels?.placeShared(groups: groups, &layout)
  task.input?.placeShared(&layout)
  var own = ScratchLayout()
  task.kernels?.placeOwn(&own)
  task.input?.placeOwn(&own)
  let scratch = context.scratch(layout.count &+ context.pool.threadCount &* own.count)
  task.kernels?.begin(scratch)
  task.input?.begin(scratch)
  task.scratch = scratch
  task.own = scratch + layout.count
  task.ownCount = own.count
  context.pool.run(groups, task)
  if let kernels = task.kernels {
    let sum = GroupSumTask(kernels: kernels, groups: groups, scratch: scratch)
    context.pool.run(sum.pieces, sum)
  }
}

/// Hands out places in scratch memory before it exists.
private struct ScratchLayout {
  private(set) var count = 0

  mutating func place(_ floats: Int) -> Int {
    defer { count &+= roundUp(floats, to: 16) }
    return count
  }
}

/// The gradients of one group of images.
private struct GradientTask: ParallelTask {
  let shape: ConvolutionShape
  let gradient: UnsafePointer<Float>
  var kernels: KernelGradient?
  var input: InputGradient?
  let perGroup: Int
  var scratch: UnsafeMutablePointer<Float>?
  var own: UnsafeMutablePointer<Float>?
  var ownCount = 0

  init(
    shape s: ConvolutionShape,
    gradient: UnsafePointer<Float>,
    kernels: KernelGradient?,
    input: InputGradient?
  ) {
    shape = s
    self.gradient = gradient
    self.kernels = kernels
    self.input = input
    // Sixteen groups, fewer where their sums would fill memory.
    let most = min(16, max(2, sumBudget / (s.outputChannels &* s.windowCount)))
    perGroup = (s.batch &+ most &- 1) / most
  }

  var groups: Int { (shape.batch &+ perGroup &- 1) / perGroup }

  func run(_ index: Int, thread: Int) {
    guard let scratch, let own else { return }
    let s = shape
    let mine = own + thread &* ownCount
    let layout = PlaneLayout(s)
    for image in index &* perGroup..<min(s.batch, (index &+ 1) &* perGroup) {
      for strip in 0..<layout.strips {
        let (first, count) = layout.outputRows(strip)
        if count == 0 { continue }
        let slopes = GradientStrip(
          base: gradient + (image &* s.outputChannels &* s.outputPixels &+ first &* s.outputWidth),
          channelStride: s.outputPixels,
          image: image,
          strip: strip,
          firstRow: first,
          rowCount: count,
          pixels: count &* s.outputWidth
        )
        let isFirst = strip == 0 && image == index &* perGroup
        kernels?.add(slopes, group: index, isFirst: isFirst, scratch, mine)
        input?.add(slopes, scratch, mine)
      }
    }
  }
}

/// Floats that the groups' sums may take, before there are fewer groups.
private let sumBudget = 1 << 22

/// A strip of output gradients: channel o's pixels from `base` + o · `channelStride`.
private struct GradientStrip {
  let base: UnsafePointer<Float>
  let channelStride: Int
  let image: Int
  let strip: Int
  let firstRow: Int
  let rowCount: Int
  let pixels: Int
}

// MARK: - Kernels

private struct KernelGradient {
  let x: UnsafePointer<Float>
  let layout: PlaneLayout
  let target: UnsafeMutablePointer<Float>
  let bias: UnsafeMutablePointer<Float>?
  let accumulating: Bool
  // Places in scratch memory.
  private(set) var places = 0
  private(set) var sums = 0
  private var planes = 0
  private var ones = 0
  private var panels = 0

  init(
    x: UnsafePointer<Float>,
    layout: PlaneLayout,
    target: UnsafeMutablePointer<Float>,
    bias: UnsafeMutablePointer<Float>?,
    accumulating: Bool
  ) {
    self.x = x
    self.layout = layout
    self.target = target
    self.bias = bias
    self.accumulating = accumulating
  }

  var shape: ConvolutionShape { layout.shape }
  /// Rows of a group's sums: kernel elements, then the bias, in whole tiles.
  var sumRows: Int { roundUp(shape.windowCount &+ 1, to: tileRows) }
  /// Columns of a group's sums: output channels in whole vectors.
  var sumColumns: Int { roundUp(shape.outputChannels, to: vectorWidth) }

  mutating func placeShared(groups: Int, _ scratch: inout ScratchLayout) {
    places = scratch.place(2 &* sumRows)
    sums = scratch.place(groups &* sumRows &* sumColumns)
  }

  mutating func placeOwn(_ scratch: inout ScratchLayout) {
    planes = scratch.place(layout.count) &+ layout.slack
    ones = scratch.place(layout.stripRows &* shape.outputWidth)
    panels = scratch.place(stretch &* sumColumns)
  }

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
    _ slopes: GradientStrip,
    group: Int,
    isFirst: Bool,
    _ scratch: UnsafeMutablePointer<Float>,
    _ own: UnsafeMutablePointer<Float>
  ) {
    let s = shape
    layout.fill(
      own + planes,
      from: x + slopes.image &* s.channels &* s.pixels,
      end: x + s.batch &* s.channels &* s.pixels,
      firstRow: slopes.firstRow,
      rowCount: slopes.rowCount
    )
    if isFirst { Kernels.fill(own + ones, 1, layout.stripRows &* s.outputWidth) }
    let target = scratch + (sums &+ group &* sumRows &* sumColumns)
    let pieces = (slopes.pixels &+ stretch &- 1) / stretch
    let longest = (slopes.pixels &+ pieces &- 1) / pieces
    var pixel = 0
    while pixel < slopes.pixels {
      multiply(
        slopes,
        pixel,
        min(longest, slopes.pixels &- pixel),
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
    _ slopes: GradientStrip,
    _ pixel: Int,
    _ count: Int,
    _ places: UnsafePointer<Int>,
    _ own: UnsafeMutablePointer<Float>,
    _ target: UnsafeMutablePointer<Float>,
    _ start: TileStart
  ) {
    let source = StridedSource(
      base: slopes.base + pixel,
      indexStride: slopes.channelStride,
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
private struct GroupSumTask: ParallelTask {
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

// MARK: - Inputs

private struct InputGradient {
  let weights: UnsafePointer<Float>
  let target: UnsafeMutablePointer<Float>
  let layout: PlaneLayout
  let accumulating: Bool
  // Places in scratch memory.
  private var packed = 0
  private var masks = 0
  private var planes = 0
  private var panel = 0

  init(
    weights: UnsafePointer<Float>,
    target: UnsafeMutablePointer<Float>,
    layout: PlaneLayout,
    accumulating: Bool
  ) {
    self.weights = weights
    self.target = target
    self.layout = layout
    self.accumulating = accumulating
  }

  private var shape: ConvolutionShape { layout.shape }
  /// Rows of the product for one kernel row: (channel, kernel column).
  private var rows: Int { shape.channels &* shape.kernelWidth }
  private var packedRows: Int { roundUp(rows, to: tileRows) }

  mutating func placeShared(_ scratch: inout ScratchLayout) {
    packed = scratch.place(shape.kernelHeight &* packedRows &* shape.outputChannels)
  }

  mutating func placeOwn(_ scratch: inout ScratchLayout) {
    planes = scratch.place(layout.count) &+ layout.slack
    panel = scratch.place(shape.outputChannels &* tileColumns)
  }

  /// Packs the kernels: for each kernel row panels [output channel, (channel, kernel column)].
  func begin(_ scratch: UnsafeMutablePointer<Float>) {
    let s = shape
    var next = scratch + packed
    for kernelRow in 0..<s.kernelHeight {
      var row = 0
      while row < packedRows {
        for o in 0..<s.outputChannels {
          let source = weights + (o &* s.windowCount &+ kernelRow &* s.kernelWidth)
          for i in row..<row &+ tileRows {
            let (channel, column) = (i / s.kernelWidth, i % s.kernelWidth)
            next.pointee = i < rows ? source[channel &* s.kernelArea &+ column] : 0
            next += 1
          }
        }
        row &+= tileRows
      }
    }
  }

  func add(
    _ slopes: GradientStrip,
    _ scratch: UnsafeMutablePointer<Float>,
    _ own: UnsafeMutablePointer<Float>
  ) {
    let planes = own + planes
    carry(planes, isFirst: slopes.strip == 0)
    multiply(slopes, scratch + packed, planes, own + panel)
    fold(planes, slopes)
  }

  /// What the last strip added to rows of this one comes first.
  private func carry(_ planes: UnsafeMutablePointer<Float>, isFirst: Bool) {
    let s = shape
    let count = layout.overlap &* s.outputWidth
    for plane in 0..<rows &* layout.phases {
      let start = planes + plane &* layout.planeStride
      if isFirst {
        Kernels.fill(start, 0, count)
      } else {
        mapLanes(start + layout.stripRows &* s.outputWidth, start, count) { $0 }
      }
    }
  }

  /// Each tile of pixels adds to its planes, the last kernel row first: there no other pixel has been before.
  private func multiply(
    _ slopes: GradientStrip,
    _ packed: UnsafePointer<Float>,
    _ planes: UnsafeMutablePointer<Float>,
    _ panel: UnsafeMutablePointer<Float>
  ) {
    let s = shape
    var pixel = 0
    while pixel < slopes.pixels {
      let width = tileSpan(slopes.pixels &- pixel)
      var columns = SteadyColumns(slopes.base + pixel, stride: slopes.channelStride)
      if width % vectorWidth != 0 {
        // Whole vectors could reach beyond the end of memory.
        let wide = roundUp(width, to: vectorWidth)
        StridedSource(base: slopes.base + pixel, indexStride: 1, depthStride: slopes.channelStride)
          .pack(
            into: panel,
            width: wide,
            start: 0,
            valid: width,
            depthStart: 0,
            depth: s.outputChannels
          )
        columns = SteadyColumns(panel, stride: wide)
      }
      var kernelRow = s.kernelHeight &- 1
      while kernelRow >= 0 {
        let place = layout.place(channel: 0, row: kernelRow, column: 0)
        let isLast = kernelRow &+ s.strideHeight >= s.kernelHeight
        var row = 0
        while row < rows {
          multiplyTile(
            s.outputChannels,
            PackedRows(packed + (kernelRow &* packedRows &+ row) &* s.outputChannels),
            columns,
            planes + (row &* layout.phases &* layout.planeStride &+ place &+ pixel),
            layout.phases &* layout.planeStride,
            rows: min(tileRows, rows &- row),
            columns: width,
            start: isLast ? .zero : .continuing
          )
          row &+= tileRows
        }
        kernelRow &-= 1
      }
      pixel &+= width
    }
  }

  /// Adds up the planes of the kernel columns for the input rows that are finished.
  private func fold(_ planes: UnsafePointer<Float>, _ slopes: GradientStrip) {
    let s = shape
    let isLast = slopes.firstRow &+ slopes.rowCount == s.outputHeight
    let low = max(0, slopes.firstRow &* s.strideHeight &- s.paddingHeight)
    let high =
      isLast
      ? s.height
      : min(s.height, (slopes.firstRow &+ slopes.rowCount) &* s.strideHeight &- s.paddingHeight)
    let planeRows = slopes.rowCount &+ (isLast ? layout.overlap : 0)
    for channel in 0..<s.channels {
      let image = target + (slopes.image &* s.channels &+ channel) &* s.pixels
      for row in low..<max(low, high) {
        let padded = row &+ s.paddingHeight
        let phase = padded % s.strideHeight
        let planeRow = padded / s.strideHeight &- slopes.firstRow
        let line = image + row &* s.width
        if !accumulating { Kernels.fill(line, 0, s.width) }
        guard phase < layout.phases, planeRow < planeRows else { continue }
        for column in 0..<s.kernelWidth {
          let plane = (channel &* s.kernelWidth &+ column) &* layout.phases &+ phase
          let source = planes + (plane &* layout.planeStride &+ planeRow &* s.outputWidth)
          let (first, end) = layout.meeting(column)
          let shift = column &- s.paddingWidth
          for j in first..<end { line[j &* s.strideWidth &+ shift] += source[j] }
        }
      }
    }
  }
}
