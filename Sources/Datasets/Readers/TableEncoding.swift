// SPDX-License-Identifier: Apache-2.0

internal import Codecs
internal import Tensors

/// How a table becomes numbers.
struct TableEncoding: Sendable {
  /// The column that is predicted.
  var target: String
  /// Columns that are left out.
  var dropped: [String] = []
  /// Fields that stand for no value.
  var missing = MissingFields(["", "NA"])
  /// How numbers are written.
  var format = NumberFormat.plain
  /// Columns that are categories, and such that are numbers, whatever they look like.
  var categorical: [String] = []
  var numeric: [String] = []
  /// Whether the target is its natural logarithm.
  var hasLogTarget = false
  /// Whether each categorical column has an indicator of missing values, though it has none.
  var alwaysMarksMissing = false
  /// Whether the second table is for testing; otherwise it only says which categories and missing values there are.
  var hasTest = true
  /// Whether the files are those of a public set, which no argument reads in another way.
  var isPublic = false

  /// Raised where the same file and arguments are decoded to something else, so that no older cache is taken for it.
  static let readerVersion = 4

  /// More categories than this are names, not categories.
  static let categoryLimit = 1000

  /// Inputs [N, D] and targets of both tables.
  ///
  /// Columns keep their order; `ColumnSurvey` says what each is. A numeric column becomes one input, NaN where it is missing, which `Scaling` fills with the mean of the training part; a categorical one an input
  /// of 0 or 1 for each of its categories, in the order of their bytes, and one for a missing value.
  func encoded(train: Table, test: Table?) throws(DatasetError) -> PlainSet {
    try checkNames(train)
    let tables = [train] + (test.map { [$0] } ?? [])
    let target = try TargetColumn(self, train, hasTest ? test : nil)
    var columns: [EncodedColumn] = []
    for name in train.names where name != self.target && !dropped.contains(name) {
      columns.append(try EncodedColumn(name, self, tables))
    }
    let inputs = columns.flatMap(\.inputs)
    guard !inputs.isEmpty else { throw .table(path: train.path, line: nil, .noInputs) }
    var set = PlainSet(
      meaning: DecodedSet.Meaning(
        input: .values([inputs.count]),
        target: target.kind,
        classNames: target.classes,
        columns: inputs
      ),
      arrays: [:]
    )
    set.columns = try facts(train, columns, target)
    for (part, table) in zip(["train", "test"], hasTest ? tables : [train]) {
      set.store(try values(of: table, columns), part: part, role: "inputs")
      set.store(try target.values(of: table, self), part: part, role: "targets")
    }
    return set
  }

  private func checkNames(_ table: Table) throws(DatasetError) {
    _ = try table.index(of: target, role: "target")
    for (role, names) in [("drop", dropped), ("categorical", categorical), ("numeric", numeric)] {
      for name in names { _ = try table.index(of: name, role: role) }
    }
    if dropped.contains(target) {
      throw .table(path: table.path, line: nil, .conflict(target, "target", "drop"))
    }
    if let name = categorical.first(where: { numeric.contains($0) }) {
      throw .table(path: table.path, line: nil, .conflict(name, "categorical", "numeric"))
    }
  }

  /// The fields of `missing` for the errors, nil where the user has no say.
  var missingFields: [String]? { isPublic ? nil : sortedByBytes(missing.words) }

  /// Whether the column would be read as numbers if `categorical` did not name it.
  fileprivate func areNumbers(_ name: String, _ tables: [Table]) -> Bool {
    var encoding = self
    encoding.categorical = []
    guard case .numeric? = try? ColumnSurvey(name, encoding, tables).kind() else { return false }
    return true
  }

  private func values(of table: Table, _ columns: [EncodedColumn]) throws(DatasetError)
    -> PlainArray
  {
    let width = columns.reduce(0) { $0 + $1.inputs.count }
    var places: [Int] = []
    for column in columns { places.append(try table.index(of: column.name, role: "test")) }
    var values: [Double] = []
    values.reserveCapacity(width * table.records.count)
    for record in table.records {
      for (column, place) in zip(columns, places) {
        try column.append(record, place, self, table, to: &values)
      }
    }
    return PlainArray(values, shape: [table.records.count, width])
  }

