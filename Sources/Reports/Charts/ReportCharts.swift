// SPDX-License-Identifier: Apache-2.0

import Experiments
import Plotting

/// Draws the pictures of a report.
struct ReportCharts {
  let analysis: Analysis
  let context: ReportContext

  init(_ analysis: Analysis, context: ReportContext) {
    self.analysis = analysis
    self.context = context
  }

  /// Those that have something to show, in the order of their plans, each as a file of each format.
  func files(_ formats: [PictureFormat]) throws -> [ReportChart] {
    try pictures().map { try chart($0.picture, $0.plan, formats) }
  }

  /// The same before they are drawn.
  func pictures() -> [(plan: ChartPlan, picture: Picture)] {
    let parameters = ParameterCharts(
      analysis,
      subtitle: subtitle(analysis.cells, of: analysis.cells.count)
    )
    return ChartPlan.plans(analysis).compactMap { plan in
      let picture: Picture? =
        switch plan.kind {
        case .results: results(plan)
        case .curve: curve(plan)
        case .heatMap: parameters?.heatMap
        case .parallelCoordinates: parameters?.parallelCoordinates
        case .activations:
          ActivationChart(analysis.experiment, analysis.snapshot.sweep.cells)?
            .picture(subtitle: analysis.experiment.title ?? analysis.experiment.name)
        case .trend: trend(plan)
        case .gradients: gradients
        case .confusion: confusion
        case .filters: filters
        case .errors: errors
        }
      return picture.map { (plan, $0) }
    }
  }

  struct Picture {
    var chart: any Chart
    var alternative: String
    var runs: [RunRecord]
  }

  private func chart(
    _ picture: Picture,
    _ plan: ChartPlan,
    _ formats: [PictureFormat]
  ) throws -> ReportChart {
    let provenance = [
      "Software": "runexp \(context.version)",
      "Source": analysis.snapshot.sweep.label,
      "runexp:metric": plan.metric,
      "runexp:runs": picture.runs.map(\.id).joined(separator: " "),
    ]
    let hasTitles = analysis.experiment.report.titles ?? true
    let files = try formats.map { format in
      try picture.file(format, of: plan, provenance: provenance, hasTitles: hasTitles)
    }
    return ReportChart(plan: plan, files: files, alternative: picture.alternative)
  }

  // MARK: - Results

  private func results(_ plan: ChartPlan) -> Picture? {
    let groups = analysis.sections[min(plan.group, analysis.sections.count - 1)]
    let count = groups.reduce(0) { $0 + $1.cells.count }
    guard groups.contains(where: { $0.cells.contains { !$0.values.isEmpty } }) else { return nil }
    let entries = Array(ordered(groups).prefix(ChartCells.rowLimit))
    let values = entries.flatMap(\.cell.sample.values)
    let scale = chartScale(plan.metric, values)
    let chart = DotChart(
      title: plan.metric + lossSuffix(plan),
      subtitle: subtitle(entries.map(\.cell), of: count),
      xLabel: plan.metric,
      scale: scale == .logarithmic ? .log : .linear,
      rows: entries.map { row($0, scale) },
      references: analysis.references(plan),
      footnote: footnote(entries, groups)
    )
    let numbers = entries.map { entry in
      words(entry.cell, entry.cell.sample.text(MetricScale(metric: plan.metric)))
    }
    return Picture(
      chart: chart,
      alternative: "Dot chart of \(plan.metric)\(lossSuffix(plan)) with 95 % intervals: "
        + numbers.joined(separator: "; "),
      runs: entries.flatMap(\.cell.runs)
    )
  }

