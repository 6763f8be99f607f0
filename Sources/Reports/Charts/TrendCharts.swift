// SPDX-License-Identifier: Apache-2.0

import Experiments
import Plotting
import Vocabulary

/// A metric over a swept number, such as a learning rate or a lag, with a line for each combination of the rest.
struct TrendCharts {
  /// Fewer values are no course.
  static let leastValues = 3
  /// Of more places only the ends are told in words.
  private static let mostWords = 12

  let analysis: Analysis
  let parameter: String

  /// Nil if no number is swept with enough values.
  init?(_ analysis: Analysis) {
    guard let parameter = Self.parameter(analysis.snapshot.sweep) else { return nil }
    self.analysis = analysis
    self.parameter = parameter
  }

  /// The number that a sweep's metrics are drawn over: the report's columns or rows before other parameters. Tuned ones
  /// are chosen and have no course; draws from a range have few values in common.
  static func parameter(_ sweep: SweepRecord) -> String? {
    let experiment = sweep.experiment
    // Where others are drawn no two cells differ in this one alone.
    let others = varyingParameters(sweep.cells, experiment)
    guard !others.contains(where: { isDrawn($0, sweep.cells, experiment) }) else { return nil }
    let listed = experiment.parameters.filter { parameter in
      !experiment.tune.contains(parameter.name)
        && parameter.values.allSatisfy { $0.number != nil }
        && Set(parameter.values).count >= leastValues
        && Set(sweep.cells.map { $0.assignment[parameter.name] }).count >= leastValues
    }.map(\.name)
    let named = [experiment.report.columns, experiment.report.rows].compactMap(\.self)
    return named.first(where: listed.contains) ?? listed.first
  }

  func picture(_ plan: ChartPlan, title: String, subtitle: String) -> ReportCharts.Picture? {
    let cells = analysis.cells.filter {
      (plan.loss == nil || $0.cell.specification.totalLoss.name == plan.loss)
        && $0.cell.assignment[parameter]?.number != nil
    }
    let data = panels(cells).map { panel in
      panel.entries.map { ($0, course(plan.metric, over: group(of: $0.cell, in: cells))) }
    }
    let all = data.flatMap { $0.map(\.1) }
    guard all.contains(where: { !$0.complete.isEmpty }),
      all.contains(where: { $0.lines.contains { $0.count { $0.y.isFinite } > 1 } })
    else { return nil }
    let limits = SaneRange.limits(
      plan.metric,
      values: all.flatMap(\.values)
    )
    let values = all.flatMap(\.values).filter { limits?.contains($0) ?? true }
    let scale = chartScale(plan.metric, values)
    let numbers = cells.compactMap { $0.cell.assignment[parameter]?.number }
    let places = evenPlaces(numbers)
    let footnote = [
      CurveSeries.footnote(
        all,
        scale,
        isCrowded: data.contains { $0.contains { $0.0.shade != nil } }
      ),
      places.isEmpty ? "" : "The values of \(parameter) stand evenly spaced.",
    ].filter { !$0.isEmpty }.joined(separator: " ")
    let charts = zip(panels(cells), data).map { panel, data in
      LineChart(
        title: panel.name ?? title,
        subtitle: panel.name == nil ? subtitle : "",
        xLabel: parameter,
        yLabel: plan.metric,
        xScale: spansDecades(numbers) ? .log : .linear,
        yScale: scale == .logarithmic ? .log : .linear,
        series: data.map { entry, course in
          var series = course.series(entry, scale: scale).moved(to: places)
          // A lone line needs no name.
          if all.count == 1 { series.label = "" }
          return series
        },
        limits: limits ?? SaneRange.bounds(plan.metric),
        places: places.isEmpty ? sweptPlaces(numbers) : places,
        references: analysis.references(plan),
        footnote: panel.name == nil ? footnote : ""
      )
    }
    return ReportCharts.Picture(
      chart: gathered(charts, title: title, subtitle: subtitle, footnote: footnote),
      alternative: "\(title): "
        + data.flatMap { $0 }.map { words($0, scale) }.joined(
          separator: "; "
        ),
      runs: cells.flatMap(\.runs)
    )
  }

  // MARK: - Cells that differ in the number alone

  /// The first cell of each group stands for it.
  private func panels(_ cells: [ComparedCell]) -> [(name: String?, entries: [ChartCells.Entry])] {
    var seen = Set<[String: ParameterValue]>()
    var first = cells.filter { seen.insert(rest(of: $0)).inserted }
    var reduced = analysis.experiment
    reduced.tune.append(parameter)
    for (index, label) in cellLabels(first.map(\.cell), reduced).enumerated() {
      first[index].label = label
    }
    let marks = [String](repeating: "", count: first.count)
    return ChartCells(first, marks: marks, reduced).panels
  }

