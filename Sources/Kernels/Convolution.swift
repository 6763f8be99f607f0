// SPDX-License-Identifier: Apache-2.0

/// The sizes of a two-dimensional convolution of images [N, C, H, W] with kernels [outputChannels, C, kH, kW].
public struct ConvolutionShape: Hashable, Sendable {
  /// Images.
  public var batch: Int
  /// Input channels.
  public var channels: Int
  /// Input rows.
  public var height: Int
  /// Input columns.
  public var width: Int
  /// Output channels.
  public var outputChannels: Int
  /// Kernel rows.
  public var kernelHeight: Int
  /// Kernel columns.
  public var kernelWidth: Int
  /// Rows between windows.
  public var strideHeight: Int
  /// Columns between windows.
  public var strideWidth: Int
  /// Zero rows at the top and at the bottom.
  public var paddingHeight: Int
  /// Zero columns at the left and at the right.
  public var paddingWidth: Int

  /// A shape; every size is positive, padding is not negative.
  public init(
    batch: Int,
    channels: Int,
    height: Int,
    width: Int,
    outputChannels: Int,
    kernel: (Int, Int),
    stride: (Int, Int),
    padding: (Int, Int)
  ) {
    self.batch = batch
    self.channels = channels
    self.height = height
    self.width = width
    self.outputChannels = outputChannels
    (kernelHeight, kernelWidth) = kernel
    (strideHeight, strideWidth) = stride
    (paddingHeight, paddingWidth) = padding
  }

  /// Output rows.
  public var outputHeight: Int {
    (height &+ 2 &* paddingHeight &- kernelHeight) / strideHeight &+ 1
  }
  /// Output columns.
  public var outputWidth: Int { (width &+ 2 &* paddingWidth &- kernelWidth) / strideWidth &+ 1 }
  /// Values under one window: the summation index of the forward product.
  public var windowCount: Int { channels &* kernelHeight &* kernelWidth }

  var pixels: Int { height &* width }
  var outputPixels: Int { outputHeight &* outputWidth }
  var kernelArea: Int { kernelHeight &* kernelWidth }
}

/// y[N, outputChannels, oH, oW] = w ⋆ x + bias, then the activation.
///
/// Each output is one FMA chain over (channel, kernel row, kernel column), bias last: an implicit product of the
/// kernels with the image's windows, which are gathered panel by panel (Chellapilla, Puri & Simard 2006, without the
/// unrolled image in memory). One piece of work is a stretch of pixels of one image.
public func convolve(
  _ x: UnsafePointer<Float>,
  weights: UnsafePointer<Float>,
  bias: UnsafePointer<Float>?,
  into y: UnsafeMutablePointer<Float>,
  shape s: ConvolutionShape,
  activation: Activation,
  context: KernelContext
) {
  convolveWindows(
    weights: StridedSource(base: weights, indexStride: s.windowCount, depthStride: 1),
    windows: GridWindows(inputs: x, s),
    into: y,
    shape: s,
    rows: s.outputChannels,
    columns: s.outputPixels,
    depth: s.windowCount,
    accumulating: false,
    epilogue: Epilogue(rowBias: bias, activation: activation),
    context: context
  )
}

/// dx[N, C, H, W] = (dx if `accumulating`) + the gradient of the inputs from dy[N, outputChannels, oH, oW].
///
/// Each element is one FMA chain over (output channel, kernel row, kernel column); windows that a stride skips
/// contribute zeros.
public func convolutionInputGradient(
  _ dy: UnsafePointer<Float>,
  weights: UnsafePointer<Float>,
  into dx: UnsafeMutablePointer<Float>,
  shape s: ConvolutionShape,
  accumulating: Bool,
  context: KernelContext
) {
  if s.strideHeight == 1, s.strideWidth == 1 {
    inputGradient(GridWindows(gradients: dy, s))
  } else {
    inputGradient(StridedGradientWindows(gradient: dy, shape: s))
  }
  func inputGradient(_ windows: some WindowSource) {
    convolveWindows(
      weights: ExchangedKernels(weights: weights, shape: s),
      windows: windows,
      into: dx,
      shape: s,
      rows: s.channels,
      columns: s.pixels,
      depth: s.outputChannels &* s.kernelArea,
      accumulating: accumulating,
      epilogue: Epilogue(),
      context: context
    )
  }
}

