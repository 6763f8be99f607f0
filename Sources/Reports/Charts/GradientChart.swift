// SPDX-License-Identifier: Apache-2.0

import Experiments
import Plotting
import Vocabulary

/// How much gradient reaches each layer while training starts: the means over the first epoch of `gradient_norm.N`.
struct GradientChart {
  private static let prefix = "train.gradient_norm."

  let analysis: Analysis

  /// Nil unless `metrics: [gradient_norm]` was measured on a network with two layers or more that have parameters.
  func picture(_ cells: [ComparedCell], subtitle: String) -> ReportCharts.Picture? {
    let marks = [String](repeating: "", count: cells.count)
    let panels = ChartCells(cells, marks: marks, analysis.experiment).panels
    let data = panels.map { $0.entries.map { ($0, profile(of: $0.cell)) } }
    let all = data.flatMap { $0.map(\.1) }
    guard all.contains(where: { $0.lines.contains { $0.count >= 2 } }) else { return nil }
    let values = all.flatMap(\.values)
    let limits = SaneRange.limits(
      "train.gradient_norm",
      values: values
    )
    let scale = chartScale("train.gradient_norm", values.filter { limits?.contains($0) ?? true })
    let title = "Gradient norm of each layer in the first epoch"
    let footnote =
      "Before clipping, mean over the steps of the epoch. " + CurveSeries.footnote(all, scale)
    let charts = zip(panels, data).map { panel, data in
      LineChart(
        title: panel.name ?? title,
        subtitle: panel.name == nil ? subtitle : "",
        xLabel: "layer with parameters, as the model lists it, from 0",
        yLabel: "gradient norm",
        yScale: scale == .logarithmic ? .log : .linear,
        series: data.map { $0.1.series($0.0, scale: scale) },
        limits: limits,
        places: Set(all.flatMap { $0.lines.joined().map(\.x) }).sorted().map {
          LineChart.Place("\(Int($0))", x: $0)
        },
        footnote: panel.name == nil ? footnote : ""
      )
    }
    let words = data.flatMap { $0 }.map { entry, profile in
      let name = entry.panel.map { "\($0) · " } ?? ""
      let places = Set(profile.lines.flatMap { $0.map(\.x) }).sorted()
      let means = places.map { place -> String in
        let found = profile.lines.flatMap { $0.filter { $0.x == place }.map(\.y) }
        return "at \(Int(place)): \(NumberText.short(Sample(found).center(scale)))"
      }
      return name + "\(entry.label) " + means.joined(separator: ", ")
    }
    return ReportCharts.Picture(
      chart: gathered(charts, title: title, subtitle: subtitle, footnote: footnote),
      alternative: "\(title): " + words.joined(separator: "; "),
      runs: cells.flatMap(\.runs)
    )
  }

  /// A line for each seed over the layers.
  private func profile(of cell: ComparedCell) -> CurveSeries {
    let lines = cell.runs.compactMap { run -> [Point]? in
      let curves = analysis.snapshot.curves[run.id] ?? [:]
      let points = curves.compactMap { name, points -> Point? in
        guard name.hasPrefix(Self.prefix), let layer = Int(name.dropFirst(Self.prefix.count)),
          let value = points.first(where: { $0.epoch == 1 })?.value
        else { return nil }
        return Point(x: Double(layer), y: value)
      }
      return points.isEmpty ? nil : points.sorted { $0.x < $1.x }
    }
    return CurveSeries(lines: lines, complete: cell.divergedCount > 0 ? [] : lines)
  }
}
