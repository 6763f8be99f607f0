// SPDX-License-Identifier: Apache-2.0

/// Lines across upright axes: one line for each set of values, one axis for each value.
///
/// The last axis decides the colours.
public struct ParallelCoordinates: Hashable, Sendable {
  /// One axis.
  public struct Axis: Hashable, Sendable {
    /// How values are placed on the axis.
    public enum Kind: Hashable, Sendable {
      /// Names at equal distances, the first at the bottom; a value is the index of its name.
      case names([String])
      /// Numbers.
      case numbers(Scale)
    }
    /// Its name.
    public var label: String
    /// How values are placed on the axis.
    public var kind: Kind

    /// An axis.
    public init(_ label: String, _ kind: Kind) {
      self.label = label
      self.kind = kind
    }
  }

  /// One set of values.
  public struct Line: Hashable, Sendable {
    /// One value for each axis; nil interrupts the line.
    public var values: [Double?]
    /// Whether it is drawn thick, above all others.
    public var isMarked: Bool

    /// A line.
    public init(_ values: [Double?], isMarked: Bool = false) {
      self.values = values
      self.isMarked = isMarked
    }
  }

  /// What the chart shows, in bold; may be empty.
  public var title: String
  /// More words below the title; may be empty.
  public var subtitle: String
  /// The axes from left to right; the last one holds numbers and decides the colours.
  public var axes: [Axis]
  /// The lines; a line without a number on the last axis is dashed and grey.
  public var lines: [Line]
  /// Whether larger numbers of the last axis are better; better lines are drawn above others.
  public var prefersLarger: Bool
  /// Small text below; may be empty.
  public var footnote: String
  /// Width of the picture in points.
  public var width: Double
  /// Height of the axes in points.
  public var plotHeight: Double

  /// A chart; `width` is 320 to 4000 and `plotHeight` 60 to 4000 points, at least two axes.
  public init(
    title: String = "",
    subtitle: String = "",
    axes: [Axis],
    lines: [Line],
    prefersLarger: Bool = true,
    footnote: String = "",
    width: Double = 720,
    plotHeight: Double = 280
  ) {
    precondition((320...4000).contains(width), "a chart \(width) points wide")
    precondition((60...4000).contains(plotHeight), "a plot \(plotHeight) points high")
    precondition(axes.count >= 2, "\(axes.count) axes")
    self.title = title
    self.subtitle = subtitle
    self.axes = axes
    self.lines = lines
    self.prefersLarger = prefersLarger
    self.footnote = footnote
    self.width = width
    self.plotHeight = plotHeight
  }
}

extension ParallelCoordinates: Chart {
  /// The picture.
  public func drawing() -> Drawing {
    let sheet = Sheet(width: width, title: title, subtitle: subtitle, footnote: footnote)
    let drawn = axes.enumerated().map { index, axis in
      DrawnAxis(
        axis,
        values: lines.map { $0.values.indices.contains(index) ? $0.values[index] : nil }
      )
    }
    let room = (sheet.right - sheet.left) / Double(axes.count)
    let heads = axes.map {
      TextBlock($0.label, .panelTitle, maximumWidth: room - 8, lines: 2, alignment: .centre)
    }
    let headHeight = heads.map(\.height).max() ?? 0
    // The labels of an axis stand at its left, so the first one needs room there.
    let first = sheet.left + max(drawn[0].labelWidth + 8, heads[0].width / 2)
    let last = sheet.right - max(12, (heads.last?.width ?? 0) / 2)
    let top = sheet.top + headHeight + 12
    let places = drawn.indices.map { index in
      first + (last - first) * Double(index) / Double(max(1, drawn.count - 1))
    }
    return sheet.drawing(chartBottom: top + plotHeight + 8) { canvas in
      func y(_ fraction: Double) -> Double { top + plotHeight * (1 - fraction) }
      for line in ordered(drawn) { draw(line, on: canvas, drawn, places, y) }
      for (index, axis) in drawn.enumerated() {
        let x = Canvas.crisp(places[index])
        canvas.stroke(
          [Position(x: x, y: top), Position(x: x, y: top + plotHeight)],
          Palette.text,
          width: 1
        )
        heads[index].draw(on: canvas, x: x, top: sheet.top, anchor: .centre)
        axis.drawLabels(on: canvas, x: x, y)
      }
    }
  }

  /// Worse ones first, so that better ones lie above; those without a number at the very bottom, marked ones on top.
  private func ordered(_ drawn: [DrawnAxis]) -> [Line] {
    func rank(_ line: Line) -> (Int, Double) {
      guard let fraction = fraction(line, drawn) else { return (0, 0) }
      return (line.isMarked ? 2 : 1, prefersLarger ? fraction : -fraction)
    }
    return lines.enumerated().sorted { left, right in
      let (a, b) = (rank(left.element), rank(right.element))
      return (a.0, a.1, left.offset) < (b.0, b.1, right.offset)
    }.map(\.element)
  }

