// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Kernels

/// NaN and infinity go where IEEE 754 sends them: to every result they are part of, and to no other.
@Suite struct PropagationTests {
  private let context = KernelContext(threadCount: 2)

  /// The values, a few of them replaced: NaN, both infinities, a zero for the infinities to meet.
  private func spiked(_ values: [Float], from start: Int) -> [Float] {
    var values = values
    let spikes: [Float] = [.nan, .infinity, -.infinity, 0, .infinity]
    guard !values.isEmpty else { return values }
    for (i, spike) in spikes.enumerated() { values[(start + 37 * i) % values.count] = spike }
    return values
  }

  // MARK: - Products

  private static let edges = [1, tileRows - 1, tileRows, tileRows + 1, tileColumns + 1]

  @Test(arguments: edges, [1, tileColumns - 1, tileColumns, tileColumns + 1])
  func `a product's special values are those of its chains, whatever is transposed`(m: Int, n: Int)
  {
    let k = 19
    let a = spiked(awkward(m * k, start: 1), from: 3)
    let b = spiked(awkward(k * n, start: 2), from: 5)
    let old = spiked(awkward(m * n, start: 3), from: 7)
    let bias = spiked(awkward(n, start: 4), from: 11)
    let chain = chainedProduct(m: m, n: n, k: k, a, b, start: old, columnBias: bias)
    for (isLeftTransposed, isRightTransposed) in [(false, false), (true, false), (false, true)] {
      let left = GuardedFloats(isLeftTransposed ? transposed(a, rows: m, columns: k) : a, offset: 1)
      let right = GuardedFloats(
        isRightTransposed ? transposed(b, rows: k, columns: n) : b,
        offset: 3
      )
      let c = GuardedFloats(old, offset: 1)
      let added = GuardedFloats(bias, offset: 1)
      multiply(
        m: m,
        n: n,
        k: k,
        isLeftTransposed
          ? Matrix(left.source, rowStride: m).transposed : Matrix(left.source, rowStride: k),
        isRightTransposed
          ? Matrix(right.source, rowStride: k).transposed : Matrix(right.source, rowStride: n),
        into: c.base,
        rowStride: n,
        accumulating: true,
        epilogue: Epilogue(columnBias: added.source),
        context: context
      )
      #expect(bitMismatch(c.array, chain) == nil)
      #expect(c.isIntact)
    }
  }

  @Test func `a bias of a row or column is special there alone, also behind an activation`() {
    let (m, n) = (tileRows + 1, tileColumns + 1)
    for activation in [Activation.identity, .relu, .sigmoid, .tanh] {
      let a = GuardedFloats(awkward(m * 3))
      let b = GuardedFloats(awkward(3 * n))
      var (rowBias, columnBias) = (awkward(m), awkward(n))
      (rowBias[m - 1], columnBias[n - 1]) = (.nan, .nan)
      let (rows, columns) = (GuardedFloats(rowBias), GuardedFloats(columnBias))
      let c = GuardedFloats(count: m * n)
      multiply(
        m: m,
        n: n,
        k: 3,
        Matrix(a.source, rowStride: 3),
        Matrix(b.source, rowStride: n),
        into: c.base,
        rowStride: n,
        epilogue: Epilogue(
          rowBias: rows.source,
          columnBias: columns.source,
          activation: activation
        ),
        context: context
      )
      let isNaN = (0..<m * n).map { $0 / n == m - 1 || $0 % n == n - 1 }
      #expect(c.array.map(\.isNaN) == isNaN, "\(activation)")
    }
  }

  // MARK: - Convolutions

  private static let windows: [Reference.Windows] = [
    .init((2, 2, 6, 7), to: 3, kernel: (3, 3)),
    .init((2, 3, 8, 9), to: tileRows + 1, kernel: (3, 2), stride: (2, 3), padding: (1, 0)),
    .init((3, 1, 9, 9), to: 2, kernel: (5, 5), padding: (2, 2)),
  ]

  /// Where the reference is special the result is the same, elsewhere it is as near as roundings allow.
  private func agrees(_ got: [Float], _ reference: [Double], operations: Int) -> Bool {
    mismatch(got, reference) { _ in
      roundingBound(operations: operations, magnitude: Double(operations))
    } == nil
  }

  /// The weights that meet padding under output pixel `place`: 0 · NaN is NaN, so whether they are special depends on
  /// whether a kernel multiplies the zeros of the padding or leaves them out; either is right.
  private func paddedWeights(_ s: Reference.Windows, _ place: Int) -> Set<Int> {
    let (row, column) = (place / s.width % s.height, place % s.width)
    let taps = s.kernel.0 * s.kernel.1
    let channel = place / (s.height * s.width) % s.outputChannels
    return Set(
      (0..<s.image.channels * taps).filter { i in
        let y = row * s.stride.0 + i % taps / s.kernel.1 - s.padding.0
        let x = column * s.stride.1 + i % s.kernel.1 - s.padding.1
        return y < 0 || y >= s.image.height || x < 0 || x >= s.image.width
      }.map { channel * s.image.channels * taps + $0 }
    )
  }

