// SPDX-License-Identifier: Apache-2.0

internal import Codecs

/// What the fields of a column are read as.
enum ColumnKind: Hashable, Sendable {
  /// Numbers, written like this.
  case numeric(NumberFormat)
  /// Categories.
  case categorical
}

/// All fields of one column, in the training table and the other one.
///
/// The kind follows from all of them, never from the first one. Fields that stand for no value do not count. Where all
/// are numbers, the column is numeric. Where none looks like a number, it is categorical, unless it holds dates. Where at
/// least half of them, or half of the different ones, look like numbers and some are none, nobody can know what was
/// meant: it is an error at the first such field, with the repair that fits it. Words that often stand for no value, such
/// as `?`, count on neither side. Else it is categorical.
struct ColumnSurvey {
  let name: String
  let encoding: TableEncoding
  let tables: [Table]
  private let places: [Int]

  init(_ name: String, _ encoding: TableEncoding, _ tables: [Table]) throws(DatasetError) {
    (self.name, self.encoding, self.tables) = (name, encoding, tables)
    var places: [Int] = []
    for table in tables { places.append(try table.index(of: name, role: "test")) }
    self.places = places
  }

  /// What the column is read as; throws if nobody can know, or it has no value at all.
  func kind() throws(DatasetError) -> ColumnKind {
    if encoding.categorical.contains(name) { return .categorical }
    let format = format()
    guard !encoding.numeric.contains(name) else { return .numeric(format) }
    var counts = (numbers: 0, all: 0, training: 0)
    forEachField { field, table, _ in
      counts.all += 1
      if table == 0 { counts.training += 1 }
      if format.number(field) != .text { counts.numbers += 1 }
    }
    // What only the other file has, training never sees.
    guard counts.training > 0 else {
      throw .table(
        path: tables[0].path,
        line: nil,
        .emptyColumn(name, isTarget: name == encoding.target)
      )
    }
    if counts.numbers == counts.all { return .numeric(format) }
    let looks = Looks(self, format)
    if let date = looks.dates {
      throw error(at: date, .dates(name, field(date), isTarget: name == encoding.target))
    }
    guard looks.areNumbers, let strange = looks.firstStrange else { return .categorical }
    throw error(
      at: strange,
      .notNumber(
        StrangeField(
          column: name,
          text: field(strange),
          missing: encoding.missingFields,
          repair: looks.repair(of: strange),
          record: RecordLook(tables[strange.table], strange.record, encoding),
          words: looks.words(like: strange)
        )
      )
    )
  }

  /// The table's format, or digits with a point where the column plainly uses that in spite of a decimal comma.
  ///
  /// Plainly: no field has a comma, and not every point stands before three digits, for `1.234` may be a thousand.
  private func format() -> NumberFormat {
    let format = encoding.format
    guard format.decimal == ",", format.thousands == nil else { return format }
    var (hasPoint, hasComma) = (false, false)
    forEachField { field, _, _ in
      if field.utf8.contains(UInt8(ascii: ",")) { hasComma = true }
      guard !hasPoint, field.utf8.contains(UInt8(ascii: ".")), FieldNumber(field) != .text else {
        return
      }
      let numeral = Numeral(field.drop { $0 == "-" || $0 == "+" })
      hasPoint = numeral?.decimal == "." && numeral?.isAmbiguous == false
    }
    return hasPoint && !hasComma ? .plain : format
  }

  /// Calls `body` with every field that is no missing value, its table and its record.
  func forEachField(_ body: (String, Int, Int) -> Void) {
    for (number, table) in tables.enumerated() {
      for (index, record) in table.records.enumerated() {
        let field = record.fields[places[number]]
        if !encoding.missing.contains(field) { body(field, number, index) }
      }
    }
  }

  /// A field's table and record.
  typealias Place = (table: Int, record: Int)

  func field(_ place: Place) -> String {
    tables[place.table].records[place.record].fields[places[place.table]]
  }

