// SPDX-License-Identifier: Apache-2.0

import Experiments
import Plotting
import Vocabulary

extension ReportCharts {
  /// The numbers of all cells that share a table: a dot chart, or where numbers were drawn a scatter over each.
  func results(_ plan: ChartPlan) -> Picture? {
    let groups = groups(of: plan)
    guard groups.contains(where: { $0.cells.contains { !$0.values.isEmpty } }) else { return nil }
    return ScatterResults(groups, of: analysis).map { scatter in
      scatter.picture(
        title: plan.metric + lossSuffix(plan),
        subtitle: subtitle(scatter.cells, of: scatter.cells.count)
      )
    } ?? dots(plan, groups)
  }

  /// The groups whose cells stand in a plan's picture.
  private func groups(of plan: ChartPlan) -> [ComparisonGroup] {
    analysis.sections.filter { plan.loss == nil || $0.first?.loss?.name == plan.loss }
      .flatMap(\.self)
  }

  private func dots(_ plan: ChartPlan, _ groups: [ComparisonGroup]) -> Picture? {
    let count = groups.reduce(0) { $0 + $1.cells.count }
    let entries = Array(ordered(groups).prefix(ChartCells.rowLimit))
    let limits = SaneRange.limits(
      plan.metric,
      values: entries.flatMap(\.cell.sample.values)
    )
    let values = entries.flatMap(\.cell.sample.values).filter { limits?.contains($0) ?? true }
    let scale = chartScale(plan.metric, values)
    let rows = entries.map { row($0, scale, limits) }
    let chart = DotChart(
      title: plan.metric + lossSuffix(plan),
      subtitle: subtitle(entries.map(\.cell), of: count),
      xLabel: plan.metric,
      scale: scale == .logarithmic ? .log : .linear,
      limits: limits ?? SaneRange.bounds(plan.metric),
      rows: rows,
      references: analysis.references(plan),
      footnote: footnote(rows, scale, entries, groups)
    )
    let numbers = entries.map { entry in
      numberWords(entry.cell)
    }
    return Picture(
      chart: chart,
      alternative: "Dot chart of \(plan.metric)\(lossSuffix(plan)), "
        + (scale == .logarithmic ? "geometric means" : "means")
        + (rows.contains { $0.interval != nil } ? " with 95 % intervals: " : ": ")
        + numbers.joined(separator: "; "),
      runs: entries.flatMap(\.cell.runs)
    )
  }

  /// In panels as plan order has them, else best first as in the table.
  private func ordered(_ groups: [ComparisonGroup]) -> [ChartCells.Entry] {
    guard groups.count == 1 else { return inPlanOrder(groups) }
    let group = groups[0]
    let marks = group.cells.indices.map(group.mark)
    let looks = ChartCells(group.cells, marks: marks, analysis.experiment)
    let entries = looks.entries
    // A panel of one row would say its name twice.
    let isPlanOrder =
      looks.panels.count > 1 && looks.panels.contains { $0.entries.count > 1 }
      && entries.count <= ChartCells.rowLimit
    if isPlanOrder { return entries }
    let ranked = analysis.isFinished ? group.ranking.order : []
    let rest = group.cells.indices.filter { !ranked.contains($0) }
    let byCell = Dictionary(uniqueKeysWithValues: entries.map { ($0.cell.cell.index, $0) })
    return (ranked + rest).compactMap { place in
      byCell[group.cells[place].cell.index].map { entry in
        var entry = entry
        (entry.panel, entry.label) = (nil, group.cells[place].label)
        return entry
      }
    }
  }

  /// Cells of several data, none of which is better for being easier.
  private func inPlanOrder(_ groups: [ComparisonGroup]) -> [ChartCells.Entry] {
    var marks: [Int: String] = [:]
    for group in groups {
      for (index, cell) in group.cells.enumerated() {
        marks[cell.cell.index] = group.mark(index)
      }
    }
    let cells = analysis.cells.filter { marks[$0.cell.index] != nil }
    return ChartCells(
      relabelled(cells),
      marks: cells.map { marks[$0.cell.index] ?? "" },
      analysis.experiment
    ).entries
  }

  private func row(
    _ entry: ChartCells.Entry,
    _ scale: MetricScale,
    _ limits: ClosedRange<Double>?
  ) -> DotChart.Row {
    let cell = entry.cell
    // Of the best of several none is true.
    let interval =
      cell.candidates > 1 || cell.count > cell.values.count ? nil : cell.sample.interval(scale)
    // Numbers beyond a Double stand beyond the axis.
    let beyond = [Double](
      repeating: .greatestFiniteMagnitude,
      count: max(0, cell.count - cell.values.count)
    )
    let mean =
      cell.count == 0
      ? nil
      : beyond.isEmpty
        ? cell.sample.center(scale) : min(cell.metricSample.mean, .greatestFiniteMagnitude)
    let count = "n = \(cell.count)"
    let far = mean.flatMap { mean in
      limits.map { $0.contains(mean) } ?? beyond.isEmpty
        ? nil : "mean \(cell.metricSample.scale.text(cell.metricSample.scaled.mean, digits: 2))"
    }
    let notes = [analysis.isFinished ? cell.flaw ?? count : count, far ?? "", entry.mark]
      .filter { !$0.isEmpty }
    return DotChart.Row(
      entry.label,
      group: entry.panel,
      mean: mean,
      interval: interval.map { $0.low...$0.high },
      values: cell.sample.values + beyond + [Double](repeating: .nan, count: cell.divergedCount),
      excluded: collapsed(cell),
      note: notes.joined(separator: " · "),
      color: entry.color
    )
  }

  /// What the collapsed seeds came to: they are in no number of the cell, but nobody may overlook them.
  private func collapsed(_ cell: ComparedCell) -> [Double] {
    let runs = cell.runs.filter { cell.collapsedSeeds.contains($0.seed) }
    return MetricReader(analysis.snapshot).values(analysis.metric, of: runs).sortedBySeed
      .filter(\.isFinite)
  }

  private func footnote(
    _ rows: [DotChart.Row],
    _ scale: MetricScale,
    _ entries: [ChartCells.Entry],
    _ groups: [ComparisonGroup]
  ) -> String {
    let names = groups[0].data.map(\.name) + (groups[0].loss == nil ? [] : ["loss"])
    let place = groups.count == 1 ? "" : " of the same " + names.joined(separator: ", ")
    let isWhole = groups.allSatisfy { $0.ranking.order.count == $0.cells.count }
    let parts = [
      "Dot: \(scale == .logarithmic ? "geometric mean" : "mean");",
      rows.contains { $0.interval != nil } ? "line: its 95 % interval over seeds;" : nil,
      "circles: single seeds"
        + (rows.contains { !$0.excluded.isEmpty }
          ? "; ×: a seed that collapsed or lies far off, in no number." : "."),
      entries.contains { $0.mark == "may be best" }
        ? "The best \(isWhole ? "" : "tested ")cell\(place) is among those marked (95 %)." : nil,
    ]
    return parts.compactMap(\.self).joined(separator: " ")
  }
}
