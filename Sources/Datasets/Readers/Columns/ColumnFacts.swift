// SPDX-License-Identifier: Apache-2.0

import Tensors

/// What a column of a table is used for and what it holds, over the whole training file.
public struct ColumnFacts: Hashable, Sendable {
  /// What the column is for.
  public enum Role: String, Sendable, CaseIterable {
    /// The network gets it as input.
    case input
    /// The network predicts it.
    case target
    /// It is dropped.
    case dropped
  }

  /// How its fields are read.
  public enum Kind: String, Sendable, CaseIterable {
    /// A number.
    case number
    /// One of a few categories, each an input of 0 or 1.
    case categories
    /// One of the target's classes.
    case classes
  }

  /// The column's name.
  public var name: String
  /// What it is for.
  public var role: Role
  /// How its fields are read.
  public var kind: Kind
  /// Records of the training file.
  public var records = 0
  /// Records without a value.
  public var missing = 0
  /// The smallest number; nil for categories, and if there is no number.
  public var minimum: Double?
  /// The largest number.
  public var maximum: Double?
  /// How many different categories there are, in both files.
  public var categoryCount = 0
  /// The first categories in the order of their bytes.
  public var categories: [String] = []
  /// How many inputs the column makes.
  public var inputCount = 0
  /// What looks wrong with it.
  var remarks: [ColumnRemark] = []

  /// How many categories are stored by name, and how many characters of each.
  static let shownCategories = 6
  static let shownCharacters = 40

  init(name: String, role: Role, kind: Kind) {
    (self.name, self.role, self.kind) = (name, role, kind)
  }
}

extension ColumnFacts {
  /// The same column after `task` turned its numbers into classes, or its classes into numbers.
  func predicting(_ target: TargetShape) -> Self {
    var facts = self
    switch (role, kind, target) {
    case (.target, .number, .classes(let count)):
      facts.kind = .classes
      (facts.minimum, facts.maximum) = (nil, nil)
      facts.categoryCount = count
      facts.categories = (0..<min(count, Self.shownCategories)).map { "\($0)" }
    case (.target, .classes, .values):
      facts.kind = .number
      (facts.minimum, facts.maximum) = (0, Double(categoryCount - 1))
      (facts.categoryCount, facts.categories) = (0, [])
    default: break
    }
    return facts
  }
}

/// What looks wrong with a column that can be read.
enum ColumnRemark: Hashable, Sendable {
  /// Whole numbers that count the records.
  case recordNumbers
  /// All values are different, and the name is that of an id.
  case idNumbers
  /// Numbers that begin with a zero, such as the given one.
  case leadingZero(String)
  /// Whole numbers that could be dates, such as the given one.
  case dateNumbers(String)
  /// Almost as many categories as records.
  case manyCategories
  /// Categories that stand for "no value" elsewhere.
  case missingWords([String])
  /// A single value.
  case constant(String)
  /// Categories that are the same number, such as `1` and `1.0`.
  case sameNumber([String])
  /// The last record has a word for a sum, which no other record has.
  case totals(String)
  /// Categories that differ only in what is easily overlooked; `more` counts further such groups.
  case sameLook([String], more: Int)
  /// Repeated numbers far outside the rest.
  case farValues(FarValues)
  /// All fractions have three digits, such as the first text, and there are whole numbers, such as
  /// `whole`.
  case groupedDigits(String, whole: String)
  /// The last record's number is the sum of all others.
  case lastIsSum
  /// The column's name could be one of its fields, as in a table without a header.
  case nameLikeField

  var word: String {
    switch self {
    case .recordNumbers: "record_numbers"
    case .idNumbers: "id_numbers"
    case .leadingZero: "leading_zero"
    case .dateNumbers: "date_numbers"
    case .manyCategories: "many_categories"
    case .missingWords: "missing_word"
    case .constant: "constant"
    case .sameNumber: "same_number"
    case .totals: "totals"
    case .sameLook: "same_look"
    case .farValues: "far_values"
    case .groupedDigits: "grouped_digits"
    case .lastIsSum: "last_is_sum"
    case .nameLikeField: "name_like_field"
    }
  }

