// SPDX-License-Identifier: Apache-2.0

// Both gradients of a convolution by tiles: every step of the forward pass is linear, so they are its transposed steps in
// reverse order, with the 16 products transposed.

/// The gradients of `convolutionGradients` where `WinogradLayout` takes them.
///
/// The kernels' gradient is a sum over tiles: one FMA chain over a unit's tiles, units added in order within a group of
/// images, then the groups in order. The input's is one FMA chain over the output channels for each element of a tile.
func convolutionGradients(
  _ x: UnsafePointer<Float>,
  weights: UnsafePointer<Float>,
  output: ConvolutionOutput,
  gradient dy: UnsafeMutablePointer<Float>,
  kernels: KernelGradientTarget?,
  input: InputGradientTarget?,
  _ layout: WinogradLayout,
  context: KernelContext
) {
  let s = layout.shape
  let groups = ImageGroups(batch: s.batch, sums: layout.kernelFloats)
  var shared = ScratchLayout()
  var own = ScratchLayout()
  let transformed =
    input == nil
    ? nil
    : WinogradKernels(layout, weights, isTransposed: true, shared: &shared, own: &own)
  let places = TileGradientPlaces(
    sums: shared.place(kernels == nil ? 0 : groups.count &* layout.kernelFloats),
    biasSums: shared.place(kernels == nil ? 0 : groups.count &* layout.outputs),
    patch: own.place(kernels == nil ? 0 : layout.patchFloats),
    inputPatch: own.place(input == nil ? 0 : layout.patchFloats),
    inputs: own.place(layout.transformedFloats(layout.channels)),
    products: own.place(layout.transformedFloats(layout.outputs)),
    pixels: own.place(layout.unitPixels &* layout.outputs),
    strip: own.place(output.stripFloats(s, pixels: layout.unitPixels))
  )
  let scratch = context.scratch(shared.count &+ context.pool.threadCount &* own.count)
  let memory = OwnMemory(scratch + shared.count, own.count, context.pool.threadCount)
  transformed?.begin(shared: scratch, memory)
  let task = TileGradientTask(
    x: x,
    output: output,
    gradient: dy,
    layout: layout,
    groups: groups,
    needsKernels: kernels != nil,
    input: input,
    kernels: transformed,
    shared: scratch,
    own: memory,
    places: places
  )
  context.pool.run(groups.count, task)
  if let kernels {
    let sum = TileSumTask(
      layout: layout,
      groups: groups.count,
      sums: scratch + places.sums,
      target: kernels
    )
    context.pool.run(s.channels, sum)
    if let bias = kernels.bias {
      sum.addBiases(scratch + places.biasSums, to: bias)
    }
  }
}

extension WinogradLayout {
  /// 16 matrices [output channel, channel] from those the other way round.
  func transposeKernels(
    _ matrices: UnsafePointer<Float>,
    into transposed: UnsafeMutablePointer<Float>
  ) {
    for e in 0..<Self.elements {
      let plane = e &* channels &* outputs
      transpose(
        matrices + plane,
        outputs,
        into: transposed + plane,
        channels,
        rows: channels,
        columns: outputs
      )
    }
  }
}

/// Places in shared scratch memory, then in a thread's own.
private struct TileGradientPlaces {
  let sums: Int
  let biasSums: Int
  let patch: Int
  let inputPatch: Int
  let inputs: Int
  let products: Int
  let pixels: Int
  let strip: Int
}

/// The gradients of one group of images.
private struct TileGradientTask: ParallelTask {
  let x: UnsafePointer<Float>
  let output: ConvolutionOutput
  let gradient: UnsafeMutablePointer<Float>
  let layout: WinogradLayout
  let groups: ImageGroups
  let needsKernels: Bool
  let input: InputGradientTarget?
  let kernels: WinogradKernels?
  let shared: UnsafeMutablePointer<Float>
  let own: OwnMemory
  let places: TileGradientPlaces

  func run(_ index: Int, thread: Int) {
    let own = own[thread]
    let images = groups.images(index)
    let end = images.upperBound &* layout.tilesDown
    var first = images.lowerBound &* layout.tilesDown
    if needsKernels {
      fill(shared + (places.biasSums &+ index &* layout.outputs), 0, layout.outputs)
    }
    while first < end {
      let rows = first..<min(end, first &+ layout.rowsPerUnit)
      unit(
        rows,
        group: index,
        isFirst: rows.lowerBound == images.lowerBound &* layout.tilesDown,
        own
      )
      first = rows.upperBound
    }
  }

