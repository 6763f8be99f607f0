// SPDX-License-Identifier: Apache-2.0

internal import Diagnostics

/// Something about a table's columns that somebody may not expect.
public enum TableFinding: Hashable, Sendable {
  /// Whole numbers that count the records from one number to another.
  case countsRecords(column: String, from: Int, to: Int)
  /// All different, and called like an id.
  case hasNameOfID(column: String)
  /// The only input, and called like an id.
  case onlyInputIsID(column: String)
  /// Numbers that begin with a zero, such as this one.
  case leadingZeros(column: String, field: String, isTarget: Bool)
  /// Numbers that all could be dates, such as this one.
  case dateNumbers(column: String, field: String, isTarget: Bool)
  /// About as many categories, or classes, as records.
  case manyCategories(column: String, count: Int, records: Int, isTarget: Bool)
  /// Categories or classes that stand for no value elsewhere; the fields that are missing values.
  case missingWords(column: String, [String], missing: [String], isTarget: Bool)
  /// The target is this in every record.
  case constantTarget(column: String, field: String)
  /// Categories or classes that are one number.
  case sameNumber(column: String, [String], isTarget: Bool)
  /// The last record has this word for a sum.
  case totals(column: String, field: String)
  /// The names of all columns look like fields.
  case namesLikeFields([String])
  /// Categories that only another part than training has.
  case unseenCategories(Unseen)
  /// Classes that only another part than training has.
  case unseenClasses(Unseen)
  /// Classes below `count` that no record has.
  case emptyClasses(target: String, [Int], count: Int)
  /// So many findings more.
  case more(Int)

  /// What a part has and training has not.
  public struct Unseen: Hashable, Sendable {
    var column: String
    /// Empty for a missing value.
    var names: [String]
    /// How many of the part's records have them.
    var records: Int
    var part: DataPart
    var partRecords: Int
  }
}

extension TableFinding {
  /// The word for scripts.
  var kind: String {
    switch self {
    case .countsRecords: "record_numbers"
    case .hasNameOfID, .onlyInputIsID: "id_numbers"
    case .leadingZeros: "leading_zero"
    case .dateNumbers: "date_numbers"
    case .manyCategories: "many_categories"
    case .missingWords: "missing_word"
    case .constantTarget: "constant_target"
    case .sameNumber: "same_number"
    case .totals: "totals"
    case .namesLikeFields: "names_like_fields"
    case .unseenCategories: "unseen_categories"
    case .unseenClasses: "unseen_classes"
    case .emptyClasses: "empty_classes"
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
    case .totals: ["take the record out of the file if it is no example"]
    case .namesLikeFields: ["`header: false` reads the first line as a record"]
    case .emptyClasses(let name, _, _):
      ["`categorical: [\(quotedUnlessPlain(name))]` makes classes of what occurs only"]
    case .unseenCategories, .unseenClasses, .more: []
    }
  }

  private func noun(_ isTarget: Bool) -> String { isTarget ? "target" : "column" }

  private func categories(_ fields: [String], _ isTarget: Bool) -> String {
    fields.count == 1
      ? (isTarget ? "class" : "category") : (isTarget ? "classes" : "categories")
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
  guard let last = fields.last, fields.count > 1 else { return fields.map(mark).joined() }
  return fields.dropLast().map(mark).joined(separator: ", ") + " and " + mark(last)
}

/// The first five.
private func listed(_ names: [String]) -> String {
  names.prefix(5).joined(separator: ", ") + (names.count > 5 ? ", …" : "")
}
