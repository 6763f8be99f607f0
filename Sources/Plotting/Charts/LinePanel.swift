// SPDX-License-Identifier: Apache-2.0

/// The part of a line chart inside the axes, with their grid and tick labels.
struct LinePanel {
  static let gapRowHeight = 9.0
  private static let mostGapRows = 5

  let series: [LineChart.Series]
  let references: [ReferenceLine]
  let x: AxisRange
  let y: AxisRange
  let yTicks: [Tick]
  private let integersOnly: Bool
  /// Of each series the `x` of its gaps.
  private let gaps: [[Double]]

  /// Axes that show everything in all `charts`; the first chart's scales hold.
  static func axes(of charts: [LineChart]) -> (x: AxisRange, y: AxisRange) {
    let xScale = charts.first?.xScale ?? .linear
    let yScale = charts.first?.yScale ?? .linear
    let series = charts.flatMap(\.series)
    let points = series.flatMap(\.points)
    let bands = series.flatMap { $0.band ?? [] }
    let values =
      points.map(\.y) + bands.flatMap { [$0.low, $0.high] }
      + charts.flatMap(\.references).map(\.value)
    let xValues = points.map(\.x) + bands.map(\.x)
    return (
      AxisRange(showing: xValues, scale: xScale, margin: 0.015),
      AxisRange(showing: values, scale: yScale, margin: 0.05)
    )
  }

  init(_ chart: LineChart, x: AxisRange, y: AxisRange, height: Double) {
    series = chart.series
    references = chart.references.filter { y.contains($0.value) }
    self.x = x
    self.y = y
    yTicks = y.ticks(about: max(3, Int(height / 45)))
    let points = chart.series.flatMap(\.points)
    integersOnly = points.allSatisfy { !x.scale.hasPlace(for: $0.x) || $0.x == $0.x.rounded() }
    gaps = chart.series.map { series in
      let missing = series.points.filter {
        x.scale.hasPlace(for: $0.x) && !y.scale.hasPlace(for: $0.y)
      }
      return Set(missing.map(\.x)).sorted()
    }
  }

  /// Room above the plot for the marks of gaps.
  var gapHeight: Double {
    let rows = gaps.count { !$0.isEmpty }
    return rows == 0 ? 0 : Double(min(Self.mostGapRows, rows)) * Self.gapRowHeight + 3
  }

  /// Room that the labels of the vertical axis need.
  var yLabelWidth: Double {
    yTicks.compactMap { $0.label.map { TextBlock($0, .tick).width } }.max() ?? 0
  }

  private var isEmpty: Bool {
    !series.contains { series in
      series.points.contains { x.contains($0.x) && y.contains($0.y) }
    }
  }

  func position(_ point: Point, in area: Rectangle) -> Position {
    Position(x: horizontal(point.x, in: area), y: vertical(point.y, in: area))
  }

  func vertical(_ value: Double, in area: Rectangle) -> Double {
    area.bottom - y.fraction(value) * area.height
  }

  private func horizontal(_ value: Double, in area: Rectangle) -> Double {
    area.x + x.fraction(value) * area.width
  }

  // MARK: - Drawing

  func draw(on canvas: Canvas, in area: Rectangle, xLabels: Bool = true, yLabels: Bool = true) {
    drawGrid(on: canvas, in: area, xLabels: xLabels, yLabels: yLabels)
    canvas.clipped(to: area.grown(by: 3)) {
      for series in series { drawBand(of: series, on: canvas, in: area) }
      for reference in references { draw(reference, on: canvas, in: area) }
      for series in series { drawLines(of: series, on: canvas, in: area) }
      for series in series { drawMean(of: series, on: canvas, in: area) }
    }
    drawGaps(on: canvas, in: area)
    if isEmpty {
      let text = TextBlock("no data", .subtitle)
      text.draw(on: canvas, x: area.centre.x, middle: area.centre.y, anchor: .centre)
    }
  }

  private func drawGrid(on canvas: Canvas, in area: Rectangle, xLabels: Bool, yLabels: Bool) {
    for tick in yTicks {
      let y = Canvas.crisp(vertical(tick.value, in: area))
      let line = [Position(x: area.x, y: y), Position(x: area.right, y: y)]
      canvas.stroke(line, tick.label == nil ? Palette.faintGrid : Palette.grid, width: 0.75)
      guard yLabels, let label = tick.label else { continue }
      TextBlock(label, .tick).draw(on: canvas, x: area.x - 6, middle: y, anchor: .right)
    }
    let ticks = fittingTicks(x, length: area.width, integersOnly: integersOnly)
    for tick in ticks {
      let x = Canvas.crisp(horizontal(tick.value, in: area))
      let line = [Position(x: x, y: area.y), Position(x: x, y: area.bottom)]
      canvas.stroke(line, tick.label == nil ? Palette.faintGrid : Palette.grid, width: 0.75)
      guard xLabels, let label = tick.label else { continue }
      TextBlock(label, .tick).draw(on: canvas, x: x, top: area.bottom + 5, anchor: .centre)
    }
    let base = Canvas.crisp(area.bottom)
    let axis = [Position(x: area.x, y: base), Position(x: area.right, y: base)]
    canvas.stroke(axis, Palette.axis, width: 1)
  }

