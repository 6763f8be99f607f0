// SPDX-License-Identifier: Apache-2.0

internal import DeterministicMath
internal import Vocabulary

/// How many records each part has, after limits.
struct PartCounts: Hashable, Sendable {
  var train: Int
  var validation: Int
  var test: Int

  /// Applies limits and validation to `train` and `test` records.
  init(train: Int, test: Int, options: DataOptions) throws(DatasetError) {
    for (key, limit) in [("train_limit", options.trainLimit), ("test_limit", options.testLimit)] {
      if let limit, limit < 1 { throw .option(.limit(key: key, value: limit)) }
    }
    let used = min(train, options.trainLimit ?? train)
    validation =
      switch options.validation {
      case nil: 0
      case .count(let count): count
      case .fraction(let share): Int((share * Double(used)).rounded())
      }
    if let folds = options.folds {
      guard (2...max(2, used)).contains(folds), used > 1 else {
        throw .option(.folds(folds, of: used))
      }
      validation = foldRange(0, of: folds, total: used).count
    }
    let isNone =
      options.folds != nil || options.validation == nil || options.validation == .count(0)
    guard isNone || (1..<max(used, 1)).contains(validation) else {
      throw .option(.validation(count: validation, of: used))
    }
    self.train = used - validation
    self.test = min(test, options.testLimit ?? test)
  }
}

/// The places of one fold in the drawn order: sizes differ by one at most.
func foldRange(_ fold: Int, of folds: Int, total: Int) -> Range<Int> {
  (fold * total / folds)..<((fold + 1) * total / folds)
}

/// Which training records are trained on while one of `folds` parts is held out, both in file order.
///
/// The parts are those of one draw that depends on `seed` (that of the data) and the number of records only.
func foldIDs(total: Int, fold: Int, of folds: Int, seed: Int) -> (
  train: [Int32], validation: [Int32]
) {
  var stream = RandomStream(seed: seed, purpose: .split)
  let order = stream.permutation(total)
  var isHeldOut = [Bool](repeating: false, count: total)
  for place in foldRange(fold, of: folds, total: total) { isHeldOut[Int(order[place])] = true }
  let all = (0..<Int32(total)).map { $0 }
  return (all.filter { !isHeldOut[Int($0)] }, all.filter { isHeldOut[Int($0)] })
}

/// Which training records are trained on and which held out, both in file order.
///
/// A draw that depends on `seed` (that of the data) and the numbers only, the same for every run's seed.
func splitIDs(_ counts: PartCounts, seed: Int) -> (train: [Int32], validation: [Int32]) {
  let total = counts.train + counts.validation
  guard counts.validation > 0 else { return ((0..<Int32(total)).map { $0 }, []) }
  var stream = RandomStream(seed: seed, purpose: .split)
  var isHeldOut = [Bool](repeating: false, count: total)
  for id in stream.permutation(total).prefix(counts.validation) { isHeldOut[Int(id)] = true }
  let all = (0..<Int32(total)).map { $0 }
  return (all.filter { !isHeldOut[Int($0)] }, all.filter { isHeldOut[Int($0)] })
}