  private func error(at place: Place, _ fact: DatasetError.TableFact) -> DatasetError {
    let table = tables[place.table]
    return .table(path: table.path, line: table.records[place.record].line, fact)
  }
}

/// What the fields of a column look like that has other fields than numbers.
private struct Looks {
  private let survey: ColumnSurvey
  private let format: NumberFormat
  /// How often each different field occurs, and what it looks like; nil for a number.
  private var counts: [String: Int] = [:]
  private var looks: [String: FieldLook?] = [:]
  /// The strange ones in file order.
  private var strange: [String] = []
  private(set) var firstStrange: ColumnSurvey.Place?
  private var firstDate: ColumnSurvey.Place?
  /// The unit that many different numbers have in common.
  private var commonUnit: String?

  /// More different numbers than this with one unit are quantities, not categories.
  private static let fewUnits = 20

  init(_ survey: ColumnSurvey, _ format: NumberFormat) {
    (self.survey, self.format) = (survey, format)
    var (counts, looks) = ([String: Int](), [String: FieldLook?]())
    var (first, date): (ColumnSurvey.Place?, ColumnSurvey.Place?)
    var fields: [String] = []
    survey.forEachField { field, table, record in
      counts[field, default: 0] += 1
      if looks[field] == nil {
        looks[field] = .some(format.number(field) == .text ? FieldLook(field) : nil)
        if format.number(field) == .text { fields.append(field) }
      }
      guard let found = looks[field], let look = found else { return }
      if first == nil { first = (table, record) }
      if look == .date, date == nil { date = (table, record) }
    }
    (self.counts, self.looks) = (counts, looks)
    (firstStrange, firstDate, strange) = (first, date, fields)
    let units = Set(looks.values.compactMap { if case .unit(let unit)? = $0 { unit } else { nil } })
    let withUnit = looks.values.count { if case .unit? = $0 { true } else { false } }
    commonUnit = units.count == 1 && withUnit > Self.fewUnits ? units.first : nil
  }

  /// The first date of a column of dates.
  var dates: ColumnSurvey.Place? {
    makesHalf { $0 == .date } ? firstDate : nil
  }

  /// Whether numbers were meant.
  var areNumbers: Bool {
    makesHalf { look in
      guard let look else { return true }
      if case .unit(let unit) = look { return unit == commonUnit }
      return look.isNumberLike
    }
  }

  /// Whether at least half of the fields, or of the different ones, are such; words for a missing value do not count.
  private func makesHalf(_ isSuch: (FieldLook?) -> Bool) -> Bool {
    var (fields, different) = ((such: 0, all: 0), (such: 0, all: 0))
    for (field, look) in looks where look != .missingWord {
      let count = counts[field] ?? 0
      fields.all += count
      different.all += 1
      if isSuch(look) {
        fields.such += count
        different.such += 1
      }
    }
    return different.such > 0
      && (2 * fields.such >= fields.all || 2 * different.such >= different.all)
  }

  /// What would make the field a number.
  func repair(of place: ColumnSurvey.Place) -> FieldRepair? {
    let numerals = looks.compactMap { field, look -> Numeral? in
      if case .numeral(let numeral)? = look { return numeral }
      return look == nil ? Numeral(field.drop { $0 == "-" || $0 == "+" }) : nil
    }
    let field = survey.field(place)
    let look = FieldLook(field)
    if case .unit(let unit) = look, unit == commonUnit { return .surplus(unit) }
    return FieldRepair(
      field,
      look,
      numerals,
      format,
      others: looks.values.compactMap(\.self),
      besideNumbers: looks.values.contains(nil)
    )
  }

  /// All fields that may be missing values if this one is: words that often are, or other words.
  func words(like place: ColumnSurvey.Place) -> [String] {
    let look = FieldLook(survey.field(place))
    return strange.filter { FieldLook($0) == look }
  }
}
