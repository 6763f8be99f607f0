// SPDX-License-Identifier: Apache-2.0

internal import Diagnostics
internal import Tensors
internal import Vocabulary

/// Numbers of training data that differ in the file but are equal in float32.
public struct MergedNumbers: Hashable, Sendable {
  /// The place, for a sentence: `column 0 of `x.npy``.
  public var place: String
  /// How many different numbers remain in float32.
  public var left: Int
  /// How many different numbers are in the file.
  public var all: Int
  /// How many more places of the same kind there are.
  public var more: Int
  /// How to keep them apart.
  public var remedy: Remedy

  /// What keeps the numbers apart.
  public enum Remedy: Hashable, Sendable {
    /// `standardize` with this value.
    case standardize(String)
    /// Scale the numbers before saving them, because `standardize` needs real inputs.
    case scale
  }

  var sentence: String {
    "float32 keeps \(left) of \(all) different numbers in \(place)"
      + (more > 0 ? ", and merges numbers in \(counted(more, "more column"))" : "")
  }

  var hint: String {
    switch remedy {
    case .standardize(let value):
      "`standardize: \(value)` scales the numbers before it rounds them, which keeps them apart"
    case .scale:
      "subtract their mean and divide them by their standard deviation before you save them"
    }
  }
}

extension DataFinding {
  /// Inputs and targets that float32 merges and that are not standardised first.
  static func ofMergedNumbers(
    _ set: DecodedSet,
    _ request: DatasetRequest,
    _ options: DataOptions,
    _ description: DatasetDescription
  ) -> [DataFinding] {
    var findings: [DataFinding] = []
    let noQuantities = Set(description.findings.compactMap(\.columnWithoutQuantities))
    for index in description.inputs.indices where options.standardize == .none {
      guard let array = set.array("train", "exact_inputs", index) else { continue }
      let merged = NumberCounts(array, set.storage).merged.filter { column in
        guard set.meaning.columns.indices.contains(column.index),
          case .number(let name) = set.meaning.columns[column.index]
        else { return true }
        return !noQuantities.contains(name)
      }
      findings += finding(merged, .standardize("inputs")) { column in
        inputPlace(column, of: array, set, file(request, "inputs", index))
      }
    }
    for (index, target) in description.targets.enumerated() where options.standardize != .both {
      guard case .values = target.shape, let array = set.array("train", "exact_targets", index)
      else { continue }
      let hasTokens = set.meaning.inputs.allSatisfy { $0.shape.sizes == nil }
      let merged = NumberCounts(array, set.storage).merged
      findings += finding(merged, hasTokens ? .scale : .standardize("both")) { column in
        targetPlace(column, of: array, set, request, file(request, "targets", index))
      }
    }
    return findings
  }

  /// The column that is told to be an id, a code or a date: it is not to be scaled, but to be left out.
  private var columnWithoutQuantities: String? {
    guard case .table(let finding) = self else { return nil }
    return switch finding {
    case .countsRecords(let column, _, _), .hasNameOfID(let column), .onlyInputIsID(let column),
      .leadingZeros(let column, _, _), .dateNumbers(let column, _, _):
      column
    default: nil
    }
  }

  /// One finding for all columns that lose numbers: of that which loses most.
  private static func finding(
    _ merged: [NumberCounts.Column],
    _ remedy: MergedNumbers.Remedy,
    place: (Int) -> String
  ) -> [DataFinding] {
    guard let worst = merged.min(by: { $0.left * $1.all < $1.left * $0.all }) else { return [] }
    return [
      .mergedNumbers(
        MergedNumbers(
          place: place(worst.index),
          left: worst.left,
          all: worst.all,
          more: merged.count - 1,
          remedy: remedy
        )
      )
    ]
  }

  /// The training file of an input or a target, between backticks; nil if the data have no such files.
  private static func file(_ request: DatasetRequest, _ key: String, _ index: Int) -> String? {
    let files = request.arguments["train"]?.mapping?[key] ?? .none
    let path = index == 0 ? files.text : nil
    let names = files.namedFiles
    return (path ?? (names.indices.contains(index) ? names[index].path : nil)).map { "`\($0)`" }
  }

  private static func inputPlace(
    _ column: Int,
    of array: StoredArray,
    _ set: DecodedSet,
    _ file: String?
  ) -> String {
    if set.meaning.columns.indices.contains(column),
      case .number(let name) = set.meaning.columns[column]
    {
      return "column `\(visible(name))`"
    }
    let owner = file ?? "the inputs"
    let word = array.shape.count > 3 ? "channel" : "column"
    return array.stride == 1 ? owner : "\(word) \(column) of \(owner)"
  }

  private static func targetPlace(
    _ column: Int,
    of array: StoredArray,
    _ set: DecodedSet,
    _ request: DatasetRequest,
    _ file: String?
  ) -> String {
    if !set.columns.isEmpty, case .text(let name)? = request.arguments["target"] {
      return "column `\(visible(name))`"
    }
    let owner = file ?? "the targets"
    return array.stride == 1 ? owner : "column \(column) of \(owner)"
  }
}

/// How many different numbers each column of the first examples has, as Double and as float32.
private struct NumberCounts {
  struct Column {
    var index: Int
    var left: Int
    var all: Int
  }

  /// The columns in which float32 loses a tenth of the different numbers or more.
  ///
  /// Numbers drawn at random meet each other in float32 now and then; that is no loss.
  private(set) var merged: [Column] = []

  /// Enough numbers for a warning, and few enough to be sorted in a moment.
  private static let largestCount = 1 << 20

  init(_ array: StoredArray, _ storage: ByteStorage) {
    let features = Scaling.featureIndices(Array(array.shape.dropFirst()))
    guard let last = features.max() else { return }
    let count = min(array.count, max(2, Self.largestCount / features.count))
    var columns = [[Double]](repeating: [], count: last + 1)
    var row = [Double](repeating: 0, count: features.count)
    for id in 0..<Int32(count) {
      unsafe row.withUnsafeMutableBufferPointer { row in
        guard let base = row.baseAddress else { return }
        unsafe copyValues(array, storage, id, to: base)
      }
      for (feature, value) in zip(features, row) where !value.isNaN {
        columns[feature].append(value)
      }
    }
    for (index, numbers) in columns.enumerated() {
      let column = Self.counted(numbers, index)
      if 10 * column.left <= 9 * column.all { merged.append(column) }
    }
  }

  /// Rounding keeps the order, so that equal neighbours are all equal numbers.
  private static func counted(_ numbers: [Double], _ index: Int) -> Column {
    let sorted = numbers.sorted()
    var column = Column(index: index, left: sorted.isEmpty ? 0 : 1, all: sorted.isEmpty ? 0 : 1)
    for (low, high) in zip(sorted, sorted.dropFirst()) where low != high {
      column.all += 1
      if Float(low) != Float(high) { column.left += 1 }
    }
    if column.all == 0 { column.left = 1 }
    return column
  }
}