/// Floats of gathered windows that one piece of work keeps at hand: about half a second-level cache.
private let windowBudget = 1 << 16

private func convolveWindows<W: PanelSource, P: WindowSource>(
  weights: W,
  windows: P,
  into y: UnsafeMutablePointer<Float>,
  shape s: ConvolutionShape,
  rows: Int,
  columns: Int,
  depth: Int,
  accumulating: Bool,
  epilogue: Epilogue,
  context: KernelContext
) {
  let pieceColumns = min(
    roundUp(columns, to: tileColumns),
    max(1, windowBudget / depth / tileColumns) &* tileColumns
  )
  let packedCount = roundUp(rows, to: tileRows) &* depth
  let packed = context.scratch(packedCount &+ context.pool.threadCount &* pieceColumns &* depth)
  var row = 0
  while row < rows {
    weights.pack(
      into: packed + row &* depth,
      width: tileRows,
      start: row,
      valid: min(tileRows, rows &- row),
      depthStart: 0,
      depth: depth
    )
    row &+= tileRows
  }
  let perImage = (columns &+ pieceColumns &- 1) / pieceColumns
  context.pool.run(
    s.batch &* perImage,
    WindowTask(
      packed: packed,
      scratch: packed + packedCount,
      windows: windows,
      y: y,
      rows: rows,
      columns: columns,
      depth: depth,
      pieceColumns: pieceColumns,
      perImage: perImage,
      accumulating: accumulating,
      epilogue: epilogue
    )
  )
}

/// A source of windows that can move to another image of the batch.
private protocol WindowSource: PanelSource {
  func at(image: Int) -> Self
}

/// One stretch of pixels of one image: gather its windows, multiply, finish.
private struct WindowTask<P: WindowSource>: ParallelTask {
  let packed: UnsafeMutablePointer<Float>
  let scratch: UnsafeMutablePointer<Float>
  let windows: P
  let y: UnsafeMutablePointer<Float>
  let rows: Int
  let columns: Int
  let depth: Int
  let pieceColumns: Int
  let perImage: Int
  let accumulating: Bool
  let epilogue: Epilogue

  func run(_ index: Int, thread: Int) {
    let image = index / perImage
    let first = index % perImage &* pieceColumns
    let count = min(pieceColumns, columns &- first)
    let source = windows.at(image: image)
    let gathered = scratch + thread &* pieceColumns &* depth
    var column = 0
    while column < count {
      source.pack(
        into: gathered + column &* depth,
        width: tileColumns,
        start: first &+ column,
        valid: min(tileColumns, count &- column),
        depthStart: 0,
        depth: depth
      )
      column &+= tileColumns
    }
    let target = y + (image &* rows &* columns &+ first)
    multiplyPanels(
      packed,
      gathered,
      target,
      rowStride: columns,
      rows: rows,
      columns: count,
      depth: depth,
      continues: accumulating
    )
    epilogue.apply(target, stride: columns, row: 0, column: first, rows: rows, columns: count)
  }
}

// MARK: - Windows

/// Element (pixel of a grid, (channel, kernel row, kernel column)): the source value that the kernel element meets there.
///
/// The source row is pixel row · `step` + `base` ± kernel row, the column likewise; outside the source it is 0. With a
/// plus sign this is what the window at an output pixel sees, with a minus sign and step 1 which output gradient a kernel
/// element carried to an input pixel.
struct GridWindows: WindowSource {
  let source: UnsafePointer<Float>
  /// Behind the last image of the batch.
  let end: UnsafePointer<Float>
  let channels: Int
  let height: Int
  let width: Int
  let gridWidth: Int
  let kernel: (rows: Int, columns: Int)
  let step: (rows: Int, columns: Int)
  let base: (row: Int, column: Int)
  let sign: Int

