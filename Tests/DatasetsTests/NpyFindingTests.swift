// SPDX-License-Identifier: Apache-2.0

import Datasets
import Diagnostics
import Foundation
import Testing
import Vocabulary

/// What is said of arrays that may mean something else than they are read as.
@Suite struct NpyFindingTests {
  private func findings(_ inputs: NpyArray) throws -> [String] {
    let folder = try TemporaryFolder()
    let x = try folder.write(inputs.encoded, "x.npy")
    let targets = NpyArray(
      shape: [inputs.shape[0]],
      .float32((0..<inputs.shape[0]).map { Float($0) })
    )
    let y = try folder.write(targets.encoded, "y.npy")
    return try folder.library.describe(Requests.npy(x, y)).findings.map {
      $0.diagnostic.rendered.replacing("\(folder.path)/", with: "")
    }
  }

  private func images(_ shape: [Int]) -> NpyArray {
    NpyArray(shape: shape, .bytes([UInt8](repeating: 7, count: shape.reduce(1, *))))
  }

  @Test(arguments: [1, 3, 4]) func `channels behind are told`(channels: Int) throws {
    #expect(
      try findings(images([2, 8, 6, channels])) == [
        """
        warning: the images of `x.npy` are read as 8 channels of 6×\(channels) pixels, for their axes are [N, C, H, W]
        hint: `array.transpose(0, 3, 1, 2)` puts the channels in front if the last axis holds them
        """
      ]
    )
  }

  @Test(arguments: [
    [2, 3, 8, 6], [2, 1, 4, 4], [2, 3, 8, 3], [2, 16, 1, 1], [2, 8, 6], [2, 8, 6, 5],
  ])
  func `channels in front are not`(shape: [Int]) throws {
    #expect(try findings(images(shape)) == [])
  }

  private func integers(_ rows: (Int, Int) -> Int, _ count: Int, _ width: Int) -> NpyArray {
    NpyArray(
      shape: [count, width],
      .integers((0..<count).flatMap { row in (0..<width).map { rows(row, $0) } })
    )
  }

  @Test func `quantities that are read as tokens are told`() throws {
    let people = integers({ row, column in column == 0 ? 20 + row : 1000 + 300 * row }, 30, 2)
    #expect(
      try findings(people) == [
        """
        warning: the whole numbers of `x.npy` are read as sequences of 2 tokens, but their columns differ in size as quantities do
        hint: save them with `array.astype("float32")` to have numbers
        """
      ]
    )
  }

  @Test func `tokens, also padded ones, are not`() throws {
    #expect(try findings(integers({ ($0 * 31 + $1 * 17) % 97 }, 60, 12)) == [])
    let padded = integers({ $1 > $0 % 12 ? 0 : 1 + ($0 * 31 + $1 * 17) % 97 }, 60, 12)
    #expect(try findings(padded) == [])
    #expect(try findings(integers({ $1 == 0 ? 101 : 500 + ($0 * 7 + $1) % 400 }, 60, 9)) == [])
  }

  @Test func `one is said in the singular`() throws {
    let folder = try CSVTests.files("x,y\n1,2\n")
    let request = CSVTests.request(folder)
    #expect(
      sentence { _ = try folder.library.prepare(request, DataOptions(validation: .count(1))) }
        == """
        error: expected at least 2 training examples where some are held out, got 1
        hint: leave `validation` out
        """
    )
    #expect(
      sentence { _ = try folder.library.prepare(request, DataOptions(folds: 2)) } == """
        error: expected at least 2 training examples for folds, got 1
        hint: leave `folds` out
        """
    )
    let two = try CSVTests.files("x,y\n1,2\n3,4\n")
    #expect(
      sentence {
        _ = try two.library.prepare(CSVTests.request(two), DataOptions(validation: .count(2)))
      } == """
        error: expected a validation part of 1 example, got 2 of 2
        hint: lower `validation`, or leave it out
        """
    )
  }
}
