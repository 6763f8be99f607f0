// SPDX-License-Identifier: Apache-2.0

import Foundation

extension LineChart: Chart {
  /// The picture.
  public func drawing() -> Drawing {
    let axes = LinePanel.axes(of: [self])
    let panel = LinePanel(self, x: axes.x, y: axes.y, height: plotHeight)
    let sheet = Sheet(
      width: width,
      title: title,
      subtitle: subtitle,
      footnote: gapNote(of: [self], footnote)
    )
    let labels = SideLabels(self, panel: panel)
    // Said once is enough.
    let yName = yLabel == title ? nil : axisName(yLabel, width: sheet.right - sheet.left)
    let left = sheet.left + panel.yLabelWidth + 6
    let area = Rectangle(
      x: left,
      y: sheet.top + (yName.map { $0.height + 10 } ?? 8) + panel.gapHeight,
      width: sheet.right - left - (labels?.width ?? 8),
      height: plotHeight
    )
    let xName = axisName(xLabel, width: area.width)
    let tickBottom = area.bottom + 5 + TextBlock("0", .tick).height
    let axisBottom = tickBottom + (xName.map { $0.height + 3 } ?? 0)
    let legend = labels == nil ? Legend(entries(of: [self], sheet), width: sheet.right - left) : nil
    let legendHeight = legend.map { $0.height > 0 ? $0.height + 8 : 0 } ?? 0
    return sheet.drawing(chartBottom: axisBottom + legendHeight) { canvas in
      yName?.draw(on: canvas, x: sheet.left, top: sheet.top)
      panel.draw(on: canvas, in: area)
      xName?.draw(on: canvas, x: area.centre.x, top: tickBottom + 3, anchor: .centre)
      labels?.draw(on: canvas, beside: area, panel: panel)
      legend?.draw(on: canvas, x: left, top: axisBottom + 8)
    }
  }
}

/// The name of an axis, or nil if it has none.
func axisName(_ text: String, width: Double) -> TextBlock? {
  text.isEmpty ? nil : TextBlock(text, .axisLabel, maximumWidth: width)
}

/// The legend of all charts together, each entry once; without those whose name is the title of the only panel that has
/// them, or has nothing else.
func entries(of charts: [LineChart], _ sheet: Sheet) -> [LegendEntry] {
  let room = Legend.maximumLabelWidth(sheetWidth: sheet.right - sheet.left)
  var seen = Set<[String]>()
  let named = charts.flatMap { chart in
    chart.series.count == 1 && chart.series[0].label == chart.title ? [] : chart.series
  }
  let series = named.filter {
    !$0.label.isEmpty
      && seen.insert([$0.label, "\($0.color)", "\($0.dash)", "\($0.shade ?? -1)"]).inserted
  }
  let references = charts.flatMap(\.references).filter {
    !$0.label.isEmpty && seen.insert([$0.label]).inserted
  }
  let axes = LinePanel.axes(of: charts)
  let panels = charts.map { chart in
    (chart, LinePanel(chart, x: axes.x, y: axes.y, height: chart.plotHeight))
  }
  return series.map { series in
    // Of the panels that have it the one that shows most.
    let places = panels.flatMap { chart, panel in
      chart.series.filter { $0.label == series.label }.map(panel.presence)
    }
    let presence =
      places.contains(.inside) ? .inside : places.first { $0 != .missing } ?? .missing
    return LegendEntry(series, presence, maximumWidth: room)
  } + references.map { LegendEntry($0, maximumWidth: room) }
}

/// `footnote`, and how gaps are marked if there are any.
func gapNote(of charts: [LineChart], _ footnote: String) -> String {
  let points = charts.flatMap(\.series).flatMap(\.points)
  var note: String?
  if charts.contains(where: { $0.yScale == .log }), points.contains(where: { $0.y <= 0 }) {
    note = "× not a finite number, or not positive on the log axis."
  } else if points.contains(where: { !$0.y.isFinite }) {
    note = "× not a finite number."
  }
  let beyond = charts.compactMap(\.limits).first.flatMap { limitNote($0, points.map(\.y)) }
  let ends =
    charts.flatMap(\.series).contains { !$0.ends.isEmpty } ? "Upright stroke: a run ends." : nil
  return [footnote, ends, beyond, note].compactMap(\.self).filter { !$0.isEmpty }
    .joined(separator: " ")
}

/// How values beyond an axis are marked, and how far they go; nil if there are none.
func limitNote(_ limits: ClosedRange<Double>, _ values: [Double]) -> String? {
  let finite = values.filter(\.isFinite)
  let above = finite.max().flatMap { $0 > limits.upperBound ? $0 : nil }
  let below = finite.min().flatMap { $0 < limits.lowerBound ? $0 : nil }
  let parts = [
    above.map { "▲ above the axis, up to \(roundedText($0))." },
    below.map { "▼ below the axis, down to \(roundedText($0))." },
  ]
  let text = parts.compactMap(\.self).joined(separator: " ")
  return text.isEmpty ? nil : text
}

/// Two digits of a number far away.
private func roundedText(_ value: Double) -> String {
  let exponent = value == 0 ? 0 : Int(log10(abs(value)).rounded(.down))
  let isPlain = (-3...5).contains(exponent)
  let scaled = isPlain ? value : value / pow(10, Double(exponent))
  let decimals = isPlain ? max(0, 1 - exponent) : 1
  let text = String(format: "%.\(decimals)f", scaled).replacing("-", with: "−")
  return isPlain ? text : text + "×" + NumberLabels.power(exponent)
}

/// Names at the right of the plot, each at the end of its line.
private struct SideLabels {
  private static let leader = 16.0
  private static let widest = 190.0

  private let entries: [LegendEntry]
  private let wishes: [Double]
  private let rowHeight: Double

  /// Nil if there is nothing to name or not enough room.
  init?(_ chart: LineChart, panel: LinePanel) {
    let room = min(Self.widest, chart.width * 0.27)
    let series = chart.series.filter { !$0.label.isEmpty }
    let references = panel.references.filter { !$0.label.isEmpty }
    entries =
      series.map { series in
        LegendEntry(series, panel.presence(of: series), maximumWidth: room)
      } + references.map { LegendEntry($0, maximumWidth: room) }
    // Where a series has no value its name stands at the bottom, with a mark and without a leader.
    wishes = series.map { panel.end(of: $0) ?? .nan } + references.map(\.value)
    rowHeight = (entries.map(\.text.height).max() ?? 0) + 2
    let isTooLong = entries.contains { $0.text.isEllipsized }
    guard !entries.isEmpty, !isTooLong, Double(entries.count) * rowHeight <= chart.plotHeight
    else { return nil }
  }

  var width: Double { Self.leader + 6 + (entries.map(\.width).max() ?? 0) }

  func draw(on canvas: Canvas, beside area: Rectangle, panel: LinePanel) {
    let targets = wishes.map { $0.isNaN ? nil : panel.vertical($0, in: area) }
    let places = placedLabels(
      targets.map { $0 ?? area.bottom },
      height: rowHeight,
      low: area.y,
      high: area.bottom
    )
    for (index, entry) in entries.enumerated() {
      let start = area.right + Self.leader
      if let target = targets[index] {
        let leader = [
          Position(x: area.right + 4, y: target), Position(x: start - 2, y: places[index]),
        ]
        canvas.stroke(leader, entry.color, width: 0.7, opacity: 0.6)
      }
      entry.draw(on: canvas, x: start + 2, middle: places[index])
    }
  }
}
