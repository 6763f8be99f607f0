// SPDX-License-Identifier: Apache-2.0

/// Mean and population standard deviation of each feature of the training part.
///
/// A feature is an element of `[D]`, one of the D columns of a sequence `[T, D]`, one channel of an image `[C, H, W]`.
/// Both are spread over the elements of an example, so that `(x − mean) / deviation` goes element by element. A
/// deviation of 0 counts as 1.
///
/// Of a table, only numbers are standardised, not the indicators of categories; a missing number counts in neither and
/// becomes the mean, which is 0 once standardised.
struct Scaling: Sendable {
  var mean: [Float]
  var deviation: [Float]
  /// What takes the place of a missing element, that is NaN, after scaling; nil where nothing can be missing.
  var substitute: [Float]?

  /// Two passes in Double, examples in the order of `ids`, elements in their own.
  ///
  /// With `lengths` [N] the first axis is that of steps, of which an example's first ones count; [T] is then one column.
  init(
    fitting array: StoredArray,
    of storage: ByteStorage,
    ids: [Int32],
    shape: [Int],
    lengths: StoredArray? = nil
  ) {
    let features = Scaling.featureIndices(lengths != nil && shape.count == 1 ? shape + [1] : shape)
    let featureCount = (features.max() ?? 0) + 1
    let width = features.count / max(1, shape[0])
    func counted(_ id: Int32) -> Int {
      lengths.map { width * realSteps($0, storage, id) } ?? features.count
    }
    let samples = Double(ids.reduce(0) { $0 + counted($1) / featureCount })
    func total(_ term: (Int, Double) -> Double) -> [Double] {
      var sums = [Double](repeating: 0, count: featureCount)
      var row = [Float](repeating: 0, count: features.count)
      for id in ids {
        unsafe row.withUnsafeMutableBufferPointer { unsafe copyValues(array, storage, id, $0) }
        for (value, feature) in zip(row.prefix(counted(id)), features) {
          sums[feature] += term(feature, Double(value))
        }
      }
      return sums
    }
    let means = total { $1 }.map { $0 / samples }
    let variances = total { feature, value in
      let difference = value - means[feature]
      return difference * difference
    }.map { $0 / samples }
    let deviations = variances.map { $0 > 0 ? $0.squareRoot() : 1 }
    mean = features.map { Float(means[$0]) }
    deviation = features.map { Float(deviations[$0]) }
  }

  /// Of a table's inputs, missing numbers left out; without `standardizes` only these are filled in.
  init(
    fitting array: StoredArray,
    of storage: ByteStorage,
    ids: [Int32],
    columns: [InputColumn],
    standardizes: Bool
  ) {
    let isNumber = columns.map { if case .number = $0 { true } else { false } }
    var counts = [Double](repeating: 0, count: columns.count)
    var row = [Float](repeating: 0, count: columns.count)
    func total(_ term: (Int, Double) -> Double) -> [Double] {
      var sums = [Double](repeating: 0, count: columns.count)
      for id in ids {
        unsafe row.withUnsafeMutableBufferPointer { unsafe copyValues(array, storage, id, $0) }
        for index in row.indices where !row[index].isNaN {
          sums[index] += term(index, Double(row[index]))
        }
      }
      return sums
    }
    counts = total { _, _ in 1 }
    // A column without any value in this part is 0.
    let means = zip(total { $1 }, counts).map { $1 > 0 ? $0 / $1 : 0 }
    let variances = zip(
      total { index, value in (value - means[index]) * (value - means[index]) },
      counts
    ).map { $1 > 0 ? $0 / $1 : 0 }
    let scales = isNumber.map { standardizes && $0 }
    mean = zip(means, scales).map { $1 ? Float($0) : 0 }
    deviation = zip(variances, scales).map { $1 && $0 > 0 ? Float($0.squareRoot()) : 1 }
    substitute = zip(means, scales).map { $1 ? 0 : Float($0) }
  }

  /// The feature of each element of an example.
  private static func featureIndices(_ shape: [Int]) -> [Int] {
    let count = shape.reduce(1, *)
    switch shape.count {
    case 2: return (0..<count).map { $0 % shape[1] }
    case 3...:
      let area = count / shape[0]
      return (0..<count).map { $0 / area }
    default: return (0..<count).map { $0 }
    }
  }

  /// Standardises `rows` examples in place, and fills in what is missing.
  func apply(_ values: UnsafeMutablePointer<Float>, rows: Int) {
    unsafe standardize(values, rows: rows)
    guard let substitute else { return }
    unsafe substitute.withUnsafeBufferPointer { substitute in
      for index in 0..<(rows &* substitute.count) where unsafe values[index].isNaN {
        unsafe values[index] = substitute[index % substitute.count]
      }
    }
  }

  private func standardize(_ values: UnsafeMutablePointer<Float>, rows: Int) {
    let count = mean.count
    unsafe mean.withUnsafeBufferPointer { mean in
      unsafe deviation.withUnsafeBufferPointer { deviation in
        for row in 0..<rows {
          let start = unsafe values + row &* count
          for index in 0..<count {
            unsafe start[index] = (start[index] - mean[index]) / deviation[index]
          }
        }
      }
    }
  }
}
