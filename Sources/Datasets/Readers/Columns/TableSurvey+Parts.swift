// SPDX-License-Identifier: Apache-2.0

extension TableSurvey {
  /// What the rows of a part hold in each input: how often 1, and how often nothing.
  struct InputCounts {
    var ones: [Int]
    var missing: [Int]

    init(of part: Part, _ set: DecodedSet) {
      let width = set.meaning.columns.count
      (ones, missing) = ([Int](repeating: 0, count: width), [Int](repeating: 0, count: width))
      guard let array = set.array(part.array, "inputs"), array.stride == width else { return }
      var row = [Float](repeating: 0, count: width)
      for id in part.ids {
        unsafe row.withUnsafeMutableBufferPointer { buffer in
          guard let base = buffer.baseAddress else { return }
          unsafe copyValues(array, set.storage, id, to: base)
        }
        for index in row.indices {
          if row[index] == 1 { ones[index] += 1 }
          if row[index].isNaN { missing[index] += 1 }
        }
      }
    }
  }

  /// Columns without a value in the training part, and such with far fewer in the test part.
  func missingValues(_ counts: [InputCounts]) -> [TableFinding] {
    inputsOfColumns.compactMap { column, inputs in
      let missing = counts.map { count -> Int in
        guard let last = inputs.last else { return 0 }
        if column.kind == .number { return count.missing[last] }
        // Of categories, a missing value is one more, which is told where training never has it.
        return category(last, of: column.name).isEmpty ? count.ones[last] : 0
      }
      let shares = zip(missing, parts).map {
        TableFinding.Share(count: $0, records: $1.ids.count)
      }
      let (train, test) = (shares[0], shares[2])
      if column.kind == .number, train.count == train.records, train.count > 0 {
        return .emptyInTraining(column: column.name, examples: train.records)
      }
      let isTold = column.kind == .categories && train.count == 0
      let isMore = test.count > 1 && test.value >= 0.25 && test.value >= 2 * train.value
      return isMore && !isTold
        ? .missingInTest(column: column.name, test: test, train: train) : nil
    }
  }

  /// A target of numbers that limits make constant.
  var constantTraining: [TableFinding] {
    guard let target = set.columns.first(where: { $0.role == .target }),
      !target.remarks.contains(where: \.isConstant), ids.train.count > 1,
      let array = set.array("train", "exact_targets") ?? set.array("train", "targets"),
      array.stride == 1
    else { return [] }
    var first: Double?
    var value: Double = 0
    for id in ids.train {
      unsafe withUnsafeMutablePointer(to: &value) {
        unsafe copyValues(array, set.storage, id, to: $0)
      }
      if let first, first != value { return [] }
      first = value
    }
    return [.constantTraining(target: target.name, examples: ids.train.count)]
  }
}

extension ColumnRemark {
  var isConstant: Bool { if case .constant = self { true } else { false } }
}
