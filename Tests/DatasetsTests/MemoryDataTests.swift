// SPDX-License-Identifier: Apache-2.0

import Datasets
import Tensors
import Testing

@Suite struct MemoryDataTests {
  private let images = PreparedData(
    name: "images",
    count: 3,
    input: .values([1, 1, 2]),
    .bytes([0, 255, 51, 102, 153, 204]),
    target: .classes(4),
    .integers([3, 0, 2])
  )

  private func inputs(_ data: PreparedData, _ ids: [Int32], size: Int) -> [Float] {
    var result = [Float](repeating: .nan, count: ids.count * size)
    unsafe ids.withUnsafeBufferPointer { ids in
      unsafe result.withUnsafeMutableBufferPointer { memory in
        if let base = memory.baseAddress { unsafe data.gather(.train, ids: ids, inputs: base) }
      }
    }
    return result
  }

  private func classes(_ data: PreparedData, _ ids: [Int32], size: Int = 1) -> [Int32] {
    var result = [Int32](repeating: -1, count: ids.count * size)
    unsafe ids.withUnsafeBufferPointer { ids in
      unsafe result.withUnsafeMutableBufferPointer { memory in
        if let base = memory.baseAddress { unsafe data.gatherClasses(.train, ids: ids, into: base) }
      }
    }
    return result
  }

  @Test func `examples come back as they were given, bytes divided by 255`() {
    #expect(images.ids(.train) == [0, 1, 2])
    #expect(images.count(.validation) == 0 && images.count(.test) == 0)
    #expect(inputs(images, [2, 0], size: 2) == [0.6, 0.8, 0, 1])
    #expect(classes(images, [2, 0]) == [2, 3])
  }

  @Test func `each token has a class of its own`() {
    let data = PreparedData(
      name: "words",
      count: 2,
      input: .tokens(vocabulary: 9, steps: 3),
      .integers([1, 2, 3, 4, 5, 6]),
      target: .steps(classes: 9),
      .integers([2, 3, 4, 5, 6, 7])
    )
    #expect(classes(data, [1], size: 3) == [5, 6, 7])
    let order = data.order(.train, batchSize: 2, shuffle: false)
    #expect(order.batchCount == 1)
  }

  @Test func `a prefix has the first examples only`() {
    let first = images.prefix(2)
    #expect(first.count(.train) == 2)
    #expect(first.ids(.train) == [0, 1])
    #expect(first.order(.train, batchSize: 4, shuffle: true, seed: 1).ids.sorted() == [0, 1])
    #expect(inputs(first, [1], size: 2) == inputs(images, [1], size: 2))
    #expect(images.prefix(10).count(.train) == 3)
  }
}
