// SPDX-License-Identifier: Apache-2.0

/// A number for each pair of two lists, as coloured cells with the number in each.
///
/// Light is better: the colours stay readable in grey, and the numbers need no colour at all.
public struct HeatMap: Hashable, Sendable {
  /// One pair.
  public struct Cell: Hashable, Sendable {
    /// The number that decides the colour; the cell is empty if it is nil or not finite.
    public var value: Double?
    /// The words in the cell, such as `0.912` or `diverged`.
    public var text: String
    /// Whether a frame marks it.
    public var isMarked: Bool

    /// A cell.
    public init(value: Double?, text: String, isMarked: Bool = false) {
      self.value = value
      self.text = text
      self.isMarked = isMarked
    }
  }

  /// What the chart shows, in bold; may be empty.
  public var title: String
  /// More words below the title; may be empty.
  public var subtitle: String
  /// The name of what changes from column to column.
  public var xLabel: String
  /// The name of what changes from row to row.
  public var yLabel: String
  /// Name of the numbers.
  public var valueLabel: String
  /// How values become colours.
  public var scale: Scale
  /// Whether larger values are the better ones.
  public var prefersLarger: Bool
  /// What light colours mean; may be empty. Nil says which values are better.
  public var colorNote: String?
  /// Names above the columns.
  public var columns: [String]
  /// Names beside the rows.
  public var rows: [String]
  /// The cells row by row; a missing one is empty.
  public var cells: [[Cell]]
  /// Small text below; may be empty.
  public var footnote: String
  /// Width of the picture in points.
  public var width: Double

  /// A chart; `width` is 320 to 4000 points.
  public init(
    title: String = "",
    subtitle: String = "",
    xLabel: String = "",
    yLabel: String = "",
    valueLabel: String = "",
    scale: Scale = .linear,
    prefersLarger: Bool = true,
    colorNote: String? = nil,
    columns: [String],
    rows: [String],
    cells: [[Cell]],
    footnote: String = "",
    width: Double = 720
  ) {
    precondition((320...4000).contains(width), "a chart \(width) points wide")
    self.title = title
    self.subtitle = subtitle
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.valueLabel = valueLabel
    self.scale = scale
    self.prefersLarger = prefersLarger
    self.colorNote = colorNote
    self.columns = columns
    self.rows = rows
    self.cells = cells
    self.footnote = footnote
    self.width = width
  }
}

extension HeatMap: Chart {
  private static let rowHeight = 34.0
  private static let widestColumn = 110.0
  private static let leastWidth = 400.0

  /// The picture.
  public func drawing() -> Drawing {
    let sheet = Sheet(
      width: neededWidth,
      title: title,
      subtitle: subtitle,
      footnote: footnote
    )
    let room = sheet.right - sheet.left
    let names = rows.map { TextBlock($0, .label, maximumWidth: room * 0.35) }
    let yName = TextBlock(yLabel, .axisLabel, maximumWidth: room * 0.35)
    let xName = TextBlock(xLabel, .axisLabel, maximumWidth: room * 0.6)
    let left = sheet.left + max(names.map(\.width).max() ?? 0, yName.width) + 10
    let step = min(Self.widestColumn, (sheet.right - left) / Double(max(1, columns.count)))
    let heads = columns.map {
      TextBlock($0, .label, maximumWidth: step - 4, lines: 2, alignment: .centre)
    }
    let headHeight = heads.map(\.height).max() ?? 0
    let area = Rectangle(
      x: left,
      y: sheet.top + xName.height + 4 + headHeight + 6,
      width: step * Double(columns.count),
      height: Self.rowHeight * Double(rows.count)
    )
    let bar = colorBar(width: max(200, min(320, area.width)), labelWidth: sheet.right - area.x)
    return sheet.drawing(chartBottom: area.bottom + 14 + bar.height) { canvas in
      xName.draw(on: canvas, x: area.x, top: sheet.top)
      yName.draw(on: canvas, x: area.x - 10, top: area.y - yName.height - 6, anchor: .right)
      for (index, head) in heads.enumerated() {
        let x = area.x + (Double(index) + 0.5) * step
        head.draw(on: canvas, x: x, top: area.y - 6 - head.height, anchor: .centre)
      }
      for (index, name) in names.enumerated() {
        let y = area.y + (Double(index) + 0.5) * Self.rowHeight
        name.draw(on: canvas, x: area.x - 10, middle: y, anchor: .right)
        for column in columns.indices {
          let frame = Rectangle(
            x: Canvas.crisp(area.x + Double(column) * step),
            y: area.y + Double(index) * Self.rowHeight,
            width: Canvas.crisp(step),
            height: Self.rowHeight
          )
          draw(cell(index, column), on: canvas, in: frame.grown(by: -0.75), bar)
        }
      }
      bar.draw(on: canvas, x: area.x, top: area.bottom + 14)
    }
  }

  /// No wider than few columns and the title need, for the other half would be blank.
  private var neededWidth: Double {
    let room = width - 2 * Sheet.margin
    let names =
      (rows.map { TextBlock($0, .label, maximumWidth: room * 0.35).width } + [
        TextBlock(yLabel, .axisLabel, maximumWidth: room * 0.35).width
      ]).max() ?? 0
    let map = names + 10 + Self.widestColumn * Double(columns.count)
    let heading = TextBlock(title, .title).width
    return min(width, max(Self.leastWidth, max(map, heading) + 2 * Sheet.margin))
  }

  private func cell(_ row: Int, _ column: Int) -> Cell? {
    cells.indices.contains(row) && cells[row].indices.contains(column) ? cells[row][column] : nil
  }

  private func draw(_ cell: Cell?, on canvas: Canvas, in frame: Rectangle, _ bar: ColorBar) {
    let value = cell?.value.flatMap { scale.hasPlace(for: $0) ? $0 : nil }
    let color = value.map(bar.color) ?? Palette.faintGrid
    canvas.fill(frame, color)
    guard let cell else { return }
    let style = TextStyle(
      size: 11,
      isBold: cell.isMarked,
      color: value == nil ? Palette.quiet : color.textColor
    )
    let text = TextBlock(
      cell.text,
      style,
      maximumWidth: frame.width - 4,
      lines: 2,
      alignment: .centre
    )
    text.draw(on: canvas, x: frame.centre.x, middle: frame.centre.y, anchor: .centre)
    guard cell.isMarked else { return }
    let inner = frame.grown(by: -2)
    let corners = [
      Position(x: inner.x, y: inner.y), Position(x: inner.right, y: inner.y),
      Position(x: inner.right, y: inner.bottom), Position(x: inner.x, y: inner.bottom),
      Position(x: inner.x, y: inner.y),
    ]
    canvas.stroke(corners, value == nil ? Palette.quiet : color.textColor, width: 1.5)
  }

  private func colorBar(width: Double, labelWidth: Double) -> ColorBar {
    let values = cells.flatMap { $0.compactMap(\.value) }
    let note = colorNote ?? "light: " + (prefersLarger ? "larger is better" : "smaller is better")
    return ColorBar(
      AxisRange(showing: values, scale: scale, margin: 0),
      label: [valueLabel, note].filter { !$0.isEmpty }.joined(separator: ", "),
      isReversed: !prefersLarger,
      width: width,
      labelWidth: labelWidth
    )
  }
}
