// SPDX-License-Identifier: Apache-2.0

import Experiments
import Plotting
import Vocabulary

extension ReportCharts {
  /// A metric over epochs.
  func curve(_ plan: ChartPlan) -> Picture? {
    let fitting = relabelled(
      analysis.cells.filter {
        plan.loss == nil || $0.cell.specification.totalLoss.name == plan.loss
      }
    )
    let cells = best(curveLimit(fitting), of: fitting)
    let marks = [String](repeating: "", count: cells.count)
    let looks = ChartCells(cells, marks: marks, analysis.experiment)
    let data = looks.panels.map { panel in
      panel.entries.map { entry in
        (named(entry), CurveSeries(plan.metric, of: entry.cell, in: analysis.snapshot))
      }
    }
    let all = data.flatMap { $0.map(\.1) }
    // One point is no curve: the results have it.
    guard all.contains(where: { $0.lines.contains { $0.count > 1 } }) else { return nil }
    let limits = SaneRange.limits(
      plan.metric,
      curves: [all.flatMap { $0.lines.map { $0.map(\.y) } }]
    )
    let scale = chartScale(
      plan.metric,
      all.flatMap(\.values).filter { limits?.contains($0) ?? true }
    )
    let last = all.map(\.last).max() ?? 0
    var drawn = data.map { $0.map { $0.1.series($0.0, scale: scale, last: last) } }
    let others = quiet(fitting, besides: cells, plan.metric, scale)
    // A line that is alone in its panel needs no dashes, but something to be compared with.
    let isLone = drawn.count > 1 && drawn.allSatisfy { $0.count == 1 }
    if isLone { for panel in drawn.indices { drawn[panel][0].dash = 0 } }
    let note = [
      CurveSeries.footnote(all, scale, isCrowded: looks.entries.contains { $0.shade != nil }),
      familyNote(plan), restoringNote([plan.metric]),
      isLone || !others.isEmpty ? "Grey: the other cells." : "",
    ].filter { !$0.isEmpty }.joined(separator: " ")
    let panels = zip(looks.panels, drawn).map { panel, series in
      LineChart(
        title: panel.name ?? plan.metric + lossSuffix(plan),
        subtitle: panel.name == nil ? subtitle(cells, of: fitting.count) : "",
        xLabel: "epoch",
        yLabel: plan.metric,
        yScale: scale == .logarithmic ? .log : .linear,
        series: series,
        context: others
          + (isLone ? drawn.flatMap(\.self).filter { $0 != series[0] }.compactMap(Self.main) : []),
        limits: limits ?? SaneRange.bounds(plan.metric),
        references: analysis.references(plan),
        footnote: panel.name == nil ? note : ""
      )
    }
    return Picture(
      chart: gathered(
        panels,
        title: plan.metric + lossSuffix(plan),
        subtitle: subtitle(cells, of: fitting.count),
        footnote: note
      ),
      alternative: curveAlternative(plan, cells),
      runs: cells.flatMap(\.runs)
    )
  }

  /// Of cells that differ in drawn numbers only the best few have names: the rest is drawn quietly.
  private func curveLimit(_ cells: [ComparedCell]) -> Int {
    let plain = cells.map(\.cell)
    let hasDrawn = varyingParameters(plain, analysis.experiment)
      .contains { isDrawn($0, plain, analysis.experiment) }
    return hasDrawn ? ChartCells.seriesLimit : ChartCells.curveLimit
  }

  /// The main lines of the cells that are left out, where they are left out for being drawn.
  private func quiet(
    _ all: [ComparedCell],
    besides cells: [ComparedCell],
    _ metric: String,
    _ scale: MetricScale
  ) -> [[Point]] {
    guard curveLimit(all) == ChartCells.seriesLimit else { return [] }
    let shown = Set(cells.map(\.cell.index))
    let rest = all.filter { !shown.contains($0.cell.index) }.prefix(ChartCells.rowLimit)
    let marks = [String](repeating: "", count: rest.count)
    return ChartCells(Array(rest), marks: marks, analysis.experiment).entries.compactMap { entry in
      Self.main(
        CurveSeries(metric, of: entry.cell, in: analysis.snapshot).series(entry, scale: scale)
      )
    }
  }

  private static func main(_ series: LineChart.Series) -> [Point]? {
    series.mean ?? series.lines.first
  }

  /// Where weights were put back, the last point of a held-out metric lies off its curve.
  private func restoringNote(_ metrics: [String]) -> String {
    let isHeldOut = metrics.contains { $0.hasPrefix("val.") || $0.hasPrefix("test.") }
    return isHeldOut && analysis.restoresBest
      ? "restore_best: the last point is that of the weights that were put back." : ""
  }