  @Test(arguments: windows, [Float.nan, .infinity])
  func `a special pixel reaches all windows over it and no other`(
    s: Reference.Windows,
    bad: Float
  ) {
    let weight = awkward(s.weightCount, start: 2)
    for place in [0, s.inputCount / 2, s.inputCount - 1] {
      var pixels = awkward(s.inputCount, start: 1)
      pixels[place] = bad
      let (x, w) = (GuardedFloats(pixels, offset: 1), GuardedFloats(weight))
      let y = GuardedFloats(count: s.outputCount, offset: 1)
      convolve(
        x.source,
        weights: w.source,
        bias: nil,
        into: y.base,
        shape: s.kernelShape,
        activation: .identity,
        context: context
      )
      let reference = Reference.conv2d(wide(pixels), wide(weight), nil, s)
      #expect(agrees(y.array, reference, operations: s.windowCount))
      #expect(y.isIntact)
    }
  }

  @Test(arguments: windows, [Float.nan, .infinity])
  func `a special gradient reaches the pixels and weights it came from and no other`(
    s: Reference.Windows,
    bad: Float
  ) {
    let (pixels, weight) = (awkward(s.inputCount, start: 1), awkward(s.weightCount, start: 2))
    for place in [0, s.outputCount / 2, s.outputCount - 1] {
      var slopes = awkward(s.outputCount, start: 4)
      slopes[place] = bad
      let (x, w) = (GuardedFloats(pixels), GuardedFloats(weight, offset: 1))
      let dy = GuardedFloats(slopes, offset: 3)
      let dx = GuardedFloats(count: s.inputCount)
      convolutionInputGradient(
        dy.source,
        weights: w.source,
        into: dx.base,
        shape: s.kernelShape,
        accumulating: false,
        context: context
      )
      let (dw, db) = (GuardedFloats(count: s.weightCount), GuardedFloats(count: s.outputChannels))
      convolutionWeightGradient(
        x.source,
        gradient: dy.source,
        into: dw.base,
        bias: db.base,
        shape: s.kernelShape,
        accumulating: false,
        context: context
      )
      let reference = Reference.conv2dGradients(wide(pixels), wide(weight), wide(slopes), s)
      var weights = dw.array
      for i in paddedWeights(s, place) where weights[i].isNaN {
        weights[i] = Float(reference.weight[i])
      }
      let taps = s.outputChannels * s.kernel.0 * s.kernel.1
      let positions = s.image.batch * s.height * s.width
      #expect(agrees(dx.array, reference.x, operations: taps))
      #expect(agrees(db.array, reference.bias, operations: positions))
      #expect(agrees(weights, reference.weight, operations: positions))
      #expect(dx.isIntact && dw.isIntact && db.isIntact)
    }
  }

  // MARK: - Pooling

  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func `a special gradient of a pooling reaches its window's pixels and no other`(bad: Float) {
    let s = ConvolutionShape(
      batch: 2,
      channels: 1,
      height: 5,
      width: 19,
      outputChannels: 1,
      kernel: (2, 2),
      stride: (2, 2),
      padding: (0, 0)
    )
    var slopes = [Float](repeating: 1, count: 36)
    slopes[17] = bad
    let x = GuardedFloats(separated(190))
    let (y, dy) = (GuardedFloats(count: 36), GuardedFloats(slopes, offset: 1))
    var places = [Int32](repeating: -1, count: 36)
    maxPool(x.source, into: y.base, indices: &places, shape: s, context: context)
    let largest = GuardedFloats(count: 190, offset: 1)
    maxPoolGradient(
      dy.source,
      indices: places,
      into: largest.base,
      shape: s,
      accumulating: false,
      context: context
    )
    let mean = GuardedFloats(count: 190, offset: 1)
    averagePoolGradient(
      dy.source,
      into: mean.base,
      shape: s,
      accumulating: false,
      context: context
    )
    // Window 17 is the last of the second row of the first image.
    #expect(largest.array.indices.filter { !largest.array[$0].isFinite } == [Int(places[17])])
    #expect(mean.array.indices.filter { !mean.array[$0].isFinite } == [54, 55, 73, 74])
    #expect(largest.isIntact && mean.isIntact)
  }

  // MARK: - Sums, steps and losses

