// SPDX-License-Identifier: Apache-2.0

import Tensors
import Testing
import Vocabulary

@testable import Datasets

/// Sequences of several lengths, from npy files and from memory.
@Suite struct LengthsTests {
  private struct Part {
    var inputs: NpyArray
    var targets: NpyArray
    var lengths: NpyArray?
  }

  private func prepare(
    _ folder: TemporaryFolder,
    _ train: Part,
    test: Part? = nil,
    _ options: DataOptions = DataOptions()
  ) throws -> PreparedData {
    func write(_ array: NpyArray, _ name: String) throws -> String {
      try folder.write(array.encoded, "\(name).npy")
    }
    return try folder.prepare(
      Requests.npy(
        write(train.inputs, "x"),
        write(train.targets, "y"),
        lengths: train.lengths.map { try write($0, "n") },
        test: test.map { (try write($0.inputs, "test_x"), try write($0.targets, "test_y")) },
        testLengths: test?.lengths.map { try write($0, "test_n") }
      ),
      options
    )
  }

  private func message(_ train: Part, test: Part? = nil) -> String {
    sentence { _ = try prepare(TemporaryFolder(), train, test: test) }
  }

  private static let values = NpyArray(
    shape: [3, 2, 2],
    .float32([1, 10, 3, 30, 5, 50, .nan, .nan, 6, 70, 9, 90])
  )
  private static let classes = NpyArray(shape: [3], .integers([0, 2, 1]))
  private static let lengths = NpyArray(shape: [3], .integers([2, 1, 2]))
  private static let whole = Part(inputs: values, targets: classes, lengths: lengths)

  @Test func `values behind the end are zeros, and lengths come with the examples`() throws {
    let data = try prepare(TemporaryFolder(), Self.whole)
    #expect(data.description.hasLengths)
    #expect(data.description.steps == 2)
    #expect(!data.description.hasTargetsOfRealSteps)
    #expect(data.lengths(.train) == [2, 1, 2])
    #expect(data.lengths(.train, [1, 0]) == [1, 2])
    #expect(data.inputs(.train) == [1, 10, 3, 30, 5, 50, 0, 0, 6, 70, 9, 90])
  }

  @Test func `a set without lengths has none`() throws {
    var part = Self.whole
    part.lengths = nil
    part.inputs = NpyArray(shape: [3, 2, 2], .float32([1, 10, 3, 30, 5, 50, 7, 70, 6, 70, 9, 90]))
    let data = try prepare(TemporaryFolder(), part)
    #expect(!data.description.hasLengths && !data.description.hasTargetsOfRealSteps)
    #expect(data.inputs(.train)[6] == 7)
  }

  @Test func `standardisation does not see what is behind the end`() throws {
    let data = try prepare(
      TemporaryFolder(),
      Self.whole,
      DataOptions(standardize: .inputs)
    )
    // Of 1, 3, 5, 6, 9 and of 10, 30, 50, 70, 90: means 4.8 and 50, variances 7.36 and 800.
    let expected = [1, 3, 5, 6, 9].map { Float(($0 - 4.8) / 7.36.squareRoot()) }
    let found = data.inputs(.train)
    for (index, place) in [0, 2, 4, 8, 10].enumerated() {
      #expect(abs(found[place] - expected[index]) < 1e-6)
    }
    #expect(abs(found[1] - Float(-40 / 800.0.squareRoot())) < 1e-6)
    #expect(found[6] == 0 && found[7] == 0)
  }

  @Test func `targets of steps are standardised by real ones`() throws {
    let targets = NpyArray(shape: [3, 2], .float64([2, 4, 6, .nan, 8, 10]))
    let data = try prepare(
      TemporaryFolder(),
      Part(inputs: Self.values, targets: targets, lengths: Self.lengths),
      DataOptions(standardize: .both)
    )
    #expect(data.description.hasTargetsOfRealSteps)
    let found = data.values(.train)
    let deviation = 8.0.squareRoot()
    for (place, value) in [(0, 2.0), (1, 4), (2, 6), (4, 8), (5, 10)] {
      #expect(abs(Double(found[place]) - (value - 6) / deviation) < 1e-6)
    }
    #expect(found.allSatisfy { $0.isFinite })
  }

  @Test func `tokens and classes behind the end may be anything`() throws {
    let tokens = NpyArray(shape: [2, 3], .integers([4, -1, -1, 2, 2, 3]))
    let classes = NpyArray(shape: [2, 3], .integers([1, -100, 1 << 40, 2, 2, 3]))
    let lengths = NpyArray(shape: [2], .integers([1, 3]))
    let data = try prepare(
      TemporaryFolder(),
      Part(inputs: tokens, targets: classes, lengths: lengths)
    )
    #expect(data.description.input == .tokens(vocabulary: 5, steps: 3))
    #expect(data.description.target == .steps(classes: 4))
    #expect(data.description.hasTargetsOfRealSteps)
    #expect(data.tokens(.train) == [4, 0, 0, 2, 2, 3])
    #expect(data.classes(.train) == [1, 0, 0, 2, 2, 3])
  }

  @Test func `the test part has lengths of its own, the validation part those of its examples`()
    throws
  {
    var test = Self.whole
    test.lengths = NpyArray(shape: [3], .integers([1, 1, 2]))
    let data = try prepare(
      TemporaryFolder(),
      Self.whole,
      test: test,
      DataOptions(validation: .count(1))
    )
    #expect(data.lengths(.test) == [1, 1, 2])
    let ids = data.ids(.validation)
    #expect(data.lengths(.validation) == ids.map { [2, 1, 2][Int($0)] })
  }

