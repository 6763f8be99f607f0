// SPDX-License-Identifier: Apache-2.0

/// A labelled value drawn as a dashed line across the plot.
public struct ReferenceLine: Hashable, Sendable {
  static let dash = [4.0, 3.0]

  /// Its name.
  public var label: String
  /// Its value on the axis; it is drawn only if the axis can show it.
  public var value: Double

  /// A reference.
  public init(_ label: String, value: Double) {
    self.label = label
    self.value = value
  }
}

/// Curves, such as metrics over epochs.
public struct LineChart: Hashable, Sendable {
  /// One place of a band.
  public struct BandPoint: Hashable, Sendable {
    /// Along the horizontal axis.
    public var x: Double
    /// Lower edge.
    public var low: Double
    /// Upper edge.
    public var high: Double

    /// A place; the band is interrupted where an edge is not finite.
    public init(x: Double, low: Double, high: Double) {
      self.x = x
      self.low = low
      self.high = high
    }
  }

  /// What belongs to one label: thin lines, their mean and a band around it.
  public struct Series: Hashable, Sendable {
    /// Its name.
    public var label: String
    /// Number of its colour; equal numbers look equal in all charts.
    public var color: Int
    /// Number of its dash pattern, so that series can be told apart without colours.
    public var dash: Int
    /// Thin lines, such as one per seed; a single line without a mean is drawn thick.
    public var lines: [[Point]]
    /// A thick line.
    public var mean: [Point]?
    /// A translucent band.
    public var band: [BandPoint]?
    /// Its place in an ordered list of series, from 0 to 1; nil for series without order.
    ///
    /// The colour then comes from a colour scale, every second `color` has dashes, and `dash` has
    /// no effect.
    public var shade: Double?
    /// Points where a line ends before the others do, each drawn as an upright stroke.
    public var ends: [Point]
    /// Short texts at points of the mean, such as how many lines it is still the mean of.
    public var remarks: [Remark]

    /// A series; `dash` is `color` unless given.
    public init(
      _ label: String,
      color: Int,
      dash: Int? = nil,
      lines: [[Point]] = [],
      mean: [Point]? = nil,
      band: [BandPoint]? = nil,
      shade: Double? = nil,
      ends: [Point] = [],
      remarks: [Remark] = []
    ) {
      self.label = label
      self.color = color
      self.dash = dash ?? color
      self.lines = lines
      self.mean = mean
      self.band = band
      self.shade = shade
      self.ends = ends
      self.remarks = remarks
    }
  }

  /// Words at a place.
  public struct Remark: Hashable, Sendable {
    /// Where.
    public var point: Point
    /// One or two words.
    public var text: String

    /// A remark.
    public init(_ text: String, at point: Point) {
      self.text = text
      self.point = point
    }
  }

  /// A name instead of a number on the horizontal axis.
  public struct Place: Hashable, Sendable {
    /// Along the horizontal axis.
    public var x: Double
    /// The text below it.
    public var name: String

    /// A place.
    public init(_ name: String, x: Double) {
      self.name = name
      self.x = x
    }
  }

  /// What the chart shows, in bold; may be empty.
  public var title: String
  /// More words below the title; may be empty.
  public var subtitle: String
  /// Name of the horizontal axis.
  public var xLabel: String
  /// Name of the vertical axis.
  public var yLabel: String
  /// The horizontal axis.
  public var xScale: Scale
  /// The vertical axis; on a log axis zero and negative values are gaps.
  public var yScale: Scale
  /// The curves.
  public var series: [Series]
  /// Quiet lines without names behind the curves, such as those of other panels.
  public var context: [[Point]]
  /// The largest range of the vertical axis; values beyond it are marked at the edge. Nil shows
  /// everything.
  public var limits: ClosedRange<Double>?
  /// Named places on the horizontal axis; if it is empty, the axis has round numbers.
  public var places: [Place]
  /// Horizontal lines.
  public var references: [ReferenceLine]
  /// Small text below; may be empty. The chart itself adds how gaps are marked.
  public var footnote: String
  /// Width of the picture in points.
  public var width: Double
  /// Height of the plot alone in points.
  public var plotHeight: Double

  /// A chart; `width` is 320 to 4000 and `plotHeight` 60 to 4000 points.
  public init(
    title: String = "",
    subtitle: String = "",
    xLabel: String = "",
    yLabel: String = "",
    xScale: Scale = .linear,
    yScale: Scale = .linear,
    series: [Series],
    context: [[Point]] = [],
    limits: ClosedRange<Double>? = nil,
    places: [Place] = [],
    references: [ReferenceLine] = [],
    footnote: String = "",
    width: Double = 720,
    plotHeight: Double = 300
  ) {
    precondition((320...4000).contains(width), "a chart \(width) points wide")
    precondition((60...4000).contains(plotHeight), "a plot \(plotHeight) points high")
    self.title = title
    self.subtitle = subtitle
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.xScale = xScale
    self.yScale = yScale
    self.series = series
    self.context = context
    self.limits = limits
    self.places = places
    self.references = references
    self.footnote = footnote
    self.width = width
    self.plotHeight = plotHeight
  }
}

extension LineChart.Series {
  /// Every point of the lines and of the mean.
  var points: [Point] { lines.flatMap { $0 } + (mean ?? []) }

  /// Its colour.
  var paint: Color { shade.map(Palette.shade) ?? Palette.color(color) }

  /// Its dashes.
  var strokes: [Double] {
    // Neighbours in an order have near colours: every second one has dashes.
    shade == nil ? Palette.dash(dash) : Palette.dash(abs(color) % 2)
  }

  /// The last value of the mean that has a place, else of the lines' last values their mean.
  func lastValue(on scale: Scale) -> Double? {
    if let last = mean?.last(where: { scale.hasPlace(for: $0.y) }) { return last.y }
    let ends = lines.compactMap { line in line.last { scale.hasPlace(for: $0.y) }?.y }
    return ends.isEmpty ? nil : ends.map { $0 / Double(ends.count) }.reduce(0, +)
  }
}