  private func fraction(_ line: Line, _ drawn: [DrawnAxis]) -> Double? {
    guard let value = line.values.last ?? nil else { return nil }
    return drawn.last?.fraction(value)
  }

  private func draw(
    _ line: Line,
    on canvas: Canvas,
    _ drawn: [DrawnAxis],
    _ places: [Double],
    _ y: (Double) -> Double
  ) {
    let goodness = fraction(line, drawn).map { prefersLarger ? $0 : 1 - $0 }
    // Of the scale the lightest end is left out: it would be lost on white.
    let color = goodness.map { ColorScale.color(0.88 * $0) } ?? Palette.axis
    var stretch: [Position] = []
    for (index, axis) in drawn.enumerated() {
      let value = line.values.indices.contains(index) ? line.values[index] : nil
      guard let value, let place = axis.place(value, goodness: goodness) else {
        stroke(stretch, on: canvas, color, line, isKnown: goodness != nil)
        stretch = []
        continue
      }
      stretch.append(Position(x: places[index], y: y(place)))
    }
    stroke(stretch, on: canvas, color, line, isKnown: goodness != nil)
  }

  /// The curve through the points, level where it crosses an axis, so that one follows it across.
  private func stroke(
    _ points: [Position],
    on canvas: Canvas,
    _ color: Color,
    _ line: Line,
    isKnown: Bool
  ) {
    guard points.count > 1 else { return }
    var curve: [Position] = []
    for (start, end) in zip(points, points.dropFirst()) {
      for step in 0..<24 {
        let t = Double(step) / 24
        let eased = t * t * (3 - 2 * t)
        curve.append(
          Position(x: start.x + (end.x - start.x) * t, y: start.y + (end.y - start.y) * eased)
        )
      }
    }
    curve.append(points[points.count - 1])
    if line.isMarked { canvas.stroke(curve, Palette.background, width: 5.5) }
    canvas.stroke(
      curve,
      color,
      width: line.isMarked ? 3 : 1.2,
      opacity: line.isMarked ? 1 : lines.count > 60 ? 0.55 : 0.85,
      dash: isKnown ? [] : [2, 3]
    )
  }
}

/// An axis with its places and measured labels.
private struct DrawnAxis {
  private let kind: ParallelCoordinates.Axis.Kind
  private let range: AxisRange
  private let labels: [(fraction: Double, text: TextBlock)]

  init(_ axis: ParallelCoordinates.Axis, values: [Double?]) {
    kind = axis.kind
    switch axis.kind {
    case .names(let names):
      let shown = AxisRange(scale: .linear, low: -0.5, high: max(0.5, Double(names.count) - 0.5))
      labels = names.enumerated().map { index, name in
        (shown.fraction(Double(index)), TextBlock(name, .tick, maximumWidth: 90))
      }
      range = shown
    case .numbers(let scale):
      let shown = AxisRange(showing: values.compactMap { $0 }, scale: scale, margin: 0.02)
      labels = shown.ticks(about: 6).compactMap { tick in
        tick.label.map { (shown.fraction(tick.value), TextBlock($0, .tick)) }
      }
      range = shown
    }
  }

  var labelWidth: Double { labels.map(\.text.width).max() ?? 0 }

  func fraction(_ value: Double) -> Double? {
    range.contains(value) ? range.fraction(value) : nil
  }

  /// Lines of one name are spread by how good they are, or they would hide one another.
  func place(_ value: Double, goodness: Double?) -> Double? {
    guard let fraction = fraction(value) else { return nil }
    guard case .names(let names) = kind else { return fraction }
    return fraction + ((goodness ?? 0.5) - 0.5) * 0.5 / Double(max(1, names.count))
  }

  func drawLabels(on canvas: Canvas, x: Double, _ y: (Double) -> Double) {
    for (fraction, text) in labels {
      let middle = y(fraction)
      canvas.stroke(
        [Position(x: x - 4, y: middle), Position(x: x, y: middle)],
        Palette.text,
        width: 1
      )
      // Lines run behind the labels.
      let frame = Rectangle(
        x: x - 7 - text.width,
        y: middle - text.height / 2,
        width: text.width,
        height: text.height
      )
      canvas.fill(frame.grown(by: 1), Palette.background, opacity: 0.8)
      text.draw(on: canvas, x: x - 7, middle: middle, anchor: .right)
    }
  }
}
