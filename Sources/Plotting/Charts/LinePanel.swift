// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The part of a line chart inside the axes, with their grid and tick labels.
struct LinePanel {
  static let gapRowHeight = 9.0
  private static let mostGapRows = 5

  let series: [LineChart.Series]
  private let context: [[Point]]
  private let places: [LineChart.Place]
  let references: [ReferenceLine]
  let x: AxisRange
  let y: AxisRange
  let yTicks: [Tick]
  private let integersOnly: Bool
  /// Of each series the `x` of what has no place in the plot.
  private let gaps: [[Gap]]

  /// A value that is no number, or lies beyond the axis.
  private struct Gap: Hashable {
    enum Kind: Hashable {
      case missing, above, below
    }

    var x: Double
    var kind: Kind
  }

  /// Axes that show everything in all `charts`, as far as the limits allow; the first chart's scales hold.
  static func axes(of charts: [LineChart]) -> (x: AxisRange, y: AxisRange) {
    let xScale = charts.first?.xScale ?? .linear
    let yScale = charts.first?.yScale ?? .linear
    let series = charts.flatMap(\.series)
    let points = series.flatMap(\.points) + charts.flatMap { $0.context.joined() }
    let bands = series.flatMap { $0.band ?? [] }
    let values =
      points.map(\.y) + edges(bands, yScale, within: reach(of: points.map(\.y), yScale))
      + charts.flatMap(\.references).map(\.value)
    let xValues =
      points.map(\.x) + bands.map(\.x) + charts.flatMap { $0.places.map(\.x) }
    let limits = charts.compactMap(\.limits).first
    let shown = limits.map { limits in values.filter(limits.contains) } ?? values
    return (
      AxisRange(
        showing: xValues,
        scale: xScale,
        margin: charts.first?.places.isEmpty == false ? 0.05 : 0.015
      ),
      AxisRange(showing: shown, scale: yScale, margin: 0.05, limits: limits)
    )
  }

  /// The range of values with as much again on both sides: a band may go on beyond, or one wide one would flatten all lines.
  private static func reach(of values: [Double], _ scale: Scale) -> ClosedRange<Double>? {
    let placed = values.filter { scale.hasPlace(for: $0) }.map { scale.mapped($0) / 2 }
    guard let low = placed.min(), let high = placed.max(), high > low else { return nil }
    return (low - (high - low))...(high + (high - low))
  }

  /// The edges of bands, each no further than `reach`, which is in halves of mapped values.
  private static func edges(
    _ bands: [LineChart.BandPoint],
    _ scale: Scale,
    within reach: ClosedRange<Double>?
  ) -> [Double] {
    let edges = bands.flatMap { [$0.low, $0.high] }.filter { scale.hasPlace(for: $0) }
    guard let reach else { return edges }
    return edges.map { edge in
      let place = min(reach.upperBound, max(reach.lowerBound, scale.mapped(edge) / 2))
      return place == scale.mapped(edge) / 2 ? edge : scale.unmapped(2 * place)
    }
  }

  init(_ chart: LineChart, x: AxisRange, y: AxisRange, height: Double) {
    series = chart.series
    context = chart.context
    places = chart.places
    references = chart.references.filter { y.contains($0.value) }
    self.x = x
    self.y = y
    yTicks = y.ticks(about: max(3, Int(height / 45))).spaced(on: y, length: height)
    let points = chart.series.flatMap(\.points)
    integersOnly = points.allSatisfy { !x.scale.hasPlace(for: $0.x) || $0.x == $0.x.rounded() }
    gaps = chart.series.map { series in
      let gaps = series.points.compactMap { point -> Gap? in
        guard x.scale.hasPlace(for: point.x) else { return nil }
        guard y.scale.hasPlace(for: point.y) else { return Gap(x: point.x, kind: .missing) }
        if y.contains(point.y) { return nil }
        return Gap(x: point.x, kind: point.y > y.high ? .above : .below)
      }
      return Set(gaps).sorted { ($0.x, "\($0.kind)") < ($1.x, "\($1.kind)") }
    }
  }

  /// Where the values of a series are, as a legend says it.
  func presence(of series: LineChart.Series) -> LegendEntry.Presence {
    let placed = series.points.map(\.y).filter { y.scale.hasPlace(for: $0) }
    if placed.contains(where: y.contains) { return .inside }
    return placed.isEmpty ? .missing : placed[0] > y.high ? .above : .below
  }

