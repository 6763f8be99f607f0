// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Experiments
import Plotting
import Vocabulary

/// What the attentions of a plan's networks look at, one picture for each wiring.
struct AttentionPictures {
  /// More maps are not drawn.
  private static let most = 12

  let analysis: Analysis

  init(_ analysis: Analysis) { self.analysis = analysis }

  func picture(_ plan: ChartPlan) -> ReportCharts.Picture? {
    guard case .attention(let index) = plan.kind,
      let (cell, run) = analysis.bestOfWirings[index],
      let maps = analysis.snapshot.captures[.attention, run.id], !maps.isEmpty
    else { return nil }
    return Self.picture(
      maps,
      of: run,
      label: cell.label,
      subtitle: analysis.experiment.title ?? analysis.experiment.name
    )
  }

  static func picture(
    _ maps: [AttentionMap],
    of run: RunRecord,
    label: String,
    subtitle: String
  ) -> ReportCharts.Picture {
    let shown = maps.prefix(most)
    let heads = shown.map(\.heads).max() ?? 1
    let notes = [
      "Rows are the tokens that look, columns those that are looked at; the weights of a row add up to 1.",
      heads > 1 ? "Weights are means over the heads." : nil,
      maps.count > shown.count ? "\(maps.count - shown.count) more maps are not drawn." : nil,
    ]
    return ReportCharts.Picture(
      chart: MapGrid(
        title: "What the attention of \(label) looks at",
        subtitle: "\(subtitle) · run \(run.id), seed \(run.seed)",
        maps: shown.map { map in
          MapGrid.Map(
            title: "\(map.layer) → \(map.memory), example \(map.example + 1)",
            rows: map.rows,
            columns: map.columns,
            values: map.weights.map { $0.map { Double($0) / 1000 } }
          )
        },
        valueLabel: "weight, dark: larger",
        footnote: notes.compactMap(\.self).joined(separator: " ")
      ),
      alternative: alternative(shown.first, label: label, seed: run.seed, count: shown.count),
      runs: [run]
    )
  }

  /// What each token of the first map looks at most.
  private static func alternative(
    _ map: AttentionMap?,
    label: String,
    seed: Int,
    count: Int
  ) -> String {
    let start = "\(counted(count, "attention map")) of \(label), seed \(seed)"
    guard let map else { return start }
    let looks = zip(map.rows, map.weights).prefix(12).compactMap { row, weights -> String? in
      guard let largest = weights.max(), let place = weights.firstIndex(of: largest),
        map.columns.indices.contains(place)
      else { return nil }
      return "\(row) at \(map.columns[place]) (\(largest / 10) %)"
    }
    return "\(start). In the first, \(map.layer) looks at \(map.memory); most of all "
      + looks.joined(separator: ", ")
  }
}
