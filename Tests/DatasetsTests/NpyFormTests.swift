// SPDX-License-Identifier: Apache-2.0

import Datasets
import Diagnostics
import Foundation
import Tensors
import Testing
import Vocabulary

/// The forms that NumPy saves an array in: order of axes, order of bytes, width of elements.
@Suite struct NpyFormTests {
  private func read(
    _ descriptor: String,
    fortran: String = "False",
    shape: String,
    _ body: [UInt8]
  ) throws -> NpyArray {
    try NpyArray(NpyTests.file(descriptor, fortran: fortran, shape: shape, body), path: "x.npy")
  }

  // np.asfortranarray(np.arange(24, dtype="u1").reshape(2, 3, 4)).tobytes(order="A")
  @Test func `Fortran order gives the elements in the order of their indices`() throws {
    let stored: [UInt8] = [
      0, 12, 4, 16, 8, 20, 1, 13, 5, 17, 9, 21, 2, 14, 6, 18, 10, 22, 3, 15, 7, 19, 11, 23,
    ]
    let array = try read("|u1", fortran: "True", shape: "2, 3, 4", stored)
    #expect(array == NpyArray(shape: [2, 3, 4], .bytes((0..<24).map { UInt8($0) })))
  }

  @Test(arguments: [
    ("<f4", NpyArray.Elements.float32([0, 1, 2, 3, 4, 5])),
    ("<f8", .float64([0, 1, 2, 3, 4, 5])),
    ("<i8", .integers([0, 1, 2, 3, 4, 5])),
    ("|u1", .bytes([0, 1, 2, 3, 4, 5])),
    ("|b1", .booleans([false, true, true, false, true, false])),
  ])
  func `Fortran order of two axes, of each type`(descriptor: String, elements: NpyArray.Elements)
    throws
  {
    let array = NpyArray(shape: [2, 3], elements)
    let body = array.encoded.suffix(6 * Self.width(descriptor))
    let size = Self.width(descriptor)
    let bytes = Array(body)
    // Columns one after the other: (0, 0), (1, 0), (0, 1), …
    let columns = [0, 3, 1, 4, 2, 5].flatMap { bytes[$0 * size..<($0 + 1) * size] }
    #expect(try read(descriptor, fortran: "True", shape: "2, 3", columns) == array)
  }

  private static func width(_ descriptor: String) -> Int { Int(descriptor.suffix(1)) ?? 0 }

  @Test func `an array without elements, or of thin axes, has no order`() throws {
    #expect(try read("<f4", fortran: "True", shape: "0, 3", []).shape == [0, 3])
    #expect(
      try read("|u1", fortran: "True", shape: "1, 3, 1", [7, 8, 9])
        == NpyArray(shape: [1, 3, 1], .bytes([7, 8, 9]))
    )
  }

  // np.array([0, 1, -2, 65504, 6e-8, .1, np.inf, -0.0], dtype="f2"), as "u2" and as "f4" seen as "u4"
  @Test func `float16 is read to the bits that NumPy gives`() throws {
    let halves: [UInt16] = [0, 15360, 49152, 31743, 1, 11878, 31744, 32768]
    let bits: [UInt32] = [
      0, 1_065_353_216, 3_221_225_472, 1_199_562_752, 864_026_624, 1_036_828_672, 2_139_095_040,
      2_147_483_648,
    ]
    let body = halves.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    let array = try read("<f2", shape: "8,", body)
    guard case .float32(let values) = array.elements else {
      Issue.record("\(array.elements)")
      return
    }
    #expect(values.map(\.bitPattern) == bits)
    #expect(try read("<f2", shape: "1,", [0, 0x7E]).floats[0].isNaN)
  }

  @Test func `the most significant byte may stand first`() throws {
    #expect(try read(">f4", shape: "1,", [0xC0, 0, 0, 0]).elements == .float32([-2]))
    #expect(try read(">i2", shape: "2,", [0, 5, 0xFF, 0xFE]).elements == .integers([5, -2]))
    #expect(
      try read(">f8", shape: "1,", [0x3F, 0xF8, 0, 0, 0, 0, 0, 0]).elements == .float64([1.5])
    )
    #expect(try read("=i2", shape: "1,", [5, 0]).elements == .integers([5]))
  }

  @Test func `whole numbers have any width`() throws {
    #expect(try read("|i1", shape: "2,", [5, 0xFF]).elements == .integers([5, -1]))
    #expect(try read("<i2", shape: "1,", [0xFE, 0xFF]).elements == .integers([-2]))
    #expect(try read("<u2", shape: "1,", [0xFE, 0xFF]).elements == .integers([65534]))
    #expect(
      try read("<u4", shape: "1,", [255, 255, 255, 255]).elements == .integers([4_294_967_295])
    )
    #expect(
      try read("<u8", shape: "1,", [1, 0, 0, 0, 0, 0, 0, 0x10]).elements
        == .integers([1 << 60 + 1])
    )
  }
}