  /// A cell without any number says so where its line would be; a lone one needs no name.
  private func named(_ entry: ChartCells.Entry) -> ChartCells.Entry {
    if analysis.cells.count == 1 {
      var entry = entry
      entry.label = ""
      return entry
    }
    var entry = entry
    if entry.panel == nil, entry.label == entry.cell.label {
      entry.label = analysis.shortLabel(entry.cell, among: analysis.cells)
    }
    guard analysis.isFinished, entry.cell.divergedCount > 0, entry.cell.values.isEmpty else {
      return entry
    }
    entry.label += " (diverged)"
    return entry
  }

  private func curveAlternative(_ plan: ChartPlan, _ cells: [ComparedCell]) -> String {
    let ends = cells.map { words($0, numberWords(plan.metric, of: $0)) }
    return "Curves of \(plan.metric)\(lossSuffix(plan)) over epochs; at the end: "
      + ends.joined(separator: "; ")
  }

  // MARK: - Training and held-out data

  /// More panels are a wall.
  private static let mostFits = 12

  /// The same quantity on the training data and on held-out data: how far the two part is how much a network overfits.
  func fit(_ plan: ChartPlan) -> Picture? {
    let quantity = metricQuantity(plan.metric)
    let fitting = relabelled(
      analysis.cells.filter {
        plan.loss == nil || $0.cell.specification.totalLoss.name == plan.loss
      }
    )
    func isMeasured(_ metric: String) -> Bool {
      fitting.contains { cell in
        cell.runs.contains { (analysis.snapshot.curves[$0.id]?[metric]?.count ?? 0) > 1 }
      }
    }
    guard let part = ["val", "test"].first(where: { isMeasured("\($0).\(quantity)") }),
      isMeasured(plan.metric)
    else { return nil }
    let heldOut = "\(part).\(quantity)"
    // A cell without a single number of both has nothing to show.
    let drawable = fitting.filter { cell in
      [plan.metric, heldOut].allSatisfy { metric in
        cell.runs.contains { run in
          analysis.snapshot.curves[run.id]?[metric]?.contains { $0.value?.isFinite == true } == true
        }
      }
    }
    let cells = best(min(Self.mostFits, curveLimit(fitting)), of: drawable)
    let data = cells.map { cell in
      [plan.metric, heldOut].map { CurveSeries($0, of: cell, in: analysis.snapshot) }
    }
    let all = data.flatMap(\.self)
    let limits = SaneRange.limits(
      plan.metric,
      curves: [0, 1].map { part in data.flatMap { $0[part].lines.map { $0.map(\.y) } } }
    )
    let scale = chartScale(
      plan.metric,
      all.flatMap(\.values).filter { limits?.contains($0) ?? true }
    )
    let last = all.map(\.last).max() ?? 0
    let names = [plan.metric, heldOut]
    let title =
      "\(part == "val" ? "Training and validation" : "Training and test"): \(quantity)"
      + lossSuffix(plan)
    let note = [CurveSeries.footnote(all, scale), restoringNote(names)].filter { !$0.isEmpty }
      .joined(separator: " ")
    let panels = zip(cells, data).map { cell, pair in
      LineChart(
        title: cells.count == 1 ? title : analysis.shortLabel(cell, among: cells),
        subtitle: cells.count == 1 ? subtitle(cells, of: fitting.count) : "",
        xLabel: "epoch",
        yLabel: quantity,
        yScale: scale == .logarithmic ? .log : .linear,
        series: zip(pair, names).enumerated().map { index, line in
          let entry = ChartCells.Entry(
            cell: cell,
            panel: nil,
            label: line.1,
            color: index,
            shade: nil,
            mark: ""
          )
          return line.0.series(entry, scale: scale, last: last)
        },
        limits: limits ?? SaneRange.bounds(plan.metric),
        footnote: cells.count == 1 ? note : ""
      )
    }
    let ends = cells.map { cell in
      let numbers = names.map { name in
        "\(name) \(numberWords(name, of: cell))"
      }
      return words(cell, numbers.joined(separator: ", "))
    }
    return Picture(
      chart: gathered(
        panels,
        title: title,
        subtitle: subtitle(cells, of: fitting.count),
        footnote: [note, familyNote(plan)].filter { !$0.isEmpty }.joined(separator: " ")
      ),
      alternative: "\(title), over epochs; at the end: " + ends.joined(separator: "; "),
      runs: cells.flatMap(\.runs)
    )
  }
}
