// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Experiments
import Vocabulary

/// Time and speed of each cell.
struct TimesSection {
  let analysis: Analysis

  init(_ analysis: Analysis) { self.analysis = analysis }

  /// Empty before the first run is complete.
  var blocks: [Block] {
    let done = analysis.snapshot.runs.filter { $0.state == .completed }
    guard !done.isEmpty else { return [] }
    let table = Block.table(
      [
        ("Cell", .left), ("Parameters", .right), ("Epochs", .right), ("Time per run", .right),
        ("Samples per second", .right),
      ],
      analysis.cells.map(row)
    )
    let total = done.compactMap(\.durationSeconds).reduce(0, +)
    return [
      .heading(2, "Time and speed"), table,
      .paragraph(
        """
        Means over the seeds. Times depend on the machine and on what else ran on it; they are outside every \
        comparison. The \(words: counted(done.count, "complete run")) took \(words: NumberText.duration(seconds: total)) of \
        training together.
        """
      ),
    ]
  }

  private func row(_ cell: ComparedCell) -> [Inline] {
    let done = cell.runs.filter { $0.state == .completed }
    let speeds = done.compactMap { $0.metrics["train.samples_per_second"]?.last }
    let numbers = [
      cell.runs.compactMap(\.parameterCount).first.map(grouped),
      // An imported run without any number has no epoch.
      mean(done.map { Double($0.epochs) }.filter { $0 > 0 }).map {
        NumberText.fixed($0, decimals: 1)
      }
      .map { $0.hasSuffix(".0") ? String($0.dropLast(2)) : $0 },
      mean(done.compactMap(\.durationSeconds)).map { NumberText.duration(seconds: $0) },
      mean(speeds).map { grouped(Int($0.rounded())) },
    ]
    return [.verbatim(cell.label)] + numbers.map { .text($0 ?? "–") }
  }

  private func mean(_ values: [Double]) -> Double? {
    let finite = values.filter { $0.isFinite && abs($0) < 1e15 }
    return finite.isEmpty ? nil : Sample(finite).mean
  }
}
