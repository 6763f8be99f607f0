// SPDX-License-Identifier: Apache-2.0

import Foundation
import Tensors
import Testing
import Vocabulary

@testable import Datasets

/// What the columns of a table are read as, whichever record comes first.
@Suite struct ColumnTests {
  @Test(arguments: [
    ("1.234", FieldNumber.number(1234)), ("12.345,5", .number(12345.5)),
    ("-1.234.567", .number(-1_234_567)),
    ("0,5", .number(0.5)), ("0.500", .text), ("-0.123", .text), ("01.234", .text),
  ])
  func `a group that begins with 0 is no thousands`(field: String, meaning: FieldNumber) {
    #expect(NumberFormat(decimal: ",", thousands: ".").number(field) == meaning)
  }

  struct Refusal: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// The fields of the column `x`; the first strange one is told.
    let fields: [String]
    let strange: String
    var fact = "expected a number in the column `x`, got"
    var arguments: [String: ArgumentValue] = [:]
    let hints: String
  }

  private static let categorical =
    "\nhint: `categorical: [x]` if the fields are names and no numbers"

  private static func missing(_ field: String) -> String {
    "hint: `missing: [\"\", NA, \(field)]` if that stands for no value, or `categorical: [x]`"
  }

  private static func format(_ arguments: String) -> String {
    "hint: \(arguments) if the numbers of the file are written so" + categorical
  }

  static let refusals: [Refusal] =
    ["?", "null", "N/A", "-", "NULL", "None", "#N/A", "n.a.", "."].map { word in
      let isPlain = ["None", "N/A", "n.a."].contains(word)
      return Refusal(
        testDescription: "`\(word)` among numbers",
        fields: ["1.5", word, "2", "-3e2"],
        strange: word,
        hints: missing(isPlain ? word : "\"\(word)\"")
      )
    } + [
      Refusal(
        testDescription: "most values are missing",
        fields: ["1.5", "?", "?", "?", "?", "2.5"],
        strange: "?",
        hints: missing("\"?\"")
      ),
      Refusal(
        testDescription: "a word that most records have beside many different numbers",
        fields: ["unbekannt", "unbekannt", "unbekannt", "unbekannt", "1.5", "2.5", "3.5"],
        strange: "unbekannt",
        hints: missing("unbekannt")
      ),
      Refusal(
        testDescription: "half are numbers",
        fields: ["1", "2", "3a", "B"],
        strange: "3a",
        hints:
          "hint: `3a` is a number with `a` behind it: write the number alone, in the unit of the others"
          + categorical
      ),
      Refusal(
        testDescription: "German decimals",
        fields: ["8,44", "-0,95", "5", "1,234"],
        strange: "8,44",
        hints: format("`decimal: \",\"`")
      ),
      Refusal(
        testDescription: "a decimal comma before an exponent",
        fields: ["5,661e-01", "2,050E+3"],
        strange: "5,661e-01",
        hints: format("`decimal: \",\"`")
      ),
      Refusal(
        testDescription: "German thousands, too",
        fields: ["1.234,56", "0,5", "12"],
        strange: "1.234,56",
        hints: format("`decimal: \",\"` and `thousands: \".\"`")
      ),
      Refusal(
        testDescription: "millions with points",
        fields: ["1.234.567", "2.500", "12"],
        strange: "1.234.567",
        hints: format("`decimal: \",\"` and `thousands: \".\"`")
      ),
      Refusal(
        testDescription: "thousands",
        fields: ["1,234", "12", "-7,500"],
        strange: "1,234",
        hints:
          "hint: `thousands: \",\"` if that sign groups digits by three, `decimal: \",\"` if the fraction begins behind it"
          + categorical
      ),
      Refusal(
        testDescription: "thousands beside points",
        fields: ["12.50", "1,234"],
        strange: "1,234",
        hints: format("`thousands: \",\"`")
      ),
      Refusal(
        testDescription: "thousands with points",
        fields: ["1,234.50", "12.5"],
        strange: "1,234.50",
        hints: format("`thousands: \",\"`")
      ),
      Refusal(
        testDescription: "Swiss thousands",
        fields: ["1'234.50", "12.5"],
        strange: "1'234.50",
        hints: format("`thousands: \"'\"`")
      ),
      Refusal(
        testDescription: "French thousands",
        fields: ["1\u{202F}234,50", "12,5"],
        strange: "1\u{202F}234,50",
        hints: format("`decimal: \",\"` and `thousands: \" \"`")
      ),
      Refusal(
        testDescription: "points and commas",
        fields: ["1.5", "2,5"],
        strange: "2,5",
        hints: "hint: write all numbers of the column in one way, such as `1234.5`" + categorical
      ),
      Refusal(
        testDescription: "points that may be thousands beside a decimal comma",
        fields: ["1.234", "2.500", "7"],
        strange: "1.234",
        arguments: ["decimal": .text(",")],
        hints:
          "hint: `thousands: \".\"` if the point groups digits by three; write a comma in its place if the fraction begins behind it"
          + categorical
      ),
      Refusal(
        testDescription: "groups of two digits",
        fields: ["1,234", "12,34"],
        strange: "12,34",
        arguments: ["thousands": .text(",")],
        hints:
          "hint: if the fractions of the whole file begin behind `,`, `decimal: \",\"` and no `thousands`; else write `.` in front of the fraction here"
          + categorical
      ),
      Refusal(
        testDescription: "per cent, all of them",
        fields: ["5%", "7.5 %", "12%"],
        strange: "5%",
        hints: "hint: take `%` out of all fields of the column" + categorical
      ),
      Refusal(
        testDescription: "dollars",
        fields: ["$1.00", "-$2.50"],
        strange: "$1.00",
        hints: "hint: take `$` out of all fields of the column" + categorical
      ),
      Refusal(
        testDescription: "euros behind a decimal comma",
        fields: ["1,50 €", "2,75 €"],
        strange: "1,50 €",
        hints: "hint: take `€` out of all fields of the column" + categorical
      ),
      Refusal(
        testDescription: "names of currencies",
        fields: ["USD 5", "USD 7"],
        strange: "USD 5",
        hints: "hint: take `USD` out of all fields of the column" + categorical
      ),
      Refusal(
        testDescription: "many numbers with a unit",
        fields: (0..<30).map { "\($0) kg" },
        strange: "0 kg",
        hints: "hint: take `kg` out of all fields of the column" + categorical
      ),
      Refusal(
        testDescription: "another minus",
        fields: ["−1.5", "2"],
        strange: "−1.5",
        hints: "hint: write negative numbers with `-`, as in `-1.5`" + categorical
      ),
      Refusal(
        testDescription: "parentheses of book-keepers",
        fields: ["(1.50)", "2"],
        strange: "(1.50)",
        hints: "hint: write negative numbers with `-`, as in `-1.5`" + categorical
      ),
      Refusal(
        testDescription: "spaces between quotes",
        fields: ["\" 5\"", "7"],
        strange: " 5",
        hints: "hint: take the spaces between the quotes out of the fields" + categorical
      ),
      Refusal(
        testDescription: "a column that must be numeric",
        fields: ["1,5", "x"],
        strange: "1,5",
        arguments: ["numeric": .list([.text("x")])],
        hints: format("`decimal: \",\"`")
      ),
    ]

  /// The table with the column `x` in that order; semicolons separate.
  private static func table(_ fields: [String]) -> String {
    "x;y\n" + fields.map { "\($0);1\n" }.joined()
  }

  @Test(arguments: refusals) func `a strange field is told at its line`(refusal: Refusal) throws {
    for fields in [refusal.fields, refusal.fields.reversed()] {
      let folder = try CSVTests.files(Self.table(fields))
      let request = CSVTests.request(
        folder,
        ["separator": .text(";")].merging(refusal.arguments) { $1 }
      )
      let said = sentence { _ = try folder.library.prepare(request) }
        .replacing("\(folder.path)/", with: "")
      guard fields == refusal.fields else {
        // Wherever the strange fields stand, it is never read.
        #expect(said.hasPrefix("error: `a.csv:"))
        continue
      }
      let line = 2 + (fields.firstIndex { $0.replacing("\"", with: "") == refusal.strange } ?? 0)
      #expect(
        said == """
          error: `a.csv:\(line)`: \(refusal.fact) `\(refusal.strange)`
          \(refusal.hints)
          """
      )
    }
  }

  @Test(arguments: [
    "2024-01-31", "2024/01/31", "31.01.2024", "31.1.2024", "01/31/2024", "1/31/24", "31-01-2024",
    "2024-01-31T12:30:00Z", "2024-01-31T12:30:00.250+01:00", "2024-01-31 12:30",
    "31.01.2024 12:30:05", "01/31/2024 11:30 PM", "31 Jan 2024", "Jan 31, 2024", "31. Januar 2024",
    "31-Jan-24", "2024-01", "2024年1月31日", "Wed, 31 Jan 2024",
  ])
  func `dates and times are known`(date: String) throws {
    let folder = try CSVTests.files(Self.table(["\"\(date)\"", "\"\(date)\"", "NA"]))
    let request = CSVTests.request(folder, ["separator": .text(";")])
    #expect(
      sentence { _ = try folder.library.prepare(request) }
        .replacing("\(folder.path)/", with: "") == """
          error: `a.csv:2`: the column `x` holds dates or times, such as `\(date)`, which are no numbers
          hint: put numbers in their place, such as days since a first day, or leave them out with `drop: [x]`
          hint: `categorical: [x]` makes a category of each
          """
    )
  }

  @Test(arguments: ["12:30", "12:30:05.5", "11:30 PM"])
  func `times of day are known`(time: String) throws {
    let folder = try CSVTests.files(Self.table([time, time, "NA"]))
    let request = CSVTests.request(folder, ["separator": .text(";")])
    #expect(
      sentence { _ = try folder.library.prepare(request) }
        .replacing("\(folder.path)/", with: "") == """
          error: `a.csv:2`: the column `x` holds times of day, such as `\(time)`, which are no numbers
          hint: put numbers in their place, such as minutes since midnight, or leave them out with `drop: [x]`
          hint: `categorical: [x]` makes a category of each
          """
    )
  }

  @Test func `a date is no target`() throws {
    let folder = try CSVTests.files("x,y\n1,2024-01-31\n2,2024-02-01\n")
    #expect(
      sentence { _ = try folder.library.prepare(CSVTests.request(folder)) }
        .replacing("\(folder.path)/", with: "") == """
          error: `a.csv:2`: the column `y` holds dates or times, such as `2024-01-31`, which are no numbers
          hint: put numbers in their place, such as days since a first day
          hint: `categorical: ["y"]` makes a class of each
          """
    )
  }

  @Test(arguments: [
    ["A", "B", "1"], ["red", "?", "blue"], ["true", "false"], ["yes", "no", "1"],
    ["1.6L", "2.0L"], ["1st", "2nd", "3rd"], ["10-20", "20-30", "<10"], ["C85", "E46"],
    ["1.2.3", "1.2.4"], ["Martin 1999", "Mayor 2001"], ["B", "3a", "2", "C"],
    ["49ers", "Bulls"], ["192.168.0.1", "10.0.0.1"],
  ])
  func `few numbers among words stay categories`(fields: [String]) throws {
    let folder = try CSVTests.files(Self.table(fields))
    let data = try folder.prepare(CSVTests.request(folder, ["separator": .text(";")]))
    #expect(data.description.input == .values([Set(fields).count]))
  }

  // MARK: - Formats

  /// The same numbers as a table with points.
  @Test(
    arguments: [
      ("x;z;y\n8,44;-0,95;9.15\n5;1,5e-3;-14.03\n", [",", nil]),
      ("x;z;y\n8,440;-,95;9,15\n5,0;0,0015;-14,03\n", [",", "."]),
      ("x;z;y\n8.44;-0.95;9.15\n+5;15e-4;-14.03\n", [".", ","]),
      ("x;z;y\n8.44;-0.95;9.15\n5;.0015;-14.03\n", [".", " "]),
    ] as [(String, [String?])]
  )
  func `a format gives the numbers and the digest of points`(table: String, signs: [String?]) throws
  {
    let plain = try CSVTests.files("x,z,y\n8.44,-0.95,9.15\n5,0.0015,-14.03\n")
    let expected = try plain.prepare(CSVTests.request(plain))
    let folder = try CSVTests.files(table)
    var arguments: [String: ArgumentValue] = ["separator": .text(";")]
    arguments["decimal"] = signs[0].map { .text($0) }
    arguments["thousands"] = signs[1].map { .text($0) }
    let data = try folder.prepare(CSVTests.request(folder, arguments))
    #expect(data.description.contentSHA256 == expected.description.contentSHA256)
    #expect(data.inputs(.train) == [8.44, -0.95, 5, 0.0015])
    #expect(data.values(.train) == [9.15, -14.03])
  }

  @Test(arguments: [
    (".", ",", "1,234,567.5"), (",", ".", "1.234.567,5"), (",", " ", "1 234 567,5"),
    (",", " ", "1\u{A0}234\u{202F}567,5"), (".", "'", "1'234’567.5"), (".", "_", "1_234_567.5"),
    (".", ",", "1234567.5"), (".", ",", "12,34,567.5"),
  ])
  func `groups of three digits are one number`(decimal: String, thousands: String, field: String)
    throws
  {
    let folder = try CSVTests.files("x;y\n\(field);1\n-\(field);2\n")
    let arguments: [String: ArgumentValue] = [
      "separator": .text(";"), "decimal": .text(decimal), "thousands": .text(thousands),
    ]
    let data = try folder.prepare(CSVTests.request(folder, arguments))
    #expect(data.inputs(.train) == [1_234_567.5, -1_234_567.5])
  }

  @Test func `quotes keep a decimal comma and a separating one apart`() throws {
    let folder = try CSVTests.files("x,y\n\"8,44\",1\n\"0,5\",2\n")
    let data = try folder.prepare(CSVTests.request(folder, ["decimal": .text(",")]))
    #expect(data.inputs(.train) == [8.44, 0.5])
  }

  @Test(
    arguments: [
      (
        [",", nil],
        """
        error: `decimal` and `separator` are both `,`, and no field stands between quotes
        hint: `separator: ";"` if that stands between the fields
        """
      ),
      (
        [",", ","],
        """
        error: `decimal` and `thousands` are both `,`
        hint: a German file has `decimal: ","` and `thousands: "."`
        """
      ),
    ] as [([String?], String)]
  )
  func `one sign has one meaning`(signs: [String?], message: String) throws {
    let folder = try CSVTests.files("x,y\n1,2\n")
    var arguments: [String: ArgumentValue] = [:]
    arguments["decimal"] = signs[0].map { .text($0) }
    arguments["thousands"] = signs[1].map { .text($0) }
    let request = CSVTests.request(folder, arguments)
    #expect(sentence { _ = try folder.library.prepare(request) } == message)
  }

  @Test func `the test file decides, too`() throws {
    let folder = try CSVTests.files("x,y\n1,1\n2,2\n", "x,y\n3,1\n?,2\n")
    let said = sentence {
      _ = try folder.library.prepare(CSVTests.request(folder, hasTest: true))
    }
    #expect(
      said == """
        error: `\(folder.path)/b.csv:3`: expected a number in the column `x`, got `?`
        hint: `missing: ["", NA, "?"]` if that stands for no value, or `categorical: [x]`
        """
    )
  }

  // MARK: - Encodings

  private static let chinese: [UInt8] = [
    0xB1, 0xB1, 0xBE, 0xA9, 0xA3, 0xAC, 0xC9, 0xCF, 0xBA, 0xA3,
  ]

  @Test(
    arguments: [
      (chinese, "`iconv -f gb18030 -t utf-8` translates Chinese text of older programs"),
      (
        Array("Gr".utf8) + [0xF6, 0xDF] + Array("e K".utf8) + [0xF6] + Array("ln".utf8),
        "`iconv -f latin1 -t utf-8` translates older files"
      ),
      (
        Array("d".utf8) + [0xE9] + Array("j".utf8) + [0xE0] + Array(" vu, no".utf8) + [0xEB]
          + Array("l".utf8),
        "`iconv -f latin1 -t utf-8` translates older files"
      ),
      (
        [0x93] + Array("well".utf8) + [0x94] + Array(" 5 ".utf8) + [0x80],
        "`iconv -f windows-1252 -t utf-8` translates older files"
      ),
      ([0xFF, 0xFE, 0x78, 0x00, 0x0A, 0x00], "`iconv -f utf-16 -t utf-8` translates it"),
      (Array("ab\ncd\n".utf8).flatMap { [$0, 0] }, "`iconv -f utf-16le -t utf-8` translates it"),
      (Array("ab\ncd\n".utf8).flatMap { [0, $0] }, "`iconv -f utf-16be -t utf-8` translates it"),
      (
        Array("中文 größer".utf8) + [0xFF],
        "the rest of the file is UTF-8: mend this place, or copy the file again"
      ),
      (
        [0xCF, 0xF0, 0xE8, 0xE2, 0xE5, 0xF2, 0xEC, 0x20, 0xEC, 0xE8, 0xF0],
        "save it as UTF-8, or translate it with `iconv -f ENCODING -t utf-8`"
      ),
    ] as [([UInt8], String)]
  )
  func `bytes that are no UTF-8 are recognised, in tables and texts`(bytes: [UInt8], hint: String)
    throws
  {
    let folder = try TemporaryFolder()
    let path = try folder.write(bytes + Array("\n".utf8), "a.csv")
    let table = sentence { _ = try folder.library.prepare(CSVTests.request(folder)) }
    #expect(table.hasSuffix("a field is not UTF-8 text\nhint: \(hint)"))
    let request = DatasetRequest(
      "text",
      [
        "train": .text(path), "tokens": .text("char"), "steps": .integer(2),
        "partition": .text("random"),
      ]
    )
    let text = sentence { _ = try folder.library.prepare(request) }
    #expect(text.hasSuffix("\nhint: \(hint)"))
  }
}
