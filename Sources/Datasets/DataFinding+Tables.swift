// SPDX-License-Identifier: Apache-2.0

internal import Diagnostics

/// A fact about the columns of a table that the user may not expect.
public enum TableFinding: Hashable, Sendable {
  /// Whole numbers that count the records, from `from` to `to`.
  case countsRecords(column: String, from: Int, to: Int)
  /// All values are different, and the name is that of an id.
  case hasNameOfID(column: String)
  /// The only input column, whose name is that of an id.
  case onlyInputIsID(column: String)
  /// Numbers that begin with a zero, such as `field`.
  case leadingZeros(column: String, field: String, isTarget: Bool)
  /// Numbers that could all be dates, such as `field`.
  case dateNumbers(column: String, field: String, isTarget: Bool)
  /// Almost as many categories, or classes, as records.
  case manyCategories(column: String, count: Int, records: Int, isTarget: Bool)
  /// Categories or classes that stand for "no value" elsewhere; `missing` lists the fields that are
  /// missing values.
  case missingWords(column: String, [String], missing: [String], isTarget: Bool)
  /// The target has the value `field` in every record.
  case constantTarget(column: String, field: String)
  /// Categories or classes that are the same number.
  case sameNumber(column: String, [String], isTarget: Bool)
  /// Categories or classes that differ only in case, spaces and invisible characters; `more` counts
  /// further such groups.
  case sameLook(column: String, [String], more: Int, isTarget: Bool)
  /// Repeated numbers far outside the rest; `missing` lists the fields that are missing values.
  case farValues(column: String, FarValues, missing: [String], isTarget: Bool)
  /// All fractions have three digits, such as `field`, and there are whole numbers, such as
  /// `whole`.
  case groupedDigits(column: String, field: String, whole: String, sign: String, isTarget: Bool)
  /// The last record holds the sums of these columns.
  case sums([String])
  /// The last record has a word for a sum, `field`.
  case totals(column: String, field: String)
  /// The names of all columns look like fields.
  case namesLikeFields([String])
  /// Categories that are in another part, but not in the training part.
  case unseenCategories(Unseen)
  /// Classes that are in another part, but not in the training part.
  case unseenClasses(Unseen)
  /// Classes below `count` that no record has.
  case emptyClasses(target: String, [Int], count: Int)
  /// Classes without a training example, because limits leave them out: the first of them, their
  /// number, and the number of all classes.
  case untrainedClasses(target: String, [String], count: Int, of: Int)
  /// Classes without a test example: the first of them, their number, the number of all classes,
  /// and whether `test_limit` is given.
  case untestedClasses(target: String, [String], count: Int, of: Int, hasLimit: Bool)
  /// Classes whose examples are all held out by one fold: the first of them, their number, and the
  /// number of all classes.
  case classesOfOneFold(target: String, [String], count: Int, of: Int)
  /// The target has one value in all training examples, but not in the whole file.
  case constantTraining(target: String, examples: Int)
  /// A column of numbers has no value in any training example.
  case emptyInTraining(column: String, examples: Int)
  /// A column has far fewer values in the test part than in the training part.
  case missingInTest(column: String, test: Share, train: Share)
  /// There are so many more findings.
  case more(Int)

  /// A number of records out of all records.
  public struct Share: Hashable, Sendable {
    var count: Int
    var records: Int

    var value: Double { records == 0 ? 0 : Double(count) / Double(records) }
  }

  /// Something that a part has and the training part does not have.
  public struct Unseen: Hashable, Sendable {
    var column: String
    /// The names; an empty one stands for a missing value.
    var names: [String]
    /// How many records of the part have one of them.
    var records: Int
    var part: DataPart
    var partRecords: Int
  }
}