  /// In panels as plan order has them, else best first as in the table.
  private func ordered(_ groups: [ComparisonGroup]) -> [ChartCells.Entry] {
    guard groups.count == 1 else { return inPlanOrder(groups) }
    let group = groups[0]
    let marks = group.cells.indices.map(group.mark)
    let entries = ChartCells(group.cells, marks: marks, analysis.experiment).entries
    let isPlanOrder = entries.first?.panel != nil && entries.count <= ChartCells.rowLimit
    guard analysis.isFinished, !isPlanOrder else { return entries }
    let ranked = group.ranking.order
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

  private func row(_ entry: ChartCells.Entry, _ scale: MetricScale) -> DotChart.Row {
    let cell = entry.cell
    // Of the best of several none is true.
    let interval = cell.candidates > 1 ? nil : cell.sample.interval(scale)
    let count = "n = \(cell.values.count)"
    let notes = [analysis.isFinished ? cell.flaw ?? count : count, entry.mark]
      .filter { !$0.isEmpty }
    return DotChart.Row(
      entry.label,
      group: entry.panel,
      mean: cell.values.isEmpty ? nil : cell.sample.center(scale),
      interval: interval.map { $0.low...$0.high },
      values: cell.sample.values + [Double](repeating: .nan, count: cell.divergedCount),
      note: notes.joined(separator: " · "),
      color: entry.color
    )
  }

  private func footnote(_ entries: [ChartCells.Entry], _ groups: [ComparisonGroup]) -> String {
    let legend = "Dot: mean; line: 95 % interval over seeds; circles: single seeds."
    let place =
      groups.count == 1
      ? "" : " of the same " + groups[0].data.map(\.name).joined(separator: ", ")
    return entries.allSatisfy({ $0.mark != "may be best" })
      ? legend
      : legend + " The best cell\(place) is among those marked (95 %)."
  }

  // MARK: - The cell with the best mean

  /// The filters that its first seed learned, if it begins with a convolution of pictures.
  private var filters: Picture? {
    guard let best = analysis.picturedCell, let run = analysis.picturedRun,
      let pictures = analysis.snapshot.filters[run.id].flatMap(FilterPictures.init)
    else { return nil }
    return pictures.picture(
      of: run,
      label: best.label,
      subtitle: analysis.experiment.title ?? analysis.experiment.name
    )
  }

  /// The test images that its first seed gets most wrong.
  private var errors: Picture? {
    guard let best = analysis.picturedCell, let run = analysis.picturedRun,
      let errors = analysis.snapshot.worstErrors[run.id],
      let pictures = ErrorPictures(
        errors,
        classNames: analysis.snapshot.predictions[run.id]?.classNames ?? []
      )
    else { return nil }
    return pictures.picture(
      of: run,
      label: best.label,
      subtitle: analysis.experiment.title ?? analysis.experiment.name
    )
  }

  /// What it takes for what, if it predicts classes.
  private var confusion: Picture? {
    guard let best = analysis.picturedCell,
      let matrix = ConfusionMatrix(best, in: analysis.snapshot)
    else { return nil }
    let title = analysis.experiment.title ?? analysis.experiment.name
    return matrix.picture(
      title: "What \(best.label) takes for what",
      subtitle: title + (analysis.cells.count > 1 ? " · the cell with the best mean" : "")
    )
  }

  // MARK: - Curves

  private func curve(_ plan: ChartPlan) -> Picture? {
    let fitting = relabelled(
      analysis.cells.filter { plan.loss == nil || $0.cell.specification.loss == plan.loss }
    )
    let cells = best(ChartCells.curveLimit, of: fitting)
    let marks = [String](repeating: "", count: cells.count)
    let looks = ChartCells(cells, marks: marks, analysis.experiment)
    let data = looks.panels.map { panel in
      panel.entries.map { ($0, CurveSeries(plan.metric, of: $0.cell, in: analysis.snapshot)) }
    }
    guard data.contains(where: { $0.contains { !$0.1.lines.isEmpty } }) else { return nil }
    let scale = chartScale(plan.metric, data.flatMap { $0.flatMap(\.1.values) })
    let panels = zip(looks.panels, data).map { panel, data in
      LineChart(
        title: panel.name ?? plan.metric + lossSuffix(plan),
        subtitle: panel.name == nil ? subtitle(cells, of: fitting.count) : "",
        xLabel: "epoch",
        yLabel: plan.metric,
        yScale: scale == .logarithmic ? .log : .linear,
        series: data.map { $0.1.series($0.0, scale: scale) },
        references: analysis.references(plan),
        footnote: panel.name == nil ? CurveSeries.footnote(data.map(\.1), scale) : ""
      )
    }
    return Picture(
      chart: gathered(
        panels,
        title: plan.metric + lossSuffix(plan),
        subtitle: subtitle(cells, of: fitting.count),
        footnote: CurveSeries.footnote(data.flatMap { $0.map(\.1) }, scale)
      ),
      alternative: curveAlternative(plan, cells),
      runs: cells.flatMap(\.runs)
    )
  }

  private func curveAlternative(_ plan: ChartPlan, _ cells: [ComparedCell]) -> String {
    let reader = MetricReader(analysis.snapshot)
    let scale = MetricScale(metric: plan.metric)
    let ends = cells.map { cell in
      let values = reader.values(plan.metric, of: cell.runs)
      return words(cell, Sample(values.sortedBySeed).text(scale))
    }
    return "Curves of \(plan.metric)\(lossSuffix(plan)) over epochs; at the end: "
      + ends.joined(separator: "; ")
  }

  /// Over a swept number.
  private func trend(_ plan: ChartPlan) -> Picture? {
    guard let charts = TrendCharts(analysis) else { return nil }
    return charts.picture(
      plan,
      title: "\(plan.metric) by \(charts.parameter)\(lossSuffix(plan))",
      subtitle: subtitle(analysis.cells, of: analysis.cells.count)
    )
  }

  /// Over the layers, of the cells that rank best.
  private var gradients: Picture? {
    let cells = best(ChartCells.curveLimit, of: analysis.cells)
    return GradientChart(analysis: analysis)
      .picture(cells, subtitle: subtitle(cells, of: analysis.cells.count))
  }

  // MARK: - Words and axes

  private func words(_ cell: ComparedCell, _ number: String) -> String {
    let flaw = analysis.isFinished ? cell.flaw : nil
    return "\(cell.label): \(number)" + (flaw.map { ", \($0)" } ?? "")
  }

  /// What tells loss functions apart need not be said inside one of them.
  private func relabelled(_ cells: [ComparedCell]) -> [ComparedCell] {
    guard cells.count < analysis.cells.count else { return cells }
    return zip(cells, cellLabels(cells.map(\.cell), analysis.experiment)).map { cell, label in
      var cell = cell
      cell.label = label
      return cell
    }
  }

  /// The cells that rank best in their groups, in plan order; all if there are not more than `limit`.
  private func best(_ limit: Int, of cells: [ComparedCell]) -> [ComparedCell] {
    guard cells.count > limit else { return cells }
    var ranks: [Int: Int] = [:]
    for group in analysis.groups {
      for (rank, place) in group.ranking.order.enumerated() {
        ranks[group.cells[place].cell.index] = rank
      }
    }
    func rank(_ cell: ComparedCell) -> Int { ranks[cell.cell.index] ?? .max }
    let chosen = cells.sorted { (rank($0), $0.cell.index) < (rank($1), $1.cell.index) }
    return chosen.prefix(limit).sorted { $0.cell.index < $1.cell.index }
  }

  private func subtitle(_ cells: [ComparedCell], of total: Int) -> String {
    let counts = Set(cells.map(\.values.count)).sorted()
    let seeds: String
    if let only = counts.first, counts.count == 1 {
      seeds = only == 1 ? "one seed per cell" : "\(only) seeds per cell"
    } else {
      seeds = "\(counts.first ?? 0) to \(counts.last ?? 0) seeds per cell"
    }
    let title = analysis.experiment.title ?? analysis.experiment.name
    let part = cells.count < total ? "the best \(cells.count) of \(total) cells" : nil
    return [title, seeds, part, analysis.progressHeading].compactMap(\.self).joined(
      separator: " · "
    )
  }

  private func lossSuffix(_ plan: ChartPlan) -> String { plan.loss.map { " (\($0.name))" } ?? "" }
}

extension Analysis {
  /// The published numbers of a picture's metric.
  func references(_ plan: ChartPlan) -> [ReferenceLine] {
    guard plan.loss == nil else { return [] }
    return experiment.references.filter { $0.metric == plan.metric }
      .map { ReferenceLine($0.label, value: $0.value) }
  }
}

/// One chart as it is, several as panels of one picture.
func gathered(
  _ panels: [LineChart],
  title: String,
  subtitle: String,
  footnote: String
) -> any Chart {
  if panels.count == 1 { return panels[0] }
  return SmallMultiples(
    title: title,
    subtitle: subtitle,
    panels: panels,
    footnote: footnote,
    plotHeight: 170
  )
}

/// Losses, perplexities, errors and norms that span a factor of twenty stand on a log axis; below that, what cannot be
/// negative has no band below 0. Another program's loss may be negative, so that the values have the last word.
func chartScale(_ metric: String, _ values: [Double]) -> MetricScale {
  let quantity = metric.split(separator: ".").dropFirst().first.map(String.init) ?? metric
  let isSpread = isLoss(metric) || spreadQuantities.contains(quantity)
  guard isSpread || positiveQuantities.contains(quantity), let least = values.min(),
    let most = values.max(), least >= 0
  else { return MetricScale(metric: metric) }
  return isSpread && least > 0 && most / least >= 20 ? .logarithmic : .nonNegative
}

/// Positive quantities without an upper end, whose ratios mean something.
private let spreadQuantities: Set<String> = [
  "perplexity", "rmse", "mae", "gradient_norm", "weight_norm",
]

/// Others that are never negative.
private let positiveQuantities: Set<String> = ["log_rmse", "samples_per_second"]
