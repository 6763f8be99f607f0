// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Kernels

/// Channels at and beyond whole vectors, odd and even images, paddings, units of tiles that cross images.
private let tiled: [Reference.Windows] = [
  .init((1, 16, 6, 6), to: 16, kernel: (3, 3)),
  .init((2, 16, 6, 7), to: 17, kernel: (3, 3)),
  .init((3, 17, 5, 4), to: 16, kernel: (3, 3), padding: (1, 1)),
  .init((1, 20, 9, 8), to: 33, kernel: (3, 3), padding: (2, 2)),
  .init((5, 32, 13, 13), to: 64, kernel: (3, 3)),
  .init((2, 16, 30, 31), to: 16, kernel: (3, 3), padding: (1, 0)),
  .init((40, 16, 4, 5), to: 18, kernel: (3, 3), padding: (1, 1)),
]

@Suite struct WinogradTests {
  private struct Results {
    var y: [Float]
    var dx: [Float]
    var dw: [Float]
    var db: [Float]
  }

  @Test(arguments: tiled)
  func `the error is that of float32 sums`(s: Reference.Windows) {
    #expect(WinogradLayout(s.kernelShape, nil) != nil)
    let c = Case(s)
    let got = c.results(threads: 1)
    let gradients = Reference.conv2dGradients(wide(c.x), wide(c.weight), wide(c.dy), s)
    let direct = c.direct()
    let exact = Reference.conv2d(wide(c.x), wide(c.weight), wide(c.bias), s)
    // A fixed input, so a fixed figure. The chains of the direct convolution are the measure.
    for (name, values, chains, reference) in [
      ("y", got.y, direct.y, exact), ("dx", got.dx, direct.dx, gradients.x),
      ("dw", got.dw, direct.dw, gradients.weight), ("db", got.db, direct.db, gradients.bias),
    ] {
      let (error, usual) = (Errors(values, reference), Errors(chains, reference))
      #expect(error.rootMeanSquare <= 2 * usual.rootMeanSquare + 1e-8, "\(name)")
      #expect(error.largest <= 4 * usual.largest + 1e-7, "\(name)")
    }
  }

  @Test(arguments: tiled, [2, 3])
  func `any number of threads gives the same bits`(s: Reference.Windows, threads: Int) {
    let c = Case(s)
    let (one, more) = (c.results(threads: 1), c.results(threads: threads))
    #expect(bitMismatch(more.y, one.y) == nil)
    #expect(bitMismatch(more.dx, one.dx) == nil)
    #expect(bitMismatch(more.dw, one.dw) == nil)
    #expect(bitMismatch(more.db, one.db) == nil)
  }

  @Test(arguments: tiled)
  func `gradients are added to old ones`(s: Reference.Windows) {
    let c = Case(s)
    let fresh = c.results(threads: 2)
    let old = Results(
      y: [],
      dx: awkward(s.inputCount, start: 7),
      dw: awkward(s.weightCount, start: 8),
      db: awkward(s.outputChannels, start: 9)
    )
    let added = c.results(threads: 2, old: old)
    #expect(bitMismatch(added.dx, zip(old.dx, fresh.dx).map { $0 + $1 }) == nil)
    #expect(bitMismatch(added.dw, zip(old.dw, fresh.dw).map { $0 + $1 }) == nil)
    #expect(bitMismatch(added.db, zip(old.db, fresh.db).map { $0 + $1 }) == nil)
  }

  @Test(arguments: [Float.infinity, .nan])
  func `what is not finite reaches every window over it and no other`(bad: Float) {
    let s = Reference.Windows((2, 16, 12, 12), to: 16, kernel: (3, 3))
    var c = Case(s)
    // Row 5, column 6 of the second image's third channel.
    c.x[(16 + 2) * 144 + 5 * 12 + 6] = bad
    let y = c.results(threads: 1).y
    for i in y.indices {
      let (image, row, column) = (i / 1600, i % 100 / 10, i % 10)
      let isOver = image == 1 && (3...5).contains(row) && (4...6).contains(column)
      #expect(y[i].isFinite == !isOver)
    }
  }