  private func unit(
    _ rows: Range<Int>,
    group: Int,
    isFirst: Bool,
    _ own: UnsafeMutablePointer<Float>
  ) {
    let (inputs, products) = (own + places.inputs, own + places.products)
    let tiles = rows.count &* layout.tilesAcross
    layout.eachSegment(rows) { segment in
      let (slopes, stride) = output.slopes(
        segment.strip,
        from: gradient,
        scratch: own + places.strip
      )
      let pixels = own + places.pixels
      if layout.shape.outputChannels < layout.outputs {
        fill(pixels, 0, segment.strip.pixels &* layout.outputs)
      }
      transpose(
        slopes,
        stride,
        into: pixels,
        layout.outputs,
        rows: layout.shape.outputChannels,
        columns: segment.strip.pixels
      )
      segment.transformSlopes(pixels, into: products)
      if needsKernels {
        segment.addBias(pixels, to: shared + (places.biasSums &+ group &* layout.outputs))
        segment.fill(own + places.patch, from: x)
        segment.transform(own + places.patch, into: inputs)
      }
    }
    if needsKernels {
      let sums = shared + (places.sums &+ group &* layout.kernelFloats)
      layout.multiplyAcrossTiles(inputs, products, addingTo: sums, tiles: tiles, isFirst: isFirst)
    }
    guard let input, let kernels else { return }
    layout.multiply(
      products,
      layout.outputs,
      kernels.matrices(shared: shared, own: own),
      into: inputs,
      layout.channels,
      tiles: tiles,
      depth: layout.shape.outputChannels
    )
    layout.eachSegment(rows) { segment in
      let patch = own + places.inputPatch
      segment.carry(patch, isFirst: segment.strip.isFirst)
      segment.addTiles(inputs, to: patch)
      let finished = 2 &* segment.tileRows &+ (segment.strip.isLast ? 2 : 0)
      segment.write(patch, rows: finished, to: input.values, accumulating: input.accumulating)
      segment.keep(patch)
    }
  }
}

extension WinogradLayout {
  /// sums_e [channel, output channel] += inputs_eᵀ · products_e over the tiles.
  fileprivate func multiplyAcrossTiles(
    _ inputs: UnsafePointer<Float>,
    _ products: UnsafePointer<Float>,
    addingTo sums: UnsafeMutablePointer<Float>,
    tiles: Int,
    isFirst: Bool
  ) {
    for e in 0..<Self.elements {
      let a = inputs + e &* tileCapacity &* channels
      let b = products + e &* tileCapacity &* outputs
      let c = sums + e &* channels &* outputs
      var o = 0
      while o < outputs {
        let width = tileSpan(outputs &- o)
        var channel = 0
        while channel < channels {
          multiplyTile(
            tiles,
            RowsSideBySide(a + channel, stride: channels),
            SteadyColumns(b + o, stride: outputs),
            c + (channel &* outputs &+ o),
            outputs,
            rows: tileRows,
            columns: width,
            start: isFirst ? .zero : .adding
          )
          channel &+= tileRows
        }
        o &+= width
      }
    }
  }
}

extension WinogradSegment {
  /// The transformed gradients of the outputs [pixel, output channel]; those that do not exist count as zero.
  fileprivate func transformSlopes(
    _ pixels: UnsafePointer<Float>,
    into products: UnsafeMutablePointer<Float>
  ) {
    let width = layout.shape.outputWidth
    eachTile { tile, row, column in
      let first = pixels + (2 &* row &* width &+ 2 &* column) &* layout.outputs
      let hasRight = 2 &* column &+ 1 < layout.outputColumns
      let hasBottom = 2 &* row &+ 1 < strip.rowCount
      var o = 0
      while o < layout.outputs {
        let place = first + o
        let right = hasRight ? loadVector(place + layout.outputs) : Vector.zero
        let below = place + width &* layout.outputs
        let bottom = hasBottom ? loadVector(below) : Vector.zero
        let corner = hasRight && hasBottom ? loadVector(below + layout.outputs) : Vector.zero
        transformOutputAdjoint(
          (loadVector(place), right, bottom, corner),
          layout.grid(products, layout.outputs, tile: tile, channel: o)
        )
        o &+= vectorWidth
      }
    }
  }

