// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Experiments
import Plotting
import Vocabulary

/// The pictures of what the swept parameters do to the report's metric: all cells of the plan, tuned ones included.
struct ParameterCharts {
  /// A heat map with fewer cells says less than the table.
  static let leastCells = 6
  /// More columns or rows find no room.
  static let mostColumns = 14
  static let mostRows = 30
  /// More lines are a carpet.
  static let mostLines = 400

  let analysis: Analysis
  let space: ParameterSpace
  let subtitle: String

  /// Nil if nothing is swept that could be crossed.
  init?(_ analysis: Analysis, subtitle: String) {
    guard let space = ParameterSpace(analysis) else { return nil }
    self.analysis = analysis
    self.space = space
    self.subtitle = subtitle
  }

  private var prefersLarger: Bool { analysis.experiment.reportGoal == .maximize }

  /// Means beyond these have the colour and the place of the limit.
  private var limits: ClosedRange<Double>? {
    SaneRange.limits(analysis.metric, values: space.entries.compactMap(\.mean))
  }

  private var scale: Scale {
    let limits = limits
    let means = space.entries.compactMap(\.mean).filter { limits?.contains($0) ?? true }
    return chartScale(analysis.metric, means) == .logarithmic ? .log : .linear
  }

  private func limited(_ value: Double?, _ limits: ClosedRange<Double>?) -> Double? {
    guard let value, let limits else { return value }
    return min(limits.upperBound, max(limits.lowerBound, value))
  }

  /// How a picture says that it has limits.
  private func limitNote(_ limits: ClosedRange<Double>?) -> String {
    guard let limits else { return "" }
    return limits.upperBound.isFinite
      ? " Beyond \(NumberText.short(limits.upperBound, digits: 2)) all count alike."
      : " Below \(NumberText.short(limits.lowerBound, digits: 2)) all count alike."
  }

  private var runs: [RunRecord] { analysis.snapshot.runs }

  // MARK: - Heat map

  /// The map of the two parameters that matter most together; nil if no pair is listed in the manifest.
  var heatMap: ReportCharts.Picture? {
    guard let (first, second) = crossedAxes else { return nil }
    let (rows, columns) = orientation(first, second)
    let table = CrossedCells(space, rows: rows, columns: columns)
    guard !table.means.isEmpty else { return nil }
    let best = prefersLarger ? table.means.max() : table.means.min()
    let limits = limits
    let texts = NumberText.alike(table.means)
    let cells = table.cells.map { row in
      row.map { cell in
        HeatMap.Cell(
          value: limited(cell.mean, limits),
          text: cell.mean.map { (texts[$0] ?? "") + (cell.isPartial ? " *" : "") }
            ?? (cell.hasDiverged ? "diverged" : cell.isPlanned ? "–" : ""),
          isMarked: cell.mean != nil && cell.mean == best
        )
      }
    }
    let (xName, yName) = (space.axes[columns].name, space.axes[rows].name)
    let others = space.axes.map(\.name).filter { $0 != xName && $0 != yName }
    let over = others.isEmpty ? "" : ", mean over " + others.joined(separator: ", ")
    let isPartial = table.cells.contains { $0.contains(where: \.isPartial) }
    let rowNames = space.axes[rows].values.map(Self.name)
    let columnNames = space.axes[columns].values.map(Self.name)
    let chart = HeatMap(
      title: "\(analysis.metric) by \(yName) and \(xName)",
      subtitle: subtitle,
      xLabel: xName,
      yLabel: yName,
      valueLabel: analysis.metric + over,
      scale: scale,
      prefersLarger: prefersLarger,
      columns: columnNames,
      rows: rowNames,
      cells: cells,
      footnote: ([meanOverSeeds] + others).joined(separator: ", ")
        + "; framed: the best mean, which is no verdict."
        + (isPartial ? " * without cells that diverged or have no number." : "")
        + limitNote(limits)
    )
    let words = zip(rowNames, cells).map { row, cells in
      "\(row) "
        + zip(columnNames, cells).filter { !$1.text.isEmpty }.map { "at \($0): \($1.text)" }
        .joined(separator: ", ")
    }
    return ReportCharts.Picture(
      chart: chart,
      alternative: "Heat map of \(analysis.metric) by \(yName) and \(xName)\(over); "
        + words.joined(separator: "; "),
      runs: runs
    )
  }

  /// A value as it stands at an axis: numbers of a grid in steps have digits that say nothing.
  private static func name(_ value: ParameterValue) -> String {
    if case .real(let number) = value { return NumberText.short(number, digits: 4) }
    return value.description
  }

  private var meanOverSeeds: String {
    MetricScale(metric: analysis.metric) == .logarithmic
      ? "Geometric mean over seeds" : "Mean over seeds"
  }

