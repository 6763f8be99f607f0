// SPDX-License-Identifier: Apache-2.0

import Datasets
import Diagnostics
import Foundation
import Testing
import Vocabulary

/// Tables that another program or a person gave another form: names that lack, lines that are no records.
@Suite struct TableFormTests {
  static let damages: [CSVTests.Damage] = [
    CSVTests.Damage(
      testDescription: "an index as pandas writes it",
      train: ",a,y\n0,1.5,1\n1,2.5,2\n2,3.5,3\n",
      message: """
        error: `a.csv:1`: column 1 has no name and only counts the records, as an index does
        hint: write the file without its row names: `df.to_csv(path, index=False)` in pandas, `write.csv(df, path, row.names = FALSE)` in R
        hint: or give the column a name in this line and leave it out with `drop: [NAME]`
        """
    ),
    CSVTests.Damage(
      testDescription: "row names as R writes them",
      train: "\"\",\"a\",\"y\"\n\"Mazda\",1.5,1\n\"Fiat\",2.5,2\n",
      message: """
        error: `a.csv:1`: column 1 has no name
        hint: write the file without its row names: `df.to_csv(path, index=False)` in pandas, `write.csv(df, path, row.names = FALSE)` in R
        hint: or give the column a name in this line and leave it out with `drop: [NAME]`
        """
    ),
    CSVTests.Damage(
      testDescription: "a trailing separator in the header",
      train: "a,y,\n1,2\n3,4\n",
      message: """
        error: `a.csv:1`: column 3 has no name: this line ends with a separator, the records do not
        hint: take the separator at the end of this line out of the file
        """
    ),
    CSVTests.Damage(
      testDescription: "trailing separators in all lines",
      train: "a,y,,\n1,2,,\n3,4,,\n",
      message: """
        error: `a.csv:1`: columns 3 and 4 have no name and no value: the lines end with a separator
        hint: take the separators at the ends of all lines out of the file
        """
    ),
    CSVTests.Damage(
      testDescription: "trailing separators in the records",
      train: "a,y\n1,2,\n3,4,\n",
      message: """
        error: `a.csv:2`: expected 2 fields, got 3
        hint: each record ends with a separator: take these out of the file
        """
    ),
    CSVTests.Damage(
      testDescription: "row names without a field in the header",
      train: "a y\n1 7 2\n2 8 4\n",
      arguments: ["separator": .text(" ")],
      message: """
        error: `a.csv:2`: expected 2 fields, got 3
        hint: each record has one field more than the first line: `write.csv(df, path, row.names = FALSE)` in R leaves row names out
        """
    ),
    CSVTests.Damage(
      testDescription: "a first record without a value",
      train: ",2,3\n4,5,6\n",
      message: """
        error: `a.csv:1`: column 1 has no name
        hint: `header: false` if this line is a record already
        hint: else give each column a name in this line
        """
    ),
    CSVTests.Damage(
      testDescription: "a first record with one number twice",
      train: "2,2,3\n4,5,6\n",
      message: """
        error: `a.csv:1`: columns 1 and 2 are both called `2`
        hint: rename one, or drop it from the file
        hint: `header: false` if that line is a record already
        """
    ),
    CSVTests.Damage(
      testDescription: "another separator in Excel's first line",
      train: "sep=;\nx;y\n1;2\n",
      message: """
        error: `a.csv:1`: this line says that `separator` is ";", the manifest has another one
        hint: `separator: ";"`
        """
    ),
    CSVTests.Damage(
      testDescription: "a title above the header",
      train: "Sales\nx,y\n1,2\n3,4\n",
      message: """
        error: `a.csv:2`: expected 1 field, got 2
        hint: the first line looks like a title: the file must begin with the columns' names
        """
    ),
    CSVTests.Damage(
      testDescription: "a remark at the end",
      train: "x,y\n1,2\n3,4\nSource: nobody\n",
      message: """
        error: `a.csv:4`: expected 2 fields, got 1
        hint: the last line looks like a remark: take it out of the file
        """
    ),
    CSVTests.Damage(
      testDescription: "a header under header: false",
      train: "x,kind,y\n1,red,2\n3,blue,4\n",
      target: "3",
      arguments: ["header": .boolean(false)],
      message: """
        error: `a.csv:1`: expected a number in the column `3`, got `y`
        hint: the line looks like a header: leave out `header: false`
        """
    ),
    CSVTests.Damage(
      testDescription: "an odd first record under header: false",
      train: "?,2\n1,4\n2,5\n",
      target: "2",
      arguments: ["header": .boolean(false)],
      message: """
        error: `a.csv:1`: expected a number in the column `1`, got `?`
        hint: `missing: ["", NA, "?"]` if that stands for no value, or `categorical: ["1"]`
        """
    ),
    CSVTests.Damage(
      testDescription: "the header once more",
      train: "x,y\n1,2\n3,4\nx,y\n5,6\n",
      message: """
        error: `a.csv:4`: expected a number in the column `y`, got `y`
        hint: the line is the header once more: take it out of the file
        """
    ),
    CSVTests.Damage(
      testDescription: "units",
      train: "x,y\nm,kg\n1,2\n3,4\n",
      message: """
        error: `a.csv:2`: expected a number in the column `y`, got `kg`
        hint: the line looks like the columns' units or a second header, not like a record: take it out of the file
        """
    ),
    CSVTests.Damage(
      testDescription: "one unit, beside names",
      train: "name,x,y\n,[m],\nUlm,1,cat\nRome,2,dog\n",
      message: """
        error: `a.csv:2`: expected a number in the column `x`, got `[m]`
        hint: the line looks like the columns' units or a second header, not like a record: take it out of the file
        """
    ),
    CSVTests.Damage(
      testDescription: "totals",
      train: "x,y\n1,2\n3,4\nTotal,200\n",
      message: """
        error: `a.csv:4`: expected a number in the column `x`, got `Total`
        hint: the line looks like totals, not like a record, for it has `Total`: take it out of the file
        """
    ),
    CSVTests.Damage(
      testDescription: "a word for a mean that is a category",
      train: "size,x,y\nsmall,1,2\naverage,?,4\naverage,3,1\n",
      message: """
        error: `a.csv:3`: expected a number in the column `x`, got `?`
        hint: `missing: ["", NA, "?"]` if that stands for no value, or `categorical: [x]`
        """
    ),
    CSVTests.Damage(
      testDescription: "several sums",
      train: "x,y\n1,2\n3,4\nSum,6\n5,1\n2,8\nSum,9\n",
      message: """
        error: `a.csv:4`: expected a number in the column `x`, got `Sum`
        hint: the line looks like totals, not like a record, for it has `Sum`: take it out of the file
        """
    ),
    CSVTests.Damage(
      testDescription: "means",
      train: "name,x,y\nUlm,1,2\nRome,3,4\nMittelwert:,n/a,3\n",
      message: """
        error: `a.csv:4`: expected a number in the column `x`, got `n/a`
        hint: the line looks like totals, not like a record, for it has `Mittelwert:`: take it out of the file
        """
    ),
  ]