  /// The fields it is about.
  var fields: [String] {
    switch self {
    case .leadingZero(let field), .dateNumbers(let field), .constant(let field),
      .totals(let field):
      [field]
    case .missingWords(let fields), .sameNumber(let fields): fields
    case .sameLook(let fields, let more): ["\(more)"] + fields
    case .farValues(let far): far.words
    case .groupedDigits(let field, let whole): [field, whole]
    case .recordNumbers, .idNumbers, .manyCategories, .nameLikeField, .lastIsSum: []
    }
  }

  init?(word: String, fields: [String]) {
    let field = fields.first ?? ""
    switch word {
    case "record_numbers": self = .recordNumbers
    case "id_numbers": self = .idNumbers
    case "leading_zero": self = .leadingZero(field)
    case "date_numbers": self = .dateNumbers(field)
    case "many_categories": self = .manyCategories
    case "missing_word": self = .missingWords(fields)
    case "constant": self = .constant(field)
    case "same_number": self = .sameNumber(fields)
    case "totals": self = .totals(field)
    case "same_look": self = .sameLook(Array(fields.dropFirst()), more: Int(field) ?? 0)
    case "far_values":
      guard let far = FarValues(words: fields) else { return nil }
      self = .farValues(far)
    case "grouped_digits": self = .groupedDigits(field, whole: fields.last ?? "")
    case "last_is_sum": self = .lastIsSum
    case "name_like_field": self = .nameLikeField
    default: return nil
    }
  }
}

// MARK: - As lines

extension ColumnFacts {
  /// What a space of a remark's field is written as, for spaces separate the fields.
  private static let space = "\u{1F}"

  /// One fact per line, as the decoded cache stores them.
  var lines: [String] {
    var lines = [
      "column \(escaped(name))", "column.role \(role.rawValue)", "column.kind \(kind.rawValue)",
      "column.counts \(records),\(missing),\(categoryCount),\(inputCount)",
    ]
    if let minimum, let maximum { lines.append("column.range \(minimum) \(maximum)") }
    lines += categories.map { "column.category \(escaped($0))" }
    lines += remarks.map { remark in
      (["column.remark", remark.word]
        + remark.fields.map { escaped($0).replacing(" ", with: Self.space) })
        .joined(separator: " ")
    }
    return lines
  }

  /// Adds the fact of a line to the last column; returns false if the line is no fact.
  static func read(_ key: String, _ value: String, into columns: inout [ColumnFacts]) -> Bool {
    if key == "column" {
      columns.append(ColumnFacts(name: unescaped(value), role: .input, kind: .number))
      return true
    }
    guard let last = columns.indices.last else { return false }
    return columns[last].read(key, value)
  }

  private mutating func read(_ key: String, _ value: String) -> Bool {
    switch key {
    case "column.role": return set(\.role, Role(rawValue: value))
    case "column.kind": return set(\.kind, Kind(rawValue: value))
    case "column.counts":
      let counts = value.split(separator: ",").compactMap { Int($0) }
      guard counts.count == 4 else { return false }
      (records, missing, categoryCount, inputCount) = (counts[0], counts[1], counts[2], counts[3])
    case "column.range":
      let range = value.split(separator: " ").compactMap { Double($0) }
      guard range.count == 2 else { return false }
      (minimum, maximum) = (range[0], range[1])
    case "column.category": categories.append(unescaped(value))
    case "column.remark":
      let parts = value.split(separator: " ", omittingEmptySubsequences: false)
      let fields = parts.dropFirst().map { unescaped(String($0).replacing(Self.space, with: " ")) }
      guard let word = parts.first,
        let remark = ColumnRemark(word: String(word), fields: fields)
      else { return false }
      remarks.append(remark)
    default: return false
    }
    return true
  }

  private mutating func set<Value>(
    _ path: WritableKeyPath<ColumnFacts, Value>,
    _ value: Value?
  ) -> Bool {
    guard let value else { return false }
    self[keyPath: path] = value
    return true
  }
}
