// SPDX-License-Identifier: Apache-2.0

/// The gradient of the input: the forward pass walked backwards.
///
/// A product over the output channels gives what each (channel, kernel column) adds to its plane (`PlaneLayout`), from the
/// kernel row's place on, as the forward pass reads it; at last the planes of the kernel columns are added up, moved by a
/// column each. Nothing is multiplied by a padding's or a stride's zeros, as in a product with the windows that reach an
/// input pixel; that is worth most where images are small.
struct InputGradient {
  let weights: UnsafePointer<Float>
  let layout: PlaneLayout
  let target: UnsafeMutablePointer<Float>
  let accumulating: Bool
  // Places in scratch memory.
  private let packed: Int
  private let masks: Int
  private let planes: Int
  private let panel: Int

  init(
    weights: UnsafePointer<Float>,
    layout: PlaneLayout,
    target: UnsafeMutablePointer<Float>,
    accumulating: Bool,
    shared: inout ScratchLayout,
    own: inout ScratchLayout
  ) {
    self.weights = weights
    self.layout = layout
    self.target = target
    self.accumulating = accumulating
    let s = layout.shape
    let packedRows = roundUp(s.channels &* s.kernelWidth, to: tileRows)
    packed = shared.place(s.kernelHeight &* packedRows &* s.outputChannels)
    masks = shared.place(
      roundUp(s.width, to: 16) &* roundUp(s.kernelWidth, to: columnsAtOnce)
    )
    planes = own.place(layout.count) &+ layout.slack
    panel = own.place(s.outputChannels &* tileColumns)
  }

