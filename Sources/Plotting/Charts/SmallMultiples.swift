// SPDX-License-Identifier: Apache-2.0

/// Line charts beside and below each other, on the same axes.
public struct SmallMultiples: Hashable, Sendable {
  /// What the panels show together, in bold; may be empty.
  public var title: String
  /// More words below the title; may be empty.
  public var subtitle: String
  /// One chart for each panel, row by row.
  ///
  /// Each panel uses its own title, series and references. The axis names and scales of the first
  /// panel apply to all.
  public var panels: [LineChart]
  /// Panels per row; nil chooses a good number.
  public var columns: Int?
  /// Small text below; may be empty.
  public var footnote: String
  /// Width of the picture in points.
  public var width: Double
  /// Height of one plot in points.
  public var plotHeight: Double

  /// A grid of panels; `width` is 320 to 4000 points, `plotHeight` 60 to 2000, `columns` at least 1.
  public init(
    title: String = "",
    subtitle: String = "",
    panels: [LineChart],
    columns: Int? = nil,
    footnote: String = "",
    width: Double = 720,
    plotHeight: Double = 130
  ) {
    precondition((320...4000).contains(width), "a chart \(width) points wide")
    precondition((60...2000).contains(plotHeight), "a plot \(plotHeight) points high")
    precondition(columns ?? 1 > 0, "\(columns ?? 0) columns")
    self.title = title
    self.subtitle = subtitle
    self.panels = panels
    self.columns = columns
    self.footnote = footnote
    self.width = width
    self.plotHeight = plotHeight
  }
}

extension SmallMultiples: Chart {
  /// The picture.
  public func drawing() -> Drawing {
    let layout = GridLayout(self)
    let legend = Legend(entries(of: panels, layout.sheet), width: layout.sheet.right - layout.left)
    let legendHeight = legend.height > 0 ? legend.height + 10 : 0
    return layout.sheet.drawing(chartBottom: layout.bottom + legendHeight) { canvas in
      layout.yName?.draw(on: canvas, x: layout.sheet.left, top: layout.sheet.top)
      for index in panels.indices { layout.draw(index, on: canvas) }
      layout.xName?.draw(
        on: canvas,
        x: (layout.left + layout.sheet.right) / 2,
        top: layout.panelsBottom + 3,
        anchor: .centre
      )
      legend.draw(on: canvas, x: layout.left, top: layout.bottom + 10)
    }
  }
}

/// Where the panels of a grid stand.
private struct GridLayout {
  private static let gap = 16.0

  let sheet: Sheet
  let left: Double
  let yName: TextBlock?
  let xName: TextBlock?
  private let panels: [LinePanel]
  private let titles: [TextBlock]
  private let columns: Int
  private let plotHeight: Double
  private let titleHeight: Double
  private let gapHeight: Double
  private let tickHeight = TextBlock("0", .tick).height + 5

  init(_ grid: SmallMultiples) {
    sheet = Sheet(
      width: grid.width,
      title: grid.title,
      subtitle: grid.subtitle,
      footnote: gapNote(of: grid.panels, grid.footnote)
    )
    let axes = LinePanel.axes(of: grid.panels)
    panels = grid.panels.map { LinePanel($0, x: axes.x, y: axes.y, height: grid.plotHeight) }
    let count = max(1, grid.panels.count)
    columns = min(count, grid.columns ?? (count <= 4 && count != 3 ? 2 : min(4, 3 + count / 13)))
    left = sheet.left + (panels.map(\.yLabelWidth).max() ?? 0) + 6
    let yLabel = grid.panels.first?.yLabel ?? ""
    // Said once is enough.
    yName = yLabel == grid.title ? nil : axisName(yLabel, width: sheet.right - sheet.left)
    xName = axisName(grid.panels.first?.xLabel ?? "", width: sheet.right - left)
    plotHeight = grid.plotHeight
    gapHeight = panels.map(\.gapHeight).max() ?? 0
    let width = Self.panelWidth(columns, from: left, to: sheet.right)
    titles = grid.panels.map { TextBlock($0.title, .panelTitle, maximumWidth: width, lines: 2) }
    titleHeight =
      grid.panels.allSatisfy(\.title.isEmpty) ? 4 : (titles.map(\.height).max() ?? 0) + 4
  }

  private static func panelWidth(_ columns: Int, from left: Double, to right: Double) -> Double {
    (right - left - 8 - Double(columns - 1) * gap) / Double(columns)
  }

  private var rows: Int { (panels.count + columns - 1) / columns }
  private var top: Double { sheet.top + (yName.map { $0.height + 8 } ?? 0) }
  private var rowHeight: Double { titleHeight + gapHeight + plotHeight + tickHeight + 10 }
  var panelsBottom: Double { top + Double(rows) * rowHeight - 10 }
  var bottom: Double { panelsBottom + (xName.map { $0.height + 3 } ?? 0) }

  func draw(_ index: Int, on canvas: Canvas) {
    let width = Self.panelWidth(columns, from: left, to: sheet.right)
    let (row, column) = (index / columns, index % columns)
    let area = Rectangle(
      x: left + Double(column) * (width + Self.gap),
      y: top + Double(row) * rowHeight + titleHeight + gapHeight,
      width: width,
      height: plotHeight
    )
    titles[index].draw(on: canvas, x: area.x, top: area.y - gapHeight - titleHeight)
    panels[index].draw(
      on: canvas,
      in: area,
      // A panel with nothing below it carries the labels.
      xLabels: index + columns >= panels.count,
      yLabels: column == 0
    )
  }
}
