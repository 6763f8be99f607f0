// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Kernels

/// Normalisation, means and resizing at awkward sizes, between canaries; results never read what was there before.
@Suite struct NormalizationTests {
  private let context = KernelContext(threadCount: 2)

  /// What the gradients start from: NaN where they are replaced, numbers where they are added to.
  private func target(_ count: Int, _ accumulating: Bool) -> GuardedFloats {
    accumulating
      ? GuardedFloats([Float](repeating: 2, count: count), offset: 1)
      : GuardedFloats(count: count, offset: 3)
  }

  private func same(_ a: [Float], _ b: [Float], plus shift: Float) -> Bool {
    zip(a, b).allSatisfy { abs($0 - ($1 + shift)) <= 1e-5 * (1 + abs($1)) }
  }

  static let channelShapes = [
    (2, 1, 1), (3, 15, 1), (257, 16, 1), (5, 17, 1), (600, 33, 1), (1, 1, 15), (2, 3, 16),
    (3, 2, 17),
    (2, 2, 5000),
  ]

  @Test(arguments: channelShapes)
  func `channels are normalised within their memory, and their gradients added where asked`(
    sizes: (batch: Int, channels: Int, pixels: Int)
  ) {
    let shape = ChannelShape(batch: sizes.batch, channels: sizes.channels, pixels: sizes.pixels)
    let x = GuardedFloats(awkward(shape.count), offset: 1)
    let dy = GuardedFloats(awkward(shape.count, start: 4), offset: 3)
    let weight = GuardedFloats(awkward(sizes.channels, start: 1))
    let bias = GuardedFloats(awkward(sizes.channels, start: 2), offset: 1)
    let (mean, inverse) = (
      GuardedFloats(count: sizes.channels), GuardedFloats(count: sizes.channels)
    )
    let variance = GuardedFloats(count: sizes.channels, offset: 2)
    let y = GuardedFloats(count: shape.count, offset: 5)
    let scaling = ChannelScaling(
      mean: mean.base,
      inverse: inverse.base,
      weight: weight.source,
      bias: bias.source
    )
    normalizeChannels(
      x.source,
      into: y.base,
      shape: shape,
      scaling: scaling,
      variance: variance.base,
      epsilon: 1e-3,
      context: context
    )
    let expected = Reference.batchNorm(
      wide(x.array),
      wide(weight.array),
      wide(bias.array),
      pixels: sizes.pixels,
      epsilon: 1e-3
    )
    #expect(mismatch(y.array, expected) { _ in 2e-5 } == nil)
    #expect([mean, inverse, variance, y].allSatisfy { $0.isIntact })
    var first: [[Float]] = []
    for accumulating in [false, true] {
      let dx = target(shape.count, accumulating)
      let (dw, db) = (target(sizes.channels, accumulating), target(sizes.channels, accumulating))
      normalizeChannelsGradient(
        x.source,
        gradient: dy.source,
        shape: shape,
        scaling: scaling,
        isMeasured: true,
        into: NormalizationGradients(
          x: (dx.base, accumulating: accumulating),
          weight: (dw.base, accumulating: accumulating),
          bias: (db.base, accumulating: accumulating)
        ),
        context: context
      )
      #expect([dx, dw, db].allSatisfy { $0.isIntact })
      let found = [dx, dw, db].map(\.array)
      if accumulating {
        for (sum, plain) in zip(found, first) { #expect(same(sum, plain, plus: 2)) }
      } else {
        first = found
        #expect(found.allSatisfy { $0.allSatisfy { $0.isFinite } })
      }
    }
  }

  @Test(arguments: [(1, 1), (3, 15), (300, 16), (5, 17), (2, 5000), (600, 33)])
  func `rows are normalised within their memory, and their gradients added where asked`(
    rows: Int,
    width: Int
  ) {
    let x = GuardedFloats(awkward(rows * width), offset: 1)
    let dy = GuardedFloats(awkward(rows * width, start: 4), offset: 3)
    let weight = GuardedFloats(awkward(width, start: 1))
    let bias = GuardedFloats(awkward(width, start: 2), offset: 1)
    let (mean, inverse) = (GuardedFloats(count: rows), GuardedFloats(count: rows, offset: 1))
    let y = GuardedFloats(count: rows * width, offset: 5)
    let scaling = ChannelScaling(
      mean: mean.base,
      inverse: inverse.base,
      weight: weight.source,
      bias: bias.source
    )
    normalizeRows(
      x.source,
      rows: rows,
      width: width,
      into: y.base,
      scaling: scaling,
      epsilon: 1e-3,
      context: context
    )
    let expected = Reference.layerNorm(
      wide(x.array),
      wide(weight.array),
      wide(bias.array),
      epsilon: 1e-3
    )
    #expect(mismatch(y.array, expected) { _ in 2e-5 } == nil)
    #expect([mean, inverse, y].allSatisfy { $0.isIntact })
    var first: [[Float]] = []
    for accumulating in [false, true] {
      let dx = target(rows * width, accumulating)
      let (dw, db) = (target(width, accumulating), target(width, accumulating))
      normalizeRowsGradient(
        x.source,
        gradient: dy.source,
        rows: rows,
        width: width,
        scaling: scaling,
        into: NormalizationGradients(
          x: (dx.base, accumulating: accumulating),
          weight: (dw.base, accumulating: accumulating),
          bias: (db.base, accumulating: accumulating)
        ),
        context: context
      )
      #expect([dx, dw, db].allSatisfy { $0.isIntact })
      let found = [dx, dw, db].map(\.array)
      if accumulating {
        for (sum, plain) in zip(found, first) { #expect(same(sum, plain, plus: 2)) }
      } else {
        first = found
        #expect(found.allSatisfy { $0.allSatisfy { $0.isFinite } })
      }
    }
  }

  @Test(arguments: [1, 15, 16, 17, 4096, 4097, 9000])
  func `means stay within their memory`(width: Int) {
    let lines = 19
    let x = GuardedFloats(awkward(lines * width), offset: 1)
    let y = GuardedFloats(count: lines, offset: 1)
    lineMeans(x.source, lines: lines, width: width, into: y.base, context: context)
    #expect(
      mismatch(y.array, Reference.lineMeans(wide(x.array), width: width)) { _ in 1e-6 } == nil
    )
    let dx = GuardedFloats(count: lines * width, offset: 3)
    for accumulating in [false, true] {
      lineMeansGradient(
        y.source,
        lines: lines,
        width: width,
        into: dx.base,
        accumulating: accumulating,
        context: context
      )
    }
    let slopes = y.array
    let expected = (0..<lines * width).map { 2 * (slopes[$0 / width] / Float(width)) }
    #expect(bitMismatch(dx.array, expected) == nil)
    #expect(y.isIntact && dx.isIntact)
  }

  @Test(arguments: [(3, 5, 7, 11), (7, 11, 3, 5), (1, 1, 4, 4), (9, 9, 9, 9)])
  func `resizing stays within its memory`(h: Int, w: Int, height: Int, width: Int) {
    for interpolation in [Interpolation.bilinear, .nearest] {
      let shape = ResizingShape(planes: 3, input: (h, w), output: (height, width))
      let x = GuardedFloats(awkward(3 * h * w), offset: 1)
      let y = GuardedFloats(count: 3 * height * width, offset: 1)
      resize(x.source, into: y.base, shape: shape, interpolation, context: context)
      let expected = Reference.resize(
        wide(x.array),
        from: (h, w),
        to: (height, width),
        isBilinear: interpolation == .bilinear
      )
      #expect(mismatch(y.array, expected) { _ in 1e-6 } == nil)
      let dx = GuardedFloats(count: 3 * h * w, offset: 1)
      resizeGradient(
        y.source,
        into: dx.base,
        shape: shape,
        interpolation,
        accumulating: false,
        context: context
      )
      // Each dy is shared out whole.
      let (given, received) = (wide(y.array).reduce(0, +), wide(dx.array).reduce(0, +))
      #expect(abs(given - received) < 1e-4)
      #expect(y.isIntact && dx.isIntact)
    }
  }
}
