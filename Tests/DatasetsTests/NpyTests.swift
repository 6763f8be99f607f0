// SPDX-License-Identifier: Apache-2.0

import Datasets
import Foundation
import Tensors
import Testing
import Vocabulary

@Suite struct NpyTests {
  /// A file as NumPy writes it, with a header of one's own.
  static func file(
    _ descriptor: String,
    fortran: String = "False",
    shape: String,
    _ body: [UInt8],
    version: UInt8 = 1
  ) -> [UInt8] {
    let header = Array(
      "{'descr': '\(descriptor)', 'fortran_order': \(fortran), 'shape': (\(shape)), }\n".utf8
    )
    let length = (0..<(version == 1 ? 2 : 4)).map { UInt8(header.count >> (8 * $0) & 0xFF) }
    return [0x93] + "NUMPY".utf8 + [version, 0] + length + header + body
  }

  private func read(_ bytes: [UInt8]) throws -> NpyArray { try NpyArray(bytes, path: "x.npy") }

  // python3 -c 'import numpy, io; f = io.BytesIO();
  //   numpy.save(f, numpy.array([[1.5, -2], [0, 3]], "<f4")); print(list(f.getvalue()))'
  @Test func `reads and writes what NumPy writes, byte for byte`() throws {
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }"
    let padded = header + String(repeating: " ", count: 117 - header.count) + "\n"
    let elements: [UInt8] = [0, 0, 192, 63, 0, 0, 0, 192, 0, 0, 0, 0, 0, 0, 64, 64]
    let bytes = [0x93] + "NUMPY".utf8 + [1, 0, 118, 0] + padded.utf8 + elements
    let array = NpyArray(shape: [2, 2], .float32([1.5, -2, 0, 3]))
    #expect(bytes.count == 144)
    #expect(try read(bytes) == array)
    #expect(array.encoded == bytes)
  }

  @Test func `every element type comes back as it was written`() throws {
    let arrays = [
      NpyArray(shape: [], .float64([.pi])),
      NpyArray(shape: [3], .float64([1, .infinity, -0.5])),
      NpyArray(shape: [1, 2], .integers([-1, 1 << 40])),
      NpyArray(shape: [2, 1, 2], .bytes([0, 1, 254, 255])),
      NpyArray(shape: [2], .booleans([true, false])),
      NpyArray(shape: [0, 4], .float32([])),
    ]
    for array in arrays {
      #expect(try read(array.encoded) == array)
      #expect(array.encoded.count % 64 == array.elementBytes % 64)
    }
  }

  @Test(arguments: [1, 2, 3] as [UInt8]) func `reads header versions`(version: UInt8) throws {
    let array = try read(
      Self.file("<i4", shape: "2,", [1, 0, 0, 0, 255, 255, 255, 255], version: version)
    )
    #expect(array == NpyArray(shape: [2], .integers([1, -1])))
  }

  @Test func `Fortran order of one axis is C order`() throws {
    #expect(try read(Self.file("|u1", fortran: "True", shape: "2,", [7, 8])).shape == [2])
  }

  @Test(arguments: [
    (Array("PK\u{3}\u{4}".utf8), "this is no npy file: it does not begin with \\x93NUMPY"),
    ([0x93] + "NUMPY".utf8 + [1], "the header has 12 bytes, but the content ends at byte 7"),
    (
      file("<f4", shape: "1,", [0, 0, 0, 0], version: 4),
      "expected npy version 1.0, 2.0 or 3.0, got 4.0"
    ),
    (
      file("<u8", shape: "1,", [UInt8](repeating: 255, count: 8)),
      "expected whole numbers below 9.2e18, got a larger one"
    ),
    (file("<f4", shape: "3,", [UInt8](repeating: 0, count: 8)), ": cut off at byte "),
    (file("<f4", shape: "1,", [UInt8](repeating: 0, count: 5)), ": surplus bytes from byte "),
    (file("<f4", shape: "x,", []), "the npy header is damaged near byte "),
    (file("<f4", shape: "99999999999, 99999999999", []), "`shape` is too large"),
    (file("<f4", shape: "99999999999999999999,", []), "expected a size"),
    (file("<f4", fortran: "maybe", shape: "1,", []), "expected a value"),
    (Array(file("<f4", shape: "1,", []).prefix(30)), "but the content ends at byte 30"),
  ])
  func `damage has its sentence`(bytes: [UInt8], expected: String) {
    let text = sentence { _ = try NpyArray(bytes, path: "x.npy") }
    #expect(text.hasPrefix("error: `x.npy`: "), "\(text)")
    #expect(text.contains(expected), "\(text)")
  }

  @Test(arguments: [
    (
      "<U5", "`<U5`, which is text",
      "`numpy.unique(labels, return_inverse=True)[1]` numbers labels from 0; do it for training and test labels together"
    ),
    (
      "|S3", "`|S3`, which is text",
      "`numpy.unique(labels, return_inverse=True)[1]` numbers labels from 0; do it for training and test labels together"
    ),
    (
      "|O", "`|O`, which is Python objects",
      "rows of several lengths or texts between the numbers make objects: `numpy.array(rows, dtype=\"float32\")` says which"
    ),
    (
      "<M8[s]", "`<M8[s]`, which is dates",
      "`array.astype(\"datetime64[s]\").astype(\"float64\")` makes them seconds since 1970"
    ),
    (
      "<m8[ns]", "`<m8[ns]`, which is durations",
      "`array.astype(\"timedelta64[s]\").astype(\"float64\")` makes them seconds"
    ),
    (
      "<c8", "`<c8`, which is complex numbers",
      "`numpy.stack([array.real, array.imag], axis=-1)` makes two real numbers of each"
    ),
    ("<f16", "`<f16`", "save it with `numpy.save(path, array.astype(\"float32\"))`"),
  ])
  func `elements that are no numbers have a hint of their own`(
    descriptor: String,
    shown: String,
    hint: String
  ) {
    let bytes = Self.file(descriptor, shape: "1,", [UInt8](repeating: 0, count: 16))
    #expect(
      sentence { _ = try NpyArray(bytes, path: "x.npy") } == """
        error: `x.npy`: expected numbers (float16 to float64, int8 to int64, uint8 to uint64) or bool, got \(shown)
        hint: \(hint)
        """
    )
  }

  @Test func `a cut file of the user's own has no published digest to compare with`() {
    let bytes = NpyArray(shape: [3], .float32([1, 2, 3])).encoded
    for count in [9, 40, bytes.count - 1] {
      let text = sentence { _ = try NpyArray(Array(bytes[..<count]), path: "x.npy") }
      #expect(
        text.hasSuffix(
          "\nhint: copy the file again, or save it anew with `numpy.save(path, array)`"
        ),
        "\(text)"
      )
    }
  }

  @Test func `any cut or changed byte of a header is refused or read, never a crash`() {
    let bytes = NpyArray(shape: [2, 3], .float32([1, 2, 3, 4, 5, 6])).encoded
    var refused = 0
    for index in 0..<bytes.count {
      for change in [0, 0x20, 0x28, 0x39, 0xFF] as [UInt8] {
        var changed = bytes
        changed[index] = change
        if (try? NpyArray(changed, path: "x")) == nil { refused += 1 }
      }
      #expect((try? NpyArray(Array(bytes[..<index]), path: "x")) == nil)
    }
    #expect(refused > 200)
  }
}

