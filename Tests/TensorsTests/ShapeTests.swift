// SPDX-License-Identifier: Apache-2.0

import Tensors
import Testing

@Suite struct ShapeTests {
  @Test(arguments: [[], [3], [3, 4], [3, 4, 5]])
  func `a batch's shape is that of its examples behind their number`(example: [Int]) {
    #expect(Shape(batch: 7, example) == Shape([7] + example))
    #expect(Shape(batch: 0, example).count == 0)
  }

  @Test(arguments: [[], [3], [3, 4], [3, 4, 5]])
  func `one more axis is the innermost`(sizes: [Int]) {
    #expect(Shape(sizes).appending(9) == Shape(sizes + [9]))
  }
}
