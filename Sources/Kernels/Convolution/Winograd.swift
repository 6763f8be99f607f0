// SPDX-License-Identifier: Apache-2.0

// A convolution of 3 × 3 kernels by tiles of 2 × 2 outputs: 16 multiplications take the place of 36, those of a tile's
// elements with the transformed kernels' being 16 matrix products over the channels (Lavin & Gray 2016, §4.2). The sums
// run over channels alone, so they are shorter than those of the direct convolution, and the error of float32 is about
// the same; larger tiles save more and lose digits.

/// The transformed kernels of one call: of each thread's own if they are few, so that no core waits for what another one
/// wrote; else made once for all, or found ready.
struct WinogradKernels {
  private let transform: KernelTransform
  private let weights: UnsafePointer<Float>
  private let ready: UnsafePointer<Float>?
  private let isOwn: Bool

  /// 16 matrices [channel, output channel], or `isTransposed` [output channel, channel]; `ready` are what
  /// `transformKernels` wrote before, or nil.
  init(
    _ layout: WinogradLayout,
    _ weights: UnsafePointer<Float>,
    isTransposed: Bool,
    ready: UnsafePointer<Float>? = nil,
    shared: inout ScratchLayout,
    own: inout ScratchLayout
  ) {
    self.weights = weights
    self.ready = ready
    isOwn = layout.kernelFloats <= nearElements / 2
    var place = ready != nil ? ScratchLayout() : isOwn ? own : shared
    transform = KernelTransform(layout, isTransposed: isTransposed, &place)
    if ready != nil { return }
    if isOwn { own = place } else { shared = place }
  }

  /// Before the threads begin: makes the kernels of all, or takes note that no thread has any.
  func begin(shared: UnsafeMutablePointer<Float>, _ own: OwnMemory) {
    if ready != nil { return }
    if isOwn {
      for thread in 0..<own.threads { own[thread][transform.mark] = 0 }
    } else {
      transform.run(weights, in: shared)
    }
  }

  /// The matrices, zeros beside what exists; made by the calling thread if they are its own and not there yet.
  func matrices(
    shared: UnsafeMutablePointer<Float>,
    own: UnsafeMutablePointer<Float>
  ) -> UnsafePointer<Float> {
    if let ready { return ready }
    if isOwn && own[transform.mark] == 0 {
      transform.run(weights, in: own)
      own[transform.mark] = 1
    }
    return UnsafePointer((isOwn ? own : shared) + transform.result)
  }
}

/// How kernels are transformed, in places of scratch memory.
private struct KernelTransform {
  private let layout: WinogradLayout
  private let isTransposed: Bool
  private let values: Int
  /// Where the matrices stand at last.
  let result: Int
  private let panel: Int
  /// Room to note that they do.
  let mark: Int

  init(_ layout: WinogradLayout, isTransposed: Bool, _ place: inout ScratchLayout) {
    self.layout = layout
    self.isTransposed = isTransposed
    values = place.place(layout.kernelFloats)
    result = isTransposed ? place.place(layout.kernelFloats) : values
    panel = place.place(layout.shape.windowCount &* 16)
    mark = place.place(1)
  }

  func run(_ weights: UnsafePointer<Float>, in scratch: UnsafeMutablePointer<Float>) {
    layout.transformKernels(weights, into: scratch + values, panel: scratch + panel)
    if isTransposed {
      layout.transposeKernels(scratch + values, into: scratch + result)
    }
  }
}

extension WinogradLayout {
  /// 16 matrices [channel, output channel] of the kernels, zeros beside what exists; `panel` has room for 16 kernels.
  fileprivate func transformKernels(
    _ weights: UnsafePointer<Float>,
    into values: UnsafeMutablePointer<Float>,
    panel: UnsafeMutablePointer<Float>
  ) {
    let plane = channels &* outputs
    let source = StridedSource(base: weights, indexStride: shape.windowCount, depthStride: 1)
    if shape.channels < channels { fill(values, 0, kernelFloats) }
    var o = 0
    while o < outputs {
      // Sixteen output channels side by side.
      source.pack(
        into: panel,
        width: 16,
        start: o,
        valid: max(0, min(16, shape.outputChannels &- o)),
        depthStart: 0,
        depth: shape.windowCount
      )
      for c in 0..<shape.channels {
        transformKernel(
          VectorGrid(first: panel + c &* 9 &* 16, rowStride: 48, columnStride: 16),
          VectorGrid(
            first: values + (c &* outputs &+ o),
            rowStride: 4 &* plane,
            columnStride: plane
          )
        )
      }
      o &+= 16
    }
  }
}