  @Test func `few channels, other kernels and strides go the direct way`() {
    for s in [
      Reference.Windows((1, 15, 9, 9), to: 16, kernel: (3, 3)),
      .init((1, 16, 9, 9), to: 15, kernel: (3, 3)), .init((1, 16, 9, 9), to: 16, kernel: (3, 5)),
      .init((1, 16, 9, 9), to: 16, kernel: (3, 3), stride: (1, 2)),
      .init((1, 16, 5, 9), to: 16, kernel: (3, 3)),
    ] {
      #expect(WinogradLayout(s.kernelShape, nil) == nil)
    }
  }

  private struct Case {
    let s: Reference.Windows
    var x: [Float]
    let weight: [Float]
    let bias: [Float]
    let dy: [Float]

    init(_ s: Reference.Windows) {
      self.s = s
      x = awkward(s.inputCount, start: 1)
      weight = awkward(s.weightCount, start: 2)
      bias = awkward(s.outputChannels, start: 3)
      dy = awkward(s.outputCount, start: 4)
    }

    func results(threads: Int, old: Results? = nil) -> Results {
      let context = KernelContext(threadCount: threads)
      let (input, kernel) = (GuardedFloats(x, offset: 1), GuardedFloats(weight, offset: 3))
      let y = GuardedFloats(count: s.outputCount, offset: 1)
      convolve(
        input.source,
        weights: kernel.source,
        bias: GuardedFloats(bias, offset: 1).source,
        into: y.base,
        shape: s.kernelShape,
        activation: .identity,
        context: context
      )
      let dx = old.map { GuardedFloats($0.dx, offset: 1) } ?? GuardedFloats(count: s.inputCount)
      let dw = old.map { GuardedFloats($0.dw, offset: 1) } ?? GuardedFloats(count: s.weightCount)
      let db = old.map { GuardedFloats($0.db) } ?? GuardedFloats(count: s.outputChannels)
      let slopes = GuardedFloats(dy, offset: 3)
      convolutionGradients(
        input.source,
        weights: kernel.source,
        output: ConvolutionOutput(values: y.base, activation: .identity),
        gradient: slopes.base,
        kernels: KernelGradientTarget(weights: dw.base, bias: db.base, accumulating: old != nil),
        input: InputGradientTarget(values: dx.base, accumulating: old != nil),
        shape: s.kernelShape,
        context: context
      )
      #expect([y, dx, dw, db].allSatisfy { $0.isIntact })
      return Results(y: y.array, dx: dx.array, dw: dw.array, db: db.array)
    }

    /// Plain chains of float32, one for each result.
    func direct() -> Results {
      var r = Results(
        y: [Float](repeating: 0, count: s.outputCount),
        dx: [Float](repeating: 0, count: s.inputCount),
        dw: [Float](repeating: 0, count: s.weightCount),
        db: [Float](repeating: 0, count: s.outputChannels)
      )
      let (channels, height, width) = (s.image.channels, s.image.height, s.image.width)
      for n in 0..<s.image.batch {
        for o in 0..<s.outputChannels {
          for i in 0..<s.height {
            for j in 0..<s.width {
              let out = ((n * s.outputChannels + o) * s.height + i) * s.width + j
              for tap in 0..<channels * 9 {
                let row = i + tap % 9 / 3 - s.padding.0
                let column = j + tap % 3 - s.padding.1
                guard row >= 0, row < height, column >= 0, column < width else { continue }
                let pixel = ((n * channels + tap / 9) * height + row) * width + column
                let w = o * channels * 9 + tap
                r.y[out] = r.y[out].addingProduct(weight[w], x[pixel])
                r.dx[pixel] = r.dx[pixel].addingProduct(weight[w], dy[out])
                r.dw[w] = r.dw[w].addingProduct(dy[out], x[pixel])
              }
              r.y[out] += bias[o]
              r.db[o] += dy[out]
            }
          }
        }
      }
      return r
    }
  }
}

/// How far floats are from the exact values.
private struct Errors {
  let rootMeanSquare: Double
  let largest: Double

  init(_ x: [Float], _ reference: [Double]) {
    let errors = zip(x, reference).map { abs(Double($0) - $1) }
    let sum = errors.reduce(0) { $0 + $1 * $1 }
    rootMeanSquare = (sum / Double(max(1, errors.count))).squareRoot()
    largest = errors.max() ?? 0
  }
}