  private func group(of cell: ComparedCell, in cells: [ComparedCell]) -> [ComparedCell] {
    cells.filter { rest(of: $0) == rest(of: cell) }
  }

  /// Everything but the number and what is tuned.
  private func rest(of cell: ComparedCell) -> [String: ParameterValue] {
    cell.cell.assignment.filter { name, _ in
      name != parameter && !analysis.experiment.tune.contains(name)
    }
  }

  /// A line for each seed; NaN where it has no number. Seeds that have all numbers are complete.
  private func course(_ metric: String, over cells: [ComparedCell]) -> CurveSeries {
    let reader = MetricReader(analysis.snapshot)
    let points = cells.compactMap { cell in
      cell.cell.assignment[parameter]?.number.map {
        (x: $0, values: reader.values(metric, of: cell.runs), collapsed: cell.collapsedSeeds)
      }
    }.sorted { $0.x < $1.x }
    let seeds = Set(cells.flatMap { $0.runs.map(\.seed) }).sorted()
    let lines = seeds.map { seed in points.map { Point(x: $0.x, y: $0.values[seed] ?? .nan) } }
    let areWhole = cells.allSatisfy { $0.divergedCount == 0 }
    let complete = zip(seeds, lines).filter { $1.allSatisfy(\.y.isFinite) }.map { seed, line in
      zip(line, points).filter { !$1.collapsed.contains(seed) }.map(\.0)
    }
    var course = CurveSeries(
      lines: lines.filter { $0.contains { $0.y.isFinite } },
      complete: areWhole ? complete : []
    )
    for point in points where !point.collapsed.isEmpty {
      course.skipped[point.x] = point.collapsed.count
    }
    course.isChosen = cells.contains { $0.candidates > 1 }
    return course
  }

  private func words(_ entry: (ChartCells.Entry, CurveSeries), _ scale: MetricScale) -> String {
    var places = Set(entry.1.lines.flatMap { $0.map(\.x) }).sorted()
    if places.count > Self.mostWords, let first = places.first, let last = places.last {
      places = [first, last]
    }
    let numbers = places.map { place in
      let lines = entry.1.complete.isEmpty ? entry.1.lines : entry.1.complete
      let values = lines.flatMap { $0.filter { $0.x == place }.map(\.y) }
      let sample = Sample(values.filter(\.isFinite))
      return "at \(NumberText.short(place)): \(sample.text(scale))"
    }
    return "\(entry.0.label) " + numbers.joined(separator: ", ")
  }

  /// Even places for numbers of which one is 0 and the others span decades: no axis spreads them. Else none.
  private func evenPlaces(_ numbers: [Double]) -> [LineChart.Place] {
    let sorted = Set(numbers).sorted()
    guard sorted.first == 0, spansDecades(Array(sorted.dropFirst())) else { return [] }
    return sorted.enumerated().map { LineChart.Place(NumberText.short($1), x: Double($0)) }
  }

  /// The swept numbers where they are, while they are few: whoever reads the picture looks for these.
  private func sweptPlaces(_ numbers: [Double]) -> [LineChart.Place] {
    let sorted = Set(numbers).sorted()
    guard sorted.count <= Self.mostWords else { return [] }
    return sorted.map { LineChart.Place(NumberText.short($0), x: $0) }
  }

  /// Positive numbers, the largest ten times the smallest or more.
  private func spansDecades(_ numbers: [Double]) -> Bool {
    guard let least = numbers.min(), let most = numbers.max(), least > 0 else { return false }
    return most / least >= 10
  }
}

extension LineChart.Series {
  /// The same series with each number at the place that has its name; as it is without places.
  fileprivate func moved(to places: [LineChart.Place]) -> LineChart.Series {
    guard !places.isEmpty else { return self }
    func place(_ x: Double) -> Double {
      places.first { $0.name == NumberText.short(x) }?.x ?? .nan
    }
    var moved = self
    moved.lines = lines.map { $0.map { Point(x: place($0.x), y: $0.y) } }
    moved.mean = mean?.map { Point(x: place($0.x), y: $0.y) }
    moved.band = band?.map { LineChart.BandPoint(x: place($0.x), low: $0.low, high: $0.high) }
    return moved
  }
}
