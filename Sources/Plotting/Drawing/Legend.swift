// SPDX-License-Identifier: Apache-2.0

/// The sample of a line and its name.
struct LegendEntry {
  static let sampleWidth = 22.0

  let text: TextBlock
  let color: Color
  let dash: [Double]
  let lineWidth: Double
  private let sample: Sample

  /// What stands before the name.
  private enum Sample {
    case line, area, dot
    case mark(Presence)
  }

  /// Where the values of a series are.
  enum Presence {
    /// Some are in the plot.
    case inside
    /// All are beyond its axis.
    case above, below
    /// There are none.
    case missing
  }

  /// A series without any line in the plot has the mark of its values in the place of one.
  init(_ series: LineChart.Series, _ presence: Presence = .inside, maximumWidth: Double) {
    text = TextBlock(series.label, .label, maximumWidth: maximumWidth)
    color = series.paint
    dash = series.strokes
    lineWidth = 2
    sample = presence == .inside ? .line : .mark(presence)
  }

  /// A broad sample, for areas, or a dot.
  init(_ label: String, color: Color, isDot: Bool = false, maximumWidth: Double) {
    text = TextBlock(label, .label, maximumWidth: maximumWidth)
    self.color = color
    dash = []
    lineWidth = 0
    sample = isDot ? .dot : .area
  }

  init(_ reference: ReferenceLine, maximumWidth: Double) {
    text = TextBlock(reference.label, .axisLabel, maximumWidth: maximumWidth)
    color = Palette.quiet
    dash = ReferenceLine.dash
    lineWidth = 1
    sample = .line
  }

  var width: Double { Self.sampleWidth + 6 + text.width }

  func draw(on canvas: Canvas, x: Double, middle y: Double) {
    switch sample {
    case .area:
      canvas.fill(Rectangle(x: x, y: y - 4.5, width: Self.sampleWidth, height: 9), color)
    case .line:
      let line = [Position(x: x, y: y), Position(x: x + Self.sampleWidth, y: y)]
      canvas.stroke(line, color, width: lineWidth, dash: dash)
    case .dot:
      canvas.disc(Position(x: x + Self.sampleWidth / 2, y: y), radius: 3.2, color)
    case .mark(let presence):
      let middle = Position(x: x + Self.sampleWidth / 2, y: y)
      switch presence {
      case .above: canvas.triangle(middle, radius: 3.6, pointing: .up, color)
      case .below: canvas.triangle(middle, radius: 3.6, pointing: .down, color)
      case .inside, .missing: canvas.cross(middle, radius: 3, color)
      }
    }
    text.draw(on: canvas, x: x + Self.sampleWidth + 6, middle: y)
  }
}

/// Entries in rows and columns below a chart.
struct Legend {
  private let entries: [LegendEntry]
  private let columnWidth: Double
  private let columns: Int
  private let rowHeight: Double

  init(_ entries: [LegendEntry], width: Double) {
    self.entries = entries
    let widest = entries.map(\.width).max() ?? 0
    columnWidth = widest + 20
    columns = max(1, min(entries.count, Int((width + 20) / columnWidth)))
    rowHeight = (entries.map(\.text.height).max() ?? 0) + 4
  }

  /// Largest width of a label, so that it ends with the sheet.
  static func maximumLabelWidth(sheetWidth: Double) -> Double {
    sheetWidth - LegendEntry.sampleWidth - 6
  }

  var height: Double {
    Double((entries.count + columns - 1) / columns) * rowHeight
  }

  /// Entries run down the columns, in their order.
  func draw(on canvas: Canvas, x: Double, top: Double) {
    let rows = (entries.count + columns - 1) / columns
    for (index, entry) in entries.enumerated() {
      entry.draw(
        on: canvas,
        x: x + Double(index / rows) * columnWidth,
        middle: top + (Double(index % rows) + 0.5) * rowHeight
      )
    }
  }
}
