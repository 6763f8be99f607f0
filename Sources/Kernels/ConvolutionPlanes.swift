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

  /// Strips as high as about half a second-level cache allows, all of nearly the same height.
  init(_ s: ConvolutionShape) {
    shape = s
    phases = min(s.strideHeight, s.kernelHeight)
    overlap = (s.kernelHeight &- 1) / s.strideHeight
    let rowFloats = s.channels &* s.kernelWidth &* phases &* s.outputWidth
    let most = max(1, planeBudget / rowFloats &- overlap)
    let height = s.outputHeight
    strips = (height &+ most &- 1) / most
    stripRows = (height &+ strips &- 1) / strips
    planeStride = (stripRows &+ overlap) &* s.outputWidth
  }

  /// Floats that whole vectors may touch before the first plane and behind the last.
  var slack: Int { roundUp(shape.kernelWidth &+ shape.paddingWidth, to: 16) &+ 16 }
  /// Floats of all planes, slack included.
  var count: Int {
    roundUp(shape.channels &* shape.kernelWidth &* phases &* planeStride, to: 16) &+ 2 &* slack
  }

  /// The output rows of a strip.
  @inline(__always)
  func outputRows(_ strip: Int) -> (first: Int, count: Int) {
    let first = strip &* stripRows
    return (first, max(0, min(stripRows, shape.outputHeight &- first)))
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

  /// Fills the planes of a strip from one image; nothing is read at `end` or behind.
  func fill(
    _ planes: UnsafeMutablePointer<Float>,
    from image: UnsafePointer<Float>,
    end: UnsafePointer<Float>,
    firstRow: Int,
    rowCount: Int
  ) {
    let s = shape
    for channel in 0..<s.channels {
      for column in 0..<s.kernelWidth {
        let (low, high) = meeting(column)
        let from = channel &* s.pixels &+ low &* s.strideWidth &+ column &- s.paddingWidth
        for phase in 0..<phases {
          let plane = (channel &* s.kernelWidth &+ column) &* phases &+ phase
          var line = planes + plane &* planeStride
          var row = firstRow &* s.strideHeight &+ phase &- s.paddingHeight
          for _ in 0..<rowCount &+ overlap {
            if row >= 0 && row < s.height {
              zeros(line, low)
              copy(image + (from &+ row &* s.width), line + low, high &- low, end)
              zeros(line + high, s.outputWidth &- high)
            } else {
              zeros(line, s.outputWidth)
            }
            line += s.outputWidth
            row &+= s.strideHeight
          }
        }
      }
    }
  }

  /// Whole vectors: what is written beyond the run is written again later, or slack.
  @inline(__always)
  private func zeros(_ to: UnsafeMutablePointer<Float>, _ count: Int) {
    var i = 0
    while i < count {
      storeVector(Vector.zero, to + i)
      i &+= vectorWidth
    }
  }

  @inline(__always)
  private func copy(
    _ from: UnsafePointer<Float>,
    _ to: UnsafeMutablePointer<Float>,
    _ count: Int,
    _ end: UnsafePointer<Float>
  ) {
    var i = 0
    if shape.strideWidth == 1 {
      if from + (count &+ vectorWidth) <= end {
        while i < count {
          storeVector(loadVector(from + i), to + i)
          i &+= vectorWidth
        }
      } else {
        while i < count {
          to[i] = from[i]
          i &+= 1
        }
      }
    } else {
      while i < count {
        to[i] = from[i &* shape.strideWidth]
        i &+= 1
      }
    }
  }
}

/// Floats of planes that are at hand at a time, a constant of all CPUs: it decides where sums over pixels are cut.
private let planeBudget = 72 << 10
