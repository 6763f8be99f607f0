// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Experiments
import Foundation
import Vocabulary

/// How much each swept parameter matters for the report's metric, and how that was found.
struct Importance {
  /// How it was found.
  enum Method: Equatable {
    /// The functional decomposition of the means on a full grid.
    case exact
    /// η² of each parameter alone, for the reason given.
    case alone(reason: String)
  }

  /// One parameter, or the interaction of two.
  struct Part: Equatable {
    var names: [String]
    /// Share of the variance of the cells' means.
    var share: Double
    /// The share to be expected if it had no effect: from the spread between seeds, or for η² from chance alone.
    var expected: Double?
    /// The mean at each value; of an interaction none.
    var means: [(value: String, mean: Double)]
    /// Spearman's rank correlation, for numbers outside a full grid.
    var correlation: Double?

    static func == (left: Part, right: Part) -> Bool {
      left.names == right.names && left.share == right.share
    }
  }

  let method: Method
  /// Cells that entered.
  let cellCount: Int
  /// Whether logarithms of the metric were taken.
  let isLogarithmic: Bool
  /// Parameters first, then pairs, each by share.
  let parts: [Part]
  /// Share of interactions of three and more parameters; nil where pairs are not known.
  let rest: Double?
  /// Share of the variance of the means that the spread between seeds explains; nil with one seed.
  let noise: Double?

  /// Nil while the sweep is unfinished, with fewer than four cells with a number, or without any difference.
  init?(_ analysis: Analysis, _ space: ParameterSpace) {
    guard analysis.isFinished else { return nil }
    let known = space.entries.filter { $0.mean != nil }
    guard known.count >= 4 else { return nil }
    let means = known.compactMap(\.mean)
    // Their squares would leave a Double's range.
    guard means.allSatisfy({ abs($0) < 1e150 }) else { return nil }
    let isLogarithmic = chartScale(analysis.metric, means) == .logarithmic
    self.isLogarithmic = isLogarithmic
    cellCount = known.count
    let transformed = means.map { isLogarithmic ? log($0) : $0 }
    if known.count == space.entries.count, space.isFullGrid {
      let grid = GridImportance(space, known, transformed, isLogarithmic: isLogarithmic)
      guard grid.decomposition.total > 0 else { return nil }
      method = .exact
      parts = grid.parts
      rest = grid.decomposition.rest / grid.decomposition.total
      noise = grid.noise
    } else {
      method = .alone(reason: Self.reason(analysis, space, known: known.count))
      parts = Self.alone(space, known, transformed, isLogarithmic: isLogarithmic)
      rest = nil
      noise = nil
      if parts.isEmpty { return nil }
    }
  }

  private static func reason(_ analysis: Analysis, _ space: ParameterSpace, known: Int) -> String {
    if case .random = analysis.experiment.method { return "the cells were drawn at random" }
    let missing = space.entries.count - known
    if missing > 0 {
      return
        "\(missing) of \(counted(space.entries.count, "cell")) \(missing == 1 ? "has" : "have") no number"
    }
    return "not every combination of the values is a cell"
  }

  // MARK: - One parameter at a time

  /// More different numbers than this are put into bins.
  private static let valueLimit = 6

  private static func alone(
    _ space: ParameterSpace,
    _ known: [ParameterSpace.Entry],
    _ values: [Double],
    isLogarithmic: Bool
  ) -> [Part] {
    space.axes.indices.compactMap { axis in
      let name = space.axes[axis].name
      let places = known.indices.filter { known[$0].cell.assignment[name] != nil }
      let own = places.map { values[$0] }
      let parameters = places.compactMap { known[$0].cell.assignment[name] }
      guard own.count >= 4 else { return nil }
      let numbers = parameters.compactMap(\.number)
      let isNumber = numbers.count == parameters.count
      let isBinned = isNumber && Set(numbers).count > valueLimit
      let groups: [Int]
      if isBinned {
        groups = SingleEffect.bins(numbers, count: max(2, min(5, own.count / 4)))
      } else {
        groups = parameters.map { space.axes[axis].values.firstIndex(of: $0) ?? 0 }
      }
      let count = Set(groups).count
      guard count > 1, own.count > count,
        let share = SingleEffect.etaSquared(own, groups: groups)
      else { return nil }
      return Part(
        names: [name],
        share: share,
        expected: Double(count - 1) / Double(own.count - 1),
        means: isBinned
          ? [] : levelMeans(own, groups, space.axes[axis], isLogarithmic: isLogarithmic),
        correlation: isNumber ? SingleEffect.rankCorrelation(numbers, own) : nil
      )
    }.sorted { $0.share > $1.share }
  }

