// SPDX-License-Identifier: Apache-2.0

import Datasets
import Foundation
import Testing
import Vocabulary

/// What is said of arrays whose elements are something else than they should be.
@Suite struct NpyKindTests {
  private static let targets = NpyArray(shape: [3], .float32([0.5, 1, 2])).encoded

  private func said(
    _ inputs: [UInt8],
    _ targets: [UInt8] = targets,
    test: ([UInt8], [UInt8])? = nil,
    _ options: DataOptions = DataOptions()
  ) throws -> String {
    let folder = try TemporaryFolder()
    let (x, y) = (try folder.write(inputs, "x.npy"), try folder.write(targets, "y.npy"))
    let other = try test.map {
      (try folder.write($0.0, "tx.npy"), try folder.write($0.1, "ty.npy"))
    }
    return sentence { _ = try folder.library.describe(Requests.npy(x, y, test: other), options) }
      .replacing("\(folder.path)/", with: "")
  }

  @Test func `whole numbers that are no tokens may be quantities`() throws {
    let changes = NpyArray(shape: [3, 2], .integers([1, 4, -13, 2, 3, 5])).encoded
    #expect(
      try said(changes) == """
        error: `x.npy`: expected tokens of 0 … 16777215, got -13 at element 2
        hint: save quantities with `array.astype("float32")` to have numbers
        hint: words are counted from 0: `numpy.unique(array, return_inverse=True)[1].reshape(array.shape)` numbers them so
        """
    )
    #expect(
      try said(NpyArray(shape: [3], .integers([1, 4, 13])).encoded) == """
        error: `x.npy`: expected integer inputs (tokens) of shape [N, T]; save numbers as float32, got [3]
        hint: save quantities with `array.astype("float32")` to have numbers
        """
    )
    #expect(
      try said(NpyArray(shape: [3, 1, 2], .integers([1, 4, 1, 2, 3, 5])).encoded) == """
        error: `x.npy`: expected integer inputs (tokens) of shape [N, T]; save numbers as float32, got [3, 1, 2]
        hint: save brightnesses from 0 to 255 with `array.astype("uint8")`, other quantities with `array.astype("float32")`
        """
    )
  }

  /// A header whose type is a list, as of `dtype=[('a', 'f4'), ('b', 'i4')]`.
  private func structured(_ fields: String) -> [UInt8] {
    let text = NpyTests.file("@", shape: "3,", [UInt8](repeating: 0, count: 24))
    return NpyHeaderText.replacing("'@'", with: fields, in: text)
  }

  @Test(arguments: [
    "[('a', '<f4'), ('b', '<i4')]", "[('a', '<f4', (2,)), ('b]', [('c', '<i4')])]",
  ])
  func `a structure of fields is told how to become columns`(fields: String) throws {
    #expect(
      try said(structured(fields)) == """
        error: `x.npy`: expected numbers (float16 to float64, int8 to int64, uint8 to uint64) or bool, got `[…]`, which is a structure of fields
        hint: `numpy.lib.recfunctions.structured_to_unstructured(array)` makes a column of each field, if all are numbers; `import numpy.lib.recfunctions` goes before
        """
    )
  }

  /// An array of texts as NumPy keeps it: `<U…`, `>U…` or `|S…`.
  private func texts(_ texts: [String], _ order: Character, _ letter: Character) -> [UInt8] {
    let length = texts.map(\.utf8.count).max() ?? 1
    let body = texts.flatMap { text -> [UInt8] in
      let bytes = Array(text.utf8) + [UInt8](repeating: 0, count: length - text.utf8.count)
      guard letter == "U" else { return bytes }
      return bytes.flatMap { order == ">" ? [0, 0, 0, $0] : [$0, 0, 0, 0] }
    }
    return NpyTests.file("\(order)\(letter)\(length)", shape: "\(texts.count),", body)
  }

  private static let refusal =
    "expected numbers (float16 to float64, int8 to int64, uint8 to uint64) or bool, got"

  @Test(arguments: [("<", "U"), (">", "U"), ("|", "S")] as [(Character, Character)])
  func `numbers that are kept as texts are told to become numbers`(
    order: Character,
    letter: Character
  ) throws {
    let numbers = texts(["1.5", "-2e3", " 7"], order, letter)
    #expect(
      try said(numbers) == """
        error: `x.npy`: \(Self.refusal) `\(order)\(letter)4`, which is text
        hint: `array.astype("float32")` makes numbers of these texts
        """
    )
    let inputs = NpyArray(shape: [3], .float32([0.5, 1, 2])).encoded
    #expect(
      try said(inputs, numbers) == """
        error: `y.npy`: \(Self.refusal) `\(order)\(letter)4`, which is text
        hint: `array.astype("float32")` makes numbers of these texts
        hint: `numpy.unique(labels, return_inverse=True)[1]` numbers labels from 0; do it for training and test labels together
        """
    )
    #expect(
      try said(inputs, texts(["1.5", "cat", "7"], order, letter)) == """
        error: `y.npy`: \(Self.refusal) `\(order)\(letter)3`, which is text
        hint: `numpy.unique(labels, return_inverse=True)[1]` numbers labels from 0; do it for training and test labels together
        """
    )
  }

  @Test func `parts of different kinds are told so, before what follows from it`() throws {
    let inputs = NpyArray(shape: [3, 2], .float32([1, 2, 3, 4, 5, 6])).encoded
    let classes = NpyArray(shape: [3], .integers([0, 1, 2])).encoded
    #expect(
      try said(inputs, Self.targets, test: (inputs, classes)) == """
        error: `y.npy` is read as float32, `ty.npy` as int64
        hint: training and test arrays must have elements of one kind
        hint: whole numbers are classes and real numbers are values: save both with `array.astype("int64")` to have classes, or with `array.astype("float32")` to have values
        """
    )
    #expect(
      try said(inputs, Self.targets, test: (inputs, classes), DataOptions(task: .regression))
        == "nothing"
    )
    let changes = NpyArray(shape: [3, 2], .integers([1, 4, -1, 2, 3, 5])).encoded
    let words = """
      hint: training and test arrays must have elements of one kind
      hint: whole numbers are tokens and real numbers are values: save both with `array.astype("float32")` to have values
      """
    #expect(
      try said(inputs, Self.targets, test: (changes, Self.targets))
        == "error: `x.npy` is read as float32, `tx.npy` as int64\n" + words
    )
    #expect(
      try said(changes, Self.targets, test: (inputs, Self.targets))
        == "error: `x.npy` is read as int64, `tx.npy` as float32\n" + words
    )
    let bytes = NpyArray(shape: [3, 2], .bytes([1, 2, 3, 4, 5, 6])).encoded
    #expect(
      try said(bytes, Self.targets, test: (inputs, Self.targets)) == """
        error: `x.npy` is read as uint8, `tx.npy` as float32
        hint: training and test arrays must have elements of one kind
        hint: only uint8 is divided by 255: save both in the same type
        """
    )
  }
}

/// Changes the text of an npy header and its length with it.
enum NpyHeaderText {
  static func replacing(_ old: String, with new: String, in file: [UInt8]) -> [UInt8] {
    let length = Int(file[8]) + Int(file[9]) << 8
    let header = String(decoding: file[10..<(10 + length)], as: UTF8.self)
    let changed = Array(header.replacing(old, with: new).utf8)
    let size = [UInt8(changed.count & 0xFF), UInt8(changed.count >> 8)]
    return Array(file[..<8]) + size + changed + file[(10 + length)...]
  }
}
