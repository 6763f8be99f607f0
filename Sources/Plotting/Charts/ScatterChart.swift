// SPDX-License-Identifier: Apache-2.0

/// A value over one number, or over several numbers in separate panels; each item that has both is
/// a mark.
public struct ScatterChart: Hashable, Sendable {
  /// One item.
  public struct Mark: Hashable, Sendable {
    /// Along the horizontal axis.
    public var x: Double
    /// Along the vertical axis; a value that is not finite is marked above the plot.
    public var y: Double
    /// Ends of an upright line through the mark; nil for none.
    public var interval: ClosedRange<Double>?
    /// Index of its group.
    public var group: Int
    /// Whether a ring marks it.
    public var isMarked: Bool

    /// A mark.
    public init(
      x: Double,
      y: Double,
      interval: ClosedRange<Double>? = nil,
      group: Int = 0,
      isMarked: Bool = false
    ) {
      self.x = x
      self.y = y
      self.interval = interval
      self.group = group
      self.isMarked = isMarked
    }
  }

  /// One horizontal axis with its marks.
  public struct Panel: Hashable, Sendable {
    /// What the panel shows, in bold; may be empty.
    public var title: String
    /// Name of the horizontal axis.
    public var xLabel: String
    /// The horizontal axis.
    public var xScale: Scale
    /// The marks, later ones above earlier ones.
    public var marks: [Mark]

    /// A panel.
    public init(title: String = "", xLabel: String, xScale: Scale = .linear, marks: [Mark]) {
      self.title = title
      self.xLabel = xLabel
      self.xScale = xScale
      self.marks = marks
    }
  }

  /// What the chart shows, in bold; may be empty.
  public var title: String
  /// More words below the title; may be empty.
  public var subtitle: String
  /// Name of the vertical axis.
  public var yLabel: String
  /// The vertical axis, the same in all panels; on a log axis zero and negative values are marked above the plot.
  public var yScale: Scale
  /// The largest range of the vertical axis; marks beyond it are drawn at the edge. Nil shows
  /// everything.
  public var limits: ClosedRange<Double>?
  /// The panels, side by side.
  public var panels: [Panel]
  /// Names of the groups; a group's place decides its colour. With fewer than two groups there is
  /// no legend.
  public var groups: [String]
  /// Whether both axes of a panel share one range, with a line where both values are equal; each
  /// panel has its own range.
  public var isSquare: Bool
  /// Small text below; may be empty. The chart itself adds how missing values are marked.
  public var footnote: String
  /// Width of the picture in points.
  public var width: Double
  /// Height of one plot in points; square plots are as high as they are wide.
  public var plotHeight: Double

  /// A chart; `width` is 320 to 4000 and `plotHeight` 60 to 2000 points.
  public init(
    title: String = "",
    subtitle: String = "",
    yLabel: String = "",
    yScale: Scale = .linear,
    limits: ClosedRange<Double>? = nil,
    panels: [Panel],
    groups: [String] = [],
    isSquare: Bool = false,
    footnote: String = "",
    width: Double = 720,
    plotHeight: Double = 220
  ) {
    precondition((320...4000).contains(width), "a chart \(width) points wide")
    precondition((60...2000).contains(plotHeight), "a plot \(plotHeight) points high")
    self.title = title
    self.subtitle = subtitle
    self.yLabel = yLabel
    self.yScale = yScale
    self.limits = limits
    self.panels = panels
    self.groups = groups
    self.isSquare = isSquare
    self.footnote = footnote
    self.width = width
    self.plotHeight = plotHeight
  }
}

extension ScatterChart {
  /// `footnote`, and how what has no place is marked.
  var fullFootnote: String {
    let values = panels.flatMap { $0.marks.map(\.y) }
    let isMissing = values.contains { !yScale.hasPlace(for: $0) }
    let mark = yScale == .log ? "× not finite, or not positive." : "× not a finite number."
    return [footnote, limits.flatMap { limitNote($0, values) } ?? "", isMissing ? mark : ""]
      .filter { !$0.isEmpty }.joined(separator: " ")
  }
}