extension TableFinding {
  /// The word for the kind, for scripts.
  var kind: String {
    switch self {
    case .countsRecords: "record_numbers"
    case .hasNameOfID, .onlyInputIsID: "id_numbers"
    case .leadingZeros: "leading_zero"
    case .dateNumbers: "date_numbers"
    case .manyCategories: "many_categories"
    case .missingWords: "missing_word"
    case .constantTarget, .constantTraining: "constant_target"
    case .sameNumber: "same_number"
    case .sameLook: "same_look"
    case .farValues: "far_values"
    case .groupedDigits: "grouped_digits"
    case .totals, .sums: "totals"
    case .namesLikeFields: "names_like_fields"
    case .unseenCategories: "unseen_categories"
    case .unseenClasses: "unseen_classes"
    case .emptyClasses: "empty_classes"
    case .untrainedClasses: "classes_without_examples"
    case .untestedClasses: "classes_without_tests"
    case .classesOfOneFold: "classes_of_one_fold"
    case .emptyInTraining, .missingInTest: "missing_values"
    case .more: "more"
    }
  }

  var sentence: String {
    switch self {
    case .countsRecords(let name, let first, let last):
      "the column `\(name)` only counts the records: its numbers rise by one from \(first) to \(last)"
    case .hasNameOfID(let name):
      "the column `\(name)` has the name of an id, and no number twice"
    case .onlyInputIsID(let name):
      "the only input is the column `\(name)`, which has the name of an id and no number twice"
    case .leadingZeros(let name, let field, let isTarget):
      "the \(noun(isTarget)) `\(name)` is read as numbers, but some begin with a zero as codes do, such as `\(visible(field))`"
    case .dateNumbers(let name, let field, let isTarget):
      "the \(noun(isTarget)) `\(name)` is read as numbers, but all could be dates, such as `\(visible(field))`"
    case .manyCategories(let name, let count, let records, false):
      "the column `\(name)` has \(count) categories in \(records) records, and each becomes an input of its own"
    case .manyCategories(let name, let count, let records, true):
      "the target `\(name)` has \(count) classes in \(records) records"
    case .missingWords(let name, let fields, _, let isTarget):
      quoted(fields) + (fields.count == 1 ? " is a " : " are ") + categories(fields, isTarget)
        + " of the \(noun(isTarget)) `\(name)`"
    case .constantTarget(let name, let field):
      "the target `\(name)` is `\(visible(field))` in every record, so there is nothing to learn"
    case .sameNumber(let name, let fields, let isTarget):
      "\(quoted(fields)) are \(fields.count) \(categories(fields, isTarget)) of the \(noun(isTarget)) `\(name)`, but one number"
    case .sameLook(let name, let fields, let more, let isTarget):
      "\(conjoined(fields.map { "`\(revealed($0))`" })) are \(fields.count) \(categories(fields, isTarget)) of the \(noun(isTarget)) `\(name)`, and differ only in \(difference(fields))"
        + (more == 0 ? "" : more == 1 ? "; so does 1 other group" : "; so do \(more) other groups")
    case .farValues(let name, let far, _, let isTarget):
      "\(quoted(far.fields)) \(far.fields.count == 1 ? "stands" : "stand") in \(far.count) of \(far.all) records of the \(noun(isTarget)) `\(name)`, far from all its other numbers, which are \(numberText(far.low)) … \(numberText(far.high))"
    case .groupedDigits(let name, let field, let whole, let sign, let isTarget):
      "the \(noun(isTarget)) `\(name)` has `\(whole)` beside `\(field)`, which is read as a fraction: all its \(sign == "," ? "commas" : "points") stand before three digits"
    case .sums(let names):
      "the last record holds the \(names.count == 1 ? "sum" : "sums") of the \(names.count == 1 ? "column" : "columns") \(quoted(names)): does it hold totals?"
    case .totals(let name, let field):
      "the last record has `\(visible(field))` in the column `\(name)`: does it hold totals?"
    case .namesLikeFields(let names):
      "the first line, the columns' names, looks like a record: \(listed(names.map(mark)))"
    case .unseenCategories(let unseen):
      "column " + unseen.sentence("category", "categories")
        + (unseen.names.count == 1 ? "its weight stays untrained" : "their weights stay untrained")
    case .unseenClasses(let unseen):
      "target " + unseen.sentence("class", "classes")
        + (unseen.names.count == 1 ? "it is never learnt" : "they are never learnt")
    case .emptyClasses(let name, let empty, let count):
      "no record has the \(empty.count == 1 ? "class" : "classes") \(listed(empty.map { "`\($0)`" }))"
        + " of the target `\(name)`, whose whole numbers are the classes 0 … \(count - 1)"
    case .untrainedClasses(let name, let names, let count, let all):
      "\(countOf(count, all)) of the target `\(name)` \(count == 1 ? "has" : "have") no training example: \(listed(names.map(mark)))"
    case .untestedClasses(let name, let names, let count, let all, _):
      "\(countOf(count, all)) of the target `\(name)` \(count == 1 ? "has" : "have") no test example: \(listed(names.map(mark)))"
    case .classesOfOneFold(let name, let names, let count, let all):
      "\(countOf(count, all)) of the target `\(name)` \(count == 1 ? "has" : "have") all examples in one fold, which is tested by a network that never saw them: \(listed(names.map(mark)))"
    case .constantTraining(let name, let count):
      "the target `\(name)` is one number in all \(count) training examples, so there is nothing to learn"
    case .emptyInTraining(let name, let count):
      "the column `\(name)` has no value in \(count == 1 ? "the only training example" : "any of the \(count) training examples"), so nothing is learnt from it"
    case .missingInTest(let name, let test, let train):
      "the column `\(name)` has no value in \(test.count) of \(test.records) records of the test part (\(percent(test))), and in \(train.count) of \(train.records) of the training part (\(percent(train)))"
    case .more(let count): "\(counted(count, "more warning")) about the table's columns"
    }
  }

