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

  @Test func `several inputs and targets come back by their places`() {
    let data = PreparedData(
      name: "several",
      count: 2,
      inputs: [
        InputValues(
          InputDescription(name: "source", .tokens(vocabulary: 9, steps: 3)),
          .integers([1, 2, 3, 4, 5, 6]),
          lengths: [2, 3]
        ),
        InputValues(
          InputDescription(name: "size", .values([2, 2])),
          .reals([1, 2, 3, 4, 5, 6, 7, 8]),
          lengths: [1, 2]
        ),
      ],
      targets: [
        TargetValues(
          TargetDescription(name: "words", .sequence(classes: 7, steps: 4)),
          .integers([6, 5, 1, 1, 4, 3, 2, 1]),
          lengths: [2, 3]
        ),
        TargetValues(TargetDescription(name: "kind", .classes(3)), .integers([2, 0])),
        TargetValues(TargetDescription(name: "price", .values([1])), .reals([0.5, -2])),
        TargetValues(
          TargetDescription(name: "tags", .steps(classes: 5)),
          .integers([1, 2, 3, 4, 0, 1])
        ),
      ]
    )
    #expect(data.tokens(.train) == [1, 2, 0, 4, 5, 6])
    #expect(data.inputs(.train, input: 1) == [1, 2, 0, 0, 5, 6, 7, 8])
    #expect(data.lengths(.train) == [2, 3] && data.lengths(.train, input: 1) == [1, 2])
    #expect(data.classes(.train, [1]) == [4, 3, 2, 1])
    #expect(data.targetLengths(.train) == [2, 3])
    #expect(data.classes(.train, target: 1) == [2, 0])
    #expect(data.values(.train, target: 2) == [0.5, -2])
    #expect(data.classes(.train, [1], target: 3) == [4, 0, 1])
    #expect(data.targetLengths(.train, target: 3) == [2, 3])
    let description = data.description
    #expect(description.inputs.map(\.name) == ["source", "size"])
    #expect(description.inputs.map(\.hasLengths) == [true, true])
    #expect(description.targets.map(\.hasLengths) == [true, false, false, false])
    #expect((0..<4).map { description.hasRealSteps(target: $0) } == [true, false, false, true])
    #expect(description.targetSteps == 4)
  }

  @Test func `a set of one input and one target calls them so`() {
    #expect(images.description.inputs == [InputDescription(name: "input", .values([1, 1, 2]))])
    #expect(images.description.targets == [TargetDescription(name: "target", .classes(4))])
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
