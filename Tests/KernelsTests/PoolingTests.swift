// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Kernels

private let poolings: [Reference.Windows] = [
  .init((1, 1, 1, 1), kernel: (1, 1)),
  .init((2, 3, 6, 8), kernel: (2, 2), stride: (2, 2)),
  .init((1, 2, 7, 5), kernel: (3, 2), stride: (2, 1), padding: (1, 1)),
  .init((3, 1, 5, 6), kernel: (3, 3), stride: (1, 1), padding: (1, 0)),
  .init((1, 1, 4, 4), kernel: (2, 2), stride: (3, 3), padding: (1, 1)),
  .init((0, 2, 4, 4), kernel: (2, 2), stride: (2, 2)),
]

extension Reference.Windows {
  /// Planes as images of one channel.
  fileprivate var planes: PoolingShape {
    PoolingShape(
      batch: image.batch * image.channels,
      channels: 1,
      height: image.height,
      width: image.width,
      outputChannels: 1,
      kernel: kernel,
      stride: stride,
      padding: padding
    )
  }
}

@Suite struct PoolingTests {
  @Test(arguments: poolings, [1, 2, 3])
  func `the maximum and its gradient match the reference`(s: Reference.Windows, threads: Int) {
    let context = KernelContext(threadCount: threads)
    let values = separated(s.inputCount)
    let x = GuardedFloats(values, offset: 1)
    let y = GuardedFloats(count: s.pooledCount, offset: 1)
    var places = [Int32](repeating: -1, count: s.pooledCount)
    maxPool(x.source, into: y.base, indices: &places, shape: s.planes, context: context)
    #expect(mismatch(y.array, Reference.maxPool(wide(values), s)) { _ in 0 } == nil)
    let (pixels, area) = (s.image.height * s.image.width, s.height * s.width)
    for i in places.indices { #expect(values[i / area * pixels + Int(places[i])] == y.array[i]) }

    let slopes = awkward(s.pooledCount, start: 1)
    let dy = GuardedFloats(slopes)
    for old in [nil, awkward(s.inputCount, start: 2)] {
      let dx = old.map { GuardedFloats($0) } ?? GuardedFloats(count: s.inputCount, offset: 1)
      maxPoolGradient(
        dy.source,
        indices: places,
        into: dx.base,
        shape: s.planes,
        accumulating: old != nil,
        context: context
      )
      var expected = wide(old ?? [Float](repeating: 0, count: s.inputCount))
      for i in places.indices { expected[i / area * pixels + Int(places[i])] += Double(slopes[i]) }
      let found = mismatch(dx.array, expected) { _ in roundingBound(operations: 9, magnitude: 10) }
      #expect(found == nil)
      #expect(dx.isIntact && y.isIntact)
    }
  }

  @Test(arguments: poolings, [1, 2, 3])
  func `the mean and its gradient match the reference`(s: Reference.Windows, threads: Int) {
    let context = KernelContext(threadCount: threads)
    let values = awkward(s.inputCount)
    let x = GuardedFloats(values, offset: 1)
    let y = GuardedFloats(count: s.pooledCount, offset: 1)
    averagePool(x.source, into: y.base, shape: s.planes, context: context)
    let taps = s.kernel.0 * s.kernel.1
    let bound = roundingBound(operations: taps + 1, magnitude: 1)
    #expect(mismatch(y.array, Reference.averagePool(wide(values), s)) { _ in bound } == nil)

    let slopes = awkward(s.pooledCount, start: 1)
    let dy = GuardedFloats(slopes)
    let old = awkward(s.inputCount, start: 2)
    for accumulating in [false, true] {
      let dx = accumulating ? GuardedFloats(old) : GuardedFloats(count: s.inputCount, offset: 1)
      averagePoolGradient(
        dy.source,
        into: dx.base,
        shape: s.planes,
        accumulating: accumulating,
        context: context
      )
      // The mean is linear: its gradient is that of Σ slope · mean.
      let differences = centralDifferences(wide(values), step: 0.5) { x in
        zip(Reference.averagePool(x, s), slopes).reduce(0) { $0 + $1.0 * Double($1.1) }
      }
      let expected = differences.indices.map {
        differences[$0] + (accumulating ? Double(old[$0]) : 0)
      }
      let found = mismatch(dx.array, expected) { _ in
        roundingBound(operations: 2 * taps + 1, magnitude: 2)
      }
      #expect(found == nil)
      #expect(dx.isIntact && y.isIntact)
    }
  }

  @Test func `the first of equal values wins and padding never does`() {
    let s = Reference.Windows((1, 1, 2, 3), kernel: (2, 3), stride: (1, 1), padding: (1, 1))
    let x = GuardedFloats([-5, -5, -5, -5, -5, -5])
    let y = GuardedFloats(count: s.pooledCount)
    var places = [Int32](repeating: -1, count: s.pooledCount)
    let context = KernelContext(threadCount: 1)
    maxPool(x.source, into: y.base, indices: &places, shape: s.planes, context: context)
    #expect(y.array == [Float](repeating: -5, count: 9))
    #expect(places == [0, 0, 1, 0, 0, 1, 3, 3, 4])
  }

  @Test(arguments: 0..<9)
  func `a NaN anywhere in a window is its maximum and its mean`(place: Int) {
    let s = Reference.Windows((1, 1, 3, 3), kernel: (3, 3))
    var values: [Float] = [1, 9, 2, .infinity, 3, 4, 5, 6, 7]
    values[place] = .nan
    let x = GuardedFloats(values)
    let (largest, mean) = (GuardedFloats(count: 1), GuardedFloats(count: 1))
    var index: [Int32] = [-1]
    let context = KernelContext(threadCount: 1)
    maxPool(x.source, into: largest.base, indices: &index, shape: s.planes, context: context)
    averagePool(x.source, into: mean.base, shape: s.planes, context: context)
    #expect(largest.array[0].isNaN && index[0] == Int32(place))
    #expect(mean.array[0].isNaN)
  }
}
