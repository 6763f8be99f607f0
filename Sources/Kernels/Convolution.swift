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
    windows: ForwardWindows(image: x, shape: s),
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
  convolveWindows(
    weights: ExchangedKernels(weights: weights, shape: s),
    windows: BackwardWindows(gradient: dy, shape: s),
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

/// Element (pixel of the output, (channel, kernel row, kernel column)): what the window at that pixel sees.
struct ForwardWindows: WindowSource {
  let image: UnsafePointer<Float>
  let shape: ConvolutionShape

  func at(image index: Int) -> Self {
    Self(image: image + index &* shape.channels &* shape.pixels, shape: shape)
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
    var k = depthStart
    for offset in 0..<depth {
      let channel = k / s.kernelArea
      let row = k % s.kernelArea / s.kernelWidth
      let column = k % s.kernelWidth
      let plane = image + channel &* s.pixels
      let line = panel + offset &* width
      var done = 0
      var outputRow = start / s.outputWidth
      var outputColumn = start % s.outputWidth
      while done < valid {
        let run = min(valid &- done, s.outputWidth &- outputColumn)
        let inputRow = outputRow &* s.strideHeight &+ row &- s.paddingHeight
        copyRun(
          inputRow >= 0 && inputRow < s.height ? plane + inputRow &* s.width : nil,
          from: outputColumn &* s.strideWidth &+ column &- s.paddingWidth,
          step: s.strideWidth,
          limit: s.width,
          into: line + done,
          count: run
        )
        done &+= run
        outputRow &+= 1
        outputColumn = 0
      }
      for i in valid..<max(valid, width) { line[i] = 0 }
      k &+= 1
    }
  }
}

/// Element (pixel of the input, (output channel, kernel row, kernel column)): the output gradient that this kernel
/// element carried from that pixel, 0 where there is none.
struct BackwardWindows: WindowSource {
  let gradient: UnsafePointer<Float>
  let shape: ConvolutionShape

  func at(image index: Int) -> Self {
    Self(gradient: gradient + index &* shape.outputChannels &* shape.outputPixels, shape: shape)
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
    var k = depthStart
    for offset in 0..<depth {
      let channel = k / s.kernelArea
      let row = k % s.kernelArea / s.kernelWidth
      let column = k % s.kernelWidth
      let plane = gradient + channel &* s.outputPixels
      let line = panel + offset &* width
      var done = 0
      var inputRow = start / s.width
      var inputColumn = start % s.width
      while done < valid {
        let run = min(valid &- done, s.width &- inputColumn)
        let shifted = inputRow &+ s.paddingHeight &- row
        let outputRow = shifted / s.strideHeight
        let hit = shifted >= 0 && shifted % s.strideHeight == 0 && outputRow < s.outputHeight
        let source = hit ? plane + outputRow &* s.outputWidth : nil
        let from = inputColumn &+ s.paddingWidth &- column
        if s.strideWidth == 1 {
          copyRun(source, from: from, step: 1, limit: s.outputWidth, into: line + done, count: run)
        } else {
          spreadRun(source, from: from, into: line + done, count: run)
        }
        done &+= run
        inputRow &+= 1
        inputColumn = 0
      }
      for i in valid..<max(valid, width) { line[i] = 0 }
      k &+= 1
    }
  }

  /// to[i] = source[(from + i) / stride] where that is a whole output column, else 0.
  private func spreadRun(
    _ source: UnsafePointer<Float>?,
    from: Int,
    into to: UnsafeMutablePointer<Float>,
    count: Int
  ) {
    for i in 0..<count {
      let shifted = from &+ i
      let column = shifted / shape.strideWidth
      let hit = shifted >= 0 && shifted % shape.strideWidth == 0 && column < shape.outputWidth
      to[i] = if hit, let source { source[column] } else { 0 }
    }
  }
}

/// to[i] = source[from + i · step] inside 0 ..< limit, else 0; nil stands for a line of zeros.
@inline(__always)
func copyRun(
  _ source: UnsafePointer<Float>?,
  from: Int,
  step: Int,
  limit: Int,
  into to: UnsafeMutablePointer<Float>,
  count: Int
) {
  guard let source else {
    for i in 0..<count { to[i] = 0 }
    return
  }
  if step == 1 {
    let low = min(count, max(0, 0 &- from))
    let high = max(low, min(count, limit &- from))
    for i in 0..<low { to[i] = 0 }
    var i = low
    while i &+ 16 <= high {
      store(load(source + (from &+ i)), to + i)
      i &+= 16
    }
    while i < high {
      to[i] = source[from &+ i]
      i &+= 1
    }
    for i in high..<count { to[i] = 0 }
  } else {
    for i in 0..<count {
      let column = from &+ i &* step
      to[i] = column >= 0 && column < limit ? source[column] : 0
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
