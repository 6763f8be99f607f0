// SPDX-License-Identifier: Apache-2.0

// Both gradients of a convolution, strip by strip, while the strip of output gradients is near: see `KernelGradient` and
// `InputGradient`. A piece of work is a group of images, so that the kernels' gradient is a sum of few large parts.

/// The gradients of a convolution and its epilogue from `dy`, the gradient of `output.values`, which may be overwritten.
///
/// `kernels`: dw[outputChannels, C, kH, kW] and dbias[outputChannels], added to what is there if `accumulating`. Each is
/// a sum over all pixels of all images: one FMA chain over a stretch of at most 256 pixels of a strip, stretches added in
/// index order within at most 16 groups of images, then the groups' sums in order. The cut depends on the shape alone,
/// and on the rows of a pooling's windows.
///
/// `input`: dx[N, C, H, W], likewise. For each kernel column one FMA chain over (output row, output channel), upwards;
/// these are added in order.
package func convolutionGradients(
  _ x: UnsafePointer<Float>,
  weights: UnsafePointer<Float>,
  output: ConvolutionOutput,
  gradient dy: UnsafeMutablePointer<Float>,
  kernels: KernelGradientTarget?,
  input: InputGradientTarget?,
  shape s: ConvolutionShape,
  context: KernelContext
) {
  if s.batch == 0 {
    guard let kernels, !kernels.accumulating else { return }
    fill(kernels.weights, 0, s.outputChannels &* s.windowCount)
    if let bias = kernels.bias { fill(bias, 0, s.outputChannels) }
    return
  }
  if let tiles = WinogradLayout(s, output.pooling) {
    return convolutionGradients(
      x,
      weights: weights,
      output: output,
      gradient: dy,
      kernels: kernels,
      input: input,
      tiles,
      context: context
    )
  }
  let layout = PlaneLayout(s, rowStep: output.rowStep)
  let groups = ImageGroups(batch: s.batch, sums: s.outputChannels &* s.windowCount)
  var shared = ScratchLayout()
  var own = ScratchLayout()
  let strip = own.place(output.stripFloats(s, pixels: layout.stripPixels))
  let kernelPart = kernels.map {
    KernelGradient(
      x: x,
      layout: layout,
      target: $0.weights,
      bias: $0.bias,
      accumulating: $0.accumulating,
      groups: groups.count,
      shared: &shared,
      own: &own
    )
  }
  let inputPart = input.map {
    InputGradient(
      weights: weights,
      layout: layout,
      target: $0.values,
      accumulating: $0.accumulating,
      shared: &shared,
      own: &own
    )
  }
  let scratch = context.scratch(shared.count &+ context.pool.threadCount &* own.count)
  kernelPart?.begin(scratch)
  inputPart?.begin(scratch)
  context.pool.run(
    groups.count,
    GradientTask(
      output: output,
      gradient: dy,
      layout: layout,
      kernels: kernelPart,
      input: inputPart,
      groups: groups,
      shared: scratch,
      own: OwnMemory(scratch + shared.count, own.count, context.pool.threadCount),
      strip: strip
    )
  )
  if let kernelPart {
    let sum = GroupSumTask(kernels: kernelPart, groups: groups.count, scratch: scratch)
    context.pool.run(sum.pieces, sum)
  }
}

/// Where the gradients of a convolution's kernels go.
package struct KernelGradientTarget {
  var weights: UnsafeMutablePointer<Float>
  var bias: UnsafeMutablePointer<Float>?
  var accumulating: Bool

  /// A target; `accumulating` adds to what is there.
  package init(
    weights: UnsafeMutablePointer<Float>,
    bias: UnsafeMutablePointer<Float>?,
    accumulating: Bool
  ) {
    self.weights = weights
    self.bias = bias
    self.accumulating = accumulating
  }
}