  /// What is told of each column, in the table's order.
  private func facts(
    _ train: Table,
    _ columns: [EncodedColumn],
    _ target: TargetColumn
  ) throws(DatasetError) -> [ColumnFacts] {
    var facts: [ColumnFacts] = []
    var inputs = columns[...]
    for name in train.names {
      if name == self.target {
        facts.append(try target.facts(train, self))
      } else if dropped.contains(name) {
        facts.append(try ColumnFacts(dropped: name, in: train, self))
      } else if let column = inputs.popFirst() {
        facts.append(try column.facts(train, self))
      }
    }
    return facts
  }

  /// The column's number in a record; nil if it is missing.
  fileprivate func number(
    _ record: DelimitedText.Record,
    _ place: Int,
    _ table: Table,
    _ format: NumberFormat
  ) throws(DatasetError) -> Double? {
    let field = record.fields[place]
    if missing.contains(field) { return nil }
    let name = table.names[place]
    switch format.number(field) {
    case .number(let value) where Float(value).isFinite: return value
    case .number, .notFinite:
      throw .table(
        path: table.path,
        line: record.line,
        .notFinite(name, field, missing: missingFields)
      )
    case .text:
      let strange = StrangeField(
        column: name,
        text: field,
        missing: missingFields,
        repair: FieldRepair(field, FieldLook(field), [], format),
        record: table.records.firstIndex { $0.line == record.line }
          .flatMap { RecordLook(table, $0, self) }
      )
      throw .table(path: table.path, line: record.line, .notNumber(strange))
    }
  }
}

/// One column of the table as inputs.
private struct EncodedColumn {
  let name: String
  private let kind: ColumnKind
  private var format = NumberFormat.plain
  /// Nil for numbers.
  private var categories: [String: Int]?
  private var marksMissing = false
  let inputs: [InputColumn]

  init(_ name: String, _ encoding: TableEncoding, _ tables: [Table]) throws(DatasetError) {
    self.name = name
    kind = try ColumnSurvey(name, encoding, tables).kind()
    if case .numeric(let format) = kind {
      self.format = format
      inputs = [.number(name)]
      return
    }
    var found: Set<String> = []
    for table in tables {
      let place = try table.index(of: name, role: "test")
      for record in table.records {
        let field = record.fields[place]
        if encoding.missing.contains(field) { marksMissing = true } else { found.insert(field) }
        guard found.count <= TableEncoding.categoryLimit else {
          let fact = DatasetError.TableFact.tooManyCategories(
            name,
            TableEncoding.categoryLimit,
            encoding.areNumbers(name, tables) ? .numbers : .texts
          )
          throw .table(path: table.path, line: record.line, fact)
        }
      }
    }
    marksMissing = marksMissing || encoding.alwaysMarksMissing
    let sorted = sortedByBytes(found)
    categories = Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($1, $0) })
    inputs =
      sorted.map { .indicator("\(name)=\($0)") } + (marksMissing ? [.indicator("\(name)=")] : [])
  }

  func facts(_ train: Table, _ encoding: TableEncoding) throws(DatasetError) -> ColumnFacts {
    var facts = try ColumnFacts(
      name,
      .input,
      kind,
      categories: sortedByBytes((categories ?? [:]).keys),
      in: train,
      encoding
    )
    facts.inputCount = inputs.count
    return facts
  }

  func append(
    _ record: DelimitedText.Record,
    _ place: Int,
    _ encoding: TableEncoding,
    _ table: Table,
    to values: inout [Double]
  ) throws(DatasetError) {
    guard let categories else {
      values.append(try encoding.number(record, place, table, format) ?? .nan)
      return
    }
    let start = values.count
    values += [Double](repeating: 0, count: inputs.count)
    // What is no category is missing, the last input.
    values[start + (categories[record.fields[place]] ?? inputs.count - 1)] = 1
  }
}

/// The column that is predicted.
private struct TargetColumn {
  let classes: [String]
  private let numbers: [String: Int32]
  private let column: ColumnKind
  private var format = NumberFormat.plain

