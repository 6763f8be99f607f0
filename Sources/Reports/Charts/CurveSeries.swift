// SPDX-License-Identifier: Apache-2.0

import Experiments
import Plotting

/// The lines of one cell, one for each seed, over epochs or anything else: every seed while there are few, mean and band
/// from three on.
struct CurveSeries {
  /// Up to this many seeds each is a thin line.
  static let lineLimit = 5
  /// Below this many seeds there is no band.
  static let bandMinimum = 3

  /// One line per seed that has points, in seed order; NaN where the value is not a finite number.
  let lines: [[Point]]
  /// One line per complete run; empty if a seed diverged, for the rest would look better than the cell is.
  let complete: [[Point]]

  init(lines: [[Point]], complete: [[Point]]) {
    self.lines = lines
    self.complete = complete
  }

  /// A metric over epochs.
  init(_ metric: String, of cell: ComparedCell, in snapshot: SweepSnapshot) {
    func line(_ run: RunRecord) -> [Point]? {
      guard let points = snapshot.curves[run.id]?[metric], !points.isEmpty else { return nil }
      return points.map { Point(x: $0.epoch, y: $0.value ?? .nan) }
    }
    lines = cell.runs.compactMap(line)
    complete =
      cell.divergedCount > 0
      ? [] : cell.runs.filter { $0.state == .completed }.compactMap(line)
  }

  /// All finite values.
  var values: [Double] { lines.flatMap { $0.map(\.y).filter(\.isFinite) } }

  func series(_ entry: ChartCells.Entry, scale: MetricScale) -> LineChart.Series {
    let showsBand = complete.count >= Self.bandMinimum
    let showsLines = lines.count <= Self.lineLimit || !showsBand
    return LineChart.Series(
      entry.label,
      color: entry.color,
      lines: showsLines ? lines : [],
      mean: showsBand ? mean(scale) : nil,
      band: showsBand ? band(scale) : nil
    )
  }

  /// What the lines of several cells are.
  static func footnote(_ data: [CurveSeries], _ scale: MetricScale) -> String {
    let hasBand = data.contains { $0.complete.count >= bandMinimum }
    let hasLines = data.contains { $0.lines.count <= lineLimit && $0.lines.count > 1 }
    let parts = [
      hasBand
        ? "Thick: \(scale == .logarithmic ? "geometric " : "")mean over seeds; "
          + "band: its pointwise 95 % interval." : "",
      hasLines ? "Thin: single seeds." : "",
    ]
    return parts.filter { !$0.isEmpty }.joined(separator: " ")
  }

  // MARK: - Pointwise

  private func mean(_ scale: MetricScale) -> [Point] {
    columns.map { x, sample in Point(x: x, y: sample?.center(scale) ?? .nan) }
  }

  private func band(_ scale: MetricScale) -> [LineChart.BandPoint] {
    columns.map { x, sample in
      let interval = sample?.interval(scale)
      return LineChart.BandPoint(x: x, low: interval?.low ?? .nan, high: interval?.high ?? .nan)
    }
  }

  /// At each epoch the values of all complete runs; nil where one has none that is finite.
  private var columns: [(x: Double, sample: Sample?)] {
    var values: [Double: [Double]] = [:]
    for line in complete { for point in line { values[point.x, default: []].append(point.y) } }
    return values.sorted { $0.key < $1.key }.map { x, found in
      let isWhole = found.count == complete.count && found.allSatisfy(\.isFinite)
      return (x, isWhole ? Sample(found) : nil)
    }
  }
}