  /// The report's rows and columns if both are swept, else the pair with the largest effects.
  private var crossedAxes: (Int, Int)? {
    let fitting = space.axes.indices.filter {
      space.axes[$0].isListed && space.axes[$0].values.count <= Self.mostRows
    }
    func fits(_ a: Int, _ b: Int) -> Bool {
      let counts = [space.axes[a].values.count, space.axes[b].values.count]
      return counts.reduce(1, *) >= Self.leastCells && (counts.min() ?? 0) >= 2
        && (counts.min() ?? 0) <= Self.mostColumns
    }
    let report = analysis.experiment.report
    let named = fitting.filter {
      [report.rows, report.columns].contains(space.axes[$0].name)
    }
    if named.count == 2, fits(named[0], named[1]) { return (named[0], named[1]) }
    var best: (pair: (Int, Int), effect: Double)?
    for first in fitting {
      for second in fitting where second > first && fits(first, second) {
        let effect = CrossedCells(space, rows: first, columns: second).variance
        if effect > best?.effect ?? -1 { best = ((first, second), effect) }
      }
    }
    return best?.pair
  }

  /// The report's columns are columns; else the longer list is rows, unless it finds room across.
  private func orientation(_ first: Int, _ second: Int) -> (rows: Int, columns: Int) {
    let report = analysis.experiment.report
    if space.axes[first].name == report.columns { return (second, first) }
    if space.axes[second].name == report.columns { return (first, second) }
    return space.axes[second].values.count > Self.mostColumns ? (second, first) : (first, second)
  }

  // MARK: - Parallel coordinates

  /// A line for each cell over all swept parameters; nil where the table says as much.
  var parallelCoordinates: ReportCharts.Picture? {
    let isRandom = space.axes.contains { !$0.isListed }
    guard space.axes.count >= (isRandom ? 2 : 3), space.entries.contains(where: { $0.mean != nil }),
      (8...Self.mostLines).contains(space.entries.count)
    else { return nil }
    let means = space.entries.compactMap(\.mean)
    let best = prefersLarger ? means.max() : means.min()
    let limits = limits
    let axes = space.axes.map { axis in
      ParallelCoordinates.Axis(
        axis.name,
        axis.isListed
          ? .names(axis.values.map(Self.name))
          : .numbers(axis.isLogarithmic ? .log : .linear)
      )
    }
    let lines = space.entries.map { entry in
      let places = space.axes.indices.map { axis -> Double? in
        space.axes[axis].isListed
          ? space.level(entry, axis).map(Double.init)
          : entry.cell.assignment[space.axes[axis].name]?.number
      }
      return ParallelCoordinates.Line(
        places + [limited(entry.mean, limits)],
        isMarked: entry.mean != nil && entry.mean == best
      )
    }
    let unknown = space.entries.count - means.count
    let chart = ParallelCoordinates(
      title: "\(analysis.metric) over all swept parameters",
      subtitle: subtitle,
      axes: axes + [ParallelCoordinates.Axis(analysis.metric, .numbers(scale))],
      lines: lines,
      prefersLarger: prefersLarger,
      footnote: "A line for each cell, light: better; thick: the best mean, which is no verdict."
        + (space.axes.contains(where: \.isListed)
          ? " At a listed value, better cells run higher." : "")
        + (unknown > 0 ? " Dashed: \(unknown) without a number." : "") + limitNote(limits)
    )
    return ReportCharts.Picture(
      chart: chart,
      alternative: "Parallel coordinates of \(counted(space.entries.count, "cell")) over "
        + space.axes.map(\.name).joined(separator: ", ") + ", coloured by \(analysis.metric); "
        + (best.map { "the best mean is \(NumberText.short($0))" } ?? ""),
      runs: runs
    )
  }
}

/// The means of a plan's cells over two parameters.
private struct CrossedCells {
  struct Cell {
    var mean: Double?
    /// Whether some cells behind it have no number.
    var isPartial = false
    var hasDiverged = false
    var isPlanned = false
  }

  private(set) var cells: [[Cell]]

  init(_ space: ParameterSpace, rows: Int, columns: Int) {
    var entries = [[[ParameterSpace.Entry]]](
      repeating: Array(repeating: [], count: space.axes[columns].values.count),
      count: space.axes[rows].values.count
    )
    for entry in space.entries {
      guard let row = space.level(entry, rows), let column = space.level(entry, columns) else {
        continue
      }
      entries[row][column].append(entry)
    }
    cells = entries.map { row in
      row.map { own in
        let means = own.compactMap(\.mean)
        return Cell(
          mean: means.isEmpty ? nil : means.reduce(0, +) / Double(means.count),
          isPartial: !means.isEmpty && means.count < own.count,
          hasDiverged: own.contains(where: \.hasDiverged),
          isPlanned: !own.isEmpty
        )
      }
    }
  }

  /// Row by row, without the empty ones.
  var means: [Double] { cells.flatMap { $0.compactMap(\.mean) } }

  /// How much the two parameters move the metric.
  var variance: Double {
    let means = means
    guard !means.isEmpty else { return 0 }
    let center = means.reduce(0, +) / Double(means.count)
    return means.reduce(0) { $0 + ($1 - center) * ($1 - center) } / Double(means.count)
  }
}
