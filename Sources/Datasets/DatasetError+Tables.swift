// SPDX-License-Identifier: Apache-2.0

internal import Diagnostics

extension DatasetError {
  /// What is wrong in a table of texts; the error holds its line beside this fact.
  public enum TableFact: Hashable, Sendable {
    /// There is no record at all.
    case empty
    /// It is a file of another kind.
    case foreignFile(FileLook)
    /// Fields are aligned by several spaces, but the separator is one space.
    case alignedBySpaces
    /// There is only a header, or a single record that was taken for one.
    case onlyHeader
    /// The first line names this separator (written as the argument), but the manifest names
    /// another one.
    case otherSeparator(String)
    /// A quote stands in the middle of what is one field, for the first line has this separator in
    /// place of the one that is set.
    case likelySeparator(String)
    /// A record has not as many fields as the header, or as the first record.
    case ragged(expected: Int, got: Int, RaggedLook)
    /// The number of records in a file of a known set is wrong.
    case recordCount(expected: Int, got: Int)
    /// Bytes that are not UTF-8, and their probable encoding.
    case notUTF8(TextEncoding)
    /// A quoted field has no end.
    case unterminatedQuote
    /// A quoted field is not followed by a separator or a line end.
    case textAfterQuote
    /// A quote inside a field that does not begin with a quote.
    case quoteInField
    /// The columns at these places, counted from 1, have no name.
    case unnamedColumns([Int], UnnamedColumns)
    /// Two columns have this name.
    case doubledColumn(String, first: Int, second: Int)
    /// An argument names this column, but no column has the name.
    case unknownColumn(String, role: String, among: [String], HeaderLook)
    /// Two arguments that exclude each other name the same column.
    case conflict(String, String, String)
    /// A column has no value in any record.
    case emptyColumn(String, isTarget: Bool)
    /// A column of numbers contains a text.
    case notNumber(StrangeField)
    /// A column holds dates or times, such as this one.
    case dates(String, String, isTarget: Bool)
    /// A column of numbers contains `nan`, `inf` or a number beyond float32.
    ///
    /// `missing` lists the fields that are missing values; it is nil for a public set.
    case notFinite(String, String, missing: [String]?)
    /// A column has more categories than the limit.
    case tooManyCategories(String, Int, CategoryOrigin)
    /// A record has no target, but a field that may be the name of a class; `others` are the other
    /// fields that stand for "no value".
    case missingTarget(String, field: String, others: [String]?)
    /// The logarithm of a target that is not positive.
    case logOfNonPositive(String, String)
    /// The logarithm of classes.
    case logOfClasses(String)
    /// The test file lacks the target.
    case testLacks(String, train: String, HeaderLook)
    /// A class of the test file that is not in the training file.
    ///
    /// `same` is a class of the training file that is the same number, or that differs only in what
    /// is easily overlooked.
    case unseenClass(String, String, same: SameClass?)
    /// Classes are expected, but a target is not a whole number from 0.
    case notClass(String, String)
    /// No column is left as input.
    case noInputs
    /// A line of pairs without a tab.
    case noTab
    /// The source or the target of a pair has no token.
    case emptySentence(String)
  }

  /// Why a column with too many categories is read as categories.
  public enum CategoryOrigin: Hashable, Sendable {
    /// Its fields are not numbers.
    case texts
    /// Its fields are numbers, and `categorical` names it.
    case numbers
  }

  /// A class of the training file that another one may stand for.
  public enum SameClass: Hashable, Sendable {
    case number(String)
    case look(String)
  }

  static func tableDiagnostic(_ path: String, _ line: Int?, _ fact: TableFact) -> Diagnostic {
    Diagnostic("`\(path)\(line.map { ":\($0)" } ?? "")`: \(fact.sentence)", hints: fact.hints)
  }
}

extension DatasetError.TableFact {
  /// Whether a public file can only be damaged if this is so.
  var isDamage: Bool {
    switch self {
    case .recordCount, .notFinite(_, _, nil): true
    case .notNumber(let strange): strange.missing == nil
    default: false
    }
  }