  @Test(arguments: damages)
  func `a form is told with its repair`(damage: CSVTests.Damage) throws {
    let folder = try CSVTests.files(damage.train, damage.test)
    let request = CSVTests.request(
      folder,
      hasTest: damage.test != nil,
      target: damage.target,
      damage.arguments
    )
    let said = sentence { _ = try folder.library.prepare(request) }
    #expect(said.replacing("\(folder.path)/", with: "") == damage.message)
  }

  @Test(arguments: [("sep=;\r\n", ";"), ("SEP=;\n", ";"), ("sep=\t\n", "tab"), ("sep=,\n", ",")])
  func `a first line that names the separator is no record`(line: String, separator: String) throws
  {
    let sign = separator == "tab" ? "\t" : separator
    let folder = try CSVTests.files(line + "x\(sign)y\n1\(sign)2\n")
    let request = CSVTests.request(folder, ["separator": .text(separator)])
    #expect(try folder.prepare(request).inputs(.train) == [1])
  }

  private func findings(
    _ train: String,
    target: String = "y",
    _ arguments: [String: ArgumentValue] = [:],
    _ options: DataOptions = DataOptions()
  ) throws -> [String] {
    let folder = try CSVTests.files(train)
    return try folder.library.describe(
      CSVTests.request(folder, target: target, arguments),
      options
    ).findings.map(\.diagnostic.rendered)
  }

