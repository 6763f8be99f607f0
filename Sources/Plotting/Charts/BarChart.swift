// SPDX-License-Identifier: Apache-2.0

/// Amounts side by side, such as seconds per epoch; bars start at zero.
///
/// For means with intervals, `DotChart` is better: it does not have to show zero, and it shows
/// every seed.
public struct BarChart: Hashable, Sendable {
  /// One bar in each category.
  public struct Series: Hashable, Sendable {
    /// Its name.
    public var label: String
    /// Number of its colour; equal numbers look equal in all charts.
    public var color: Int
    /// One value for each category: nil if there is none; a value that is not finite is marked.
    public var values: [Double?]

    /// A series.
    public init(_ label: String, color: Int, values: [Double?]) {
      self.label = label
      self.color = color
      self.values = values
    }
  }

  /// What the chart shows, in bold; may be empty.
  public var title: String
  /// More words below the title; may be empty.
  public var subtitle: String
  /// Name of the value axis.
  public var yLabel: String
  /// Names below the bars.
  public var categories: [String]
  /// The bars; missing values count as nil, and surplus values are ignored.
  public var series: [Series]
  /// Small text below; may be empty.
  public var footnote: String
  /// Width of the picture in points.
  public var width: Double
  /// Height of the plot alone in points.
  public var plotHeight: Double

  /// A chart; `width` is 320 to 4000 and `plotHeight` 60 to 4000 points.
  public init(
    title: String = "",
    subtitle: String = "",
    yLabel: String = "",
    categories: [String],
    series: [Series],
    footnote: String = "",
    width: Double = 720,
    plotHeight: Double = 220
  ) {
    precondition((320...4000).contains(width), "a chart \(width) points wide")
    precondition((60...4000).contains(plotHeight), "a plot \(plotHeight) points high")
    self.title = title
    self.subtitle = subtitle
    self.yLabel = yLabel
    self.categories = categories
    self.series = series
    self.footnote = footnote
    self.width = width
    self.plotHeight = plotHeight
  }
}

extension BarChart: Chart {
  /// The picture.
  public func drawing() -> Drawing {
    let note = hasMissing ? "× not a finite number." : ""
    let sheet = Sheet(
      width: width,
      title: title,
      subtitle: subtitle,
      footnote: [footnote, note].filter { !$0.isEmpty }.joined(separator: " ")
    )
    let axis = axis()
    let ticks = axis.ticks(about: max(3, Int(plotHeight / 45)))
    let tickLabels = ticks.map { TextBlock($0.label ?? "", .tick) }
    let yName = axisName(yLabel, width: sheet.right - sheet.left)
    let left = sheet.left + (tickLabels.map(\.width).max() ?? 0) + 6
    let area = Rectangle(
      x: left,
      y: sheet.top + (yName.map { $0.height + 10 } ?? 8),
      width: sheet.right - left,
      height: plotHeight
    )
    let step = area.width / Double(max(1, categories.count))
    let names = categories.map {
      TextBlock($0, .label, maximumWidth: step - 6, lines: 2, alignment: .centre)
    }
    let bottom = area.bottom + 6 + (names.map(\.height).max() ?? 0)
    let legend = Legend(legendEntries(sheet), width: area.width)
    let legendHeight = legend.height > 0 ? legend.height + 8 : 0
    return sheet.drawing(chartBottom: bottom + legendHeight) { canvas in
      yName?.draw(on: canvas, x: sheet.left, top: sheet.top)
      draw(ticks, tickLabels, on: canvas, in: area, axis: axis)
      for (index, name) in names.enumerated() {
        let start = area.x + Double(index) * step
        drawBars(of: index, on: canvas, in: area, axis: axis, start: start, step: step)
        name.draw(on: canvas, x: start + step / 2, top: area.bottom + 6, anchor: .centre)
      }
      let base = Canvas.crisp(area.bottom - axis.fraction(0) * area.height)
      let line = [Position(x: area.x, y: base), Position(x: area.right, y: base)]
      canvas.stroke(line, Palette.axis, width: 1)
      legend.draw(on: canvas, x: left, top: bottom + 8)
    }
  }

  private func draw(
    _ ticks: [Tick],
    _ labels: [TextBlock],
    on canvas: Canvas,
    in area: Rectangle,
    axis: AxisRange
  ) {
    for (tick, label) in zip(ticks, labels) {
      let y = Canvas.crisp(area.bottom - axis.fraction(tick.value) * area.height)
      let line = [Position(x: area.x, y: y), Position(x: area.right, y: y)]
      canvas.stroke(line, Palette.grid, width: 0.75)
      label.draw(on: canvas, x: area.x - 6, middle: y, anchor: .right)
    }
  }

  private var shown: [Double?] { series.flatMap { $0.values.prefix(categories.count) } }

  private var hasMissing: Bool { shown.contains { $0.map { !$0.isFinite } ?? false } }

  /// From or to zero exactly, unless there are values on both sides of it.
  private func axis() -> AxisRange {
    let values = shown.compactMap { $0 }.filter(\.isFinite)
    guard values.contains(where: { $0 != 0 }) else {
      return AxisRange(scale: .linear, low: 0, high: 1)
    }
    let range = AxisRange(showing: values + [0], scale: .linear, margin: 0.05)
    return AxisRange(
      scale: .linear,
      low: values.contains { $0 < 0 } ? range.low : 0,
      high: values.contains { $0 > 0 } ? range.high : 0
    )
  }

  private func legendEntries(_ sheet: Sheet) -> [LegendEntry] {
    let room = Legend.maximumLabelWidth(sheetWidth: sheet.right - sheet.left)
    return series.filter { !$0.label.isEmpty }.map { series in
      LegendEntry(series.label, color: Palette.color(series.color), maximumWidth: room)
    }
  }

  private func drawBars(
    of category: Int,
    on canvas: Canvas,
    in area: Rectangle,
    axis: AxisRange,
    start: Double,
    step: Double
  ) {
    // A lone bar need not be as wide as a door.
    let barWidth = min(48, step * 0.76 / Double(max(1, series.count)))
    let first = start + (step - barWidth * Double(series.count)) / 2
    let base = area.bottom - axis.fraction(0) * area.height
    for (index, series) in series.enumerated() {
      guard category < series.values.count, let value = series.values[category] else { continue }
      let x = first + Double(index) * barWidth
      let color = Palette.color(series.color)
      guard value.isFinite else {
        canvas.cross(Position(x: x + barWidth / 2, y: base - 8), radius: 3, color)
        continue
      }
      let end = area.bottom - axis.fraction(value) * area.height
      let bar = Rectangle(
        x: x + 0.5,
        y: min(base, end),
        width: barWidth - 1,
        height: abs(end - base)
      )
      canvas.fill(bar, color)
    }
  }
}
