// SPDX-License-Identifier: Apache-2.0

/// The exact functional decomposition of numbers on a full grid: main effects, interactions of
/// pairs, and the rest.
///
/// All cells have the same weight. Then f(x) = f₀ + Σ f_p(x_p) + Σ f_pq(x_p, x_q) + …, where f_p(a)
/// = mean over x_p = a minus f₀, and f_pq(a, b) = mean over both minus f_p(a) − f_q(b) − f₀. The
/// parts are orthogonal, so the variance of f over the cells is the sum of their variances. See
/// Hutter, Hoos & Leyton-Brown (2014), *An Efficient Approach for Assessing Hyperparameter
/// Importance*, section 3, <https://proceedings.mlr.press/v32/hutter14.html>; here the grid itself
/// replaces the prediction of their forest.
public struct VarianceDecomposition: Sendable {
  /// The variance of the cells, with the divisor number of cells.
  public let total: Double
  /// The mean of the cells for each value of each parameter.
  public let means: [[Double]]
  /// The variance of each parameter's main effect.
  public let main: [Double]
  /// The variance of the interaction of two parameters p < q, by `[p][q − p − 1]`.
  public let pairs: [[Double]]

  /// Decomposes `values`, whose last parameter changes fastest; `sizes` has the number of values of
  /// each parameter.
  public init(_ values: [Double], sizes: [Int]) {
    let count = sizes.reduce(1, *)
    precondition(values.count == count && count > 0, "\(values.count) values on a grid of \(count)")
    let center = values.reduce(0, +) / Double(count)
    total = values.reduce(0) { $0 + ($1 - center) * ($1 - center) } / Double(count)
    var strides = [Int](repeating: 1, count: sizes.count)
    for index in sizes.indices.dropLast().reversed() {
      strides[index] = strides[index + 1] * sizes[index + 1]
    }
    func level(_ place: Int, _ parameter: Int) -> Int {
      place / strides[parameter] % sizes[parameter]
    }
    let means = sizes.indices.map { parameter in
      var sums = [Double](repeating: 0, count: sizes[parameter])
      for (place, value) in values.enumerated() { sums[level(place, parameter)] += value }
      return sums.map { $0 * Double(sizes[parameter]) / Double(count) }
    }
    self.means = means
    main = means.map { levels in
      levels.reduce(0) { $0 + ($1 - center) * ($1 - center) } / Double(levels.count)
    }
    pairs = sizes.indices.map { first in
      sizes.indices.dropFirst(first + 1).map { second in
        let (rows, columns) = (sizes[first], sizes[second])
        var sums = [Double](repeating: 0, count: rows * columns)
        for (place, value) in values.enumerated() {
          sums[level(place, first) * columns + level(place, second)] += value
        }
        let size = Double(rows * columns)
        let squares = sums.enumerated().reduce(0.0) { sum, cell in
          let mean = cell.element * size / Double(count)
          let effect =
            mean - means[first][cell.offset / columns] - means[second][cell.offset % columns]
            + center
          return sum + effect * effect
        }
        return squares / size
      }
    }
  }

  /// The variance that is left for interactions of three parameters and more; a value below zero by
  /// rounding counts as 0.
  public var rest: Double {
    let known = main.reduce(0, +) + pairs.joined().reduce(0, +)
    let left = total - known
    return left <= 1e-12 * total ? 0 : left
  }
}

/// Measures of one parameter alone, for cells that are no full grid.
enum SingleEffect {
  /// η²: the share of the variance of `values` that lies between their groups; nil without variance.
  static func etaSquared(_ values: [Double], groups: [Int]) -> Double? {
    let center = values.reduce(0, +) / Double(values.count)
    let total = values.reduce(0) { $0 + ($1 - center) * ($1 - center) }
    guard total > 0 else { return nil }
    var sums: [Int: (sum: Double, count: Int)] = [:]
    for (value, group) in zip(values, groups) {
      sums[group, default: (0, 0)].sum += value
      sums[group, default: (0, 0)].count += 1
    }
    let between = sums.keys.sorted().reduce(0.0) { sum, key in
      guard let group = sums[key] else { return sum }
      let effect = group.sum / Double(group.count) - center
      return sum + effect * effect * Double(group.count)
    }
    return between / total
  }

  /// Spearman's rank correlation, equal values with the mean of their ranks; nil if one side is constant.
  static func rankCorrelation(_ left: [Double], _ right: [Double]) -> Double? {
    let (a, b) = (ranks(left), ranks(right))
    let center = Double(left.count + 1) / 2
    let products = zip(a, b).reduce(0) { $0 + ($1.0 - center) * ($1.1 - center) }
    let (x, y) = (squares(a, center), squares(b, center))
    return x > 0 && y > 0 ? products / (x * y).squareRoot() : nil
  }

  private static func squares(_ ranks: [Double], _ center: Double) -> Double {
    ranks.reduce(0) { $0 + ($1 - center) * ($1 - center) }
  }

  private static func ranks(_ values: [Double]) -> [Double] {
    let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
    var ranks = [Double](repeating: 0, count: values.count)
    var start = 0
    while start < order.count {
      var end = start
      while end + 1 < order.count, values[order[end + 1]] == values[order[start]] { end += 1 }
      for place in start...end { ranks[order[place]] = Double(start + end) / 2 + 1 }
      start = end + 1
    }
    return ranks
  }

  /// Bins of about equal size by the order of the values; equal values share a bin.
  static func bins(_ values: [Double], count: Int) -> [Int] {
    ranks(values).map { min(count - 1, Int(($0 - 0.5) / Double(values.count) * Double(count))) }
  }
}
