// SPDX-License-Identifier: Apache-2.0

/// A place in a chart's own units; a `y` that is not finite is shown as a gap.
public struct Point: Hashable, Sendable {
  /// Along the horizontal axis.
  public var x: Double
  /// Along the vertical axis; NaN and infinities are gaps.
  public var y: Double

  /// A point.
  public init(x: Double, y: Double) {
    self.x = x
    self.y = y
  }
}

/// Reduces the points of a line without changing the picture.
public enum Downsampling {
  /// The points that are enough to draw a line through all of them at a width of `columns`.
  ///
  /// For each column these are the first, the smallest, the largest and the last point, and one
  /// point of each kind of gap. Points keep their order. So no extreme and no gap is lost, and no
  /// new point appears. A run of values inside one column gives at most four points; each change
  /// between values and gaps gives one more. Points whose `x` has no place on the axis are left
  /// out.
  public static func keepingExtremes(
    of points: [Point],
    columns: Int,
    scale: Scale = .linear,
    over range: ClosedRange<Double>
  ) -> [Point] {
    precondition(columns > 0, "\(columns) columns")
    let placed = points.filter { scale.hasPlace(for: $0.x) }
    guard placed.count > 4 * columns, range.lowerBound < range.upperBound,
      scale.hasPlace(for: range.lowerBound)
    else { return placed }
    let axis = AxisRange(scale: scale, low: range.lowerBound, high: range.upperBound)
    var result: [Point] = []
    var run: [Point] = []
    var place: Place?
    for point in placed {
      let here = Place(point, columns: columns, axis: axis)
      if here != place {
        result += extremes(of: run)
        run.removeAll(keepingCapacity: true)
        place = here
      }
      run.append(point)
    }
    return result + extremes(of: run)
  }

  /// Neighbours with the same place can stand for one another.
  private struct Place: Equatable {
    let column: Int
    let isGap: Bool

    init(_ point: Point, columns: Int, axis: AxisRange) {
      let position = axis.fraction(point.x) * Double(columns)
      column = Int(max(-1, min(Double(columns), position.rounded(.down))))
      isGap = !point.y.isFinite
    }
  }

  private static func extremes(of run: [Point]) -> [Point] {
    guard let first = run.first, run.count > 1 else { return run }
    guard first.y.isFinite else { return [first, run[run.count - 1]] }
    var (least, most) = (0, 0)
    for index in run.indices {
      if run[index].y < run[least].y { least = index }
      if run[index].y > run[most].y { most = index }
    }
    let kept = Set([0, least, most, run.count - 1])
    return kept.sorted().map { run[$0] }
  }
}
