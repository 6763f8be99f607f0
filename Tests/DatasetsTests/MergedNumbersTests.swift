// SPDX-License-Identifier: Apache-2.0

import Datasets
import Diagnostics
import Foundation
import Testing
import Vocabulary

/// Numbers that float32 does not tell apart are told, unless they are scaled before.
@Suite struct MergedNumbersTests {
  private func findings(
    _ inputs: NpyArray,
    _ targets: NpyArray,
    _ options: DataOptions = DataOptions()
  ) throws -> [String] {
    let folder = try TemporaryFolder()
    let x = try folder.write(inputs.encoded, "x.npy")
    let y = try folder.write(targets.encoded, "y.npy")
    return try folder.library.describe(Requests.npy(x, y), options).findings.map {
      $0.diagnostic.rendered.replacing("\(folder.path)/", with: "")
    }
  }

  private func column(_ count: Int = 60, _ number: (Int) -> Double) -> NpyArray {
    NpyArray(shape: [count], .float64((0..<count).map(number)))
  }

  private static let inputHint =
    "\nhint: `standardize: inputs` scales the numbers before it rounds them, which keeps them apart"
  private static let targetHint =
    "\nhint: `standardize: both` scales the numbers before it rounds them, which keeps them apart"

  @Test func `times in milliseconds are told, and not once they are standardised`() throws {
    let times = column { 1_700_000_000_000 + 1000 * Double($0) }
    let targets = column { Double($0) }
    #expect(
      try findings(times, targets) == [
        "warning: float32 keeps 1 of 60 different numbers in `x.npy`" + Self.inputHint
      ]
    )
    #expect(try findings(times, targets, DataOptions(standardize: .inputs)).isEmpty)
    #expect(try findings(times, targets, DataOptions(standardize: .both)).isEmpty)
  }

  @Test func `the column that loses most is named, others counted`() throws {
    var rows: [Double] = []
    for row in (0..<40).map({ Double($0) }) { rows += [row, 16_777_216 + row, 1e9 + row / 100] }
    let table = NpyArray(shape: [40, 3], .float64(rows))
    #expect(
      try findings(table, column(40) { Double($0) }) == [
        "warning: float32 keeps 1 of 40 different numbers in column 2 of `x.npy`, and merges numbers in 1 more column"
          + Self.inputHint
      ]
    )
  }

  @Test func `large and tiny targets are told, also whole ones under regression`() throws {
    let inputs = column { Double($0) }
    let large = "warning: float32 keeps 31 of 60 different numbers in `y.npy`" + Self.targetHint
    let shifted = NpyArray(shape: [60], .integers((0..<60).map { (1 << 24) + $0 }))
    #expect(try findings(inputs, shifted, DataOptions(task: .regression)) == [large])
    #expect(try findings(inputs, column { 16_777_216 + Double($0) }) == [large])
    #expect(
      try findings(inputs, column { 1e-48 * Double($0) }) == [
        "warning: float32 keeps 1 of 60 different numbers in `y.npy`" + Self.targetHint
      ]
    )
    #expect(
      try findings(
        inputs,
        column { 1e-48 * Double($0) },
        DataOptions(standardize: .inputs)
      ).count == 1
    )
    #expect(
      try findings(inputs, column { 1e-48 * Double($0) }, DataOptions(standardize: .both))
        .isEmpty
    )
  }

  @Test func `ordinary numbers of 64 bits are not`() throws {
    let numbers = column(5000) { sin(Double($0)) }
    #expect(try findings(numbers, column(5000) { 1 / (1 + Double($0)) }).isEmpty)
    #expect(try findings(column { _ in 0.1 }, column { Double($0) / 3 }).isEmpty)
  }

  @Test func `a table names its column`() throws {
    let rows = (0..<30).map { "\(1_700_000_000_000 + 1000 * $0),\($0 % 7).5" }
    let folder = try CSVTests.files("time,y\n" + rows.joined(separator: "\n") + "\n")
    let found = try folder.library.describe(CSVTests.request(folder)).findings
      .filter { $0.kind == "merged_numbers" }.map(\.diagnostic.rendered)
    let said = "warning: float32 keeps 1 of 30 different numbers in column `time`"
    #expect(found == [said + Self.inputHint])
  }
}
