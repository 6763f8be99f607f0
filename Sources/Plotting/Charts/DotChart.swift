// SPDX-License-Identifier: Apache-2.0

/// Means with their intervals and the values behind them, one row each.
public struct DotChart: Hashable, Sendable {
  /// One mean.
  public struct Row: Hashable, Sendable {
    /// Its name.
    public var label: String
    /// Adjacent rows of the same group are drawn below its name; nil for no group.
    public var group: String?
    /// The dot; nil, or not finite, for none.
    public var mean: Double?
    /// Ends of the whiskers; nil for none.
    public var interval: ClosedRange<Double>?
    /// The single values, drawn as small circles; a value that is not finite is marked at the edge.
    public var values: [Double]
    /// Values that do not count in the mean, drawn as small crosses.
    public var excluded: [Double]
    /// Words at the right, such as `n = 5` or `2 of 5 diverged`; may be empty.
    public var note: String
    /// Number of its colour; equal numbers look equal in all charts.
    public var color: Int

    /// A row; the note is `n = …` unless given.
    public init(
      _ label: String,
      group: String? = nil,
      mean: Double?,
      interval: ClosedRange<Double>? = nil,
      values: [Double] = [],
      excluded: [Double] = [],
      note: String? = nil,
      color: Int = 0
    ) {
      self.label = label
      self.group = group
      self.mean = mean
      self.interval = interval
      self.values = values
      self.excluded = excluded
      self.note = note ?? "n = \(values.count)"
      self.color = color
    }
  }

  /// What the chart shows, in bold; may be empty.
  public var title: String
  /// More words below the title; may be empty.
  public var subtitle: String
  /// Name of the value axis.
  public var xLabel: String
  /// The value axis.
  public var scale: Scale
  /// The largest range of the axis; values beyond it are marked at the edge. Nil shows everything.
  public var limits: ClosedRange<Double>?
  /// The rows from top to bottom.
  public var rows: [Row]
  /// Vertical lines.
  public var references: [ReferenceLine]
  /// Small text below; may be empty. The chart itself adds how missing values are marked.
  public var footnote: String
  /// Width of the picture in points.
  public var width: Double

  /// A chart; `width` is 320 to 4000 points.
  public init(
    title: String = "",
    subtitle: String = "",
    xLabel: String = "",
    scale: Scale = .linear,
    limits: ClosedRange<Double>? = nil,
    rows: [Row],
    references: [ReferenceLine] = [],
    footnote: String = "",
    width: Double = 720
  ) {
    precondition((320...4000).contains(width), "a chart \(width) points wide")
    self.title = title
    self.subtitle = subtitle
    self.xLabel = xLabel
    self.scale = scale
    self.limits = limits
    self.rows = rows
    self.references = references
    self.footnote = footnote
    self.width = width
  }
}

extension DotChart {
  /// Everything that wants a place on the axis and may have one.
  var shownValues: [Double] {
    let values = rows.flatMap { row in
      row.values + row.excluded + [row.mean].compactMap { $0 }
        + (row.interval.map { [$0.lowerBound, $0.upperBound] } ?? [])
    }
    return (limits.map { limits in values.filter(limits.contains) } ?? values)
      + references.map(\.value)
  }

  /// `footnote`, and how missing values are marked if there are any.
  var fullFootnote: String {
    let hasMissing = rows.contains { row in row.values.contains { !scale.hasPlace(for: $0) } }
    let mark = scale == .log ? "× not finite, or not positive." : "× not a finite number."
    let beyond = limits.flatMap { limits in
      limitNote(limits, rows.flatMap { $0.values + [$0.mean].compactMap { $0 } })
    }?.replacing("▲ above", with: "▶ beyond").replacing("▼ below", with: "◀ beyond")
    return [footnote, beyond ?? "", hasMissing ? mark : ""].filter { !$0.isEmpty }
      .joined(separator: " ")
  }
}
