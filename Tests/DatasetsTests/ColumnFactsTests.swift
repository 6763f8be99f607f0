// SPDX-License-Identifier: Apache-2.0

import Datasets
import Diagnostics
import Foundation
import Testing
import Vocabulary

/// What is told of a table's columns, and what is warned of.
@Suite struct ColumnFactsTests {
  private func described(
    _ train: String,
    _ test: String? = nil,
    _ arguments: [String: ArgumentValue] = [:],
    _ options: DataOptions = DataOptions()
  ) throws -> DatasetDescription {
    let folder = try CSVTests.files(train, test)
    return try folder.library.describe(
      CSVTests.request(folder, hasTest: test != nil, arguments),
      options
    )
  }

  private func warnings(
    _ train: String,
    _ test: String? = nil,
    _ arguments: [String: ArgumentValue] = [:],
    _ options: DataOptions = DataOptions()
  ) throws -> [String] {
    try described(train, test, arguments, options).findings.map(\.diagnostic.rendered)
  }

  private func words(_ words: String...) -> ArgumentValue { .list(words.map { .text($0) }) }

  @Test func `each column has a role, a kind, a range or categories, and missing values`() throws {
    let data = try described(
      "id,x,c,y\n7,1.5,red,10\n8,NA,blue,20\n9,-3,,30\n",
      "id,x,c,y\n1,99,green,10\n",
      ["drop": words("id")]
    )
    let columns = data.columns
    #expect(columns.map(\.name) == ["id", "x", "c", "y"])
    #expect(columns.map(\.role) == [.dropped, .input, .input, .target])
    #expect(columns.map(\.kind) == [.number, .number, .categories, .number])
    #expect(columns.map(\.minimum) == [7, -3, nil, 10])
    #expect(columns.map(\.maximum) == [9, 1.5, nil, 30])
    #expect(columns.map(\.missing) == [0, 1, 1, 0])
    #expect(columns.map(\.records) == [3, 3, 3, 3])
    #expect(columns.map(\.inputCount) == [0, 1, 4, 0])
    #expect(columns[2].categoryCount == 3)
    #expect(columns[2].categories == ["blue", "green", "red"])
  }

  @Test func `a task changes what the target is`() throws {
    let classes = try described("x,y\n1,0\n2,2\n", nil, [:], DataOptions(task: .classification))
    #expect(classes.columns[1].kind == .classes)
    #expect(classes.columns[1].categories == ["0", "1", "2"])
    let values = try described("x,y\n1,a\n2,b\n", nil, [:], DataOptions(task: .regression))
    #expect(values.columns[1].kind == .number)
    #expect(values.columns[1].maximum == 1)
  }

  @Test func `a cached table has the same columns`() throws {
    let rows = (0..<60_000).map {
      "\($0 % 97),\"a \\ \(["x", "y\nz", "\u{1F600}"][$0 % 3])\",?,\($0)"
    }
    let text = "n,\"c = \\ \"\"d\"\"\",m,y\n" + rows.joined(separator: "\n") + "\n"
    let folder = try CSVTests.files(text)
    let request = CSVTests.request(folder, ["drop": words("m")])
    let first = try folder.library.describe(request)
    #expect(folder.files("decoded").count == 1)
    let second = try folder.library.describe(request)
    #expect(second.columns == first.columns)
    #expect(second == first)
    #expect(first.columns[1].categories == ["a \\ x", "a \\ y\nz", "a \\ \u{1F600}"])
  }

  // MARK: - Warnings

  private func numbered(_ column: (Int) -> String, count: Int = 30) -> String {
    "c,x,y\n" + (0..<count).map { "\(column($0)),\($0 % 7).5,\($0 % 5)\n" }.joined()
  }

