// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Kernels

/// Windows and losses at sizes around the register tile and around 16 lanes, where loops have their rests.
@Suite struct TileEdgeTests {
  private static let channels = [1, tileRows - 1, tileRows, tileRows + 1, 15, 16, 17, 33]

  @Test(arguments: channels, [15, 16, 17, 33])
  func `convolutions of every channel count and width match the reference`(
    channels: Int,
    width: Int
  ) {
    // `channels` once as outputs, once as inputs; rows of `width` results.
    for s in [
      Reference.Windows((2, 2, 4, width + 2), to: channels, kernel: (3, 3)),
      Reference.Windows((1, channels, 3, width), to: 2, kernel: (3, 3), padding: (1, 1)),
    ] {
      let (x, weight) = (awkward(s.inputCount, start: 1), awkward(s.weightCount, start: 2))
      let (bias, dy) = (awkward(s.outputChannels, start: 3), awkward(s.outputCount, start: 4))
      let got = Convolved(x, weight, bias, dy, s)
      let reference = Reference.conv2d(wide(x), wide(weight), wide(bias), s)
      let gradients = Reference.conv2dGradients(wide(x), wide(weight), wide(dy), s)
      func agrees(_ got: [Float], _ expected: [Double], _ operations: Int) -> Bool {
        // All factors are below 1.
        let bound = roundingBound(operations: operations + 1, magnitude: Double(operations + 1))
        return mismatch(got, expected) { _ in bound } == nil
      }
      let positions = s.image.batch * s.height * s.width
      #expect(agrees(got.y, reference, s.windowCount), "\(s)")
      #expect(agrees(got.dx, gradients.x, s.outputChannels * 9), "\(s)")
      #expect(agrees(got.dw, gradients.weight, positions), "\(s)")
      #expect(agrees(got.db, gradients.bias, positions), "\(s)")
      #expect(got.isIntact, "\(s)")
    }
  }

  @Test(arguments: [1, 2, 15, 16, 17, 31, 32, 33, 65], [(2, 2), (3, 1), (3, 2)])
  func `poolings of every width match the reference`(width: Int, window: (kernel: Int, stride: Int))
  {
    let s = Reference.Windows(
      (1, 3, window.kernel + 2, (width - 1) * window.stride + window.kernel),
      kernel: (window.kernel, window.kernel),
      stride: (window.stride, window.stride)
    )
    var shape = s.kernelShape
    (shape.batch, shape.channels) = (3, 1)
    let context = KernelContext(threadCount: 2)
    let values = separated(s.inputCount)
    let x = GuardedFloats(values, offset: 3)
    let (largest, mean) = (GuardedFloats(count: s.pooledCount), GuardedFloats(count: s.pooledCount))
    // The indices lie between canaries, too: floats and 32-bit integers are of one size.
    let guarded = GuardedFloats(count: s.pooledCount, offset: 1)
    guarded.base.withMemoryRebound(to: Int32.self, capacity: s.pooledCount) {
      maxPool(x.source, into: largest.base, indices: $0, shape: shape, context: context)
    }
    averagePool(x.source, into: mean.base, shape: shape, context: context)
    #expect(mismatch(largest.array, Reference.maxPool(wide(values), s)) { _ in 0 } == nil)
    let taps = window.kernel * window.kernel
    let size = Double(s.inputCount) / 64
    let bound = roundingBound(operations: taps + 1, magnitude: size)
    #expect(mismatch(mean.array, Reference.averagePool(wide(values), s)) { _ in bound } == nil)
    let area = s.image.height * s.image.width
    for (i, place) in guarded.array.map({ Int($0.bitPattern) }).enumerated() {
      let plane = i / (s.height * s.width) * area
      #expect(place < area && values[plane + min(place, area - 1)] == largest.array[i])
    }
    #expect(largest.isIntact && mean.isIntact && guarded.isIntact)
  }

  @Test(arguments: [0, 1, 63, 64, 65], [1, 2, 15, 16, 17, 33])
  func `cross-entropy of any rows and classes matches the reference`(rows: Int, classes: Int) {
    let logits = awkward(rows * classes, scale: 4)
    let targets = awkwardIndices(rows, below: classes)
    let z = GuardedFloats(logits, offset: 3)
    let gradient = GuardedFloats(count: rows * classes, offset: 1)
    let result = softmaxCrossEntropy(
      logits: z.source,
      rows: rows,
      classes: classes,
      targets: targets,
      gradient: gradient.base,
      scale: 1,
      predictions: nil,
      context: KernelContext(threadCount: 2)
    )
    let bound = roundingBound(operations: classes + 6, magnitude: 1)
    let reference = Reference.crossEntropy(wide(logits), targets, classes: classes)
    #expect(abs(result.sum - reference) <= Double(rows) * bound)
    let expected = Reference.crossEntropyGradient(wide(logits), targets, classes: classes)
    #expect(mismatch(gradient.array, expected) { _ in bound } == nil)
    #expect(gradient.isIntact)
  }
}

/// A convolution with both gradients, on odd addresses between canaries.
private struct Convolved {
  let y: [Float]
  let dx: [Float]
  let dw: [Float]
  let db: [Float]
  let isIntact: Bool

  init(
    _ x: [Float],
    _ weight: [Float],
    _ bias: [Float],
    _ dy: [Float],
    _ s: Reference.Windows
  ) {
    let context = KernelContext(threadCount: 2)
    let (input, w) = (GuardedFloats(x, offset: 1), GuardedFloats(weight, offset: 3))
    let (b, slopes) = (GuardedFloats(bias, offset: 5), GuardedFloats(dy, offset: 7))
    let output = GuardedFloats(count: s.outputCount, offset: 1)
    let inputGradient = GuardedFloats(count: s.inputCount, offset: 3)
    let weightGradient = GuardedFloats(count: s.weightCount, offset: 5)
    let biasGradient = GuardedFloats(count: s.outputChannels, offset: 7)
    convolve(
      input.source,
      weights: w.source,
      bias: b.source,
      into: output.base,
      shape: s.kernelShape,
      activation: .identity,
      context: context
    )
    convolutionInputGradient(
      slopes.source,
      weights: w.source,
      into: inputGradient.base,
      shape: s.kernelShape,
      accumulating: false,
      context: context
    )
    convolutionWeightGradient(
      input.source,
      gradient: slopes.source,
      into: weightGradient.base,
      bias: biasGradient.base,
      shape: s.kernelShape,
      accumulating: false,
      context: context
    )
    (y, dx) = (output.array, inputGradient.array)
    (dw, db) = (weightGradient.array, biasGradient.array)
    isIntact = [output, inputGradient, weightGradient, biasGradient].allSatisfy { $0.isIntact }
  }
}
