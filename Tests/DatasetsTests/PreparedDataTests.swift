// SPDX-License-Identifier: Apache-2.0

import Datasets
import Testing
import Vocabulary

@Suite struct SplitTests {
  private let request = Requests.spirals(train: 40, test: 10)

  @Test func `validation is a draw without overlap, each part in file order`() throws {
    let data = try builtIn.prepare(request, DataOptions(validation: .count(15)))
    let (train, validation) = (data.ids(.train), data.ids(.validation))
    #expect(train.count == 25)
    #expect(validation.count == 15)
    #expect((train + validation).sorted() == (0..<40).map { $0 })
    #expect(train == train.sorted())
    #expect(validation == validation.sorted())
    #expect(validation != Array(25..<40))
    #expect(data.count(.validation) == 15)
  }

  @Test func `the draw follows data.seed alone`() throws {
    func validation(_ seed: Int) throws -> [Int32] {
      var request = request
      request.seed = seed
      return try builtIn.prepare(request, DataOptions(validation: .fraction(0.25))).ids(.validation)
    }
    #expect(try validation(0) == validation(0))
    #expect(try validation(0) != validation(1))
    #expect(try validation(7).count == 10)
  }

  @Test func `limits take the first records, before the split`() throws {
    let options = DataOptions(validation: .count(3), trainLimit: 8, testLimit: 4)
    let data = try builtIn.prepare(request, options)
    #expect((data.ids(.train) + data.ids(.validation)).sorted() == [0, 1, 2, 3, 4, 5, 6, 7])
    #expect(data.ids(.test) == [0, 1, 2, 3])
    let generous = DataOptions(trainLimit: 1000, testLimit: 1000)
    #expect(try builtIn.prepare(request, generous).count(.train) == 40)
  }

  @Test(arguments: [
    (
      DataOptions(validation: .count(40)),
      "expected a validation part of 1 … 39 examples, got 40 of 40"
    ),
    (
      DataOptions(validation: .fraction(0.01)),
      "expected a validation part of 1 … 39 examples, got 0 of 40"
    ),
    (
      DataOptions(validation: .count(-1)),
      "expected a validation part of 1 … 39 examples, got -1 of 40"
    ),
    (DataOptions(trainLimit: 0), "expected `train_limit` of at least 1, got 0"),
    (DataOptions(testLimit: -2), "expected `test_limit` of at least 1, got -2"),
  ])
  func `options that leave nothing are refused`(options: DataOptions, expected: String) {
    let text = sentence { _ = try builtIn.describe(request, options) }
    #expect(text.hasPrefix("error: \(expected)"), "\(text)")
  }

  @Test func `tasks and standardisation that do not fit are refused`() {
    #expect(
      sentence { _ = try builtIn.describe(Requests.sine(), DataOptions(task: .classification)) }
        == """
        error: `task: classification` does not fit the targets of `sine`, which are real numbers
        hint: leave out `task`
        """
    )
    #expect(
      sentence { _ = try builtIn.describe(Requests.grammar(), DataOptions(task: .regression)) }
        == """
        error: `task: regression` does not fit the targets of `grammar`, which are tokens
        hint: leave out `task`
        """
    )
    #expect(
      sentence {
        _ = try builtIn.describe(Requests.grammar(), DataOptions(standardize: .inputs))
      } == """
        error: `standardize` needs real inputs, but those of `grammar` are tokens
        hint: leave out `standardize`
        """
    )
  }
}

@Suite struct OrderTests {
  private func data() throws -> PreparedData {
    try builtIn.prepare(Requests.spirals(train: 40, test: 10), DataOptions(validation: .count(7)))
  }

  @Test(arguments: [1, 4, 10, 33, 40]) func `an epoch holds each training example once`(size: Int)
    throws
  {
    let data = try data()
    let order = data.order(.train, batchSize: size, shuffle: true, seed: 5, epoch: 2)
    #expect(order.ids.sorted() == data.ids(.train))
    #expect(order.batchCount == (33 + size - 1) / size)
    let sizes = (0..<order.batchCount).map { order.range($0).count }
    #expect(sizes.dropLast().allSatisfy { $0 == size })
    #expect(sizes.reduce(0, +) == 33)
    #expect((0..<order.batchCount).allSatisfy { !order.continues($0) })
  }

  @Test func `the order follows seed and epoch`() throws {
    let data = try data()
    func ids(_ seed: Int, _ epoch: Int) -> [Int32] {
      data.order(.train, batchSize: 4, shuffle: true, seed: seed, epoch: epoch).ids
    }
    #expect(ids(0, 0) == ids(0, 0))
    #expect(ids(0, 0) != ids(0, 1))
    #expect(ids(0, 0) != ids(1, 0))
    #expect(ids(0, 0) != data.ids(.train))
  }

  @Test func `evaluation is in file order and nil is all at once`() throws {
    let data = try data()
    for part in DataPart.allCases {
      let order = data.order(part, batchSize: nil, shuffle: false)
      #expect(order.ids == data.ids(part))
      #expect(order.batchCount == 1)
    }
  }

  @Test func `an empty part has no batch`() throws {
    let data = try builtIn.prepare(Requests.spirals(train: 4, test: 0))
    #expect(data.order(.test, batchSize: 3, shuffle: false).batchCount == 0)
    #expect(data.order(.validation, batchSize: nil, shuffle: false).batchCount == 0)
  }

