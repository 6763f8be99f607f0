// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Kernels

/// Strides that skip pixels, paddings on both axes, kernels as large as the image, one pixel, many images.
let awkwardWindows: [Reference.Windows] = [
  .init((1, 1, 1, 1), to: 1, kernel: (1, 1)),
  .init((2, 3, 5, 7), to: 4, kernel: (3, 3)),
  .init((2, 3, 5, 7), to: 5, kernel: (3, 3), padding: (1, 1)),
  .init((3, 2, 8, 9), to: 13, kernel: (3, 2), stride: (2, 3), padding: (1, 0)),
  .init((1, 2, 6, 6), to: 3, kernel: (6, 6)),
  .init((17, 1, 4, 4), to: 2, kernel: (2, 2), stride: (2, 2)),
  .init((1, 5, 7, 6), to: 9, kernel: (5, 4), stride: (1, 2), padding: (4, 3)),
  .init((33, 2, 3, 5), to: 6, kernel: (1, 3), stride: (3, 1), padding: (0, 2)),
  .init((2, 4, 20, 19), to: 33, kernel: (5, 5), padding: (2, 2)),
  .init((2, 1, 9, 10), to: 3, kernel: (2, 2), stride: (4, 3)),
  // Rows under no window, of phases that the last kernel row does not have.
  .init((2, 3, 8, 7), to: 4, kernel: (3, 3), stride: (2, 2)),
  .init((3, 2, 28, 9), to: 5, kernel: (3, 2), stride: (2, 1)),
  .init((2, 2, 12, 11), to: 3, kernel: (7, 7), stride: (3, 3)),
  .init((1, 2, 15, 6), to: 3, kernel: (5, 3), stride: (4, 2), padding: (1, 1)),
]

extension Reference.Windows {
  var kernelShape: ConvolutionShape {
    ConvolutionShape(
      batch: image.batch,
      channels: image.channels,
      height: image.height,
      width: image.width,
      outputChannels: outputChannels,
      kernel: kernel,
      stride: stride,
      padding: padding
    )
  }

  /// Floating-point steps in the longest sum of each gradient.
  var windowCount: Int { image.channels * kernel.0 * kernel.1 }
}

private func magnitudes(_ x: [Float]) -> [Double] { x.map { abs(Double($0)) } }

@Suite struct ConvolutionTests {
  private struct Case {
    var x: [Float]
    let weight: [Float]
    let bias: [Float]
    var dy: [Float]

    init(_ s: Reference.Windows) {
      x = awkward(s.inputCount, start: 1)
      weight = awkward(s.weightCount, start: 2)
      bias = awkward(s.outputChannels, start: 3)
      dy = awkward(s.outputCount, start: 4)
    }
  }

  @Test(arguments: awkwardWindows)
  func `forward matches the reference`(s: Reference.Windows) {
    let c = Case(s)
    let y = forward(c.x, c.weight, c.bias, s, threads: 1)
    let reference = Reference.conv2d(wide(c.x), wide(c.weight), wide(c.bias), s)
    let sizes = Reference.conv2d(magnitudes(c.x), magnitudes(c.weight), magnitudes(c.bias), s)
    let found = mismatch(y, reference) {
      roundingBound(operations: s.windowCount + 1, magnitude: sizes[$0])
    }
    #expect(found == nil)
    for threads in 2...3 {
      #expect(bitMismatch(forward(c.x, c.weight, c.bias, s, threads: threads), y) == nil)
    }
  }

  @Test func `forward is the chain over channel, row and column with the bias last`() {
    let s = Reference.Windows((1, 3, 5, 6), to: 4, kernel: (3, 2))
    let c = Case(s)
    let y = forward(c.x, c.weight, c.bias, s, threads: 1)
    for o in 0..<4 {
      for row in 0..<s.height {
        for column in 0..<s.width {
          var sum: Float = 0
          for tap in 0..<18 {
            let (channel, i, j) = (tap / 6, tap % 6 / 2, tap % 2)
            let pixel = (channel * 5 + row + i) * 6 + column + j
            sum = sum.addingProduct(c.weight[o * 18 + tap], c.x[pixel])
          }
          sum += c.bias[o]
          #expect(y[(o * s.height + row) * s.width + column].bitPattern == sum.bitPattern)
        }
      }
    }
  }

