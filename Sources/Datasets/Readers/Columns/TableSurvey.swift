// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What looks wrong with a table that can be read: columns that say nothing, and what training never sees.
struct TableSurvey {
  let set: DecodedSet
  let description: DatasetDescription
  let options: DataOptions
  private let missing: [String]
  private let decimal: String
  let ids: (train: [Int32], validation: [Int32])
  /// Of the data.
  let seed: Int

  /// More findings than these are counted.
  private static let shown = 10

  init(
    _ set: DecodedSet,
    _ description: DatasetDescription,
    _ request: DatasetRequest,
    _ options: DataOptions
  ) {
    (self.set, self.description, self.options) = (set, description, options)
    seed = request.seed
    decimal = request.arguments["decimal"] == nil ? "." : request.text("decimal")
    missing = request.words("missing") ?? []
    // With folds every record is trained on in turn.
    let counts =
      options.folds == nil
      ? PartCounts(train: description.trainCount, validation: description.validationCount)
      : PartCounts(train: description.trainCount + description.validationCount, validation: 0)
    ids = splitIDs(counts, seed: request.seed)
  }

  /// All of them, column by column.
  var findings: [DataFinding] {
    let counts = parts.map { InputCounts(of: $0, set) }
    let classes = classSurvey
    let found =
      namesLikeFields + set.columns.flatMap(remarks) + sums + unseenCategories(counts)
      + missingValues(counts) + (classes?.findings ?? constantTraining)
    let rest = found.count - Self.shown
    return (classes?.oneClass.map { [$0] } ?? [])
      + (rest > 0 ? found.prefix(Self.shown) + [.more(rest)] : found).map { .table($0) }
  }

  // MARK: - Columns

  private func remarks(_ column: ColumnFacts) -> [TableFinding] {
    column.remarks.compactMap { finding($0, column) }
  }

  private func finding(_ remark: ColumnRemark, _ column: ColumnFacts) -> TableFinding? {
    let (name, isTarget) = (column.name, column.role == .target)
    switch remark {
    case .recordNumbers, .idNumbers: return isTarget ? nil : numbers(remark, column)
    case .leadingZero(let field):
      // Where a task makes classes of them, `01` and `1` are one class all the same.
      return .leadingZeros(column: name, field: field, isTarget: isTarget)
    case .dateNumbers(let field):
      return .dateNumbers(column: name, field: field, isTarget: isTarget)
    case .manyCategories:
      let records = column.records - (isTarget ? 0 : column.missing)
      return .manyCategories(
        column: name,
        count: column.categoryCount,
        records: records,
        isTarget: isTarget
      )
    case .missingWords(let fields):
      return .missingWords(column: name, fields, missing: missing, isTarget: isTarget)
    case .constant(let field):
      return isTarget ? .constantTarget(column: name, field: field) : nil
    case .sameNumber(let fields):
      return .sameNumber(column: name, fields, isTarget: isTarget)
    case .sameLook(let fields, let more):
      return .sameLook(column: name, fields, more: more, isTarget: isTarget)
    case .farValues(let far):
      return .farValues(column: name, far, missing: missing, isTarget: isTarget)
    case .groupedDigits(let field, let whole):
      return .groupedDigits(
        column: name,
        field: field,
        whole: whole,
        sign: decimal,
        isTarget: isTarget
      )
    case .totals(let field): return .totals(column: name, field: field)
    case .nameLikeField, .lastIsSum: return nil
    }
  }

  /// An id, unless it is the only input and has another name: that may be the time of a series.
  private func numbers(_ remark: ColumnRemark, _ column: ColumnFacts) -> TableFinding? {
    if set.meaning.columns.count == 1 {
      return isNameOfID(column.name) ? .onlyInputIsID(column: column.name) : nil
    }
    guard remark == .recordNumbers else { return .hasNameOfID(column: column.name) }
    return .countsRecords(
      column: column.name,
      from: Int(column.minimum ?? 0),
      to: Int(column.maximum ?? 0)
    )
  }

  private var namesLikeFields: [TableFinding] {
    let read = set.columns.filter { $0.role != .dropped }
    // Programs number columns that have no names from 0.
    let isNumbered = set.columns.map(\.name) == set.columns.indices.map { "\($0)" }
    guard !isNumbered, read.allSatisfy({ $0.remarks.contains(.nameLikeField) }) else { return [] }
    return [.namesLikeFields(read.map(\.name))]
  }

  /// Sums in one column may be chance, unless no other one has numbers.
  private var sums: [TableFinding] {
    let numbers = set.columns.filter { $0.role != .dropped && $0.kind == .number }
    let found = numbers.filter { $0.remarks.contains(.lastIsSum) }.map(\.name)
    let isSure = found.count > 1 || (found.count == 1 && numbers.count == 1)
    return isSure ? [.sums(found)] : []
  }

  // MARK: - What training never sees

  private func unseenCategories(_ counts: [InputCounts]) -> [TableFinding] {
    var found: [TableFinding] = []
    for (column, inputs) in inputsOfColumns where column.kind == .categories {
      for (part, count) in zip(parts.dropFirst(), counts.dropFirst()) {
        let unseen = inputs.filter { counts[0].ones[$0] == 0 && count.ones[$0] > 0 }
        guard !unseen.isEmpty else { continue }
        found.append(
          .unseenCategories(
            TableFinding.Unseen(
              column: column.name,
              names: unseen.map { category($0, of: column.name) },
              records: unseen.reduce(0) { $0 + count.ones[$1] },
              part: part.part,
              partRecords: part.ids.count
            )
          )
        )
      }
    }
    return found
  }

  /// Each input column with its places among the inputs.
  var inputsOfColumns: [(column: ColumnFacts, inputs: Range<Int>)] {
    var first = 0
    return set.columns.filter { $0.role == .input }.map { column in
      defer { first += column.inputCount }
      return (column, first..<first + column.inputCount)
    }.filter { $0.inputs.upperBound <= set.meaning.columns.count }
  }

  typealias Part = (part: DataPart, array: String, ids: [Int32])

  /// Training, validation and test part with their records.
  var parts: [Part] {
    [
      (.train, "train", ids.train), (.validation, "train", ids.validation),
      (.test, "test", (0..<Int32(description.testCount)).map { $0 }),
    ]
  }

  func category(_ input: Int, of column: String) -> String {
    guard case .indicator(let name) = set.meaning.columns[input] else { return "" }
    return String(name.dropFirst(column.count + 1))
  }
}
