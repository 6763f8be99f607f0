// SPDX-License-Identifier: Apache-2.0

import Datasets
import Diagnostics
import Foundation
import Testing
import Vocabulary

/// Files that are no text of fields, or not the one that the manifest describes.
@Suite struct FileLookTests {
  struct Form: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var bytes: [UInt8]
    var message: String

    init(_ name: String, _ bytes: [UInt8], _ message: String) {
      (testDescription, self.bytes, self.message) = (name, bytes, message)
    }
  }

  private static func ascii(_ text: String) -> [UInt8] { Array(text.utf8) }

  static let forms: [Form] = [
    Form(
      "Excel",
      [0x50, 0x4B, 3, 4, 20, 0] + ascii("[Content_Types].xml"),
      """
      error: `a.csv`: this is an Excel file, not a text of fields as CSV is
      hint: save the sheet as CSV UTF-8 in Excel, or translate it in Python: `pandas.read_excel(path).to_csv("data.csv", index=False)`
      """
    ),
    Form(
      "an older Excel",
      [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 0],
      """
      error: `a.csv`: this is an Excel file, not a text of fields as CSV is
      hint: save the sheet as CSV UTF-8 in Excel, or translate it in Python: `pandas.read_excel(path).to_csv("data.csv", index=False)`
      """
    ),
    Form(
      "LibreOffice",
      [0x50, 0x4B, 3, 4] + ascii("mimetypeapplication/vnd.oasis.opendocument.spreadsheetPK"),
      """
      error: `a.csv`: this is a spreadsheet of LibreOffice, not a text of fields as CSV is
      hint: save the sheet as Text CSV in LibreOffice, or translate it in Python: `pandas.read_excel(path).to_csv("data.csv", index=False)`
      """
    ),
    Form(
      "zip",
      [0x50, 0x4B, 3, 4] + ascii("a.csv"),
      """
      error: `a.csv`: this is a zip file, not a text of fields as CSV is
      hint: `unzip` takes the table out of it
      """
    ),
    Form(
      "gzip",
      [0x1F, 0x8B, 8, 0, 0],
      """
      error: `a.csv`: this is a gzip file, not a text of fields as CSV is
      hint: `gunzip` expands it
      """
    ),
    Form(
      "xz",
      [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0, 0],
      """
      error: `a.csv`: this is an xz file, not a text of fields as CSV is
      hint: `unxz` expands it
      """
    ),
    Form(
      "parquet",
      ascii("PAR1") + [0x15, 4],
      """
      error: `a.csv`: this is a parquet file, not a text of fields as CSV is
      hint: translate it in Python: `pandas.read_parquet(path).to_csv("data.csv", index=False)`
      """
    ),
    Form(
      "Feather",
      ascii("ARROW1") + [0, 0],
      """
      error: `a.csv`: this is an Arrow (Feather) file, not a text of fields as CSV is
      hint: translate it in Python: `pandas.read_feather(path).to_csv("data.csv", index=False)`
      """
    ),
    Form(
      "pickle",
      [0x80, 4, 0x95, 10],
      """
      error: `a.csv`: this is a pickle file, not a text of fields as CSV is
      hint: if it holds a table, translate it in Python: `pandas.read_pickle(path).to_csv("data.csv", index=False)`
      """
    ),
    Form(
      "JSON",
      ascii("[\n  { \"x\": 1, \"y\": 2 }\n]\n"),
      """
      error: `a.csv`: this is a JSON file, not a text of fields as CSV is
      hint: if it holds records, translate it in Python: `pandas.read_json(path).to_csv("data.csv", index=False)`
      """
    ),
    Form(
      "JSON, a record a line",
      ascii("{\"x\": 1, \"y\": 2}\n{\"x\": 1, \"y\": 2}\n"),
      """
      error: `a.csv`: this is a JSON file, not a text of fields as CSV is
      hint: if it holds records, translate it in Python: `pandas.read_json(path).to_csv("data.csv", index=False)`
      """
    ),
    Form(
      "a page",
      ascii("\n<!DOCTYPE html>\n<html><body>not found</body></html>"),
      """
      error: `a.csv`: this is an HTML file, not a text of fields as CSV is
      hint: a page came in place of the file: download the file itself; or export the table as CSV
      """
    ),
    Form(
      "npy",
      [0x93] + ascii("NUMPY") + [1, 0],
      """
      error: `a.csv`: this is an npy file, not a text of fields as CSV is
      hint: `dataset: npy` reads arrays
      """
    ),
    Form(
      "SQLite",
      ascii("SQLite format 3\0"),
      """
      error: `a.csv`: this is an SQLite database, not a text of fields as CSV is
      hint: export the table as CSV
      """
    ),
  ]

  @Test(arguments: forms) func `a file of another kind is named`(form: Form) throws {
    let folder = try TemporaryFolder()
    try folder.write(form.bytes, "a.csv")
    let said = sentence { _ = try folder.library.prepare(CSVTests.request(folder)) }
    #expect(said.replacing("\(folder.path)/", with: "") == form.message)
  }

  @Test(arguments: ["[x],y\n1,2\n", "{x},y\n1,2\n", "<x>,y\n1,2\n", "PK,y\n1,2\n", "[ x,y\n1,2\n"])
  func `a table may begin with such signs`(text: String) throws {
    let folder = try CSVTests.files(text)
    #expect(try folder.prepare(CSVTests.request(folder)).inputs(.train) == [1])
  }

  static let damages: [CSVTests.Damage] = [
    CSVTests.Damage(
      testDescription: "runs of spaces, under a space",
      train: "   a   b  y\n 1.5  22  3\n10.0   1  4\n",
      arguments: ["separator": .text(" ")],
      message: """
        error: `a.csv:1`: the fields are separated by runs of spaces, and `separator` is a single space
        hint: write one separator between them, in Python: `pandas.read_csv(path, sep=r"\\s+").to_csv("data.csv", index=False)`
        """
    ),
    CSVTests.Damage(
      testDescription: "runs of spaces below a header without",
      train: "a b y\n1.5  22  3\n10.0   1  4\n",
      arguments: ["separator": .text(" ")],
      message: """
        error: `a.csv:2`: the fields are separated by runs of spaces, and `separator` is a single space
        hint: write one separator between them, in Python: `pandas.read_csv(path, sep=r"\\s+").to_csv("data.csv", index=False)`
        """
    ),
    CSVTests.Damage(
      testDescription: "runs of spaces, under a comma",
      train: "   a   b  y\n 1.5  22  3\n10.0   1  4\n",
      message: """
        error: `a.csv`: `target` names the column `y`, which is not its only column
        hint: the fields are separated by runs of spaces: write one separator between them, in Python: `pandas.read_csv(path, sep=r"\\s+").to_csv("data.csv", index=False)`
        """
    ),
    CSVTests.Damage(
      testDescription: "single spaces, under a comma",
      train: "a b y\n1 2 3\n",
      message: """
        error: `a.csv`: `target` names the column `y`, which is not its only column
        hint: `separator: " "` if that stands between the fields
        """
    ),
    CSVTests.Damage(
      testDescription: "a record for names, and the number of a column",
      train: "7.76,706.4,B,2.511\n1,2,A,3\n4,5,C,6\n",
      target: "4",
      message: """
        error: `a.csv`: `target` names the column `4`, which is not among its 4 columns
        hint: the first line looks like a record: `header: false` reads it as one, and calls the columns `1`, `2`, …
        """
    ),
    CSVTests.Damage(
      testDescription: "a record of texts for names",
      train: "red,big\nblue,small\nred,small\nblue,big\n",
      target: "size",
      message: """
        error: `a.csv`: `target` names the column `size`, which is not among its 2 columns
        hint: the first line looks like a record: `header: false` reads it as one, and calls the columns `1`, `2`, …
        """
    ),
    CSVTests.Damage(
      testDescription: "another name of one character",
      train: "a,b\n1,2\n",
      message: """
        error: `a.csv`: `target` names the column `y`, which is not among its 2 columns
        hint: the columns are `a`, `b`
        """
    ),
    CSVTests.Damage(
      testDescription: "a name with a space that does not break",
      train: "a,y\u{A0}\n1,2\n",
      message: """
        error: `a.csv`: `target` names the column `y`, which is not among its 2 columns
        hint: did you mean `y\\u{A0}`?
        """
    ),
    CSVTests.Damage(
      testDescription: "a test file with another separator",
      train: "a,y\n1,2\n",
      test: "a;y\n1;2\n",
      message: """
        error: `b.csv`: the target `y` of `a.csv` is no column of the test file
        hint: the fields of this file seem to be separated by `";"`: both files must have the same `separator`
        """
    ),
    CSVTests.Damage(
      testDescription: "a test file with commas",
      train: "a\ty\n1\t2\n",
      test: "a,y\n1,2\n",
      arguments: ["separator": .text("tab")],
      message: """
        error: `b.csv`: the target `y` of `a.csv` is no column of the test file
        hint: the fields of this file seem to be separated by `","`: both files must have the same `separator`
        """
    ),
    CSVTests.Damage(
      testDescription: "a test file's target in another case",
      train: "a,y\n1,2\n",
      test: "a,Y\n1,2\n",
      message: """
        error: `b.csv`: the target `y` of `a.csv` is no column of the test file
        hint: did you mean `Y`? the names must be the same in both files
        """
    ),
    CSVTests.Damage(
      testDescription: "a test file's input in another case",
      train: "length,y\n1,2\n",
      test: "Length,y\n1,2\n",
      message: """
        error: `b.csv`: the training file's column `length` is not among its 2 columns
        hint: did you mean `Length`? the names must be the same in both files
        """
    ),
    CSVTests.Damage(
      testDescription: "a test file without names",
      train: "a,c,y\n1,A,2\n3,B,4\n",
      test: "1.5,A,2\n3,B,4\n",
      message: """
        error: `b.csv`: the target `y` of `a.csv` is no column of the test file
        hint: the first line looks like a record: put the columns' names in front, as in the training file
        """
    ),
    CSVTests.Damage(
      testDescription: "a class with the name of a missing value",
      train: "x,y\n1,EU\n2,NA\n3,AS\n4,NA\n5,EU\n",
      message: """
        error: `a.csv:3`: the target `y` is missing, for `NA` stands for no value
        hint: `missing: [""]` if `NA` is the name of a class
        hint: else take the record out of the file
        """
    ),
    CSVTests.Damage(
      testDescription: "one class is missing",
      train: "x,y\n1,EU\n2,NA\n3,AS\n4,AS\n5,EU\n",
      message: """
        error: `a.csv:3`: the target `y` is missing
        hint: take the record out of the file
        """
    ),
    CSVTests.Damage(
      testDescription: "a column that only the test file fills",
      train: "x,z,y\n1,NA,2\n3,,4\n",
      test: "x,z,y\n1,5,2\n",
      message: """
        error: `a.csv`: the column `z` has no value
        hint: leave it out with `drop: [z]`
        """
    ),
    CSVTests.Damage(
      testDescription: "too many categories of numbers",
      train: "x,y\n" + (0...1001).map { "\($0),1\n" }.joined(),
      arguments: ["categorical": .list([.text("x")])],
      message: """
        error: `a.csv:1002`: the column `x` has more than 1000 categories
        hint: its fields are numbers: take it out of `categorical` to read it so
        hint: or leave it out with `drop: [x]`
        """
    ),
    CSVTests.Damage(
      testDescription: "a class in another case",
      train: "x,y\n1,cat\n2,dog\n",
      test: "x,y\n1,Dog\n",
      message: """
        error: `b.csv:2`: the class `Dog` of the target `y` is not in the training file
        hint: `dog` in the training file differs only in case, spaces or characters that do not show: write it in one way
        """
    ),
  ]

  @Test(arguments: damages) func `what the file has instead is told`(damage: CSVTests.Damage) throws
  {
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

  @Test func `a share that holds out nothing is to be raised`() throws {
    let folder = try CSVTests.files("x,y\n" + (0..<40).map { "\($0),\($0 % 3)\n" }.joined())
    let options = DataOptions(validation: .fraction(0.001))
    #expect(
      sentence { _ = try folder.library.prepare(CSVTests.request(folder), options) } == """
        error: expected a validation part of 1 … 39 examples, got 0 of 40
        hint: raise `validation`, or leave it out
        """
    )
  }
}