  /// Adds the gradients of all outputs, pixel by pixel.
  fileprivate func addBias(
    _ pixels: UnsafePointer<Float>,
    to sums: UnsafeMutablePointer<Float>
  ) {
    var o = 0
    while o < layout.outputs {
      var sum = loadVector(sums + o)
      for row in 0..<strip.rowCount {
        let line = pixels + (row &* layout.shape.outputWidth &* layout.outputs &+ o)
        for column in 0..<layout.outputColumns {
          sum += loadVector(line + column &* layout.outputs)
        }
      }
      storeVector(sum, sums + o)
      o &+= vectorWidth
    }
  }

  private var rowFloats: Int { layout.patchWidth &* layout.channels }

  /// Begins the patch with what the segment above added to its first two rows.
  fileprivate func carry(_ patch: UnsafeMutablePointer<Float>, isFirst: Bool) {
    let start = isFirst ? 0 : 2
    Kernels.fill(patch + start &* rowFloats, 0, (patchRows &- start) &* rowFloats)
  }

  /// Leaves the last two rows for the segment below.
  fileprivate func keep(_ patch: UnsafeMutablePointer<Float>) {
    if strip.isLast { return }
    copyLine(patch + (patchRows &- 2) &* rowFloats, patch, 2 &* rowFloats)
  }

  /// Adds what each tile's elements give to the pixels that it saw.
  fileprivate func addTiles(
    _ values: UnsafeMutablePointer<Float>,
    to patch: UnsafeMutablePointer<Float>
  ) {
    eachTile { tile, row, column in
      var c = 0
      while c < layout.channels {
        transformInputAdjoint(
          layout.grid(values, layout.channels, tile: tile, channel: c),
          addingTo: grid(patch, row: row, column: column, channel: c)
        )
        c &+= vectorWidth
      }
    }
  }
}

/// Adds the groups' sums in order and transforms them back, an input channel a piece.
private struct TileSumTask: ParallelTask {
  let layout: WinogradLayout
  let groups: Int
  let sums: UnsafeMutablePointer<Float>
  let target: KernelGradientTarget

  func run(_ index: Int, thread: Int) {
    let plane = layout.channels &* layout.outputs
    for e in 0..<WinogradLayout.elements {
      let line = sums + (e &* plane &+ index &* layout.outputs)
      for group in 1..<max(1, groups) {
        addLine(line, line + group &* layout.kernelFloats, layout.outputs)
      }
    }
    var kernel = KernelSpace()
    withUnsafeMutableBytes(of: &kernel) { bytes in
      guard let space = bytes.baseAddress?.assumingMemoryBound(to: Float.self) else { return }
      var o = 0
      while o < layout.outputs {
        let sum = VectorGrid(
          first: sums + (index &* layout.outputs &+ o),
          rowStride: 4 &* plane,
          columnStride: plane
        )
        transformKernelAdjoint(sum, VectorGrid(first: space, rowStride: 48, columnStride: 16))
        for lane in 0..<min(16, layout.shape.outputChannels &- o) {
          let to = target.weights + ((o &+ lane) &* layout.shape.windowCount &+ index &* 9)
          for k in 0..<9 { put(space[k &* 16 &+ lane], to + k) }
        }
        o &+= 16
      }
    }
  }

  func addBiases(_ biases: UnsafePointer<Float>, to bias: UnsafeMutablePointer<Float>) {
    for o in 0..<layout.shape.outputChannels {
      var sum = biases[o]
      for group in 1..<max(1, groups) { sum += biases[group &* layout.outputs &+ o] }
      put(sum, bias + o)
    }
  }

  @inline(__always)
  private func put(_ value: Float, _ place: UnsafeMutablePointer<Float>) {
    place.pointee = target.accumulating ? place.pointee + value : value
  }
}

/// Nine vectors.
private struct KernelSpace {
  var floats = (
    Lanes(), Lanes(), Lanes(), Lanes(), Lanes(), Lanes(), Lanes(), Lanes(), Lanes()
  )
}