  @Test func `the first place of a shuffle is evenly drawn`() throws {
    let data = try builtIn.prepare(Requests.spirals(train: 5, test: 0))
    var counts = [Int](repeating: 0, count: 5)
    for epoch in 0..<2000 {
      counts[Int(data.order(.train, batchSize: 5, shuffle: true, seed: 1, epoch: epoch).ids[0])] +=
        1
    }
    // 400 expected; five standard deviations of a binomial are 90.
    #expect(counts.allSatisfy { abs($0 - 400) < 90 }, "\(counts)")
  }
}

@Suite struct GatherTests {
  @Test func `gathers any ids in any order and writes nothing else`() throws {
    let data = try builtIn.prepare(Requests.glyphs())
    let all = data.inputs(.train)
    let ids: [Int32] = [17, 3, 3, 59]
    var values = [Float](repeating: -7, count: 784 * 4 + 2)
    unsafe ids.withUnsafeBufferPointer { ids in
      unsafe values.withUnsafeMutableBufferPointer {
        if let base = $0.baseAddress { unsafe data.gather(.train, ids: ids, inputs: base + 1) }
      }
    }
    #expect(values.first == -7)
    #expect(values.last == -7)
    for (row, id) in ids.enumerated() {
      #expect(
        values[(1 + 784 * row)..<(785 + 784 * row)] == all[(784 * Int(id))..<(784 * Int(id) + 784)]
      )
    }
    #expect(data.classes(.train, ids) == [7, 3, 3, 9])
  }

  @Test func `training and validation read the same records, test others`() throws {
    let plain = try builtIn.prepare(Requests.glyphs())
    let split = try builtIn.prepare(Requests.glyphs(), DataOptions(validation: .count(20)))
    #expect(split.inputs(.validation) == plain.inputs(.train, split.ids(.validation)))
    #expect(split.inputs(.test) == plain.inputs(.test))
    #expect(plain.inputs(.test, [0]) != plain.inputs(.train, [0]))
  }
}

@Suite struct StandardizationTests {
  /// Mean and population variance of every `stride`-th value from `start`.
  private func moments(_ values: [Float], _ indices: [Int]) -> (mean: Double, variance: Double) {
    let chosen = indices.map { Double(values[$0]) }
    let mean = chosen.reduce(0, +) / Double(chosen.count)
    return (mean, chosen.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(chosen.count))
  }

  @Test func `columns of the training part get mean 0 and population variance 1`() throws {
    let options = DataOptions(validation: .count(10), standardize: .inputs)
    let data = try builtIn.prepare(Requests.spirals(train: 50, test: 20), options)
    let values = data.inputs(.train)
    for column in 0..<2 {
      let (mean, variance) = moments(values, (0..<40).map { 2 * $0 + column })
      #expect(abs(mean) < 1e-6)
      #expect(abs(variance - 1) < 1e-6)
    }
    // Held-out parts are moved by the training part's numbers, not by their own.
    let plain = try builtIn.prepare(
      Requests.spirals(train: 50, test: 20),
      DataOptions(validation: .count(10))
    )
    let raw = plain.inputs(.train)
    for part in [DataPart.validation, .test] {
      let (before, after) = (plain.inputs(part), data.inputs(part))
      for index in before.indices {
        let (mean, variance) = moments(raw, (0..<40).map { 2 * $0 + index % 2 })
        let expected = (Double(before[index]) - mean) / variance.squareRoot()
        #expect(abs(Double(after[index]) - expected) < 1e-5)
      }
    }
  }

  @Test func `a sequence has one feature per column, an image one per channel`() throws {
    let both = DataOptions(standardize: .both)
    let sine = try builtIn.prepare(Requests.sine(steps: 6), both)
    let (mean, variance) = moments(sine.inputs(.train), Array(0..<180))
    #expect(abs(mean) < 1e-6)
    #expect(abs(variance - 1) < 1e-6)
    let target = moments(sine.values(.train), Array(0..<30))
    #expect(abs(target.mean) < 1e-6)
    #expect(abs(target.variance - 1) < 1e-6)
    let images = try builtIn.prepare(Requests.noiseImages, both)
    let (values, area) = (images.inputs(.train), 12 * 20)
    for channel in 0..<3 {
      let indices = (0..<16).flatMap { n in (0..<area).map { (n * 3 + channel) * area + $0 } }
      let (mean, variance) = moments(values, indices)
      #expect(abs(mean) < 1e-5)
      #expect(abs(variance - 1) < 1e-5)
    }
    #expect(images.classes(.train) == (0..<16).map { $0 % 4 })
  }

  @Test func `a constant feature becomes zero`() throws {
    let folder = try TemporaryFolder()
    let x = try folder.write(
      NpyArray(shape: [3, 2], .float32([5, 1, 5, 2, 5, 6])).encoded,
      "x.npy"
    )
    let y = try folder.write(NpyArray(shape: [3], .float32([1, 2, 3])).encoded, "y.npy")
    let data = try folder.prepare(Requests.npy(x, y), DataOptions(standardize: .inputs))
    let values = data.inputs(.train)
    #expect([values[0], values[2], values[4]] == [0, 0, 0] as [Float])
    #expect(data.values(.train) == [1, 2, 3])
  }
}
