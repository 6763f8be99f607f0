// SPDX-License-Identifier: Apache-2.0

import Datasets
import Diagnostics
import Tensors
import Testing
import Vocabulary

/// Several inputs and targets by name, from npy files.
@Suite struct NpyNamesTests {
  /// The keys of a part, the files of each by name, in order.
  private typealias Part = [(key: String, files: [(name: String, array: NpyArray)])]

  private static let left = NpyArray(shape: [3, 2], .float32([1, 2, 3, 4, 5, 6]))
  private static let right = NpyArray(shape: [3, 2], .integers([4, 0, 1, 2, 3, 1]))
  private static let kind = NpyArray(shape: [3], .integers([0, 2, 1]))
  private static let size = NpyArray(shape: [3], .float32([0.5, 1.5, 4]))
  private static let words = NpyArray(
    shape: [3, 4],
    .integers([3, 1, 1, 1, 2, 2, 3, 1, 4, 3, 9, 9])
  )
  private static let whole: Part = [
    ("inputs", [("left", left), ("right", right)]), ("targets", [("kind", kind), ("size", size)]),
  ]

  private func request(
    _ folder: TemporaryFolder,
    _ train: Part,
    test: Part? = nil
  ) throws -> DatasetRequest {
    func argument(_ part: Part, _ prefix: String) throws -> ArgumentValue {
      var keys: [String: ArgumentValue] = [:]
      for (key, files) in part {
        keys[key] = .named(
          try files.map { name, array in
            (name, try folder.write(array.encoded, "\(prefix)_\(key)_\(name).npy"))
          }
        )
      }
      return .mapping(keys)
    }
    var arguments = ["train": try argument(train, "train")]
    if let test { arguments["test"] = try argument(test, "test") }
    return DatasetRequest("npy", arguments)
  }

  private func prepare(
    _ train: Part,
    test: Part? = nil,
    _ options: DataOptions = DataOptions()
  ) throws -> PreparedData {
    let folder = try TemporaryFolder()
    let request = try request(folder, train, test: test)
    let data = try folder.prepare(request, options)
    #expect(try folder.library.describe(request, options).targets == data.description.targets)
    return data
  }

  private func message(
    _ train: Part,
    test: Part? = nil,
    _ options: DataOptions = DataOptions()
  ) -> String {
    sentence { _ = try prepare(train, test: test, options) }
  }

  @Test func `inputs and targets have the names, kinds and order of the manifest`() throws {
    let data = try prepare(Self.whole, test: Self.whole)
    let description = data.description
    #expect(description.inputs.map(\.name) == ["left", "right"])
    #expect(description.inputs.map(\.shape) == [.values([2]), .tokens(vocabulary: 5, steps: 2)])
    #expect(description.targets.map(\.name) == ["kind", "size"])
    #expect(description.targets.map(\.shape) == [.classes(3), .values([1])])
    #expect(description.targets.map(\.classCounts) == [[1, 1, 1], []])
    for part in [DataPart.train, .test] {
      #expect(data.inputs(part) == [1, 2, 3, 4, 5, 6])
      #expect(data.tokens(part, input: 1) == [4, 0, 1, 2, 3, 1])
      #expect(data.classes(part) == [0, 2, 1])
      #expect(data.values(part, target: 1) == [0.5, 1.5, 4])
    }
    var other = Self.whole
    other[0].files.swapAt(0, 1)
    let swapped = try prepare(other).description
    #expect(swapped.inputs.map(\.name) == ["right", "left"])
    #expect(swapped.contentSHA256 != description.contentSHA256)
  }

  @Test func `one file by the standard name is the file alone`() throws {
    let folder = try TemporaryFolder()
    let (x, y) = (
      try folder.write(Self.left.encoded, "x.npy"), try folder.write(Self.kind.encoded, "y.npy")
    )
    func digest(_ inputs: ArgumentValue, _ targets: ArgumentValue) throws -> String {
      let part = ArgumentValue.mapping(["inputs": inputs, "targets": targets])
      return try folder.library.describe(DatasetRequest("npy", ["train": part])).contentSHA256
    }
    let plain = try digest(.text(x), .text(y))
    #expect(try digest(.named([("input", x)]), .named([("target", y)])) == plain)
    #expect(try digest(.named([("picture", x)]), .text(y)) != plain)
    #expect(try digest(.text(x), .named([("kind", y)])) != plain)
  }

