// SPDX-License-Identifier: Apache-2.0

import Datasets
import Diagnostics
import Foundation
import Testing
import Vocabulary

/// What is said of a field that is no number: what it is, and never a repair that makes it worse.
@Suite struct StrangeFieldTests {
  struct Case: Sendable, CustomTestStringConvertible {
    /// The fields of the column `x` between semicolons; the first strange one is told.
    let fields: [String]
    var arguments: [String: ArgumentValue] = [:]
    let message: String

    var testDescription: String { fields.prefix(4).joined(separator: " | ") }
  }

  private static let categorical =
    "hint: `categorical: [x]` if the fields are names and no numbers"

  /// A message at the field's line, with a hint and the one for categories.
  private static func got(_ field: String, line: Int = 3, _ hint: String) -> String {
    "error: `a.csv:\(line)`: expected a number in the column `x`, got `\(field)`\nhint: \(hint)\n"
      + categorical
  }

  private static func mixed(_ field: String) -> String {
    """
    error: `a.csv:3`: expected a number in the column `x`, got `\(field)`
    hint: `\(field)` holds more than a number: put the number in its place that was meant
    hint: `missing: ["", NA, "\(field)"]` if it stands for no value
    \(categorical)
    """
  }

  private static let german: [String: ArgumentValue] = [
    "decimal": .text(","), "thousands": .text("."),
  ]

  static let cases: [Case] =
    ["<0.5", "1/2", "1.5*", "3±0.2", "5-10", "~7", "1.2.3", "12 [1]"].map {
      Case(fields: ["1", $0, "3", "4"], message: mixed($0))
    } + [
      Case(
        fields: ["0.07", "5%", "0.2"],
        message: got(
          "5%",
          "other fields have no `%`: write all numbers of the column in one way, for `5%` is 0.05"
        )
      ),
      Case(
        fields: ["0.07", "5 ‰", "0.2"],
        message: got(
          "5 ‰",
          "other fields have no `‰`: write all numbers of the column in one way, for `5‰` is 0.005"
        )
      ),
      Case(
        fields: ["7 ‰", "5 ‰"],
        message: got("7 ‰", line: 2, "take `‰` out of all fields of the column")
      ),
      Case(
        fields: ["7‰", "5%"],
        message: got(
          "7‰",
          line: 2,
          "the column has `%` and `‰`: write all its numbers in one of them, without the sign"
        )
      ),
      Case(
        fields: ["$7", "5 €"],
        message: got(
          "$7",
          line: 2,
          "the column has `$` and `€`: write all its numbers in one of them, without the sign"
        )
      ),
      Case(
        fields: ["1", "5 kg", "3"],
        message: got(
          "5 kg",
          "`5 kg` is a number with `kg` behind it: write the number alone, in the unit of the others"
        )
      ),
      Case(
        fields: ["1", "5d", "3"],
        message: got(
          "5d",
          "`5d` is a number with `d` behind it: write the number alone, in the unit of the others"
        )
      ),
      Case(
        fields: ["1", "0x1F", "3"],
        message: got("0x1F", "that is a number in hexadecimal digits: write `31`")
      ),
      Case(
        fields: ["1", "１２", "3"],
        message: got("１２", "its digits are those of another script: write `12`")
      ),
      Case(
        fields: ["－１．５", "２"],
        message: got("－１．５", line: 2, "its digits are those of another script: write `-1.5`")
      ),
      Case(
        fields: ["1", "٣", "3"],
        message: got("٣", "its digits are those of another script: write `3`")
      ),
      Case(
        fields: ["1", "2024-01-31", "3"],
        message: got(
          "2024-01-31",
          "that is a date among numbers: put the number in its place that was meant"
        )
      ),
      Case(
        fields: ["1", "12:30", "3"],
        message: got(
          "12:30",
          "that is a time of day among numbers: put the number in its place that was meant"
        )
      ),
      Case(
        fields: ["1", "TRUE", "0"],
        message: got("TRUE", "that is a truth value: write `1`")
      ),
      Case(
        fields: ["1", "2\u{0}", "3"],
        message: got(
          "2\\u{0}",
          "take the characters out that do not show; they are written as `\\u{…}` here"
        )
      ),
      Case(
        fields: ["1", "\u{200B}2", "3"],
        message: got(
          "\\u{200B}2",
          "take the characters out that do not show; they are written as `\\u{…}` here"
        )
      ),
      Case(
        fields: ["A", "B", "1", "2"],
        message: """
          error: `a.csv:2`: expected a number in the column `x`, got `A`
          \(categorical)
          hint: `missing: ["", NA, A, B]` if those stand for no value
          """
      ),
      Case(
        fields: ["1", "A", "A", "2", "1"],
        message: """
          error: `a.csv:3`: expected a number in the column `x`, got `A`
          \(categorical)
          hint: `missing: ["", NA, A]` if that stands for no value
          """
      ),
      Case(
        fields: ["a", "b", "c", "d", "e", "f", "1", "2", "3", "4", "5", "6"],
        message: """
          error: `a.csv:2`: expected a number in the column `x`, got `a`
          \(categorical)
          """
      ),
      Case(
        fields: ["1", "?", "null", "4"],
        message: """
          error: `a.csv:3`: expected a number in the column `x`, got `?`
          hint: `missing: ["", NA, "?", "null"]` if those stand for no value, or `categorical: [x]`
          """
      ),
      Case(
        fields: ["1.234", "1.92"],
        arguments: german,
        message: got(
          "1.92",
          "if the fractions of the whole file begin behind `.`, `decimal: \".\"` and no `thousands`; else write `,` in front of the fraction here"
        )
      ),
      Case(
        fields: ["1,5", "1.92"],
        arguments: german,
        message: got(
          "1.92",
          "if the fractions of the whole file begin behind `.`, `decimal: \".\"` and no `thousands`; else write `,` in front of the fraction here"
        )
      ),
      Case(
        fields: ["12", "5.755"],
        arguments: ["decimal": .text(",")],
        message: got(
          "5.755",
          "`thousands: \".\"` if the point groups digits by three; write a comma in its place if the fraction begins behind it"
        )
      ),
      Case(
        fields: ["12,34,567", "1,00,000"],
        message:
          "error: `a.csv:2`: expected a number in the column `x`, got `12,34,567`\nhint: `thousands: \",\"` if the numbers of the file are written so\n"
          + categorical
      ),
      Case(
        fields: ["1", "1e400"],
        message: """
          error: `a.csv:3`: expected numbers up to 3.4e38, the largest float32, in the column `x`, got `1e400`
          hint: divide the whole column by a power of ten
          hint: `missing: ["", NA, "1e400"]` if it stands for no value
          """
      ),
      Case(
        fields: ["1", "-4e38"],
        message: """
          error: `a.csv:3`: expected numbers up to 3.4e38, the largest float32, in the column `x`, got `-4e38`
          hint: divide the whole column by a power of ten
          hint: `missing: ["", NA, "-4e38"]` if it stands for no value
          """
      ),
    ]

