// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Kernels

@Suite struct GatherTests {
  @Test(arguments: [0, 1, 64, 65, 150], [1, 16, 17, 65, 130])
  func `rows are gathered with their bias and scattered in token order`(count: Int, width: Int) {
    let vocabulary = 7
    let values = awkward(vocabulary * width)
    let bias = awkward(width, start: 1)
    let tokens = awkwardIndices(count, below: vocabulary)
    let dy = awkward(count * width, start: 2)
    for threads in 1...3 {
      let context = KernelContext(threadCount: threads)
      let (table, added) = (GuardedFloats(values, offset: 1), GuardedFloats(bias))
      for isBiased in [false, true] {
        let y = GuardedFloats(count: count * width, offset: 1)
        gatherRows(
          table.source,
          tokens: tokens,
          count: count,
          width: width,
          bias: isBiased ? added.source : nil,
          into: y.base,
          context: context
        )
        let expected = (0..<count * width).map { i in
          let value = values[Int(tokens[i / width]) * width + i % width]
          return isBiased ? value + bias[i % width] : value
        }
        #expect(bitMismatch(y.array, expected) == nil)
        #expect(y.isIntact)
      }
      let slopes = GuardedFloats(dy)
      scatterRows(
        slopes.source,
        rowStride: width,
        tokens: tokens,
        count: count,
        width: width,
        into: table.base,
        context: context
      )
      var expected = values
      for i in dy.indices { expected[Int(tokens[i / width]) * width + i % width] += dy[i] }
      #expect(bitMismatch(table.array, expected) == nil)
      #expect(table.isIntact)
    }
  }

  @Test(arguments: [0, 1, 3, 4, 63, 65, 130], [1, 2, 4, 17])
  func `a matrix is transposed, also onto another, to lines at any distance`(
    rows: Int,
    columns: Int
  ) {
    let x = awkward(rows * columns)
    let source = GuardedFloats(x)
    let context = KernelContext(threadCount: 2)
    let expected = transposed(x, rows: rows, columns: columns)
    for stride in [rows, rows + 3] {
      let y = GuardedFloats(count: stride * columns, offset: 1)
      transpose(
        source.source,
        rows: rows,
        columns: columns,
        into: y.base,
        rowStride: stride,
        context: context
      )
      let old = awkward(stride * columns, start: 1)
      let sum = GuardedFloats(old)
      transpose(
        source.source,
        rows: rows,
        columns: columns,
        into: sum.base,
        rowStride: stride,
        accumulating: true,
        context: context
      )
      for i in 0..<stride * columns {
        let value = i % stride < rows ? expected[i / stride * rows + i % stride] : nil
        #expect(value == nil ? y.array[i].isNaN : y.array[i] == value)
        #expect(sum.array[i] == old[i] + (value ?? 0))
      }
      #expect(y.isIntact && sum.isIntact)
    }
    let numbers = (0..<Int32(rows * columns)).map { $0 }
    var exchanged = [Int32](repeating: -1, count: numbers.count)
    transpose(numbers, rows: rows, columns: columns, into: &exchanged)
    #expect(
      exchanged
        == transposed(numbers.map { Float($0) }, rows: rows, columns: columns).map { Int32($0) }
    )
  }

  @Test(arguments: [(0, 3, 2), (1, 1, 1), (3, 4, 5), (5, 2, 17)])
  func `the first two axes are exchanged, also onto another`(a: Int, b: Int, width: Int) {
    let x = awkward(a * b * width)
    let old = awkward(a * b * width, start: 1)
    let source = GuardedFloats(x, offset: 1)
    var expected = x
    for i in 0..<a {
      for j in 0..<b {
        for c in 0..<width { expected[(j * a + i) * width + c] = x[(i * b + j) * width + c] }
      }
    }
    for threads in 1...3 {
      let context = KernelContext(threadCount: threads)
      let y = GuardedFloats(count: x.count)
      exchangeAxes(source.source, first: a, second: b, width: width, into: y.base, context: context)
      #expect(bitMismatch(y.array, expected) == nil)
      let sum = GuardedFloats(old)
      exchangeAxes(
        source.source,
        first: a,
        second: b,
        width: width,
        into: sum.base,
        accumulating: true,
        context: context
      )
      #expect(bitMismatch(sum.array, zip(old, expected).map { $0 + $1 }) == nil)
      #expect(y.isIntact && sum.isIntact)
    }
  }

  @Test func `lines are copied between strides, also onto others`() {
    let x = GuardedFloats(awkward(40))
    let y = GuardedFloats(count: 36, filledWith: 5)
    copyLines(x.source, xStride: 20, into: y.base, yStride: 18, count: 2, width: 17)
    let copied = x.array[0..<17] + [5] + x.array[20..<37] + [5]
    #expect(y.array == Array(copied))
    copyLines(
      x.source,
      xStride: 20,
      into: y.base,
      yStride: 18,
      count: 2,
      width: 17,
      accumulating: true
    )
    #expect(y.array[0] == 2 * x.array[0] && y.array[34] == 2 * x.array[36])
    #expect(y.array[17] == 5 && y.array[35] == 5 && y.isIntact)
  }
}
