// SPDX-License-Identifier: Apache-2.0

import Experiments
import Vocabulary

/// All cells of a plan as points over its swept parameters, each with the mean of the report's metric over its seeds.
///
/// Tuned parameters are among them: nothing is chosen here.
struct ParameterSpace {
  /// One swept parameter.
  struct Axis: Hashable {
    var name: String
    /// The values that occur: in the manifest's order, numbers of a distribution by size.
    var values: [ParameterValue]
    /// Whether the manifest lists the values; false for draws from a range.
    var isListed: Bool
    var isLogarithmic: Bool
  }

  /// One cell.
  struct Entry {
    var cell: Cell
    var values: SeededValues
    /// The mean, of a metric on the logarithmic scale the geometric one. Nil if a seed diverged, none has a number, or it
    /// is beyond a `Double`.
    var mean: Double?
    var hasDiverged: Bool
  }

  let axes: [Axis]
  let entries: [Entry]
  /// Whether seeds that collapsed are left out.
  let hasCollapsed: Bool

  /// Nil if fewer than two parameters are swept, or the metric is a loss and the cells have different loss functions.
  init?(_ analysis: Analysis) {
    let snapshot = analysis.snapshot
    let cells = snapshot.sweep.cells
    if isLoss(analysis.metric), distinctLosses(cells).count > 1 { return nil }
    axes = Self.axes(cells, analysis.experiment)
    guard axes.count >= 2 else { return nil }
    let reader = MetricReader(snapshot)
    let runs = snapshot.runsByCell
    let compared = cells.map { cell in
      ComparedCell(
        cell: cell,
        label: "",
        chosen: [:],
        candidates: 1,
        tried: 1,
        runs: runs[cell.index] ?? [],
        values: reader.values(analysis.metric, of: runs[cell.index] ?? []),
        scale: MetricScale(metric: analysis.metric),
        scaled: reader.scaledValues(analysis.metric, of: runs[cell.index] ?? [])
      )
    }
    let trained = withoutCollapsed(compared, snapshot)
    hasCollapsed = trained.contains { !$0.collapsedSeeds.isEmpty }
    entries = trained.map { cell in
      let hasDiverged = cell.divergedCount > 0
      let sample = cell.metricSample
      return Entry(
        cell: cell.cell,
        values: cell.values,
        mean: hasDiverged || sample.count == 0 || !sample.mean.isFinite ? nil : sample.mean,
        hasDiverged: hasDiverged
      )
    }
  }

  private static func axes(_ cells: [Cell], _ experiment: Experiment) -> [Axis] {
    let declared = experiment.parameters.map(\.name)
    let others = Set(cells.flatMap(\.assignment.keys)).subtracting(declared).sorted()
    return (declared + others).compactMap { name in
      guard Set(cells.map { $0.assignment[name] }).count > 1 else { return nil }
      let parameter = experiment.parameters.first { $0.name == name }
      var seen = Set<ParameterValue>()
      let occurring = cells.compactMap { $0.assignment[name] }.filter { seen.insert($0).inserted }
      let listed = (parameter?.values ?? []).filter(seen.contains)
      let isListed = parameter == nil || listed.count == occurring.count
      return Axis(
        name: name,
        values: isListed && !listed.isEmpty
          ? listed
          : isListed ? occurring : occurring.sorted { ($0.number ?? 0) < ($1.number ?? 0) },
        isListed: isListed,
        isLogarithmic: parameter?.isLogarithmic ?? false
      )
    }
  }

  /// The index of a cell's value of an axis; nil where the parameter does not exist.
  func level(_ entry: Entry, _ axis: Int) -> Int? {
    entry.cell.assignment[axes[axis].name].flatMap { axes[axis].values.firstIndex(of: $0) }
  }

  /// Whether every combination of the values is one cell: what an exact decomposition needs.
  var isFullGrid: Bool {
    let size = axes.reduce(1) { $0 * $1.values.count }
    guard size == entries.count else { return false }
    let places = entries.compactMap { entry -> [Int]? in
      let levels = axes.indices.compactMap { level(entry, $0) }
      return levels.count == axes.count ? levels : nil
    }
    return Set(places).count == size
  }
}