extension NpyArray {
  fileprivate var elementBytes: Int {
    switch elements {
    case .float32(let values): 4 * values.count
    case .float64(let values): 8 * values.count
    case .integers(let values): 8 * values.count
    case .bytes(let values): values.count
    case .booleans(let values): values.count
    }
  }
}

@Suite struct NpyDatasetTests {
  private func prepare(
    _ inputs: NpyArray,
    _ targets: NpyArray,
    test: (NpyArray, NpyArray)? = nil,
    _ options: DataOptions = DataOptions()
  ) throws -> PreparedData {
    let folder = try TemporaryFolder()
    let x = try folder.write(inputs.encoded, "x.npy")
    let y = try folder.write(targets.encoded, "y.npy")
    guard let test else { return try folder.prepare(Requests.npy(x, y), options) }
    let testX = try folder.write(test.0.encoded, "test_x.npy")
    let testY = try folder.write(test.1.encoded, "test_y.npy")
    return try folder.prepare(Requests.npy(x, y, test: (testX, testY)), options)
  }

  private func message(
    _ inputs: NpyArray,
    _ targets: NpyArray,
    test: (NpyArray, NpyArray)? = nil,
    _ options: DataOptions = DataOptions()
  ) -> String {
    sentence { _ = try prepare(inputs, targets, test: test, options) }
  }

