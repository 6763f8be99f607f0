// SPDX-License-Identifier: Apache-2.0

/// What a column of a table is and holds, in the whole training file.
public struct ColumnFacts: Hashable, Sendable {
  /// What the column is for.
  public enum Role: String, Sendable, CaseIterable {
    /// The network sees it.
    case input
    /// It is predicted.
    case target
    /// It is left out.
    case dropped
  }

  /// What its fields are read as.
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
  /// What its fields are read as.
  public var kind: Kind
  /// Records of the training file.
  public var records = 0
  /// Those without a value.
  public var missing = 0
  /// The smallest and the largest number; nil for categories, and where there is no number.
  public var minimum: Double?
  /// The largest number.
  public var maximum: Double?
  /// How many different categories there are, in both files.
  public var categoryCount = 0
  /// The first of them in the order of their bytes.
  public var categories: [String] = []
  /// How many inputs the column makes.
  public var inputCount = 0
  /// What looks wrong with it.
  var remarks: [ColumnRemark] = []

  /// How many categories are kept by name, and how many characters of each.
  static let shownCategories = 6
  static let shownCharacters = 40

  init(name: String, role: Role, kind: Kind) {
    (self.name, self.role, self.kind) = (name, role, kind)
  }
}

extension ColumnFacts {
  /// The same column where `task` makes classes of its numbers, or numbers of its classes.
  func predicting(_ target: TargetKind) -> Self {
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
  /// All different, and called like an id.
  case idNumbers
  /// Numbers that begin with a zero, such as this one.
  case leadingZero(String)
  /// Whole numbers that read as dates, such as this one.
  case dateNumbers(String)
  /// About as many categories as records.
  case manyCategories
  /// Categories that stand for no value elsewhere.
  case missingWords([String])
  /// One value only.
  case constant(String)
  /// Categories that are the same number, such as `1` and `1.0`.
  case sameNumber([String])
  /// The last record has this word for a sum, and no other record has it.
  case totals(String)
  /// Categories that differ only in what is easily overlooked; how many more such groups there are.
  case sameLook([String], more: Int)
  /// Repeated numbers far outside the rest.
  case farValues(FarValues)
  /// Fractions of three digits, such as the first, beside whole numbers such as the second.
  case groupedDigits(String, whole: String)
  /// The last record's number is the sum of all others.
  case lastIsSum
  /// The column's name could be one of its fields, as where a table has no header.
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

  /// One fact per line: the form in which the decoded cache keeps them.
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

  /// Adds a line's fact to the last of the columns; false if it is none.
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