  @Test(arguments: awkwardWindows, [false, true])
  func `the input's gradient matches the reference`(s: Reference.Windows, accumulating: Bool) {
    let c = Case(s)
    let old = awkward(s.inputCount, start: 6)
    let dx = inputGradient(c.dy, c.weight, accumulating ? old : nil, s, threads: 1)
    let start = accumulating ? wide(old) : [Double](repeating: 0, count: old.count)
    let reference = Reference.conv2dGradients(wide(c.x), wide(c.weight), wide(c.dy), s).x
    let sizes = Reference.conv2dGradients(
      magnitudes(c.x),
      magnitudes(c.weight),
      magnitudes(c.dy),
      s
    ).x
    let found = mismatch(dx, zip(start, reference).map { $0 + $1 }) {
      let operations = s.outputChannels * s.kernel.0 * s.kernel.1 + 1
      return roundingBound(operations: operations, magnitude: sizes[$0] + abs(start[$0]))
    }
    #expect(found == nil)
    for threads in 2...3 {
      let other = inputGradient(c.dy, c.weight, accumulating ? old : nil, s, threads: threads)
      #expect(bitMismatch(other, dx) == nil)
    }
  }

  @Test(arguments: awkwardWindows, [false, true])
  func `the weight's and bias's gradients match the reference`(
    s: Reference.Windows,
    accumulating: Bool
  ) {
    let c = Case(s)
    let oldWeight = accumulating ? awkward(s.weightCount, start: 6) : nil
    let oldBias = accumulating ? awkward(s.outputChannels, start: 7) : nil
    let got = weightGradient(c.x, c.dy, oldWeight, oldBias, s, threads: 1)
    let reference = Reference.conv2dGradients(wide(c.x), wide(c.weight), wide(c.dy), s)
    let sizes = Reference.conv2dGradients(
      magnitudes(c.x),
      magnitudes(c.weight),
      magnitudes(c.dy),
      s
    )
    let operations = s.image.batch * s.height * s.width + 1
    let weight = reference.weight.indices.map { reference.weight[$0] + Double(oldWeight?[$0] ?? 0) }
    let weightError = mismatch(got.weight, weight) {
      roundingBound(operations: operations, magnitude: sizes.weight[$0] + 1)
    }
    #expect(weightError == nil)
    let bias = reference.bias.indices.map { reference.bias[$0] + Double(oldBias?[$0] ?? 0) }
    let biasError = mismatch(got.bias, bias) {
      roundingBound(operations: operations, magnitude: sizes.bias[$0] + 1)
    }
    #expect(biasError == nil)
    for threads in 2...3 {
      let other = weightGradient(c.x, c.dy, oldWeight, oldBias, s, threads: threads)
      #expect(bitMismatch(other.weight, got.weight) == nil)
      #expect(bitMismatch(other.bias, got.bias) == nil)
    }
  }

  @Test func `large windows and images are cut into pieces without a seam`() {
    // More gathered floats than one piece holds, in the forward and in the weight gradient's pass.
    let s = Reference.Windows((2, 20, 24, 25), to: 7, kernel: (5, 5), padding: (2, 2))
    let c = Case(s)
    let y = forward(c.x, c.weight, c.bias, s, threads: 2)
    let reference = Reference.conv2d(wide(c.x), wide(c.weight), wide(c.bias), s)
    let bound = roundingBound(operations: s.windowCount, magnitude: Double(s.windowCount))
    #expect(mismatch(y, reference) { _ in bound } == nil)
    let gradients = Reference.conv2dGradients(wide(c.x), wide(c.weight), wide(c.dy), s)
    let got = weightGradient(c.x, c.dy, nil, nil, s, threads: 2)
    let pixels = s.image.batch * s.height * s.width
    let pixelBound = roundingBound(operations: pixels, magnitude: Double(pixels))
    #expect(mismatch(got.weight, gradients.weight) { _ in pixelBound } == nil)
    #expect(mismatch(got.bias, gradients.bias) { _ in pixelBound } == nil)
    let dx = inputGradient(c.dy, c.weight, nil, s, threads: 2)
    #expect(mismatch(dx, gradients.x) { _ in bound } == nil)
  }

  /// Widths up to three vectors and two more of every instruction set, heights of one and two rows; rows of kernels and
  /// channels around tiles.
  @Test(arguments: 1...50)
  func `every border of a tile matches the reference`(width: Int) {
    let kernel = (1 + width % 2, 1 + width % 3)
    let image = (2, 1 + width % 5, kernel.0 + width % 2, width + kernel.1 - 1)
    let s = Reference.Windows(image, to: 1 + width % 9, kernel: kernel)
    let c = Case(s)
    let bound = roundingBound(operations: 400, magnitude: 100)
    let y = forward(c.x, c.weight, c.bias, s, threads: 1)
    let expected = Reference.conv2d(wide(c.x), wide(c.weight), wide(c.bias), s)
    #expect(mismatch(y, expected) { _ in bound } == nil)
    let gradients = Reference.conv2dGradients(wide(c.x), wide(c.weight), wide(c.dy), s)
    let got = weightGradient(c.x, c.dy, nil, nil, s, threads: 1)
    #expect(mismatch(got.weight, gradients.weight) { _ in bound } == nil)
    #expect(mismatch(got.bias, gradients.bias) { _ in bound } == nil)
    let dx = inputGradient(c.dy, c.weight, nil, s, threads: 1)
    #expect(mismatch(dx, gradients.x) { _ in bound } == nil)
  }