  @Test(arguments: [1, 0, 1001]) func `numbers that count the records are ids`(first: Int) throws {
    #expect(
      try warnings(numbered { "\(first + $0)" }) == [
        """
        warning: the column `c` only counts the records: its numbers rise by one from \(first) to \(first + 29)
        hint: leave it out with `drop: [c]`
        """
      ]
    )
  }

  @Test func `years, measurements and an only input are no ids`() throws {
    #expect(try warnings(numbered { "\(1990 + $0)" }) == [])
    #expect(try warnings(numbered { "\($0 * $0)" }) == [])
    #expect(try warnings("x,y\n" + (0..<30).map { "\($0),\($0 % 4).5\n" }.joined()) == [])
  }

  @Test func `different numbers under the name of an id are ids`() throws {
    let table = numbered { "\($0 * $0)" }.replacing("c,x", with: "CustomerId,x")
    #expect(
      try warnings(table) == [
        """
        warning: the column `CustomerId` has the name of an id, and no number twice
        hint: leave it out with `drop: [CustomerId]`
        """
      ]
    )
  }

  @Test func `about as many categories as records are ids`() throws {
    #expect(
      try warnings(numbered { $0 % 8 == 0 ? "NA" : "n\($0)" }) == [
        """
        warning: the column `c` has 26 categories in 26 records, and each becomes an input of its own
        hint: leave it out with `drop: [c]`
        """
      ]
    )
  }

  @Test func `codes with leading zeros, dates as numbers and words for nothing are told`() throws {
    #expect(
      try warnings(numbered { $0 == 3 ? "01234" : "\(50000 + $0 * 7)" }) == [
        """
        warning: the column `c` is read as numbers, but some begin with a zero as codes do, such as `01234`
        hint: `categorical: [c]` if they are codes
        """
      ]
    )
    #expect(
      try warnings(numbered { "202401\(10 + $0 % 12)" }) == [
        """
        warning: the column `c` is read as numbers, but all could be dates, such as `20240110`
        hint: put days since a first day in their place, or leave it out with `drop: [c]`
        """
      ]
    )
    #expect(
      try warnings(numbered { ["red", "?", "blue"][$0 % 3] }) == [
        """
        warning: `?` is a category of the column `c`
        hint: `missing: ["", NA, "?"]` if that stands for no value
        """
      ]
    )
  }

  @Test func `a target of one value is told`() throws {
    #expect(
      try warnings("x,y\n1,cat\n2,cat\n") == [
        """
        warning: the target `y` is `cat` in every record, so there is nothing to learn
        hint: is it the right column?
        """
      ]
    )
  }

  @Test func `categories that training never saw are named`() throws {
    let table = "c,x,y\np,1.5,0\nq,2,1\np,3,2\n"
    #expect(
      try warnings(table, "c,x,y\np,1,0\nRome,2,1\nRome,2,1\nUlm,1,0\nNA,3,3\n") == [
        "warning: column `c`: 3 categories of the test part never occur in training: `Rome`, `Ulm`, a missing value (4 of 5 records); their weights stay untrained"
      ]
    )
    #expect(
      try warnings(table, "c,x,y\np,1,0\nRome,2,1\n") == [
        "warning: column `c`: 1 category of the test part never occurs in training: `Rome` (1 of 2 records); its weight stays untrained"
      ]
    )
    // Only what is trained on counts.
    #expect(
      try warnings(table, "c,x,y\nq,1,0\n", [:], DataOptions(trainLimit: 1)) == [
        "warning: column `c`: 1 category of the test part never occurs in training: `q` (1 of 1 record); its weight stays untrained"
      ]
    )
    #expect(try warnings(table, "c,x,y\nq,1,0\n") == [])
  }

  @Test func `what only the held-out part has is named`() throws {
    let rows = (0..<20).map { "\($0 == 4 ? "rare" : "ab"),1.5,\($0 == 4 ? "one" : "two")\n" }
    let table = "c,x,y\n" + rows.joined()
    let found = try (0..<20).map { seed -> [String] in
      let folder = try CSVTests.files(table)
      var request = CSVTests.request(folder)
      request.seed = seed
      return try folder.library.describe(request, DataOptions(validation: .count(10)))
        .findings.map(\.diagnostic.rendered)
    }
    let expected = [
      """
      warning: all training examples are of one class, `two`
      hint: a network learns to tell classes apart: check the targets, or `train_limit` where examples lie sorted by class
      """,
      "warning: column `c`: 1 category of the validation part never occurs in training: `rare` (1 of 10 records); its weight stays untrained",
      "warning: target `y`: 1 class of the validation part never occurs in training: `one` (1 of 10 records); it is never learnt",
    ]
    #expect(Set(found) == [expected, []])
  }

  @Test func `classes from 1 leave class 0 empty`() throws {
    #expect(
      try warnings("x,y\n1,1\n2,3\n", nil, [:], DataOptions(task: .classification)) == [
        """
        warning: no record has the classes `0`, `2` of the target `y`, whose whole numbers are the classes 0 … 3
        hint: `categorical: ["y"]` makes classes of what occurs only
        """
      ]
    )
  }

  @Test func `many warnings are counted`() throws {
    let names = (0..<15).map { "c\($0)" }.joined(separator: ",")
    let row = [String](repeating: "?", count: 15).joined(separator: ",")
    let other = [String](repeating: "red", count: 15).joined(separator: ",")
    let found = try warnings("\(names),y\n\(row),1\n\(other),2\n")
    #expect(found.count == 11)
    #expect(found.last == "warning: 5 more warnings about the table's columns")
  }
}