/// Whole numbers as targets.
@Suite struct WholeTargetTests {
  private func prepare(
    _ inputs: NpyArray,
    _ targets: NpyArray,
    test: NpyArray? = nil,
    _ task: DataOptions.Task?
  ) throws -> PreparedData {
    let folder = try TemporaryFolder()
    let x = try folder.write(inputs.encoded, "x.npy")
    let y = try folder.write(targets.encoded, "y.npy")
    let other = try test.map { (x, try folder.write($0.encoded, "t.npy")) }
    return try folder.prepare(Requests.npy(x, y, test: other), DataOptions(task: task))
  }

  private static let columns = NpyArray(shape: [3, 2], .float32([1, 10, 2, 20, 4.5, 30]))
  private static let steps = NpyArray(shape: [3, 2, 1], .float32([1, 2, 3, 4, 5, 6]))

  @Test(
    arguments: [
      (columns, NpyArray(shape: [3], .integers([-1, 1, -1])), [1], [-1, 1, -1]),
      (
        columns, NpyArray(shape: [3, 1], .integers([-5, 0, 100_000_000])), [1],
        [-5, 0, 100_000_000]
      ),
      (columns, NpyArray(shape: [3, 3], .integers(Array(0..<9))), [3], (0..<9).map { Float($0) }),
      (
        columns, NpyArray(shape: [3, 2], .bytes([0, 1, 255, 3, 4, 5])), [2], [0, 1, 255, 3, 4, 5]
      ),
      (
        columns, NpyArray(shape: [3, 2], .booleans([true, false, true, true, false, false])), [2],
        [
          1, 0, 1, 1, 0, 0,
        ]
      ),
      (columns, NpyArray(shape: [3], .integers([4, 0, 2])), [1], [4, 0, 2]),
      (columns, NpyArray(shape: [3, 1], .integers([4, 0, 2])), [1], [4, 0, 2]),
      // A whole number at each step, which without the task would be its class.
      (steps, NpyArray(shape: [3, 2], .integers([1, 2, 3, 4, 5, 6])), [2], [1, 2, 3, 4, 5, 6]),
      (steps, NpyArray(shape: [3, 2], .integers([1, -2, 3, 4, 5, 6])), [2], [1, -2, 3, 4, 5, 6]),
    ] as [(NpyArray, NpyArray, [Int], [Float])]
  )
  func `are real under regression, whatever their size, sign and shape`(
    inputs: NpyArray,
    targets: NpyArray,
    shape: [Int],
    values: [Float]
  ) throws {
    let data = try prepare(inputs, targets, .regression)
    #expect(data.description.target == .values(shape))
    #expect(data.values(.train) == values)
  }

