// SPDX-License-Identifier: Apache-2.0

// An image as its convolution sees it: one copy for each kernel column, cut to the columns that the kernel column meets.
//
// In such a plane the rows of windows lie end to end without a gap, so what a kernel element sees is the plane of its
// column, read on from its row: one unbroken run over all output pixels. That is a row of the unrolled image of
// Chellapilla, Puri & Simard (2006), at a copy per kernel column instead of one per kernel element (Cho & Brand, "MEC:
// memory-efficient convolution", 2017), and tiles may run across the ends of image rows. Zeros of the padding are part of
// the planes. With a stride, rows that the same kernel row can meet form a plane, so that this holds for all strides.

/// Where the planes of a strip of output rows lie.
struct PlaneLayout {
  let shape: ConvolutionShape
  /// Output rows that are wanted, from the first one.
  let outputRows: Int
  /// Output rows of a strip; the last one may have fewer.
  let stripRows: Int
  /// Strips of an image.
  let strips: Int
  /// Planes for each channel and kernel column: the residues of row numbers modulo the stride that kernel rows have.
  let phases: Int
  /// Rows of a plane beyond the strip's: those that the next strip sees too.
  let overlap: Int
  /// Floats from plane to plane.
  let planeStride: Int

  /// Strips as high as about half a second-level cache allows for them and their results, all of nearly the same height,
  /// a multiple of `rowStep`; output rows that fill no such multiple are left out.
  init(_ s: ConvolutionShape, rowStep: Int) {
    shape = s
    phases = min(s.strideHeight, s.kernelHeight)
    overlap = (s.kernelHeight &- 1) / s.strideHeight
    let planeRow = s.channels &* s.kernelWidth &* phases &* s.outputWidth
    let rowFloats = planeRow &+ s.outputChannels &* s.outputWidth
    let steps = s.outputHeight / rowStep
    let fitting = max(1, (stripBudget &- overlap &* planeRow) / rowFloats / rowStep)
    let least = max(1, (steps &+ fitting &- 1) / fitting)
    let stripSteps = max(1, (steps &+ least &- 1) / least)
    strips = max(1, (steps &+ stripSteps &- 1) / stripSteps)
    stripRows = stripSteps &* rowStep
    outputRows = steps &* rowStep
    planeStride = (stripRows &+ overlap) &* s.outputWidth
  }

  /// Rows beyond the strip's that the kernel rows of one phase reach: one fewer than `overlap` for phases behind the last
  /// kernel row's.
  func overlap(ofPhase phase: Int) -> Int {
    (shape.kernelHeight &- 1 &- phase) / shape.strideHeight
  }

  /// Strip number `index` of a batch.
  func strip(_ index: Int) -> OutputStrip {
    let firstRow = index % strips &* stripRows
    let rowCount = min(stripRows, outputRows &- firstRow)
    return OutputStrip(
      shape: shape,
      image: index / strips,
      firstRow: firstRow,
      rowCount: rowCount,
      isLast: firstRow &+ rowCount == outputRows,
      wholePixels: stripPixels
    )
  }

  /// Output pixels of a whole strip.
  var stripPixels: Int { stripRows &* shape.outputWidth }
  /// Floats that whole vectors may touch before the first plane and behind the last.
  var slack: Int { roundUp(shape.kernelWidth &+ shape.paddingWidth, to: 16) &+ 16 }
  /// Floats of all planes, slack included.
  var count: Int {
    roundUp(shape.channels &* shape.kernelWidth &* phases &* planeStride, to: 16) &+ 2 &* slack
  }

  /// Where a kernel element finds what it sees at the strip's first output pixel.
  @inline(__always)
  func place(channel: Int, row: Int, column: Int) -> Int {
    let plane = (channel &* shape.kernelWidth &+ column) &* phases &+ row % shape.strideHeight
    return plane &* planeStride &+ row / shape.strideHeight &* shape.outputWidth
  }

