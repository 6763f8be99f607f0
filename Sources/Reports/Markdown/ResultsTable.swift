// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Experiments
import Vocabulary

/// The results table of one group, or of several that differ in their data: a pivot if the report names `columns`, else
/// a row for each cell.
struct ResultsTable {
  /// A cell with what its group says of it.
  private struct Row {
    var cell: ComparedCell
    var mayBeBest: Bool
    var isWinner: Bool
  }

  let analysis: Analysis
  let groups: [ComparisonGroup]
  /// In plan order.
  private let rows: [Row]

  init(_ analysis: Analysis, _ groups: [ComparisonGroup]) {
    self.analysis = analysis
    self.groups = groups
    rows = groups.flatMap { group in
      group.cells.indices.map { index in
        let cell = group.cells[index]
        return Row(
          cell: cell,
          mayBeBest: group.mayBeBest(index),
          isWinner: group.winner?.cell.index == cell.cell.index
        )
      }
    }.sorted { $0.cell.cell.index < $1.cell.cell.index }
  }

  var blocks: [Block] {
    [columnParameter.map(pivot) ?? rowForEachCell, .paragraph(legend)]
  }

  // MARK: - A row for each cell

  private var rowForEachCell: Block {
    let parameters = rowParameters
    let columns =
      headings(parameters) + [("n", .right), (meanHeading, .right)]
      + (showsBest ? [("Best?", .left)] : []) + [("Remarks", .left)]
    let lines = displayOrder.map { row in
      leading(row.cell, parameters) + ["\(row.cell.count)", number(row)]
        + (showsBest ? [best(row)] : []) + [.verbatim(remarks(row.cell))]
    }
    return .table(columns, lines + referenceRows(parameters))
  }

  private var showsBest: Bool { rows.contains { $0.mayBeBest || $0.isWinner } }

  private func best(_ row: Row) -> Inline {
    row.isWinner ? "winner" : row.mayBeBest ? "may be" : ""
  }

  private func referenceRows(_ parameters: [String]) -> [[Inline]] {
    analysis.experiment.references.filter(analysis.showsInTable).map { reference in
      let blanks = [Inline](repeating: "", count: max(0, parameters.count - 1))
      let source = ["published", reference.source].compactMap(\.self).joined(separator: ": ")
      return [.emphasis(.verbatim(reference.label))] + blanks
        + ["", .text(ParameterValue.real(reference.value).description)] + (showsBest ? [""] : [])
        + [.verbatim(source)]
    }
  }

  private func remarks(_ cell: ComparedCell) -> String {
    let chosen = cell.chosen.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
      .joined(separator: ", ")
    let held = cell.heldOutText.map { "; held out \($0)" } ?? ""
    let tuned =
      cell.candidates > 1 ? "\(chosen), best of \(cell.candidates)\(held)" : chosen
    let parts = [tuned.isEmpty ? nil : tuned, analysis.isFinished ? cell.flaw : nil]
    return parts.compactMap(\.self).joined(separator: "; ")
  }

  // MARK: - Pivot

  private func pivot(_ column: String) -> Block {
    let parameters = rowParameters
    var heads: [ParameterValue?] = []
    var keys: [[ParameterValue?]] = []
    var places: [[ParameterValue?]: [ParameterValue?: Row]] = [:]
    for row in rows {
      let head = row.cell.cell.assignment[column]
      let key = parameters.map { row.cell.cell.assignment[$0] }
      if !heads.contains(head) { heads.append(head) }
      if !keys.contains(key) { keys.append(key) }
      places[key, default: [:]][head] = row
    }
    let titles = heads.map { head in
      Block.Column(title: .verbatim(head?.description ?? "–"), alignment: .right)
    }
    let lines = keys.map { key in
      key.map { Inline.verbatim($0?.description ?? "–") }
        + heads.map { head in places[key]?[head].map(pivotCell) ?? "" }
    }
    return .table(headings(parameters) + titles, lines)
  }

  private func pivotCell(_ row: Row) -> Inline {
    let cell = row.cell
    var text = number(row)
    if row.mayBeBest { text = "\(text) ◆" }
    if let flaw = cell.flaw, analysis.isFinished { return "\(text)\(.lineBreak)\(words: flaw)" }
    return cell.count == commonCount ? text : "\(text)\(.lineBreak)n = \(cell.count)"
  }

  // MARK: - Parts

  private var scale: MetricScale { MetricScale(metric: analysis.metric) }

  private var meanHeading: Inline {
    scale == .logarithmic ? "Geometric mean [95 %]" : "Mean ± 95 %"
  }

  private var columnParameter: String? {
    analysis.experiment.report.columns.flatMap { name in
      rows.contains { $0.cell.cell.assignment[name] != nil } ? name : nil
    }
  }

