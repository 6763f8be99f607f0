// SPDX-License-Identifier: Apache-2.0

internal import Tensors
import Vocabulary

/// Which classes of a table's target the parts have.
struct ClassSurvey {
  private let survey: TableSurvey
  private let target: ColumnFacts
  /// How many examples of each class training, validation and test part have, after limits and split.
  private let counts: [[Int]]
  /// The same of both files.
  private let all: [Int]
  private let labels: [Int]

  /// Nil if the target has no classes.
  init?(_ survey: TableSurvey) {
    guard case .classes(let count) = survey.description.target,
      let target = survey.set.columns.first(where: { $0.role == .target })
    else { return nil }
    (self.survey, self.target) = (survey, target)
    let labels = Self.labels(survey.set, "train")
    let tests = Self.labels(survey.set, "test")
    func counts(_ labels: some Sequence<Int>) -> [Int] {
      var counts = [Int](repeating: 0, count: count)
      for label in labels { counts[label] += 1 }
      return counts
    }
    self.labels = labels
    self.counts = survey.parts.map { part in
      counts(part.ids.map { part.array == "test" ? tests[Int($0)] : labels[Int($0)] })
    }
    all = counts(labels + tests)
  }

  private static func labels(_ set: DecodedSet, _ part: String) -> [Int] {
    guard let array = set.array(part, "targets"), array.stride == 1 else { return [] }
    var value: Double = 0
    return (0..<array.shape[0]).map { id in
      unsafe withUnsafeMutablePointer(to: &value) {
        unsafe copyValues(array, set.storage, Int32(id), to: $0)
      }
      return Int(value)
    }
  }

  /// As other data warn, unless the whole file has one class, which is told of the column.
  var oneClass: DataFinding? {
    let trained = counts[0].indices.filter { counts[0][$0] > 0 }
    guard trained.count == 1, all.count > 1, !target.remarks.contains(where: \.isConstant) else {
      return nil
    }
    return .oneClass(name(trained[0]))
  }

  var findings: [TableFinding] { unseen + empty + untrained + untested + ofOneFold }

  /// Classes that only a held-out part has.
  private var unseen: [TableFinding] {
    zip(survey.parts, counts).dropFirst().compactMap { part, found in
      let unseen = found.indices.filter { counts[0][$0] == 0 && found[$0] > 0 }
      guard !unseen.isEmpty else { return nil }
      return .unseenClasses(
        TableFinding.Unseen(
          column: target.name,
          names: unseen.map(name),
          records: unseen.reduce(0) { $0 + found[$1] },
          part: part.part,
          partRecords: part.ids.count
        )
      )
    }
  }

  /// Whole numbers are classes from 0, so that 1 … K leave class 0 empty.
  private var empty: [TableFinding] {
    let empty = all.indices.filter { all[$0] == 0 }
    return empty.isEmpty ? [] : [.emptyClasses(target: target.name, empty, count: all.count)]
  }

  /// Classes that `train_limit` leaves out; those that another part has are told already.
  private var untrained: [TableFinding] {
    let names = all.indices.filter { label in
      all[label] > 0 && counts.allSatisfy { $0[label] == 0 }
    }.map(name)
    guard !names.isEmpty, oneClass == nil else { return [] }
    return [
      .untrainedClasses(
        target: target.name,
        Array(names.prefix(6)),
        count: names.count,
        of: all.count
      )
    ]
  }

  private var untested: [TableFinding] {
    guard survey.description.testCount > 0 else { return [] }
    let names = all.indices.filter { all[$0] > 0 && counts[2][$0] == 0 }.map(name)
    guard !names.isEmpty else { return [] }
    return [
      .untestedClasses(
        target: target.name,
        Array(names.prefix(6)),
        count: names.count,
        of: all.count,
        hasLimit: survey.options.testLimit != nil
      )
    ]
  }

  /// Each fold is tested by a network that is trained on the others.
  private var ofOneFold: [TableFinding] {
    guard let folds = survey.options.folds, oneClass == nil else { return [] }
    let total = survey.ids.train.count
    var foldsOfClass = [Set<Int>](repeating: [], count: all.count)
    for fold in 0..<folds {
      for id in foldIDs(total: total, fold: fold, of: folds, seed: survey.seed).validation {
        foldsOfClass[labels[Int(id)]].insert(fold)
      }
    }
    let names = foldsOfClass.indices.filter { foldsOfClass[$0].count == 1 }.map(name)
    guard !names.isEmpty else { return [] }
    return [
      .classesOfOneFold(
        target: target.name,
        Array(names.prefix(6)),
        count: names.count,
        of: all.count
      )
    ]
  }

  private func name(_ label: Int) -> String {
    let names = survey.set.meaning.classNames
    return names.isEmpty ? "\(label)" : names[label]
  }
}

extension TableSurvey {
  var classSurvey: ClassSurvey? { ClassSurvey(self) }
}