  @Test func `lengths belong to the input or the target whose name they have`() throws {
    let lengths = NpyArray(shape: [3], .integers([1, 2, 1]))
    let ends = NpyArray(shape: [3], .integers([1, 4, 2]))
    let data = try prepare([
      ("inputs", [("left", Self.left), ("right", Self.right)]),
      ("targets", [("words", Self.words), ("kind", Self.kind)]),
      ("lengths", [("words", ends), ("right", lengths)]),
    ])
    let description = data.description
    #expect(description.inputs.map(\.hasLengths) == [false, true])
    #expect(description.targets.map(\.hasLengths) == [true, false])
    // What stands behind a length is not looked at: 9 is no class.
    #expect(description.target == .sequence(classes: 5, steps: 4))
    #expect(description.hasRealSteps(target: 0) && !description.hasRealSteps(target: 1))
    #expect(data.lengths(.train, input: 1) == [1, 2, 1])
    #expect(data.targetLengths(.train) == [1, 4, 2])
    #expect(data.tokens(.train, input: 1) == [4, 0, 1, 2, 3, 0])
    #expect(data.classes(.train) == [3, 0, 0, 0, 2, 2, 3, 1, 4, 3, 0, 0])
  }

  @Test func `classes at the steps of the first input are told from sequences of their own`() throws
  {
    let data = try prepare([
      ("inputs", [("right", Self.right)]),
      ("targets", [("tags", Self.right), ("words", Self.words)]),
    ])
    #expect(
      data.description.targets.map(\.shape) == [
        .steps(classes: 5), .sequence(classes: 10, steps: 4),
      ]
    )
    #expect(data.description.targets.map(\.hasLengths) == [false, false])
    // A target alone with lengths of its own is a sequence, too.
    let own = try prepare([
      ("inputs", [("left", Self.left)]), ("targets", [("words", Self.words)]),
      ("lengths", [("words", NpyArray(shape: [3], .integers([4, 4, 2])))]),
    ])
    #expect(own.description.target == .sequence(classes: 5, steps: 4))
    #expect(own.targetLengths(.train) == [4, 4, 2])
  }

  @Test func `real inputs and targets are standardised, each by itself`() throws {
    let data = try prepare(Self.whole, DataOptions(standardize: .both))
    let deviation = (8.0 / 3).squareRoot()
    #expect(data.inputs(.train) == [-2, -2, 0, 0, 2, 2].map { Float($0 / deviation) })
    #expect(data.tokens(.train, input: 1) == [4, 0, 1, 2, 3, 1])
    #expect(data.classes(.train) == [0, 2, 1])
    let sizes = data.values(.train, target: 1)
    #expect(abs(sizes.reduce(0, +)) < 1e-6)
    #expect(abs(sizes.reduce(0) { $0 + $1 * $1 } - 3) < 1e-5)
    #expect(
      message(
        [("inputs", [("a", Self.right), ("b", Self.right)]), ("targets", [("kind", Self.kind)])],
        DataOptions(standardize: .inputs)
      ).contains("`standardize` needs real inputs")
    )
  }

  @Test func `splits, folds and prefixes keep the examples together`() throws {
    let data = try prepare(Self.whole, DataOptions(folds: 3))
    for index in 0..<3 {
      let fold = data.fold(index)
      for id in fold.ids(.train) {
        #expect(fold.inputs(.train, [id]) == data.inputs(.train, [id]))
        #expect(fold.tokens(.train, [id], input: 1) == data.tokens(.train, [id], input: 1))
        #expect(fold.values(.train, [id], target: 1) == data.values(.train, [id], target: 1))
      }
    }
    let first = data.prefix(1)
    #expect(first.tokens(.train, [0], input: 1) == [4, 0])
  }

  @Test func `a large set comes back from the cache with its names`() throws {
    let folder = try TemporaryFolder()
    let count = 30_000
    let request = try request(
      folder,
      [
        (
          "inputs",
          [
            ("a", NpyArray(shape: [count, 4], .float32((0..<4 * count).map { Float($0 % 7) }))),
            ("b", NpyArray(shape: [count, 4], .float64((0..<4 * count).map { 1e9 + Double($0) }))),
          ]
        ),
        (
          "targets",
          [
            ("y", NpyArray(shape: [count], .integers((0..<count).map { $0 % 3 }))),
            ("z", NpyArray(shape: [count], .float64((0..<count).map { 1e9 + Double($0) }))),
          ]
        ),
      ]
    )
    let options = DataOptions(standardize: .both)
    let first = try folder.prepare(request, options)
    #expect(folder.files("decoded").count == 1)
    let second = try folder.prepare(request, options)
    #expect(second.description == first.description)
    #expect(second.inputs(.train, [5, 6], input: 1) == first.inputs(.train, [5, 6], input: 1))
    // Numbers that float32 merges are apart.
    #expect(Set(second.values(.train, target: 1)).count == count)
    let rounded = try folder.library.describe(request)
    #expect(rounded.contentSHA256 != first.description.contentSHA256)
    let merged = rounded.findings.filter { $0.kind == "merged_numbers" }.map(\.diagnostic.message)
    #expect(merged.count == 2)
    #expect(merged[0].contains("inputs_b.npy") && merged[1].contains("targets_z.npy"), "\(merged)")
  }

  @Test func `what is unexpected of a target's classes is told by its name`() throws {
    let rare = NpyArray(shape: [3], .integers([0, 3, 3]))
    let description = try prepare([
      ("inputs", [("left", Self.left)]), ("targets", [("size", Self.size), ("kind", rare)]),
    ]).description
    #expect(
      description.findings.map(\.diagnostic.message) == [
        "target `kind`: 2 of 4 classes have no training example: 1, 2"
      ]
    )
    #expect(description.findings.map(\.kind) == ["classes_without_examples"])
  }

  // MARK: - Mistakes

  @Test func `options for one target are refused for several`() {
    let task = message(Self.whole, DataOptions(task: .regression))
    #expect(task.contains("`task` is for data with one target, but `npy` has 2 here"), "\(task)")
    #expect(task.contains("hint: the type of each file decides"), "\(task)")
    let outliers = DataOptions(outliers: Outliers(share: 0.1, deviation: 3))
    #expect(
      message(Self.whole, outliers)
        .contains("`outliers` is for data with one target, but `npy` has 2 here")
    )
    let image = NpyArray(shape: [3, 1, 4, 4], .bytes([UInt8](repeating: 1, count: 48)))
    let augment = DataOptions(augmentation: Augmentation(shift: 1))
    #expect(
      message(
        [("inputs", [("a", image), ("b", image)]), ("targets", [("y", Self.kind)])],
        augment
      )
      .contains("`augment` changes one input of images, but `npy` has 2 here")
    )
    #expect(
      message(
        [("inputs", [("left", Self.left), ("b", image)]), ("targets", [("y", Self.kind)])],
        augment
      ) == "nothing"
    )
  }

  @Test func `names that do not fit are refused with a sentence`() {
    var test = Self.whole
    test[0].files[1].name = "middle"
    let others = message(Self.whole, test: test)
    #expect(
      others.contains("expected `left`, `right` in `test.inputs`, got `left`, `middle`"),
      "\(others)"
    )
    #expect(others.contains("hint: both parts must have the same inputs and targets"))
    let lengths = NpyArray(shape: [3], .integers([1, 2, 1]))
    let nothing = message(Self.whole + [("lengths", [("rihgt", lengths)])])
    #expect(nothing.contains("`train.lengths` names `rihgt`, which is no input or target"))
    #expect(nothing.contains("hint: they are called `left`, `right`, `kind`, `size`"))
    #expect(
      message([("inputs", [("a", Self.left)]), ("targets", [("a", Self.kind)])])
        .contains("`a` is both an input and a target of `train`")
    )
    var swapped = Self.whole
    swapped[0].files.swapAt(0, 1)
    #expect(message(Self.whole, test: swapped) == "nothing")
  }

  @Test func `files that do not fit each other are refused`() {
    let four = NpyArray(shape: [4, 2], .float32([1, 2, 3, 4, 5, 6, 7, 8]))
    let count = message([
      ("inputs", [("left", Self.left), ("right", four)]), ("targets", [("kind", Self.kind)]),
    ])
    #expect(
      count.contains("inputs_left.npy` holds 3 records, `") && count.contains("right.npy` 4"),
      "\(count)"
    )
    let target = message([
      ("inputs", [("left", Self.left)]),
      ("targets", [("kind", Self.kind), ("size", NpyArray(shape: [2], .float32([1, 2])))]),
    ])
    #expect(target.contains("targets_size.npy` 2"), "\(target)")
    var test = Self.whole
    test[0].files[1].array = Self.left
    #expect(
      message(Self.whole, test: test).contains("train_inputs_right.npy` is read as int64, `")
    )
    let negative = message([
      ("inputs", [("left", Self.left)]),
      ("targets", [("size", Self.size), ("kind", NpyArray(shape: [3], .integers([0, -1, 2])))]),
    ])
    #expect(negative.contains("expected classes of a target of 0 … 16777215, got -1 at element 1"))
    #expect(negative.contains("hint: save real numbers with `array.astype(\"float32\")`"))
    #expect(!negative.contains("task"))
    let real = message(Self.whole + [("lengths", [("size", Self.kind)])])
    #expect(
      real.contains("expected targets that have lengths of shape [N, T] of integers, got [3]"),
      "\(real)"
    )
    var plain = Self.whole
    plain[1].files[0] = ("kind", Self.words)
    let one = plain + [("lengths", [("kind", NpyArray(shape: [3], .integers([1, 1, 2])))])]
    #expect(message(one, test: plain).contains("the test part has no `lengths`"))
  }
}
