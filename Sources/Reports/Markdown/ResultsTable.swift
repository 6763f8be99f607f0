// SPDX-License-Identifier: Apache-2.0

import Experiments

/// The results table of one group, or of several that differ in their data: a pivot if the report names `columns`, else
/// a row for each cell.
struct ResultsTable {
  /// A cell with what its group says of it.
  private struct Row {
    var cell: ComparedCell
    var letters: String
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
          letters: group.letters(index),
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
      headings(parameters) + [("n", .right), ("Mean ± 95 %", .right)]
      + (showsLetters ? [("Group", .left)] : []) + [("Remarks", .left)]
    let lines = displayOrder.map { row in
      leading(row.cell, parameters) + [String(row.cell.values.count), number(row)]
        + (showsLetters ? [row.letters] : []) + [Markdown.escaped(remarks(row.cell))]
    }
    return .table(columns, lines + referenceRows(parameters))
  }

  private var showsLetters: Bool { rows.contains { !$0.letters.isEmpty } }

  private func referenceRows(_ parameters: [String]) -> [[String]] {
    analysis.experiment.references.filter(analysis.showsInTable).map { reference in
      let blanks = [String](repeating: "", count: max(0, parameters.count - 1))
      return ["*\(Markdown.escaped(reference.label))*"] + blanks
        + ["", ParameterValue.real(reference.value).description] + (showsLetters ? [""] : [])
        + [
          Markdown.escaped(
            ["published", reference.source].compactMap(\.self).joined(separator: ": ")
          )
        ]
    }
  }

  private func remarks(_ cell: ComparedCell) -> String {
    let chosen = cell.chosen.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
      .joined(separator: ", ")
    let tuned = cell.candidates > 1 ? "\(chosen), chosen among \(cell.candidates)" : chosen
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
      (Markdown.escaped(head?.description ?? "–"), Markdown.Alignment.right)
    }
    let lines = keys.map { key in
      key.map { Markdown.escaped($0?.description ?? "–") }
        + heads.map { head in places[key]?[head].map(pivotCell) ?? "" }
    }
    return .table(headings(parameters) + titles, lines)
  }

  private func pivotCell(_ row: Row) -> String {
    let cell = row.cell
    var text = number(row)
    if !row.letters.isEmpty { text += " <sup>\(row.letters)</sup>" }
    if let flaw = cell.flaw, analysis.isFinished { return text + "<br>" + flaw }
    if cell.values.count != commonCount { text += "<br>n = \(cell.values.count)" }
    return text
  }

  // MARK: - Parts

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
      return (Markdown.escaped(name), isNumber ? .right : .left)
    }
  }

  private func leading(_ cell: ComparedCell, _ parameters: [String]) -> [String] {
    if parameters.isEmpty { return [Markdown.escaped(cell.label)] }
    return parameters.map { Markdown.escaped(cell.cell.assignment[$0]?.description ?? "–") }
  }

  /// The mean with its interval, linked to the runs behind it; the winner's in bold.
  private func number(_ row: Row) -> String {
    let cell = row.cell
    let text = cell.sample.text(MetricScale(metric: analysis.metric), showsCount: false)
    let link = "[\(text)](#cell-\(cell.cell.index))"
    return row.isWinner ? "**\(link)**" : link
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

  private var commonCount: Int { rows.map(\.cell.values.count).max() ?? 0 }

  // MARK: - Legend

  private var legend: String {
    let parts = [numberLegend, letterLegend, winnerLegend, cutLegend, tuneLegend]
    return parts.compactMap(\.self).joined(separator: " ")
  }

  private var numberLegend: String {
    let counts = Set(rows.map(\.cell.values.count))
    let n = counts.count == 1 ? "n = \(commonCount)" : "n = \(commonCount) unless noted"
    let shown = columnParameter == nil ? "" : ", \(n)"
    if commonCount < 2 { return "One seed\(shown): no interval. Each number links to its run." }
    return "Mean ± half-width of the 95 % interval over seeds (Student's t)\(shown). "
      + "Each number links to its runs."
  }

  private var letterLegend: String? {
    guard showsLetters else { return nil }
    let counts = Set(groups.map(\.ranking.pairs.count))
    let number = counts.count == 1 ? counts.first.map { $0 == 1 ? "" : "\($0) " } ?? "" : ""
    let data = groups[0].data.map { "`\($0.name)`" }.joined(separator: ", ")
    let (who, place) = groups.count == 1 ? ("", "") : (" of the same \(data)", " of each \(data)")
    return "Cells\(who) that share a letter are not separated (paired t, Holm's correction over "
      + "all \(number)pairs\(place))."
  }

  /// The winner's rule is an intersection of tests and weaker than Holm's over all pairs.
  private var winnerLegend: String? {
    let winners = groups.compactMap(\.winner)
    guard let winner = winners.first else { return nil }
    let shares = groups.contains { group in
      guard let index = group.ranking.winner else { return false }
      let own = Set(group.letters(index))
      return group.cells.indices.contains {
        $0 != index && !own.isDisjoint(with: group.letters($0))
      }
    }
    let remark =
      shares
      ? "; its own rule asks for p ≤ 0.05 against every other cell and is less strict than the letters"
      : ""
    return groups.count == 1
      ? "Bold: the winner, \(Markdown.escaped(winner.label))\(remark)." : "Bold: winners\(remark)."
  }

  private var cutLegend: String? {
    let scale = MetricScale(metric: analysis.metric)
    let isCut = rows.contains { $0.cell.sample.interval(scale)?.isCut == true }
    return isCut ? "† The interval is cut at 0 or 1." : nil
  }

  private var tuneLegend: String? {
    guard rows.contains(where: { $0.cell.candidates > 1 }) else { return nil }
    let tuned = analysis.experiment.tune.map(Markdown.code).joined(separator: ", ")
    return
      "\(tuned) chosen by mean `\(analysis.experiment.metric.name)` on the same seeds: optimistic."
  }
}