  private var shape: ConvolutionShape { layout.shape }
  /// Lanes in which the kernel columns are added up.
  private var foldWidth: Int { shape.width >= 16 ? 16 : 8 }
  /// Rows of the product for one kernel row: (channel, kernel column).
  private var rows: Int { shape.channels &* shape.kernelWidth }
  private var packedRows: Int { roundUp(rows, to: tileRows) }

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
    writeMasks(scratch)
  }

  func add(
    _ slopes: SlopeStrip,
    _ scratch: UnsafeMutablePointer<Float>,
    _ own: UnsafeMutablePointer<Float>
  ) {
    let planes = own + planes
    carry(planes, isFirst: slopes.strip.isFirst)
    multiply(slopes, scratch + packed, planes, own + panel)
    fold(planes, slopes.strip, scratch)
  }

  /// What the last strip added to rows of this one comes first.
  private func carry(_ planes: UnsafeMutablePointer<Float>, isFirst: Bool) {
    let count = layout.overlap &* shape.outputWidth
    for plane in 0..<rows &* layout.phases {
      let start = planes + plane &* layout.planeStride
      if isFirst {
        fill(start, 0, count)
      } else {
        mapLanes(start + layout.stripPixels, start, count) { $0 }
      }
    }
  }

  /// Each tile of pixels adds to its planes, the last kernel row first: there no other pixel has been before.
  private func multiply(
    _ slopes: SlopeStrip,
    _ packed: UnsafePointer<Float>,
    _ planes: UnsafeMutablePointer<Float>,
    _ panel: UnsafeMutablePointer<Float>
  ) {
    let s = shape
    let pixels = slopes.strip.pixels
    var pixel = 0
    while pixel < pixels {
      let width = tileSpan(pixels &- pixel)
      let columns = columns(slopes, pixel, width, panel)
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

  /// The slopes where they lie, unless whole vectors could reach beyond the end of memory.
  @inline(__always)
  private func columns(
    _ slopes: SlopeStrip,
    _ pixel: Int,
    _ width: Int,
    _ panel: UnsafeMutablePointer<Float>
  ) -> SteadyColumns {
    if width % vectorWidth == 0 {
      return SteadyColumns(slopes.values + pixel, stride: slopes.stride)
    }
    let wide = roundUp(width, to: vectorWidth)
    for o in 0..<shape.outputChannels {
      copyPadded(slopes.values + (o &* slopes.stride &+ pixel), panel + o &* wide, width, wide)
    }
    return SteadyColumns(panel, stride: wide)
  }

  // MARK: - Adding up the kernel columns

  /// Adds up the planes of the kernel columns for the input rows that are finished.
  private func fold(
    _ planes: UnsafePointer<Float>,
    _ strip: OutputStrip,
    _ scratch: UnsafePointer<Float>
  ) {
    let s = shape
    let low = max(0, strip.firstRow &* s.strideHeight &- s.paddingHeight)
    let end = (strip.firstRow &+ strip.rowCount) &* s.strideHeight &- s.paddingHeight
    let high = strip.isLast ? s.height : min(s.height, end)
    if low >= high { return }
    if s.strideHeight == 1, s.strideWidth == 1, s.width >= 8, !accumulating {
      if foldWidth == 16 {
        foldVectors(SIMD16<Float>.self, planes, strip, low, high, scratch)
      } else {
        foldVectors(SIMD8<Float>.self, planes, strip, low, high, scratch)
      }
    } else {
      foldSingly(planes, strip, low, high)
    }
  }

  private func foldSingly(
    _ planes: UnsafePointer<Float>,
    _ strip: OutputStrip,
    _ low: Int,
    _ high: Int
  ) {
    let s = shape
    for channel in 0..<s.channels {
      let image = target + (strip.image &* s.channels &+ channel) &* s.pixels
      for row in low..<high {
        let padded = row &+ s.paddingHeight
        let phase = padded % s.strideHeight
        let planeRow = padded / s.strideHeight &- strip.firstRow
        let line = image + row &* s.width
        if !accumulating { fill(line, 0, s.width) }
        // Rows below the last window get nothing. Behind the last strip a plane goes on for as many rows as its kernel
        // rows reach; further rows of its memory were never written.
        let reach = strip.isLast ? layout.overlap(ofPhase: phase) : 0
        guard phase < layout.phases, planeRow < strip.rowCount &+ reach else { continue }
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

  /// The same without a stride, a vector of a column of rows at a time; the last vector of a row goes back over the one
  /// before. Where a kernel column does not meet the input pixel a mask leaves zero.
  private func foldVectors<V: MaskedVector>(
    _ type: V.Type,
    _ planes: UnsafePointer<Float>,
    _ strip: OutputStrip,
    _ low: Int,
    _ high: Int,
    _ scratch: UnsafePointer<Float>
  ) {
    let s = shape
    let shift = s.paddingHeight &- strip.firstRow
    let planeRows = strip.rowCount &+ (strip.isLast ? layout.overlap : 0)
    let count = max(0, min(high, planeRows &- shift) &- low)
    for channel in 0..<s.channels {
      let image = target + (strip.image &* s.channels &+ channel) &* s.pixels
      fill(image + (low &+ count) &* s.width, 0, (high &- low &- count) &* s.width)
      var masks = UnsafeRawPointer(scratch + masks)
      var place = 0
      while place < s.width {
        let start = min(place, s.width &- V.scalarCount)
        var column = 0
        while column < s.kernelWidth {
          let plane = (channel &* s.kernelWidth &+ column) &* layout.planeStride
          let from = plane &+ (low &+ shift) &* s.outputWidth &+ start &+ s.paddingWidth &- column
          let line = image + (low &* s.width &+ start)
          addColumns(
            V.self,
            planes + from,
            min(columnsAtOnce, s.kernelWidth &- column),
            masks,
            into: line,
            count,
            isFirst: column == 0
          )
          masks += columnsAtOnce &* V.scalarCount &* 4
          column &+= columnsAtOnce
        }
        place &+= V.scalarCount
      }
    }
  }

  /// line[0] = (line[0] unless `isFirst`) + up to three planes, for `count` rows.
  @inline(__always)
  private func addColumns<V: MaskedVector>(
    _ type: V.Type,
    _ planes: UnsafePointer<Float>,
    _ columns: Int,
    _ masks: UnsafeRawPointer,
    into line: UnsafeMutablePointer<Float>,
    _ count: Int,
    isFirst: Bool
  ) {
    let mask0 = masks.loadUnaligned(as: V.Bits.self)
    let mask1 = masks.loadUnaligned(fromByteOffset: V.scalarCount &* 4, as: V.Bits.self)
    let mask2 = masks.loadUnaligned(fromByteOffset: V.scalarCount &* 8, as: V.Bits.self)
    var from0 = planes
    var from1 = columns > 1 ? planes + (layout.planeStride &- 1) : planes
    var from2 = columns > 2 ? planes + 2 &* (layout.planeStride &- 1) : planes
    var line = line
    for _ in 0..<count {
      let target = UnsafeMutableRawPointer(line)
      var sum = isFirst ? V.zero : target.loadUnaligned(as: V.self)
      sum += V(from0, mask0)
      sum += V(from1, mask1)
      sum += V(from2, mask2)
      target.storeBytes(of: sum, as: V.self)
      from0 += shape.outputWidth
      from1 += shape.outputWidth
      from2 += shape.outputWidth
      line += shape.width
    }
  }

  /// For each vector of an input row and each kernel column, in threes: all ones where the column meets the pixel.
  private func writeMasks(_ scratch: UnsafeMutablePointer<Float>) {
    let s = shape
    var next = UnsafeMutableRawPointer(scratch + masks)
    var place = 0
    while place < s.width {
      let start = min(place, max(0, s.width &- foldWidth))
      for column in 0..<roundUp(s.kernelWidth, to: columnsAtOnce) {
        for lane in 0..<foldWidth {
          let j = start &+ lane &+ s.paddingWidth &- column
          let meets = column < s.kernelWidth && j >= 0 && j < s.outputWidth
          next.storeBytes(of: meets ? UInt32.max : 0, as: UInt32.self)
          next += 4
        }
      }
      place &+= foldWidth
    }
  }
}

/// Planes that are added in one go.
private let columnsAtOnce = 3

/// A vector with a mask of its size.
private protocol MaskedVector: SIMD where Scalar == Float {
  associatedtype Bits: SIMD & BitwiseCopyable where Bits.Scalar == UInt32
  /// The values at `p` where the mask has ones, else 0.
  init(_ p: UnsafePointer<Float>, _ mask: Bits)
}

extension SIMD8<Float>: MaskedVector {
  @inline(__always)
  fileprivate init(_ p: UnsafePointer<Float>, _ mask: SIMD8<UInt32>) {
    let bits = UnsafeRawPointer(p).loadUnaligned(as: SIMD8<UInt32>.self)
    self = unsafeBitCast(bits & mask, to: Self.self)
  }
}

extension SIMD16<Float>: MaskedVector {
  @inline(__always)
  fileprivate init(_ p: UnsafePointer<Float>, _ mask: SIMD16<UInt32>) {
    let bits = UnsafeRawPointer(p).loadUnaligned(as: SIMD16<UInt32>.self)
    self = unsafeBitCast(bits & mask, to: Self.self)
  }
}
