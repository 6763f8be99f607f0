// SPDX-License-Identifier: Apache-2.0

extension DotChart: Chart {
  /// The picture.
  public func drawing() -> Drawing {
    let layout = DotLayout(self)
    let xName = axisName(xLabel, width: layout.area.width)
    let tickBottom = layout.area.bottom + 5 + TextBlock("0", .tick).height
    let bottom = tickBottom + (xName.map { $0.height + 3 } ?? 0)
    return layout.sheet.drawing(chartBottom: bottom) { canvas in
      layout.drawGrid(on: canvas)
      layout.drawReferences(on: canvas)
      for index in rows.indices { layout.draw(index, on: canvas) }
      if rows.isEmpty {
        let text = TextBlock("no data", .subtitle)
        let centre = layout.area.centre
        text.draw(on: canvas, x: centre.x, middle: centre.y, anchor: .centre)
      }
      xName?.draw(on: canvas, x: layout.area.centre.x, top: tickBottom + 3, anchor: .centre)
    }
  }
}

/// The name of a vertical line and where it stands.
private struct ReferenceName {
  let text: TextBlock
  let x: Double
  let start: Double
  /// Counted from the plot upwards.
  let row: Int

  var rowHeight: Double { text.height + 2 }
}

/// Where the rows of a dot chart stand.
private struct DotLayout {
  private static let leastRowHeight = 26.0
  /// Of labels below the name of their group.
  private static let indent = 12.0

  let sheet: Sheet
  let area: Rectangle
  private let chart: DotChart
  private let axis: AxisRange
  private let labels: [TextBlock]
  private let notes: [TextBlock]
  /// Before which row a group's name stands.
  private let groups: [Int: TextBlock]
  private let middles: [Double]
  private let references: [ReferenceName]
  private let hasGroups: Bool
  private let markWidth: Double
  /// Of each row its values beside the axis, and how many steps each is moved down so that none hides another.
  private let swarms: [[(value: Double, level: Int)]]

  init(_ chart: DotChart) {
    self.chart = chart
    sheet = Sheet(
      width: chart.width,
      title: chart.title,
      subtitle: chart.subtitle,
      footnote: chart.fullFootnote
    )
    axis = AxisRange(
      showing: chart.shownValues,
      scale: chart.scale,
      margin: 0.04,
      limits: chart.limits
    )
    let room = sheet.right - sheet.left
    hasGroups = chart.rows.contains { $0.group != nil }
    let indent = hasGroups ? Self.indent : 0
    let alignment: TextBlock.Anchor = hasGroups ? .left : .right
    labels = chart.rows.map {
      TextBlock(
        $0.label,
        .label,
        maximumWidth: room * 0.34 - indent,
        lines: 2,
        alignment: alignment
      )
    }
    notes = chart.rows.map { TextBlock($0.note, .tick, maximumWidth: room * 0.22, lines: 2) }
    var groups: [Int: TextBlock] = [:]
    for (index, row) in chart.rows.enumerated() {
      guard let group = row.group, index == 0 || chart.rows[index - 1].group != group else {
        continue
      }
      groups[index] = TextBlock(group, .panelTitle, maximumWidth: room * 0.34)
    }
    self.groups = groups
    let labelWidths = labels.map { $0.width + indent } + groups.values.map(\.width)
    let left = sheet.left + (labelWidths.max() ?? 0) + 12
    let axis = axis
    let hasMarks = chart.rows.contains { row in row.values.contains { !axis.contains($0) } }
    markWidth = hasMarks ? 14 : 0
    let width = sheet.right - left - (notes.map(\.width).max() ?? 0) - 12 - markWidth
    references = Self.placed(
      chart.references,
      axis: axis,
      plot: Rectangle(x: left, y: 0, width: width, height: 0),
      right: sheet.right
    )
    let referenceHeight = references.map { Double($0.row + 1) * $0.rowHeight }.max() ?? 0
    let top = sheet.top + referenceHeight
    swarms = chart.rows.map {
      Self.swarm($0.values.filter(axis.contains), axis: axis, width: width)
    }
    let depths = swarms.map { Double($0.map(\.level).max() ?? 0) * Self.swarmStep }
    let (middles, bottom) = Self.middles(labels, notes, groups, depths: depths, top: top + 6)
    self.middles = middles
    area = Rectangle(x: left, y: top, width: width, height: max(bottom + 6 - top, 60))
  }