  fileprivate var sentence: String {
    switch self {
    case .empty: "the file is empty"
    case .foreignFile(let look): look.sentence
    case .alignedBySpaces:
      "the fields are separated by runs of spaces, and `separator` is a single space"
    case .onlyHeader: "there is no record below the header"
    case .otherSeparator(let separator):
      "this line says that `separator` is \(separator), the manifest has another one"
    case .likelySeparator(let sign):
      "the fields seem to be separated by \(sign), and `separator` is another one"
    case .ragged(let expected, let got, _): "expected \(counted(expected, "field")), got \(got)"
    case .recordCount(let expected, let got): "expected \(counted(expected, "record")), got \(got)"
    case .notUTF8: "a field is not UTF-8 text"
    case .unterminatedQuote: "the quoted field that begins here has no end"
    case .textAfterQuote: "expected a separator or the line's end behind the closing quote"
    case .quoteInField: "a quote stands inside a field that does not begin with one"
    case .unnamedColumns(let places, let look): look.sentence(places)
    case .doubledColumn(let name, let first, let second):
      "columns \(first) and \(second) are both called `\(name)`"
    case .unknownColumn(let name, let role, let names, _):
      (role == "test"
        ? "the training file's column `\(name)` is not "
        : "`\(role)` names the column `\(name)`, which is not ")
        + (names.count == 1 ? "its only column" : "among its \(names.count) columns")
    case .conflict(let name, let first, let second):
      "the column `\(name)` is named by both `\(first)` and `\(second)`"
    case .emptyColumn(let name, false): "the column `\(name)` has no value"
    case .emptyColumn(let name, true): "the target `\(name)` has no value in any record"
    case .notNumber(let strange): strange.sentence
    case .notFinite(let name, let field, _) where Self.isNumber(field):
      "expected numbers up to 3.4e38, the largest float32, in the column `\(name)`, got `\(field)`"
    case .notFinite(let name, let field, _):
      "expected a finite number in the column `\(name)`, got `\(field)`"
    case .dates(let name, let field, _) where isTimeOfDay(field):
      "the column `\(name)` holds times of day, such as `\(visible(field))`, which are no numbers"
    case .dates(let name, let field, _):
      "the column `\(name)` holds dates or times, such as `\(visible(field))`, which are no numbers"
    case .tooManyCategories(let name, let limit, _):
      "the column `\(name)` has more than \(limit) categories"
    case .missingTarget(let name, _, nil): "the target `\(name)` is missing"
    case .missingTarget(let name, let field, _?):
      "the target `\(name)` is missing, for `\(visible(field))` stands for no value"
    case .logOfNonPositive(let name, let field):
      "`log_target` needs positive numbers in the column `\(name)`, got `\(field)`"
    case .logOfClasses(let name):
      "`log_target` needs numbers, but the column `\(name)` holds classes"
    case .testLacks(let name, let train, _):
      "the target `\(name)` of `\(train)` is no column of the test file"
    case .unseenClass(let name, let field, _):
      "the class `\(visible(field))` of the target `\(name)` is not in the training file"
    case .notClass(let name, let field):
      "expected classes (whole numbers from 0) in the target `\(name)`, got `\(field)`"
    case .noInputs: "no column is left as input"
    case .noTab: "expected a source and a target with a tab between them, got a line without a tab"
    case .emptySentence(let name): "expected a \(name) of at least one token, got none"
    }
  }