/// The transformed kernels of convolutions that go by tiles, to be used by many calls of `convolve`.
package struct TransformedKernels {
  private let layout: WinogradLayout

  /// nil where a convolution of this shape with `pooling` behind it goes another way.
  package init?(_ shape: ConvolutionShape, _ pooling: Pooling?) {
    guard let layout = WinogradLayout(shape, pooling) else { return nil }
    self.layout = layout
  }

  /// Floats that they take; the same for images of all sizes.
  package var count: Int { layout.kernelFloats }

  /// Writes them to `memory`.
  package func make(
    _ weights: UnsafePointer<Float>,
    into memory: UnsafeMutablePointer<Float>,
    context: KernelContext
  ) {
    let panel = context.scratch(layout.shape.windowCount &* 16)
    layout.transformKernels(weights, into: memory, panel: panel)
  }
}

extension WinogradLayout {
  /// out_e [tile, columns] = in_e [tile, depth] · matrices_e [depth, columns] for all 16 elements e.
  func multiply(
    _ input: UnsafePointer<Float>,
    _ inputChannels: Int,
    _ matrices: UnsafePointer<Float>,
    into output: UnsafeMutablePointer<Float>,
    _ columns: Int,
    tiles: Int,
    depth: Int
  ) {
    for e in 0..<Self.elements {
      let a = input + e &* tileCapacity &* inputChannels
      let b = matrices + e &* inputChannels &* columns
      let c = output + e &* tileCapacity &* columns
      var column = 0
      while column < columns {
        let width = tileSpan(columns &- column)
        var tile = 0
        // Tiles behind the last one have room, and nobody looks at them.
        while tile < tiles {
          multiplyTile(
            depth,
            RowsInPlace(a + tile &* inputChannels, stride: inputChannels),
            SteadyColumns(b + column, stride: columns),
            c + (tile &* columns &+ column),
            columns,
            rows: tileRows,
            columns: width,
            start: .zero
          )
          tile &+= tileRows
        }
        column &+= width
      }
    }
  }
}

extension WinogradSegment {
  /// The transformed tiles of a patch.
  func transform(_ patch: UnsafeMutablePointer<Float>, into values: UnsafeMutablePointer<Float>) {
    eachTile { tile, row, column in
      var c = 0
      while c < layout.channels {
        transformInput(
          grid(patch, row: row, column: column, channel: c),
          layout.grid(values, layout.channels, tile: tile, channel: c)
        )
        c &+= vectorWidth
      }
    }
  }

  /// The outputs of a segment's tiles, [pixel, output channel], after bias and ReLU.
  fileprivate func transformBack(
    _ products: UnsafeMutablePointer<Float>,
    into pixels: UnsafeMutablePointer<Float>,
    bias: UnsafePointer<Float>?,
    rectifies: Bool
  ) {
    let width = layout.shape.outputWidth
    eachTile { tile, row, column in
      let first = pixels + (2 &* row &* width &+ 2 &* column) &* layout.outputs
      let hasRight = 2 &* column &+ 1 < width
      let hasBottom = 2 &* row &+ 1 < strip.rowCount
      var o = 0
      while o < layout.outputs {
        let y = transformOutput(layout.grid(products, layout.outputs, tile: tile, channel: o))
        let added = bias.map { loadVector($0 + o) } ?? Vector.zero
        let place = first + o
        store(y.0 + added, place, rectifies)
        if hasRight { store(y.1 + added, place + layout.outputs, rectifies) }
        if hasBottom { store(y.2 + added, place + width &* layout.outputs, rectifies) }
        if hasRight, hasBottom {
          store(y.3 + added, place + (width &+ 1) &* layout.outputs, rectifies)
        }
        o &+= vectorWidth
      }
    }
  }