  @Test func `lengths are part of the digest, what is behind them is not`() throws {
    func digest(_ part: Part) throws -> String {
      try prepare(TemporaryFolder(), part).description.contentSHA256
    }
    var other = Self.whole
    other.inputs = NpyArray(
      shape: [3, 2, 2],
      .float32([1, 10, 3, 30, 5, 50, 7, -7, 6, 70, 9, 90])
    )
    #expect(try digest(other) == digest(Self.whole))
    var shorter = other
    shorter.lengths = NpyArray(shape: [3], .integers([2, 2, 2]))
    #expect(try digest(shorter) != digest(other))
    shorter.lengths = nil
    #expect(try digest(shorter) != digest(other))
  }

  @Test func `a cached set has its lengths`() throws {
    let folder = try TemporaryFolder()
    let count = 3000
    let part = Part(
      inputs: NpyArray(
        shape: [count, 10, 10],
        .float32((0..<count * 100).map { Float($0 % 17) })
      ),
      targets: NpyArray(shape: [count], .integers((0..<count).map { $0 % 3 })),
      lengths: NpyArray(shape: [count], .integers((0..<count).map { $0 % 10 + 1 }))
    )
    let first = try prepare(folder, part)
    let second = try folder.prepare(
      Requests.npy("\(folder.path)/x.npy", "\(folder.path)/y.npy", lengths: "\(folder.path)/n.npy")
    )
    #expect(second.description == first.description)
    #expect(second.lengths(.train) == (0..<Int32(count)).map { $0 % 10 + 1 })
    let plain = try folder.prepare(
      Requests.npy("\(folder.path)/x.npy", "\(folder.path)/y.npy")
    )
    #expect(!plain.description.hasLengths)
  }

  @Test func `data in memory may have lengths`() {
    let data = PreparedData(
      name: "words",
      count: 2,
      input: .tokens(vocabulary: 9, steps: 3),
      .integers([1, 2, 3, 4, 5, 6]),
      target: .steps(classes: 9),
      .integers([2, 3, 4, 5, 6, 7]),
      lengths: [2, 3]
    )
    #expect(data.description.hasTargetsOfRealSteps)
    #expect(data.lengths(.train) == [2, 3])
    #expect(data.tokens(.train) == [1, 2, 0, 4, 5, 6])
    #expect(data.prefix(1).lengths(.train) == [2])
  }

  // MARK: - Damage

  @Test func `NaN before the end of a sequence is refused, behind it is not`() {
    var part = Self.whole
    part.lengths = NpyArray(shape: [3], .integers([2, 2, 2]))
    #expect(
      message(part).contains(
        "x.npy`: expected inputs of finite numbers, got nan at element [1, 1, 0]"
      )
    )
    #expect(message(Self.whole) == "nothing")
    let targets = NpyArray(shape: [3, 2], .float64([2, 4, 6, .infinity, .nan, 10]))
    #expect(
      message(Part(inputs: Self.values, targets: targets, lengths: Self.lengths))
        .contains("y.npy`: expected targets of finite numbers, got nan at element [2, 0]")
    )
  }

  @Test func `lengths that do not fit are refused with a sentence`() {
    func with(_ lengths: NpyArray) -> String {
      var part = Self.whole
      part.lengths = lengths
      return message(part)
    }
    #expect(
      with(NpyArray(shape: [3], .integers([2, -1, 1])))
        .contains("n.npy`: expected lengths of 0 … 2, got -1 at element 1")
    )
    #expect(
      with(NpyArray(shape: [3], .integers([3, 1, 1])))
        .contains("expected lengths of 0 … 2, got 3 at element 0")
    )
    let real = with(NpyArray(shape: [3], .float32([1, 2, 1])))
    #expect(real.contains("n.npy`: expected lengths of int32 or int64, got float32"), "\(real)")
    #expect(real.contains("hint: save them with `numpy.save(path, lengths.astype(\"int64\"))`"))
    #expect(with(NpyArray(shape: [3], .bytes([1, 2, 1]))).contains("got uint8"))
    #expect(
      with(NpyArray(shape: [3, 1], .integers([1, 2, 1])))
        .contains("expected lengths of shape [N], got [3, 1]")
    )
    let few = with(NpyArray(shape: [2], .integers([1, 2])))
    #expect(few.contains("x.npy` holds 3 records, `"), "\(few)")
    #expect(few.contains("n.npy` 2"), "\(few)")
  }

  @Test func `inputs without steps have no lengths`() {
    let flat = Part(
      inputs: NpyArray(shape: [3, 2], .float32([1, 2, 3, 4, 5, 6])),
      targets: Self.classes,
      lengths: Self.lengths
    )
    #expect(
      message(flat).contains(
        "x.npy`: expected inputs that have lengths of shape [N, T, D], or [N, T] of integers, got [3, 2]"
      )
    )
  }

  @Test func `both parts have lengths or none`() {
    var plain = Self.whole
    plain.lengths = nil
    let text = message(Self.whole, test: plain)
    #expect(
      text.contains(
        "the test part has no `lengths`, the other one has: both must say how long their sequences are"
      ),
      "\(text)"
    )
    #expect(text.contains("hint: add `lengths:` to `test:`"), "\(text)")
    #expect(message(plain, test: Self.whole).contains("the train part has no `lengths`"))
  }
}