  /// Circles that would lie on each other stand below each other, up to `mostLevels` deep.
  private static func swarm(
    _ values: [Double],
    axis: AxisRange,
    width: Double
  ) -> [(value: Double, level: Int)] {
    var ends = [Double](repeating: -.infinity, count: mostLevels)
    return values.sorted().enumerated().map { index, value in
      let place = axis.fraction(value) * width
      let level = ends.firstIndex { place - $0 >= 2 * circleRadius } ?? index % mostLevels
      ends[level] = place
      return (value, level)
    }
  }

  private static let circleRadius = 2.4
  private static let swarmStep = 4.6
  private static let mostLevels = 5

  private static func middles(
    _ labels: [TextBlock],
    _ notes: [TextBlock],
    _ groups: [Int: TextBlock],
    depths: [Double],
    top: Double
  ) -> (middles: [Double], bottom: Double) {
    var middles: [Double] = []
    var y = top
    for (index, label) in labels.enumerated() {
      if let group = groups[index] { y += group.height + (index == 0 ? 4 : 10) }
      let height = max(leastRowHeight, max(label.height, notes[index].height) + 4)
      middles.append(y + height / 2)
      y += height + max(0, depths[index] - (height - leastRowHeight) / 2)
    }
    return (middles, y)
  }

  /// Names above the plot, to the right of their lines, in as many rows as they need not to touch.
  private static func placed(
    _ references: [ReferenceLine],
    axis: AxisRange,
    plot: Rectangle,
    right: Double
  ) -> [ReferenceName] {
    var starts: [Double] = []
    return references.filter { axis.contains($0.value) }.sorted { $0.value > $1.value }.map {
      line in
      let text = TextBlock(line.label, .axisLabel, maximumWidth: plot.width)
      let x = plot.x + axis.fraction(line.value) * plot.width
      let start = min(x + 4, right - text.width)
      // From right to left, a line never passes the names of others below its own.
      let row = starts.firstIndex { start + text.width + 8 <= $0 } ?? starts.count
      if row == starts.count { starts.append(0) }
      starts[row] = start
      return ReferenceName(text: text, x: x, start: start, row: row)
    }
  }

  private func horizontal(_ value: Double) -> Double { area.x + axis.fraction(value) * area.width }

  // MARK: - Drawing

  func drawGrid(on canvas: Canvas) {
    for tick in fittingTicks(axis, length: area.width).spaced(on: axis, length: area.width) {
      let x = Canvas.crisp(horizontal(tick.value))
      let line = [Position(x: x, y: area.y), Position(x: x, y: area.bottom)]
      canvas.stroke(line, tick.label == nil ? Palette.faintGrid : Palette.grid, width: 0.75)
      guard let label = tick.label else { continue }
      TextBlock(label, .tick).draw(on: canvas, x: x, top: area.bottom + 5, anchor: .centre)
    }
    let base = Canvas.crisp(area.bottom)
    let line = [Position(x: area.x, y: base), Position(x: area.right, y: base)]
    canvas.stroke(line, Palette.axis, width: 1)
  }