  @inline(__always)
  private func store(_ value: Vector, _ place: UnsafeMutablePointer<Float>, _ rectifies: Bool) {
    storeVector(rectifies ? value.replacing(with: Vector.zero, where: value .<= 0) : value, place)
  }
}

/// The convolution of `convolve` where `WinogradLayout` takes it.
func convolveTiles(
  _ x: UnsafePointer<Float>,
  weights: UnsafePointer<Float>,
  transformed: UnsafePointer<Float>?,
  bias: UnsafePointer<Float>?,
  into output: ConvolutionOutput,
  _ layout: WinogradLayout,
  context: KernelContext
) {
  let s = layout.shape
  var shared = ScratchLayout()
  var own = ScratchLayout()
  let kernels = WinogradKernels(
    layout,
    weights,
    isTransposed: false,
    ready: transformed,
    shared: &shared,
    own: &own
  )
  let paddedBias = shared.place(layout.outputs)
  let task = (
    patch: own.place(layout.patchFloats),
    inputs: own.place(layout.transformedFloats(layout.channels)),
    products: own.place(layout.transformedFloats(layout.outputs)),
    pixels: own.place(layout.unitPixels &* layout.outputs),
    strip: own.place(output.stripFloats(s, pixels: layout.unitPixels))
  )
  let scratch = context.scratch(shared.count &+ context.pool.threadCount &* own.count)
  let memory = OwnMemory(scratch + shared.count, own.count, context.pool.threadCount)
  kernels.begin(shared: scratch, memory)
  if let bias { copyPadded(bias, scratch + paddedBias, s.outputChannels, layout.outputs) }
  // A single image is still work for two.
  let rows = s.batch &* layout.tilesDown
  let perUnit = min(layout.rowsPerUnit, (rows &+ 1) / 2)
  context.pool.run(
    (rows &+ perUnit &- 1) / perUnit,
    TilesTask(
      x: x,
      output: output,
      layout: layout,
      perUnit: perUnit,
      kernels: kernels,
      bias: bias == nil ? nil : UnsafePointer(scratch + paddedBias),
      shared: scratch,
      own: memory,
      places: task
    )
  )
}

/// One unit of tiles: transform, multiply, transform back, finish.
private struct TilesTask: ParallelTask {
  let x: UnsafePointer<Float>
  let output: ConvolutionOutput
  let layout: WinogradLayout
  let perUnit: Int
  let kernels: WinogradKernels
  let bias: UnsafePointer<Float>?
  let shared: UnsafeMutablePointer<Float>
  let own: OwnMemory
  let places: (patch: Int, inputs: Int, products: Int, pixels: Int, strip: Int)

  func run(_ index: Int, thread: Int) {
    let s = layout.shape
    let own = own[thread]
    let (inputs, products) = (own + places.inputs, own + places.products)
    let pixels = own + places.pixels
    let first = index &* perUnit
    let rows = first..<min(s.batch &* layout.tilesDown, first &+ perUnit)
    layout.eachSegment(rows) { segment in
      segment.fill(own + places.patch, from: x)
      segment.transform(own + places.patch, into: inputs)
    }
    layout.multiply(
      inputs,
      layout.channels,
      kernels.matrices(shared: shared, own: own),
      into: products,
      layout.outputs,
      tiles: rows.count &* layout.tilesAcross,
      depth: s.channels
    )
    layout.eachSegment(rows) { segment in
      segment.transformBack(
        products,
        into: pixels,
        bias: bias,
        rectifies: output.activation == .relu
      )
      let (target, stride) = output.target(segment.strip, scratch: own + places.strip)
      transpose(
        pixels,
        layout.outputs,
        into: target,
        stride,
        rows: segment.strip.pixels,
        columns: s.outputChannels
      )
      output.finish(segment.strip, target, stride: stride)
    }
  }
}
