// SPDX-License-Identifier: Apache-2.0

import Experiments
import Plotting
import Vocabulary

/// The lines of one cell, one for each seed, over epochs or anything else: every seed while there are few, mean and band
/// from three on.
struct CurveSeries {
  /// Up to this many seeds each is a thin line.
  static let lineLimit = 5
  /// Below this many seeds there is no band.
  static let bandMinimum = 3

  /// One line per seed that has points, in seed order; NaN where the value is not a finite number.
  let lines: [[Point]]
  /// One line per complete run; empty if a seed diverged, for the rest would look better than the cell is. Collapsed seeds
  /// are left out, as they are of the cell's numbers.
  let complete: [[Point]]
  /// How many collapsed seeds are left out of `complete` at a place.
  var skipped: [Double: Int] = [:]
  /// Whether a band would be of the best of several, which is none.
  var isChosen = false

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
      ? []
      : cell.runs.filter { $0.state == .completed && !cell.collapsedSeeds.contains($0.seed) }
        .compactMap(line)
    isChosen = cell.candidates > 1
  }

  /// All finite values.
  var values: [Double] { lines.flatMap { $0.map(\.y).filter(\.isFinite) } }

  /// Where the longest line ends.
  var last: Double { lines.compactMap { $0.last?.x }.max() ?? -.infinity }

  /// `last` is where the longest line of the whole picture ends: complete runs that end before are marked.
  func series(
    _ entry: ChartCells.Entry,
    scale: MetricScale,
    last: Double = -.infinity
  ) -> LineChart.Series {
    // Among many lines bands and seeds would hide everything.
    let isCrowded = entry.shade != nil && !complete.isEmpty
    let hasMean = isCrowded || complete.count >= Self.bandMinimum
    let showsLines = !isCrowded && (lines.count <= Self.lineLimit || !hasMean)
    let mean = hasMean ? columns(scale) : []
    let shown = showsLines ? complete : mean.isEmpty ? [] : [mean.map(\.point)]
    return LineChart.Series(
      entry.label,
      color: entry.color,
      lines: showsLines ? lines : [],
      mean: hasMean ? mean.map(\.point) : nil,
      band: hasMean && !isCrowded && !isChosen ? mean.map(\.band) : nil,
      shade: entry.shade,
      ends: shown.compactMap(\.last).filter { $0.x < last && $0.y.isFinite },
      remarks: isCrowded ? [] : remarks(mean)
    )
  }

  /// What the lines of several cells are.
  static func footnote(
    _ data: [CurveSeries],
    _ scale: MetricScale,
    isCrowded: Bool = false
  ) -> String {
    if isCrowded {
      return "\(scale == .logarithmic ? "Geometric means" : "Means") over seeds."
    }
    let hasMean = data.contains { $0.complete.count >= bandMinimum }
    let hasBand = data.contains { $0.complete.count >= bandMinimum && !$0.isChosen }
    let collapses = data.contains { data in
      !data.skipped.isEmpty || (!data.complete.isEmpty && data.complete.count < data.lines.count)
    }
    let hasLines = data.contains { $0.lines.count <= lineLimit && $0.lines.count > 1 }
    let thins = data.contains { data in
      data.complete.count >= bandMinimum && Set(data.complete.map { $0.last?.x }).count > 1
    }
    let parts = [
      hasMean
        ? "Thick: \(scale == .logarithmic ? "geometric " : "")mean over seeds"
          + (hasBand ? "; band: its pointwise 95 % interval." : ".") : "",
      collapses ? "Seeds that collapsed are in no mean." : "",
      thins ? "n: seeds that still run, where the mean is of fewer." : "",
      hasLines ? "Thin: single seeds." : "",
    ]
    return parts.filter { !$0.isEmpty }.joined(separator: " ")
  }

  // MARK: - Pointwise

  /// The complete runs at one place.
  private struct Column {
    var point: Point
    var band: LineChart.BandPoint
    /// Runs that have not ended before it.
    var count: Int
  }

  /// At each epoch the mean over those runs that have not ended, with a band while there are enough; a gap where one of
  /// them has no number that is finite.
  private func columns(_ scale: MetricScale) -> [Column] {
    var values: [Double: [Double]] = [:]
    for line in complete { for point in line { values[point.x, default: []].append(point.y) } }
    let ends = complete.compactMap { $0.last?.x }
    return values.sorted { $0.key < $1.key }.map { x, found in
      let count = ends.count { $0 >= x }
      let isWhole =
        found.count + (skipped[x] ?? 0) >= count && found.allSatisfy(\.isFinite) && !found.isEmpty
      let sample = isWhole ? Sample(found) : nil
      let interval = count >= Self.bandMinimum ? sample?.interval(scale) : nil
      return Column(
        point: Point(x: x, y: sample?.center(scale) ?? .nan),
        band: LineChart.BandPoint(
          x: x,
          low: interval?.low ?? .nan,
          high: interval?.high ?? .nan
        ),
        count: count
      )
    }
  }

  /// `n = 2` where the mean begins to be one of fewer runs.
  private func remarks(_ columns: [Column]) -> [LineChart.Remark] {
    zip(columns, columns.dropFirst()).compactMap { before, column in
      column.count < before.count
        ? LineChart.Remark("n = \(column.count)", at: column.point) : nil
    }
  }
}