  var hints: [String] {
    switch self {
    case .countsRecords(let name, _, _), .hasNameOfID(let name),
      .manyCategories(let name, _, _, false):
      ["leave it out with `drop: [\(quotedUnlessPlain(name))]`"]
    case .onlyInputIsID: ["an id says nothing about the target: did `drop` name too many columns?"]
    case .leadingZeros(let name, _, false):
      ["`categorical: [\(quotedUnlessPlain(name))]` if they are codes"]
    case .leadingZeros(let name, _, true):
      ["`categorical: [\(quotedUnlessPlain(name))]` makes classes of them if they are codes"]
    case .dateNumbers(let name, _, false):
      [
        "put days since a first day in their place, or leave it out with `drop: [\(quotedUnlessPlain(name))]`"
      ]
    case .dateNumbers(_, _, true): ["put days since a first day in their place"]
    case .manyCategories(_, _, _, true), .constantTarget: ["is it the right column?"]
    case .missingWords(_, let fields, let missing, false):
      ["\(missingArgument(missing + fields)) if \(pronoun(fields)) for no value"]
    case .missingWords(_, let fields, _, true):
      [
        "take \(fields.count == 1 ? "its" : "their") records out of the file if \(pronoun(fields)) for no value"
      ]
    case .sameNumber: ["write the number in one way in all files"]
    case .sameLook(_, let fields, _, let isTarget):
      [
        "write \(isTarget ? "the class" : "the category") in one way in all files if \(fields.count == 2 ? "both" : "all") are the same"
      ]
    case .farValues(_, let far, let missing, false):
      ["\(missingArgument(missing + far.fields)) if \(pronoun(far.fields)) for no value"]
    case .farValues(_, let far, _, true):
      [
        "take \(far.fields.count == 1 ? "its" : "their") records out of the file if \(pronoun(far.fields)) for no value"
      ]
    case .groupedDigits(_, _, _, let sign, _):
      [
        "`thousands: \"\(sign)\"`\(sign == "." ? " with `decimal: \",\"`" : " with `decimal: \".\"`") if the \(sign == "," ? "comma" : "point") groups digits by three"
      ]
    case .totals, .sums: ["take the record out of the file if it is no example"]
    case .namesLikeFields: ["`header: false` reads the first line as a record"]
    case .emptyClasses(let name, _, _):
      ["`categorical: [\(quotedUnlessPlain(name))]` makes classes of what occurs only"]
    case .untrainedClasses:
      ["`train_limit` keeps the first records: mix those of the file if they lie sorted by class"]
    case .untestedClasses(_, _, let count, _, let hasLimit):
      [
        "the test part says nothing of \(count == 1 ? "this class" : "these classes")"
          + (hasLimit
            ? ": raise `test_limit`, or mix the records of the file"
            : ": put records of \(count == 1 ? "it" : "them") into the test file")
      ]
    case .classesOfOneFold(_, _, let count, _):
      [
        "add records of \(count == 1 ? "the class" : "these classes"), or take \(count == 1 ? "it" : "them") out of the file"
      ]
    case .constantTraining:
      [
        "`train_limit` keeps the first records: mix those of the file if they lie sorted by the target"
      ]
    case .emptyInTraining(let name, _):
      ["raise `train_limit`, or leave it out with `drop: [\(quotedUnlessPlain(name))]`"]
    case .missingInTest:
      ["is the test file complete? a missing number becomes the mean of the training part"]
    case .unseenCategories, .unseenClasses, .more: []
    }
  }