  static let columns = NpyArray(shape: [3, 2], .float64([1, 10, 2, 20, 4.5, 30]))

  @Test func `real targets are values of at least one axis`() throws {
    let data = try prepare(Self.columns, NpyArray(shape: [3], .float32([0.5, 1, 2])))
    #expect(data.description.input == .values([2]))
    #expect(data.description.target == .values([1]))
    #expect(data.inputs(.train) == [1, 10, 2, 20, 4.5, 30])
    #expect(data.values(.train) == [0.5, 1, 2])
    #expect(data.count(.test) == 0)
  }

  @Test func `whole targets are classes counted over both parts`() throws {
    let data = try prepare(
      Self.columns,
      NpyArray(shape: [3, 1], .integers([0, 2, 1])),
      test: (NpyArray(shape: [1, 2], .float32([7, 8])), NpyArray(shape: [1], .integers([5])))
    )
    #expect(data.description.target == .classes(6))
    #expect(data.classes(.train) == [0, 2, 1])
    #expect(data.classes(.test) == [5])
    #expect(data.inputs(.test) == [7, 8])
  }

  @Test func `bytes are brightnesses and integers tokens`() throws {
    let images = NpyArray(shape: [1, 1, 1, 3], .bytes([0, 51, 255]))
    let data = try prepare(images, NpyArray(shape: [1], .booleans([true])))
    #expect(data.description.input == .values([1, 1, 3]))
    #expect(data.inputs(.train) == [0, 0.2, 1])
    #expect(data.description.target == .classes(2))
    let tokens = NpyArray(shape: [2, 3], .integers([0, 4, 1, 2, 2, 3]))
    let text = try prepare(tokens, NpyArray(shape: [2, 3], .integers([1, 0, 1, 2, 2, 3])))
    #expect(text.description.input == .tokens(vocabulary: 5, steps: 3))
    #expect(text.description.target == .steps(classes: 4))
    #expect(text.tokens(.train) == [0, 4, 1, 2, 2, 3])
    #expect(text.classes(.train, [1]) == [2, 2, 3])
  }