  /// The windows that a convolution of the batch `x` sees at its output pixels.
  init(inputs x: UnsafePointer<Float>, _ s: ConvolutionShape) {
    self.init(
      x,
      end: x + s.batch &* s.channels &* s.pixels,
      channels: s.channels,
      height: s.height,
      width: s.width,
      gridWidth: s.outputWidth,
      kernel: (s.kernelHeight, s.kernelWidth),
      step: (s.strideHeight, s.strideWidth),
      base: (0 &- s.paddingHeight, 0 &- s.paddingWidth),
      sign: 1
    )
  }

  /// The output gradients `dy` that reached the input pixels of a convolution with stride 1.
  init(gradients dy: UnsafePointer<Float>, _ s: ConvolutionShape) {
    self.init(
      dy,
      end: dy + s.batch &* s.outputChannels &* s.outputPixels,
      channels: s.outputChannels,
      height: s.outputHeight,
      width: s.outputWidth,
      gridWidth: s.width,
      kernel: (s.kernelHeight, s.kernelWidth),
      step: (1, 1),
      base: (s.paddingHeight, s.paddingWidth),
      sign: -1
    )
  }

  private init(
    _ source: UnsafePointer<Float>,
    end: UnsafePointer<Float>,
    channels: Int,
    height: Int,
    width: Int,
    gridWidth: Int,
    kernel: (Int, Int),
    step: (Int, Int),
    base: (Int, Int),
    sign: Int
  ) {
    self.source = source
    self.end = end
    self.channels = channels
    self.height = height
    self.width = width
    self.gridWidth = gridWidth
    self.kernel = kernel
    self.step = step
    self.base = base
    self.sign = sign
  }

  func at(image index: Int) -> Self {
    Self(
      source + index &* channels &* height &* width,
      end: end,
      channels: channels,
      height: height,
      width: width,
      gridWidth: gridWidth,
      kernel: kernel,
      step: step,
      base: base,
      sign: sign
    )
  }

  /// Always the whole depth: `depthStart` is 0, `depth` is channels · kernel area.
  func pack(
    into panel: UnsafeMutablePointer<Float>,
    width panelWidth: Int,
    start: Int,
    valid: Int,
    depthStart: Int,
    depth: Int
  ) {
    let panelEnd = panel + panelWidth &* depth
    let (firstRow, firstColumn) = (start / gridWidth, start % gridWidth)
    var line = panel
    for channel in 0..<channels {
      let plane = source + channel &* height &* width
      for kernelRow in 0..<kernel.rows {
        let rowShift = base.row &+ sign &* kernelRow
        for kernelColumn in 0..<kernel.columns {
          let columnShift = base.column &+ sign &* kernelColumn
          var done = 0
          var row = firstRow &* step.rows &+ rowShift
          var column = firstColumn
          while done < valid {
            let run = min(valid &- done, gridWidth &- column)
            copyRun(
              UInt(bitPattern: row) < UInt(bitPattern: height) ? plane + row &* width : nil,
              sourceEnd: end,
              from: column &* step.columns &+ columnShift,
              step: step.columns,
              limit: width,
              into: line + done,
              toEnd: panelEnd,
              count: run
            )
            done &+= run
            row &+= step.rows
            column = 0
          }
          for i in valid..<max(valid, panelWidth) { line[i] = 0 }
          line += panelWidth
        }
      }
    }
  }
}

/// The output gradients that reached the input pixels of a convolution with a stride: element (pixel of the input,
/// (output channel, kernel row, kernel column)), 0 where the stride skips it.
struct StridedGradientWindows: WindowSource {
  let gradient: UnsafePointer<Float>
  let shape: ConvolutionShape

  func at(image index: Int) -> Self {
    Self(
      gradient: gradient + index &* shape.outputChannels &* shape.outputPixels,
      shape: shape
    )
  }

