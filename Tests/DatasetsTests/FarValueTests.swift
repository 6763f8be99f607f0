// SPDX-License-Identifier: Apache-2.0

import Datasets
import Diagnostics
import Foundation
import Testing
import Vocabulary

/// Fields that can be read, and probably mean something else: codes for no value, groups of digits, sums, and
/// categories that only look alike.
@Suite struct FarValueTests {
  private func warnings(_ train: String, _ arguments: [String: ArgumentValue] = [:]) throws
    -> [String]
  {
    let folder = try CSVTests.files(train)
    return try folder.library.describe(CSVTests.request(folder, arguments))
      .findings.map(\.diagnostic.rendered)
  }

  private func column(_ field: (Int) -> String, count: Int = 60) -> String {
    "a,y\n" + (0..<count).map { "\(field($0)),\($0 * 5 % 7).5\n" }.joined()
  }

  // MARK: - Codes for no value

  @Test(arguments: ["-999", "-9999", "9999", "99999", "-99.0", "-1000000", "-32768"])
  func `a repeated number far outside the rest is told`(code: String) throws {
    #expect(
      try warnings(column { $0 % 20 == 3 ? code : "\($0 * 7 % 10).25" }) == [
        """
        warning: `\(code)` stands in 3 of 60 records of the column `a`, far from all its other numbers, which are 0.25 … 9.25
        hint: `missing: ["", NA, "\(code)"]` if that stands for no value
        """
      ]
    )
  }

  @Test func `several of them, and those of a target, are told`() throws {
    #expect(
      try warnings(column { [4: "-999", 5: "9999"][$0 % 20] ?? "\($0 * 7 % 10)" }) == [
        """
        warning: `-999` and `9999` stand in 6 of 60 records of the column `a`, far from all its other numbers, which are 0 … 9
        hint: `missing: ["", NA, "-999", "9999"]` if those stand for no value
        """
      ]
    )
    let target =
      "a,y\n"
      + (0..<60).map { "\($0 * 7 % 10),\($0 % 20 == 3 ? "-99" : "\($0 % 9).5")\n" }
      .joined()
    #expect(
      try warnings(target) == [
        """
        warning: `-99` stands in 3 of 60 records of the target `y`, far from all its other numbers, which are 0.5 … 8.5
        hint: take its records out of the file if that stands for no value
        """
      ]
    )
  }

  @Test func `numbers among others, rare ones and zeros are not`() throws {
    #expect(try warnings(column { "\($0 * 7 % 100)" }, ["missing": .list([])]) == [])
    #expect(try warnings(column { $0 == 3 ? "-999" : "\($0 * 7 % 10)" }) == [])
    #expect(try warnings(column { $0 % 3 == 0 ? "0" : "\(5000 + $0 * 7 % 10)" }) == [])
    #expect(try warnings(column { $0 % 20 == 3 ? "999" : "\($0 * 37 % 900)" }) == [])
    #expect(try warnings(column { "\($0 % 2)" }) == [])
  }

  // MARK: - Groups of digits

  @Test func `fractions of three digits beside whole numbers may be thousands`() throws {
    let rent = "rent;y\n999;1\n2.113;2\n850;1\n1.250;3\n"
    #expect(
      try warnings(rent, ["separator": .text(";")]) == [
        """
        warning: the column `rent` has `999` beside `2.113`, which is read as a fraction: all its points stand before three digits
        hint: `thousands: "."` with `decimal: ","` if the point groups digits by three
        """
      ]
    )
    let comma = rent.replacing(".", with: ",")
    #expect(
      try warnings(comma, ["separator": .text(";"), "decimal": .text(",")]) == [
        """
        warning: the column `rent` has `999` beside `2,113`, which is read as a fraction: all its commas stand before three digits
        hint: `thousands: ","` with `decimal: "."` if the comma groups digits by three
        """
      ]
    )
  }

  @Test(arguments: [
    "a,y\n999,1\n2.113,2\n2.5,3\n", "a,y\n99,1\n2.113,2\n3,3\n", "a,y\n999,1\n0.113,2\n3,3\n",
    "a,y\n999,1\n2113.125,2\n3,3\n", "a,y\n1.999,1\n2.113,2\n3.125,3\n",
  ])
  func `other fractions are fractions`(table: String) throws { #expect(try warnings(table) == []) }

  // MARK: - Sums

  @Test func `a last record of sums is told without a word for them`() throws {
    let rows = (0..<12).map { ["\($0 * 7 % 10).25", "\($0 * 31 % 17)", "u", "\($0 % 5).5"] }
    let table = "a,b,c,y\n" + rows.map { $0.joined(separator: ",") + "\n" }.joined()
    func sum(_ place: Int) -> Double { rows.reduce(0) { $0 + (Double($1[place]) ?? 0) } }
    let totals = "\(sum(0)),\(Int(sum(1))),,\(sum(3))\n"
    #expect(
      try warnings(table + totals) == [
        """
        warning: the last record holds the sums of the columns `a`, `b` and `y`: does it hold totals?
        hint: take the record out of the file if it is no example
        """
      ]
    )
    // One column may have its sum by chance.
    #expect(try warnings(table + "1.5,\(Int(sum(1))),u,2\n") == [])
    #expect(try warnings(table) == [])
  }

  // MARK: - Categories

  @Test func `categories that differ only in what is easily overlooked are told`() throws {
    func table(_ fields: String...) -> String {
      "c,y\n" + (0..<12).map { "\(fields[$0 % fields.count]),\($0 % 5).5\n" }.joined()
    }
    #expect(
      try warnings(table("cat", "Cat", "dog")) == [
        """
        warning: `Cat` and `cat` are 2 categories of the column `c`, and differ only in upper and lower case
        hint: write the category in one way in all files if both are the same
        """
      ]
    )
    #expect(
      try warnings(table("cat", "\"cat \"", "cat\u{A0}", "\u{200B}cat")) == [
        """
        warning: `cat`, `cat `, `cat\\u{A0}` and `\\u{200B}cat` are 4 categories of the column `c`, and differ only in spaces or characters that do not show
        hint: write the category in one way in all files if all are the same
        """
      ]
    )
    #expect(
      try warnings(table("True", "TRUE", "x\ty", "X y")) == [
        """
        warning: `TRUE` and `True` are 2 categories of the column `c`, and differ only in upper and lower case; so does 1 other group
        hint: write the category in one way in all files if both are the same
        """
      ]
    )
    #expect(
      try warnings("x,y\n1,Yes\n2,yes\n3,no\n") == [
        """
        warning: `Yes` and `yes` are 2 classes of the target `y`, and differ only in upper and lower case
        hint: write the class in one way in all files if both are the same
        """
      ]
    )
    // Letters are meant to differ.
    #expect(try warnings(table("a", "A", "b", "B", "c", "C", "d", "D", "e", "E")) == [])
  }

  @Test func `such remarks come back from the cache`() throws {
    let words = ["cat", "Cat ", "dog"]
    let rows = (0..<80_000).map {
      "\($0 % 12 == 0 ? "-999" : "\($0 % 10)"),\"\(words[$0 % 3])\",\($0 % 2 == 0 ? "2.113" : "850")"
    }
    let folder = try CSVTests.files("a,c,y\n" + rows.joined(separator: "\n") + "\n")
    let first = try folder.library.describe(CSVTests.request(folder))
    #expect(folder.files("decoded").count == 1)
    #expect(first.findings.map(\.kind) == ["far_values", "same_look", "grouped_digits"])
    #expect(try folder.library.describe(CSVTests.request(folder)) == first)
  }
}