  @Test func `a record that was taken for the names is told`() throws {
    let message = """
      warning: the first line, the columns' names, looks like a record: `5.1`, `3.5`, `setosa`
      hint: `header: false` reads the first line as a record
      """
    let table = "5.1,3.5,setosa\n4.9,3.0,setosa\n6.2,2.9,virginica\n"
    #expect(try findings(table, target: "setosa") == [message])
    // Names of years, wavelengths and numbered columns are names.
    #expect(try findings("1100,1102.5,y\n0.1,0.3,1.5\n0.2,0.4,2.5\n") == [])
    #expect(try findings("0,1,2\n0,3,1\n2,4,2\n", target: "2") == [])
  }

  @Test func `totals in a column of names are told`() throws {
    #expect(
      try findings("name,x,y\nUlm,1,2\nRome,3,4\nUlm,3,4\nTotal,7,10\n") == [
        """
        warning: the last record has `Total` in the column `name`: does it hold totals?
        hint: take the record out of the file if it is no example
        """
      ]
    )
    #expect(try findings("kind,x,y\ntotal,1,2\npart,3,4\ntotal,7,10\n") == [])
  }

  @Test func `leading zeros in a target, and an id alone, are told`() throws {
    let rows = (1...20).map { "\($0),0\($0 % 3)\n" }.joined()
    #expect(
      try findings("x,y\n5,00\n" + rows) == [
        """
        warning: the target `y` is read as numbers, but some begin with a zero as codes do, such as `00`
        hint: `categorical: ["y"]` makes classes of them if they are codes
        """
      ]
    )
    #expect(
      try findings("id,y\n" + (1...20).map { "\($0),\($0 % 4).5\n" }.joined()) == [
        """
        warning: the only input is the column `id`, which has the name of an id and no number twice
        hint: an id says nothing about the target: did `drop` name too many columns?
        """
      ]
    )
  }

  @Test func `classes that a task makes numbers of are told`() throws {
    let table = "x,y\n1,yes\n2,no\n3,yes\n"
    #expect(
      try findings(table, [:], DataOptions(task: .regression)) == [
        """
        warning: `task: regression` reads the classes as the numbers 0 … 1, in the order of their names: `no` is 0, `yes` is 1
        hint: leave out `task: regression` to train a network that tells the classes apart
        """
      ]
    )
    #expect(try findings(table) == [])
  }

  @Test func `one number in two spellings, and all words for nothing, are told`() throws {
    let words: ArgumentValue = .list([.text("x"), .text("y")])
    #expect(
      try findings("x,z,y\n1,1,2\n1.0,2,2.0\n01,3,2\n", ["categorical": words]) == [
        """
        warning: `1` and `1.0` are 2 categories of the column `x`, but one number
        hint: write the number in one way in all files
        """,
        """
        warning: `2` and `2.0` are 2 classes of the target `y`, but one number
        hint: write the number in one way in all files
        """,
      ]
    )
    #expect(
      try findings("x,y\nred,1\n?,2\nnull,3\nblue,4\n") == [
        """
        warning: `?` and `null` are categories of the column `x`
        hint: `missing: ["", NA, "?", "null"]` if those stand for no value
        """
      ]
    )
  }

  @Test func `a table's findings have words for scripts`() throws {
    let folder = try CSVTests.files("x,y\nred,1\n?,2\nred,3\n")
    #expect(
      try folder.library.describe(CSVTests.request(folder)).findings.map(\.kind) == ["missing_word"]
    )
  }
}
