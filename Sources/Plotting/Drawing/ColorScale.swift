// SPDX-License-Identifier: Apache-2.0

/// Colours from dark blue to light yellow for numbers from 0 to 1.
///
/// Cividis of Nuñez, Anderton & Renslow (2018), <https://doi.org/10.1371/journal.pone.0199239>: its lightness grows evenly,
/// so that it reads the same with every common colour blindness and in grey. 17 of its 256 colours, straight lines between.
enum ColorScale {
  fileprivate static let anchors: [Color] = [
    0x00224e, 0x002e6a, 0x1a386f, 0x32436d, 0x434e6c, 0x535a6d, 0x61656f, 0x6f7073, 0x7d7c78,
    0x8c8878, 0x9b9476, 0xaba072, 0xbcae6c, 0xcdbb63, 0xdec958, 0xf0d846, 0xfee838,
  ].map { Color($0) }

  /// The colour of `fraction`, which is cut to 0 … 1.
  static func color(_ fraction: Double) -> Color {
    let cut = fraction < 0 ? 0 : fraction > 1 ? 1 : fraction
    let place = cut * Double(anchors.count - 1)
    let index = min(anchors.count - 2, Int(place))
    let share = place - Double(index)
    func mixed(_ part: KeyPath<Color, Double>) -> Double {
      anchors[index][keyPath: part] * (1 - share) + anchors[index + 1][keyPath: part] * share
    }
    var color = anchors[index]
    (color.red, color.green, color.blue) = (mixed(\.red), mixed(\.green), mixed(\.blue))
    return color
  }
}

extension Color {
  /// Relative luminance as the Web Content Accessibility Guidelines define it, 0 … 1, with 2.25 as the exponent.
  private var luminance: Double {
    func linear(_ value: Double) -> Double { value * value * value.squareRoot().squareRoot() }
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
  }

  /// Black or white, whichever has more contrast on this colour.
  var textColor: Color { luminance > 0.179 ? Color(0x111111) : Color(0xffffff) }
}

/// What the colours of a chart mean: a bar with ticks.
struct ColorBar {
  static let thickness = 10.0

  let axis: AxisRange
  /// Whether the lightest colour is the smallest value.
  let isReversed: Bool
  private let label: TextBlock
  private let ticks: [Tick]
  private let tickLabels: [TextBlock]
  private let width: Double

  /// The label, of up to three lines, may be wider than the bar.
  init(
    _ axis: AxisRange,
    label: String,
    isReversed: Bool,
    width: Double,
    labelWidth: Double
  ) {
    self.axis = axis
    self.isReversed = isReversed
    self.width = width
    self.label = TextBlock(label, .axisLabel, maximumWidth: labelWidth, lines: 3)
    ticks = axis.ticks(about: max(2, Int(width / 70))).filter { $0.label != nil }
    tickLabels = ticks.map { TextBlock($0.label ?? "", .tick) }
  }

  var height: Double {
    label.height + 4 + Self.thickness + 3 + (tickLabels.map(\.height).max() ?? 0)
  }

  /// The colour of a value; values outside the range have those of its ends.
  func color(_ value: Double) -> Color {
    let fraction = axis.fraction(value)
    return ColorScale.color(isReversed ? 1 - fraction : fraction)
  }

  func draw(on canvas: Canvas, x: Double, top: Double) {
    label.draw(on: canvas, x: x, top: top)
    let (start, bar) = (Canvas.crisp(x), Canvas.crisp(top + label.height + 4))
    drawColors(on: canvas, start, bar)
    for (tick, text) in zip(ticks, tickLabels) {
      let place = x + axis.fraction(tick.value) * width
      let mark = [
        Position(x: place, y: bar + Self.thickness),
        Position(x: place, y: bar + Self.thickness + 3),
      ]
      canvas.stroke(mark, Palette.axis, width: 1)
      let left = min(max(x, place - text.width / 2), x + width - text.width)
      text.draw(on: canvas, x: left, top: bar + Self.thickness + 3)
    }
  }

  private func drawColors(on canvas: Canvas, _ start: Double, _ bar: Double) {
    guard canvas.isPixels else {
      // The page would shine through between slices, wherever a viewer's pixels lie.
      let whole = Rectangle(x: start, y: bar, width: width, height: Self.thickness)
      let colors = ColorScale.anchors
      return canvas.fill(whole, fromLeft: isReversed ? colors.reversed() : colors)
    }
    let steps = Int(width * Canvas.resolution)
    for step in 0..<steps {
      let share = (Double(step) + 0.5) / Double(steps)
      let slice = Rectangle(
        x: start + Double(step) / Canvas.resolution,
        y: bar,
        width: 1 / Canvas.resolution,
        height: Self.thickness
      )
      canvas.fill(slice, ColorScale.color(isReversed ? 1 - share : share))
    }
  }
}