  private func noun(_ isTarget: Bool) -> String { isTarget ? "target" : "column" }

  private func categories(_ fields: [String], _ isTarget: Bool) -> String {
    fields.count == 1
      ? (isTarget ? "class" : "category") : (isTarget ? "classes" : "categories")
  }

  private func countOf(_ count: Int, _ all: Int) -> String {
    "\(count) of \(counted(all, "class", plural: "classes"))"
  }

  private func percent(_ share: Share) -> String {
    let percent = 100 * share.value
    return percent > 0 && percent < 1 ? "< 1 %" : "\(Int(percent.rounded())) %"
  }

  /// A whole number without a fraction.
  private func numberText(_ value: Double) -> String {
    value == value.rounded(.down) && value.magnitude < 1e15 ? "\(Int(value))" : "\(value)"
  }

  private func difference(_ fields: [String]) -> String {
    if Set(fields.map { $0.lowercased() }).count == 1 { return "upper and lower case" }
    let hasOneCase = Set(fields.map { plainLook($0, keepsCase: true) }).count == 1
    return (hasOneCase ? "" : "case, ") + "spaces or characters that do not show"
  }

  private func pronoun(_ fields: [String]) -> String {
    fields.count == 1 ? "that stands" : "those stand"
  }
}

extension TableFinding.Unseen {
  fileprivate func sentence(_ one: String, _ many: String) -> String {
    let all = names.map { $0.isEmpty ? "a missing value" : mark($0) }
    return
      "`\(column)`: \(counted(names.count, one, plural: many)) of the \(part.rawValue) part never "
      + "\(names.count == 1 ? "occurs" : "occur") in training: \(listed(all)) "
      + "(\(records) of \(counted(partRecords, "record"))); "
  }
}

private func mark(_ field: String) -> String { "`\(visible(field))`" }

/// `a`, `b` and `c`.
func quoted(_ fields: [String]) -> String {
  conjoined(fields.map(mark))
}

private func conjoined(_ marked: [String]) -> String {
  guard let last = marked.last, marked.count > 1 else { return marked.joined() }
  return marked.dropLast().joined(separator: ", ") + " and " + last
}

/// The first five.
private func listed(_ names: [String]) -> String {
  names.prefix(5).joined(separator: ", ") + (names.count > 5 ? ", …" : "")
}