  func drawReferences(on canvas: Canvas) {
    for reference in references {
      let x = Canvas.crisp(reference.x)
      // Beside its name if there is room, else up to it.
      let rows = reference.row + (reference.start > reference.x ? 1 : 0)
      let top = area.y - Double(rows) * reference.rowHeight
      let line = [Position(x: x, y: top), Position(x: x, y: area.bottom)]
      canvas.stroke(line, Palette.quiet, width: 1, dash: ReferenceLine.dash)
    }
    for reference in references {
      let text = reference.text
      let top = area.y - Double(reference.row + 1) * reference.rowHeight
      let ground = Rectangle(
        x: reference.start - 1,
        y: top,
        width: text.width + 2,
        height: text.height
      )
      canvas.fill(ground, Palette.background)
      text.draw(on: canvas, x: reference.start, top: top)
    }
  }

  func draw(_ index: Int, on canvas: Canvas) {
    let row = chart.rows[index]
    let y = middles[index]
    if let group = groups[index] {
      let rowTop = y - max(Self.leastRowHeight, labels[index].height + 4) / 2
      group.draw(on: canvas, x: sheet.left, top: rowTop - group.height)
    }
    if hasGroups {
      labels[index].draw(on: canvas, x: sheet.left + Self.indent, middle: y)
    } else {
      labels[index].draw(on: canvas, x: area.x - 12, middle: y, anchor: .right)
    }
    let line = [Position(x: area.x, y: y), Position(x: area.right, y: y)]
    canvas.stroke(line, Palette.faintGrid, width: 0.75)
    drawValues(of: index, at: y, on: canvas)
    drawMean(of: row, at: y, on: canvas)
    notes[index].draw(on: canvas, x: area.right + markWidth + 12, middle: y)
  }

  /// The values stand a little below the mean, so that neither hides the other.
  private func drawValues(of index: Int, at y: Double, on canvas: Canvas) {
    let row = chart.rows[index]
    let color = Palette.color(row.color)
    for (value, level) in swarms[index] {
      let place = Position(x: horizontal(value), y: y + 6 + Double(level) * Self.swarmStep)
      canvas.ring(place, radius: Self.circleRadius, color)
    }
    for value in row.excluded where axis.contains(value) {
      canvas.cross(Position(x: horizontal(value), y: y + 6), radius: 2.6, color)
    }
    let placed = row.values.filter { chart.scale.hasPlace(for: $0) }
    let (isMissing, isBeyond) = (
      placed.count < row.values.count, placed.contains { $0 > axis.high }
    )
    let step = isMissing && isBeyond ? 4.0 : 0
    if isMissing {
      canvas.cross(Position(x: area.right + 8, y: y + step), radius: 3, color)
    }
    if isBeyond {
      let place = Position(x: area.right + 8, y: y - step)
      canvas.triangle(place, radius: 3.6, pointing: .right, color)
    }
    if placed.contains(where: { $0 < axis.low }) {
      canvas.triangle(Position(x: area.x + 4, y: y - 4), radius: 3.6, pointing: .left, color)
    }
  }

  private func drawMean(of row: DotChart.Row, at y: Double, on canvas: Canvas) {
    let color = Palette.color(row.color)
    let level = row.values.isEmpty ? y : y - 3
    if let interval = row.interval, interval.lowerBound <= axis.high,
      interval.upperBound >= axis.low
    {
      let low = horizontal(max(axis.low, interval.lowerBound))
      let high = horizontal(min(axis.high, interval.upperBound))
      canvas.stroke([Position(x: low, y: level), Position(x: high, y: level)], color, width: 2)
      for (end, value) in [(low, interval.lowerBound), (high, interval.upperBound)] {
        guard axis.contains(value) else {
          // It goes on beyond the axis.
          let direction: Canvas.Direction = value < axis.low ? .left : .right
          canvas.triangle(Position(x: end, y: level), radius: 3.6, pointing: direction, color)
          continue
        }
        canvas.stroke(
          [Position(x: end, y: level - 3.5), Position(x: end, y: level + 3.5)],
          color,
          width: 1.4
        )
      }
    }
    guard let mean = row.mean, axis.contains(mean) else { return }
    canvas.disc(Position(x: horizontal(mean), y: level), radius: 4.2, color)
  }
}
