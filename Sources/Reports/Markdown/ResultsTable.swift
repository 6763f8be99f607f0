// SPDX-License-Identifier: Apache-2.0

import Experiments

/// The results table of one group: a pivot if the report names `columns`, else a row for each cell.
struct ResultsTable {
  let analysis: Analysis
  let group: ComparisonGroup

  init(_ analysis: Analysis, _ group: ComparisonGroup) {
    self.analysis = analysis
    self.group = group
  }

  var blocks: [Block] {
    [columnParameter.map(pivot) ?? rowForEachCell, .paragraph(legend)]
  }

  // MARK: - A row for each cell

  private var rowForEachCell: Block {
    let parameters = rowParameters
    let showsLetters = group.cells.indices.contains { !group.letters($0).isEmpty }
    let columns =
      headings(parameters) + [("n", .right), ("Mean ± 95 %", .right)]
      + (showsLetters ? [("Group", .left)] : []) + [("Remarks", .left)]
    let rows = displayOrder.map { index in
      let cell = group.cells[index]
      return leading(cell, parameters) + [String(cell.values.count), number(index)]
        + (showsLetters ? [group.letters(index)] : []) + [Markdown.escaped(remarks(cell))]
    }
    return .table(columns, rows + referenceRows(parameters, showsLetters: showsLetters))
  }

  private func referenceRows(_ parameters: [String], showsLetters: Bool) -> [[String]] {
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
    var places: [[ParameterValue?]: [ParameterValue?: Int]] = [:]
    for (index, cell) in group.cells.enumerated() {
      let head = cell.cell.assignment[column]
      let key = parameters.map { cell.cell.assignment[$0] }
      if !heads.contains(head) { heads.append(head) }
      if !keys.contains(key) { keys.append(key) }
      places[key, default: [:]][head] = index
    }
    let titles = heads.map { head in
      (Markdown.escaped(head?.description ?? "–"), Markdown.Alignment.right)
    }
    let rows = keys.map { key in
      key.map { Markdown.escaped($0?.description ?? "–") }
        + heads.map { head in places[key]?[head].map(pivotCell) ?? "" }
    }
    return .table(headings(parameters) + titles, rows)
  }

  private func pivotCell(_ index: Int) -> String {
    let cell = group.cells[index]
    let letters = group.letters(index)
    var text = number(index)
    if !letters.isEmpty { text += " <sup>\(letters)</sup>" }
    if let flaw = cell.flaw, analysis.isFinished { return text + "<br>" + flaw }
    if cell.values.count != commonCount { text += "<br>n = \(cell.values.count)" }
    return text
  }

  // MARK: - Parts

  private var columnParameter: String? {
    analysis.experiment.report.columns.flatMap { name in
      group.cells.contains { $0.cell.assignment[name] != nil } ? name : nil
    }
  }

  /// `rows` first, then every other parameter that tells cells apart.
  private var rowParameters: [String] {
    let options = analysis.experiment.report
    let varying = varyingParameters(group.cells.map(\.cell), analysis.experiment)
    let first = options.rows.map { [$0] } ?? []
    return first + varying.filter { $0 != options.rows && $0 != columnParameter }
  }

  private func headings(_ parameters: [String]) -> [Block.Column] {
    if parameters.isEmpty { return [("Cell", .left)] }
    return parameters.map { name in
      let isNumber = group.cells.allSatisfy { $0.cell.assignment[name]?.number != nil }
      return (Markdown.escaped(name), isNumber ? .right : .left)
    }
  }

  private func leading(_ cell: ComparedCell, _ parameters: [String]) -> [String] {
    if parameters.isEmpty { return [Markdown.escaped(cell.label)] }
    return parameters.map { Markdown.escaped(cell.cell.assignment[$0]?.description ?? "–") }
  }

  /// The mean with its interval, linked to the runs behind it; the winner's in bold.
  private func number(_ index: Int) -> String {
    let cell = group.cells[index]
    let text = cell.sample.text(MetricScale(metric: analysis.metric), showsCount: false)
    let link = "[\(text)](#cell-\(cell.cell.index))"
    return group.winner?.cell.index == cell.cell.index ? "**\(link)**" : link
  }

  /// Best mean first, then those without a test in plan order.
  private var displayOrder: [Int] {
    let ranked = group.ranking.order
    return analysis.isFinished
      ? ranked + group.cells.indices.filter { !ranked.contains($0) } : Array(group.cells.indices)
  }

  private var commonCount: Int { group.cells.map(\.values.count).max() ?? 0 }

  // MARK: - Legend

  private var legend: String {
    let parts = [numberLegend, letterLegend, winnerLegend, cutLegend, tuneLegend]
    return parts.compactMap(\.self).joined(separator: " ")
  }

  private var numberLegend: String {
    let counts = Set(group.cells.map(\.values.count))
    let n = counts.count == 1 ? "n = \(commonCount)" : "n = \(commonCount) unless noted"
    let shown = columnParameter == nil ? "" : ", \(n)"
    if commonCount < 2 { return "One seed\(shown): no interval. Each number links to its run." }
    return "Mean ± half-width of the 95 % interval over seeds (Student's t)\(shown). "
      + "Each number links to its runs."
  }

  private var letterLegend: String? {
    guard group.cells.indices.contains(where: { !group.letters($0).isEmpty }) else { return nil }
    return "Cells that share a letter are not separated (paired t, Holm's correction over all "
      + "\(group.ranking.pairs.count == 1 ? "pairs" : "\(group.ranking.pairs.count) pairs"))."
  }

  /// The winner's rule is an intersection of tests and weaker than Holm's over all pairs.
  private var winnerLegend: String? {
    guard let winner = group.winner, let index = group.ranking.winner else { return nil }
    let own = Set(group.letters(index))
    let shares = group.cells.indices.contains {
      $0 != index && !own.isDisjoint(with: group.letters($0))
    }
    let remark =
      shares
      ? "; its own rule asks for p ≤ 0.05 against every other cell and is less strict than the letters"
      : ""
    return "Bold: the winner, \(Markdown.escaped(winner.label))\(remark)."
  }

  private var cutLegend: String? {
    let scale = MetricScale(metric: analysis.metric)
    let isCut = group.cells.contains { $0.sample.interval(scale)?.isCut == true }
    return isCut ? "† The interval is cut at 0 or 1." : nil
  }

  private var tuneLegend: String? {
    guard group.cells.contains(where: { $0.candidates > 1 }) else { return nil }
    let tuned = analysis.experiment.tune.map(Markdown.code).joined(separator: ", ")
    return
      "\(tuned) chosen by mean `\(analysis.experiment.metric.name)` on the same seeds: optimistic."
  }
}