  func pack(
    into panel: UnsafeMutablePointer<Float>,
    width: Int,
    start: Int,
    valid: Int,
    depthStart: Int,
    depth: Int
  ) {
    let s = shape
    for k in 0..<depth {
      let plane = gradient + (depthStart &+ k) / s.kernelArea &* s.outputPixels
      let row = (depthStart &+ k) % s.kernelArea / s.kernelWidth
      let column = (depthStart &+ k) % s.kernelWidth
      let line = panel + k &* width
      for i in 0..<valid {
        let pixel = start &+ i
        let outputRow = hit(
          pixel / s.width &+ s.paddingHeight &- row,
          s.strideHeight,
          s.outputHeight
        )
        let outputColumn = hit(
          pixel % s.width &+ s.paddingWidth &- column,
          s.strideWidth,
          s.outputWidth
        )
        line[i] =
          if let outputRow, let outputColumn {
            plane[outputRow &* s.outputWidth &+ outputColumn]
          } else {
            0
          }
      }
      for i in valid..<max(valid, width) { line[i] = 0 }
    }
  }

  /// The output place whose window begins `shifted` places before, if the stride meets it.
  @inline(__always)
  private func hit(_ shifted: Int, _ stride: Int, _ count: Int) -> Int? {
    guard shifted >= 0, shifted % stride == 0, shifted / stride < count else { return nil }
    return shifted / stride
  }
}

/// to[i] = source[from + i · step] inside 0 ..< limit, else 0; nil stands for a line of zeros.
///
/// Runs are short, a row of a small image, so where memory allows they are copied in whole vectors: what is written
/// beyond `count` belongs to runs that are written later, as long as it stays before `toEnd`; what is read beyond
/// `limit` must stay before `sourceEnd`.
@inline(__always)
func copyRun(
  _ source: UnsafePointer<Float>?,
  sourceEnd: UnsafePointer<Float>,
  from: Int,
  step: Int,
  limit: Int,
  into to: UnsafeMutablePointer<Float>,
  toEnd: UnsafeMutablePointer<Float>,
  count: Int
) {
  let hasRoom = to + (count &+ 16) <= toEnd
  guard let source else {
    return fillRun(to, from: 0, to: count, hasRoom)
  }
  guard step == 1 else {
    for i in 0..<count {
      let column = from &+ i &* step
      to[i] = column >= 0 && column < limit ? source[column] : 0
    }
    return
  }
  let low = min(count, max(0, 0 &- from))
  let high = max(low, min(count, limit &- from))
  fillRun(to, from: 0, to: low, hasRoom)
  var i = low
  if hasRoom, source + (from &+ high &+ 16) <= sourceEnd {
    while i < high {
      store(load(source + (from &+ i)), to + i)
      i &+= 16
    }
  } else {
    while i < high {
      to[i] = source[from &+ i]
      i &+= 1
    }
  }
  fillRun(to, from: high, to: count, hasRoom)
}

/// Zeros from `from` up to `to`; whole vectors where there is room behind.
@inline(__always)
private func fillRun(
  _ x: UnsafeMutablePointer<Float>,
  from: Int,
  to end: Int,
  _ hasRoom: Bool
) {
  var i = from
  while i < end {
    if hasRoom {
      store(Lanes.zero, x + i)
      i &+= 16
    } else {
      x[i] = 0
      i &+= 1
    }
  }
}

/// The kernels with input and output channels exchanged: element (channel, (output channel, kernel element)).
private struct ExchangedKernels: PanelSource {
  let weights: UnsafePointer<Float>
  let shape: ConvolutionShape

  func pack(
    into panel: UnsafeMutablePointer<Float>,
    width: Int,
    start: Int,
    valid: Int,
    depthStart: Int,
    depth: Int
  ) {
    let area = shape.kernelArea
    for offset in 0..<depth {
      let k = depthStart &+ offset
      let line = panel + offset &* width
      let source = weights + (k / area &* shape.windowCount &+ k % area)
      for i in 0..<valid { line[i] = source[(start &+ i) &* area] }
      for i in valid..<max(valid, width) { line[i] = 0 }
    }
  }
}
