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
        width: panelWidth(min(tileColumns, count &- column)),
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