  @Test func `the task overrides the type of the targets`() throws {
    let whole = NpyArray(shape: [3], .integers([3, 0, 1]))
    let regression = try prepare(Self.columns, whole, DataOptions(task: .regression))
    #expect(regression.description.target == .values([1]))
    #expect(regression.values(.train) == [3, 0, 1])
    let real = NpyArray(shape: [3], .float64([3, 0, 1]))
    let classes = try prepare(Self.columns, real, DataOptions(task: .classification))
    #expect(classes.description.target == .classes(4))
    #expect(classes.classes(.train) == [3, 0, 1])
    let uneven = NpyArray(shape: [3], .float64([3, 0.5, 1]))
    let text = message(Self.columns, uneven, DataOptions(task: .classification))
    #expect(
      text.contains("expected classes (whole numbers from 0), got 0.5 at element 1"),
      "\(text)"
    )
  }

  @Test func `real targets that are no classes say how to become some`() {
    let oneHot = NpyArray(shape: [3, 2], .float64([1, 0, 0, 1, 1, 0]))
    #expect(
      message(Self.columns, oneHot, DataOptions(task: .classification)).hasSuffix(
        """
        error: `task: classification` does not fit the targets of `npy`, which are real numbers
        hint: leave out `task` to train on real numbers
        hint: rows of one 1 and else 0 become classes with `targets.argmax(axis=-1)`
        """
      )
    )
    let signs = NpyArray(shape: [3], .float64([1, -1, 1]))
    #expect(
      message(Self.columns, signs, DataOptions(task: .classification)).hasSuffix(
        """
        expected classes (whole numbers from 0), got -1.0 at element 1
        hint: classes are counted from 0: `numpy.unique(labels, return_inverse=True)[1]` numbers them so
        hint: leave out `task: classification` to train on real numbers
        """
      )
    )
  }

  @Test func `arrays that do not fit are refused with a sentence`() {
    let targets = NpyArray(shape: [3], .integers([0, 1, 2]))
    let two = NpyArray(shape: [2], .integers([0, 1]))
    #expect(message(Self.columns, two).contains("x.npy` holds 3 records, `"))
    #expect(
      message(NpyArray(shape: [], .float32([1])), two).contains(
        "expected inputs of shape [N, …] with N ≥ 1, got []"
      )
    )
    let negative = NpyArray(shape: [3], .integers([0, -1, 2]))
    #expect(
      message(Self.columns, negative).contains(
        "expected classes of 0 … 16777215, got -1 at element 1"
      )
    )
    let grid = NpyArray(shape: [3, 2], .integers([0, 1, 2, 3, 4, 5]))
    #expect(
      message(Self.columns, grid).contains(
        "expected integer targets (classes) of shape [N], or [N, T] with inputs of T steps, got [3, 2]"
      )
    )
    let line = NpyArray(shape: [3], .integers([0, 1, 2]))
    #expect(
      message(line, targets).contains(
        "expected integer inputs (tokens) of shape [N, T]; save numbers as float32, got [3]"
      )
    )
    let wide = NpyArray(shape: [2, 3], .float32([1, 2, 3, 4, 5, 6]))
    #expect(
      message(Self.columns, targets, test: (wide, two)).contains("x.npy` has shape [2], of `")
    )
    let bytes = NpyArray(shape: [2, 2], .bytes([1, 2, 3, 4]))
    #expect(
      message(Self.columns, targets, test: (bytes, two)).contains("x.npy` is read as float64, `")
    )
  }

  @Test(arguments: [
    (NpyArray.Elements.float32([1, 2, 3, .nan]), "nan"),
    (.float32([1, 2, 3, -.infinity]), "-inf"),
    (.float64([1, 2, 3, .nan]), "nan"),
    (.float64([1, 2, 3, 1e39]), "1e+39"),
  ])
  func `a number that is not finite is refused with its place`(
    elements: NpyArray.Elements,
    shown: String
  ) {
    let isLarge = shown == "1e+39"
    let numbers = isLarge ? "numbers up to 3.4e38, the largest float32" : "finite numbers"
    let classes = NpyArray(shape: [2], .integers([0, 1]))
    let inputs = message(NpyArray(shape: [2, 2], elements), classes)
    #expect(
      inputs.contains("x.npy`: expected inputs of \(numbers), got \(shown) at element [1, 1]")
    )
    let hint =
      isLarge
      ? "divide them all by a power of ten"
      : "`numpy.argwhere(~numpy.isfinite(array))` finds them all: leave these examples out, or replace the numbers"
    #expect(inputs.hasSuffix("hint: \(hint)"), "\(inputs)")
    let four = NpyArray(shape: [4, 1], .bytes([1, 2, 3, 4]))
    let targets = message(four, NpyArray(shape: [4], elements))
    #expect(
      targets.contains("y.npy`: expected targets of \(numbers), got \(shown) at element 3")
    )
    let test = message(
      NpyArray(shape: [2, 2], .float32([1, 2, 3, 4])),
      classes,
      test: (NpyArray(shape: [2, 2], elements), classes)
    )
    #expect(test.contains("test_x.npy`: expected inputs of \(numbers)"), "\(test)")
  }

  @Test func `the digest is of the content, not of paths or type of file`() throws {
    let targets = NpyArray(shape: [3], .integers([0, 1, 2]))
    let single = NpyArray(shape: [3, 2], .float32([1, 10, 2, 20, 4.5, 30]))
    let other = NpyArray(shape: [3, 2], .float32([1, 10, 2, 20, 4.5, 31]))
    let digests = try [Self.columns, single, other].map {
      try prepare($0, targets).description.contentSHA256
    }
    #expect(digests[0] == digests[1])
    #expect(digests[0] != digests[2])
  }

  @Test func `a missing file is named`() throws {
    let text = sentence {
      _ = try builtIn.describe(Requests.npy("/nowhere/x.npy", "/nowhere/y.npy"))
    }
    #expect(text == "error: cannot read `/nowhere/x.npy`: there is no such file")
  }
}
