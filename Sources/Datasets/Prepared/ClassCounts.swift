// SPDX-License-Identifier: Apache-2.0

import Tensors
import Vocabulary

extension DataFinding {
  /// What is unexpected about the classes of the training examples that are left after limits and split.
  static func ofClasses(
    _ found: [Int],
    _ names: [String]
  ) -> [DataFinding] {
    guard !found.isEmpty else { return [] }
    let count = found.count
    func name(_ number: Int) -> String { names.isEmpty ? "\(number)" : names[number] }
    let empty = found.indices.filter { found[$0] == 0 }
    var findings: [DataFinding] = []
    if names.isEmpty, empty == [0], count > 2 {
      findings.append(.labelsFromOne(classes: count))
    } else if !empty.isEmpty {
      let first = empty.prefix(8).map(name)
      findings.append(.classesWithoutExamples(first, count: empty.count, of: count))
    }
    if empty.count == count - 1, let only = found.firstIndex(where: { $0 > 0 }) {
      findings.append(.oneClass(name(only)))
    }
    return findings
  }

  /// Classes with names that `target` makes numbers of, unless the names are these numbers.
  static func ofNumberedClasses(_ meaning: DecodedSet.Meaning, _ target: TargetShape)
    -> [DataFinding]
  {
    let names = meaning.classNames
    guard case .classes(let count) = meaning.target, case .values = target, !names.isEmpty,
      names != names.indices.map({ "\($0)" })
    else { return [] }
    return [.numberedClasses(Array(names.prefix(4)), count: count)]
  }

  /// Training examples of each class of a target that are left after limits and split; empty where there are no classes.
  static func classCounts(
    _ targets: [TargetDescription],
    _ index: Int,
    _ set: DecodedSet?,
    _ counts: PartCounts,
    _ options: DataOptions,
    _ seed: Int
  ) -> [Int] {
    guard case .classes(let count) = targets[index].shape, let set,
      let array = set.array("train", "targets", index)
    else { return [] }
    // Of folds, each example is trained on in all but one.
    let split = splitIDs(counts, seed: seed)
    let ids = options.folds == nil ? split.train : split.train + split.validation
    return classCounts(array, set.storage, ids, classes: count)
  }

  private static func classCounts(
    _ array: StoredArray,
    _ storage: ByteStorage,
    _ ids: [Int32],
    classes: Int
  ) -> [Int] {
    var counts = [Int](repeating: 0, count: classes)
    var number: Double = 0
    for id in ids {
      unsafe withUnsafeMutablePointer(to: &number) { number in
        unsafe copyValues(array, storage, id, to: number)
      }
      counts[Int(number)] += 1
    }
    return counts
  }
}