  /// Where a series ends, inside the plot.
  func end(of series: LineChart.Series) -> Double? {
    presence(of: series) == .missing
      ? nil : series.lastValue(on: y.scale).map { min(y.high, max(y.low, $0)) }
  }

  /// Room above the plot for the marks of gaps.
  var gapHeight: Double {
    let rows = gaps.count { $0.contains { $0.kind != .below } }
    return rows == 0 ? 0 : Double(min(Self.mostGapRows, rows)) * Self.gapRowHeight + 3
  }

  /// Room that the labels of the vertical axis need.
  var yLabelWidth: Double {
    yTicks.compactMap { $0.label.map { TextBlock($0, .tick).width } }.max() ?? 0
  }

  private var isEmpty: Bool { series.allSatisfy { presence(of: $0) == .missing } }

  func position(_ point: Point, in area: Rectangle) -> Position {
    Position(x: horizontal(point.x, in: area), y: vertical(point.y, in: area))
  }

  /// What lies far beyond the axis is taken to lie not so far: Cairo's coordinates have an end.
  func vertical(_ value: Double, in area: Rectangle) -> Double {
    area.bottom - min(40, max(-40, y.fraction(value))) * area.height
  }

  private func horizontal(_ value: Double, in area: Rectangle) -> Double {
    area.x + x.fraction(value) * area.width
  }

  // MARK: - Drawing

