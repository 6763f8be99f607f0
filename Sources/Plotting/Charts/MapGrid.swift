// SPDX-License-Identifier: Apache-2.0

/// Maps of numbers from 0 to 1 side by side, with words for their rows and columns: light is 0, dark is 1.
public struct MapGrid: Hashable, Sendable {
  /// One map.
  public struct Map: Hashable, Sendable {
    /// What stands above it, in bold.
    public var title: String
    /// Words beside the rows.
    public var rows: [String]
    /// Words above the columns, upright.
    public var columns: [String]
    /// The numbers row by row; one that is missing or not finite is grey.
    public var values: [[Double]]

    /// A map.
    public init(title: String = "", rows: [String], columns: [String], values: [[Double]]) {
      self.title = title
      self.rows = rows
      self.columns = columns
      self.values = values
    }
  }

  /// What the maps show, in bold; may be empty.
  public var title: String
  /// More words below the title; may be empty.
  public var subtitle: String
  /// The maps, row by row.
  public var maps: [Map]
  /// Name of the numbers.
  public var valueLabel: String
  /// Small text below; may be empty.
  public var footnote: String
  /// Width of the picture in points, unless a single map is wider.
  public var width: Double

  /// Maps; `width` is 320 to 4000 points.
  public init(
    title: String = "",
    subtitle: String = "",
    maps: [Map],
    valueLabel: String = "",
    footnote: String = "",
    width: Double = 720
  ) {
    precondition((320...4000).contains(width), "a chart \(width) points wide")
    self.title = title
    self.subtitle = subtitle
    self.maps = maps
    self.valueLabel = valueLabel
    self.footnote = footnote
    self.width = width
  }
}

extension MapGrid: Chart {
  private static let gap = 26.0

  /// The picture.
  public func drawing() -> Drawing {
    let panels = maps.map(MapPanel.init)
    let room = max(width - 2 * Sheet.margin, panels.map(\.width).max() ?? 0)
    let rows = Self.rows(panels, room: room)
    let used =
      rows.map { row in
        row.reduce(-Self.gap) { $0 + panels[$1].width + Self.gap }
      }.max() ?? 0
    let heading = min(TextBlock(title, .title).width, room)
    let inner = max(420, max(used, heading))
    let sheet = Sheet(
      width: (inner + 2 * Sheet.margin).rounded(.up),
      title: title,
      subtitle: subtitle,
      footnote: footnote
    )
    let bar = ColorBar(
      AxisRange(showing: [0, 1], scale: .linear, margin: 0),
      label: valueLabel,
      isReversed: true,
      width: 240,
      labelWidth: sheet.right - sheet.left
    )
    let heights = rows.map { row in row.map { panels[$0].height }.max() ?? 0 }
    let bottom = sheet.top + heights.reduce(0) { $0 + $1 + Self.gap }
    return sheet.drawing(chartBottom: bottom + bar.height) { canvas in
      var y = sheet.top
      for (row, height) in zip(rows, heights) {
        var x = sheet.left
        for index in row {
          panels[index].draw(on: canvas, x: x, top: y, bar)
          x += panels[index].width + Self.gap
        }
        y += height + Self.gap
      }
      bar.draw(on: canvas, x: sheet.left, top: bottom)
    }
  }

  /// Which maps stand beside each other.
  private static func rows(_ panels: [MapPanel], room: Double) -> [[Int]] {
    var rows: [[Int]] = []
    var used = Double.infinity
    for (index, panel) in panels.enumerated() {
      if used + gap + panel.width > room {
        rows.append([index])
        used = panel.width
      } else {
        rows[rows.count - 1].append(index)
        used += gap + panel.width
      }
    }
    return rows
  }
}

/// A laid out map.
private struct MapPanel {
  private static let longestLabel = 84.0
  private static let leastWidth = 130.0

  let width: Double
  let height: Double
  private let title: TextBlock
  private let rows: [TextBlock]
  private let columns: [TextBlock]
  private let values: [[Double]]
  private let cell: Double
  private let left: Double
  private let top: Double

  init(_ map: MapGrid.Map) {
    cell = max(map.rows.count, map.columns.count) > 20 ? 13 : 16
    rows = map.rows.map { TextBlock($0, .tick, maximumWidth: Self.longestLabel) }
    columns = map.columns.map { TextBlock($0, .tick, maximumWidth: Self.longestLabel) }
    values = map.values
    left = (rows.map(\.width).max() ?? 0) + 6
    let area = cell * Double(columns.count)
    width = max(Self.leastWidth, left + area)
    title = TextBlock(map.title, .panelTitle, maximumWidth: width, lines: 3)
    top = title.height + 6 + (columns.map(\.width).max() ?? 0) + 5
    height = top + cell * Double(rows.count)
  }

  func draw(on canvas: Canvas, x: Double, top y: Double, _ bar: ColorBar) {
    title.draw(on: canvas, x: x, top: y)
    for (index, text) in columns.enumerated() {
      text.drawUpright(
        on: canvas,
        middle: x + left + (Double(index) + 0.5) * cell,
        bottom: y + top - 5
      )
    }
    for (row, text) in rows.enumerated() {
      let line = y + top + Double(row) * cell
      text.draw(on: canvas, x: x + left - 6, middle: line + cell / 2, anchor: .right)
      for column in columns.indices {
        let frame = Rectangle(
          x: Canvas.crisp(x + left + Double(column) * cell),
          y: Canvas.crisp(line),
          width: cell,
          height: cell
        )
        let value = number(row, column)
        canvas.fill(frame.grown(by: -0.5), value.map(bar.color) ?? Palette.grid)
      }
    }
  }

  private func number(_ row: Int, _ column: Int) -> Double? {
    guard values.indices.contains(row), values[row].indices.contains(column),
      values[row][column].isFinite
    else { return nil }
    return values[row][column]
  }
}