  private func draw(_ reference: ReferenceLine, on canvas: Canvas, in area: Rectangle) {
    let y = Canvas.crisp(vertical(reference.value, in: area))
    let line = [Position(x: area.x, y: y), Position(x: area.right, y: y)]
    canvas.stroke(line, Palette.quiet, width: 1, dash: ReferenceLine.dash)
  }

  private func drawBand(of series: LineChart.Series, on canvas: Canvas, in area: Rectangle) {
    let color = Palette.color(series.color)
    var run: [LineChart.BandPoint] = []
    func flush() {
      let upper = run.map { position(Point(x: $0.x, y: $0.high), in: area) }
      let lower = run.map { position(Point(x: $0.x, y: $0.low), in: area) }
      canvas.fill(upper + lower.reversed(), color, opacity: 0.16)
      run = []
    }
    for point in series.band ?? [] {
      // On a log axis a band that reaches zero or less goes down to the edge.
      let low = y.scale == .log && point.low <= 0 ? y.low : point.low
      let bandPoint = LineChart.BandPoint(x: point.x, low: low, high: point.high)
      if x.contains(point.x), y.contains(low), y.contains(point.high) {
        run.append(bandPoint)
      } else {
        flush()
      }
    }
    flush()
  }

  private func drawLines(of series: LineChart.Series, on canvas: Canvas, in area: Rectangle) {
    let isMain = series.mean == nil && series.lines.count == 1
    for line in series.lines {
      draw(line, of: series, on: canvas, in: area, isMain: isMain, dash: isMain)
    }
  }

  private func drawMean(of series: LineChart.Series, on canvas: Canvas, in area: Rectangle) {
    guard let mean = series.mean else { return }
    draw(mean, of: series, on: canvas, in: area, isMain: true, dash: true)
  }

  private func draw(
    _ points: [Point],
    of series: LineChart.Series,
    on canvas: Canvas,
    in area: Rectangle,
    isMain: Bool,
    dash: Bool
  ) {
    let color = Palette.color(series.color)
    let kept = Downsampling.keepingExtremes(
      of: points,
      columns: max(1, Int(area.width * Canvas.resolution)),
      scale: x.scale,
      over: x.low...x.high
    )
    let isSparse = isMain && kept.count <= 12
    for run in runs(of: kept) {
      let places = run.map { position($0, in: area) }
      canvas.stroke(
        places,
        color,
        width: isMain ? 1.9 : 0.8,
        opacity: isMain ? 1 : 0.55,
        dash: dash ? Palette.dash(series.dash) : []
      )
      guard isSparse || places.count == 1 else { continue }
      for place in places { canvas.disc(place, radius: isMain ? 2.6 : 1.5, color) }
    }
  }

  /// The stretches between gaps.
  private func runs(of points: [Point]) -> [ArraySlice<Point>] {
    points.split { !(x.contains($0.x) && y.contains($0.y)) }
  }

  private func drawGaps(on canvas: Canvas, in area: Rectangle) {
    let rows = gaps.indices.filter { !gaps[$0].isEmpty }
    for (row, index) in rows.enumerated() {
      let offset = Double(row % Self.mostGapRows) + 0.5
      let height = area.y - 3 - offset * Self.gapRowHeight
      var last = -Double.infinity
      for gap in gaps[index] {
        let place = horizontal(gap, in: area)
        guard place - last >= Self.gapRowHeight else { continue }
        last = place
        canvas.cross(
          Position(x: place, y: height),
          radius: 3,
          Palette.color(series[index].color)
        )
      }
    }
  }
}

/// As many labelled ticks as stand beside each other on `length` points.
func fittingTicks(_ axis: AxisRange, length: Double, integersOnly: Bool = false) -> [Tick] {
  var ticks: [Tick] = []
  for count in stride(from: max(2, Int(length / 55)), through: 1, by: -1) {
    ticks = axis.ticks(about: count, integersOnly: integersOnly)
    var last = -Double.infinity
    let fits = ticks.allSatisfy { tick in
      guard let label = tick.label else { return true }
      let middle = axis.fraction(tick.value) * length
      let half = TextBlock(label, .tick).width / 2
      defer { last = middle + half }
      return middle - half >= last + 10
    }
    if fits { return ticks }
  }
  return ticks.filter { $0.label != nil }.prefix(1).map { $0 }
}