  @Test func `an infinite or missing value reaches only what it is part of`() {
    // Two images of two channels: the last value of the first image's first channel.
    for value in [Float.infinity, .nan] {
      let s = Reference.Windows((2, 2, 5, 7), to: 3, kernel: (2, 3))
      var c = Case(s)
      c.x[34] = value
      let y = forward(c.x, c.weight, c.bias, s, threads: 1)
      let pixels = s.height * s.width
      for i in y.indices {
        #expect(y[i].isFinite == !(i < 3 * pixels && i % pixels == pixels - 1))
      }
      // Only the last kernel element of the first channel ever sees it.
      let got = weightGradient(c.x, c.dy, nil, nil, s, threads: 1)
      for i in got.weight.indices { #expect(got.weight[i].isFinite == (i % 12 != 5)) }
      #expect(got.bias.allSatisfy { $0.isFinite })
      c.dy[pixels - 1] = value
      let dx = inputGradient(c.dy, c.weight, nil, s, threads: 1)
      for i in dx.indices {
        let isUnder = i < 70 && [25, 26, 27, 32, 33, 34].contains(i % 35)
        #expect(dx[i].isFinite == !isUnder)
      }
    }
  }

  @Test func `an empty batch gives an empty result and zero gradients`() {
    let s = Reference.Windows((0, 2, 5, 5), to: 3, kernel: (3, 3))
    let c = Case(s)
    #expect(forward([], c.weight, c.bias, s, threads: 2).isEmpty)
    let got = weightGradient([], [], nil, nil, s, threads: 2)
    #expect(got.weight == [Float](repeating: 0, count: s.weightCount))
    #expect(got.bias == [0, 0, 0])
  }

  @Test func `a NaN pixel reaches every window over it and no other`() {
    let s = Reference.Windows((1, 1, 5, 5), to: 2, kernel: (3, 3))
    var c = [Float](repeating: 1, count: 25)
    c[0] = .nan
    let y = forward(c, awkward(18), [0, 0], s, threads: 1)
    for i in y.indices { #expect(y[i].isNaN == (i % 9 == 0)) }
  }

  private func forward(
    _ x: [Float],
    _ weight: [Float],
    _ bias: [Float],
    _ s: Reference.Windows,
    threads: Int
  ) -> [Float] {
    let y = GuardedFloats(count: s.outputCount, offset: 1)
    let (input, kernel) = (GuardedFloats(x, offset: 1), GuardedFloats(weight, offset: 3))
    let added = GuardedFloats(bias, offset: 1)
    convolve(
      input.source,
      weights: kernel.source,
      bias: added.source,
      into: y.base,
      shape: s.kernelShape,
      activation: .identity,
      context: KernelContext(threadCount: threads)
    )
    #expect(y.isIntact)
    return y.array
  }

  private func inputGradient(
    _ dy: [Float],
    _ weight: [Float],
    _ old: [Float]?,
    _ s: Reference.Windows,
    threads: Int
  ) -> [Float] {
    let dx = old.map { GuardedFloats($0, offset: 1) } ?? GuardedFloats(count: s.inputCount)
    let (gradient, kernel) = (GuardedFloats(dy, offset: 1), GuardedFloats(weight))
    let context = KernelContext(threadCount: threads)
    // No kernel may count on what scratch memory holds.
    context.scratch(1 << 20).update(repeating: .signalingNaN, count: 1 << 20)
    convolutionInputGradient(
      gradient.source,
      weights: kernel.source,
      into: dx.base,
      shape: s.kernelShape,
      accumulating: old != nil,
      context: context
    )
    #expect(dx.isIntact)
    return dx.array
  }

  private func weightGradient(
    _ x: [Float],
    _ dy: [Float],
    _ oldWeight: [Float]?,
    _ oldBias: [Float]?,
    _ s: Reference.Windows,
    threads: Int
  ) -> (weight: [Float], bias: [Float]) {
    let dw = oldWeight.map { GuardedFloats($0, offset: 1) } ?? GuardedFloats(count: s.weightCount)
    let db = oldBias.map { GuardedFloats($0, offset: 1) } ?? GuardedFloats(count: s.outputChannels)
    let (input, gradient) = (GuardedFloats(x, offset: 1), GuardedFloats(dy))
    convolutionWeightGradient(
      input.source,
      gradient: gradient.source,
      into: dw.base,
      bias: db.base,
      shape: s.kernelShape,
      accumulating: oldWeight != nil,
      context: KernelContext(threadCount: threads)
    )
    #expect(dw.isIntact && db.isIntact)
    return (dw.array, db.array)
  }
}
