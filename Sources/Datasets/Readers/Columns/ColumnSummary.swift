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
      var survey = NumberSurvey(name: name, format: format)
      for record in table.records {
        let field = record.fields[place]
        if encoding.missing.contains(field) {
          missing += 1
        } else if case .number(let value) = format.number(field) {
          survey.add(field, value)
        }
      }
      (minimum, maximum, remarks) = (survey.minimum, survey.maximum, survey.remarks(of: records))
      if let last = fields.last, !encoding.missing.contains(last), survey.lastIsSum(last) {
        remarks.append(.lastIsSum)
      }
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
    if let look = Self.sameLook(found) { remarks.append(look) }
    if found.count == 1 { remarks.append(.constant(found[0])) }
  }

  /// The first categories that differ only in case, spaces and what does not show.
  private static func sameLook(_ found: [String]) -> ColumnRemark? {
    var groups = Dictionary(grouping: found, by: { plainLook($0) }).values.filter { $0.count > 1 }
    // The letters of an alphabet are meant.
    let letters = groups.count { $0.allSatisfy { $0.unicodeScalars.count == 1 } }
    if letters >= 5 { groups.removeAll { $0.allSatisfy { $0.unicodeScalars.count == 1 } } }
    guard let first = groups.min(by: { $0[0].utf8.lexicographicallyPrecedes($1[0].utf8) }) else {
      return nil
    }
    return .sameLook(first, more: groups.count - 1)
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

/// `id`, `PassengerId`, `customer_id`, `Unnamed: 0`, `index`.
func isNameOfID(_ name: String) -> Bool {
  let word = name.lowercased()
  return ["id", "index", "key", "nr", "no", "number", "row", "编号", "序号"].contains(word)
    || name.hasSuffix("Id") || name.hasSuffix("ID") || word.hasSuffix("_id")
    || word.hasSuffix(" id") || word.hasSuffix("-id") || word.hasPrefix("unnamed:")
}