  /// Writes the places of all kernel elements in the order (channel, kernel row, kernel column).
  func writePlaces(_ places: UnsafeMutablePointer<Int>) {
    var next = places
    for channel in 0..<shape.channels {
      for row in 0..<shape.kernelHeight {
        for column in 0..<shape.kernelWidth {
          next.pointee = place(channel: channel, row: row, column: column)
          next += 1
        }
      }
    }
  }

  /// The output columns whose windows meet the image with kernel column `column`.
  @inline(__always)
  func meeting(_ column: Int) -> (low: Int, high: Int) {
    let (step, shift) = (shape.strideWidth, column &- shape.paddingWidth)
    let low = min(shape.outputWidth, max(0, step &- 1 &- shift) / step)
    let high = min(shape.outputWidth, max(0, shape.width &- shift &+ step &- 1) / step)
    return (low, max(low, high))
  }

  /// Fills the planes of a strip from a batch of images; nothing is read at `end` or behind.
  func fill(
    _ planes: UnsafeMutablePointer<Float>,
    from batch: UnsafePointer<Float>,
    end: UnsafePointer<Float>,
    _ strip: OutputStrip
  ) {
    let s = shape
    let image = batch + strip.image &* s.channels &* s.pixels
    let rows = strip.rowCount &+ overlap
    for channel in 0..<s.channels {
      for column in 0..<s.kernelWidth {
        let (low, high) = meeting(column)
        let from = channel &* s.pixels &+ low &* s.strideWidth &+ column &- s.paddingWidth
        for phase in 0..<phases {
          let plane = (channel &* s.kernelWidth &+ column) &* phases &+ phase
          let to = planes + plane &* planeStride
          // Rows of the padding above and below the image.
          let row = strip.firstRow &* s.strideHeight &+ phase &- s.paddingHeight
          let above = min(rows, max(0, s.strideHeight &- 1 &- row) / s.strideHeight)
          let inside = max(0, s.height &- row &+ s.strideHeight &- 1) / s.strideHeight
          let below = max(above, min(rows, inside))
          zeros(to, above &* s.outputWidth)
          copyRows(
            image + (from &+ (row &+ above &* s.strideHeight) &* s.width),
            to + above &* s.outputWidth,
            rows: below &- above,
            low: low,
            high: high,
            end
          )
          zeros(to + below &* s.outputWidth, (rows &- below) &* s.outputWidth)
        }
      }
    }
  }

  /// Whole vectors: what is written beyond a run is written again later, or slack.
  @inline(__always)
  private func zeros(_ to: UnsafeMutablePointer<Float>, _ count: Int) {
    var i = 0
    while i < count {
      storeVector(Vector.zero, to + i)
      i &+= vectorWidth
    }
  }

  /// Rows of a plane: zeros below `low`, the image's values below `high`, zeros to the end.
  @inline(__always)
  private func copyRows(
    _ from: UnsafePointer<Float>,
    _ to: UnsafeMutablePointer<Float>,
    rows: Int,
    low: Int,
    high: Int,
    _ end: UnsafePointer<Float>
  ) {
    let s = shape
    let distance = s.strideHeight &* s.width
    let count = high &- low
    var (from, to) = (from, to)
    let wide = s.strideWidth &* roundUp(count, to: 16)
    let isSafe = from + ((rows &- 1) &* distance &+ wide) <= end
    let isWhole = low == 0 && high == s.outputWidth
    for _ in 0..<rows {
      if low > 0 { zeros(to, low) }
      switch isSafe ? s.strideWidth : 0 {
      case 1:
        var i = 0
        while i < count {
          storeVector(loadVector(from + i), to + (low &+ i))
          i &+= vectorWidth
        }
      case 2:
        var i = 0
        while i < count {
          store(loadEverySecond(from + 2 &* i), to + (low &+ i))
          i &+= 16
        }
      default: for i in 0..<count { to[low &+ i] = from[i &* s.strideWidth] }
      }
      if !isWhole { zeros(to + high, s.outputWidth &- high) }
      from += distance
      to += s.outputWidth
    }
  }
}

/// Floats of planes and results that are at hand at a time, a constant of all CPUs: it decides where sums over pixels are
/// cut.
private let stripBudget = 88 << 10