  var kind: TargetShape {
    classes.isEmpty ? .values([1]) : .classes(classes.count)
  }

  init(_ encoding: TableEncoding, _ train: Table, _ test: Table?) throws(DatasetError) {
    let name = encoding.target
    if let test, !test.names.contains(name) {
      let fact = DatasetError.TableFact.testLacks(
        name,
        train: train.path,
        HeaderLook(name, test)
      )
      throw .table(path: test.path, line: nil, fact)
    }
    column = try ColumnSurvey(name, encoding, [train] + (test.map { [$0] } ?? [])).kind()
    if case .numeric(let format) = column {
      self.format = format
      (classes, numbers) = ([], [:])
      return
    }
    guard !encoding.hasLogTarget else {
      throw .table(path: train.path, line: nil, .logOfClasses(name))
    }
    let place = try train.index(of: name, role: "target")
    let found = Set(train.records.map { $0.fields[place] }).filter {
      !encoding.missing.contains($0)
    }
    classes = sortedByBytes(found)
    numbers = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, Int32($0)) })
  }

  func facts(_ train: Table, _ encoding: TableEncoding) throws(DatasetError) -> ColumnFacts {
    try ColumnFacts(encoding.target, .target, column, categories: classes, in: train, encoding)
  }

  func values(of table: Table, _ encoding: TableEncoding) throws(DatasetError) -> PlainArray {
    let place = try table.index(of: encoding.target, role: "target")
    let count = table.records.count
    guard classes.isEmpty else {
      var labels: [Int32] = []
      for record in table.records {
        let field = record.fields[place]
        guard !encoding.missing.contains(field) else { throw missing(record, table, encoding) }
        guard let number = numbers[field] else {
          throw unseen(field, record, table, encoding)
        }
        labels.append(number)
      }
      return PlainArray(labels, shape: [count])
    }
    var values: [Double] = []
    for record in table.records {
      guard let value = try encoding.number(record, place, table, format) else {
        throw missing(record, table, encoding)
      }
      guard !encoding.hasLogTarget || value > 0 else {
        let fact = DatasetError.TableFact.logOfNonPositive(encoding.target, record.fields[place])
        throw .table(path: table.path, line: record.line, fact)
      }
      values.append(encoding.hasLogTarget ? naturalLogarithm(value) : value)
    }
    return PlainArray(values, shape: [count, 1])
  }

  private func unseen(
    _ field: String,
    _ record: DelimitedText.Record,
    _ table: Table,
    _ encoding: TableEncoding
  ) -> DatasetError {
    let number = numberOfField(field, encoding.format)
    let same = number.flatMap { number in
      classes.first { numberOfField($0, encoding.format) == number }
    }
    let look = plainLook(field)
    let fact = DatasetError.TableFact.unseenClass(
      encoding.target,
      field,
      same: same.map { .number($0) }
        ?? classes.first { plainLook($0) == look }.map { .look($0) }
    )
    return .table(path: table.path, line: record.line, fact)
  }

  private func missing(
    _ record: DelimitedText.Record,
    _ table: Table,
    _ encoding: TableEncoding
  ) -> DatasetError {
    let place = table.names.firstIndex(of: encoding.target)
    let field = place.map { record.fields[$0] } ?? ""
    let fields = place.map { place in table.records.map { $0.fields[place] } } ?? []
    let others =
      isFrequentName(field, fields) ? encoding.missingFields?.filter { $0 != field } : nil
    return .table(
      path: table.path,
      line: record.line,
      .missingTarget(encoding.target, field: field, others: others)
    )
  }

  /// Whether the field is so frequent among classes that it may be one, as `NA` is among continents.
  private func isFrequentName(_ field: String, _ fields: [String]) -> Bool {
    guard !classes.isEmpty, !field.isEmpty else { return false }
    let count = fields.count { $0 == field }
    return count > 1 && 20 * count >= fields.count
  }
}

/// An order that no version of Unicode changes.
func sortedByBytes(_ texts: some Sequence<String>) -> [String] {
  texts.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
}