  /// `rows` first, then every other parameter that tells cells apart.
  private var rowParameters: [String] {
    let options = analysis.experiment.report
    let varying = varyingParameters(rows.map(\.cell.cell), analysis.experiment)
    let first = options.rows.map { [$0] } ?? []
    return first + varying.filter { $0 != options.rows && $0 != columnParameter }
  }

  private func headings(_ parameters: [String]) -> [Block.Column] {
    if parameters.isEmpty { return [("Cell", .left)] }
    return parameters.map { name in
      let isNumber = rows.allSatisfy { $0.cell.cell.assignment[name]?.number != nil }
      return (.verbatim(name), isNumber ? .right : .left)
    }
  }

  private func leading(_ cell: ComparedCell, _ parameters: [String]) -> [Inline] {
    if parameters.isEmpty { return [.verbatim(cell.label)] }
    return parameters.map { .verbatim(cell.cell.assignment[$0]?.description ?? "–") }
  }

  /// The mean with its interval, linked to the runs behind it; the winner's in bold.
  private func number(_ row: Row) -> Inline {
    let cell = row.cell
    let link = Inline.link(
      .text(cell.text(showsCount: false)),
      to: .place("cell-\(cell.cell.index)")
    )
    return row.isWinner ? .strong(link) : link
  }

  /// Group by group best mean first, then those without a test in plan order.
  private var displayOrder: [Row] {
    guard analysis.isFinished else { return rows }
    let order = groups.flatMap { group in
      let ranked = group.ranking.order
      return (ranked + group.cells.indices.filter { !ranked.contains($0) }).map {
        group.cells[$0].cell.index
      }
    }
    let byCell = Dictionary(uniqueKeysWithValues: rows.map { ($0.cell.cell.index, $0) })
    return order.compactMap { byCell[$0] }
  }

  private var commonCount: Int { rows.map(\.cell.count).max() ?? 0 }

  // MARK: - Legend

  private var legend: Inline {
    let parts = [numberLegend, unitLegend, setLegend, winnerLegend, cutLegend, tuneLegend]
    return parts.compactMap(\.self).joined(" ")
  }

  private var numberLegend: Inline? {
    let counts = Set(rows.map(\.cell.count))
    let n = counts.count == 1 ? "n = \(commonCount)" : "n = \(commonCount) unless noted"
    let shown = columnParameter == nil ? "" : ", \(n)"
    if commonCount == 0 { return "No run has a number yet." }
    if commonCount < 2 {
      return "One seed\(words: shown): no interval. Each number links to its run."
    }
    let numbers =
      scale == .logarithmic
      ? "Geometric mean [its 95 % interval] over seeds (Student's t on the loss)"
      : "Mean ± half-width of the 95 % interval over seeds (Student's t)"
    return "\(words: numbers)\(words: shown). Each number links to its runs."
  }

  /// An error of standardised targets has no unit of its own.
  private var unitLegend: Inline? {
    guard MetricFacts(metric: analysis.metric)?.hasTargetUnit == true,
      rows.allSatisfy({ $0.cell.cell.specification.data.hasStandardizedTargets })
    else { return nil }
    return "\(code: analysis.metric) is in standard deviations of the training targets."
  }

  private var setLegend: Inline? {
    guard rows.contains(where: \.mayBeBest) else { return nil }
    let mark = columnParameter == nil ? "“may be”" : "◆"
    let data = groups[0].data.map { Inline.code($0.name) }.joined(", ")
    let place: Inline = groups.count == 1 ? "" : " of each \(data)"
    let isWhole = groups.allSatisfy { $0.ranking.order.count == $0.cells.count }
    return """
      The best \(words: isWhole ? "" : "tested ")cell\(place) is among those marked \(words: mark) (95 %). This \
      is said of the best cell alone: it does not prove of each other cell that it is worse. How much the \
      differences between two cells vary over the seeds decides, not the means alone. So a cell without the \
      mark may have a better mean than one with it.
      """
  }

  private var winnerLegend: Inline? {
    let winners = groups.compactMap(\.winner)
    guard let winner = winners.first else { return nil }
    return groups.count == 1
      ? "Bold: the winner, \(UserText(winner.label))." : "Bold: winners."
  }

  private var cutLegend: Inline? {
    let isCut = rows.contains { $0.cell.metricSample.interval?.isCut == true }
    return isCut ? "† The interval is cut at 0 or 1." : nil
  }

  private var tuneLegend: Inline? {
    guard rows.contains(where: { $0.cell.candidates > 1 }) else { return nil }
    let tuned = analysis.experiment.tune.map(Inline.code).joined(", ")
    let isHeldOut = rows.contains { $0.cell.heldOutMean != nil }
    let held =
      isHeldOut ? " “Held out” is the mean if at each seed only the other seeds choose." : ""
    return """
      \(tuned): the value with the best mean \(code: analysis.experiment.metric.name) on the same seeds. So \
      the mean of the row may be too good, and has no interval.\(words: held)
      """
  }
}
