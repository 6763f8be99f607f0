// SPDX-License-Identifier: Apache-2.0

internal import Codecs

extension ColumnFacts {
  /// What the training table's column holds, read as `kind`; `categories` are those of both files.
  init(
    _ name: String,
    _ role: Role,
    _ kind: ColumnKind,
    categories: [String],
    in table: Table,
    _ encoding: TableEncoding
  ) throws(DatasetError) {
    let place = try table.index(of: name, role: "train")
    self.init(name: name, role: role, kind: .number)
    let fields = table.records.map { $0.fields[place] }
    records = table.records.count
    switch kind {
    case .numeric(let format):
      var survey = NumberSurvey(name: name)
      for record in table.records {
        let field = record.fields[place]
        if encoding.missing.contains(field) {
          missing += 1
        } else if case .number(let value) = format.number(field) {
          survey.add(field, value)
        }
      }
      (minimum, maximum, remarks) = (survey.minimum, survey.maximum, survey.remarks(of: records))
      inputCount = role == .input ? 1 : 0
    case .categorical:
      self.kind = role == .target ? .classes : .categories
      missing = fields.count { encoding.missing.contains($0) }
      describe(categories, encoding.format)
      inputCount = role == .input ? categories.count : 0
      if let last = fields.last, RecordLook.isTotal(last), !fields.dropLast().contains(last) {
        remarks.append(.totals(last))
      }
    }
    if table.hasHeader, isLikeField(categories, kind, encoding.format) {
      remarks.append(.nameLikeField)
    }
  }

  /// Whether the name may be a field: one of the categories, or a number among numbers that is no column's number.
  private func isLikeField(_ categories: [String], _ kind: ColumnKind, _ format: NumberFormat)
    -> Bool
  {
    guard case .numeric = kind else { return categories.contains(name) }
    guard case .number(let value) = format.number(name) else { return false }
    guard value >= 0, value == value.rounded(.down), let minimum, let maximum else { return true }
    return (minimum...maximum).contains(value)
  }

  private mutating func describe(_ found: [String], _ format: NumberFormat) {
    categoryCount = found.count
    categories = found.prefix(Self.shownCategories).map { Self.cut($0) }
    let present = records - missing
    if found.count >= 20, 2 * found.count >= present { remarks.append(.manyCategories) }
    let words = found.filter {
      FieldLook.missingWords.contains($0.lowercased()) && $0.lowercased() != "none"
    }
    if !words.isEmpty { remarks.append(.missingWords(words)) }
    let numbers = Dictionary(grouping: found) { numberOfField($0, format) }
    let doubled = numbers.filter { $0.key != nil && $0.value.count > 1 }.map(\.value)
    if let first = doubled.min(by: { $0[0] < $1[0] }) { remarks.append(.sameNumber(first)) }
    if found.count == 1 { remarks.append(.constant(found[0])) }
  }

  private static func cut(_ text: String) -> String {
    text.count <= shownCharacters ? text : text.prefix(shownCharacters - 1) + "…"
  }
}

extension ColumnFacts {
  /// A column that is left out, as far as it can be told without reading it.
  init(dropped name: String, in table: Table, _ encoding: TableEncoding) throws(DatasetError) {
    let place = try table.index(of: name, role: "drop")
    let fields = table.records.map { $0.fields[place] }.filter { !encoding.missing.contains($0) }
    let isNumeric = fields.allSatisfy { encoding.format.number($0) != .text }
    try self.init(
      name,
      .dropped,
      isNumeric ? .numeric(encoding.format) : .categorical,
      categories: isNumeric ? [] : sortedByBytes(Set(fields)),
      in: table,
      encoding
    )
    remarks = []
  }
}

/// What the numbers of a column have in common, gathered in file order.
private struct NumberSurvey {
  let name: String
  private(set) var minimum: Double?
  private(set) var maximum: Double?
  private var count = 0
  private var isWhole = true
  private var areDates = true
  private var rises = true
  private var last: Double?
  private var seen = Set<Double>()
  private var hasRepeats = false
  private var zero: String?
  private var example = ""

  init(name: String) { self.name = name }

  mutating func add(_ field: String, _ value: Double) {
    minimum = Swift.min(minimum ?? value, value)
    maximum = Swift.max(maximum ?? value, value)
    if count == 0 { example = field }
    count += 1
    isWhole = isWhole && value == value.rounded(.down)
    areDates = areDates && isDateNumber(value)
    rises = rises && (last.map { value == $0 + 1 } ?? true)
    last = value
    if isWhole, !hasRepeats { hasRepeats = !seen.insert(value).inserted }
    let digits = field.utf8.prefix(2)
    if zero == nil, isWhole, digits.count == 2, digits.first == UInt8(ascii: "0"),
      digits.last.map({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) == true
    {
      zero = field
    }
  }

  func remarks(of records: Int) -> [ColumnRemark] {
    guard count > 0, let minimum, let maximum else { return [] }
    if minimum == maximum, count > 1 { return [.constant(example)] }
    if areDates { return [.dateNumbers(example)] }
    guard isWhole else { return [] }
    if !hasRepeats, count >= 10, count == records {
      let isCounted = (minimum == 0 || minimum == 1) && maximum - minimum == Double(count - 1)
      let isYears = minimum >= 1500 && maximum <= 2200
      if isCounted || (rises && !isYears) { return [.recordNumbers] }
      if isNameOfID(name) { return [.idNumbers] }
    }
    return zero.map { [.leadingZero($0)] } ?? []
  }
}

/// `id`, `PassengerId`, `customer_id`, `Unnamed: 0`, `index`.
func isNameOfID(_ name: String) -> Bool {
  let word = name.lowercased()
  return ["id", "index", "key", "nr", "no", "number", "row", "编号", "序号"].contains(word)
    || name.hasSuffix("Id") || name.hasSuffix("ID") || word.hasSuffix("_id")
    || word.hasSuffix(" id") || word.hasSuffix("-id") || word.hasPrefix("unnamed:")
}
