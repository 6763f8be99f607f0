// SPDX-License-Identifier: Apache-2.0

public import Experiments
import Vocabulary

/// Reads from runs of any plans how much an experiment's metric varies from seed to seed.
public struct SpreadReader: Sendable {
  /// The cells of each loss function where the metric is a loss, else all together.
  private let families: [[SeededValues]]
  private let goal: MetricGoal
  private let scale: MetricScale

  /// Runs with the same specification are one cell.
  ///
  /// `curves` gives the curves of a run by its id, if the numbers are those of a best epoch.
  public init(
    _ experiment: Experiment,
    _ runs: [RunRecord],
    curves: (String) throws -> [String: [MetricPoint]]
  ) rethrows {
    let selection = experiment.metric
    let metric = experiment.report.metric
    var known: [String: [String: [MetricPoint]]] = [:]
    if selection.moment == .best, selection.name != metric {
      for run in runs { known[run.id] = try curves(run.id) }
    }
    let reader = MetricReader(selection: selection, curves: known)
    let groups = Dictionary(grouping: runs, by: \.specification).values.map { group in
      group.sorted { ($0.seed, $0.id) < ($1.seed, $1.id) }
    }
    let ordered = groups.sorted { ($0.first?.id ?? "") < ($1.first?.id ?? "") }
    families = Dictionary(grouping: ordered) { group in
      isLoss(metric) ? group.first?.specification.totalLoss : nil
    }.values.map { family in family.map { reader.scaledValues(metric, of: $0) } }
    goal = experiment.reportGoal
    scale = MetricScale(metric: metric)
  }

  /// The spread, pooled over the cells, without seeds that are as far off as collapsed ones; of
  /// several loss functions, the largest spread.
  public func spread(resolution: Double) -> SeedSpread? {
    families.compactMap { spread($0, resolution) }.max { $0.upperDeviation < $1.upperDeviation }
  }

  private func spread(_ cells: [SeededValues], _ resolution: Double) -> SeedSpread? {
    let collapsed = Collapse.seeds(cells, goal: goal, resolution: resolution, scale: scale)
    let trained = zip(cells, collapsed).map { cell, seeds in
      cell.filter { !seeds.contains($0.key) }
    }
    return SeedSpread(Self.withoutRunaways(trained), resolution: resolution)
  }

  /// A cell that ran away to 1e30 tells nothing of the others, and its squares would drown theirs.
  ///
  /// Left out are cells that spread a thousand times as much as the median cell does, or lie a million times as far from
  /// zero.
  private static func withoutRunaways(_ cells: [SeededValues]) -> [SeededValues] {
    let samples = cells.map { Sample($0.sortedBySeed) }
    let spread = lowerMedian(samples.compactMap(\.standardDeviation).filter { $0 > 0 })
    let size = lowerMedian(samples.map { abs($0.mean) }.filter { $0 > 0 })
    return zip(cells, samples).filter { _, sample in
      (sample.standardDeviation ?? 0) <= 1000 * (spread ?? .infinity)
        && abs(sample.mean) <= 1e6 * (size ?? .infinity)
    }.map(\.0)
  }

  private static func lowerMedian(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.sorted()[(values.count - 1) / 2]
  }
}
