// SPDX-License-Identifier: Apache-2.0

internal import Diagnostics

extension DatasetError {
  /// What is wrong in a table of texts; the line it shows in stands beside it.
  public enum TableFact: Hashable, Sendable {
    /// There is no record at all.
    case empty
    /// There is a header and nothing else.
    case onlyHeader
    /// A record has another number of fields than the header, or the first record.
    case ragged(expected: Int, got: Int)
    /// A file of a known set has another number of records.
    case recordCount(expected: Int, got: Int)
    /// Bytes that are no UTF-8.
    case notUTF8
    /// A quoted field has no end.
    case unterminatedQuote
    /// Behind a quoted field comes something else than a separator.
    case textAfterQuote
    /// A quote inside a field that does not begin with one.
    case quoteInField
    /// The column at this place, counted from 1, has no name.
    case unnamedColumn(Int)
    /// Two columns have this name.
    case doubledColumn(String, first: Int, second: Int)
    /// No column has this name, which an argument wants.
    case unknownColumn(String, role: String, near: String?, count: Int)
    /// A column is named by two arguments that exclude each other.
    case conflict(String, String, String)
    /// A column has no value in any record.
    case emptyColumn(String)
    /// A column of numbers holds a text.
    case notNumber(String, String)
    /// A column of numbers holds `nan`, `inf` or more than a float32 can hold.
    case notFinite(String, String)
    /// A column has more categories than the limit.
    case tooManyCategories(String, Int)
    /// A record has no target.
    case missingTarget(String)
    /// The logarithm of a target that has none.
    case logOfNonPositive(String, String)
    /// The logarithm of classes.
    case logOfClasses(String)
    /// The test file lacks the target.
    case testLacks(String, train: String)
    /// A class of the test file that the training file does not have.
    case unseenClass(String, String)
    /// Nothing is left as input.
    case noInputs
  }

  static func tableDiagnostic(_ path: String, _ line: Int?, _ fact: TableFact) -> Diagnostic {
    Diagnostic("`\(path)\(line.map { ":\($0)" } ?? "")`: \(fact.sentence)", hints: fact.hints)
  }
}

extension DatasetError.TableFact {
  fileprivate var sentence: String {
    switch self {
    case .empty: "the file is empty"
    case .onlyHeader: "there is no record below the header"
    case .ragged(let expected, let got): "expected \(expected) fields, got \(got)"
    case .recordCount(let expected, let got): "expected \(expected) records, got \(got)"
    case .notUTF8: "a field is not UTF-8 text"
    case .unterminatedQuote: "the quoted field that begins here has no end"
    case .textAfterQuote: "expected a separator or the line's end behind the closing quote"
    case .quoteInField: "a quote stands inside a field that does not begin with one"
    case .unnamedColumn(let place): "column \(place) has no name"
    case .doubledColumn(let name, let first, let second):
      "columns \(first) and \(second) are both called `\(name)`"
    case .unknownColumn(let name, let role, _, let count):
      role == "test"
        ? "the training file's column `\(name)` is not among its \(count) columns"
        : "`\(role)` names the column `\(name)`, which is not among its \(count) columns"
    case .conflict(let name, let first, let second):
      "the column `\(name)` is named by both `\(first)` and `\(second)`"
    case .emptyColumn(let name): "the column `\(name)` has no value"
    case .notNumber(let name, let field):
      "expected a number in the column `\(name)`, got `\(field)`"
    case .notFinite(let name, let field):
      "expected a finite number in the column `\(name)`, got `\(field)`"
    case .tooManyCategories(let name, let limit):
      "the column `\(name)` has more than \(limit) categories"
    case .missingTarget(let name): "the target `\(name)` is missing"
    case .logOfNonPositive(let name, let field):
      "`log_target` needs positive numbers in the column `\(name)`, got `\(field)`"
    case .logOfClasses(let name):
      "`log_target` needs numbers, but the column `\(name)` holds classes"
    case .testLacks(let name, let train):
      "the target `\(name)` of `\(train)` is no column of the test file"
    case .unseenClass(let name, let field):
      "the class `\(field)` of the target `\(name)` is not in the training file"
    case .noInputs: "no column is left as input"
    }
  }

  fileprivate var hints: [String] {
    switch self {
    case .ragged(let expected, let got) where got == 1 && expected > 1:
      ["is the `separator` another one? `separator: tab` stands for tabulators"]
    case .ragged: ["a field that holds the separator is put between quotes"]
    case .quoteInField: ["put the whole field between quotes, and double those inside"]
    case .unterminatedQuote: ["a quote inside a quoted field is doubled"]
    case .unnamedColumn: ["`header: false` calls the columns `1`, `2`, …"]
    case .doubledColumn: ["rename one, or drop it from the file"]
    case .unknownColumn(_, let role, let near, let count):
      if let near {
        ["did you mean `\(near)`?"]
      } else if count == 1 && role != "test" {
        ["is the `separator` another one? `separator: tab` stands for tabulators"]
      } else {
        role == "test" ? ["both files must have the same columns"] : []
      }
    case .emptyColumn(let name): ["leave it out with `drop: [\(name)]`"]
    case .notNumber(let name, let field):
      ["`missing: [\(field)]` if that stands for no value, or `categorical: [\(name)]`"]
    case .notFinite(_, let field): ["`missing: [\"\", NA, \(field)]` if that stands for no value"]
    case .tooManyCategories(let name, _):
      ["leave it out with `drop: [\(name)]`, or read it as numbers with `numeric: [\(name)]`"]
    case .testLacks: ["leave `test` out: without targets nothing can be tested"]
    case .missingTarget: ["take the record out of the file"]
    case .empty, .onlyHeader, .recordCount, .notUTF8, .textAfterQuote, .conflict,
      .logOfNonPositive, .logOfClasses, .unseenClass, .noInputs:
      []
    }
  }
}
