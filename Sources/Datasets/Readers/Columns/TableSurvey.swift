// SPDX-License-Identifier: Apache-2.0

/// What looks wrong with a table that can be read: columns that say nothing, and what training never sees.
struct TableSurvey {
  private let set: DecodedSet
  private let description: DatasetDescription
  private let missing: [String]
  private let ids: (train: [Int32], validation: [Int32])

  /// More findings than these are counted.
  private static let shown = 10

  init(
    _ set: DecodedSet,
    _ description: DatasetDescription,
    _ request: DatasetRequest,
    _ options: DataOptions
  ) {
    (self.set, self.description) = (set, description)
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
    let found =
      namesLikeFields + set.columns.flatMap(remarks) + unseenCategories + unseenClasses
    let rest = found.count - Self.shown
    return (rest > 0 ? found.prefix(Self.shown) + [.more(rest)] : found).map { .table($0) }
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
    case .totals(let field): return .totals(column: name, field: field)
    case .nameLikeField: return nil
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

  // MARK: - What training never sees

  private var unseenCategories: [TableFinding] {
    guard set.columns.contains(where: { $0.role == .input && $0.kind == .categories }) else {
      return []
    }
    let counts = parts.map { sums("inputs", $0) }
    var found: [TableFinding] = []
    var first = 0
    for column in set.columns where column.role == .input {
      let inputs = first..<first + column.inputCount
      first += column.inputCount
      guard column.kind == .categories, inputs.upperBound <= set.meaning.columns.count else {
        continue
      }
      for (part, count) in zip(parts.dropFirst(), counts.dropFirst()) {
        let unseen = inputs.filter { counts[0][$0] == 0 && count[$0] > 0 }
        guard !unseen.isEmpty else { continue }
        found.append(
          .unseenCategories(
            TableFinding.Unseen(
              column: column.name,
              names: unseen.map { category($0, of: column.name) },
              records: unseen.reduce(0) { $0 + count[$1] },
              part: part.part,
              partRecords: part.ids.count
            )
          )
        )
      }
    }
    return found
  }

  private typealias Part = (part: DataPart, array: String, ids: [Int32])

  /// Training, validation and test part with their records.
  private var parts: [Part] {
    [
      (.train, "train", ids.train), (.validation, "train", ids.validation),
      (.test, "test", (0..<Int32(description.testCount)).map { $0 }),
    ]
  }

  /// The sum of each column of a part's array, which are counts for indicators.
  private func sums(_ role: String, _ part: Part) -> [Int] {
    guard let array = set.array(part.array, role) else {
      return [Int](repeating: 0, count: set.meaning.columns.count)
    }
    var sums = [Int](repeating: 0, count: array.stride)
    forEachRow(array, part.ids) { row in
      for index in row.indices where row[index] == 1 { sums[index] += 1 }
    }
    return sums
  }

  private func forEachRow(_ array: StoredArray, _ ids: [Int32], _ body: ([Float]) -> Void) {
    var row = [Float](repeating: 0, count: array.stride)
    for id in ids {
      unsafe row.withUnsafeMutableBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return }
        unsafe copyValues(array, set.storage, id, to: base)
      }
      body(row)
    }
  }

  private func category(_ input: Int, of column: String) -> String {
    guard case .indicator(let name) = set.meaning.columns[input] else { return "" }
    return String(name.dropFirst(column.count + 1))
  }

  private var unseenClasses: [TableFinding] {
    guard case .classes(let count) = description.target,
      let target = set.columns.first(where: { $0.role == .target })
    else { return [] }
    let counts = parts.map { part -> [Int] in
      guard let array = set.array(part.array, "targets") else { return [] }
      var counts = [Int](repeating: 0, count: count)
      forEachRow(array, part.ids) { counts[Int($0[0])] += 1 }
      return counts
    }
    let names = set.meaning.classNames
    var findings: [TableFinding] = []
    for (part, found) in zip(parts.dropFirst(), counts.dropFirst()) where !found.isEmpty {
      let unseen = (0..<count).filter { counts[0][$0] == 0 && found[$0] > 0 }
      guard !unseen.isEmpty else { continue }
      findings.append(
        .unseenClasses(
          TableFinding.Unseen(
            column: target.name,
            names: unseen.map { names.isEmpty ? "\($0)" : names[$0] },
            records: unseen.reduce(0) { $0 + found[$1] },
            part: part.part,
            partRecords: part.ids.count
          )
        )
      )
    }
    return findings + emptyClasses(count, counts, target.name)
  }

  /// Whole numbers are classes from 0, so that 1 … K leave class 0 empty.
  private func emptyClasses(_ count: Int, _ counts: [[Int]], _ name: String) -> [TableFinding] {
    guard set.meaning.classNames.isEmpty else { return [] }
    let empty = (0..<count).filter { label in
      !counts.contains { $0.indices.contains(label) && $0[label] > 0 }
    }
    return empty.isEmpty ? [] : [.emptyClasses(target: name, empty, count: count)]
  }
}
