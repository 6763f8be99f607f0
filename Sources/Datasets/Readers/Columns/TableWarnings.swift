// SPDX-License-Identifier: Apache-2.0

internal import Diagnostics

/// What looks wrong with a table that can be read: columns that say nothing, and what training never sees.
struct TableWarnings {
  private let set: DecodedSet
  private let description: DatasetDescription
  private let missing: [String]
  private let ids: (train: [Int32], validation: [Int32])

  /// More warnings than these are counted.
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
  var all: [Diagnostic] {
    let found = set.columns.flatMap(remarks) + unseenCategories + unseenClasses
    guard found.count > Self.shown else { return found }
    let rest = found.count - Self.shown
    let more = Diagnostic(
      "\(rest) more \(rest == 1 ? "warning" : "warnings") about the table's columns",
      severity: .warning
    )
    return found.prefix(Self.shown) + [more]
  }

  // MARK: - Columns

  private func remarks(_ column: ColumnFacts) -> [Diagnostic] {
    column.remarks.compactMap { remark in
      guard let text = text(remark, column) else { return nil }
      return Diagnostic(text.message, severity: .warning, hints: [text.hint])
    }
  }

  private func text(_ remark: ColumnRemark, _ column: ColumnFacts) -> (
    message: String, hint: String
  )? {
    guard column.role != .target else { return targetText(remark, column) }
    let name = column.name
    let quoted = quotedUnlessPlain(name)
    let drop = "leave it out with `drop: [\(quoted)]`"
    switch remark {
    case .recordNumbers:
      guard set.meaning.columns.count > 1 else { return nil }
      return (
        "the column `\(name)` only counts the records: its numbers rise by one from "
          + "\(rounded(column.minimum)) to \(rounded(column.maximum))", drop
      )
    case .idNumbers:
      guard set.meaning.columns.count > 1 else { return nil }
      return ("the column `\(name)` has the name of an id, and no number twice", drop)
    case .leadingZero(let field):
      return (
        "the column `\(name)` is read as numbers, but some begin with a zero as codes do, such as `\(field)`",
        "`categorical: [\(quoted)]` if they are codes"
      )
    case .dateNumbers(let field):
      return (
        "the column `\(name)` is read as numbers, but all could be dates, such as `\(field)`",
        "put days since a first day in their place, or \(drop)"
      )
    case .manyCategories:
      return (
        "the column `\(name)` has \(column.categoryCount) categories in "
          + "\(column.records - column.missing) records, and each becomes an input of its own", drop
      )
    case .missingWord(let field):
      let list = missingArgument(missing + [field])
      return (
        "`\(field)` is a category of the column `\(name)`", "\(list) if that stands for no value"
      )
    case .constant: return nil
    }
  }

  private func targetText(_ remark: ColumnRemark, _ column: ColumnFacts) -> (
    message: String, hint: String
  )? {
    let name = column.name
    switch remark {
    case .constant(let field):
      return (
        "the target `\(name)` is `\(field)` in every record, so there is nothing to learn",
        "is it the right column?"
      )
    case .manyCategories:
      return (
        "the target `\(name)` has \(column.categoryCount) classes in \(column.records) records",
        "is it the right column?"
      )
    case .missingWord(let field):
      return (
        "`\(field)` is a class of the target `\(name)`",
        "take its records out of the file if that stands for no value"
      )
    case .dateNumbers(let field):
      return (
        "the target `\(name)` is read as numbers, but all could be dates, such as `\(field)`",
        "put days since a first day in their place"
      )
    case .recordNumbers, .idNumbers, .leadingZero: return nil
    }
  }

  private func rounded(_ value: Double?) -> String { value.map { "\(Int($0))" } ?? "" }

  // MARK: - What training never sees

  private var unseenCategories: [Diagnostic] {
    guard set.columns.contains(where: { $0.role == .input && $0.kind == .categories }) else {
      return []
    }
    let counts = parts.map { sums("inputs", $0) }
    var warnings: [Diagnostic] = []
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
        let names = unseen.map { category($0, of: column.name) }
        warnings.append(
          warning(
            "column `\(column.name)`",
            names,
            records: unseen.reduce(0) { $0 + count[$1] },
            part,
            noun: ("category", "categories"),
            end: unseen.count == 1 ? "its weight stays untrained" : "their weights stay untrained"
          )
        )
      }
    }
    return warnings
  }

  /// Training, validation and test part with their records.
  private var parts: [(name: String, array: String, ids: [Int32])] {
    [
      ("training", "train", ids.train), ("validation", "train", ids.validation),
      ("test", "test", (0..<Int32(description.testCount)).map { $0 }),
    ]
  }

  /// The sum of each column of a part's array, which are counts for indicators.
  private func sums(_ role: String, _ part: (name: String, array: String, ids: [Int32])) -> [Int] {
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
    let category = String(name.dropFirst(column.count + 1))
    return category.isEmpty ? "a missing value" : "`\(category)`"
  }

  private var unseenClasses: [Diagnostic] {
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
    var warnings: [Diagnostic] = []
    for (part, found) in zip(parts.dropFirst(), counts.dropFirst()) where !found.isEmpty {
      let unseen = (0..<count).filter { counts[0][$0] == 0 && found[$0] > 0 }
      guard !unseen.isEmpty else { continue }
      warnings.append(
        warning(
          "target `\(target.name)`",
          unseen.map { names.isEmpty ? "`\($0)`" : "`\(names[$0])`" },
          records: unseen.reduce(0) { $0 + found[$1] },
          part,
          noun: ("class", "classes"),
          end: unseen.count == 1 ? "it is never learnt" : "they are never learnt"
        )
      )
    }
    return warnings + emptyClasses(count, counts, target.name)
  }

  /// Whole numbers are classes from 0, so that 1 … K leave class 0 empty.
  private func emptyClasses(_ count: Int, _ counts: [[Int]], _ name: String) -> [Diagnostic] {
    guard set.meaning.classNames.isEmpty else { return [] }
    let empty = (0..<count).filter { label in
      !counts.contains { $0.indices.contains(label) && $0[label] > 0 }
    }
    guard !empty.isEmpty else { return [] }
    return [
      Diagnostic(
        "no record has the \(empty.count == 1 ? "class" : "classes") "
          + listed(empty.map { "`\($0)`" })
          + " of the target `\(name)`, whose whole numbers are the classes 0 … \(count - 1)",
        severity: .warning,
        hints: ["`categorical: [\(quotedUnlessPlain(name))]` makes classes of what occurs only"]
      )
    ]
  }

  // MARK: - Words

  private func warning(
    _ subject: String,
    _ names: [String],
    records: Int,
    _ part: (name: String, array: String, ids: [Int32]),
    noun: (one: String, many: String),
    end: String
  ) -> Diagnostic {
    let verb = names.count == 1 ? "\(noun.one)" : "\(noun.many)"
    return Diagnostic(
      "\(subject): \(names.count) \(verb) of the \(part.name) part never "
        + "\(names.count == 1 ? "occurs" : "occur") in training: \(listed(names)) "
        + "(\(records) of \(part.ids.count) records); \(end)",
      severity: .warning
    )
  }

  private func listed(_ names: [String]) -> String {
    names.prefix(5).joined(separator: ", ") + (names.count > 5 ? ", …" : "")
  }
}