  private static func levelMeans(
    _ values: [Double],
    _ groups: [Int],
    _ axis: ParameterSpace.Axis,
    isLogarithmic: Bool
  ) -> [(value: String, mean: Double)] {
    axis.values.indices.compactMap { level in
      let own = zip(values, groups).filter { $0.1 == level }.map(\.0)
      guard !own.isEmpty else { return nil }
      let mean = own.reduce(0, +) / Double(own.count)
      return (axis.values[level].description, isLogarithmic ? exp(mean) : mean)
    }
  }
}

/// The decomposition of a full grid in the words of a report.
private struct GridImportance {
  let decomposition: VarianceDecomposition
  private let space: ParameterSpace
  private let isLogarithmic: Bool
  /// The variance of a cell's mean that the spread between seeds leaves; nil with one seed.
  private let seedVariance: Double?
  private let cellCount: Int

  init(
    _ space: ParameterSpace,
    _ entries: [ParameterSpace.Entry],
    _ values: [Double],
    isLogarithmic: Bool
  ) {
    self.space = space
    self.isLogarithmic = isLogarithmic
    cellCount = entries.count
    let sizes = space.axes.map(\.values.count)
    var grid = [Double](repeating: 0, count: values.count)
    for (entry, value) in zip(entries, values) {
      let place = space.axes.indices.reduce(0) { place, axis in
        place * sizes[axis] + (space.level(entry, axis) ?? 0)
      }
      grid[place] = value
    }
    decomposition = VarianceDecomposition(grid, sizes: sizes)
    let samples = entries.map { entry in
      entry.values.mapValues { isLogarithmic && $0 > 0 ? log($0) : $0 }
    }
    seedVariance = Self.seedVariance(samples)
  }

  /// Where all cells have the same seeds, what a seed does to all of them alike is no difference between them and is
  /// taken out: the residual of cells × seeds. Else the spread inside the cells.
  private static func seedVariance(_ samples: [SeededValues]) -> Double? {
    guard let seeds = samples.first.map({ $0.keys.sorted() }) else { return nil }
    if samples.allSatisfy({ $0.keys.sorted() == seeds }), seeds.count > 1, samples.count > 1 {
      let rows = samples.map(\.sortedBySeed)
      let (cells, count) = (Double(rows.count), Double(seeds.count))
      let means = rows.map { $0.reduce(0, +) / count }
      let center = means.reduce(0, +) / cells
      let seedMeans = seeds.indices.map { seed in rows.reduce(0) { $0 + $1[seed] } / cells }
      var squares = 0.0
      for (row, mean) in zip(rows, means) {
        for (value, seedMean) in zip(row, seedMeans) {
          let residual = value - mean - seedMean + center
          squares += residual * residual
        }
      }
      return squares / ((cells - 1) * (count - 1)) / count
    }
    let variances = samples.compactMap { sample -> Double? in
      Sample(sample.sortedBySeed).standardDeviation.map { $0 * $0 / Double(sample.count) }
    }
    return variances.count == samples.count
      ? variances.reduce(0, +) / Double(variances.count) : nil
  }

  /// Of an effect with that many degrees of freedom.
  private func expected(_ degrees: Int) -> Double? {
    seedVariance.map { $0 * Double(degrees) / Double(cellCount) / decomposition.total }
  }

  var noise: Double? { expected(cellCount - 1).map { min(1, $0) } }

  var parts: [Importance.Part] {
    let axes = space.axes
    let main = axes.indices.map { axis in
      Importance.Part(
        names: [axes[axis].name],
        share: decomposition.main[axis] / decomposition.total,
        expected: expected(axes[axis].values.count - 1),
        means: zip(axes[axis].values, decomposition.means[axis]).map {
          ($0.description, isLogarithmic ? exp($1) : $1)
        },
        correlation: nil
      )
    }
    let pairs = axes.indices.flatMap { first in
      decomposition.pairs[first].enumerated().map { offset, variance in
        let second = first + 1 + offset
        return Importance.Part(
          names: [axes[first].name, axes[second].name],
          share: variance / decomposition.total,
          expected: expected((axes[first].values.count - 1) * (axes[second].values.count - 1)),
          means: [],
          correlation: nil
        )
      }
    }
    return main.sorted { $0.share > $1.share } + pairs.sorted { $0.share > $1.share }
  }
}
