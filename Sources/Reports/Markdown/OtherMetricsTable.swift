// SPDX-License-Identifier: Apache-2.0

import Experiments
import Vocabulary

/// The metrics beside the report's one, at the same epoch and of the same seeds, folded.
struct OtherMetricsTable {
  let analysis: Analysis
  private let reader: MetricReader

  init(_ analysis: Analysis) {
    self.analysis = analysis
    reader = MetricReader(analysis.snapshot)
  }

  /// Nil if there are none.
  var block: Block? {
    let names = names
    guard !names.isEmpty else { return nil }
    let losses = Set(analysis.cells.map(\.cell.specification.totalLoss.name)).count > 1
    let table = Block.table(
      [("Cell", .left)] + (losses ? [("Loss", .left)] : [])
        + names.map { (.code($0), .right) },
      analysis.cells.map { cell in
        [.verbatim(cell.label)]
          + (losses ? [.code(cell.cell.specification.totalLoss.name)] : [])
          + names.map { .verbatim(text($0, cell)) }
      }
    )
    let legend = legend(names)
    return .folded(
      "Other metrics at the same epoch",
      [table] + (legend.map { [.paragraph($0)] } ?? [])
    )
  }

  private var names: [String] {
    let runs = analysis.cells.flatMap(\.runs)
    // What another program measured is what its file says, not what the plan would draw.
    let imported = runs.filter(\.isImported).flatMap(\.metrics.keys)
    // Of the same part as the report's metric: those that `metrics:` asks for.
    let part = analysis.metric.prefix { $0 != "." } + "."
    let beside = runs.flatMap(\.metrics.keys)
      .filter { $0.hasPrefix(part) && !$0.dropFirst(part.count).contains(".") }
    let wanted =
      [analysis.experiment.metric.name] + analysis.experiment.curveMetrics
      + Set(beside).sorted() + Set(imported).sorted()
    var names: [String] = []
    for name in wanted where name != analysis.metric && !names.contains(name) {
      let isMeasured = analysis.cells.contains { cell in
        reader.sample(name, of: cell.runs).count > 0
          || reader.undefined(name, of: cell.runs) != nil
      }
      if isMeasured { names.append(name) }
    }
    return names
  }

  /// The seeds that collapsed are left out here as they are in the table of results; the mean of a cell that was chosen has
  /// no interval.
  private func text(_ name: String, _ cell: ComparedCell) -> String {
    let sample = reader.sample(name, of: cell.runs, without: cell.collapsedSeeds)
    let undefined = reader.undefined(name, of: cell.runs).map { undefined in
      "\(undefined.seeds.count) of \(cell.runs.count) \(undefined.reason)"
    }
    guard sample.count > 0 else { return undefined ?? "–" }
    let number =
      cell.candidates > 1 && sample.count > 1 ? sample.centerText : sample.text()
    return [number, undefined].compactMap(\.self).joined(separator: "; ")
  }

  private func legend(_ names: [String]) -> Inline? {
    let geometric = names.filter { MetricScale(metric: $0) == .logarithmic }.map(Inline.code)
    var sentences: [Inline] = []
    if !geometric.isEmpty {
      sentences.append(
        "The mean of \(geometric.joined(" and ")) is geometric: exp of the mean loss."
      )
    }
    if analysis.cells.contains(where: { !$0.collapsedSeeds.isEmpty }) {
      sentences.append("Seeds that collapsed are left out.")
    }
    if analysis.restoresBest {
      sentences.append(
        """
        \(code: "restore_best"): at a run's last epoch, \(code: "val.*") and \(code: "test.*") are those of \
        the weights that were put back, and \(code: "train.*") is that of the epoch.
        """
      )
    }
    return sentences.isEmpty ? nil : sentences.joined(" ")
  }
}