  @Test func `one part that cannot be classes makes both real`() throws {
    let negative = NpyArray(shape: [3], .integers([-1, 0, 7]))
    let small = NpyArray(shape: [3], .integers([1, 2, 3]))
    for (train, test) in [(negative, small), (small, negative)] {
      let data = try prepare(Self.columns, train, test: test, .regression)
      #expect(data.description.target == .values([1]))
      #expect(data.values(.train) == train.floats)
      #expect(data.values(.test) == test.floats)
    }
    let real = NpyArray(shape: [3], .float32([0.5, 1, 2]))
    #expect(try prepare(Self.columns, real, test: small, .regression).values(.test) == [1, 2, 3])
  }

  @Test func `say which task is meant where they cannot be classes`() {
    let hints = """

      hint: `task: regression` makes whole numbers real targets
      hint: classes are counted from 0: `numpy.unique(labels, return_inverse=True)[1]` numbers them so
      """
    for (values, shown) in [
      ([0, -1, 2], "-1 at element 1"), ([0, 1, 1 << 24], "16777216 at element 2"),
    ] {
      let text = sentence {
        _ = try prepare(Self.columns, NpyArray(shape: [3], .integers(values)), nil)
      }
      #expect(
        text.hasSuffix("y.npy`: expected classes of 0 … 16777215, got \(shown)" + hints),
        "\(text)"
      )
    }
    let grid = NpyArray(shape: [3, 3], .integers([0, 1, 0, 1, 0, 0, 0, 0, 1]))
    let text = sentence { _ = try prepare(Self.columns, grid, nil) }
    #expect(
      text.hasSuffix(
        """
        y.npy`: expected integer targets (classes) of shape [N], or [N, T] with inputs of T steps, got [3, 3]
        hint: `task: regression` makes whole numbers real targets
        hint: rows of one 1 and else 0 become classes with `targets.argmax(axis=1)`
        """
      ),
      "\(text)"
    )
  }

  // MARK: - Classes without examples

  private func findings(_ labels: [Int], _ options: DataOptions = DataOptions()) throws -> [String]
  {
    let folder = try TemporaryFolder()
    let inputs = NpyArray(shape: [labels.count, 1], .float32(labels.map { Float($0) }))
    let request = Requests.npy(
      try folder.write(inputs.encoded, "x.npy"),
      try folder.write(NpyArray(shape: [labels.count], .integers(labels)).encoded, "y.npy")
    )
    let described = try folder.library.describe(request, options)
    #expect(try folder.prepare(request, options).description == described)
    return described.findings.map(\.diagnostic.rendered)
  }

  @Test func `labels from 1 are asked about`() throws {
    #expect(
      try findings([1, 2, 3, 1]) == [
        """
        warning: class 0 of 0 … 3 has no training example: are the labels counted from 1?
        hint: classes are counted from 0: save `labels - 1`, which makes 3 classes
        """
      ]
    )
    #expect(try findings([0, 1, 2, 1]).isEmpty)
  }

  @Test func `classes without examples are named, many only counted`() throws {
    #expect(
      try findings([0, 1, 3, 4]) == [
        """
        warning: 1 of 5 classes has no training example: 2
        hint: a class without examples has an output of its own and is not learned
        """
      ]
    )
    #expect(
      try findings([0, 900_000]) == [
        """
        warning: 899999 of 900001 classes have no training example: 1, 2, 3, 4, 5, 6, 7, 8 and 899991 more
        hint: if the targets are amounts, `task: regression` makes them real targets
        hint: if they are labels, `numpy.unique(labels, return_inverse=True)[1]` numbers them from 0 without gaps
        """
      ]
    )
  }

  @Test func `one class is no task, also where limits leave one`() throws {
    let hint =
      "\nhint: a network learns to tell classes apart: check the targets, or `train_limit` where examples lie sorted by class"
    #expect(
      try findings([0, 0, 0]) == ["warning: all training examples are of one class, 0" + hint]
    )
    let limited = try findings([0, 0, 1, 1], DataOptions(trainLimit: 2))
    #expect(limited.last == "warning: all training examples are of one class, 0" + hint)
    #expect(limited.count == 2)
  }
}
