// SPDX-License-Identifier: Apache-2.0

internal import Diagnostics

extension DatasetError {
  /// What is wrong in a table of texts; the line it shows in stands beside it.
  public enum TableFact: Hashable, Sendable {
    /// There is no record at all.
    case empty
    /// There is a header and nothing else; or a record that was taken for one.
    case onlyHeader
    /// A record has another number of fields than the header, or the first record, which has one that holds what may be
    /// the `separator`.
    case ragged(expected: Int, got: Int, separator: String? = nil)
    /// A file of a known set has another number of records.
    case recordCount(expected: Int, got: Int)
    /// Bytes that are no UTF-8, and what they probably are.
    case notUTF8(TextEncoding)
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
    /// No column has this name, which an argument wants; the only one that there is may hold the `separator`.
    case unknownColumn(String, role: String, among: [String], separator: String? = nil)
    /// A column is named by two arguments that exclude each other.
    case conflict(String, String, String)
    /// A column has no value in any record.
    case emptyColumn(String)
    /// A column of numbers holds a text; the fields that are missing values, nil for a public set; what would make it a
    /// number.
    case notNumber(String, String, missing: [String]?, repair: FieldRepair? = nil)
    /// A column holds dates or times, such as this one.
    case dates(String, String, isTarget: Bool)
    /// A column of numbers holds `nan`, `inf` or more than a float32 can hold; the fields that are missing values, nil for
    /// a public set.
    case notFinite(String, String, missing: [String]?)
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
    case .ragged(let expected, let got, _): "expected \(counted(expected, "field")), got \(got)"
    case .recordCount(let expected, let got): "expected \(counted(expected, "record")), got \(got)"
    case .notUTF8: "a field is not UTF-8 text"
    case .unterminatedQuote: "the quoted field that begins here has no end"
    case .textAfterQuote: "expected a separator or the line's end behind the closing quote"
    case .quoteInField: "a quote stands inside a field that does not begin with one"
    case .unnamedColumn(let place): "column \(place) has no name"
    case .doubledColumn(let name, let first, let second):
      "columns \(first) and \(second) are both called `\(name)`"
    case .unknownColumn(let name, let role, let names, _):
      (role == "test"
        ? "the training file's column `\(name)` is not "
        : "`\(role)` names the column `\(name)`, which is not ")
        + (names.count == 1 ? "its only column" : "among its \(names.count) columns")
    case .conflict(let name, let first, let second):
      "the column `\(name)` is named by both `\(first)` and `\(second)`"
    case .emptyColumn(let name): "the column `\(name)` has no value"
    case .notNumber(let name, let field, _, _):
      "expected a number in the column `\(name)`, got `\(field)`"
    case .notFinite(let name, let field, _):
      "expected a finite number in the column `\(name)`, got `\(field)`"
    case .dates(let name, let field, _):
      "the column `\(name)` holds dates or times, such as `\(field)`, which are no numbers"
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
    case .onlyHeader: ["`header: false` if that line is a record already"]
    case .ragged(_, _, let separator?):
      ["`separator: \(separator)` if that stands between the fields"]
    case .ragged(let expected, let got, _) where got == 1 && expected > 1:
      ["is the `separator` another one? `separator: tab` stands for tabulators"]
    case .ragged: ["a field that holds the separator is put between quotes"]
    case .quoteInField: ["put the whole field between quotes, and double those inside"]
    case .unterminatedQuote: ["a quote inside a quoted field is doubled"]
    case .unnamedColumn: ["`header: false` calls the columns `1`, `2`, …"]
    case .doubledColumn: ["rename one, or drop it from the file"]
    case .unknownColumn(_, _, _, let separator?):
      ["`separator: \(separator)` if that stands between the fields"]
    case .unknownColumn(_, "test", _, _): ["both files must have the same columns"]
    case .unknownColumn(let name, _, let names, _):
      [nearestName(to: name, among: names).map { "did you mean `\($0)`?" } ?? listed(names)]
    case .emptyColumn(let name): ["leave it out with `drop: [\(name)]`"]
    case .notNumber(_, _, nil, _), .notFinite(_, _, nil), .recordCount:
      ["get the file again; `runexp data check` compares it with the published digest"]
    case .notNumber(let name, let field, _?, let repair?):
      [
        repair.hint(for: field),
        "`categorical: [\(quotedUnlessPlain(name))]` if the fields are names and no numbers",
      ]
    case .notNumber(let name, let field, let missing?, nil):
      [
        "\(missingArgument(missing + [field])) if that stands for no value, or `categorical: [\(name)]`"
      ]
    case .notFinite(_, let field, let missing?):
      ["\(missingArgument(missing + [field])) if that stands for no value"]
    case .dates(let name, _, true):
      [
        "put numbers in their place, such as days since a first day",
        "`categorical: [\(quotedUnlessPlain(name))]` makes a class of each",
      ]
    case .dates(let name, _, false):
      [
        "put numbers in their place, such as days since a first day, or leave them out with "
          + "`drop: [\(quotedUnlessPlain(name))]`",
        "`categorical: [\(quotedUnlessPlain(name))]` makes a category of each",
      ]
    case .tooManyCategories(let name, _):
      ["leave it out with `drop: [\(name)]`, or read it as numbers with `numeric: [\(name)]`"]
    case .testLacks: ["leave `test` out: without targets nothing can be tested"]
    case .missingTarget: ["take the record out of the file"]
    case .notUTF8(let encoding): [encoding.hint]
    case .empty, .textAfterQuote, .conflict,
      .logOfNonPositive, .logOfClasses, .unseenClass, .noInputs:
      []
    }
  }
}

/// The columns there are, of very many the first ones.
private func listed(_ names: [String]) -> String {
  let shown = names.prefix(20).map { "`\($0)`" }.joined(separator: ", ")
  return names.count == 1
    ? "the only column is \(shown)" : "the columns are \(shown)\(names.count > 20 ? ", …" : "")"
}

/// The argument `missing` with these fields.
func missingArgument(_ missing: [String]) -> String {
  "`missing: [\(missing.map(quotedUnlessPlain).joined(separator: ", "))]`"
}

/// A field as a text of YAML: what could be read as something else stands between quotes.
func quotedUnlessPlain(_ field: String) -> String {
  let words: Set<String> = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"]
  let isPlain =
    field.first.map { $0.isASCII && $0.isLetter } ?? false
    && field.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    && !words.contains(field.lowercased())
  if isPlain { return field }
  return "\"" + field.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
}