  @Test(arguments: cases) func `a field is told for what it is`(example: Case) throws {
    let folder = try CSVTests.files("x;y\n" + example.fields.map { "\($0);1\n" }.joined())
    let request = CSVTests.request(
      folder,
      ["separator": .text(";")].merging(example.arguments) { $1 }
    )
    let said = sentence { _ = try folder.library.prepare(request) }
    #expect(said.replacing("\(folder.path)/", with: "") == example.message)
  }

  @Test func `an Indian number is a number`() throws {
    let folder = try CSVTests.files("x;y\n12,34,567;1\n1,00,000;2\n99,999.5;3\n")
    let request = CSVTests.request(folder, ["separator": .text(";"), "thousands": .text(",")])
    #expect(try folder.prepare(request).inputs(.train) == [1_234_567, 100_000, 99_999.5])
  }

  @Test(arguments: ["-999", "-999.0", "-9.99e2"])
  func `a missing number is missing in whichever way it is written`(word: String) throws {
    let folder = try CSVTests.files("x,c,y\n-999,-999.0,1\n-999.0,7,2\n4,7,3\n-9.99e2,7,4\n")
    let request = CSVTests.request(
      folder,
      ["missing": .list([.text(word)]), "categorical": .list([.text("c")])]
    )
    #expect(
      try folder.library.describe(request).columns.map(\.missing) == [3, 1, 0]
    )
  }

  @Test func `a code is no number to be missing`() throws {
    let folder = try CSVTests.files("c,y\n007,1\n7,2\n7.0,3\n08,4\n")
    let request = CSVTests.request(
      folder,
      ["missing": .list([.text("7")]), "categorical": .list([.text("c")])]
    )
    #expect(try folder.library.describe(request).columns[0].categories == ["007", "08"])
  }

  @Test func `a target without values, and one that is no class`() throws {
    let empty = try CSVTests.files("x,y\n1,\n2,NA\n")
    #expect(
      sentence { _ = try empty.library.prepare(CSVTests.request(empty)) }
        .replacing("\(empty.path)/", with: "") == """
          error: `a.csv`: the target `y` has no value in any record
          hint: a target needs a value in every record: is it the right column?
          """
    )
    let folder = try CSVTests.files("x,y\n1,0\n\n2,1\n3,-1\n", "x,y\n1,0\n")
    let request = CSVTests.request(folder, hasTest: true)
    let message = """
      error: `a.csv:5`: expected classes (whole numbers from 0) in the target `y`, got `-1`
      hint: `categorical: ["y"]` makes a class of each value
      hint: leave out `task: classification` to train on real numbers
      """
    let options = DataOptions(task: .classification)
    for said in [
      sentence { _ = try folder.library.prepare(request, options) },
      sentence { _ = try folder.library.describe(request, options) },
    ] {
      #expect(said.replacing("\(folder.path)/", with: "") == message)
    }
  }

  @Test func `a class of the test file in another spelling of the number`() throws {
    let folder = try CSVTests.files("x,y\n1,1\n2,2\n", "x,y\n1,1.0\n")
    let request = CSVTests.request(
      folder,
      hasTest: true,
      ["categorical": .list([.text("y")])]
    )
    #expect(
      sentence { _ = try folder.library.prepare(request) }
        .replacing("\(folder.path)/", with: "") == """
          error: `b.csv:2`: the class `1.0` of the target `y` is not in the training file
          hint: `1` in the training file is the same number: write it in one way
          """
    )
  }
}