  func draw(on canvas: Canvas, in area: Rectangle, xLabels: Bool = true, yLabels: Bool = true) {
    drawGrid(on: canvas, in: area, xLabels: xLabels, yLabels: yLabels)
    canvas.clipped(to: area) {
      for line in context { drawContext(line, on: canvas, in: area) }
      for series in series { drawBand(of: series, on: canvas, in: area) }
    }
    canvas.clipped(to: area.grown(by: 3)) {
      for reference in references { draw(reference, on: canvas, in: area) }
      for series in series { drawLines(of: series, on: canvas, in: area) }
      for series in series { drawMean(of: series, on: canvas, in: area) }
      for series in series { drawEnds(of: series, on: canvas, in: area) }
    }
    drawRemarks(on: canvas, in: area)
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
    for tick in xTicks(length: area.width) {
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

  /// Named places as far as their names stand beside each other, else round numbers.
  private func xTicks(length: Double) -> [Tick] {
    guard !places.isEmpty else {
      return fittingTicks(x, length: length, integersOnly: integersOnly)
        .spaced(on: x, length: length)
    }
    var end = -Double.infinity
    return places.map { place in
      let middle = x.fraction(place.x) * length
      let half = TextBlock(place.name, .tick).width / 2
      let fits = middle - half >= end + 8
      if fits { end = middle + half }
      return Tick(value: place.x, label: fits ? place.name : nil)
    }
  }

  private func draw(_ reference: ReferenceLine, on canvas: Canvas, in area: Rectangle) {
    let y = Canvas.crisp(vertical(reference.value, in: area))
    let line = [Position(x: area.x, y: y), Position(x: area.right, y: y)]
    canvas.stroke(line, Palette.quiet, width: 1, dash: ReferenceLine.dash)
  }

  private func drawBand(of series: LineChart.Series, on canvas: Canvas, in area: Rectangle) {
    let color = series.paint
    let beyond = Set((series.mean ?? []).filter { !y.contains($0.y) }.map(\.x))
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
      // A band without its line would be a claim about nothing.
      let isBeyond = beyond.contains(point.x)
      if !isBeyond, x.contains(point.x), y.scale.hasPlace(for: low),
        y.scale.hasPlace(for: point.high)
      {
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
    let color = series.paint
    let kept = thinned(points, in: area)
    let isSparse = isMain && kept.count <= 12
    for run in runs(of: kept) {
      let places = run.map { position($0, in: area) }
      canvas.stroke(
        places,
        color,
        width: isMain ? 1.9 : 0.8,
        opacity: isMain ? 1 : 0.55,
        dash: dash ? series.strokes : []
      )
      guard isSparse || places.count == 1 else { continue }
      for place in places { canvas.disc(place, radius: isMain ? 2.6 : 1.5, color) }
    }
  }

  private func thinned(_ points: [Point], in area: Rectangle) -> [Point] {
    Downsampling.keepingExtremes(
      of: points,
      columns: max(1, Int(area.width * Canvas.resolution)),
      scale: x.scale,
      over: x.low...x.high
    )
  }

  private func drawContext(_ points: [Point], on canvas: Canvas, in area: Rectangle) {
    for run in runs(of: thinned(points, in: area)) {
      canvas.stroke(run.map { position($0, in: area) }, Palette.context, width: 1)
    }
  }

  /// The stretches between gaps. A line that leaves through an edge is drawn up to it.
  private func runs(of points: [Point]) -> [ArraySlice<Point>] {
    points.split { !(x.contains($0.x) && y.scale.hasPlace(for: $0.y)) }
  }

  private func drawEnds(of series: LineChart.Series, on canvas: Canvas, in area: Rectangle) {
    for end in series.ends where x.contains(end.x) && y.contains(end.y) {
      let place = position(end, in: area)
      let stroke = [Position(x: place.x, y: place.y - 4), Position(x: place.x, y: place.y + 4)]
      canvas.stroke(stroke, series.paint, width: 1.4)
    }
  }

  /// Each above its place, else below it; where both are taken it is left out.
  private func drawRemarks(on canvas: Canvas, in area: Rectangle) {
    var taken: [Rectangle] = []
    for series in series {
      for remark in series.remarks where x.contains(remark.point.x) && y.contains(remark.point.y) {
        let style = TextStyle(size: TextStyle.tick.size - 1, color: series.paint)
        let text = TextBlock(remark.text, style)
        let place = position(remark.point, in: area)
        let left = min(max(area.x, place.x - text.width / 2), area.right - text.width)
        let frames = [place.y - 6 - text.height, place.y + 6].map {
          Rectangle(x: left, y: $0, width: text.width, height: text.height)
        }
        let free = frames.first { frame in
          frame.y >= area.y && frame.bottom <= area.bottom
            && !taken.contains { $0.overlaps(frame) }
        }
        guard let free else { continue }
        taken.append(free)
        // A white rim keeps it readable over lines and hides little of them.
        let rim = TextBlock(remark.text, TextStyle(size: style.size, color: Palette.background))
        for (x, y) in [(-0.8, 0.0), (0.8, 0), (0, -0.8), (0, 0.8)] {
          rim.draw(on: canvas, x: free.x + x, top: free.y + y)
        }
        text.draw(on: canvas, x: free.x, top: free.y)
      }
    }
  }

  private func drawGaps(on canvas: Canvas, in area: Rectangle) {
    let rows = gaps.indices.filter { !gaps[$0].isEmpty }
    for (row, index) in rows.enumerated() {
      let offset = Double(row % Self.mostGapRows) + 0.5
      let height = area.y - 3 - offset * Self.gapRowHeight
      var last = -Double.infinity
      for gap in gaps[index] {
        let place = horizontal(gap.x, in: area)
        guard place - last >= Self.gapRowHeight else { continue }
        last = place
        let (centre, color) = (Position(x: place, y: height), series[index].paint)
        switch gap.kind {
        case .missing: canvas.cross(centre, radius: 3, color)
        case .above: canvas.triangle(centre, radius: 3.4, pointing: .up, color)
        case .below:
          // At the edge where the line left.
          let foot = Position(x: place, y: area.bottom - offset * Self.gapRowHeight)
          canvas.triangle(foot, radius: 3.4, pointing: .down, color)
        }
      }
    }
  }
}

extension [Tick] {
  /// Without unlabelled ticks that would stand closer than eight points to another: they would merge into a band.
  ///
  /// Where not all fit, 1, 2 and 5 of each decade may, or the decades alone.
  func spaced(on axis: AxisRange, length: Double) -> [Tick] {
    func fits(_ ticks: [Tick]) -> Bool {
      zip(ticks, ticks.dropFirst()).allSatisfy { a, b in
        a.label != nil && b.label != nil
          || (axis.fraction(b.value) - axis.fraction(a.value)) * length >= 8
      }
    }
    if fits(self) { return self }
    func kept(_ digits: [Double]) -> [Tick] {
      filter { tick in
        let digit = tick.value / pow(10, (log10(tick.value) + 1e-9).rounded(.down))
        return tick.label != nil || digits.contains { abs(digit - $0) < 1e-6 }
      }
    }
    return [kept([1, 2, 5]), kept([1])].first(where: fits) ?? filter { $0.label != nil }
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
