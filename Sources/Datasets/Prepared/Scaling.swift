// SPDX-License-Identifier: Apache-2.0

/// Mean and population standard deviation of each feature of the training part.
///
/// A feature is an element of `[D]`, one of the D columns of a sequence `[T, D]`, one channel of an image `[C, H, W]`.
/// Both are spread over the elements of an example, so that `(x − mean) / deviation` goes element by element, in Double:
/// large numbers that differ little, such as times, are told apart before they are rounded to float32.
///
/// Of a table, only numbers are standardised, not the indicators of categories; a missing number counts in neither and
/// becomes the mean, which is 0 once standardised.
struct Scaling: Sendable {
  var mean: [Double]
  var deviation: [Double]
  /// Whether anything is standardised; otherwise only missing elements are filled in.
  var standardizes = true
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
    let width = features.count / max(1, shape[0])
    let fit = FeatureFit(
      array,
      storage,
      ids: ids,
      features: features,
      origin: .first,
      counted: lengths.map { lengths in { width * realSteps(lengths, storage, $0) } }
    )
    mean = features.map { fit.means[$0] }
    deviation = features.map { fit.deviations[$0] }
  }

  /// The standard deviation of each element of real targets, of their float32.
  static func spread(
    of array: StoredArray,
    in storage: ByteStorage,
    ids: [Int32],
    shape: [Int],
    lengths: StoredArray? = nil
  ) -> [Float] {
    let features = featureIndices(lengths != nil && shape.count == 1 ? shape + [1] : shape)
    let width = features.count / max(1, shape[0])
    let fit = FeatureFit(
      array,
      storage,
      ids: ids,
      features: features,
      origin: .zero,
      counted: lengths.map { lengths in { width * realSteps(lengths, storage, $0) } }
    )
    return features.map { Float(fit.deviations[$0]) }
  }

  /// Of a table's inputs, missing numbers left out; without `standardizes` only these are filled in.
  init(
    fitting array: StoredArray,
    of storage: ByteStorage,
    ids: [Int32],
    columns: [InputColumn],
    standardizes: Bool
  ) {
    let fit = FeatureFit(
      array,
      storage,
      ids: ids,
      features: Array(columns.indices),
      origin: standardizes ? .first : .zero
    )
    let scales = columns.map { column in
      if case .number = column { standardizes } else { false }
    }
    self.standardizes = standardizes
    mean = zip(fit.means, scales).map { $1 ? $0 : 0 }
    deviation = zip(fit.deviations, scales).map { $1 ? $0 : 1 }
    substitute = zip(fit.means, scales).map { $1 ? 0 : Float($0) }
  }

  /// The feature of each element of an example.
  static func featureIndices(_ shape: [Int]) -> [Int] {
    let count = shape.reduce(1, *)
    switch shape.count {
    case 2: return (0..<count).map { $0 % shape[1] }
    case 3...:
      let area = count / shape[0]
      return (0..<count).map { $0 / area }
    default: return (0..<count).map { $0 }
    }
  }
}

// MARK: - Use

extension Scaling {
  /// The element at `index` of an example, standardised: `Float((x − mean) / deviation)`.
  @inline(__always)
  func standardized(_ value: Double, at index: Int) -> Float {
    Float((value - mean[index]) / deviation[index])
  }

  /// Standardises `rows` examples in place, and fills in what is missing.
  func apply(_ values: UnsafeMutablePointer<Float>, rows: Int) {
    if standardizes {
      unsafe standardize(rows, from: UnsafePointer(values), to: values) { Double($0) }
    }
    unsafe fill(values, rows: rows)
  }

  /// Writes `rows` examples, standardised and with what is missing filled in.
  func apply(
    _ source: UnsafePointer<Double>,
    to output: UnsafeMutablePointer<Float>,
    rows: Int
  ) {
    unsafe standardize(rows, from: source, to: output) { $0 }
    unsafe fill(output, rows: rows)
  }

  @inline(__always)
  private func standardize<Source>(
    _ rows: Int,
    from source: UnsafePointer<Source>,
    to output: UnsafeMutablePointer<Float>,
    _ double: (Source) -> Double
  ) {
    let count = mean.count
    unsafe mean.withUnsafeBufferPointer { mean in
      unsafe deviation.withUnsafeBufferPointer { deviation in
        for row in 0..<rows {
          let (input, result) = unsafe (source + row &* count, output + row &* count)
          for index in 0..<count {
            let difference = unsafe double(input[index]) - mean[index]
            unsafe result[index] = unsafe Float(difference / deviation[index])
          }
        }
      }
    }
  }

  private func fill(_ values: UnsafeMutablePointer<Float>, rows: Int) {
    guard let substitute else { return }
    unsafe substitute.withUnsafeBufferPointer { substitute in
      for row in 0..<rows {
        let start = unsafe values + row &* substitute.count
        for index in 0..<substitute.count where unsafe start[index].isNaN {
          unsafe start[index] = substitute[index]
        }
      }
    }
  }
}

/// Means and deviations of features over some examples; missing elements (NaN) count in neither.
struct FeatureFit {
  /// What is subtracted before summing.
  enum Origin {
    /// Nothing.
    case zero
    /// A feature's first value: the sum of large numbers that differ little keeps its digits, and equal numbers have
    /// exactly themselves as mean.
    case first
  }

  /// 0 for a feature without any value.
  let means: [Double]
  /// At least `smallestDeviation` of the mean, otherwise 1: such a feature is constant but for roundings.
  let deviations: [Double]

  /// Four units in the last place of a Double.
  private static let smallestDeviation = 4 * Double.ulpOfOne

  /// `features` names the feature of each element of an example, `counted` how many first elements of an example count.
  init(
    _ array: StoredArray,
    _ storage: ByteStorage,
    ids: [Int32],
    features: [Int],
    origin: Origin,
    counted: ((Int32) -> Int)? = nil
  ) {
    let count = (features.max() ?? -1) + 1
    var row = [Double](repeating: 0, count: features.count)
    func visit(_ body: (Int, Double) -> Void) {
      for id in ids {
        unsafe row.withUnsafeMutableBufferPointer { row in
          guard let base = row.baseAddress else { return }
          unsafe copyValues(array, storage, id, to: base)
        }
        for index in 0..<(counted?(id) ?? features.count) where !row[index].isNaN {
          body(features[index], row[index])
        }
      }
    }
    var origins = [Double](repeating: origin == .zero ? 0 : .nan, count: count)
    var (counts, sums, squares) = (origins, origins, origins)
    for index in 0..<count { (counts[index], sums[index], squares[index]) = (0, 0, 0) }
    visit { feature, value in
      if origins[feature].isNaN { origins[feature] = value }
      counts[feature] += 1
      sums[feature] += value - origins[feature]
    }
    let means = (0..<count).map { feature in
      counts[feature] > 0 ? sums[feature] / counts[feature] + origins[feature] : 0
    }
    visit { feature, value in
      squares[feature] += (value - means[feature]) * (value - means[feature])
    }
    self.means = means
    deviations = (0..<count).map { feature in
      let deviation = counts[feature] > 0 ? (squares[feature] / counts[feature]).squareRoot() : 0
      let least = origin == .zero ? 0 : Self.smallestDeviation * means[feature].magnitude
      return deviation > least ? deviation : 1
    }
  }
}
