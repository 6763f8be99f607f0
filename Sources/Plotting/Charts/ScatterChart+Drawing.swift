// SPDX-License-Identifier: Apache-2.0

extension ScatterChart: Chart {
  /// The picture.
  public func drawing() -> Drawing {
    let layout = ScatterLayout(self)
    let room = Legend.maximumLabelWidth(sheetWidth: layout.sheet.right - layout.sheet.left)
    let names = groups.count < 2 ? [] : groups
    let legend = Legend(
      names.enumerated().map {
        LegendEntry($1, color: Palette.color($0), isDot: true, maximumWidth: room)
      },
      width: layout.sheet.right - layout.left
    )
    let legendHeight = legend.height > 0 ? legend.height + 10 : 0
    return layout.sheet.drawing(chartBottom: layout.bottom + legendHeight) { canvas in
      layout.yName?.draw(on: canvas, x: layout.sheet.left, top: layout.sheet.top)
      for index in panels.indices { layout.draw(index, on: canvas) }
      legend.draw(on: canvas, x: layout.left, top: layout.bottom + 10)
    }
  }
}

/// Where the panels of a scatter chart stand.
private struct ScatterLayout {
  private static let gap = 44.0
  /// Room above a plot for the marks of what has no place.
  private static let gapRow = 10.0

  let sheet: Sheet
  let yName: TextBlock?
  let left: Double
  private let chart: ScatterChart
  private let panels: [DrawnPanel]
  private let columns: Int
  private let plotWidth: Double
  private let plotHeight: Double
  private let labelWidth: Double
  private let top: Double
  private let titleHeight: Double
  private let rowHeight: Double

  init(_ chart: ScatterChart) {
    self.chart = chart
    sheet = Sheet(
      // One square need not fill the sheet.
      width: chart.isSquare && chart.panels.count == 1 ? min(chart.width, 420) : chart.width,
      title: chart.title,
      subtitle: chart.subtitle,
      footnote: chart.fullFootnote
    )
    let values = chart.panels.flatMap { panel in
      panel.marks.flatMap { [$0.y] + ($0.interval.map { [$0.lowerBound, $0.upperBound] } ?? []) }
    }
    let shown = chart.limits.map { limits in values.filter(limits.contains) } ?? values
    let shared = AxisRange(
      showing: shown,
      scale: chart.yScale,
      margin: 0.06,
      limits: chart.limits
    )
    let drawn = chart.panels.map { panel in
      DrawnPanel(panel, y: chart.isSquare ? nil : shared, height: chart.plotHeight)
    }
    panels = drawn
    labelWidth = (drawn.map(\.yLabelWidth).max() ?? 0) + 6
    let count = max(1, drawn.count)
    columns = count <= 3 ? count : count == 4 ? 2 : 3
    left = sheet.left + labelWidth
    let inner = sheet.right - left - 8
    let between = Self.gap + (chart.isSquare ? labelWidth : 0)
    let width = (inner - Double(columns - 1) * between) / Double(columns)
    plotWidth = chart.isSquare ? min(width, 340) : width
    plotHeight = chart.isSquare ? plotWidth : chart.plotHeight
    yName = axisName(
      chart.yLabel == chart.title ? "" : chart.yLabel,
      width: sheet.right - sheet.left
    )
    top = sheet.top + (yName.map { $0.height + 8 } ?? 0)
    let titles = drawn.map(\.titleHeight).max() ?? 0
    titleHeight = titles + (drawn.contains(where: \.hasGaps) ? Self.gapRow : 0) + 4
    rowHeight = titleHeight + plotHeight + (drawn.map(\.footHeight).max() ?? 0) + 12
  }

  var bottom: Double {
    top + Double((panels.count + columns - 1) / columns) * rowHeight - 12
  }

  func draw(_ index: Int, on canvas: Canvas) {
    let step = plotWidth + Self.gap + (chart.isSquare ? labelWidth : 0)
    let column = index % columns
    let area = Rectangle(
      x: left + Double(column) * step,
      y: top + Double(index / columns) * rowHeight + titleHeight,
      width: plotWidth,
      height: plotHeight
    )
    panels[index].draw(
      on: canvas,
      in: area,
      showsYLabels: chart.isSquare || column == 0,
      titleTop: area.y - titleHeight,
      gapRow: Self.gapRow
    )
  }
}

/// A panel with its axes.
private struct DrawnPanel {
  /// With more marks than this each is smaller and lets others shine through.
  private static let fewMarks = 100

  private let panel: ScatterChart.Panel
  private let x: AxisRange
  private let y: AxisRange
  private let yTicks: [Tick]
  private let title: TextBlock?
  private let isSquare: Bool

