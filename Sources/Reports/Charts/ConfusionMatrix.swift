// SPDX-License-Identifier: Apache-2.0

import Experiments
import Plotting
import Vocabulary

/// What one cell takes for what on the test part, summed over its seeds.
struct ConfusionMatrix {
  /// More classes find no room.
  static let classLimit = 14

  let cell: ComparedCell
  /// Names of the classes, numbers where they have none.
  let names: [String]
  /// Examples by true class and predicted class, over all seeds.
  let counts: [[Int]]
  /// Seeds that were counted.
  let seeds: Int

  /// Nil if the cell has no stored predictions, or fewer than two or more classes than can be drawn.
  init?(_ cell: ComparedCell, in snapshot: SweepSnapshot) {
    let runs = cell.runs.filter { cell.values[$0.seed] != nil }
    let stored = runs.compactMap { snapshot.captures[.predictions, $0.id] }
    let classes =
      (stored.map { max($0.targets.max() ?? -1, $0.predictions.max() ?? -1) }.max() ?? -1) + 1
    let least = stored.map { min($0.targets.min() ?? 0, $0.predictions.min() ?? 0) }.min() ?? 0
    guard (2...Int32(Self.classLimit)).contains(classes), least >= 0 else { return nil }
    let names =
      runs.compactMap { snapshot.captures[.classNames, $0.id] }
      .first { $0.count >= Int(classes) } ?? []
    let size = max(Int(classes), names.count)
    guard size <= Self.classLimit else { return nil }
    var counts = [[Int]](repeating: [Int](repeating: 0, count: size), count: size)
    for predictions in stored {
      for (target, prediction) in zip(predictions.targets, predictions.predictions) {
        counts[Int(target)][Int(prediction)] += 1
      }
    }
    self.cell = cell
    self.names = names.isEmpty ? (0..<size).map(String.init) : names
    self.counts = counts
    seeds = stored.count
  }

  /// The share of a true class that is taken for another; nil if the class has no example.
  func share(_ target: Int, _ prediction: Int) -> Double? {
    let total = counts[target].reduce(0, +)
    return total > 0 ? Double(counts[target][prediction]) / Double(total) : nil
  }

  /// Which class is most often taken for which other one, the share largest first; at most `limit`.
  func confusions(_ limit: Int) -> [(target: Int, prediction: Int, share: Double)] {
    names.indices.flatMap { target in
      names.indices.compactMap { prediction -> (target: Int, prediction: Int, share: Double)? in
        guard target != prediction, let share = share(target, prediction), share > 0 else {
          return nil
        }
        return (target, prediction, share)
      }
    }.sorted { ($1.share, $0.target, $0.prediction) < ($0.share, $1.target, $1.prediction) }
      .prefix(limit).map(\.self)
  }

  /// Rows are true classes, columns predicted ones.
  func picture(title: String, subtitle: String) -> ReportCharts.Picture {
    let cells = names.indices.map { target in
      names.indices.map { prediction in
        let share = share(target, prediction)
        return HeatMap.Cell(value: share.map { 100 * $0 }, text: share.map(Self.percent) ?? "")
      }
    }
    let words = confusions(3).map { confusion in
      "\(names[confusion.target]) taken for \(names[confusion.prediction]) "
        + "\(Self.percent(confusion.share)) %"
    }
    return ReportCharts.Picture(
      chart: HeatMap(
        title: title,
        subtitle: subtitle,
        xLabel: "predicted class",
        yLabel: "true class",
        valueLabel: "per cent of the true class",
        colorNote: "",
        columns: names,
        rows: names,
        cells: cells,
        footnote: "Per cent of each true class on the test part, over \(seeds) "
          + "\(seeds == 1 ? "seed" : "seeds"); rows sum to 100. 0 is left out."
      ),
      alternative: "Confusion matrix of \(cell.label); most often: "
        + (words.isEmpty ? "nothing is confused" : words.joined(separator: "; ")),
      runs: cell.runs
    )
  }

  /// Whole per cents from ten on, one decimal below; zero is empty.
  private static func percent(_ share: Double) -> String {
    share == 0 ? "" : NumberText.fixed(100 * share, decimals: share >= 0.0995 ? 0 : 1)
  }
}