/// Where the gradient of a convolution's input goes.
package struct InputGradientTarget {
  var values: UnsafeMutablePointer<Float>
  var accumulating: Bool

  /// A target; `accumulating` adds to what is there.
  package init(values: UnsafeMutablePointer<Float>, accumulating: Bool) {
    self.values = values
    self.accumulating = accumulating
  }
}

/// The inputs' gradient alone, of a convolution without epilogue.
package func convolutionInputGradient(
  _ dy: UnsafePointer<Float>,
  weights: UnsafePointer<Float>,
  into dx: UnsafeMutablePointer<Float>,
  shape: ConvolutionShape,
  accumulating: Bool,
  context: KernelContext
) {
  // Nothing is written where there is nothing to do to the gradient.
  let dy = UnsafeMutablePointer(mutating: dy)
  convolutionGradients(
    dx,
    weights: weights,
    output: ConvolutionOutput(values: dy, activation: .identity),
    gradient: dy,
    kernels: nil,
    input: InputGradientTarget(values: dx, accumulating: accumulating),
    shape: shape,
    context: context
  )
}

/// The kernels' and the bias's gradients alone, of a convolution without epilogue.
package func convolutionWeightGradient(
  _ x: UnsafePointer<Float>,
  gradient dy: UnsafePointer<Float>,
  into dw: UnsafeMutablePointer<Float>,
  bias db: UnsafeMutablePointer<Float>?,
  shape: ConvolutionShape,
  accumulating: Bool,
  context: KernelContext
) {
  let dy = UnsafeMutablePointer(mutating: dy)
  convolutionGradients(
    x,
    weights: dw,
    output: ConvolutionOutput(values: dy, activation: .identity),
    gradient: dy,
    kernels: KernelGradientTarget(weights: dw, bias: db, accumulating: accumulating),
    input: nil,
    shape: shape,
    context: context
  )
}

/// Groups of images, at most sixteen, fewer where their `sums` floats each would fill memory.
struct ImageGroups {
  private let batch: Int
  private let perGroup: Int
  let count: Int

  init(batch: Int, sums: Int) {
    self.batch = batch
    let most = min(16, max(2, sumBudget / sums))
    perGroup = (batch &+ most &- 1) / most
    count = (batch &+ perGroup &- 1) / perGroup
  }

  func images(_ index: Int) -> Range<Int> {
    index &* perGroup..<min(batch, (index &+ 1) &* perGroup)
  }
}

/// Floats that the groups' sums may take, before there are fewer groups.
private let sumBudget = 1 << 22

/// Hands out places in scratch memory before it exists.
struct ScratchLayout {
  private(set) var count = 0

  mutating func place(_ floats: Int) -> Int {
    defer { count &+= roundUp(floats, to: 16) }
    return count
  }
}

/// The gradients of one group of images.
private struct GradientTask: ParallelTask {
  let output: ConvolutionOutput
  let gradient: UnsafeMutablePointer<Float>
  let layout: PlaneLayout
  let kernels: KernelGradient?
  let input: InputGradient?
  let groups: ImageGroups
  let shared: UnsafeMutablePointer<Float>
  let own: OwnMemory
  let strip: Int

  func run(_ index: Int, thread: Int) {
    let own = own[thread]
    let images = groups.images(index)
    let (first, end) = (images.lowerBound &* layout.strips, images.upperBound &* layout.strips)
    for number in first..<end {
      let strip = layout.strip(number)
      let (values, stride) = output.slopes(strip, from: gradient, scratch: own + self.strip)
      let slopes = SlopeStrip(strip: strip, values: values, stride: stride)
      kernels?.add(slopes, group: index, isFirst: number == first, shared, own)
      input?.add(slopes, shared, own)
    }
  }
}

/// The gradients of a strip of sums: channel o's pixels from `values` + o · `stride`.
struct SlopeStrip {
  let strip: OutputStrip
  let values: UnsafePointer<Float>
  let stride: Int
}