  init(_ panel: ScatterChart.Panel, y shared: AxisRange?, height: Double) {
    self.panel = panel
    isSquare = shared == nil
    if let shared {
      x = AxisRange(showing: panel.marks.map(\.x), scale: panel.xScale, margin: 0.04)
      y = shared
    } else {
      let both = panel.marks.flatMap { [$0.x, $0.y] }
      x = AxisRange(showing: both, scale: panel.xScale, margin: 0.04)
      y = x
    }
    yTicks = y.ticks(about: max(3, Int(height / 45))).spaced(on: y, length: height)
    title = panel.title.isEmpty ? nil : TextBlock(panel.title, .panelTitle)
  }

  var yLabelWidth: Double {
    yTicks.compactMap { $0.label.map { TextBlock($0, .tick).width } }.max() ?? 0
  }

  var titleHeight: Double { title.map { $0.height } ?? 0 }

  var hasGaps: Bool { panel.marks.contains { isGap($0) } }

  /// Tick labels and the name of the axis.
  var footHeight: Double {
    5 + TextBlock("0", .tick).height + 3 + TextBlock(panel.xLabel, .axisLabel).height
  }

  private func isGap(_ mark: ScatterChart.Mark) -> Bool { !y.contains(mark.y) }

  func draw(
    on canvas: Canvas,
    in area: Rectangle,
    showsYLabels: Bool,
    titleTop: Double,
    gapRow: Double
  ) {
    title?.draw(on: canvas, x: area.x, top: titleTop)
    drawGrid(on: canvas, in: area, showsYLabels: showsYLabels)
    if isSquare {
      let ends = [
        Position(x: area.x, y: area.bottom), Position(x: area.right, y: area.y),
      ]
      canvas.stroke(ends, Palette.quiet, width: 1, dash: ReferenceLine.dash)
    }
    canvas.clipped(to: area.grown(by: 6)) {
      for mark in panel.marks { draw(mark, on: canvas, in: area) }
    }
    for mark in panel.marks where isGap(mark) && x.contains(mark.x) {
      let place = Position(
        x: area.x + x.fraction(mark.x) * area.width,
        y: area.y - gapRow / 2 - 1
      )
      let color = Palette.color(mark.group)
      if !y.scale.hasPlace(for: mark.y) {
        canvas.cross(place, radius: 3, color)
      } else {
        canvas.triangle(place, radius: 3.4, pointing: mark.y > y.high ? .up : .down, color)
      }
    }
    if panel.marks.isEmpty {
      let text = TextBlock("no data", .subtitle)
      text.draw(on: canvas, x: area.centre.x, middle: area.centre.y, anchor: .centre)
    }
  }

  private func drawGrid(on canvas: Canvas, in area: Rectangle, showsYLabels: Bool) {
    for tick in yTicks {
      let place = Canvas.crisp(area.bottom - y.fraction(tick.value) * area.height)
      let line = [Position(x: area.x, y: place), Position(x: area.right, y: place)]
      canvas.stroke(line, tick.label == nil ? Palette.faintGrid : Palette.grid, width: 0.75)
      guard showsYLabels, let label = tick.label else { continue }
      TextBlock(label, .tick).draw(on: canvas, x: area.x - 6, middle: place, anchor: .right)
    }
    for tick in fittingTicks(x, length: area.width).spaced(on: x, length: area.width) {
      let place = Canvas.crisp(area.x + x.fraction(tick.value) * area.width)
      let line = [Position(x: place, y: area.y), Position(x: place, y: area.bottom)]
      canvas.stroke(line, tick.label == nil ? Palette.faintGrid : Palette.grid, width: 0.75)
      guard let label = tick.label else { continue }
      TextBlock(label, .tick).draw(on: canvas, x: place, top: area.bottom + 5, anchor: .centre)
    }
    let base = Canvas.crisp(area.bottom)
    let axis = [Position(x: area.x, y: base), Position(x: area.right, y: base)]
    canvas.stroke(axis, Palette.axis, width: 1)
    let name = TextBlock(panel.xLabel, .axisLabel, maximumWidth: area.width)
    let top = area.bottom + 5 + TextBlock("0", .tick).height + 3
    name.draw(on: canvas, x: area.centre.x, top: top, anchor: .centre)
  }

  private func draw(_ mark: ScatterChart.Mark, on canvas: Canvas, in area: Rectangle) {
    guard x.contains(mark.x), y.contains(mark.y) else { return }
    let color = Palette.color(mark.group)
    func vertical(_ value: Double) -> Double {
      area.bottom - y.fraction(min(y.high, max(y.low, value))) * area.height
    }
    let place = Position(
      x: area.x + x.fraction(mark.x) * area.width,
      y: vertical(mark.y)
    )
    if let interval = mark.interval {
      let line = [interval.lowerBound, interval.upperBound].map {
        Position(x: place.x, y: vertical($0))
      }
      canvas.stroke(line, color, width: 1, opacity: 0.55)
    }
    let isFew = panel.marks.count <= Self.fewMarks
    canvas.disc(place, radius: isFew ? 3.2 : 2.3, color, opacity: isFew ? 0.9 : 0.55)
    if mark.isMarked { canvas.circle(place, radius: 6, Palette.text, width: 1.4) }
  }
}