  fileprivate var hints: [String] {
    switch self {
    case .onlyHeader: ["`header: false` if that line is a record already"]
    case .otherSeparator(let separator): ["`separator: \(separator)`"]
    case .likelySeparator(let sign): ["`separator: \(sign)`"]
    case .ragged(_, _, let look): [look.hint]
    case .quoteInField: ["put the whole field between quotes, and double those inside"]
    case .unterminatedQuote: ["a quote inside a quoted field is doubled"]
    case .unnamedColumns(_, let look): look.hints
    case .doubledColumn(let name, _, _) where FieldNumber(name) != .text:
      ["rename one, or drop it from the file", "`header: false` if that line is a record already"]
    case .doubledColumn: ["rename one, or drop it from the file"]
    case .foreignFile(let look): look.hints
    case .alignedBySpaces: [AlignedText.repair]
    case .unknownColumn(_, "test", _, let look):
      [look.testHint ?? "both files must have the same columns"]
    case .unknownColumn(_, _, let names, let look): look.trainHints ?? [listed(names)]
    case .emptyColumn(let name, false): ["leave it out with `drop: [\(quotedUnlessPlain(name))]`"]
    case .emptyColumn(_, true):
      ["a target needs a value in every record: is it the right column?"]
    case .notNumber(let strange): strange.hints
    case .notFinite(_, let field, let missing?) where Self.isNumber(field):
      [
        "divide the whole column by a power of ten",
        "\(missingArgument(missing + [field])) if it stands for no value",
      ]
    case .notFinite(_, let field, let missing?):
      ["\(missingArgument(missing + [field])) if that stands for no value"]
    case .dates(let name, let field, let isTarget):
      Self.dateHints(quotedUnlessPlain(name), field, isTarget)
    case .tooManyCategories(let name, _, .texts):
      ["leave it out with `drop: [\(quotedUnlessPlain(name))]`"]
    case .tooManyCategories(let name, _, .numbers):
      [
        "its fields are numbers: take it out of `categorical` to read it so",
        "or leave it out with `drop: [\(quotedUnlessPlain(name))]`",
      ]
    case .testLacks(_, _, let look):
      [look.testHint ?? "leave `test` out: without targets nothing can be tested"]
    case .unseenClass(_, _, .number(let same)?):
      ["`\(visible(same))` in the training file is the same number: write it in one way"]
    case .unseenClass(_, _, .look(let same)?):
      [
        "`\(revealed(same))` in the training file differs only in case, spaces or characters that do not show: write it in one way"
      ]
    case .notClass(let name, _):
      [
        "`categorical: [\(quotedUnlessPlain(name))]` makes a class of each value",
        "leave out `task: classification` to train on real numbers",
      ]
    case .missingTarget(_, _, nil): ["take the record out of the file"]
    case .missingTarget(_, let field, let others?):
      [
        "\(missingArgument(others)) if `\(visible(field))` is the name of a class",
        "else take the record out of the file",
      ]
    case .notUTF8(let encoding): [encoding.hint]
    case .noTab: ["`paste source.txt target.txt` makes such lines of two files"]
    case .emptySentence: ["take the line out of the file"]
    case .empty, .textAfterQuote, .conflict, .logOfNonPositive, .logOfClasses, .unseenClass,
      .noInputs, .recordCount, .notFinite(_, _, nil):
      []
    }
  }
  private static func isNumber(_ field: String) -> Bool {
    field.unicodeScalars.contains { $0.isDigit }
  }

  /// `column` is quoted where YAML wants it.
  private static func dateHints(_ column: String, _ field: String, _ isTarget: Bool) -> [String] {
    let numbers =
      "put numbers in their place, such as "
      + (isTimeOfDay(field) ? "minutes since midnight" : "days since a first day")
    return [
      isTarget ? numbers : numbers + ", or leave them out with `drop: [\(column)]`",
      "`categorical: [\(column)]` makes a \(isTarget ? "class" : "category") of each",
    ]
  }
}

extension HeaderLook {
  /// For a name that an argument gives; nil where nothing looks wrong with the file.
  fileprivate var trainHints: [String]? {
    switch self {
    case .separator(let sign): ["`separator: \(sign)` if that stands between the fields"]
    case .spaces(runs: false): ["`separator: \" \"` if that stands between the fields"]
    case .spaces(runs: true): ["the fields are separated by runs of spaces: \(AlignedText.repair)"]
    case .near(let name): ["did you mean `\(revealed(name))`?"]
    case .record:
      [
        "the first line looks like a record: `header: false` reads it as one, and calls the columns `1`, `2`, …"
      ]
    case .other: nil
    }
  }

  /// For a name of the training file that the test file must have, too.
  fileprivate var testHint: String? {
    switch self {
    case .separator(let sign):
      "the fields of this file seem to be separated by `\(sign)`: both files must have the same `separator`"
    case .spaces:
      "the fields of this file seem to be separated by spaces: both files must have the same `separator`"
    case .near(let name):
      "did you mean `\(revealed(name))`? the names must be the same in both files"
    case .record:
      "the first line looks like a record: put the columns' names in front, as in the training file"
    case .other: nil
    }
  }
}

/// The columns there are, of very many the first ones.
private func listed(_ names: [String]) -> String {
  let shown = names.prefix(20).map { "`\(revealed($0))`" }.joined(separator: ", ")
  return names.count == 1
    ? "the only column is \(shown)" : "the columns are \(shown)\(names.count > 20 ? ", …" : "")"
}

/// The argument `missing` with these fields, as written in a manifest.
func missingArgument(_ missing: [String]) -> String {
  "`missing: [\(missing.map(quotedUnlessPlain).joined(separator: ", "))]`"
}
