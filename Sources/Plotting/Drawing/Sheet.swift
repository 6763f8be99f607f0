// SPDX-License-Identifier: Apache-2.0

/// The page around a chart: title and subtitle above it, a footnote below.
struct Sheet {
  static let margin = 18.0

  let width: Double
  private let title: TextBlock?
  private let subtitle: TextBlock?
  private let footnote: TextBlock?

  init(width: Double, title: String, subtitle: String, footnote: String) {
    self.width = width
    let room = width - 2 * Self.margin
    func block(_ text: String, _ style: TextStyle, _ lines: Int) -> TextBlock? {
      text.isEmpty ? nil : TextBlock(text, style, maximumWidth: room, lines: lines)
    }
    self.title = block(title, .title, 2)
    self.subtitle = block(subtitle, .subtitle, 3)
    self.footnote = block(footnote, .footnote, 4)
  }

  /// The left edge of what stands on the sheet.
  var left: Double { Self.margin }
  /// The right edge of what stands on the sheet.
  var right: Double { width - Self.margin }

  /// Where the chart begins.
  var top: Double {
    let heading = [title, subtitle].compactMap { $0 }
    return Self.margin + heading.reduce(0) { $0 + $1.height + 3 } + (heading.isEmpty ? 0 : 9)
  }

  /// The picture of a chart that ends at `chartBottom` and is drawn by `body`.
  func drawing(chartBottom: Double, _ body: @escaping (Canvas) -> Void) -> Drawing {
    let note = footnote.map { $0.height + 10 } ?? 0
    return Drawing(width: width, height: chartBottom + note + Self.margin - 4) { canvas in
      drawWords(on: canvas, chartBottom: chartBottom)
      body(canvas)
    }
  }

  private func drawWords(on canvas: Canvas, chartBottom: Double) {
    var y = Self.margin
    for block in [title, subtitle].compactMap({ $0 }) {
      block.draw(on: canvas, x: left, top: y)
      y += block.height + 3
    }
    footnote?.draw(on: canvas, x: left, top: chartBottom + 10)
  }
}