  @Test(arguments: [1, 15, 16, 17, 64, 65])
  func `a special value reaches its column's sum, between other columns of the row`(columns: Int) {
    let (rows, stride) = (5, columns + 3)
    let x = spiked(awkward(rows * stride), from: 2)
    let old = awkward(columns, start: 1)
    let (source, sums) = (GuardedFloats(x, offset: 1), GuardedFloats(old, offset: 1))
    columnSums(
      source.source,
      rows: rows,
      columns: columns,
      rowStride: stride,
      into: sums.base,
      accumulating: true,
      context: context
    )
    let expected = (0..<columns).map { j in
      old[j] + (0..<rows).reduce(Float(0)) { $0 + x[$1 * stride + j] }
    }
    #expect(bitMismatch(sums.array, expected) == nil)
    #expect(sums.isIntact)
  }

  @Test(arguments: [1, 7, 8, 9, 17, 1 << 15 + 3], [Float.nan, .infinity, -.infinity])
  func `one special value anywhere decides a sum of squares and is found`(count: Int, bad: Float) {
    for place in Set([0, count / 2, count - 1]) {
      var values = awkward(count)
      values[place] = bad
      let x = GuardedFloats(values, offset: 1)
      let sum = sumOfSquares(x.source, count: count)
      #expect(bad.isNaN ? sum.isNaN : sum == .infinity)
      #expect(!allFinite(x.source, count: count))
    }
  }

  @Test func `a special gradient spoils its own parameter alone`() {
    let count = 35
    for bad in [Float.nan, .infinity] {
      var slopes = awkward(count, start: 1)
      slopes[18] = bad
      let g = GuardedFloats(slopes, offset: 1)
      let x = GuardedFloats(awkward(count), offset: 1)
      let velocity = GuardedFloats(count: count, filledWith: 0)
      let descended = update(
        x.base,
        gradient: g.source,
        velocity: velocity.base,
        count: count,
        step: SGDStep(learningRate: 0.1, momentum: 0.9, isNesterov: true, weightDecay: 0.1),
        context: context
      )
      let w = GuardedFloats(awkward(count))
      let first = GuardedFloats(count: count, filledWith: 0, offset: 1)
      let second = GuardedFloats(count: count, filledWith: 0, offset: 1)
      let adapted = update(
        w.base,
        gradient: g.source,
        first: first.base,
        second: second.base,
        count: count,
        step: AdamStep(
          beta1: 0.9,
          beta2: 0.999,
          epsilon: 1e-8,
          weightDecay: 0,
          correctedRate: 0.01,
          rootCorrection: 30
        ),
        context: context
      )
      #expect(!descended && !adapted)
      // ∞ / √∞ is NaN, as in the formula.
      for floats in [x, velocity, w, first, second] {
        #expect(floats.array.indices.filter { !floats.array[$0].isFinite } == [18])
        #expect(floats.isIntact)
      }
    }
  }

  @Test(arguments: [2, 15, 16, 17, 33])
  func `infinite logits make softmax what IEEE makes of its formula`(classes: Int) {
    var logits = awkward(3 * classes)
    // −∞ is a class that cannot be, +∞ gives ∞ − ∞ in its row, the third row is untouched.
    logits[0] = -.infinity
    logits[2 * classes - 1] = .infinity
    let z = GuardedFloats(logits, offset: 1)
    let gradient = GuardedFloats(count: 3 * classes, offset: 1)
    let result = softmaxCrossEntropy(
      logits: z.source,
      rows: 3,
      classes: classes,
      targets: [1, 0, 0],
      gradient: gradient.base,
      scale: 1,
      predictions: nil,
      context: context
    )
    #expect(result.sum.isNaN)
    let rows = (0..<3).map { Array(gradient.array[$0 * classes..<($0 + 1) * classes]) }
    #expect(rows[0][0] == 0 && rows[0].allSatisfy { $0.isFinite })
    #expect(rows[1][classes - 1].isNaN)
    #expect(rows[2].allSatisfy { $0.isFinite })
    #expect(gradient.isIntact)
  }

  @Test func `squared error of a special output is special, its gradient there alone`() {
    for bad in [Float.nan, .infinity] {
      var outputs = awkward(35)
      outputs[20] = bad
      let (y, t) = (GuardedFloats(outputs), GuardedFloats(awkward(35, start: 1)))
      let gradient = GuardedFloats(count: 35)
      let sum = squaredError(
        y.source,
        targets: t.source,
        count: 35,
        gradient: gradient.base,
        scale: 1
      )
      #expect(bad.isNaN ? sum.isNaN : sum == .infinity)
      #expect(gradient.array.indices.filter { !gradient.array[$0].isFinite } == [20])
    }
  }
}
