// SPDX-License-Identifier: Apache-2.0

import Experiments
import Vocabulary

/// Seeds that trained to nothing although their numbers are finite.
///
/// One such seed among few makes a mean and an interval that are true of no network: with one seed in five collapsing, a
/// 95 % interval over three covers the mean in half of all cases.
enum Collapse {
  /// A seed's final training loss above this share of the best constant prediction's has learned nothing.
  static let learnedNothing = 0.9
  /// Another seed below this share of it shows that the cell can learn.
  static let learned = 0.5
  /// Where no constant prediction is known: so many robust scales worse than the cell's median.
  static let scales = 8.0
  /// And so far from the median, as a share of it or on the logarithmic scale: what cells that hardly spread call far is no
  /// network that learned nothing.
  static let leastShare = 0.1
  /// The scale is taken from no fewer distances than these.
  static let leastDistances = 6

  /// Seeds whose final training loss is that of a constant prediction, while another seed's is below half of it.
  static func seeds(_ losses: SeededValues, constant: Double) -> Set<Int> {
    guard constant > 0, losses.values.contains(where: { $0 < learned * constant }) else {
      return []
    }
    return Set(losses.filter { $0.value > learnedNothing * constant }.keys)
  }

  /// For each cell the seeds that lie more than 8 robust scales to the worse side of the cell's median.
  ///
  /// The scale is 1.4826 times the median of all other seeds' distances from their cells' medians, the medians themselves
  /// left out: with few seeds their zeros would halve it. The cell's own other seeds give a scale in the same way, and the
  /// larger one counts, for cells of one table may spread very differently. It is no smaller than the cell's own of
  /// `resolutions`. Besides, the distance is at least a tenth of the median, of logarithms 0.1.
  static func seeds(
    _ cells: [SeededValues],
    goal: MetricGoal,
    resolutions: [Double],
    scale metric: MetricScale = .linear
  ) -> [Set<Int>] {
    let medians = cells.map { median(Array($0.values)) }
    var distances: [(cell: Int, seed: Int, value: Double)] = []
    for (index, cell) in cells.enumerated() {
      guard let center = medians[index] else { continue }
      for (seed, value) in cell where value != center {
        distances.append((index, seed, abs(value - center)))
      }
    }
    guard distances.count > leastDistances else { return cells.map { _ in [] } }
    let sorted = distances.map(\.value).sorted()
    return cells.indices.map { index in
      guard let center = medians[index], cells[index].count >= 3 else { return [] }
      return Set(
        distances.filter { entry in
          guard entry.cell == index, let value = cells[index][entry.seed],
            goal.prefers(center, to: value)
          else { return false }
          let own = distances.filter { $0.cell == index && $0.seed != entry.seed }.map(\.value)
          let scale = 1.4826 * max(medianWithout(entry.value, sorted), median(own) ?? 0)
          let least = metric == .logarithmic ? leastShare : leastShare * abs(center)
          return entry.value > scales * max(scale, resolutions[index]) && entry.value >= least
        }.map(\.seed)
      )
    }
  }

  /// The same with one resolution for all cells.
  static func seeds(
    _ cells: [SeededValues],
    goal: MetricGoal,
    resolution: Double,
    scale: MetricScale = .linear
  ) -> [Set<Int>] {
    seeds(cells, goal: goal, resolutions: cells.map { _ in resolution }, scale: scale)
  }

  private static func median(_ values: [Double]) -> Double? {
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  /// The median of sorted numbers without one of them.
  private static func medianWithout(_ value: Double, _ sorted: [Double]) -> Double {
    var rest = sorted
    if let place = rest.firstIndex(of: value) { rest.remove(at: place) }
    let middle = rest.count / 2
    return rest.count % 2 == 1 ? rest[middle] : (rest[middle - 1] + rest[middle]) / 2
  }
}
