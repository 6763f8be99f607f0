// SPDX-License-Identifier: Apache-2.0

/// A source of windows that can move to another image of the batch.
protocol WindowSource: PanelSource {
  func at(image: Int) -> Self
}

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
