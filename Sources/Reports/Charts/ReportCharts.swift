// SPDX-License-Identifier: Apache-2.0

import Experiments
import Plotting
import Vocabulary

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
    let whole = subtitle(analysis.cells, of: analysis.cells.count)
    let parameters = ParameterCharts(analysis, subtitle: whole)
    let factors = FactorChart.charts(analysis)
    let networks = NetworkPictures(analysis)
    let attentions = AttentionPictures(analysis)
    return ChartPlan.plans(analysis).compactMap { plan in
      let picture: Picture? =
        switch plan.kind {
        case .results: results(plan)
        case .curve: curve(plan)
        case .fit: fit(plan)
        case .factor(let name): factors.first { $0.name == name }?.picture(subtitle: whole)
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
        case .agreement: agreement
        case .network: networks.picture(plan)
        case .attention: attentions.picture(plan)
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
    return ReportChart(
      plan: plan,
      files: files,
      alternative: picture.alternative,
      caption: hasTitles ? nil : caption(picture.chart)
    )
  }

  /// What a picture without words leaves to the page: its title and what its marks mean.
  private func caption(_ chart: any Chart) -> String? {
    let title = chart.title.isEmpty || chart.footnote.isEmpty ? chart.title : chart.title + "."
    let words = [title, chart.footnote].filter { !$0.isEmpty }
    return words.isEmpty ? nil : words.joined(separator: " ")
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
      let errors = analysis.snapshot.captures[.worstErrors, run.id],
      let pictures = ErrorPictures(
        errors,
        classNames: analysis.snapshot.captures[.classNames, run.id] ?? []
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

  // MARK: - Over a number

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

  /// The number of the report's metric as the table has it: without an interval where the cell was chosen.
  func numberWords(_ cell: ComparedCell) -> String {
    words(cell, cell.candidates > 1 ? cell.metricSample.centerText : cell.metricSample.text())
  }

  /// The same of another metric; collapsed seeds are in no number.
  func numberWords(_ metric: String, of cell: ComparedCell) -> String {
    let sample = MetricReader(analysis.snapshot)
      .sample(metric, of: cell.runs, without: cell.collapsedSeeds)
    return cell.candidates > 1 ? sample.centerText : sample.text()
  }

  func words(_ cell: ComparedCell, _ number: String) -> String {
    let flaw = analysis.isFinished ? cell.flaw : nil
    return "\(cell.label): \(number)" + (flaw.map { ", \($0)" } ?? "")
  }

  /// What tells loss functions apart need not be said inside one of them.
  func relabelled(_ cells: [ComparedCell]) -> [ComparedCell] {
    guard cells.count < analysis.cells.count else { return cells }
    return zip(cells, cellLabels(cells.map(\.cell), analysis.experiment)).map { cell, label in
      var cell = cell
      cell.label = label
      return cell
    }
  }

  /// The cells that rank best in their groups, in plan order; all if there are not more than `limit`.
  func best(_ limit: Int, of cells: [ComparedCell]) -> [ComparedCell] {
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

  func subtitle(_ cells: [ComparedCell], of total: Int) -> String {
    let counts = Set(cells.map { $0.count + $0.collapsedSeeds.count }).sorted()
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

  func lossSuffix(_ plan: ChartPlan) -> String { plan.loss.map { " (\($0))" } ?? "" }

  /// What is said below a picture of losses whose arguments differ.
  func familyNote(_ plan: ChartPlan) -> String {
    let losses = distinctLosses(analysis.cells.map(\.cell)).filter { $0.name == plan.loss }
    return losses.count < 2
      ? "" : "What differs in the loss changes its unit: compare shapes, not heights."
  }
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

/// Losses, errors and norms that span a factor of twenty stand on a log axis; below that, what cannot be negative has no
/// band below 0. Another program's loss may be negative, so that the values have the last word. A metric whose statistics
/// are done on logarithms, such as a perplexity, always stands on one: a picture says the same as the table.
func chartScale(_ metric: String, _ values: [Double]) -> MetricScale {
  let scale = MetricFacts(metric: metric)?.scale
  switch scale {
  case .exponential:
    return !values.isEmpty && values.allSatisfy { $0 > 0 } ? .logarithmic : .linear
  case .share, .atMostOne, nil: return MetricScale(scale)
  case .ratio, .norm, .nonNegative:
    guard let least = values.min(), let most = values.max(), least >= 0 else { return .linear }
    let isSpread = scale != .nonNegative && least > 0 && most / least >= 20
    return isSpread ? .logarithmic : .nonNegative
  }
}
